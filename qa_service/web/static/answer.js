// The answer's own text: what was found, how sure that is, and its numbered citations.

import { explain } from "./card.js";
import { element, outletAndDate, slice, titleOf } from "./text.js";

export const DECLINED = "I can’t find that in these articles.";

/** The card at the head of a turn. `links` knows the addresses and ids of what is cited. */
export function answerCard(answer, links) {
  return answer.answerable ? answered(answer, links) : declined(answer);
}

/** What of the question was taken for a source or a date; "" where nothing was. */
export function understood(answer) {
  const { sources, dates, searched } = answer.interpretation;
  const words = (mention) => slice(searched ?? answer.question, mention.start_index, mention.end_index);
  const names = [...new Set(sources.map(words))].map((name) => `by “${name}”`);
  const parts = names.concat(dates.map((date) => `dated “${words(date)}”`));
  return parts.length ? `Articles ${parts.join(", ")} are preferred.` : "";
}

/** What a screen reader is told. */
export function summary(answer) {
  const n = answer.passages.length;
  const passages = `${n} ${n === 1 ? "passage" : "passages"}`;
  if (!n) return noPassage(answer);
  const why = answer.declined ? ` ${answer.declined.message}` : "";
  if (!answer.answerable) return `${DECLINED}${why} The ${passages} closest to it are shown.`;
  return [`Answer found, with ${passages}.`, ...unanswered(answer)].join(" ");
}

/** Confidence in plain words, the number beside it. */
export function confidenceWords(probability, answered = false) {
  const rounded = Math.round(probability * 100);
  const percent = rounded < 1 ? "under 1 %" : rounded > 99 ? "over 99 %" : `${rounded} %`;
  if (probability >= 0.9) return `Very likely answers the question (${percent})`;
  if (probability >= 0.75) return `Likely answers the question (${percent})`;
  if (probability >= 0.5) return `May answer the question: check the passages (${percent})`;
  if (answered) return `Not sure: check whether the passages answer the question (${percent})`;
  if (probability >= 0.2) return `Unlikely to answer the question (${percent})`;
  return `Very unlikely to answer the question (${percent})`;
}

/** A link that shows what it cites and leads to its passage. `said` is what the sentence it stands behind says, if any;
 * `sentence` is that sentence at its place, which is then what is marked. */
export function marker(passage, links, said = "", sentence = null) {
  const { citation } = passage;
  const address = sentence ? links.toCitation(citation, [sentence]) : links.toPassage(passage);
  const label = `Citation ${citation.number}: ${titleOf(citation)}, ${outletAndDate(citation)}`;
  const made = element("a", { class: "marker", href: address, "aria-label": label }, `[${citation.number}]`);
  made.dataset.passage = links.idOf(citation.number);
  const same = (evidence) => squeezed(evidence.text).includes(squeezed(said));
  explain(made, citation, (sentence ?? passage.evidence.find(same) ?? passage.evidence[0])?.text ?? "");
  return made;
}

function squeezed(text) {
  return text.replace(/\s+/g, " ").trim();
}

function answered(answer, links) {
  const lines = unanswered(answer).map((line) => element("p", { class: "unanswered", dir: "auto" }, line));
  return element("div", { class: "answer" }, quoted(answer, links), ...lines, meter(answer, lines.length > 0));
}

/** The lines behind the last quotation of the answer's text: one for each part of the question that has no answer. */
export function unanswered({ answer }) {
  const { text, annotations } = answer;
  const end = Math.max(...annotations.map((note) => note.end_index));
  return slice(text, end, text.length).split("\n").slice(1);
}

function declined(answer) {
  const card = element("div", { class: "answer declined" });
  if (answer.passages.length) {
    card.append(element("h3", {}, DECLINED));
    if (answer.declined) card.append(element("p", { class: "why", dir: "auto" }, answer.declined.message));
    card.append(element("p", {}, "The passages below come closest, but they probably don’t answer the question."));
    card.append(meter(answer));
  } else {
    card.append(element("h3", {}, DECLINED), element("p", {}, noPassage(answer)));
  }
  return card;
}

/** Confidence is computed before `max_context_tokens`: where there is one, only that limit can have left nothing. */
function noPassage(answer) {
  if (answer.declined) return answer.declined.message;
  return answer.confidence > 0 ? "No passage fits into the limit." : "No article here can be searched for this.";
}

function meter(answer, partly = false) {
  const level = answer.confidence >= 0.75 ? "high" : answer.confidence >= 0.5 ? "middle" : "low";
  const words = confidenceWords(answer.confidence, answer.answerable);
  return element("p", { class: `confidence ${level}` }, partly ? words.replace("the question", "the rest of the question") : words);
}

/** The answer's text. `[n]` outside the quoted sentences becomes a link; inside one it is the article's own. */
function quoted(answer, links) {
  const { text, annotations } = answer.answer;
  const sources = new Map(answer.passages.map((p) => [p.citation.number, p]));
  const body = element("p", { class: "quotes", dir: "auto" });
  let [at, said] = [0, ""];
  const between = (end) => {
    const parts = slice(text, at, end).replace(/ (?=\[\d+\])/g, "\u00a0"); // a number stays on the line of what it cites
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
  const ends = slice(text, at, text.length).indexOf("\n"); // below stand the parts without an answer
  between(ends < 0 ? text.length : at + ends);
  return body;
}
