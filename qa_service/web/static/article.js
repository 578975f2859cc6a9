// The panel with an article, scrolled to the citation, and the proof of the citation. A wide window shows the panel beside
// the conversation, a narrow window over it.

import { get, messageOf } from "./api.js";
import { byId, day, element, facts, marked, pointCount, separated, sha256 } from "./text.js";

const dialog = byId("article", HTMLDialogElement);
const title = byId("article-title", HTMLElement);
const meta = byId("article-meta", HTMLElement);
const text = byId("article-text", HTMLElement);
const proof = byId("article-proof", HTMLElement);
const original = byId("article-url", HTMLAnchorElement);
const roomy = matchMedia("(min-width: 60rem)"); // as in article.css
let shown = 0;

/** Opens the panel with the article of `place`. @param {Place} place */
export async function openArticle(place) {
  shown += 1;
  const mine = shown;
  title.textContent = "";
  meta.textContent = "Loading…";
  text.replaceChildren();
  proof.textContent = "";
  original.hidden = true;
  open();
  try {
    const address = `/v1/articles/${encodeURIComponent(place.article ?? "")}`;
    const article = await get(address, { collection: place.collection });
    const digest = await sha256(article.text);
    if (mine === shown) fill(article, place, digest);
  } catch (error) {
    if (mine !== shown) return;
    title.textContent = "This article cannot be shown";
    meta.textContent = messageOf(error);
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
  text.focus({ preventScroll: true });
}

roomy.addEventListener("change", () => {
  if (!dialog.open) return;
  const top = text.scrollTop;
  dialog.close();
  open();
  text.scrollTop = top;
});

/** @param {ArticleResponse} article @param {Place} place @param {string | null} digest */
function fill(article, place, digest) {
  const problem = problemWith(article, place, digest);
  title.textContent = article.label;
  const { published, updated } = article;
  const corrected = updated && updated !== published ? [`corrected ${day(updated)}`] : [];
  meta.replaceChildren(...separated([...facts(article), ...corrected, ...article.tags]));
  if (article.url && /^https?:\/\//.test(article.url)) {
    original.href = article.url;
    original.hidden = false;
  }
  const { start, end } = place;
  const cited = !problem && start !== null && end !== null;
  // With a problem nothing is marked: the marks would not be what the link cited.
  const spans = cited ? [{ start, end, kind: "cited" }] : [];
  if (!problem) spans.push(...place.evidence.map(([from, to]) => ({ start: from, end: to, kind: "evidence" })));
  text.lang = article.language ?? "";
  text.replaceChildren(marked(article.text, spans));
  const page = cited ? article.pages.findLast(([begins]) => begins <= start)?.[1] : undefined;
  const where = cited ? `characters ${start}–${end} of its text${page ? `, p. ${page}` : ""}` : `${article.characters} characters`;
  const from = article.source ? ` · from ${article.source}` : "";
  proof.replaceChildren(
    `article ${article.article_id} · ${where}${from}`,
    element("br"),
    problem ? element("strong", { class: "problem", role: "alert" }, `✗ ${problem}`) : proofOf(article, place, digest),
  );
  scrollTo(text.querySelector("mark.evidence") ?? text.querySelector("mark")); // last, when all parts have their size
}

/**
 * Scrolls `mark` to a quarter of the text's height, so that the text before it is visible. The page does not scroll.
 * @param {Element | null} mark
 */
function scrollTo(mark) {
  const down = mark ? mark.getBoundingClientRect().top - text.getBoundingClientRect().top + text.scrollTop : 0;
  text.scrollTo({ top: Math.max(0, down - text.clientHeight / 4), behavior: "instant" });
}

/**
 * Why the place cannot be shown as cited, or null.
 * @param {ArticleResponse} article @param {Place} place
 * @param {string | null} digest the hash that the browser computed; null where it cannot
 */
function problemWith(article, place, digest) {
  if (digest !== null && digest !== article.article_sha256) {
    return "The text does not have the SHA-256 that the service reports.";
  }
  if (place.sha256 !== null && place.sha256 !== (digest ?? article.article_sha256)) {
    return "The article has changed since this link was made. The cited text is not marked.";
  }
  if (place.malformed) return "This link names no place in the text. Nothing is marked.";
  const length = pointCount(article.text);
  const outside = [[place.start ?? 0, place.end ?? 0], ...place.evidence].find(([start, end]) => start > end || end > length);
  if (outside) return `Characters ${outside[0]}–${outside[1]} lie outside this text of ${length} characters. Nothing is marked.`;
  return null;
}

/**
 * Which hashes agree: the link's, the service's, and the hash that the browser computed from the text.
 * @param {ArticleResponse} article @param {Place} place @param {string | null} digest
 */
function proofOf(article, place, digest) {
  const short = element("code", { title: article.article_sha256 }, `${article.article_sha256.slice(0, 12)}…`);
  const line = element("span", {});
  if (digest === null) {
    const same = place.sha256 === null ? "" : ", the same hash as in this link";
    line.append("The service reports SHA-256 ", short, `${same}; this browser cannot compute the hash.`);
  } else if (place.sha256 === null) {
    line.append("The text is unchanged (its checksum matches): SHA-256 ", short);
  } else {
    line.append("✓ This is the text that the link cites, SHA-256 ", short);
  }
  return line;
}
