// The card that shows the source of a citation while the citation has the pointer or the focus.

import { byId, byline, element } from "./text.js";

const LINGER = 200; // milliseconds in which the pointer may cross from the citation to its card

const card = byId("card", HTMLElement);
/** @type {HTMLElement | null} */
let owner = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let leaving;

/**
 * Makes `link` show who says `sentence`, when, and in which article.
 * @param {HTMLElement} link @param {CitationItem} citation @param {string} sentence
 */
export function explain(link, citation, sentence) {
  const show = () => open(link, citation, sentence);
  link.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") show(); });
  link.addEventListener("pointerleave", () => { if (document.activeElement !== link) leave(); });
  link.addEventListener("focus", show);
  link.addEventListener("blur", leave);
}

/** Hides the card. Returns whether it was visible. */
export function hideCard() {
  clearTimeout(leaving);
  const shown = owner !== null;
  owner?.removeAttribute("aria-describedby");
  owner = null;
  card.hidden = true;
  return shown;
}

/** @param {HTMLElement} link @param {CitationItem} citation @param {string} sentence */
function open(link, citation, sentence) {
  hideCard();
  owner = link;
  card.replaceChildren(
    element("p", { class: "meta" }, ...byline(citation)),
    element("p", { class: "title", dir: "auto" }, citation.label),
    ...(sentence ? [element("p", { class: "said", dir: "auto", lang: citation.language ?? "" }, sentence)] : []),
  );
  card.hidden = false;
  link.setAttribute("aria-describedby", "card");
  place(link);
}

/**
 * Puts the card below the citation, or above it where the window has no room below. The card scrolls with the page.
 * @param {HTMLElement} link
 */
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
