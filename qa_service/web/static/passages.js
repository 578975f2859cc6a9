// The passages of an answer, best first: who says it, when, and the text with its evidence marked.

import { byline, differingIn, element, marked, titleOf } from "./text.js";

/**
 * A fold with the passages of the answer.
 * @param {AskResponse} answer
 * @param {Links} links
 */
export function passageList(answer, links) {
  const n = answer.passages.length;
  const title = answer.answerable ? `${n} ${n === 1 ? "passage" : "passages"}` : "Closest passages";
  const list = element("ol", { class: answer.answerable ? "passages" : "passages dimmed" });
  list.append(...answer.passages.map((passage) => passageItem(answer, passage, links)));
  return element("details", { class: "fold", open: "" }, element("summary", {}, element("h3", {}, title)), list);
}

/**
 * `text` with its evidence marked.
 * @param {string} text
 * @param {number} start offset of `text` in its article
 * @param {Stretch[]} evidence with offsets in the article
 * @param {string} kind class of the marks
 */
export function withEvidence(text, start, evidence, kind = "evidence") {
  const spans = evidence.map((e) => ({ start: e.start_char_index - start, end: e.end_char_index - start, kind }));
  return marked(text, spans);
}

/**
 * @param {AskResponse} answer
 * @param {PassageItem} passage
 * @param {Links} links
 */
function passageItem(answer, passage, links) {
  const { citation } = passage;
  const address = links.toPassage(passage);
  const item = element("li", { id: links.idOf(citation.number), tabindex: "-1", class: "passage" });
  const title = element("h4", {}, element("a", { href: address, class: "open", dir: "auto" }, titleOf(citation)));
  const quote = element("blockquote", { dir: "auto", lang: citation.language ?? "" });
  quote.append(withEvidence(passage.text, citation.start_char_index, [...differingIn(answer, passage), ...passage.evidence]));
  item.append(
    element("span", { class: "number", "aria-hidden": "true" }, String(citation.number)),
    element("div", { class: "heading" }, title, element("p", { class: "meta" }, ...byline(citation))),
    quote,
  );
  if (passage.also_in.length) item.append(alsoIn(passage.also_in, links));
  const label = `Read it in the article: passage ${citation.number}`;
  const read = element("a", { href: address, class: "open", "aria-label": label }, "Read it in the article");
  item.append(element("p", { class: "foot" }, read));
  return item;
}

/**
 * @param {CitationItem[]} citations
 * @param {Links} links
 */
function alsoIn(citations, links) {
  const entries = citations.map((citation) => {
    const title = element("a", { href: links.toCitation(citation), class: "open" }, element("bdi", {}, titleOf(citation)));
    return element("li", {}, ...byline(citation), ": ", title);
  });
  return element("div", { class: "also meta" }, element("p", {}, "The same text also in"), element("ul", {}, ...entries));
}
