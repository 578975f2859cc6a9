// The conversation: a list of turns. Each question goes to the service with the turns before it.

/**
 * @typedef {object} Shown a turn on the page
 * @property {Turn} turn
 * @property {HTMLElement} node
 * @property {AskResponse | null} answer
 * @property {AbortController} asking
 * @property {Promise<void> | null} done
 */
/** @typedef {(turn: Turn, answer: AskResponse) => void} Answered */

import { summary } from "./answer.js";
import { messageOf, post } from "./api.js";
import { fieldsOf } from "./place.js";
import { byId, slice } from "./text.js";
import { fold, showAnswer, showFailure, showPending, turnNode } from "./turn.js";

const [MOST_TURNS, MOST_ANSWER] = [20, 10000]; // limits of `history` in POST /v1/ask

const list = byId("turns", HTMLElement);
const status = byId("status", HTMLElement);
/** @type {Shown[]} */
const shown = [];

/**
 * Shows `turns`. Turns that the page shows already stay. The others are asked, one after the other.
 * @param {Turn[]} turns
 * @param {Answered} answered called for the last turn, when it has its answer
 */
export function showConversation(turns, answered) {
  const same = shown.findIndex((one, i) => !turns[i] || keyOf(one.turn) !== keyOf(turns[i]));
  const kept = same < 0 ? shown.length : same;
  for (const gone of shown.splice(kept)) {
    gone.asking.abort();
    gone.node.remove();
  }
  if (!turns.length) status.textContent = "";
  for (const turn of turns.slice(kept)) {
    /** @type {Shown} */
    const one = { turn, node: turnNode(turn), answer: null, asking: new AbortController(), done: null };
    list.append(one.node);
    shown.push(one);
    one.done = ask(one, shown.at(-2)?.done ?? null, answered);
  }
  shown.forEach(({ node }, i) => fold(node, i < shown.length - 1));
  if (kept === turns.length) return;
  if (shown.length > 1) shown.at(-1)?.node.scrollIntoView({ block: "start" });
  else scrollTo({ top: 0, behavior: "instant" });
}

/** @param {Turn} turn */
function keyOf(turn) {
  return JSON.stringify([turn.question, fieldsOf(turn)]);
}

/**
 * @param {Shown} one
 * @param {Promise<void> | null} before what to wait for
 * @param {Answered} answered
 */
async function ask(one, before, answered) {
  showPending(one.node);
  await before;
  if (one.asking.signal.aborted) return;
  status.textContent = "Looking…";
  /** @type {AskResponse} */
  let answer;
  try {
    const body = { question: one.turn.question, ...fieldsOf(one.turn), history: historyOf(one) };
    answer = await post("/v1/ask", body, one.asking.signal);
  } catch (error) {
    if (one.asking.signal.aborted) return;
    status.textContent = "";
    showFailure(one.node, messageOf(error), () => { one.done = ask(one, null, answered); });
    return;
  }
  if (one.asking.signal.aborted) return;
  one.answer = answer;
  showAnswer(one.node, one.turn, answer);
  requestAnimationFrame(() => setTimeout(() => performance.mark("answer-painted"))); // benchmarks/page_paint.py
  status.textContent = summary(answer);
  const last = one === shown.at(-1);
  fold(one.node, !last);
  if (last) answered(one.turn, answer);
}

/**
 * The turns before `one`, as `history` in POST /v1/ask takes them. A follow-up has the words that the service searched, as
 * in a turn that was opened from a link.
 * @param {Shown} one
 */
function historyOf(one) {
  return shown
    .slice(0, shown.indexOf(one))
    .flatMap(({ turn, answer }) => answer === null ? [] : [{
      question: answer.interpretation.searched ?? turn.question,
      answer: answer.answer && slice(answer.answer.text, 0, MOST_ANSWER),
    }])
    .slice(-MOST_TURNS);
}
