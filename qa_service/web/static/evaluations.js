// The page of evaluations. It sends a question set and shows the progress of each evaluation. It polls the service only
// while an evaluation runs.

import { ApiError, call, get, messageOf } from "./api.js";
import { byId, element } from "./text.js";

/**
 * @typedef {object} Shown an evaluation on the page
 * @property {HTMLElement} item
 * @property {HTMLElement} body
 * @property {string | null} state null before the first time it is shown
 */

const form = byId("evaluate", HTMLFormElement);
const submit = byId("submit", HTMLButtonElement);
const status = byId("status", HTMLElement);
const list = byId("evaluations", HTMLElement);
const problem = byId("problem", HTMLElement);
const refusal = byId("refusal", HTMLElement);
const more = byId("more", HTMLElement);
const sure = byId("sure", HTMLDialogElement);
const guarded = "guarded" in document.body.dataset;
const PAGE = 20;
const OVER = ["done", "failed", "cancelled"];
const WORDS = { queued: "waits", running: "is running", done: "is done", failed: "has failed", cancelled: "was cancelled" };
const HEADLINE = 5;
/** @type {Map<string, Shown>} */
const shown = new Map(); // by the id of the evaluation
let shownPages = 1;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

async function load() {
  clearTimeout(timer);
  try {
    /** @type {EvaluationItem[]} */
    const found = [];
    /** @type {string | null} */
    let after = null;
    for (let page = 0; page < shownPages; page += 1) {
      /** @type {EvaluationListResponse} */
      const answer = await get("/v1/evaluations", { limit: String(PAGE), ...(after ? { after } : {}) });
      found.push(...answer.evaluations);
      after = answer.next_after;
      if (!after) break;
    }
    problem.hidden = true;
    show(found, after !== null);
    if (found.some((one) => !OVER.includes(one.state))) wait();
  } catch (error) {
    problem.textContent = messageOf(error);
    problem.hidden = false;
    if (error instanceof ApiError && error.type === "unreachable") wait(5000);
  }
}

function wait(milliseconds = 1000) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(load, milliseconds);
}

/**
 * Shows the evaluations; `older`: there are more. It changes only what differs: the focus and a screen reader keep their place.
 * @type {(found: EvaluationItem[], older: boolean) => void}
 */
function show(found, older) {
  byId("none", HTMLElement).hidden = found.length > 0;
  more.hidden = !older;
  const ids = new Set(found.map((one) => one.evaluation_id));
  for (const [key, { item }] of shown) {
    if (!ids.has(key)) {
      if (item.contains(document.activeElement)) byId("list", HTMLElement).focus();
      item.remove();
      shown.delete(key);
    }
  }
  found.forEach((one, index) => {
    const known = shown.get(one.evaluation_id) ?? made(one);
    shown.set(one.evaluation_id, known);
    if (known.state !== one.state) {
      if (known.state !== null) status.textContent = `${one.name} ${WORDS[one.state]}.`;
      const focused = known.body.contains(document.activeElement);
      known.body.replaceChildren(...body(one));
      if (focused) known.item.focus();
      known.state = one.state;
    }
    if (!OVER.includes(one.state)) showProgress(known.body, one);
    if (list.children[index] !== known.item) list.insertBefore(known.item, list.children[index] ?? null);
  });
}

/** @type {(one: EvaluationItem) => Shown} */
function made(one) {
  const part = element("div");
  const item = element("li", { class: "card", tabindex: "-1", "aria-label": `Evaluation of ${one.name}` }, part);
  return { item, body: part, state: null };
}

/** @param {EvaluationItem} one */
function body(one) {
  const title = element("h2", {}, element("bdi", {}, one.name), element("span", { class: `state ${one.state}` }, one.state));
  /** @type {HTMLElement[]} */
  const parts = [title, element("p", { class: "meta" }, ...facts(one))];
  if (one.state === "running" || one.state === "queued") parts.push(bar(one));
  parts.push(...one.notes.map((note) => element("p", { class: "notice" }, element("bdi", {}, note))));
  if (one.error) parts.push(element("p", { class: "why" }, one.error));
  if (one.state === "done") parts.push(measures(one));
  parts.push(actions(one));
  return parts;
}

/** @param {EvaluationItem} one */
function facts(one) {
  const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(new Date(one.submitted));
  const said = [`${one.total} ${one.total === 1 ? "question" : "questions"}`, one.relevance === "none" ? "declined questions only" : `by ${one.relevance}`, `top ${one.top_k}`];
  if (one.retriever !== "hybrid") said.push(one.retriever);
  said.push(...Object.entries(one.settings).map(([name, value]) => `${name} = ${value}`), when);
  return ["of ", element("bdi", {}, one.collection), ` · ${said.join(" · ")}`];
}

/** @param {EvaluationItem} one */
function bar(one) {
  const label = `Questions asked of ${one.name}`;
  const queued = one.state === "queued";
  const progress = element("progress", { max: one.total, "aria-label": label });
  if (queued) progress.value = one.asked;
  return element("div", { class: "bar" }, progress, element("span", { class: "far" }, one.state_text));
}

