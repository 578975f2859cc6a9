// The page of evaluations: sends a question set, and shows how far each evaluation is. It asks again only while one runs.

import { call, get } from "./api.js";
import { element } from "./text.js";

const id = (name) => document.getElementById(name);
const guarded = "guarded" in document.body.dataset;
const PAGE = 20;
const OVER = ["done", "failed", "cancelled"];
const WORDS = { queued: "waits", running: "is running", done: "is done", failed: "has failed", cancelled: "was cancelled" };
const HEADLINE = 5;
const shown = new Map(); // by id: the evaluation as it was shown, and its parts
let shownPages = 1;
let timer = null;

async function load() {
  clearTimeout(timer);
  try {
    const found = [];
    let after = null;
    for (let page = 0; page < shownPages; page += 1) {
      const answer = await get("/v1/evaluations", { limit: PAGE, ...(after ? { after } : {}) });
      found.push(...answer.evaluations);
      after = answer.next_after;
      if (!after) break;
    }
    id("problem").hidden = true;
    show(found, after !== null);
    if (found.some((one) => !OVER.includes(one.state))) wait();
  } catch (error) {
    id("problem").textContent = error.message;
    id("problem").hidden = false;
    if (error.type === "unreachable") wait(5000);
  }
}

function wait(milliseconds = 1000) {
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(load, milliseconds);
}

/** Changes only what is different, so that a key or a reader stays where it is. */
function show(found, more) {
  id("none").hidden = found.length > 0;
  id("more").hidden = !more;
  const ids = new Set(found.map((one) => one.evaluation_id));
  for (const [key, { item }] of shown) {
    if (!ids.has(key)) {
      if (item.contains(document.activeElement)) id("list").focus();
      item.remove();
      shown.delete(key);
    }
  }
  found.forEach((one, index) => {
    let known = shown.get(one.evaluation_id);
    if (!known) {
      known = made(one);
      shown.set(one.evaluation_id, known);
    }
    if (known.state !== one.state) {
      if (known.state !== null) id("status").textContent = `${one.name} ${WORDS[one.state]}.`;
      const focused = known.body.contains(document.activeElement);
      known.body.replaceChildren(...body(one));
      if (focused) known.item.focus();
      known.state = one.state;
    }
    if (!OVER.includes(one.state)) showProgress(known.body, one);
    const list = id("evaluations");
    if (list.children[index] !== known.item) list.insertBefore(known.item, list.children[index] ?? null);
  });
}

function made(one) {
  const part = element("div");
  const item = element("li", { class: "card", tabindex: "-1", "aria-label": `Evaluation of ${one.name}` }, part);
  return { item, body: part, state: null };
}

function body(one) {
  const title = element(
    "h2", {}, element("bdi", {}, one.name), element("span", { class: `state ${one.state}` }, one.state),
  );
  const parts = [title, element("p", { class: "meta" }, ...facts(one))];
  if (one.state === "running" || one.state === "queued") parts.push(bar(one));
  parts.push(...one.notes.map((note) => element("p", { class: "notice" }, element("bdi", {}, note))));
  if (one.error) parts.push(element("p", { class: "why" }, one.error));
  if (one.state === "done") parts.push(measures(one));
  parts.push(actions(one));
  return parts;
}

function facts(one) {
  const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(new Date(one.submitted));
  const said = [`${one.total} ${one.total === 1 ? "question" : "questions"}`, one.relevance === "none" ? "declining alone" : `by ${one.relevance}`, `top ${one.top_k}`];
  if (one.retriever !== "hybrid") said.push(one.retriever);
  said.push(...Object.entries(one.settings).map(([name, value]) => `${name} = ${value}`), when);
  return ["of ", element("bdi", {}, one.collection), ` · ${said.join(" · ")}`];
}

function bar(one) {
  const label = `Questions of ${one.name} that were asked`;
  const queued = one.state === "queued";
  const progress = element("progress", { max: one.total, "aria-label": label, ...(queued ? { value: one.asked } : {}) });
  return element("div", { class: "bar" }, progress, element("span", { class: "far" }, one.state_text));
}

function showProgress(part, one) {
  if (one.asked) part.querySelector("progress").value = one.asked;
  const left = one.remaining_seconds ? `, ${duration(one.remaining_seconds)} left` : "";
  const far = part.querySelector(".far");
  if (far.textContent !== one.state_text + left) far.textContent = one.state_text + left;
}

function duration(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  if (seconds < 3600) return `${Math.ceil(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.ceil((seconds % 3600) / 60)} min`;
}

function measures(one) {
  const known = Object.entries(one.measures).filter(([, value]) => value !== null).slice(0, HEADLINE);
  const pairs = known.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, value.toFixed(3))));
  return element("dl", { class: "measures" }, ...pairs);
}

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

/** A browser that opens an address sends no key: where one is needed, the report is a file to keep and open. */
function report(one) {
  const address = one.files["report.html"];
  if (guarded) return fileLink(one, "report.html", address, "Download the report");
  return element("a", { href: address, target: "_blank", rel: "noopener" }, "Open the report");
}

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
        refuse(error.message);
      }
    });
  }
  return link;
}

async function end(one, word) {
  if (one.state === "running" || one.state === "done") {
    const removing = word === "Remove";
    id("sure-title").textContent = `${word} the evaluation of ${one.name}?`;
    id("sure-note").textContent = removing ? "Its report and files are deleted." : "What was asked so far is lost.";
    id("sure-yes").textContent = word === "Cancel" ? "Cancel the evaluation" : "Remove it";
    id("sure").returnValue = "";
    id("sure").showModal();
    await new Promise((resolve) => id("sure").addEventListener("close", resolve, { once: true }));
    if (id("sure").returnValue !== "yes") return;
  }
  try {
    const current = shown.get(one.evaluation_id)?.state ?? one.state;
    if (word === "Cancel" && OVER.includes(current)) return; // it came to its end while somebody thought about it
    await call(`/v1/evaluations/${one.evaluation_id}`, { method: "DELETE" });
    if (word === "Remove") id("status").textContent = `The evaluation of ${one.name} is removed.`;
  } catch (error) {
    if (error.type !== "not_found") refuse(error.message);
  }
  await load();
}

function refuse(message) {
  id("refusal").textContent = message ?? "";
  id("refusal").hidden = !message;
}

id("evaluate").addEventListener("submit", async (event) => {
  event.preventDefault();
  refuse(null);
  const form = new FormData();
  for (const [name, value] of new FormData(id("evaluate"))) {
    if (value instanceof File ? value.name : value.trim()) form.append(name, value); // what is left out has its default
  }
  id("submit").disabled = true;
  id("submit").textContent = "Checking the set…";
  try {
    await call("/v1/evaluations", { method: "POST", body: form });
    id("status").textContent = "The evaluation was taken on.";
    id("file").value = "";
    await load();
  } catch (error) {
    refuse(error.message);
  } finally {
    id("submit").disabled = false;
    id("submit").textContent = "Evaluate";
    id("submit").focus();
  }
});

id("more").addEventListener("click", () => { shownPages += 1; load(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) load(); });

async function loadCollections() {
  const { collections } = await get("/v1/collections");
  if (!collections.length) return;
  id("collection").replaceChildren(...collections.map((c) => element("option", { value: c.name }, c.name)));
  if (collections.some((c) => c.name === "default")) id("collection").value = "default";
}

loadCollections().catch(() => {}); // what is loaded next says why
load();
