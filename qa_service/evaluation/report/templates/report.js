// The questions of an evaluation. The page reads the rows at once, and the details and passages when a row opens.

import { failureBox, goldBox, LEGEND, passageItem, saidBox } from "./passage.js";
import { choices, explore, linkTo, tally } from "./table.js";
import { block, byId, counted, element, fixed, isolated } from "./text.js";

/** @typedef {typeof questions[number]} Question */

/** @type {ReportAbout} */
const about = block("about");
/** @type {ReportRows} */
const { measures, outcomes, tags, rowsABlock, passagesABlock, rows: packed } = block("rows");

/** @type {Record<string, [string, string]>} */
const OUTCOME = {
  missed: ["Missed", "poor"],
  invented: ["Answered, has none", "poor"],
  wrong: ["Found, answered wrong", "poor"],
  withheld: ["Found, declined", "fair"],
  lower: ["Found lower", "fair"],
  first: ["Right first", "good"],
  refused: ["Declined rightly", "good"],
  unjudged: ["No gold", ""],
};

const questions = packed.map((p, place) => ({
  place, number: p[0], id: p[1], question: p[2], outcome: outcomes[p[3]], declined: p[4] === 1, confidence: p[5], rank: p[6],
  tags: p[7].map((tag) => tags[tag]), language: p[8], answer: p[9], answers: p[10], values: p[11],
}));

let measure = Math.max(0, measures.indexOf(about.primary));

/** @param {Question} question */
function outcomeCell({ outcome, declined }) {
  const [name, kind] = OUTCOME[outcome];
  /** @type {(string | Node)[]} */
  const badges = [element("span", { class: `badge ${kind}` }, name)];
  if (declined && outcome === "missed") badges.push(" ", element("span", { class: "badge" }, "declined"));
  return badges;
}

/** @type {Column<Question>[]} */
const columns = [
  { name: "Question", kind: "c-question", value: (q) => q.number, cell: (q) => [isolated(q.question)] },
  { name: "Outcome", kind: "c-outcome", value: (q) => outcomes.indexOf(q.outcome), cell: outcomeCell },
  { name: "Rank", kind: "c-rank", numeric: true, value: (q) => q.rank, cell: (q) => [q.rank === null ? "–" : String(q.rank)] },
  { name: measures[measure] ?? "Measure", kind: "c-measure", numeric: true, value: (q) => q.values[measure], cell: (q) => [fixed(q.values[measure])] },
  { name: "Confidence", kind: "c-confidence", numeric: true, value: (q) => q.confidence, cell: (q) => [fixed(q.confidence)] },
];
if (tags.length) {
  columns.push({
    name: "Tags", kind: "c-tags", value: (q) => q.tags.join(", ") || null,
    cell: (q) => q.tags.flatMap((tag, i) => [i ? ", " : "", isolated(tag)]),
  });
}

/** @type {(hit: PackedHit) => ShownPassage} */
function passageOf([number, rank, score, grade, evidence]) {
  /** @type {PackedPassage} */
  const p = block(`passages-${Math.floor(number / passagesABlock)}`)[number % passagesABlock];
  const [id, article, start, end, text, title, outlet, published, language, source] = p;
  return { rank, score, grade, evidence, id, article, start, end, text, title, outlet, published, language, source };
}

/** @param {Question} q */
function fold(q) {
  /** @type {ReportDetail} */
  const detail = block(`details-${Math.floor(q.place / rowsABlock)}`)[q.place % rowsABlock];
  const passages = detail.passages.map(passageOf);
  // A gold item that the page does not list was not returned, or is among those that the page leaves out.
  const unlisted = detail.more ? undefined : null;
  /** @type {RankOf} */
  const rankOf = {
    article: (id) => passages.find((p) => p.article === id)?.rank ?? unlisted,
    passage: (id) => passages.find((p) => p.id === id)?.rank ?? unlisted,
    span: (id, start, end) =>
      passages.find((p) => p.article === id && (p.start ?? 0) < end && start < (p.end ?? 0))?.rank ?? unlisted,
  };
  const byPassage = about.relevance === "passage";
  const gold = goldBox({
    answers: q.answers, articles: detail.articles, passages: byPassage ? detail.goldPassages : [], evidence: detail.evidence,
    more: detail.moreGold[0] + (byPassage ? detail.moreGold[1] : 0), rankOf,
  });
  const values = element("dl", { class: "values" });
  measures.forEach((name, i) => {
    if (typeof q.values[i] !== "number") return;
    values.append(element("div", {}, element("dt", {}, name), element("dd", {}, fixed(q.values[i]))));
  });
  const [checked, valid] = detail.citations;
  const broken = checked > valid ? [element("p", { class: "notice" }, `${checked - valid} of ${checked} citations do not match their articles.`)] : [];
  const facts = element("p", { class: "small" }, `Question ${counted(q.number)}, `, element("code", {}, isolated(q.id)));
  if (q.language) facts.append(` · ${q.language}`);
  facts.append(" · ", linkTo(q.id));
  const list = element("ol", { class: "passages" }, ...passages.map((p) => passageItem(p, detail.evidence, q.answers)));
  const more = detail.more ? [element("p", { class: "small" }, `${detail.more} more passages are in per_question.jsonl.`)] : [];
  return [
    element("div", { class: "facing" }, saidBox("Answered", q.answer, q.declined, q.confidence), gold),
    ...(detail.failure ? [failureBox(detail.failure)] : []), ...broken, values, facts,
    ...(passages.length ? [LEGEND(), list, ...more] : [element("p", { class: "small" }, "No passage was returned.")]),
  ];
}

function wanted() {
  const [outcome, declined, tag, language] = ["outcome", "declined", "tag", "language"].map((id) => byId(id, HTMLSelectElement).value);
  const right = (/** @type {Question} */ q) => q.outcome === "first" || q.outcome === "lower" || q.outcome === "refused";
  const fits = (/** @type {Question} */ q) => {
    if (outcome === "=wrong") return !right(q) && q.outcome !== "unjudged";
    if (outcome === "=right") return right(q);
    return !outcome || q.outcome === outcome;
  };
  return (/** @type {Question} */ q) =>
    fits(q) && (!declined || q.declined === (declined === "1")) && (!tag || q.tags.includes(tag)) && (!language || q.language === language);
}

const present = tally(questions.map((q) => q.outcome));
/** @type {[string, string][]} */
const named = outcomes.flatMap((o) => present.filter(([name]) => name === o))
  .map(([name, text]) => [name, `${OUTCOME[name][0]}${text.slice(name.length)}`]);
choices("outcome", [["=wrong", "wrong"], ["=right", "right"], ...named], "all");
choices("tag", tally(questions.flatMap((q) => [...new Set(q.tags)])), "all");
choices("language", tally(questions.flatMap((q) => (q.language ? [q.language] : []))), "all");
choices("measure", measures.map((name, i) => [String(i), name]));
const chooser = byId("measure", HTMLSelectElement);
chooser.value = String(measure);

const table = explore({
  rows: questions, columns, wanted, fold, noun: "questions", key: (q) => q.id,
  words: (q) => [q.question, q.id, q.answer ?? "", ...q.answers, ...q.tags],
});
chooser.addEventListener("change", () => {
  measure = Number(chooser.value);
  table.rename(3, measures[measure]);
});
if (about.withoutText) {
  byId("keys", HTMLElement).append(` This page has no room for the texts of ${counted(about.withoutText)} passages: see passages.jsonl.`);
}
