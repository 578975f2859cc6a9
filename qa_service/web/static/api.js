// Calls to the service. The key, where the service asks for a key, stays in the session storage of this tab.

import { byId } from "./text.js";

const KEY = "qa-service-key";
/** @type {Promise<void> | null} */
let asking = null;

export class ApiError extends Error {
  /**
   * @param {string} message
   * @param {string} type the service's type of the error, "unreachable" or "unknown"
   */
  constructor(message, type) {
    super(message);
    this.type = type;
  }
}

/**
 * The message to show for an error.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

/**
 * The JSON at `path`. Asks the user for the key where the service needs it. Throws ApiError with a message for people.
 * @param {string} path
 * @param {Record<string, string>} parameters of the query
 */
export async function get(path, parameters = {}) {
  const query = new URLSearchParams(parameters).toString();
  return (await call(query ? `${path}?${query}` : path)).json();
}

/**
 * The JSON that comes back when `body` is posted to `path`. Otherwise as `get`.
 * @param {string} path
 * @param {object} body
 * @param {AbortSignal} signal
 */
export async function post(path, body, signal) {
  const headers = { "Content-Type": "application/json" };
  return (await call(path, { method: "POST", headers, body: JSON.stringify(body), signal })).json();
}

/**
 * The successful response to any call. Otherwise as `get`.
 * @param {string} path
 * @param {Omit<RequestInit, "headers"> & {headers?: Record<string, string>}} options
 */
export async function call(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
    const response = await fetch(path, { ...options, headers }).catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new ApiError("The service does not answer. Is it still running?", "unreachable");
    });
    if (response.status === 401) {
      if (sessionStorage.getItem(KEY) !== key) continue; // another call has asked for the key meanwhile
      asking ??= askForKey(Boolean(key)).finally(() => { asking = null; });
      await asking;
      continue;
    }
    if (response.ok) return response;
    const body = await response.json().catch(() => null);
    throw new ApiError(body?.error?.message ?? `The service answered ${response.status}.`, body?.error?.type ?? "unknown");
  }
}

/**
 * @param {boolean} refused whether the service has refused a key already
 * @returns {Promise<void>}
 */
function askForKey(refused) {
  const dialog = byId("key", HTMLDialogElement);
  const value = byId("key-value", HTMLInputElement);
  byId("key-note", HTMLElement).textContent = refused
    ? "The service refused that key."
    : "The key stays in this tab. The browser forgets it when the tab closes.";
  value.value = "";
  dialog.showModal();
  return new Promise((resolve, reject) => {
    byId("key-cancel", HTMLElement).onclick = () => dialog.close("cancel");
    dialog.onclose = () => {
      if (dialog.returnValue === "cancel" || !value.value) {
        dialog.returnValue = "";
        sessionStorage.removeItem(KEY);
        reject(new ApiError("The service does not answer without its key.", "unauthorized"));
      } else {
        sessionStorage.setItem(KEY, value.value);
        resolve();
      }
    };
    dialog.oncancel = () => { dialog.returnValue = "cancel"; };
  });
}
