// Who says what: the outlets side by side, and where two of them disagree.

import { marker } from "./answer.js";
import { withEvidence } from "./passages.js";
import { byline, element, oneLine, titleOf } from "./text.js";

const KINDS = {
  number: "Different numbers",
  date: "Different dates",
  cause: "Different causes",
  negation: "One denies what the other says",
  contradiction: "These contradict each other",
};

/** The strongest sentence of each outlet; null where fewer than two have one. */
export function perspectives(answer, links) {
  if (answer.perspectives.length < 2) return null;
  const sides = answer.perspectives.map((p) => side(answer, links, p, p.evidence, []));
  return section("What each source says", element("div", { class: "sides" }, ...sides));
}

/** Pairs of statements that differ, the difference marked; null where there are none. */
export function disagreements(answer, links) {
  if (!answer.disagreements.length) return null;
  const pairs = answer.disagreements.map(({ kind, a, b }) => {
    const words = KINDS[kind] ?? "They differ";
    const whole = kind === "contradiction" || kind === "negation";
    const spans = whole ? [] : [": ", element("q", {}, oneLine(a.text)), " and ", element("q", {}, oneLine(b.text))];
    return element(
      "div", { class: "pair" },
      element("p", { class: "kind" }, words, ...spans),
      element("div", { class: "sides" }, ...[a, b].map((one) => side(answer, links, one, one.sentence, [one]))),
    );
  });
  return section("Where sources disagree", ...pairs);
}

function section(title, ...children) {
  return element("section", { class: "voices" }, element("h3", {}, title), ...children);
}

/** One voice: who, when, the sentence with `differing` marked in it, and the way to its place. */
function side(answer, links, voice, sentence, differing) {
  const passage = answer.passages.find((p) => p.citation.number === voice.citation);
  // the voice may be a copy of the passage in another article
  const citation = [passage.citation, ...passage.also_in].find((c) => c.article_id === voice.article_id) ?? passage.citation;
  const quote = element("blockquote", { dir: "auto", lang: citation.language ?? "" });
  quote.append(withEvidence(sentence.text, sentence.start_char_index, differing, "differs"));
  const [outlet, ...rest] = byline({ ...citation, outlet: voice.outlet });
  const address = links.toCitation(citation, [differing.length ? voice : sentence]);
  const title = element("a", { href: address, class: "open", dir: "auto" }, titleOf(citation));
  return element(
    "figure", { class: "side" },
    element("figcaption", {}, element("strong", {}, outlet), ...rest, element("span", { class: "title" }, title)),
    element("div", { class: "said" }, quote, "\u00a0", marker(passage, links, sentence.text, sentence)),
  );
}
