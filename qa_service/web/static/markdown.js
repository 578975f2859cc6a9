// An answer as Markdown with its citations, in the form of qa_service/chat/reply.py. Articles are hostile: no text of an
// article may become a link, an image, HTML, or a `[3]` that looks like a citation.

import { DECLINED, doubt, unanswered } from "./answer.js";
import { citedIn, oneLine, percent, slice } from "./text.js";

/** `text` on one line, escaped so that Markdown shows it unchanged. @param {string} text */
export function quoted(text) {
  const line = oneLine(text)
    .replace(/&(?=#?\w+;)/g, "&amp;")
    .replace(/[\\`*[\]<>|~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "\\$&")
    .replace(/\b(https?|ftp|mailto|xmpp):(?=\/?\/?\S)|\b(www)\./gi, (_, scheme, www) => (scheme ? `${scheme}\\:` : `${www}\\.`));
  return line
    .replace(/^(\d{1,9})(?=[.)](?:\s|$))/, "$1\\")
    .replace(/^(?:#{1,6}(?=\s|$)|[-+=](?=\s|$)|[-+=]{2,})/, "\\$&");
}

/** The answer with absolute addresses of this page. @param {AskResponse} answer @param {Links} links */
export function asMarkdown(answer, links) {
  const paragraphs = [`**${quoted(answer.interpretation.searched ?? answer.question)}**`];
  const why = answer.declined ? ` ${quoted(answer.declined.message)}` : "";
  if (!answer.answer) return [...paragraphs, `${DECLINED}${why}`].join("\n\n");
  const { text, annotations } = answer.answer;
  const cited = new Set(annotations.map((note) => note.citation));
  const said = annotations.map((n) => `${quoted(slice(text, n.start_index, n.end_index))} [${n.citation}]`);
  const warning = doubt(answer);
  paragraphs.push(...(warning ? [warning] : []), said.join(" "), ...(answer.answer.note ? [quoted(answer.answer.note)] : []), ...unanswered(answer.answer).map(quoted));
  for (const { kind, a, b } of answer.disagreements) {
    for (const { citation } of [a, b]) cited.add(citation);
    paragraphs.push(`The sources differ (${kind}): ${statement(a)}; ${statement(b)}.`);
  }
  paragraphs.push(...(warning ? [] : [`Confidence: ${percent(answer.confidence)}`]), "**Sources**");
  const sources = answer.passages.filter((passage) => cited.has(passage.citation.number));
  paragraphs.push(sources.map((passage) => source(answer, passage, links)).join("\n"));
  return paragraphs.join("\n\n");
}

/** @param {StatementItem} side */
function statement({ outlet, article_id: article, sentence, citation }) {
  return `${quoted(outlet ?? article)}: “${quoted(sentence.text)}” [${citation}]`;
}

/** @param {AskResponse} answer @param {PassageItem} passage @param {Links} links */
function source(answer, passage, links) {
  const { citation } = passage;
  const title = quoted(citation.label);
  const address = new URL(links.toPassage(passage), location.href).href;
  const escaped = address.replace(/\(/g, "%28").replace(/\)/g, "%29");
  const { outlet, published } = citation;
  const named = !citation.title && outlet; // the label has them
  const facts = [!named && (outlet ?? "outlet not stated"), !(named && published) && (published ?? "date not stated")];
  const told = facts.filter((fact) => typeof fact === "string").map((fact) => `, ${quoted(fact)}`).join("");
  const evidence = citedIn(answer, passage).map((e) => `“${quoted(e.text)}”`).join(" ");
  return `- [${citation.number}] [${title}](${escaped})${told}${evidence ? `: ${evidence}` : ""}`;
}
