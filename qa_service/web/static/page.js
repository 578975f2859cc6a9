// The page: its address says what it shows, so that any view can be shared, bookmarked and gone back to.

import { showAnswer, summary } from "./answer.js";
import { get } from "./api.js";
import { closeArticle, openArticle } from "./article.js";
import { day, element, separated } from "./text.js";

const id = (name) => document.getElementById(name);
const results = id("results");
let asked = null;
let running = null;
let collections = null; // unknown until the service has told

function placeOf(address) {
  const query = new URL(address, location.href).searchParams;
  const number = (name) => (/^\d+$/.test(query.get(name) ?? "") ? Number(query.get(name)) : null);
  const [start, end] = [number("start"), number("end")];
  const known = start !== null && end !== null && start < end;
  const evidence = query.getAll("e");
  const spans = evidence.filter((e) => /^\d+-\d+$/.test(e)).map((e) => e.split("-").map(Number));
  return {
    question: (query.get("q") ?? "").trim(),
    collection: query.get("collection") || "default",
    article: query.get("article"),
    start: known ? start : null,
    end: known ? end : null,
    evidence: spans,
    sha256: query.get("h") || null,
    malformed: (!known && (query.has("start") || query.has("end"))) || spans.length < evidence.length,
  };
}

function addressOf(place) {
  const query = new URLSearchParams();
  if (place.question) query.set("q", place.question);
  if (place.collection !== "default") query.set("collection", place.collection);
  if (place.article) {
    query.set("article", place.article);
    if (place.start !== null) {
      query.set("start", place.start);
      query.set("end", place.end);
    }
    for (const [a, b] of place.evidence) query.append("e", `${a}-${b}`);
    if (place.sha256) query.set("h", place.sha256);
  }
  return query.size ? `/?${query}` : "/";
}

function addressOfPassage(place, passage) {
  const { citation } = passage;
  const evidence = passage.evidence.map((e) => [e.start_char_index, e.end_char_index]);
  return addressOf({
    ...place, article: citation.article_id, start: citation.start_char_index, end: citation.end_char_index, evidence,
    sha256: citation.article_sha256,
  });
}

async function ask(place) {
  running?.abort();
  const mine = new AbortController();
  running = mine;
  asked = `${place.collection}\n${place.question}`;
  document.title = place.question ? `${place.question} – Ask the articles` : "Ask the articles";
  id("question").value = place.question;
  if (!place.question) {
    results.replaceChildren();
    id("status").textContent = "";
    return;
  }
  id("status").textContent = "Looking…";
  results.setAttribute("aria-busy", "true");
  try {
    const answer = await get("/v1/ask", { question: place.question, collection: place.collection }, mine.signal);
    showAnswer(results, answer, (passage) => addressOfPassage(place, passage));
    id("status").textContent = summary(answer);
    if (collections === null) loadCollections(); // a key that was not given at first is there now
  } catch (error) {
    if (mine.signal.aborted) return;
    results.replaceChildren(element("p", { class: "notice", role: "alert" }, error.message));
    id("status").textContent = "";
    asked = null;
  } finally {
    if (running === mine) results.removeAttribute("aria-busy");
  }
}

function show() {
  const place = placeOf(location.href);
  showCollections();
  if (asked !== `${place.collection}\n${place.question}`) ask(place);
  if (place.article) openArticle(place);
  else if (id("article").open) closeArticle();
}

function go(address) {
  history.pushState({ inPage: true }, "", address);
  show();
}

async function loadCollections() {
  try {
    ({ collections } = await get("/v1/collections"));
    showCollections();
  } catch {
    // whatever is asked next tells the reason, and tries again
  }
}

/** The choice and the facts as the address has them. A collection that is not there stays chosen: it is what is asked. */
function showCollections() {
  if (collections === null) return;
  const choice = id("collection");
  const chosen = placeOf(location.href).collection;
  const names = collections.map((c) => c.name);
  if (!names.includes(chosen) && (names.length || chosen !== "default")) names.unshift(chosen);
  choice.replaceChildren(...names.map((name) => element("option", { value: name }, name)));
  choice.value = chosen;
  id("collection-row").hidden = names.length < 2;
  showFacts(chosen);
}

function showFacts(name) {
  const collection = collections.find((c) => c.name === name);
  if (!collection) {
    const none = name === "default" && !collections.length;
    id("facts").textContent = none ? "There is no article yet." : `There is no collection ${name}.`;
    return;
  }
  const parts = [`${collection.articles} ${collection.articles === 1 ? "article" : "articles"}`];
  const { outlets } = collection;
  parts.push(...(outlets.length > 4 ? [`${outlets.length} outlets`] : outlets));
  const [first, last] = [collection.first_date, collection.last_date];
  if (first) parts.push(first === last ? day(first) : `${day(first)} to ${day(last)}`);
  id("facts").replaceChildren(...separated(parts));
}

function backToResults() {
  const place = { ...placeOf(location.href), article: null };
  if (history.state?.inPage) history.back();
  else {
    history.replaceState(null, "", addressOf(place));
    show();
  }
}

id("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const question = id("question").value.trim();
  if (!question) return;
  asked = null; // asking again asks again
  go(addressOf({ ...placeOf("/"), question, collection: id("collection").value || placeOf(location.href).collection }));
});

results.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target.closest("a");
  if (link?.classList.contains("open")) {
    event.preventDefault();
    go(link.href);
  } else if (link?.classList.contains("marker")) {
    event.preventDefault();
    const passage = document.querySelector(link.getAttribute("href"));
    passage?.focus({ preventScroll: true });
    passage?.scrollIntoView({ block: "start" });
  }
});

id("article-close").addEventListener("click", backToResults);
id("article").addEventListener("cancel", (event) => {
  event.preventDefault();
  backToResults();
});
id("article").addEventListener("click", (event) => {
  if (event.target === id("article")) backToResults(); // the backdrop: everything else is inside .panel
});
id("article-copy").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  const copied = await navigator.clipboard?.writeText(location.href).then(() => true, () => false);
  button.textContent = copied ? "Copied" : "Copy it from the address bar";
  setTimeout(() => { button.textContent = "Copy link to this place"; }, 2000);
});
id("collection").addEventListener("change", () => showFacts(id("collection").value));
addEventListener("popstate", show);

loadCollections();
show();
if (!placeOf(location.href).question) id("question").focus();
