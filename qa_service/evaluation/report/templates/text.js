// Text and its marks. Offsets count Unicode code points; JavaScript strings count UTF-16 units, so an emoji is one there
// and two here.

const byId = (id) => document.getElementById(id);

/** A block of the page's JSON; its text is let go, so that memory holds it once. */
const blocks = new Map();
function block(id) {
  if (!blocks.has(id)) {
    const holder = byId(id);
    blocks.set(id, JSON.parse(holder.textContent));
    holder.remove();
  }
  return blocks.get(id);
}

/** An element with attributes and children; strings become text nodes, so that no text is ever markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** A name that keeps its direction to itself, whatever stands around it. */
const isolated = (text, attributes = {}) => element("bdi", attributes, text);

/** UTF-16 index of each code-point index in `points` (any order), as a Map; one walk over the text. */
function unitIndexes(text, points) {
  const units = new Map();
  let unit = 0;
  let point = 0;
  for (const target of [...new Set(points)].sort((a, b) => a - b)) {
    while (point < target && unit < text.length) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
      point += 1;
    }
    units.set(target, unit);
  }
  return units;
}

/** `text` as nodes, <mark> around each stretch of `spans` [{from, to, kind}] (UTF-16); kinds that overlap stand together. */
function marked(text, spans) {
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

/** Where the gold answers stand in `text`, word for word but for case and white space: [{from, to, kind}] in UTF-16. */
function answersIn(text, answers) {
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

/** Text as it is searched: case, accents and compatibility forms make no difference. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** `2025-11-21` -> `21 November 2025`; what is no such date stays as it is. */
function day(iso) {
  const date = new Date(`${iso}T00:00:00Z`);
  if (Number.isNaN(date.getTime())) return String(iso);
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(date);
}

const counted = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const fixed = (value, digits = 3) => (value === null || value === undefined ? "–" : value.toFixed(digits));
