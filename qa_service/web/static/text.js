// Text and elements. The service's offsets count Unicode code points. JavaScript strings count UTF-16 units, so that an
// emoji has one code point and two units.

/** @typedef {{start: number, end: number, kind: string}} Span a stretch of text, in code points */
/**
 * Who published, when, and the page.
 * @typedef {Pick<CitationItem, "title" | "outlet" | "published" | "author"> & {page?: number | null}} Source
 */

/**
 * The UTF-16 index of each code-point index; the text is read once.
 * @param {string} text @param {number[]} points code-point indexes, in any order
 * @returns {(point: number) => number} looks up one of `points`
 */
export function unitIndexes(text, points) {
  const sorted = [...new Set(points)].sort((a, b) => a - b);
  const units = new Map();
  let unit = 0;
  let point = 0;
  for (const target of sorted) {
    while (point < target && unit < text.length) {
      unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
      point += 1;
    }
    units.set(target, unit);
  }
  return (one) => units.get(one);
}

/** The number of code points in `text`: a surrogate pair has two units and one code point. @param {string} text */
export function pointCount(text) {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/** `text[start:end]`, in code points. @param {string} text @param {number} start @param {number} end */
export function slice(text, start, end) {
  const unit = unitIndexes(text, [start, end]);
  return text.slice(unit(start), unit(end));
}

/**
 * `text` as nodes, with <mark> around each span. Where spans overlap, the last one gives its kind. An article may contain
 * anything, so its text never becomes markup.
 * @param {string} text @param {Span[]} spans
 */
export function marked(text, spans) {
  const unit = unitIndexes(text, spans.flatMap((s) => [s.start, s.end]));
  const inUnits = spans.map((s) => ({ from: unit(s.start), to: unit(s.end), kind: s.kind }));
  const cuts = [...new Set([0, text.length, ...inUnits.flatMap((s) => [s.from, s.to])])].sort((a, b) => a - b);
  const fragment = document.createDocumentFragment();
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const [from, to] = [cuts[i], cuts[i + 1]];
    const span = inUnits.findLast((s) => s.from <= from && to <= s.to);
    fragment.append(span ? element("mark", { class: span.kind }, text.slice(from, to)) : text.slice(from, to));
  }
  return fragment;
}

/**
 * `text` with its evidence marked.
 * @param {string} text @param {number} start offset of `text` in its article
 * @param {Stretch[]} evidence with offsets in the article @param {string} kind class of the marks
 */
export function withEvidence(text, start, evidence, kind = "evidence") {
  return marked(text, evidence.map((e) => ({ start: e.start_char_index - start, end: e.end_char_index - start, kind })));
}

/** The sentences of a passage that a disagreement shows. @param {AskResponse} answer @param {PassageItem} passage */
export function differingIn(answer, passage) {
  const sides = answer.disagreements.flatMap(({ a, b }) => [a, b]);
  return sides.filter((side) => side.citation === passage.citation.number).map((side) => side.sentence);
}

/**
 * What an answer cites of a passage: its evidence and the sentences that a disagreement shows. The evidence is left out
 * where the answer cites the passage for these sentences alone. options/links.py does the same.
 * @param {AskResponse} answer @param {PassageItem} passage
 */
export function citedIn(answer, passage) {
  const sentences = differingIn(answer, passage);
  const quoted = answer.answer?.annotations.some((note) => note.citation === passage.citation.number);
  const all = quoted || !sentences.length ? [...passage.evidence, ...sentences] : sentences;
  const once = new Map(all.map((one) => [one.start_char_index, one]));
  return [...once.values()].sort((a, b) => a.start_char_index - b.start_char_index);
}

/**
 * A new element. Strings among `children` become text nodes.
 * @template {keyof HTMLElementTagNameMap} Name @param {Name} name @param {Record<string, string | number>} attributes
 * @param {(string | Node)[]} children
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/**
 * The element of the page with this id. Throws where the page has no element of this type there.
 * @template {HTMLElement} Type @param {string} id @param {new () => Type} type
 * @returns {Type}
 */
export function byId(id, type) {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new TypeError(`The page has no ${type.name} with the id ${id}.`);
}

/** `2025-11-21` -> `21 November 2025`. @param {string} iso */
export function day(iso) {
  return dayIn(iso, "en-GB");
}

/** The day in a language; undefined means the browser's. @param {string} iso @param {string | undefined} language */
export function dayIn(iso, language) {
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/**
 * What stands below a label: who published the article, when, its author and the page. An unknown outlet or date is called
 * "not stated". The label of an article without a title names outlet and date; they are left out then.
 * @param {Source} source
 */
export function facts({ title, outlet, published, author, page }) {
  const named = !title && outlet !== null;
  const parts = [!named && (outlet ?? "outlet not stated"), !(named && published) && (published ? day(published) : "date not stated"), author, page && `p. ${page}`];
  return parts.filter((part) => typeof part === "string");
}

/**
 * The same as nodes. Each name is isolated: an Arabic name must not turn the direction of the others.
 * @param {Source} source
 */
export function byline(source) {
  return separated(facts(source));
}

/**
 * The citation with the page of its first evidence, which the passage may begin before.
 * @param {PassageItem} passage @param {Stretch | null} sentence its page instead, if it is evidence
 * @returns {CitationItem}
 */
export function citationOf({ citation, evidence }, sentence = null) {
  const own = sentence && evidence.find((e) => e.start_char_index === sentence.start_char_index);
  return { ...citation, page: (own ?? evidence[0])?.page ?? citation.page };
}

/** @param {string[]} names */
export function separated(names) {
  return names.flatMap((name, i) => [...(i ? [" · "] : []), element("bdi", {}, name)]);
}

/** Below this confidence an answer is unsure. qa_service/options/confidence_words.py has the same figure. */
export const UNSURE_BELOW = 0.5;

/** The confidence as a whole percentage, never as certainty. @param {number} confidence */
export function percent(confidence, under = "under 1 %", over = "over 99 %") {
  const rounded = Math.round(confidence * 100);
  return rounded < 1 ? under : rounded > 99 ? over : `${rounded} %`;
}

/** `text` on one line, without the characters that turn the direction of what follows them. @param {string} text */
export function oneLine(text) {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim().split(/\s+/).join(" ");
}

/**
 * The SHA-256 of `text` in hexadecimal. Null where the browser has no Web Cryptography: it needs HTTPS or this machine.
 * @param {string} text
 */
export async function sha256(text) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
