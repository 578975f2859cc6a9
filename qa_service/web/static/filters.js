// Which articles may answer: the choice, and what is chosen as chips that can be taken away.

import { get } from "./api.js";
import { scopeOf } from "./place.js";
import { day, element, separated } from "./text.js";

const id = (name) => document.getElementById(name);
const form = id("filters");
const toggle = id("filters-toggle");
const DAYS = { published_from: "From", published_to: "To" };
let collections = null; // unknown until the service has told
let scope = null; // what the page shows
let change = () => {};

/** `changed(scope)` is called when another scope is chosen. */
export function startFilters(changed) {
  change = changed;
}

export async function loadCollections() {
  if (collections !== null) return;
  try {
    ({ collections } = await get("/v1/collections"));
    if (scope) showScope(scope);
  } catch {
    // whatever is asked next tells the reason, and tries again
  }
}

export function showScope(next) {
  scope = next;
  const of = (name, label, words = (value) => value) => scope[name].map((value) => chip(label, words(value), {
    ...scope, [name]: scope[name].filter((other) => other !== value),
  }));
  const chips = [
    ...(scope.collection === "default" ? [] : [chip("Collection", scope.collection, { ...scope, collection: "default" })]),
    ...of("outlet", "Outlet"),
    ...of("language", "Language", languageName),
    ...Object.entries(DAYS).flatMap(([name, label]) => (
      scope[name] ? [chip(label, dayOrText(scope[name]), { ...scope, [name]: "" })] : [])),
  ];
  id("chips").replaceChildren(...chips);
  id("chips").hidden = !chips.length;
  fillForm(scope);
  showFacts();
}

export function closeFilters() {
  const wasOpen = !form.hidden;
  form.hidden = true;
  toggle.setAttribute("aria-expanded", "false");
  if (wasOpen) toggle.focus();
  return wasOpen;
}

function chip(label, value, without) {
  const name = `Remove the filter ${label}: ${value}`;
  const button = element("button", { type: "button", class: "chip", "aria-label": name }, `${label}: `);
  button.append(element("bdi", {}, value), element("span", { "aria-hidden": "true" }, " ✕"));
  button.addEventListener("click", () => {
    change(scopeOf(without));
    (id("chips").querySelector("button") ?? toggle).focus();
  });
  return element("li", {}, button);
}

function fillForm({ collection, outlet, language, published_from: from, published_to: to }) {
  const names = (collections ?? []).map((c) => c.name);
  if (!names.includes(collection)) names.unshift(collection); // it is what is asked, there or not
  id("collection").replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  id("collection").value = collection;
  id("collection-row").hidden = names.length < 2;
  fillChoices(collection, outlet, language);
  id("from").value = from;
  id("to").value = to;
}

function fillChoices(collection, outlets, languages) {
  const known = collections?.find((c) => c.name === collection);
  fillBoxes(id("outlets"), "outlet", [...new Set([...outlets, ...(known?.outlets ?? [])])], outlets);
  fillBoxes(id("languages"), "language", [...new Set([...languages, ...(known?.languages ?? [])])], languages, languageName);
}

function fillBoxes(fieldset, name, values, chosen, words = (value) => value) {
  const boxes = values.sort((a, b) => a.localeCompare(b, "en")).map((value) => {
    const box = element("input", { type: "checkbox", name, value });
    box.checked = chosen.includes(value);
    return element("label", {}, box, " ", element("bdi", {}, words(value)));
  });
  fieldset.querySelector(".boxes").replaceChildren(...boxes);
  fieldset.hidden = !boxes.length;
}

function showFacts() {
  if (collections === null) return;
  const collection = collections.find((c) => c.name === scope.collection);
  if (!collection) {
    const none = scope.collection === "default" && !collections.length;
    id("facts").textContent = none ? "There is no article yet." : `There is no collection ${scope.collection}.`;
    return;
  }
  const parts = [`${collection.articles} ${collection.articles === 1 ? "article" : "articles"}`];
  const { outlets } = collection;
  parts.push(...(outlets.length > 4 ? [`${outlets.length} outlets`] : outlets));
  const [first, last] = [collection.first_date, collection.last_date];
  if (first) parts.push(first === last ? day(first) : `${day(first)} to ${day(last)}`);
  id("facts").replaceChildren(...separated(parts));
}

function languageName(code) {
  try {
    return new Intl.DisplayNames("en", { type: "language" }).of(code) ?? code;
  } catch {
    return code; // no language code: the address may say anything
  }
}

function dayOrText(value) {
  return /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value)) ? day(value) : value;
}

toggle.addEventListener("click", () => {
  if (closeFilters()) return;
  fillForm(scope);
  form.hidden = false;
  toggle.setAttribute("aria-expanded", "true");
  form.querySelector("select:not([hidden] *), input:not([hidden] *)").focus();
});
id("collection").addEventListener("change", () => fillChoices(id("collection").value, [], []));
id("filters-clear").addEventListener("click", () => {
  fillForm({ collection: "default", outlet: [], language: [], published_from: "", published_to: "" });
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = new FormData(form);
  closeFilters();
  change({
    collection: id("collection").value || scope.collection,
    outlet: chosen.getAll("outlet"),
    language: chosen.getAll("language"),
    published_from: id("from").value,
    published_to: id("to").value,
  });
});
