// The filters that say which articles may answer. A chip shows each filter that is on, and removes it.

import { get } from "./api.js";
import { scopeOf } from "./place.js";
import { byId, day, element, separated } from "./text.js";

const form = byId("filters", HTMLFormElement);
const toggle = byId("filters-toggle", HTMLElement);
const chips = byId("chips", HTMLElement);
const facts = byId("facts", HTMLElement);
const chooser = byId("collection", HTMLSelectElement);
const from = byId("from", HTMLInputElement);
const to = byId("to", HTMLInputElement);
/** @type {Scope} */
const EVERYTHING = { collection: "default", outlet: [], tags: [], language: [], published_from: "", published_to: "" };
/** @type {CollectionItem[] | null} */
let collections = null; // unknown until the service has answered
let scope = EVERYTHING; // the scope that the page shows
/** @type {(scope: Scope) => void} */
let change = () => {};

/** Starts the filters. @param {(scope: Scope) => void} changed called when the user chooses another scope */
export function startFilters(changed) {
  change = changed;
}

export async function loadCollections() {
  if (collections !== null) return;
  try {
    ({ collections } = await get("/v1/collections"));
    showScope(scope);
  } catch {
    // The next call shows the reason, and the next answer tries this again.
  }
}

/** @param {Scope} next */
export function showScope(next) {
  scope = next;
  const { collection, outlet, tags, language, published_from, published_to } = next;
  const without = (/** @type {string[]} */ values, /** @type {string} */ value) => values.filter((other) => other !== value);
  const made = [
    ...(collection === "default" ? [] : [chip("Collection", collection, { ...next, collection: "default" })]),
    ...outlet.map((name) => chip("Outlet", name, { ...next, outlet: without(outlet, name) })),
    ...tags.map((tag) => chip("Tag", tag, { ...next, tags: without(tags, tag) })),
    ...language.map((code) => chip("Language", languageName(code), { ...next, language: without(language, code) })),
    ...(published_from ? [chip("From", dayOrText(published_from), { ...next, published_from: "" })] : []),
    ...(published_to ? [chip("To", dayOrText(published_to), { ...next, published_to: "" })] : []),
  ];
  chips.replaceChildren(...made);
  chips.hidden = !made.length;
  fillForm(next);
  showFacts();
}

/** Hides the form. Returns whether it was visible. */
export function closeFilters() {
  const wasOpen = !form.hidden;
  form.hidden = true;
  toggle.setAttribute("aria-expanded", "false");
  if (wasOpen) toggle.focus();
  return wasOpen;
}

/**
 * A button that removes a filter.
 * @param {string} label @param {string} value @param {Scope} without the scope without this filter
 */
function chip(label, value, without) {
  const name = `Remove the filter ${label}: ${value}`;
  const button = element("button", { type: "button", class: "chip", "aria-label": name }, `${label}: `);
  button.append(element("bdi", {}, value), element("span", { "aria-hidden": "true" }, " ✕"));
  button.addEventListener("click", () => {
    change(scopeOf(without));
    (chips.querySelector("button") ?? toggle).focus();
  });
  return element("li", {}, button);
}

/** @param {Scope} chosen */
function fillForm({ collection, outlet, tags, language, published_from, published_to }) {
  const names = (collections ?? []).map((c) => c.name);
  if (!names.includes(collection)) names.unshift(collection); // the address may name a collection that does not exist
  chooser.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  chooser.value = collection;
  byId("collection-row", HTMLElement).hidden = names.length < 2;
  fillChoices(collection, outlet, tags, language);
  from.value = published_from;
  to.value = published_to;
}

/**
 * The choices that a collection has, with those that are chosen.
 * @param {string} collection @param {string[]} outlets @param {string[]} tags @param {string[]} languages
 */
function fillChoices(collection, outlets, tags, languages) {
  const known = collections?.find((c) => c.name === collection);
  fillBoxes("outlets", "outlet", [...new Set([...outlets, ...(known?.outlets ?? [])])], outlets);
  fillBoxes("tags", "tags", [...new Set([...tags, ...(known?.tags ?? [])])], tags);
  fillBoxes("languages", "language", [...new Set([...languages, ...(known?.languages ?? [])])], languages, languageName);
}

/**
 * @param {string} id of the fieldset @param {string} name @param {string[]} values @param {string[]} chosen
 * @param {(value: string) => string} words
 */
function fillBoxes(id, name, values, chosen, words = (value) => value) {
  const fieldset = byId(id, HTMLElement);
  const boxes = values.sort((a, b) => a.localeCompare(b, "en")).map((value) => {
    const box = element("input", { type: "checkbox", name, value });
    box.checked = chosen.includes(value);
    return element("label", {}, box, " ", element("bdi", {}, words(value)));
  });
  fieldset.querySelector(".boxes")?.replaceChildren(...boxes);
  fieldset.hidden = !boxes.length;
}

function showFacts() {
  if (collections === null) return;
  const collection = collections.find((c) => c.name === scope.collection);
  if (!collection?.articles) {
    const isKnown = collection || scope.collection === "default";
    const said = isKnown ? `There are no articles yet in ${scope.collection}. ` : `There is no collection ${scope.collection}. `;
    facts.replaceChildren(said, ...otherCollections(collections), element("a", { href: "/add" }, "Add articles"));
    return;
  }
  const parts = [`${collection.articles} ${collection.articles === 1 ? "article" : "articles"}`];
  const { outlets } = collection;
  parts.push(...(outlets.length > 4 ? [`${outlets.length} outlets`] : outlets));
  const [first, last] = [collection.first_date, collection.last_date];
  if (first && last) parts.push(first === last ? day(first) : `${day(first)} to ${day(last)}`);
  facts.replaceChildren(...separated(parts));
}

/** Links to the collections that hold articles. @param {CollectionItem[]} known */
function otherCollections(known) {
  const filled = known.filter((one) => one.articles);
  const links = filled.map((one) => element("a", { href: `/?collection=${encodeURIComponent(one.name)}` }, element("bdi", {}, one.name)));
  return links.length ? ["Ask ", ...links.flatMap((link, i) => (i ? [", ", link] : [link])), ". "] : [];
}

/** @param {string} code */
function languageName(code) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code; // the address may contain anything
  }
}

/** @param {string} value */
function dayOrText(value) {
  return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? day(value) : value;
}

toggle.addEventListener("click", () => {
  if (closeFilters()) return;
  fillForm(scope);
  form.hidden = false;
  toggle.setAttribute("aria-expanded", "true");
  const first = form.querySelector("select:not([hidden] *), input:not([hidden] *)");
  if (first instanceof HTMLElement) first.focus();
});
chooser.addEventListener("change", () => fillChoices(chooser.value, [], [], []));
byId("filters-clear", HTMLElement).addEventListener("click", () => fillForm(EVERYTHING));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(form);
  closeFilters();
  change({
    collection: chooser.value || scope.collection,
    outlet: chosen.getAll("outlet").map(String),
    tags: chosen.getAll("tags").map(String),
    language: chosen.getAll("language").map(String),
    published_from: from.value,
    published_to: to.value,
  });
});
