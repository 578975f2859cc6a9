// An article in a panel, scrolled to the passage, with the proof that the passage stands there.

import { get } from "./api.js";
import { byline, element, marked, sha256, titleOf } from "./text.js";

const dialog = document.getElementById("article");
const part = (name) => document.getElementById(`article-${name}`);
let shown = 0;

/** Opens the panel. `place` has article, collection, and where known start, end, evidence [[a, b], …] and sha256. */
export async function openArticle(place) {
  shown += 1;
  const mine = shown;
  part("title").textContent = "";
  part("meta").textContent = "Loading…";
  part("text").replaceChildren();
  part("proof").textContent = "";
  part("url").hidden = true;
  if (!dialog.open) dialog.showModal();
  try {
    const article = await get(`/v1/articles/${encodeURIComponent(place.article)}`, { collection: place.collection });
    if (mine === shown) await fill(article, place);
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

async function fill(article, place) {
  part("title").textContent = titleOf(article);
  part("meta").replaceChildren(...byline(article));
  if (/^https?:\/\//.test(article.url ?? "")) {
    part("url").href = article.url;
    part("url").hidden = false;
  }
  const spans = place.start === null ? [] : [{ start: place.start, end: place.end, kind: "cited" }];
  spans.push(...place.evidence.map(([start, end]) => ({ start, end, kind: "evidence" })));
  part("text").lang = article.language ?? "";
  part("text").replaceChildren(marked(article.text, spans));
  const first = part("text").querySelector("mark");
  if (first) first.scrollIntoView({ block: "start" });
  else part("text").scrollTop = 0;
  await prove(article, place);
}

/** Hashes the text here, so that the page need not take the service's word for it. */
async function prove(article, place) {
  const digest = await sha256(article.text);
  const file = article.source ? `${article.source} · ` : "";
  const where = place.start === null ? `${article.characters} characters` : `characters ${place.start}–${place.end}`;
  const proof = part("proof");
  proof.replaceChildren(`${file}${where}`, element("br"));
  if (digest === null || digest === article.article_sha256) {
    const short = element("code", { title: article.article_sha256 }, article.article_sha256.slice(0, 12));
    proof.append(digest === null ? "SHA-256 of the text: " : "✓ text verified, SHA-256 ", short, "…");
  } else {
    proof.append("✗ the text is not the one that its SHA-256 stands for");
  }
}
