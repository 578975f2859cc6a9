// Calls to the service. A key, where one is asked for, lives in this tab's session storage and nowhere else.

const KEY = "qa-service-key";
let asking = null;

export class ApiError extends Error {
  constructor(message, type) {
    super(message);
    this.type = type;
  }
}

/** The JSON at `path`; asks for a key when the service does. Throws ApiError with a message for people. */
export async function get(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(parameters).toString();
  return (await call(query ? `${path}?${query}` : path, { signal })).json();
}

/** The JSON that comes back when `body` is posted to `path`; otherwise as `get`. */
export async function post(path, body, signal = undefined) {
  const headers = { "Content-Type": "application/json" };
  return (await call(path, { method: "POST", headers, body: JSON.stringify(body), signal })).json();
}

/** The response to a call that the service has granted, whatever its method and body; otherwise as `get`. */
export async function call(path, options = {}) {
  for (;;) {
    const key = sessionStorage.getItem(KEY);
    const headers = { ...options.headers, ...(key ? { Authorization: `Bearer ${key}` } : {}) };
    const response = await fetch(path, { ...options, headers }).catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new ApiError("The service does not answer. Is it still running?", "unreachable");
    });
    if (response.status === 401) {
      if (sessionStorage.getItem(KEY) !== key) continue; // another call has asked for it meanwhile
      asking ??= askForKey(Boolean(key)).finally(() => { asking = null; });
      await asking;
      continue;
    }
    if (response.ok) return response;
    const body = await response.json().catch(() => null);
    throw new ApiError(body?.error?.message ?? `The service answered ${response.status}.`, body?.error?.type ?? "unknown");
  }
}

function askForKey(refused) {
  const dialog = document.getElementById("key");
  const value = document.getElementById("key-value");
  document.getElementById("key-note").textContent = refused
    ? "That key was not accepted."
    : "It is kept in this tab only and forgotten when the tab closes.";
  value.value = "";
  dialog.showModal();
  return new Promise((resolve, reject) => {
    document.getElementById("key-cancel").onclick = () => dialog.close("cancel");
    dialog.onclose = () => {
      if (dialog.returnValue === "cancel" || !value.value) {
        dialog.returnValue = "";
        sessionStorage.removeItem(KEY);
        reject(new ApiError("Without its key the service does not answer.", "unauthorized"));
      } else {
        sessionStorage.setItem(KEY, value.value);
        resolve();
      }
    };
    dialog.oncancel = () => { dialog.returnValue = "cancel"; };
  });
}
