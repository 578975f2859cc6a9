// A table with many rows: it searches, filters and sorts them, and draws one page of rows. Each row opens.

import { byId, counted, element, folded } from "./text.js";

const PAGE = 50;

/**
 * Fills #questions with the rows.
 * @template Row
 * @param {Table<Row>} table
 */
export function explore({ rows, columns, words, wanted, fold, key, noun }) {
  const found = byId("found", HTMLElement);
  const heading = byId("table-heading", HTMLElement);
  const pager = byId("pages", HTMLElement);
  const controls = byId("controls", HTMLElement);
  const search = byId("search", HTMLInputElement);
  const body = element("tbody");
  /** @type {Set<Row>} */
  const opened = new Set();
  /** @type {Map<Row, string> | null} */
  let searchable = null; // made for the first search
  /** @type {{place: number, falling: boolean} | null} */
  let sorting = null; // null: in the order of `rows`
  let shown = rows;
  let page = 0;

  const head = element("tr");
  const heads = columns.map((column, place) => {
    const button = element("button", { type: "button", title: "Sort" }, column.name);
    const cell = element("th", { scope: "col", class: `${column.kind}${column.numeric ? " n" : ""}` }, button);
    button.addEventListener("click", () => sortBy(place));
    head.append(cell);
    return { cell, button };
  });
  const caption = element("caption", { class: "hidden" }, heading.textContent ?? "");
  byId("questions", HTMLElement).replaceChildren(caption, element("thead", {}, head), body);

  /** The number of visible columns. A narrow window hides some; a cell that spans a hidden column would widen the table. */
  const columnsShown = () => heads.filter(({ cell }) => getComputedStyle(cell).display !== "none").length;
  addEventListener("resize", () => {
    for (const cell of body.querySelectorAll(".fold > td")) cell.setAttribute("colspan", String(columnsShown()));
  });

  /** @param {number} place of the column */
  function sortBy(place) {
    const { falling = false } = columns[place];
    if (sorting?.place !== place) sorting = { place, falling };
    else if (sorting.falling === falling) sorting = { place, falling: !falling };
    else sorting = null;
    heads.forEach(({ cell }, i) => {
      if (sorting?.place === i) cell.setAttribute("aria-sort", sorting.falling ? "descending" : "ascending");
      else cell.removeAttribute("aria-sort");
    });
    update();
  }

  /** Shows the first page of the rows that the filters and the search leave. */
  function update() {
    const terms = folded(search.value).split(/\s+/).filter(Boolean);
    if (terms.length) searchable ??= new Map(rows.map((row) => [row, folded(words(row).join("\n"))]));
    const fits = wanted();
    shown = rows.filter((row) => fits(row) && terms.every((term) => searchable?.get(row)?.includes(term)));
    if (sorting) {
      const { place, falling } = sorting;
      const values = new Map(shown.map((row) => [row, columns[place].value(row)]));
      shown.sort((a, b) => compare(values.get(a), values.get(b), falling)); // equal rows keep their order
    }
    show(0);
  }

  /** @param {number} number of the page, from 0 */
  function show(number) {
    page = number;
    body.replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE).flatMap(drawn));
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    const all = shown.length === rows.length ? "" : ` of ${counted(rows.length)}`;
    found.textContent = `${counted(shown.length)}${all} ${noun}${pages > 1 ? `, page ${page + 1} of ${pages}` : ""}`;
    /** @type {(name: string, to: number, possible: boolean) => HTMLElement} */
    const turn = (name, to, possible) => {
      const button = element("button", { type: "button" }, name);
      button.disabled = !possible;
      button.addEventListener("click", () => {
        show(to);
        heading.scrollIntoView();
        const again = pager.querySelector(`[data-to="${name}"]:not(:disabled)`);
        (again instanceof HTMLElement ? again : heading).focus({ preventScroll: true });
      });
      button.dataset.to = name;
      return button;
    };
    pager.hidden = pages < 2;
    pager.replaceChildren(
      turn("First", 0, page > 0), turn("Previous", page - 1, page > 0),
      element("span", {}, `${page + 1} / ${pages}`),
      turn("Next", page + 1, page + 1 < pages), turn("Last", pages - 1, page + 1 < pages),
    );
  }

  /** @param {Row} row */
  function drawn(row) {
    const line = element("tr", { class: "row" });
    const open = element("button", { type: "button", class: "open", "aria-expanded": "false" });
    columns.forEach((column, i) => {
      const attributes = { class: `${column.kind}${column.numeric ? " n" : ""}` };
      if (i) line.append(element("td", attributes, ...column.cell(row)));
      else {
        open.append(...column.cell(row));
        line.append(element("th", { scope: "row", ...attributes }, open));
      }
    });
    const below = element("tr", { class: "fold", id: `fold-${rows.indexOf(row)}` });
    below.hidden = true;
    const toggle = (/** @type {boolean} */ on) => {
      if (on && !below.firstChild) below.append(element("td", { colspan: columnsShown() }, ...fold(row)));
      below.hidden = !on;
      open.setAttribute("aria-expanded", String(on));
      if (on) opened.add(row);
      else opened.delete(row);
    };
    open.setAttribute("aria-controls", below.id);
    line.addEventListener("click", (event) => {
      const selecting = !getSelection()?.isCollapsed && !(event.target instanceof Node && open.contains(event.target));
      if (!selecting) toggle(Boolean(below.hidden));
    });
    if (opened.has(row)) toggle(true);
    return [line, below];
  }

  /**
   * Opens the row with this key. It clears the filters where they hide the row.
   * @param {string} wantedKey
   */
  function goTo(wantedKey) {
    const row = rows.find((one) => key(one) === wantedKey);
    if (!row) return;
    if (!shown.includes(row)) {
      for (const control of controls.querySelectorAll("input")) control.value = "";
      for (const control of controls.querySelectorAll("select")) if (control.id !== "measure") control.value = "";
      update();
    }
    opened.add(row);
    show(Math.floor(shown.indexOf(row) / PAGE));
    const button = body.querySelector(`[aria-controls="fold-${rows.indexOf(row)}"]`);
    if (!(button instanceof HTMLElement)) return;
    button.scrollIntoView({ block: "center" });
    button.focus({ preventScroll: true });
  }

  body.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!(event.target instanceof Element && event.target.matches(".open"))) return;
    const buttons = [...body.querySelectorAll(".open")];
    const next = buttons[buttons.indexOf(event.target) + step];
    if (next instanceof HTMLElement) next.focus();
    event.preventDefault();
  });
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 120);
  });
  controls.addEventListener("change", (event) => { if (event.target !== search) update(); });
  const fromAddress = () => {
    try {
      const wantedKey = decodeURIComponent(location.hash.slice(1));
      if (wantedKey.startsWith("q=")) goTo(wantedKey.slice(2));
    } catch {
      // The address is malformed: it names no question.
    }
  };
  addEventListener("hashchange", fromAddress);
  for (const id of ["controls", "questions", "keys"]) byId(id, HTMLElement).hidden = false;
  update();
  fromAddress();
  return { rename: (/** @type {number} */ place, /** @type {string} */ name) => heads[place].button.replaceChildren(name) };
}

