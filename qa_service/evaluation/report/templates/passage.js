// A passage with what is gold in it and what the service marked.

const LEGEND = () => element("p", { class: "legend" },
  element("mark", { class: "gold" }, "Gold"), " and ", element("mark", { class: "ours" }, "the service’s own evidence"), ".");

/**
 * A passage as a list item. `passage`: {rank, grade, score, id, article, start, end, text, title, outlet, published,
 * language, source, evidence: [[start, end]]}; `gold`: [[article, start, end]]; offsets in code points of the article.
 * `answers` are marked as gold where there is no gold span.
 */
function passageItem(passage, gold, answers) {
  const item = element("li", { class: passage.grade > 0 ? "passage relevant" : "passage" });
  if (passage.rank) item.append(element("span", { class: "number", "aria-hidden": "true" }, String(passage.rank)));
  const said = [passage.outlet ?? "outlet not stated", passage.published ? day(passage.published) : "date not stated"];
  if (passage.language) said.push(passage.language);
  const title = passage.title ?? (passage.source ? `Untitled (${passage.source})` : "Untitled article");
  const rank = passage.rank ? element("span", { class: "hidden" }, `Rank ${passage.rank}: `) : "";
  item.append(element("h4", { dir: "auto" }, rank, title));
  const meta = element("p", { class: "meta" });
  said.forEach((name, i) => meta.append(i ? " · " : "", isolated(name)));
  if (passage.score !== null && passage.score !== undefined) meta.append(` · score ${fixed(passage.score)}`);
  if (passage.grade !== null && passage.grade !== undefined) meta.append(" ", gradeBadge(passage.grade));
  item.append(meta);
  if (passage.text === null || passage.text === undefined) {
    item.append(element("p", { class: "small" }, "Its text is not in this page."));
  } else {
    item.append(element("blockquote", { dir: "auto" }, marked(passage.text, spansOf(passage, gold, answers))));
  }
  const where = passage.start === null || passage.start === undefined ? "" : `, characters ${passage.start} to ${passage.end}`;
  item.append(element("p", { class: "foot" }, isolated(passage.article ?? passage.id ?? ""), where));
  return item;
}

function gradeBadge(grade) {
  if (grade > 0) return element("span", { class: "badge good" }, grade > 1 ? `relevant, grade ${grade}` : "relevant");
  return element("span", { class: "badge" }, "not relevant");
}

/** Spans of the article, cut to the passage, in UTF-16 units of its text. */
function spansOf(passage, gold, answers) {
  const here = gold.filter(([article]) => article === passage.article).map(([, start, end]) => [start, end, "gold"]);
  const all = [...here, ...passage.evidence.map(([start, end]) => [start, end, "ours"])];
  const cut = all.map(([start, end, kind]) => [Math.max(start, passage.start) - passage.start, Math.min(end, passage.end) - passage.start, kind]);
  const inside = cut.filter(([start, end]) => start < end);
  const units = unitIndexes(passage.text, inside.flat().filter(Number.isInteger));
  const spans = inside.map(([start, end, kind]) => ({ from: units.get(start), to: units.get(end), kind }));
  return gold.length ? spans : [...spans, ...answersIn(passage.text, answers)];
}

/** A box with a heading. */
function box(heading, ...children) {
  return element("div", { class: "box" }, element("h3", {}, heading), ...children);
}

/** What was answered, or that it was not. */
function saidBox(heading, answer, declined, confidence, ...more) {
  const told = confidence === null || confidence === undefined ? [] : [element("p", { class: "small" }, `Confidence ${fixed(confidence)}`)];
  const text = answer !== null ? element("p", { class: "said", dir: "auto" }, answer)
    : element("p", {}, declined === null ? "This run has no answers." : declined ? "Declined to answer." : "No answer.");
  return box(heading, text, ...told, ...more);
}

/** The gold of a question: answers, then where it stands. `articles`: [[id, grade, title]]. */
function goldBox({ answers, articles, passages, evidence, more, rankOf }) {
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
  return box("Gold", ...(parts.length ? parts : [element("p", {}, "None: the set does not say what would be right.")]));
}

function goldLine(what, title, id, after, rank) {
  const line = element("li", {}, `${what} `);
  if (title) line.append("“", isolated(title), "” ");
  line.append(element("code", {}, isolated(id)), after);
  if (rank === null) line.append(" ", element("span", { class: "badge poor" }, "not returned"));
  else if (rank !== undefined) line.append(" ", element("span", { class: "badge good" }, `rank ${rank}`));
  return line;
}
