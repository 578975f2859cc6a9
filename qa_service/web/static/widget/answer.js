// An answer as the widget shows it. The text of an article never becomes markup.

/** @typedef {{endpoint: string, words: Strings, language: string | undefined}} Options dates are in `language` */
/** @typedef {Options & {collection: string, answer: AskResponse}} Shown what the nodes of an answer share */
/** @typedef {(number: number) => HTMLElement} Marker makes the marker of the citation with this number */

import { citationOf, citedIn, dayIn, element, percent, separated, slice, UNSURE_BELOW, withEvidence } from "../text.js";
import { filled } from "./strings.js";

/**
 * The address that opens the page at the passage and marks what the answer cites.
 * @param {string} endpoint @param {PassageItem} passage @param {EvidenceItem[]} cited @param {string} collection
 */
function passageAddress(endpoint, passage, cited, collection) {
  const { citation } = passage;
  const query = new URLSearchParams();
  if (collection !== "default") query.set("collection", collection);
  query.set("article", citation.article_id);
  query.set("start", String(citation.start_char_index));
  query.set("end", String(citation.end_char_index));
  for (const e of cited) query.append("e", `${e.start_char_index}-${e.end_char_index}`);
  query.set("h", citation.article_sha256);
  return `${endpoint}?${query}`;
}

/**
 * The nodes of an answer.
 * @param {AskResponse} answer @param {Options} options
 */
export function answerNodes(answer, { endpoint, words, language }) {
  const told = { endpoint, words, language, collection: answer.collection.name, answer };
  const figure = { percent: percent(answer.confidence, words.under, words.over) };
  /** @type {HTMLElement[]} */
  const nodes = [];
  const { searched, parts } = answer.interpretation;
  if (searched) nodes.push(element("p", { part: "searched" }, filled(words.searched, { question: searched })));
  if (!answer.answer) {
    nodes.push(element("p", { part: "declined" }, words.declined));
    if (answer.declined) {
      const { reason, message } = answer.declined;
      const why = { filters: words.whyFilters, language: words.whyLanguage, limits: "{message}" }[reason];
      nodes.push(element("p", { part: "why", dir: "auto" }, filled(why, { message })));
    }
    if (answer.passages.length) {
      nodes.push(element("p", { part: "confidence" }, filled(words.confidence, figure)));
      const closest = element("details", { part: "closest" }, element("summary", {}, words.closest));
      closest.append(sourceList(answer.passages, told).list);
      nodes.push(closest);
    }
    return nodes;
  }
  const cited = new Set(answer.answer.annotations.map((note) => note.citation));
  for (const { a, b } of answer.disagreements) cited.add(a.citation).add(b.citation);
  const { list, items } = sourceList(answer.passages.filter((p) => cited.has(p.citation.number)), told);
  const marker = (/** @type {number} */ number) => markerTo(number, items.get(number), words);
  const unsure = answer.confidence < UNSURE_BELOW;
  if (unsure) nodes.push(element("p", { part: "unsure" }, filled(words.unsure, figure)));
  nodes.push(quotations(answer.answer, marker));
  if (answer.answer.note) nodes.push(element("p", { part: "note", dir: "auto" }, answer.answer.note));
  const lines = parts.filter(({ shown }) => !shown).map((part) => unansweredLine(part, words));
  for (const { rest } of parts) if (rest) lines.push(filled(words.notAlone, { question: asked(rest) }));
  nodes.push(...lines.map((line) => element("p", { part: "unanswered", dir: "auto" }, line)));
  nodes.push(...answer.disagreements.map((disagreement) => sides(disagreement, marker, words)));
  if (!unsure) nodes.push(element("p", { part: "confidence" }, filled(words.confidence, figure)));
  nodes.push(element("h3", { part: "sources-heading" }, words.sources), list);
  return nodes;
}

/** `text` with one question mark at its end. @param {string} text */
function asked(text) {
  return `${text.replace(/[?.!…]+(?=\s\([^()]*\)\s*$)/, "").replace(/[\s?.!…]+$/, "")}?`;
}