/**
 * Orders numbers by size and text by code unit. Rows without a value come last in both directions.
 * @type {(a: SortValue, b: SortValue, falling: boolean) => number}
 */
function compare(a, b, falling) {
  const noA = a === null || a === undefined;
  const noB = b === null || b === undefined;
  if (noA || noB) return Number(noA) - Number(noB);
  const order = a < b ? -1 : a > b ? 1 : 0;
  return falling ? -order : order;
}

/**
 * Fills a <select>, and hides it where there is no choice.
 * @param {string} id
 * @param {[string, string][]} options value and text
 * @param {string} all text of the option for everything; "" leaves the option out
 */
export function choices(id, options, all = "") {
  const made = options.map(([value, text]) => element("option", { value }, text));
  if (all) made.unshift(element("option", { value: "" }, all));
  byId(id, HTMLSelectElement).replaceChildren(...made);
  const holder = document.getElementById(`${id}-choice`);
  if (holder) holder.hidden = options.length < 2 && !(id === "tag" && options.length);
}

/** Each value with the text `value (n)`, the most frequent value first. @type {(values: string[]) => [string, string][]} */
export function tally(values) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || compare(a, b, false));
  return sorted.map(([value, n]) => [value, `${value} (${counted(n)})`]);
}

/** A link to a row of this page. @param {string} key */
export const linkTo = (key) => element("a", { href: `#q=${encodeURIComponent(key)}` }, "Link to this question");
