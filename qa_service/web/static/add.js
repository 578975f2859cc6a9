// The page that adds articles. It uploads files and shows what came of each. It polls the service only while a job runs.

import { ApiError, call, get, messageOf } from "./api.js";
import { byId, element } from "./text.js";

const form = byId("add", HTMLFormElement);
const submit = byId("submit", HTMLButtonElement);
const status = byId("status", HTMLElement);
const list = byId("jobs", HTMLElement);
const problem = byId("problem", HTMLElement);
const refusal = byId("refusal", HTMLElement);
const more = byId("more", HTMLElement);
const files = byId("files", HTMLInputElement);
const folder = byId("folder", HTMLInputElement);
const PAGE = 10;
const OVER = ["done", "failed", "cancelled"];
/** @type {Map<string, {item: HTMLElement, written: string}>} */
const shown = new Map(); // by the id of the job
/** @type {Set<string>} */
const opened = new Set(); // ids of the jobs whose files are shown
/** @type {Map<string, string[]>} */
const names = new Map(); // of the files that were sent, by the id of the job
let shownJobs = PAGE;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

async function load() {
  clearTimeout(timer);
  try {
    /** @type {JobListResponse} */
    const answer = await get("/v1/jobs", { limit: String(shownJobs) });
    problem.hidden = true;
    byId("none", HTMLElement).hidden = answer.jobs.length > 0;
    more.hidden = !answer.next_after || shownJobs >= 200;
    await show(answer.jobs);
    if (answer.jobs.some((job) => !OVER.includes(job.state))) wait();
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

/** Shows the jobs. It changes only what differs, so that the focus keeps its place. @param {JobItem[]} jobs */
async function show(jobs) {
  const ids = new Set(jobs.map((job) => job.job_id));
  for (const [id, { item }] of shown) {
    if (ids.has(id)) continue;
    item.remove();
    shown.delete(id);
  }
  for (const [index, job] of jobs.entries()) {
    /** @type {FileItem[]} */
    const found = opened.has(job.job_id) || !names.has(job.job_id) ? (await get(`/v1/jobs/${job.job_id}`)).files : [];
    if (!names.has(job.job_id)) names.set(job.job_id, found.map((/** @type {FileItem} */ one) => one.file));
    const results = opened.has(job.job_id) ? found : [];
    const known = shown.get(job.job_id) ?? { item: element("li", { class: "card" }), written: "" };
    const written = JSON.stringify([job, results]);
    if (known.written !== written) known.item.replaceChildren(...parts(job, results));
    shown.set(job.job_id, { item: known.item, written });
    if (list.children[index] !== known.item) list.insertBefore(known.item, list.children[index] ?? null);
  }
}

/** @type {(job: JobItem, results: FileItem[]) => HTMLElement[]} */
function parts(job, results) {
  const when = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" }).format(new Date(job.submitted));
  const title = element("h2", {}, element("bdi", {}, named(job)), element("span", { class: `state ${job.state}` }, job.state));
  const outcomes = Object.entries(job.outcomes).map(([outcome, number]) => `${number} ${outcome}`);
  const said = [...outcomes, ...(job.passages ? [counted(job.passages, "passage")] : []), when].join(" · ");
  /** @type {HTMLElement[]} */
  const found = [title, element("p", { class: "meta" }, counted(job.total, "file"), " into ", collectionLink(job.collection), ` · ${said}`)];
  if (!OVER.includes(job.state)) found.push(bar(job));
  found.push(...job.warnings.map((warning) => element("p", { class: "notice" }, element("bdi", {}, warning))));
  if (job.error) found.push(element("p", { class: "why" }, job.error));
  if (results.length) found.push(element("ul", { class: "results" }, ...results.map(result)));
  found.push(actions(job));
  return found;
}

/** A link to the page that asks the collection. @param {string} name */
function collectionLink(name) {
  return element("a", { href: `/?collection=${encodeURIComponent(name)}` }, "the collection ", element("bdi", {}, name));
}

/** The first two names, and the number of the others. @param {JobItem} job */
function named(job) {
  const known = names.get(job.job_id) ?? [];
  if (!known.length) return counted(job.total, "file");
  const rest = known.length - 2;
  return known.slice(0, 2).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** @param {JobItem} job */
function bar(job) {
  const progress = element("progress", { max: job.total, "aria-label": "Files that are done" });
  if (job.state !== "queued") progress.value = job.done;
  const reading = job.current ? ["reading ", element("bdi", {}, job.current)] : [];
  return element("div", { class: "bar" }, progress, element("span", {}, `${job.done} of ${job.total} `, ...reading));
}

/** @param {FileItem} one */
function result(one) {
  const why = [...(one.reason ? [one.reason.replace(`${one.file}: `, "")] : []), ...one.warnings].join(" ");
  const outcome = element("span", { class: `outcome ${one.outcome}` }, one.outcome);
  const articles = one.articles.length ? ` · ${counted(one.articles.length, "article")}` : "";
  return element("li", {}, outcome, element("bdi", {}, one.file), articles, why ? ` – ${why}` : "");
}

/** @param {JobItem} job */
function actions(job) {
  const row = element("div", { class: "actions" });
  const open = opened.has(job.job_id);
  row.append(button(open ? "Hide the files" : "Show the files", "quiet", async () => {
    if (open) opened.delete(job.job_id); else opened.add(job.job_id);
  }));
  if (job.retryable && !job.retried_as) {
    row.append(button(`Read ${counted(job.retryable, "file")} again`, "quiet", () => call(`/v1/jobs/${job.job_id}/retry`, { method: "POST" })));
  }
  if (job.state !== "cancelling") {
    row.append(button(OVER.includes(job.state) ? "Remove from the list (articles stay)" : "Cancel", "quiet end", () => call(`/v1/jobs/${job.job_id}`, { method: "DELETE" })));
  }
  return row;
}

/** @type {(words: string, kind: string, act: () => Promise<unknown>) => HTMLElement} */
function button(words, kind, act) {
  const made = element("button", { type: "button", class: kind }, words);
  made.addEventListener("click", async () => {
    refuse(null);
    await act().catch((error) => refuse(messageOf(error)));
    await load();
  });
  return made;
}

/** @param {number} number @param {string} noun */
function counted(number, noun) {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** @param {string | null} message null hides it */
function refuse(message) {
  refusal.textContent = message ?? "";
  refusal.hidden = !message;
}

/** Uploads the files; each keeps its path in the folder. Hidden files are left out. @param {File[]} chosen */
async function upload(chosen) {
  refuse(null);
  const fields = new FormData();
  for (const file of chosen) {
    const path = file.webkitRelativePath || file.name;
    if (!path.split("/").some((part) => part.startsWith("."))) fields.append("files", file, path);
  }
  if (!fields.has("files")) return refuse("Choose at least one file.");
  fields.append("collection", byId("collection", HTMLInputElement).value);
  submit.disabled = true;
  submit.textContent = "Sending…";
  try {
    const { job_id: id } = await (await call("/v1/articles", { method: "POST", body: fields })).json();
    opened.add(id);
    status.textContent = "The service has accepted the files.";
    files.value = folder.value = ""; // the collection stays
    await load();
  } catch (error) {
    refuse(messageOf(error));
  } finally {
    submit.disabled = false;
    submit.textContent = "Add";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  upload([...(files.files ?? []), ...(folder.files ?? [])]);
});
form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  upload([...(event.dataTransfer?.files ?? [])]);
});
more.addEventListener("click", () => { shownJobs = Math.min(200, shownJobs + PAGE); load(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) load(); });

async function loadCollections() {
  /** @type {CollectionListResponse} */
  const { collections } = await get("/v1/collections");
  byId("collections", HTMLElement).replaceChildren(...collections.map((one) => element("option", { value: one.name })));
}

loadCollections().catch(() => {}); // the next call shows the reason
load();
