// The passages of an answer, best first: who says it, when, and its evidence with the sentences around it.

import { byline, citationOf, differingIn, element, slice, withEvidence } from "./text.js";

/**
 * A fold with the passages of the answer. It is closed where they do not answer the question.
 * @param {AskResponse} answer @param {Links} links
 */
export function passageList(answer, links) {
  const n = answer.passages.length;
  const title = answer.answerable ? `${n} ${n === 1 ? "passage" : "passages"}` : "Closest passages";
  const list = element("ol", { class: answer.answerable ? "passages" : "passages dimmed" });
  list.append(...answer.passages.map((passage) => passageItem(answer, passage, links)));
  const fold = element("details", { class: "fold" }, element("summary", {}, element("h3", {}, title)), list);
  fold.toggleAttribute("open", answer.answerable);
  return fold;
}

/** @param {AskResponse} answer @param {PassageItem} passage @param {Links} links */
function passageItem(answer, passage, links) {
  const { citation } = passage;
  const address = links.toPassage(passage);
  const item = element("li", { id: links.idOf(citation.number), tabindex: "-1", class: "passage" });
  const heading = element("h4", {}, element("a", { href: address, class: "open", dir: "auto" }, citation.label));
  const named = byline(citationOf(passage));
  item.append(
    element("span", { class: "number", "aria-hidden": "true" }, String(citation.number)),
    element("div", { class: "heading" }, heading, ...(named.length ? [element("p", { class: "meta" }, ...named)] : [])),
    ...texts(answer, passage),
  );
  if (passage.also_in.length) item.append(alsoIn(passage.also_in, links));
  const label = `Read it in the article: passage ${citation.number}`;
  const read = element("a", { href: address, class: "open", "aria-label": label }, "Read it in the article");
  item.append(element("p", { class: "foot" }, read));
  return item;
}

/**
 * The evidence with the sentence before it and after it, and the whole passage in a fold. The whole passage stands alone
 * where the question is declined, and where the evidence and its neighbours are all of it.
 * @param {AskResponse} answer @param {PassageItem} passage
 */
function texts(answer, passage) {
  const { number, start_char_index: start, end_char_index: end } = passage.citation;
  const marks = [...differingIn(answer, passage), ...passage.evidence];
  const quote = (/** @type {number} */ from, /** @type {number} */ to) => {
    const within = marks.filter((m) => from <= m.start_char_index && m.end_char_index <= to);
    const text = withEvidence(slice(passage.text, from - start, to - start), from, within);
    return element("blockquote", { dir: "auto", lang: passage.citation.language ?? "" }, text);
  };
  const parts = excerpts(marks);
  if (!answer.answerable || parts.some(([from, to]) => from === start && to === end)) return [quote(start, end)];
  const shown = parts.map(([from, to]) => {
    const excerpt = quote(from, to);
    excerpt.classList.add("excerpt");
    if (from > start) excerpt.prepend("… ");
    if (to < end) excerpt.append(" …");
    return excerpt;
  });
  const words = [element("span", { class: "more" }, "Show the passage"), element("span", { class: "less" }, "Hide the passage")];
  const summary = element("summary", {}, ...words, element("span", { class: "unseen" }, ` ${number}`));
  return [...shown, element("details", { class: "whole" }, summary, quote(start, end))];
}

/**
 * Start and end of each stretch to show. Stretches that touch or overlap are one.
 * @param {(Stretch & {around?: [number, number]})[]} marks
 */
function excerpts(marks) {
  /** @type {[number, number][]} */
  const parts = [];
  const all = marks.map(({ around, start_char_index: from, end_char_index: to }) => around ?? [from, to]);
  for (const [from, to] of all.sort((a, b) => a[0] - b[0])) {
    const last = parts.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else parts.push([from, to]);
  }
  return parts;
}

/** @param {CitationItem[]} citations @param {Links} links */
function alsoIn(citations, links) {
  const entries = citations.map((citation) => {
    const title = element("a", { href: links.toCitation(citation), class: "open" }, element("bdi", {}, citation.label));
    return element("li", {}, ...byline(citation), ": ", title);
  });
  return element("div", { class: "also meta" }, element("p", {}, "The same text also in"), element("ul", {}, ...entries));
}
