// One question to the service, and what can go wrong with it.

import { STRINGS } from "./strings.js";

const LONGEST_WAIT = 60_000;

/** `kind` is the name of one of STRINGS, or "refused" where `message` is the service's own. */
export class Problem extends Error {
  constructor(kind, values = {}, message = "") {
    super(message || STRINGS[kind]);
    this.kind = kind;
    this.values = values;
  }
}

/** The service's answer to `body`. `endpoint` ends in a slash. Throws Problem, or AbortError where `signal` says so. */
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

/** A browser tells a refused origin and a dead service apart to nobody; an opaque response exists in one case only. */
async function whyUnreachable(endpoint) {
  const there = await fetch(`${endpoint}widget.js`, { mode: "no-cors", credentials: "omit", cache: "no-store" })
    .then(() => true, () => false);
  return there ? new Problem("forbiddenOrigin", { origin: location.origin }) : new Problem("unreachable");
}

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
