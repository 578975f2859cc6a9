// Sends a question to the service and tells its failures apart.

import { STRINGS } from "./strings.js";

const LONGEST_WAIT = 60_000;

export class Problem extends Error {
  /**
   * @param {keyof Strings | "refused"} kind "refused": `message` comes from the service
   * @param {Record<string, string | number>} values for the words in braces
   * @param {string} message
   */
  constructor(kind, values = {}, message = "") {
    super(kind === "refused" ? message : STRINGS[kind]);
    this.kind = kind;
    this.values = values;
  }
}

/**
 * The service's answer to `body`. Throws Problem, or AbortError after an abort of `signal`.
 * @param {string} endpoint with a slash at its end
 * @param {string | null} key
 * @param {object} body
 * @param {AbortSignal} signal
 * @returns {Promise<AskResponse>}
 */
export async function askService(endpoint, key, body, signal) {
  const headers = { "Content-Type": "application/json", ...(key ? { Authorization: `Bearer ${key}` } : {}) };
  const limit = AbortSignal.timeout(LONGEST_WAIT);
  let response;
  try {
    response = await fetch(`${endpoint}v1/ask`, {
      method: "POST",
      headers,
      body: JSON.stringify(body),
      credentials: "omit",
      signal: AbortSignal.any([signal, limit]),
    });
    if (response.ok) return await response.json();
  } catch (error) {
    if (signal.aborted) throw error;
    if (limit.aborted) throw new Problem("slow");
    throw await whyUnreachable(endpoint);
  }
  throw await refusal(response);
}

/**
 * Whether the service refuses this origin or cannot be reached. A browser reports both alike. A running service gives an
 * opaque response to a request without CORS.
 * @param {string} endpoint
 */
async function whyUnreachable(endpoint) {
  const there = await fetch(`${endpoint}widget.js`, { mode: "no-cors", credentials: "omit", cache: "no-store" })
    .then(() => true, () => false);
  return there ? new Problem("forbiddenOrigin", { origin: location.origin }) : new Problem("unreachable");
}

/** @param {Response} response */
async function refusal(response) {
  const { status } = response;
  if (status === 401) return new Problem("unauthorized");
  if (status === 429 || status === 503) {
    const seconds = Number(response.headers.get("Retry-After"));
    if (seconds > 0) return new Problem("busy", { seconds });
  }
  const said = await response.json().catch(() => null);
  const message = said?.error?.message;
  return message ? new Problem("refused", {}, String(message)) : new Problem("failed", { status });
}
