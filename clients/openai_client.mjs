// What npm's `openai` makes of the service's answers: the four ways to ask, each as text and citations. Prints JSON.
// Arguments: the client's module, the service's /v1, the model, the question, and one that follows it.

import { pathToFileURL } from "node:url";

const [module, baseURL, model, question, further] = process.argv.slice(2);
const { default: OpenAI } = await import(pathToFileURL(module));
const client = new OpenAI({ baseURL, apiKey: "none", maxRetries: 0 });
const messages = [{ role: "user", content: question }];
const flat = (annotation) => annotation.url_citation;
const told = {};

told.models = (await client.models.list()).data.map((each) => each.id);

const completion = await client.chat.completions.create({ model, messages });
const { content, annotations } = completion.choices[0].message;
told.chat = { text: content, citations: annotations.map(flat), usage: completion.usage };

const chunks = await client.chat.completions.create({ model, messages, stream: true, stream_options: { include_usage: true } });
told.chatStreamed = { text: "", citations: [], usage: null };
for await (const chunk of chunks) {
  const delta = chunk.choices[0]?.delta;
  told.chatStreamed.text += delta?.content ?? "";
  told.chatStreamed.citations.push(...(delta?.annotations ?? []).map(flat));
  told.chatStreamed.usage = chunk.usage ?? told.chatStreamed.usage;
}

const gathered = await client.chat.completions.stream({ model, messages }).finalChatCompletion();
told.chatGathered = { text: gathered.choices[0].message.content, finish: gathered.choices[0].finish_reason };

const cited = ({ start_index, end_index, title, url }) => ({ start_index, end_index, title, url });
const response = await client.responses.create({ model, input: question });
told.responses = { text: response.output_text, citations: response.output[0].content[0].annotations.map(cited), usage: response.usage };

told.responsesStreamed = { text: "", citations: [], types: [] };
for await (const event of await client.responses.create({ model, input: question, stream: true })) {
  if (event.type === "response.output_text.delta") told.responsesStreamed.text += event.delta;
  if (event.type === "response.output_text.annotation.added") told.responsesStreamed.citations.push(cited(event.annotation));
  if (event.type === "response.completed") told.responsesStreamed.usage = event.response.usage;
  if (told.responsesStreamed.types.at(-1) !== event.type) told.responsesStreamed.types.push(event.type);
}

const final = await client.responses.stream({ model, input: question }).finalResponse();
told.responsesGathered = { text: final.output_text, citations: final.output[0].content[0].annotations.map(cited) };

const next = await client.responses.create({ model, input: further, previous_response_id: response.id });
told.further = { text: next.output_text, previous: next.previous_response_id };

told.refusal = await client.chat.completions.create({ model: "nowhere", messages }).then(
  () => null,
  (error) => ({ name: error.constructor.name, status: error.status, message: error.message, param: error.param }),
);

process.stdout.write(JSON.stringify(told));
