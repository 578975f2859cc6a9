// The page. Its address says what it shows. The history of the tab keeps the conversation.

import { articleIsOpen, closeArticle, openArticle } from "./article.js";
import { hideCard } from "./card.js";
import { showConversation } from "./conversation.js";
import { closeFilters, loadCollections, showScope, startFilters } from "./filters.js";
import { addressOf, placeOf, scopeOf } from "./place.js";
import { byId } from "./text.js";
import { copying } from "./turn.js";

const TITLE = "Ask the articles";
const question = byId("question", HTMLTextAreaElement);
const fresh = byId("new", HTMLElement);
/** @type {HTMLElement | null} */
let opener = null; // the link that opened the article

/** The turns of the conversation. A link that was opened anew has one turn at most. @returns {Turn[]} */
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
  fresh.hidden = !turns.length;
  question.placeholder = turns.length ? "Ask a follow-up" : "Ask a question";
  showScope(scopeNow());
  showConversation(turns, answered);
  if (place.article) openArticle(place);
  else if (articleIsOpen()) {
    closeArticle();
    if (opener?.isConnected) opener.focus();
  }
}

/**
 * Writes the searched words of a follow-up into the address. The address then finds the same without the conversation.
 * @param {Turn} turn @param {AskResponse} answer
 */
function answered(turn, answer) {
  const { searched } = answer.interpretation;
  const place = placeOf(location.href);
  if (searched && place.question === turn.question) {
    history.replaceState({ ...history.state, turns: turnsNow() }, "", addressOf({ ...place, question: searched }));
    document.title = `${searched} – ${TITLE}`;
  }
  loadCollections(); // the first try may have had no key
}

/** @param {string} address @param {Turn[]} turns */
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
  const asked = question.value.trim();
  if (!asked) return;
  const turn = { question: asked, ...scopeNow() };
  question.value = "";
  go(addressOf(turn), [...turnsNow(), turn]);
}

/** A new scope asks the last question again, within that scope. */
startFilters((/** @type {Scope} */ scope) => {
  const turns = turnsNow();
  const last = turns.pop();
  const turn = last && { ...last, ...scope };
  go(addressOf(turn ?? { question: "", ...scope }), turn ? [...turns, turn] : []);
});

byId("ask", HTMLElement).addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
question.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
fresh.addEventListener("click", () => {
  go(addressOf({ question: "", ...scopeNow() }), []);
  question.focus();
});

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element && event.target.closest("a.open, a.marker");
  if (!(link instanceof HTMLAnchorElement)) return;
  event.preventDefault();
  if (link.dataset.passage) jumpTo(document.getElementById(link.dataset.passage));
  else {
    opener = link;
    go(link.href, turnsNow());
  }
});

/** @param {HTMLElement | null} passage */
function jumpTo(passage) {
  if (!passage) return;
  hideCard();
  passage.closest("details")?.toggleAttribute("open", true);
  passage.focus({ preventScroll: true });
  passage.scrollIntoView({ block: "start" });
}

byId("article-close", HTMLElement).addEventListener("click", backToConversation);
byId("article", HTMLElement).addEventListener("cancel", (event) => {
  event.preventDefault();
  backToConversation();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("dialog:modal")) return;
  if (hideCard() || closeFilters() || !articleIsOpen()) return;
  backToConversation();
});
byId("article-links", HTMLElement).append(copying("Copy link to this place", () => location.href));
addEventListener("popstate", show);
addEventListener("beforeprint", () => {
  for (const fold of document.querySelectorAll(".turn details")) fold.toggleAttribute("open", true);
});

loadCollections();
show();
if (!turnsNow().length && !articleIsOpen()) question.focus();
