// deep-chat (npm) asks the service over OpenAI's protocol, with streaming. deep-chat turns Markdown's links into links.

/** @typedef {{body: {messages: {role: string, text: string}[]}}} Details */
/** @typedef {{error?: {message: string}, choices?: {delta?: {content?: string}}[]}} Chunk */
/**
 * @typedef {HTMLElement & {
 *   connect: object,
 *   requestBodyLimits: object,
 *   requestInterceptor: (details: Details) => object,
 *   responseInterceptor: (chunk: Chunk) => object,
 * }} DeepChat
 */

const SERVICE = "http://127.0.0.1:8000";
const COLLECTION = "default";
const chat = /** @type {DeepChat} */ (document.getElementById("chat"));

chat.connect = { url: `${SERVICE}/v1/chat/completions`, method: "POST", stream: true };
chat.requestBodyLimits = { maxMessages: -1 }; // the service needs the whole conversation for follow-up questions

chat.requestInterceptor = (details) => {
  const messages = details.body.messages.map(({ role, text }) => ({ role: role === "ai" ? "assistant" : role, content: text }));
  return { ...details, body: { model: COLLECTION, stream: true, messages } };
};

chat.responseInterceptor = (chunk) => {
  if (chunk.error) return { error: chunk.error.message };
  return { text: chunk.choices?.[0]?.delta?.content ?? "" };
};
