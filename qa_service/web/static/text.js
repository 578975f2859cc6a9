// Text as the service counts it. Its indices count Unicode code points; JavaScript strings count UTF-16 units, so an
// emoji is one there and two here.

/** UTF-16 index of each code-point index in `points` (any order, repeats allowed), as a Map; one walk over the text. */
export function unitIndexes(text, points) {
  const sorted = [...new Set(points)].sort((a, b) => a - b);
  const units = new Map();
  let unit = 0;
  let point = 0;
  for (const target of sorted) {
    while (point < target && unit < text.length) {
      unit += text.codePointAt(unit) > 0xffff ? 2 : 1;
      point += 1;
    }
    units.set(target, unit);
  }
  return units;
}

/** How many code points `text` has. */
export function pointCount(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** `text[start:end]`, in code points. */
export function slice(text, start, end) {
  const units = unitIndexes(text, [start, end]);
  return text.slice(units.get(start), units.get(end));
}

/**
 * `text` as nodes, with <mark> around `spans` [{start, end, kind}], code points. Where spans overlap the last one's kind
 * wins. Text goes in as text: an article may contain anything.
 */
export function marked(text, spans) {
  const units = unitIndexes(text, spans.flatMap((s) => [s.start, s.end]));
  const inUnits = spans.map((s) => ({ from: units.get(s.start), to: units.get(s.end), kind: s.kind }));
  const cuts = [...new Set([0, text.length, ...inUnits.flatMap((s) => [s.from, s.to])])].sort((a, b) => a - b);
  const fragment = document.createDocumentFragment();
  for (let i = 0; i + 1 < cuts.length; i += 1) {
    const [from, to] = [cuts[i], cuts[i + 1]];
    const span = inUnits.findLast((s) => s.from <= from && to <= s.to);
    fragment.append(span ? element("mark", { class: span.kind }, text.slice(from, to)) : text.slice(from, to));
  }
  return fragment;
}

/** The sentences of a passage that stand beside a disagreement. */
export function differingIn(answer, passage) {
  const sides = answer.disagreements.flatMap(({ a, b }) => [a, b]);
  return sides.filter((side) => side.citation === passage.citation.number).map((side) => side.sentence);
}

/** What an answer cites of a passage (chat/links.py has the same): those sentences, and the evidence, unless the passage
 * is cited for them alone. */
export function citedIn(answer, passage) {
  const sentences = differingIn(answer, passage);
  const quoted = answer.answer?.annotations.some((note) => note.citation === passage.citation.number);
  const all = quoted || !sentences.length ? [...passage.evidence, ...sentences] : sentences;
  const once = new Map(all.map((one) => [one.start_char_index, one]));
  return [...once.values()].sort((a, b) => a.start_char_index - b.start_char_index);
}

/** An element with attributes and children; strings become text nodes. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** `2025-11-21` -> `21 November 2025`. */
export function day(iso) {
  return new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(new Date(`${iso}T00:00:00Z`));
}

/** Who published, when: what is not known is said to be so. */
export function outletAndDate(source) {
  return outletDateAuthor(source).join(" · ");
}

/** The same as nodes, each name isolated: one in Arabic must not turn the rest around. */
export function byline(source) {
  return separated(outletDateAuthor(source));
}

export function separated(names) {
  return names.flatMap((name, i) => [...(i ? [" · "] : []), element("bdi", {}, name)]);
}

function outletDateAuthor(source) {
  const parts = [source.outlet ?? "outlet not stated", source.published ? day(source.published) : "date not stated"];
  return source.author ? [...parts, source.author] : parts;
}

export function titleOf(source) {
  return source.title ?? (source.source ? `Untitled (${source.source})` : "Untitled article");
}

/** `text` on one line, without the characters that turn the direction of what follows them. */
export function oneLine(text) {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "").trim().split(/\s+/).join(" ");
}

export async function sha256(text) {
  if (!globalThis.crypto?.subtle) return null; // only where the page is served securely or from this machine
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
