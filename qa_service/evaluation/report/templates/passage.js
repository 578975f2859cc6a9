// A passage with its gold evidence and the evidence that the service marked.

import { answersIn, day, element, fixed, isolated, marked, unitIndexes } from "./text.js";

export const LEGEND = () => element("p", { class: "legend" },
  element("mark", { class: "gold" }, "Gold"), " and ", element("mark", { class: "ours" }, "the service’s own evidence"), ".");

/**
 * A passage as a list item. The answers are marked as gold where there is no gold span.
 * @type {(passage: ShownPassage, gold: GoldSpan[], answers: string[]) => HTMLElement}
 */
export function passageItem(passage, gold, answers) {
  const item = element("li", { class: (passage.grade ?? 0) > 0 ? "passage relevant" : "passage" });
  if (passage.rank) item.append(element("span", { class: "number", "aria-hidden": "true" }, String(passage.rank)));
  const said = [passage.outlet ?? "outlet not stated", passage.published ? day(passage.published) : "date not stated"];
  if (passage.language) said.push(passage.language);
  const title = passage.title ?? (passage.source ? `Untitled (${passage.source})` : "Untitled article");
  const rank = passage.rank ? element("span", { class: "hidden" }, `Rank ${passage.rank}: `) : "";
  item.append(element("h4", { dir: "auto" }, rank, title));
  const meta = element("p", { class: "meta" });
  said.forEach((name, i) => meta.append(i ? " · " : "", isolated(name)));
  if (typeof passage.score === "number") meta.append(` · score ${fixed(passage.score)}`);
  if (typeof passage.grade === "number") meta.append(" ", gradeBadge(passage.grade));
  item.append(meta);
  if (typeof passage.text !== "string") {
    item.append(element("p", { class: "small" }, "This page does not hold the text of the passage."));
  } else {
    item.append(element("blockquote", { dir: "auto" }, marked(passage.text, spansOf(passage, passage.text, gold, answers))));
  }
  const where = typeof passage.start !== "number" ? "" : `, characters ${passage.start} to ${passage.end}`;
  item.append(element("p", { class: "foot" }, isolated(passage.article ?? passage.id ?? ""), where));
  return item;
}

/** @param {number} grade */
function gradeBadge(grade) {
  if (grade > 0) return element("span", { class: "badge good" }, grade > 1 ? `relevant, grade ${grade}` : "relevant");
  return element("span", { class: "badge" }, "not relevant");
}

/**
 * The gold and the service's evidence within the passage, in UTF-16 units of its text.
 * @type {(passage: ShownPassage, text: string, gold: GoldSpan[], answers: string[]) => TextSpan[]}
 */
function spansOf(passage, text, gold, answers) {
  const [first, last] = [passage.start ?? 0, passage.end ?? 0];
  const here = gold.filter(([article]) => article === passage.article);
  const all = [
    ...here.map(([, start, end]) => ({ start, end, kind: "gold" })),
    ...passage.evidence.map(([start, end]) => ({ start, end, kind: "ours" })),
  ];
  const cut = all.map(({ start, end, kind }) => ({ from: Math.max(start, first) - first, to: Math.min(end, last) - first, kind }));
  const inside = cut.filter(({ from, to }) => from < to);
  const unit = unitIndexes(text, inside.flatMap(({ from, to }) => [from, to]));
  const spans = inside.map(({ from, to, kind }) => ({ from: unit(from), to: unit(to), kind }));
  return gold.length ? spans : [...spans, ...answersIn(text, answers)];
}

/** @type {(heading: string, ...children: Node[]) => HTMLElement} */
const box = (heading, ...children) => element("div", { class: "box" }, element("h3", {}, heading), ...children);

/**
 * The answer of a run, or why it has none. `declined` is null where the run has no answers.
 * @type {(heading: string, answer: string | null, declined: boolean | null, confidence: number | null) => HTMLElement}
 */
export function saidBox(heading, answer, declined, confidence) {
  const told = typeof confidence === "number" ? [element("p", { class: "small" }, `Confidence ${fixed(confidence)}`)] : [];
  const text = answer !== null ? element("p", { class: "said", dir: "auto" }, answer)
    : element("p", {}, declined === null ? "This run has no answers." : declined ? "Declined to answer." : "No answer.");
  return box(heading, text, ...told);
}

const STAGES = ["dense", "lexical", "fused", "late_interaction", "returned"];

/** Why a question failed, and the rank of its gold at each stage. @param {Failure} failure */
export function failureBox({ why, gold }) {
  const list = element("ul", { class: "small lost" }, ...gold.map((one) => {
    const ranks = element("dl", { class: "values" });
    for (const stage of STAGES.filter((name) => name in one.ranks)) {
      const rank = one.ranks[stage];
      ranks.append(element("div", {}, element("dt", {}, stage.replace("_", " ")), element("dd", {}, rank === null ? "–" : String(rank))));
    }
    const name = one.title ?? one.article_id;
    const said = one.marked ? " (marked as evidence)" : "";
    return element("li", {}, isolated(name), ": “", element("span", { dir: "auto" }, one.sentence), `”${said}`, ranks);
  }));
  return box("Why it failed", element("p", {}, why), ...(gold.length ? [element("p", { class: "small" }, "Where the gold stands, and its rank at each stage:"), list] : []));
}

/** The gold of a question: the answers, then their places. @param {Gold} gold */
export function goldBox({ answers, articles, passages, evidence, more, rankOf }) {
  const parts = [];
  if (answers.length) parts.push(element("ul", {}, ...answers.map((text) => element("li", { dir: "auto" }, text))));
  const list = element("ul", { class: "small" });
  for (const [id, grade, title] of articles) {
    if (grade > 0) list.append(goldLine("Article", title, id, grade > 1 ? `, grade ${grade}` : "", rankOf?.article(id)));
  }
  for (const [id, grade] of evidence.length ? [] : passages) {
    if (grade > 0) list.append(goldLine("Passage", null, id, grade > 1 ? `, grade ${grade}` : "", rankOf?.passage(id)));
  }
  for (const [id, start, end, title] of evidence) {
    list.append(goldLine("Evidence", title, id, `, characters ${start} to ${end}`, rankOf?.span(id, start, end)));
  }
  if (more) list.append(element("li", {}, `and ${more} more`));
  if (list.firstChild) parts.push(list);
  return box("Gold", ...(parts.length ? parts : [element("p", {}, "None: the set has no right answer for this question.")]));
}

/** @type {(what: string, title: string | null | undefined, id: string, after: string, rank: Rank) => HTMLElement} */
function goldLine(what, title, id, after, rank) {
  const line = element("li", {}, `${what} `);
  if (title) line.append("“", isolated(title), "” ");
  line.append(element("code", {}, isolated(id)), after);
  if (rank === null) line.append(" ", element("span", { class: "badge poor" }, "not returned"));
  else if (rank !== undefined) line.append(" ", element("span", { class: "badge good" }, `rank ${rank}`));
  return line;
}
