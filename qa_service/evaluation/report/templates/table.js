// A table of many rows, of which it draws a page: searched, filtered, sorted; each row opens.

const PAGE = 50;

/**
 * Fills #questions. `columns`: [{name, kind, cell(row) -> nodes, value(row) -> number | string | null, falling}], the
 * first one opens the row; `value` is what it sorts by. `words(row)` is what the search looks in, `wanted()` a predicate
 * from the filters, `fold(row)` the nodes of an opened row, `key(row)` its place in the address.
 */
function explore({ rows, columns, words, wanted, fold, key, noun }) {
  const table = byId("questions");
  const body = element("tbody");
  const opened = new Set();
  let searchable = null; // made when somebody searches
  let sorting = null; // {column, falling}; null: as they came
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
  table.replaceChildren(element("caption", { class: "hidden" }, byId("table-heading").textContent), element("thead", {}, head), body);

  /** A narrow window hides some; a cell that spans more of them than there are would make room for those. */
  const columnsShown = () => heads.filter(({ cell }) => getComputedStyle(cell).display !== "none").length;
  addEventListener("resize", () => {
    for (const cell of body.querySelectorAll(".fold > td")) cell.colSpan = columnsShown();
  });

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

  /** What the filters and the search leave, in order; then the first page of it. */
  function update() {
    const terms = folded(byId("search").value).split(/\s+/).filter(Boolean);
    if (terms.length && !searchable) searchable = new Map(rows.map((row) => [row, folded(words(row).join("\n"))]));
    const fits = wanted();
    shown = rows.filter((row) => fits(row) && terms.every((term) => searchable.get(row).includes(term)));
    if (sorting) {
      const { value } = columns[sorting.place];
      const values = new Map(shown.map((row) => [row, value(row)]));
      shown.sort((a, b) => compare(values.get(a), values.get(b), sorting.falling)); // equal ones stay as they came
    }
    show(0);
  }

  function show(number) {
    page = number;
    body.replaceChildren(...shown.slice(page * PAGE, (page + 1) * PAGE).flatMap(drawn));
    const pages = Math.max(1, Math.ceil(shown.length / PAGE));
    const all = shown.length === rows.length ? "" : ` of ${counted(rows.length)}`;
    byId("found").textContent = `${counted(shown.length)}${all} ${noun}${pages > 1 ? `, page ${page + 1} of ${pages}` : ""}`;
    const turn = (name, to, possible) => {
      const button = element("button", { type: "button" }, name);
      button.disabled = !possible;
      button.addEventListener("click", () => {
        show(to);
        byId("table-heading").scrollIntoView();
        (byId("pages").querySelector(`[data-to="${name}"]:not(:disabled)`) ?? byId("table-heading")).focus({ preventScroll: true });
      });
      button.dataset.to = name;
      return button;
    };
    byId("pages").hidden = pages < 2;
    byId("pages").replaceChildren(
      turn("First", 0, page > 0), turn("Previous", page - 1, page > 0),
      element("span", {}, `${page + 1} / ${pages}`),
      turn("Next", page + 1, page + 1 < pages), turn("Last", pages - 1, page + 1 < pages),
    );
  }

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
    const toggle = (on) => {
      if (on && !below.firstChild) below.append(element("td", { colspan: columnsShown() }, ...fold(row)));
      below.hidden = !on;
      open.setAttribute("aria-expanded", on);
      if (on) opened.add(row);
      else opened.delete(row);
    };
    open.setAttribute("aria-controls", below.id);
    line.addEventListener("click", (event) => {
      const selecting = !getSelection().isCollapsed && !open.contains(event.target);
      if (!selecting) toggle(below.hidden);
    });
    if (opened.has(row)) toggle(true);
    return [line, below];
  }

  /** Shows the row of this key, opened, whatever the filters say. */
  function goTo(wantedKey) {
    const row = rows.find((one) => key(one) === wantedKey);
    if (!row) return;
    if (!shown.includes(row)) {
      for (const control of byId("controls").querySelectorAll("input, select")) {
        if (control.id !== "measure") control.value = "";
      }
      update();
    }
    opened.add(row);
    show(Math.floor(shown.indexOf(row) / PAGE));
    const button = body.querySelector(`[aria-controls="fold-${rows.indexOf(row)}"]`);
    button.scrollIntoView({ block: "center" });
    button.focus({ preventScroll: true });
  }

  body.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !event.target.matches(".open") || event.altKey || event.ctrlKey || event.metaKey) return;
    const buttons = [...body.querySelectorAll(".open")];
    const next = buttons[buttons.indexOf(event.target) + step];
    if (next) next.focus();
    event.preventDefault();
  });
  let waiting = 0;
  byId("search").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(update, 120);
  });
  byId("controls").addEventListener("change", (event) => event.target.id !== "search" && update());
  const fromAddress = () => {
    try {
      const wantedKey = decodeURIComponent(location.hash.slice(1));
      if (wantedKey.startsWith("q=")) goTo(wantedKey.slice(2));
    } catch {
      // an address that is not well formed names no question
    }
  };
  addEventListener("hashchange", fromAddress);
  for (const id of ["controls", "questions", "keys"]) byId(id).hidden = false;
  update();
  fromAddress();
  return { rename: (place, name) => heads[place].button.replaceChildren(name) };
}

/** Numbers by size, text by code unit, what has no value last whichever way. */
function compare(a, b, falling) {
  const [noA, noB] = [a === null || a === undefined, b === null || b === undefined];
  if (noA || noB) return noA - noB;
  const order = a < b ? -1 : a > b ? 1 : 0;
  return falling ? -order : order;
}

/** Options of a <select>: [[value, text]], shown only where there is a choice. */
function choices(id, options, all) {
  byId(id).replaceChildren(...[...(all ? [["", all]] : []), ...options].map(([value, text]) => element("option", { value }, text)));
  const holder = byId(`${id}-choice`);
  if (holder) holder.hidden = options.length < 2 && !(id === "tag" && options.length);
}

/** How often each of `values` occurs: [[value, `value (n)`]], the frequent first. */
function tally(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || compare(a, b));
  return sorted.map(([value, n]) => [value, `${value} (${counted(n)})`]);
}

/** A link to a row of this page. */
const linkTo = (key) => element("a", { href: `#q=${encodeURIComponent(key)}` }, "Link to this question");
