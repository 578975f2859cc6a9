// <qa-chat>: asks the service from any page. docs/reference/widget.md has its attributes, parts, variables and events.

/** @typedef {Record<"heading" | "clear" | "log" | "status" | "label" | "send", HTMLElement>} Fixed */
/** @typedef {Fixed & {input: HTMLTextAreaElement}} Parts the parts that are always there */

import { element, slice } from "../text.js";
import { answerNodes } from "./answer.js";
import { askService, Problem } from "./ask.js";
import { filled, STRINGS } from "./strings.js";

const ATTRIBUTES = ["endpoint", "collection", "api-key", "heading", "placeholder", "theme", "lang"];
const MOST_TURNS = 20;
const LONGEST_QUESTION = 2000;
const LONGEST_ANSWER = 10_000;
const ABOVE = 8; // pixels that stay free above the newest turn
const HOME = document.currentScript instanceof HTMLScriptElement ? new URL(".", document.currentScript.src).href : null;

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

class QaChat extends HTMLElement {
  static observedAttributes = ATTRIBUTES;

  /** @type {{question: string, answer: string | null}[]} */
  #turns = [];
  /** @type {AbortController | null} */
  #running = null;
  /** @type {Partial<Strings>} */
  #strings = {};
  /** @type {Parts} */
  #shown;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    this.#shown = {
      heading: element("h2", { part: "heading", id: "heading" }),
      clear: element("button", { part: "clear", type: "button", hidden: "" }),
      log: element("div", { part: "log", role: "region", tabindex: "0" }),
      status: element("p", { class: "heard", role: "status" }),
      label: element("label", { class: "heard", for: "question" }),
      input: element("textarea", {
        part: "input", id: "question", rows: "2", maxlength: LONGEST_QUESTION, enterkeyhint: "send", dir: "auto",
      }),
      send: element("button", { part: "send", type: "submit" }),
    };
    root.append(this.#frame());
    if (Object.hasOwn(this, "strings")) { // the page set the property before this script ran
      const given = this.strings;
      Reflect.deleteProperty(this, "strings");
      this.strings = given;
    }
    this.#word();
  }

  /** The words of the widget. A page may set some of them. @returns {Strings} */
  get strings() {
    return { ...STRINGS, ...this.#strings };
  }

  /** @param {Partial<Strings>} words */
  set strings(words) {
    this.#strings = { ...words };
    this.#word();
  }

  get #endpoint() {
    const address = this.getAttribute("endpoint") || HOME;
    const parsed = address && URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : null;
    if (!parsed || !/^https?:$/.test(parsed.protocol)) throw new Problem("badEndpoint");
    return `${parsed.origin}${parsed.pathname.replace(/\/*$/, "/")}`;
  }

  /** @param {string} name @param {string | null} before @param {string | null} now */
  attributeChangedCallback(name, before, now) {
    if (name === "collection" || name === "endpoint") {
      if (before !== now && before !== null) this.clear(); // another service or collection must not complete questions
    }
    this.#word();
  }

  disconnectedCallback() {
    this.#running?.abort();
  }

  /** Forgets the conversation. */
  clear() {
    this.#running?.abort();
    this.#turns = [];
    this.#shown.log.replaceChildren();
    this.#shown.status.textContent = "";
    this.#shown.clear.hidden = true;
  }

  /**
   * Asks a question as the next turn of the conversation. Resolves to the service's answer, or to null after a failure.
   * @param {string} question
   */
  async ask(question) {
    this.#running?.abort();
    const mine = new AbortController();
    this.#running = mine;
    const words = this.strings;
    const { log, status } = this.#shown;
    const body = element("div", { part: "answer" }, element("p", { part: "looking" }, words.looking));
    const turn = element("article", { part: "turn" }, element("p", { part: "question", dir: "auto" }, question), body);
    log.append(turn);
    log.scrollTop = turn.offsetTop - ABOVE;
    this.#shown.clear.hidden = false;
    status.textContent = words.looking;
    try {
      const endpoint = this.#endpoint;
      const collection = this.getAttribute("collection") || "default";
      const asked = { question, collection, history: this.#turns.slice(-MOST_TURNS) };
      const answer = await askService(endpoint, this.getAttribute("api-key"), asked, mine.signal);
      this.#turns.push({ question, answer: answer.answer ? slice(answer.answer.text, 0, LONGEST_ANSWER) : null });
      body.replaceChildren(...answerNodes(answer, { endpoint, words, language: this.#language }));
      const warning = body.querySelector("[part=unsure]")?.textContent;
      status.textContent = answer.answer ? [warning, answer.answer.text].filter(Boolean).join(" ") : words.declined;
      log.scrollTop = turn.offsetTop - ABOVE;
      this.#tell("qa-answer", { question, answer });
      return answer;
    } catch (error) {
      if (mine.signal.aborted) {
        turn.remove();
        return null;
      }
      this.#fail(question, body, error);
      return null;
    }
  }

  /** @param {string} question @param {HTMLElement} body @param {unknown} error */
  #fail(question, body, error) {
    const { kind, values, message: said } = error instanceof Problem ? error : new Problem("failed");
    const text = kind === "refused" ? "" : this.strings[kind];
    const message = text ? filled(text, { status: "?", ...values }) : said;
    this.#shown.status.textContent = "";
    body.replaceChildren(element("p", { part: "error", role: "alert" }, message));
    if (!this.#shown.input.value) this.#shown.input.value = question; // the user can send it again
    this.#tell("qa-error", { question, type: kind, message });
  }

  get #language() {
    return this.closest("[lang]")?.getAttribute("lang") || document.documentElement.lang || undefined;
  }

  /** @param {string} name @param {object} detail */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** The frame around the parts, with their listeners. `#word` adds the words. */
  #frame() {
    const shown = this.#shown;
    const form = element("form", { part: "form" }, shown.label, shown.input, shown.send);
    shown.clear.addEventListener("click", () => {
      this.clear();
      shown.input.focus();
    });
    shown.input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const question = shown.input.value.trim();
      if (!question) return;
      shown.input.value = "";
      this.ask(question);
    });
    const header = element("header", { part: "header" }, shown.heading, shown.clear);
    return element("section", { part: "frame", "aria-labelledby": "heading" }, header, shown.log, shown.status, form);
  }

  #word() {
    const words = this.strings;
    const shown = this.#shown;
    shown.heading.textContent = this.getAttribute("heading") ?? words.heading;
    shown.clear.textContent = words.clear;
    shown.log.setAttribute("aria-label", words.conversation);
    shown.label.textContent = words.question;
    shown.input.placeholder = this.getAttribute("placeholder") ?? words.placeholder;
    shown.send.textContent = words.send;
  }
}

if (!customElements.get("qa-chat")) customElements.define("qa-chat", QaChat);
