// What an address of the page stands for, so that any view can be shared, bookmarked and gone back to.

const LISTS = ["outlet", "language"];
const DAYS = ["published_from", "published_to"];

/** Which articles may answer: what a question is asked with, beside its words. */
export function scopeOf({ collection, outlet, language, published_from, published_to }) {
  return { collection, outlet, language, published_from, published_to };
}

/** The scope as `POST /v1/ask` takes it. */
export function fieldsOf(scope) {
  const filters = {};
  for (const name of LISTS) if (scope[name].length) filters[name] = scope[name];
  for (const name of DAYS) if (scope[name]) filters[name] = scope[name];
  return { collection: scope.collection, filters };
}

export function placeOf(address) {
  const query = new URL(address, location.href).searchParams;
  const number = (name) => (/^\d+$/.test(query.get(name) ?? "") ? Number(query.get(name)) : null);
  const [start, end] = [number("start"), number("end")];
  const known = start !== null && end !== null && start < end;
  const evidence = query.getAll("e");
  const spans = evidence.filter((e) => /^\d+-\d+$/.test(e)).map((e) => e.split("-").map(Number));
  return {
    question: (query.get("q") ?? "").trim(),
    collection: query.get("collection") || "default",
    outlet: query.getAll("outlet").filter(Boolean),
    language: query.getAll("language").filter(Boolean),
    published_from: query.get("published_from") ?? "",
    published_to: query.get("published_to") ?? "",
    article: query.get("article"),
    start: known ? start : null,
    end: known ? end : null,
    evidence: spans,
    sha256: query.get("h") || null,
    malformed: (!known && (query.has("start") || query.has("end"))) || spans.length < evidence.length,
  };
}

export function addressOf(place) {
  const query = new URLSearchParams();
  if (place.question) query.set("q", place.question);
  if (place.collection !== "default") query.set("collection", place.collection);
  for (const name of LISTS) for (const value of place[name]) query.append(name, value);
  for (const name of DAYS) if (place[name]) query.set(name, place[name]);
  if (place.article) {
    query.set("article", place.article);
    if (place.start !== null) {
      query.set("start", place.start);
      query.set("end", place.end);
    }
    for (const [a, b] of place.evidence) query.append("e", `${a}-${b}`);
    if (place.sha256) query.set("h", place.sha256);
  }
  return query.size ? `/?${query}` : "/";
}

/** The address of a citation's article, opened at the citation, beside the question and its scope. */
export function addressOfCitation(place, citation, evidence = []) {
  return addressOf({
    ...place,
    article: citation.article_id,
    start: citation.start_char_index,
    end: citation.end_char_index,
    evidence: evidence.map((e) => [e.start_char_index, e.end_char_index]),
    sha256: citation.article_sha256,
  });
}
