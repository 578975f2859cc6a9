// One turn of the conversation: a question and its answer, or the reason that there is none.

import { answerCard, understood } from "./answer.js";
import { asMarkdown } from "./markdown.js";
import { passageList } from "./passages.js";
import { addressOf, addressOfCitation } from "./place.js";
import { disagreements, perspectives } from "./sides.js";
import { byId, citedIn, element } from "./text.js";

let made = 0;

/** A turn that shows its question, without an answer yet. @param {Turn} turn */
export function turnNode(turn) {
  made += 1;
  const id = `turn-${made}`;
  return element(
    "article", { class: "turn", id, "aria-labelledby": `${id}-question` },
    element("h2", { class: "question", id: `${id}-question`, dir: "auto", tabindex: "-1" }, turn.question),
    element("div", { class: "outcome" }),
  );
}

/** @param {HTMLElement} node */
export function showPending(node) {
  node.setAttribute("aria-busy", "true");
  outcome(node, element("p", { class: "looking" }, "Looking…"));
}

/** @param {HTMLElement} node @param {Turn} turn @param {AskResponse} answer */
export function showAnswer(node, turn, answer) {
  const { searched } = answer.interpretation;
  const links = linksOf(node.id, { ...turn, question: searched ?? turn.question }, answer);
  const preferred = understood(answer);
  outcome(
    node,
    searched && element("p", { class: "searched" }, "Searched: ", element("bdi", {}, `“${searched}”`)),
    answerCard(answer, links),
    preferred && element("p", { class: "understood" }, preferred),
    actions(answer, links),
    disagreements(answer, links),
    perspectives(answer, links),
    answer.passages.length > 0 && passageList(answer, links),
  );
}

/** @param {HTMLElement} node @param {string} message @param {() => void} again */
export function showFailure(node, message, again) {
  const retry = element("button", { type: "button", class: "quiet" }, "Try again");
  retry.addEventListener("click", again);
  outcome(node, element("div", { class: "notice" }, element("p", { role: "alert" }, message), element("p", {}, retry)));
}

/**
 * Folds or unfolds the passages of a turn. Only the last turn of a conversation stays unfolded, if it has an answer.
 * @param {HTMLElement} node @param {boolean} folded
 */
export function fold(node, folded) {
  node.querySelector(".fold")?.toggleAttribute("open", !folded && !node.querySelector(".declined"));
}

/** @param {HTMLElement} node @param {(Node | string | false | null)[]} parts */
function outcome(node, ...parts) {
  node.querySelector(".outcome")?.replaceChildren(...parts.filter((part) => part instanceof Node));
  if (!node.querySelector(".looking")) node.removeAttribute("aria-busy");
}

/** @param {string} id @param {Turn} place @param {AskResponse} answer @returns {Links} */
function linksOf(id, place, answer) {
  return {
    toQuestion: () => addressOf({ ...place, article: null }),
    toPassage: (passage) => addressOfCitation(place, passage.citation, citedIn(answer, passage)),
    toCitation: (citation, evidence = []) => addressOfCitation(place, citation, evidence),
    idOf: (number) => `${id}-passage-${number}`,
  };
}

/** @param {AskResponse} answer @param {Links} links */
function actions(answer, links) {
  return element(
    "p", { class: "actions" },
    copying("Copy as Markdown", () => asMarkdown(answer, links)),
    copying("Copy link", () => new URL(links.toQuestion(), location.href).href),
  );
}

/**
 * A button that copies the result of `text` and says whether that worked.
 * @param {string} label @param {() => string} text
 */
export function copying(label, text) {
  const button = element("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", async () => {
    const copied = await navigator.clipboard?.writeText(text()).then(() => true, () => false);
    button.textContent = copied ? "Copied" : "The browser does not allow copying";
    byId("status", HTMLElement).textContent = button.textContent;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
  return button;
}
