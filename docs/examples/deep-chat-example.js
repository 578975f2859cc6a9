// deep-chat (npm) asks the service by OpenAI's protocol, streamed. It puts Markdown's links into the text itself.

const SERVICE = "http://127.0.0.1:8000";
const COLLECTION = "default";
const chat = document.getElementById("chat");

chat.connect = { url: `${SERVICE}/v1/chat/completions`, method: "POST", stream: true };
chat.requestBodyLimits = { maxMessages: -1 }; // the whole conversation, so that follow-up questions are understood

chat.requestInterceptor = (details) => {
  const messages = details.body.messages.map(({ role, text }) => ({ role: role === "ai" ? "assistant" : role, content: text }));
  return { ...details, body: { model: COLLECTION, stream: true, messages } };
};

chat.responseInterceptor = (chunk) => {
  if (chunk.error) return { error: chunk.error.message };
  return { text: chunk.choices?.[0]?.delta?.content ?? "" };
};