/** @param {QuestionPartItem} part @param {Strings} words */
function unansweredLine({ text, name, answerable }, words) {
  const question = asked(text);
  if (answerable) return filled(words.notShown, { question: name ?? question });
  return name ? filled(words.unansweredName, { name }) : filled(words.unanswered, { question });
}

/** @param {AnswerItem} answer @param {Marker} marker */
function quotations({ text, annotations }, marker) {
  const quoted = element("p", { part: "text", dir: "auto" });
  for (const note of [...annotations].sort((a, b) => a.start_index - b.start_index)) {
    quoted.append(slice(text, note.start_index, note.end_index), " ", marker(note.citation), " ");
  }
  return quoted;
}

/** @param {DisagreementItem} disagreement @param {Marker} marker @param {Strings} words */
function sides({ kind, a, b }, marker, words) {
  const list = element("ul", {});
  for (const side of [a, b]) {
    const outlet = side.outlet ? [element("bdi", { class: "outlet" }, side.outlet), ": "] : [];
    list.append(element("li", { dir: "auto" }, ...outlet, `“${side.sentence.text}” `, marker(side.citation)));
  }
  return element("div", { part: "disagreement" }, element("p", {}, filled(words.differ, { kind })), list);
}

/**
 * `[n]` as a button that leads to its source. It is no link: an address cannot name a place within a shadow root.
 * @param {number} number @param {HTMLElement | undefined} item @param {Strings} words
 */
function markerTo(number, item, words) {
  const name = item?.dataset.name ?? "";
  const label = `${filled(words.source, { number })}: ${name}`;
  const button = element("button", { part: "marker", type: "button", "aria-label": label, title: name });
  button.append(`[${number}]`);
  button.addEventListener("click", () => item?.focus());
  return button;
}

/** @param {PassageItem[]} passages @param {Shown} told */
function sourceList(passages, told) {
  const items = new Map(passages.map((passage) => [passage.citation.number, sourceItem(passage, told)]));
  return { list: element("ol", { part: "sources" }, ...items.values()), items };
}

/** @param {PassageItem} passage @param {Shown} told */
function sourceItem(passage, { endpoint, words, language, collection, answer }) {
  const { citation, text } = passage;
  const evidence = citedIn(answer, passage);
  const { page } = citationOf(passage);
  const name = [...publication(citation, words, language), ...(page ? [filled(words.page, { page })] : [])];
  const title = citation.label;
  const item = element("li", { part: "source", value: citation.number, tabindex: "-1", "data-name": [title, ...name].join(", ") });
  const link = element("a", {
    part: "link", dir: "auto", target: "_blank", rel: "noopener", href: passageAddress(endpoint, passage, evidence, collection),
  }, title, element("span", { class: "heard" }, ` (${words.opens})`));
  item.append(
    element("span", { part: "number", "aria-hidden": "true" }, `[${citation.number}]`),
    element("div", { part: "title" }, link),
    element("p", { part: "meta" }, ...separated(name)),
  );
  for (const e of evidence) item.append(element("blockquote", { part: "evidence", dir: "auto" }, e.text));
  const around = element("details", { part: "passage" }, element("summary", {}, words.passage));
  const whole = withEvidence(text, citation.start_char_index, evidence, "");
  around.append(element("blockquote", { dir: "auto", lang: citation.language ?? "" }, whole));
  item.append(around);
  if (passage.also_in.length) {
    const names = passage.also_in.map((c) => (c.outlet ? [c.outlet, publicationDay(c, words, language)] : [c.label]).join(", ")).join("; ");
    item.append(element("p", { part: "also" }, filled(words.alsoIn, { names })));
  }
  return item;
}

/**
 * Outlet and date, without those that the label of an article without a title names.
 * @param {CitationItem} citation @param {Strings} words @param {string | undefined} language
 */
function publication(citation, words, language) {
  const named = !citation.title && citation.outlet !== null;
  if (named) return citation.published ? [] : [words.noDate];
  return [citation.outlet ?? words.noOutlet, publicationDay(citation, words, language)];
}

/** @param {CitationItem} citation @param {Strings} words @param {string | undefined} language */
function publicationDay({ published }, words, language) {
  return published ? dayIn(published, language) : words.noDate;
}
