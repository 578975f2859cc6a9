// The page: its address says what it shows, and the history of the tab which conversation that is a turn of.

import { articleIsOpen, closeArticle, openArticle } from "./article.js";
import { hideCard } from "./card.js";
import { showConversation } from "./conversation.js";
import { closeFilters, loadCollections, showScope, startFilters } from "./filters.js";
import { addressOf, placeOf, scopeOf } from "./place.js";
import { copying } from "./turn.js";

const TITLE = "Ask the articles";
const id = (name) => document.getElementById(name);
let opener = null; // what the open article was opened with

/** The turns of the conversation. A link that was opened afresh has one at most: a follow-up's says what was searched. */
function turnsNow() {
  const place = placeOf(location.href);
  return history.state?.turns ?? (place.question ? [{ question: place.question, ...scopeOf(place) }] : []);
}

function scopeNow() {
  return scopeOf(turnsNow().at(-1) ?? placeOf(location.href));
}

function show() {
  const place = placeOf(location.href);
  const turns = turnsNow();
  hideCard();
  document.body.classList.toggle("talking", turns.length > 0);
  document.title = place.question ? `${place.question} – ${TITLE}` : TITLE;
  id("new").hidden = !turns.length;
  id("question").placeholder = turns.length ? "Ask a follow-up" : "Ask a question";
  showScope(scopeNow());
  showConversation(turns, answered);
  if (place.article) openArticle(place);
  else if (articleIsOpen()) {
    closeArticle();
    if (opener?.isConnected) opener.focus();
  }
}

/** The address of a follow-up says what was searched, so that it finds the same without the conversation. */
function answered(turn, answer) {
  const { searched } = answer.interpretation;
  const place = placeOf(location.href);
  if (searched && place.question === turn.question) {
    history.replaceState({ ...history.state, turns: turnsNow() }, "", addressOf({ ...place, question: searched }));
    document.title = `${searched} – ${TITLE}`;
  }
  loadCollections(); // a key that was not given at first is there now
}

function go(address, turns) {
  history.pushState({ inPage: true, turns }, "", address);
  show();
}

function backToConversation() {
  if (history.state?.inPage) return history.back();
  history.replaceState(history.state, "", addressOf({ ...placeOf(location.href), article: null }));
  return show();
}

function submit() {
  const question = id("question").value.trim();
  if (!question) return;
  const turn = { question, ...scopeNow() };
  id("question").value = "";
  go(addressOf(turn), [...turnsNow(), turn]);
}

/** Another scope asks the last question again, within it. */
startFilters((scope) => {
  const turns = turnsNow();
  const last = turns.pop();
  const turn = last && { ...last, ...scope };
  go(addressOf(turn ?? { question: "", ...scope }), turn ? [...turns, turn] : []);
});

id("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
id("question").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
id("new").addEventListener("click", () => {
  go(addressOf({ question: "", ...scopeNow() }), []);
  id("question").focus();
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a.open, a.marker");
  if (!link) return;
  event.preventDefault();
  if (link.classList.contains("marker")) jumpTo(document.getElementById(link.dataset.passage));
  else {
    opener = link;
    go(link.href, turnsNow());
  }
});

function jumpTo(passage) {
  if (!passage) return;
  hideCard();
  passage.closest("details").open = true;
  passage.focus({ preventScroll: true });
  passage.scrollIntoView({ block: "start" });
}

id("article-close").addEventListener("click", backToConversation);
id("article").addEventListener("cancel", (event) => {
  event.preventDefault();
  backToConversation();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog:modal")) return;
  if (hideCard() || closeFilters() || !articleIsOpen()) return;
  backToConversation();
});
id("article-links").append(copying("Copy link to this place", () => location.href));
addEventListener("popstate", show);
addEventListener("beforeprint", () => {
  for (const passages of document.querySelectorAll(".fold")) passages.open = true;
});

loadCollections();
show();
if (!turnsNow().length && !articleIsOpen()) id("question").focus();
