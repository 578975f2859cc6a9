// The card that shows what a citation cites, while it is pointed at or focused.

import { byline, element, titleOf } from "./text.js";

const LINGER = 200; // milliseconds in which the pointer may cross from the citation to its card

const card = document.getElementById("card");
let owner = null;
let leaving = null;

/** From now on `link` shows who says `sentence`, when, and in which article. */
export function explain(link, citation, sentence) {
  const show = () => open(link, citation, sentence);
  link.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") show(); });
  link.addEventListener("pointerleave", () => { if (document.activeElement !== link) leave(); });
  link.addEventListener("focus", show);
  link.addEventListener("blur", leave);
}

/** Whether there was a card to put away. */
export function hideCard() {
  clearTimeout(leaving);
  const shown = owner !== null;
  owner?.removeAttribute("aria-describedby");
  owner = null;
  card.hidden = true;
  return shown;
}

function open(link, citation, sentence) {
  hideCard();
  owner = link;
  card.replaceChildren(
    element("p", { class: "meta" }, ...byline(citation)),
    element("p", { class: "title", dir: "auto" }, titleOf(citation)),
    ...(sentence ? [element("p", { class: "said", dir: "auto", lang: citation.language ?? "" }, sentence)] : []),
  );
  card.hidden = false;
  link.setAttribute("aria-describedby", "card");
  place(link);
}

/** Below the citation where that fits into the window, else above it; it scrolls with the page. */
function place(link) {
  const at = link.getBoundingClientRect();
  const [width, height] = [card.offsetWidth, card.offsetHeight];
  const room = document.documentElement.clientWidth - width - 8;
  const above = at.bottom + height + 8 > innerHeight && at.top - height - 8 > 0;
  card.style.left = `${Math.max(8, Math.min(at.left - 16, room)) + scrollX}px`;
  card.style.top = `${(above ? at.top - height - 6 : at.bottom + 6) + scrollY}px`;
}

function leave() {
  clearTimeout(leaving);
  leaving = setTimeout(hideCard, LINGER);
}

card.addEventListener("pointerenter", () => clearTimeout(leaving));
card.addEventListener("pointerleave", () => { if (document.activeElement !== owner) leave(); });
