// The conversation: turns that stay, each asked with what was asked and answered before it.

import { summary } from "./answer.js";
import { post } from "./api.js";
import { fieldsOf } from "./place.js";
import { fold, showAnswer, showFailure, showPending, turnNode } from "./turn.js";

const [MOST_TURNS, MOST_ANSWER] = [20, 10000]; // as much of them as POST /v1/ask takes

const list = document.getElementById("turns");
const status = document.getElementById("status");
let shown = [];

/**
 * Shows `turns`, [{question, and its scope}]. Those that are there already stay; others are asked, one after the other.
 * `answered(turn, answer)` is called for the last one, when it has its answer.
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
    const one = { turn, node: turnNode(turn), answer: null, asking: new AbortController(), done: null };
    list.append(one.node);
    shown.push(one);
    one.done = ask(one, shown.at(-2)?.done, answered);
  }
  shown.forEach(({ node }, i) => fold(node, i < shown.length - 1));
  if (kept === turns.length) return;
  if (shown.length > 1) shown.at(-1).node.scrollIntoView({ block: "start" });
  else scrollTo({ top: 0, behavior: "instant" });
}

function keyOf(turn) {
  return JSON.stringify([turn.question, fieldsOf(turn)]);
}

async function ask(one, before, answered) {
  showPending(one.node);
  await before;
  if (one.asking.signal.aborted) return;
  status.textContent = "Looking…";
  try {
    const body = { question: one.turn.question, ...fieldsOf(one.turn), history: historyOf(one) };
    one.answer = await post("/v1/ask", body, one.asking.signal);
  } catch (error) {
    if (one.asking.signal.aborted) return;
    status.textContent = "";
    showFailure(one.node, error.message, () => { one.done = ask(one, null, answered); });
    return;
  }
  if (one.asking.signal.aborted) return;
  showAnswer(one.node, one.turn, one.answer);
  requestAnimationFrame(() => setTimeout(() => performance.mark("answer-painted"))); // benchmarks/page_paint.py
  status.textContent = summary(one.answer);
  const last = one === shown.at(-1);
  fold(one.node, !last);
  if (last) answered(one.turn, one.answer);
}

/** A follow-up stands in it as it was searched, so that it says the same here and where it was reopened from a link. */
function historyOf(one) {
  return shown
    .slice(0, shown.indexOf(one))
    .filter(({ answer }) => answer !== null)
    .map(({ turn, answer }) => ({
      question: answer.interpretation.searched ?? turn.question,
      answer: answer.answer && [...answer.answer.text].slice(0, MOST_ANSWER).join(""),
    }))
    .slice(-MOST_TURNS);
}