/** @type {(part: HTMLElement, one: EvaluationItem) => void} */
function showProgress(part, one) {
  const progress = part.querySelector("progress");
  if (one.asked && progress) progress.value = one.asked;
  const left = one.remaining_seconds ? `, ${duration(one.remaining_seconds)} left` : "";
  const far = part.querySelector(".far");
  if (far && far.textContent !== one.state_text + left) far.textContent = one.state_text + left;
}

/** @param {number} seconds */
function duration(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.ceil((seconds % 3600) / 60)} min`;
}

/** @param {EvaluationItem} one */
function measures(one) {
  const pairs = Object.entries(one.measures).flatMap(([name, value]) => value === null ? []
    : [element("div", {}, element("dt", {}, name), element("dd", {}, value.toFixed(3)))]);
  return element("dl", { class: "measures" }, ...pairs.slice(0, HEADLINE));
}

/** @param {EvaluationItem} one */
function actions(one) {
  const row = element("div", { class: "actions" });
  if (one.state === "done") {
    row.append(report(one));
    const others = Object.entries(one.files).filter(([name]) => name !== "report.html");
    const links = others.flatMap(([name, address], i) => [i ? " · " : "", fileLink(one, name, address, name)]);
    row.append(element("details", { class: "files" }, element("summary", {}, "Files"), ...links));
  }
  const word = OVER.includes(one.state) ? "Remove" : "Cancel";
  const button = element("button", { type: "button", class: "quiet end", "aria-label": `${word} the evaluation of ${one.name}` }, word);
  button.addEventListener("click", () => end(one, word));
  row.append(button);
  return row;
}

/**
 * A link to the report. Where the service asks for a key, the link downloads the report: a browser that opens an address
 * sends no key.
 * @param {EvaluationItem} one
 */
function report(one) {
  const address = one.files["report.html"];
  if (guarded) return fileLink(one, "report.html", address, "Download the report");
  return element("a", { href: address, target: "_blank", rel: "noopener" }, "Open the report");
}

/** @type {(one: EvaluationItem, name: string, address: string, words: string) => HTMLElement} */
function fileLink(one, name, address, words) {
  const link = element("a", { href: address, download: `${one.name}-${name}` }, words);
  if (guarded) {
    link.addEventListener("click", async (event) => {
      if (link.href.startsWith("blob:")) return;
      event.preventDefault();
      try {
        link.href = URL.createObjectURL(await (await call(address)).blob());
        link.click();
        setTimeout(() => { URL.revokeObjectURL(link.href); link.href = address; }, 1000);
      } catch (error) {
        refuse(messageOf(error));
      }
    });
  }
  return link;
}

/**
 * Cancels or removes an evaluation; asks first where that loses something.
 * @type {(one: EvaluationItem, word: "Cancel" | "Remove") => Promise<void>}
 */
async function end(one, word) {
  if (one.state === "running" || one.state === "done") {
    const removing = word === "Remove";
    byId("sure-title", HTMLElement).textContent = `${word} the evaluation of ${one.name}?`;
    byId("sure-note", HTMLElement).textContent = removing
      ? "This deletes its report and files." : "The answers so far are lost.";
    byId("sure-yes", HTMLElement).textContent = removing ? "Remove it" : "Cancel the evaluation";
    sure.returnValue = "";
    sure.showModal();
    await new Promise((resolve) => sure.addEventListener("close", resolve, { once: true }));
    if (sure.returnValue !== "yes") return;
  }
  try {
    const current = shown.get(one.evaluation_id)?.state ?? one.state;
    if (word === "Cancel" && OVER.includes(current)) return; // it ended while the dialog was open
    await call(`/v1/evaluations/${one.evaluation_id}`, { method: "DELETE" });
    if (word === "Remove") status.textContent = `The evaluation of ${one.name} is removed.`;
  } catch (error) {
    if (!(error instanceof ApiError && error.type === "not_found")) refuse(messageOf(error));
  }
  await load();
}

/** @param {string | null} message null hides it */
function refuse(message) {
  refusal.textContent = message ?? "";
  refusal.hidden = !message;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refuse(null);
  const fields = new FormData();
  for (const [name, value] of new FormData(form)) {
    if (value instanceof File ? value.name : value.trim()) fields.append(name, value); // an empty field keeps its default
  }
  submit.disabled = true;
  submit.textContent = "Checking the set…";
  try {
    await call("/v1/evaluations", { method: "POST", body: fields });
    status.textContent = "The service has accepted the evaluation.";
    byId("file", HTMLInputElement).value = "";
    await load();
  } catch (error) {
    refuse(messageOf(error));
  } finally {
    submit.disabled = false;
    submit.textContent = "Evaluate";
    submit.focus();
  }
});

more.addEventListener("click", () => { shownPages += 1; load(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) load(); });

async function loadCollections() {
  /** @type {CollectionListResponse} */
  const { collections } = await get("/v1/collections");
  if (!collections.length) return;
  const chooser = byId("collection", HTMLSelectElement);
  chooser.replaceChildren(...collections.map((c) => element("option", { value: c.name }, c.name)));
  if (collections.some((c) => c.name === "default")) chooser.value = "default";
}

loadCollections().catch(() => {}); // the next call shows the reason
load();
