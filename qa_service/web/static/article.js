// An article, scrolled to what is cited, with what can be proved of it: beside the conversation where there is room, else
// over it.

import { get } from "./api.js";
import { byline, element, marked, pointCount, sha256, titleOf } from "./text.js";

const dialog = document.getElementById("article");
const part = (name) => document.getElementById(`article-${name}`);
const roomy = matchMedia("(min-width: 60rem)"); // as in article.css
let shown = 0;

/**
 * Opens the panel. `place` has article, collection, and where it says so start, end, evidence [[a, b], …] and sha256, the
 * hash of the text that was cited; `malformed` where it names a place that is none.
 */
export async function openArticle(place) {
  shown += 1;
  const mine = shown;
  part("title").textContent = "";
  part("meta").textContent = "Loading…";
  part("text").replaceChildren();
  part("proof").textContent = "";
  part("url").hidden = true;
  open();
  try {
    const article = await get(`/v1/articles/${encodeURIComponent(place.article)}`, { collection: place.collection });
    const digest = await sha256(article.text);
    if (mine === shown) fill(article, place, digest);
  } catch (error) {
    if (mine !== shown) return;
    part("title").textContent = "This article cannot be shown";
    part("meta").textContent = error.message;
  }
}

export function closeArticle() {
  shown += 1;
  dialog.close();
}

export function articleIsOpen() {
  return dialog.open;
}

function open() {
  if (!dialog.open) {
    if (roomy.matches) dialog.show();
    else dialog.showModal();
  }
  part("text").focus({ preventScroll: true });
}

roomy.addEventListener("change", () => {
  if (!dialog.open) return;
  const top = part("text").scrollTop;
  dialog.close();
  open();
  part("text").scrollTop = top;
});

function fill(article, place, digest) {
  const problem = problemWith(article, place, digest);
  part("title").textContent = titleOf(article);
  part("meta").replaceChildren(...byline(article));
  if (/^https?:\/\//.test(article.url ?? "")) {
    part("url").href = article.url;
    part("url").hidden = false;
  }
  // what cannot be shown to be the place that was cited is not marked as if it were
  const spans = problem || place.start === null ? [] : [{ start: place.start, end: place.end, kind: "cited" }];
  if (!problem) spans.push(...place.evidence.map(([start, end]) => ({ start, end, kind: "evidence" })));
  part("text").lang = article.language ?? "";
  part("text").replaceChildren(marked(article.text, spans));
  const where = problem || place.start === null
    ? `${article.characters} characters` : `characters ${place.start}–${place.end} of its text`;
  const from = article.source ? ` · from ${article.source}` : "";
  part("proof").replaceChildren(
    `article ${article.article_id} · ${where}${from}`,
    element("br"),
    problem ? element("strong", { class: "problem", role: "alert" }, `✗ ${problem}`) : proof(article, place, digest),
  );
  scrollTo(part("text").querySelector("mark.evidence") ?? part("text").querySelector("mark")); // all else has its size now
}

/** Puts `mark` a quarter down the text, what stands before it in sight; the page around it stays where it is. */
function scrollTo(mark) {
  const text = part("text");
  const down = mark ? mark.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop : 0;
  text.scrollTo({ top: Math.max(0, down - text.clientHeight / 4), behavior: "instant" });
}

/** Why the place cannot be shown as cited, or null. `digest` is the hash computed here; null where the browser cannot. */
function problemWith(article, place, digest) {
  if (digest !== null && digest !== article.article_sha256) {
    return "The text is not the one that the service’s SHA-256 stands for.";
  }
  if (place.sha256 !== null && place.sha256 !== (digest ?? article.article_sha256)) {
    return "The article has changed since this link was made: what it cited is not marked here.";
  }
  if (place.malformed) return "This link names no place in a text: nothing is marked.";
  const length = pointCount(article.text);
  const outside = [[place.start ?? 0, place.end ?? 0], ...place.evidence].find(([start, end]) => start > end || end > length);
  if (outside) return `Characters ${outside[0]}–${outside[1]} lie outside this text of ${length}: nothing is marked.`;
  return null;
}

/** What was compared with what: the link's hash, the service's, and the one computed here of the text as it arrived. */
function proof(article, place, digest) {
  const short = element("code", { title: article.article_sha256 }, `${article.article_sha256.slice(0, 12)}…`);
  const line = element("span", {});
  if (digest === null) {
    const same = place.sha256 === null ? "" : ", the same as in this link";
    line.append("The service reports SHA-256 ", short, `${same}; this browser cannot compute it here.`);
  } else if (place.sha256 === null) {
    line.append("The text matches the SHA-256 that the service reports, ", short);
  } else {
    line.append("✓ The text is the one that this link cites, SHA-256 ", short);
  }
  return line;
}
