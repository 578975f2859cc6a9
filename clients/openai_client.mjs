// Asks the service in the four ways of npm's `openai` and prints the text and citations of each answer as JSON.
// Arguments: the path of the client's module, the address of /v1, the model, a question, a follow-up question.

/** @typedef {{start_index: number, end_index: number, title: string, url: string}} Cited */
/** @typedef {{text: string, citations: unknown[], usage: unknown}} Told */

import { pathToFileURL } from "node:url";

const [module, baseURL, model, question, further] = process.argv.slice(2);
const { default: OpenAI } = await import(pathToFileURL(module).href);
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: question }];
const flat = (/** @type {{url_citation: Cited}} */ annotation) => annotation.url_citation;
/** @type {Record<string, unknown>} */
const told = {};

told.models = (await client.models.list()).data.map((/** @type {{id: string}} */ each) => each.id);

const completion = await client.chat.completions.create({ model, messages });
const { content, annotations } = completion.choices[0].message;
told.chat = { text: content, citations: annotations.map(flat), usage: completion.usage };

const chunks = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
/** @type {Told} */
const streamed = { text: "", citations: [], usage: null };
for await (const chunk of chunks) {
  const delta = chunk.choices[0]?.delta;
  streamed.text += delta?.content ?? "";
  streamed.citations.push(...(delta?.annotations ?? []).map(flat));
  streamed.usage = chunk.usage ?? streamed.usage;
}
told.chatStreamed = streamed;

const gathered = await client.chat.completions.stream({ model, messages }).finalChatCompletion();
told.chatGathered = { text: gathered.choices[0].message.content, finish: gathered.choices[0].finish_reason };

const cited = (/** @type {Cited} */ { start_index, end_index, title, url }) => ({ start_index, end_index, title, url });
const response = await client.responses.create({ model, input: question });
told.responses = { text: response.output_text, citations: response.output[0].content[0].annotations.map(cited), usage: response.usage };

/** @type {Told & {types: string[]}} */
const events = { text: "", citations: [], usage: null, types: [] };
for await (const event of await client.responses.create({ model, input: question, stream: true })) {
  if (event.type === "response.output_text.delta") events.text += event.delta;
  if (event.type === "response.output_text.annotation.added") events.citations.push(cited(event.annotation));
  if (event.type === "response.completed") events.usage = event.response.usage;
  if (events.types.at(-1) !== event.type) events.types.push(event.type);
}
told.responsesStreamed = events;

const final = await client.responses.stream({ model, input: question }).finalResponse();
told.responsesGathered = { text: final.output_text, citations: final.output[0].content[0].annotations.map(cited) };

const next = await client.responses.create({ model, input: further, previous_response_id: response.id });
told.further = { text: next.output_text, previous: next.previous_response_id };

told.refusal = await client.chat.completions.create({ model: "nowhere", messages }).then(
  () => null,
  (/** @type {Error & {status: number, param: string}} */ error) => ({ name: error.constructor.name, status: error.status, message: error.message, param: error.param }),
);

process.stdout.write(JSON.stringify(told));
