// The address of the page says what the page shows. Every view can be shared, bookmarked and visited again.

/** @type {("outlet" | "tags" | "language")[]} */
const LISTS = ["outlet", "tags", "language"];
/** @type {("published_from" | "published_to")[]} */
const DAYS = ["published_from", "published_to"];

/** The scope alone. @param {Scope} scope @returns {Scope} */
export function scopeOf({ collection, outlet, tags, language, published_from, published_to }) {
  return { collection, outlet, tags, language, published_from, published_to };
}

/** The scope as `POST /v1/ask` takes it. @param {Scope} scope */
export function fieldsOf(scope) {
  /** @type {Record<string, string | string[]>} */
  const filters = {};
  for (const name of LISTS) if (scope[name].length) filters[name] = scope[name];
  for (const name of DAYS) if (scope[name]) filters[name] = scope[name];
  return { collection: scope.collection, filters };
}

/** @param {string} address @returns {Place} */
export function placeOf(address) {
  const query = new URL(address, location.href).searchParams;
  const number = (/** @type {string} */ name) => (/^\d+$/.test(query.get(name) ?? "") ? Number(query.get(name)) : null);
  const [start, end] = [number("start"), number("end")];
  const known = start !== null && end !== null && start < end;
  const evidence = query.getAll("e");
  const spans = evidence.filter((e) => /^\d+-\d+$/.test(e)).map((e) => e.split("-").map(Number));
  return {
    question: (query.get("q") ?? "").trim(),
    collection: query.get("collection") || "default",
    outlet: query.getAll("outlet").filter(Boolean),
    tags: query.getAll("tags").filter(Boolean),
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

/** @param {Turn & Partial<Cited>} place */
export function addressOf(place) {
  const query = new URLSearchParams();
  if (place.question) query.set("q", place.question);
  if (place.collection !== "default") query.set("collection", place.collection);
  for (const name of LISTS) for (const value of place[name]) query.append(name, value);
  for (const name of DAYS) if (place[name]) query.set(name, place[name]);
  if (place.article) {
    query.set("article", place.article);
    if (typeof place.start === "number") {
      query.set("start", String(place.start));
      query.set("end", String(place.end));
    }
    for (const [a, b] of place.evidence ?? []) query.append("e", `${a}-${b}`);
    if (place.sha256) query.set("h", place.sha256);
  }
  return query.size ? `/?${query}` : "/";
}

/**
 * The address that opens a citation's article beside the question and its scope.
 * @param {Turn} turn @param {CitationItem} citation @param {Stretch[]} evidence
 */
export function addressOfCitation(turn, citation, evidence = []) {
  return addressOf({
    ...turn,
    article: citation.article_id,
    start: citation.start_char_index,
    end: citation.end_char_index,
    evidence: evidence.map((e) => [e.start_char_index, e.end_char_index]),
    sha256: citation.article_sha256,
  });
}
