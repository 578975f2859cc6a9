// Text and its marks. Offsets count Unicode code points. JavaScript strings count UTF-16 units, so that an emoji has one code
// point and two units.

/**
 * The element with this id. Throws where the page has no element of this type there.
 * @template {HTMLElement} Type
 * @param {string} id
 * @param {new () => Type} type
 * @returns {Type}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(`The page has no ${type.name} with the id ${id}.`);
}

/** @type {Map<string, any>} */
const blocks = new Map();

/**
 * A block of the page's JSON. The page keeps its value only: the text leaves the memory.
 * @param {string} id
 */
export function block(id) {
  if (!blocks.has(id)) {
    const holder = byId(id, HTMLScriptElement);
    blocks.set(id, JSON.parse(holder.text));
    holder.remove();
  }
  return blocks.get(id);
}

/**
 * A new element. Strings among `children` become text nodes, so that no text is ever markup.
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} attributes
 * @param {(string | Node)[]} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** A name that does not turn the direction of the text around it. @param {string} text */
export const isolated = (text) => element("bdi", {}, text);

/**
 * The UTF-16 index of each code-point index; the text is read once.
 * @param {string} text
 * @param {number[]} points code-point indexes, in any order
 * @returns {(point: number) => number} looks up one of `points`
 */
export function unitIndexes(text, points) {
  const units = new Map();
  let unit = 0;
  let point = 0;
  for (const target of [...new Set(points)].sort((a, b) => a - b)) {
    while (point < target && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      point += 1;
    }
    units.set(target, unit);
  }
  return (one) => units.get(one);
}

/**
 * `text` as nodes, with <mark> around each span. Where spans overlap, the mark has all their kinds.
 * @param {string} text
 * @param {TextSpan[]} spans
 */
export function marked(text, spans) {
  const cuts = [...new Set([0, text.length, ...spans.flatMap((s) => [s.from, s.to])])].sort((a, b) => a - b);
  const pieces = document.createDocumentFragment();
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const [from, to] = [cuts[i], cuts[i + 1]];
    const kinds = new Set(spans.filter((s) => s.from <= from && to <= s.to).map((s) => s.kind));
    const piece = text.slice(from, to);
    pieces.append(kinds.size ? element("mark", { class: [...kinds].sort().join(" ") }, piece) : piece);
  }
  return pieces;
}

/**
 * The places of the gold answers in `text`. Case and white space make no difference.
 * @param {string} text
 * @param {string[]} answers
 */
export function answersIn(text, answers) {
  /** @type {TextSpan[]} */
  const found = [];
  for (const answer of answers) {
    const words = answer.trim().split(/\s+/u).map((word) => word.replace(/[.*+?^${}()|[\]\\/]/gu, "\\$&"));
    if (!words[0]) continue;
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${words.join("\\s+")}(?![\\p{L}\\p{N}])`, "giu");
    for (const hit of text.matchAll(pattern)) {
      found.push({ from: hit.index, to: hit.index + hit[0].length, kind: "gold" });
    }
  }
  return found;
}

/** Text as the search compares it: case, accents and compatibility forms make no difference. @param {string} text */
export const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * `2025-11-21` -> `21 November 2025`. Text that is no such date stays unchanged.
 * @param {string} iso
 */
export function day(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return String(iso);
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(date);
}

/** @param {number} n */
export const counted = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");

/** Three digits, or a dash without a value. @param {number | null | undefined} value */
export const fixed = (value) => (value === null || value === undefined ? "–" : value.toFixed(3));
