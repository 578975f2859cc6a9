// The text of the answer, its confidence and its numbered citations.

import { explain } from "./card.js";
import { citationOf, element, facts, percent, slice, UNSURE_BELOW } from "./text.js";

export const DECLINED = "I can’t find that in these articles.";

/** The card at the head of a turn. @param {AskResponse} answer @param {Links} links */
export function answerCard(answer, links) {
  return answer.answer ? answered(answer, answer.answer, links) : declined(answer);
}

/** The sources and dates that the service read in the question; "" without any. @param {AskResponse} answer */
export function understood(answer) {
  const { sources, dates, searched } = answer.interpretation;
  const words = (/** @type {SourceMentionItem | DateMentionItem} */ mention) => slice(searched ?? answer.question, mention.start_index, mention.end_index);
  const names = [...new Set(sources.map(words))].map((name) => `by “${name}”`);
  const parts = names.concat(dates.map((date) => `dated “${words(date)}”`));
  return parts.length ? `Articles ${parts.join(", ")} are preferred.` : "";
}

/** What a screen reader says about the answer. @param {AskResponse} answer */
export function summary(answer) {
  const n = answer.passages.length;
  const passages = `${n} ${n === 1 ? "passage" : "passages"}`;
  if (!n) return noPassage(answer);
  const why = answer.declined ? ` ${answer.declined.message}` : "";
  if (!answer.answer) return `${DECLINED}${why} The page shows the ${n === 1 ? "closest passage" : `${n} closest passages`}.`;
  return [doubt(answer) || "Answer found.", `${passages} below.`, ...unanswered(answer.answer)].join(" ");
}

/**
 * The warning that stands before an unsure answer, or "". qa_service/options/confidence_words.py has the same words.
 * @param {AskResponse} answer
 */
export function doubt(answer) {
  const unsure = answer.answer && answer.confidence < UNSURE_BELOW;
  return unsure ? `Not sure: check whether the passages answer the question (${percent(answer.confidence)}).` : "";
}

/**
 * A link to the passage, with a card that shows the source.
 * @param {PassageItem} passage @param {Links} links @param {string} said the quotation in front of the link
 * @param {EvidenceItem | null} sentence the sentence to mark; null marks everything that the answer cites
 */
export function marker(passage, links, said = "", sentence = null) {
  const { citation } = passage;
  const address = sentence ? links.toCitation(citation, [sentence]) : links.toPassage(passage);
  const same = (/** @type {EvidenceItem} */ evidence) => squeezed(evidence.text).includes(squeezed(said));
  const shown = sentence ?? passage.evidence.find(same) ?? passage.evidence[0];
  const source = citationOf(passage, shown);
  const label = `Citation ${citation.number}: ${[citation.label, ...facts(source)].join(", ")}`;
  const made = element("a", { class: "marker", href: address, "aria-label": label }, `[${citation.number}]`);
  made.dataset.passage = links.idOf(citation.number);
  explain(made, source, shown?.text ?? "");
  return made;
}

/** @param {string} text */
function squeezed(text) {
  return text.replace(/\s+/g, " ").trim();
}

/** @param {AskResponse} answer @param {AnswerItem} given @param {Links} links */
function answered(answer, given, links) {
  const warning = doubt(answer);
  const lines = unanswered(given).map((line) => element("p", { class: "unanswered", dir: "auto" }, line));
  const note = given.note ? [element("p", { class: "note", dir: "auto" }, given.note)] : [];
  const body = [quoted(answer, given, links), ...note, ...lines];
  return warning
    ? element("div", { class: "answer unsure" }, element("p", { class: "doubt" }, warning), ...body)
    : element("div", { class: "answer" }, ...body, meter(answer));
}

/**
 * The lines after the last quotation: one line for each part of the question without an answer.
 * @param {AnswerItem} answer
 */
export function unanswered({ text, annotations }) {
  const end = Math.max(...annotations.map((note) => note.end_index));
  return slice(text, end, text.length).split("\n").slice(1);
}

/** @param {AskResponse} answer */
function declined(answer) {
  const card = element("div", { class: "answer declined" });
  if (answer.passages.length) {
    card.append(element("h3", {}, DECLINED));
    if (answer.declined) card.append(element("p", { class: "why", dir: "auto" }, answer.declined.message));
    card.append(element("p", {}, "The closest passages probably don’t answer the question."));
    card.append(meter(answer));
  } else {
    card.append(element("h3", {}, DECLINED), element("p", {}, noPassage(answer)));
  }
  return card;
}

/**
 * Why the answer has no passage. The service computes confidence before it applies `max_context_tokens`. With a confidence
 * above 0, only that limit can have removed every passage.
 * @param {AskResponse} answer
 */
function noPassage(answer) {
  if (answer.declined) return answer.declined.message;
  return answer.confidence > 0 ? "No passage fits into the limit." : "No article here can be searched for this question.";
}

/** @param {AskResponse} answer */
function meter(answer) {
  return element("p", { class: "confidence" }, `Confidence: ${percent(answer.confidence)}`);
}

/**
 * The text of the answer. An `[n]` between the quotations becomes a link. An `[n]` inside a quotation belongs to the article.
 * @param {AskResponse} answer @param {AnswerItem} given @param {Links} links
 */
function quoted(answer, { text, annotations }, links) {
  const sources = new Map(answer.passages.map((p) => [p.citation.number, p]));
  const body = element("p", { class: "quotes", dir: "auto" });
  let at = 0;
  let said = "";
  const between = (/** @type {number} */ end) => {
    const parts = slice(text, at, end).replace(/ (?=\[\d+\])/g, "\u00a0"); // keeps a number on the line of its quotation
    for (const part of parts.split(/(\[\d+\])/)) {
      const passage = /^\[\d+\]$/.test(part) ? sources.get(Number(part.slice(1, -1))) : undefined;
      body.append(passage ? marker(passage, links, said) : part);
    }
  };
  for (const note of [...annotations].sort((a, b) => a.start_index - b.start_index)) {
    if (note.start_index < at) continue;
    between(note.start_index);
    said = slice(text, note.start_index, note.end_index);
    body.append(element("bdi", { class: "quote" }, said));
    at = note.end_index;
  }
  const ends = slice(text, at, text.length).indexOf("\n"); // the next lines name the parts without an answer
  between(ends < 0 ? text.length : at + ends);
  return body;
}
