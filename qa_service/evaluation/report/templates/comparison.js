// The questions that two runs answered differently, with both answers side by side.

import { goldBox, LEGEND, passageItem, saidBox } from "./passage.js";
import { choices, explore, linkTo, tally } from "./table.js";
import { block, byId, element, isolated } from "./text.js";

/** @typedef {typeof flips[number]} Flip */

/** @type {ComparisonFlips} */
const { runs, flipsABlock, flips: packed } = block("flips");

/** @type {Record<string, [string, string]>} */
const CHANGE = {
  lost_first: ["No longer first", "poor"],
  lost: ["Lost", "poor"],
  withheld: ["Declined now", "poor"],
  invented: ["Invented now", "poor"],
  won_first: ["First now", "good"],
  won: ["Won", "good"],
  given: ["Answered now", "good"],
  refused: ["Refused now", "good"],
};

const names = new Map(runs.map((run) => [run.label, run.name]));
const baseline = runs[0];
const flips = packed.map((p, place) => ({
  place, run: p[0], id: p[1], question: p[2], kind: p[3], change: p[4], before: p[5], now: p[6], tags: p[7],
  baselineAnswer: p[8], answer: p[9], words: p[10], decision: p[11],
}));

// The decisions of both runs, by the kind of change. A question without an answer has no rank.
/** @type {Record<string, string>} */
const DECISION = {
  withheld: "answered → declined", refused: "answered → declined",
  invented: "declined → answered", given: "declined → answered",
};
const decided = (/** @type {Flip} */ f) => (f.decision ? [element("span", { class: "what" }, DECISION[f.decision])] : []);
const ranked = (/** @type {number | null} */ rank) => (rank === null ? "none" : String(rank));
const answerCell = (/** @type {string | null} */ text) => [element("span", { class: "short", dir: "auto" }, text ?? "–")];
const several = runs.length > 2;
/** @type {Column<Flip>[]} */
const columns = [
  { name: "Question", kind: "c-question", value: (f) => f.place, cell: (f) => [isolated(f.question)] },
  {
    name: "Change", kind: "c-change", value: (f) => Object.keys(CHANGE).indexOf(f.kind),
    cell: (f) => [element("span", { class: `badge ${CHANGE[f.kind][1]}` }, CHANGE[f.kind][0]), ...decided(f)],
  },
  {
    name: "Rank", kind: "c-ranks", numeric: true, value: (f) => f.now,
    cell: (f) => (f.kind === "invented" || f.kind === "refused" ? ["–"] : [ranked(f.before), " → ", ranked(f.now)]),
  },
  { name: baseline.label, kind: "c-answer", value: (f) => f.baselineAnswer, cell: (f) => answerCell(f.baselineAnswer) },
  { name: several ? "Other" : runs[1]?.label ?? "Other", kind: "c-answer", value: (f) => f.answer, cell: (f) => answerCell(f.answer) },
];
if (several) columns.splice(1, 0, { name: "Run", kind: "c-run", value: (f) => f.run, cell: (f) => [f.run] });

/** @type {(heading: string, one: ComparedAnswer, gold: ComparisonDetail["gold"]) => HTMLElement} */
function side(heading, one, gold) {
  const told = saidBox(heading, one.answer, one.declined, one.confidence);
  const p = one.passage;
  if (!p) {
    told.append(element("p", { class: "small" }, "No passage was returned."));
    return told;
  }
  const top = { ...p, id: p.passage_id, article: p.article_id, evidence: p.evidence ?? [] };
  const list = element("ol", { class: "passages" }, passageItem(top, gold.evidence, gold.answers));
  told.append(element("h3", { class: "first" }, "Its first passage"), list);
  return told;
}

/** @param {Flip} f */
function fold(f) {
  /** @type {ComparisonDetail} */
  const detail = block(`flips-${Math.floor(f.place / flipsABlock)}`)[f.place % flipsABlock];
  const { gold } = detail;
  const articles = Object.entries(gold.articles);
  const passages = Object.entries(gold.passages).slice(0, 20);
  const facts = element("p", { class: "small" }, element("code", {}, isolated(f.id)));
  if (f.tags.length) facts.append(" ", ...f.tags.map((tag) => element("span", { class: "badge" }, isolated(tag))));
  facts.append(" · ", linkTo(`${f.run}/${f.id}`));
  return [
    element("div", { class: "facing" },
      side(`${baseline.label}: ${baseline.name}`, detail.baseline, gold), side(`${f.run}: ${names.get(f.run)}`, detail.other, gold)),
    LEGEND(),
    goldBox({ answers: gold.answers, articles, passages, evidence: gold.evidence, more: 0 }),
    facts,
  ];
}

function wanted() {
  const [kind, run, tag] = ["outcome", "run", "tag"].map((id) => byId(id, HTMLSelectElement).value);
  return (/** @type {Flip} */ f) =>
    (!kind || f.kind === kind || f.change === kind.slice(1)) && (!run || f.run === run) && (!tag || f.tags.includes(tag));
}

const present = new Map(tally(flips.map((f) => f.kind)));
const kinds = Object.keys(CHANGE).filter((kind) => present.has(kind));
/** @type {(kind: string) => [string, string]} */
const named = (kind) => [kind, `${CHANGE[kind][0]}${present.get(kind)?.slice(kind.length) ?? ""}`];
choices("outcome", [["=lost", "losses"], ["=won", "wins"], ...kinds.map(named)], "all");
choices("run", runs.slice(1).map(({ label, name }) => [label, `${label}: ${name}`]), "all");
choices("tag", tally(flips.flatMap((f) => [...new Set(f.tags)])), "all");
explore({
  rows: flips, columns, wanted, fold, noun: "changes", key: (f) => `${f.run}/${f.id}`,
  words: (f) => [f.question, f.id, f.baselineAnswer ?? "", f.answer ?? "", ...f.tags, ...f.words],
});
