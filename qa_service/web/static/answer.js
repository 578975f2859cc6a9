// An answer as it is shown: what was found, how sure that is, and the passages with their evidence.

import { byline, element, marked, outletAndDate, slice, titleOf } from "./text.js";

/** Fills `results`; `addressOf(passage)` is the address of its article, opened at the passage. */
export function showAnswer(results, answer, addressOf) {
  const parts = [answer.answerable ? answerCard(answer) : declinedCard(answer)];
  if (answer.passages.length) {
    const preferred = understood(answer);
    if (preferred) parts.push(element("p", { class: "understood" }, preferred));
    parts.push(element("h2", {}, answer.answerable ? "Passages" : "Closest passages"));
    const list = element("ol", { class: answer.answerable ? "passages" : "passages dimmed" });
    list.append(...answer.passages.map((passage) => passageItem(passage, addressOf(passage))));
    parts.push(list);
  }
  results.replaceChildren(...parts);
}

/** What of the question was taken for a source or a date; "" where nothing was. */
function understood(answer) {
  const { sources, dates } = answer.interpretation;
  const names = new Set(sources.map((s) => slice(answer.question, s.start_index, s.end_index)));
  const days = dates.map((d) => slice(answer.question, d.start_index, d.end_index));
  const parts = [...names].map((name) => `by “${name}”`).concat(days.map((day) => `dated “${day}”`));
  return parts.length ? `Articles ${parts.join(", ")} are preferred.` : "";
}

/** What a screen reader is told. */
export function summary(answer) {
  const n = answer.passages.length;
  const passages = `${n} ${n === 1 ? "passage" : "passages"}`;
  if (!n) return noPassage(answer);
  return answer.answerable ? `Answer found, with ${passages}.` : `No answer found. The ${passages} closest to it are shown.`;
}

/** Confidence in plain words, the number beside it. */
export function confidenceWords(probability) {
  const rounded = Math.round(probability * 100);
  const percent = rounded < 1 ? "under 1 %" : rounded > 99 ? "over 99 %" : `${rounded} %`;
  if (probability >= 0.9) return `Very likely answers the question (${percent})`;
  if (probability >= 0.75) return `Likely answers the question (${percent})`;
  if (probability >= 0.5) return `May answer the question: check the passages (${percent})`;
  if (probability >= 0.2) return `Unlikely to answer the question (${percent})`;
  return `Very unlikely to answer the question (${percent})`;
}

function answerCard(answer) {
  const card = element("div", { class: "answer" });
  card.append(element("h2", {}, "Answer"), quoted(answer), meter(answer));
  return card;
}

function declinedCard(answer) {
  const card = element("div", { class: "answer declined" });
  if (answer.passages.length) {
    card.append(element("h2", {}, "I can’t find that in these articles."));
    card.append(element("p", {}, "These passages come closest, but they probably don’t answer the question."));
    card.append(meter(answer));
  } else {
    card.append(element("h2", {}, "There is no passage to show."), element("p", {}, noPassage(answer)));
  }
  return card;
}

/** Confidence is computed before `max_context_tokens`: where there is one, only that limit can have left nothing. */
function noPassage(answer) {
  return answer.confidence > 0 ? "No passage fits into the limit." : "Nothing in this collection can be searched for this.";
}

function meter(answer) {
  const level = answer.confidence >= 0.75 ? "high" : answer.confidence >= 0.5 ? "middle" : "low";
  return element("p", { class: `confidence ${level}` }, confidenceWords(answer.confidence));
}

/** The answer's text. `[n]` outside the quoted sentences becomes a link; inside one it is the article's own. */
function quoted(answer) {
  const { text, annotations } = answer.answer;
  const sources = new Map(answer.passages.map((p) => [p.citation.number, p]));
  const body = element("p", { class: "quotes", dir: "auto" });
  let at = 0;
  const between = (end) => {
    for (const part of slice(text, at, end).split(/(\[\d+\])/)) {
      const number = /^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : null;
      body.append(sources.has(number) ? marker(number, sources.get(number)) : part);
    }
  };
  for (const note of [...annotations].sort((a, b) => a.start_index - b.start_index)) {
    if (note.start_index < at) continue;
    between(note.start_index);
    body.append(element("bdi", { class: "quote" }, slice(text, note.start_index, note.end_index)));
    at = note.end_index;
  }
  between(text.length);
  return body;
}

function marker(number, passage) {
  const label = `Passage ${number}: ${titleOf(passage.citation)}, ${outletAndDate(passage.citation)}`;
  return element("a", { class: "marker", href: `#passage-${number}`, "aria-label": label, title: label }, `[${number}]`);
}

function passageItem(passage, address) {
  const { citation } = passage;
  const spans = passage.evidence.map((e) => ({
    start: e.start_char_index - citation.start_char_index,
    end: e.end_char_index - citation.start_char_index,
    kind: "evidence",
  }));
  const item = element("li", { id: `passage-${citation.number}`, tabindex: "-1", class: "passage" });
  const title = element("h3", {}, element("a", { href: address, class: "open", dir: "auto" }, titleOf(citation)));
  const head = element("div", { class: "heading" }, title, element("p", { class: "meta" }, ...byline(citation)));
  item.append(
    element("span", { class: "number", "aria-hidden": "true" }, String(citation.number)),
    head,
    element("blockquote", { dir: "auto" }, marked(passage.text, spans)),
  );
  if (passage.also_in.length) {
    const others = passage.also_in.flatMap((c, i) => [i ? "; " : " ", ...byline(c)]);
    item.append(element("p", { class: "meta also" }, "The same text also in:", ...others));
  }
  item.append(element("p", { class: "foot" }, element("a", { href: address, class: "open" }, "Read it in the article")));
  return item;
}
