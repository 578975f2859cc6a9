// The words of the widget. A page replaces them: `chat.strings = { send: "Fragen", … }`.

export const STRINGS = {
  heading: "Ask the articles",
  placeholder: "What do you want to know?",
  question: "Your question",
  send: "Ask",
  clear: "New conversation",
  conversation: "Conversation",
  looking: "Looking…",
  declined: "I can’t find that in these articles.",
  whyFilters: "{message}",
  whyLanguage: "{message}",
  closest: "The closest passages",
  unanswered: "No passage answers: {question}",
  unansweredName: "No passage answers this for {name}.",
  notShown: "Not among the passages shown: {question}",
  notAlone: "Not searched by itself: {question}",
  sources: "Sources",
  source: "Source {number}",
  passage: "The passage around it",
  opens: "opens in a new tab",
  alsoIn: "The same text also in: {names}",
  searched: "Searched for: {question}",
  differ: "The sources differ ({kind}):",
  confidence: "Confidence: {percent}",
  unsure: "Not sure: check whether the passages answer the question ({percent}).",
  under: "under 1 %",
  over: "over 99 %",
  noOutlet: "outlet not stated",
  noDate: "date not stated",
  page: "p. {page}",
  badEndpoint: "The attribute endpoint is not the address of a service.",
  unreachable: "The service cannot be reached at the moment. Please try again later.",
  slow: "The service did not answer in time. Please try again.",
  forbiddenOrigin: "The service takes no questions from this page ({origin}). The operator of the service can allow this page "
    + "with QA_ALLOWED_ORIGINS.",
  unauthorized: "The service asks for a key. This page gave no valid key (the attribute api-key).",
  busy: "Too many questions at the moment. Please try again in {seconds} seconds.",
  failed: "The service could not answer (status {status}).",
};

/** `text` with each `{name}` replaced. @param {string} text @param {Record<string, string | number>} values */
export function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
