// The outlets side by side, and the statements in which two outlets disagree.

import { marker } from "./answer.js";
import { day, element, oneLine, withEvidence } from "./text.js";

const KINDS = {
  number: "Different numbers",
  date: "Different dates",
  cause: "Different causes",
  negation: "One source denies what the other says",
  contradiction: "These contradict each other",
};

/**
 * What each outlet says. Null where fewer than two outlets say it.
 * @param {AskResponse} answer @param {Links} links
 */
export function perspectives(answer, links) {
  if (answer.perspectives.length < 2) return null;
  const sides = answer.perspectives.map((p) => side(answer, links, p, p.evidence, []));
  return section("What each source says", element("div", { class: "sides" }, ...sides));
}

/**
 * Pairs of statements that differ, with the difference marked. Null without a pair.
 * @param {AskResponse} answer @param {Links} links
 */
export function disagreements(answer, links) {
  if (!answer.disagreements.length) return null;
  const pairs = answer.disagreements.map(({ kind, a, b }) => {
    const whole = kind === "contradiction" || kind === "negation";
    const spans = whole ? [] : [": ", element("q", {}, oneLine(a.text)), " and ", element("q", {}, oneLine(b.text))];
    return element(
      "div", { class: "pair" },
      element("p", { class: "kind" }, KINDS[kind] ?? "The sources differ", ...spans),
      element("div", { class: "sides" }, ...[a, b].map((one) => side(answer, links, one, one.sentence, [one]))),
    );
  });
  return section("Where sources disagree", ...pairs);
}

/** @param {string} title @param {Node[]} children */
function section(title, ...children) {
  return element("section", { class: "voices" }, element("h3", {}, title), ...children);
}

/**
 * One outlet: its name, the date, the sentence with `differing` marked, and a link to its place.
 * @param {AskResponse} answer @param {Links} links @param {PerspectiveItem | StatementItem} voice
 * @param {EvidenceItem} sentence @param {StatementItem[]} differing
 */
function side(answer, links, voice, sentence, differing) {
  const passage = answer.passages.find((p) => p.citation.number === voice.citation);
  if (!passage) throw new Error(`The answer has no citation ${voice.citation}.`);
  // The outlet may have printed a copy of the passage in another article.
  const citation = [passage.citation, ...passage.also_in].find((c) => c.article_id === voice.article_id) ?? passage.citation;
  const quote = element("blockquote", { dir: "auto", lang: citation.language ?? "" });
  quote.append(withEvidence(sentence.text, sentence.start_char_index, differing, "differs"));
  const outlet = voice.outlet && element("strong", {}, element("bdi", {}, voice.outlet));
  const published = citation.published ? day(citation.published) : "date not stated";
  const address = links.toCitation(citation, differing.length ? differing : [sentence]);
  const title = element("a", { href: address, class: "open", dir: "auto" }, citation.label);
  return element(
    "figure", { class: "side" },
    element("figcaption", {}, ...(outlet ? [outlet, " · "] : []), published, element("span", { class: "title" }, title)),
    element("div", { class: "said" }, quote, "\u00a0", marker(passage, links, sentence.text, sentence)),
  );
}
