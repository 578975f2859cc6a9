// Types for the scripts in static/. tsc reads them; nothing here runs.
//
// Each interface is the schema of this name in /openapi.json: a test compares the fields. `?` marks a field that an answer
// may leave out. Every index counts Unicode code points.

interface EvidenceItem {
  start_char_index: number;
  end_char_index: number;
  text: string;
}

interface CitationItem {
  number: number;
  article_id: string;
  title: string | null;
  outlet: string | null;
  author: string | null;
  published: string | null;
  language: string | null;
  url: string | null;
  source: string | null;
  start_char_index: number;
  end_char_index: number;
  page: number | null;
  article_sha256: string;
  source_sha256: string | null;
}

interface ScoresItem {
  dense: number | null;
  lexical: number | null;
}

interface MatchItem {
  start_char_index: number;
  end_char_index: number;
  question_start: number;
  question_end: number;
  similarity: number;
  part: number | null;
}

interface PassageItem {
  rank: number;
  passage_id: string;
  score: number;
  scores: ScoresItem;
  text: string;
  token_count: number;
  evidence: EvidenceItem[];
  citation: CitationItem;
  also_in: CitationItem[];
  matches?: MatchItem[];
}

interface AnnotationItem {
  start_index: number;
  end_index: number;
  citation: number;
}

interface AnswerItem {
  text: string;
  annotations: AnnotationItem[];
}

interface SourceMentionItem {
  start_index: number;
  end_index: number;
  outlets: string[];
  authors: string[];
}

interface DateMentionItem {
  start_index: number;
  end_index: number;
  published_from: string | null;
  published_to: string | null;
}

interface QuestionPartItem {
  start_index: number;
  end_index: number;
  text: string;
  confidence: number;
  answerable: boolean;
  shown: boolean;
  name: string | null;
  rest: string | null;
}

interface InterpretationItem {
  sources: SourceMentionItem[];
  dates: DateMentionItem[];
  abbreviation: string | null;
  searched: string | null;
  parts: QuestionPartItem[];
}

interface PerspectiveItem {
  outlet: string | null;
  article_id: string;
  citation: number;
  evidence: EvidenceItem;
}

interface StatementItem {
  outlet: string | null;
  article_id: string;
  citation: number;
  start_char_index: number;
  end_char_index: number;
  text: string;
  sentence: EvidenceItem;
}

interface DisagreementItem {
  kind: "number" | "date" | "negation" | "cause" | "contradiction";
  a: StatementItem;
  b: StatementItem;
}

interface DeclinedItem {
  reason: "filters" | "language";
  message: string;
}

interface CollectionRef {
  name: string;
  generation: number;
  fingerprint: string;
}

interface AskResponse {
  question: string;
  answerable: boolean;
  confidence: number;
  answer: AnswerItem | null;
  passages: PassageItem[];
  perspectives: PerspectiveItem[];
  disagreements: DisagreementItem[];
  interpretation: InterpretationItem;
  declined?: DeclinedItem;
  collection: CollectionRef;
  request_id: string;
  took_ms: number;
}

interface CollectionItem extends CollectionRef {
  articles: number;
  passages: number;
  outlets: string[];
  languages: string[];
  first_date: string | null;
  last_date: string | null;
  chunking: string;
  unread_languages: string[];
}

interface CollectionListResponse {
  collections: CollectionItem[];
  reranker: string | null;
}

interface ArticleResponse {
  article_id: string;
  title: string | null;
  outlet: string | null;
  author: string | null;
  published: string | null;
  language: string | null;
  url: string | null;
  source: string | null;
  source_sha256: string | null;
  article_sha256: string;
  characters: number;
  text: string;
}

interface EvaluationItem {
  evaluation_id: string;
  name: string;
  format: string;
  collection: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  state_text: string;
  asked: number;
  total: number;
  remaining_seconds: number | null;
  relevance: string;
  top_k: number;
  overlap: number;
  max_per_article: number | null;
  retriever: string;
  settings: Record<string, unknown>;
  submitted: string;
  finished: string | null;
  error: string | null;
  notes: string[];
  measures: Record<string, number | null>;
  files: Record<string, string>;
}

interface EvaluationListResponse {
  evaluations: EvaluationItem[];
  total: number;
  next_after: string | null;
}

/** Which articles may answer. */
type Scope = {
  collection: string;
  outlet: string[];
  language: string[];
  published_from: string;
  published_to: string;
};

/** A question and its scope. */
type Turn = Scope & { question: string };

/** A place in an article. `article` and `start` are null where the address names none. */
type Cited = {
  article: string | null;
  start: number | null;
  end: number | null;
  /** Start and end of each sentence. */
  evidence: number[][];
  /** Hash of the text that was cited. */
  sha256: string | null;
  /** Whether the address names an impossible place. */
  malformed: boolean;
};

/** What an address of the page stands for. */
type Place = Turn & Cited;

/** A stretch of an article. */
type Stretch = Pick<EvidenceItem, "start_char_index" | "end_char_index">;

/** Addresses and ids for a turn. */
type Links = {
  toQuestion: () => string;
  toPassage: (passage: PassageItem) => string;
  toCitation: (citation: CitationItem, evidence?: Stretch[]) => string;
  /** The id of the element that shows the passage with this number. */
  idOf: (number: number) => string;
};

/** The words of the widget. */
type Strings = typeof import("./static/widget/strings.js").STRINGS;

/** The widget's style sheet: web/widget.py writes it into the script. */
declare const STYLE: string;

/** Swagger UI of the Python package flask-openapi3-swagger. */
declare const SwaggerUIBundle: {
  (options: Record<string, unknown>): void;
  presets: Record<string, unknown>;
};
