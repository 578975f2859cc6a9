// Types for the scripts in static/. tsc reads them; nothing here runs.

/** The schemas of /openapi.json: `make lint` writes build/api.d.ts. Every index counts Unicode code points. */
type Schemas = import("../../build/api.js").components["schemas"];
type EvidenceItem = Schemas["EvidenceItem"];
type CitationItem = Schemas["CitationItem"];
type PassageItem = Schemas["PassageItem"];
type AnswerItem = Schemas["AnswerItem"];
type SourceMentionItem = Schemas["SourceMentionItem"];
type DateMentionItem = Schemas["DateMentionItem"];
type QuestionPartItem = Schemas["QuestionPartItem"];
type PerspectiveItem = Schemas["PerspectiveItem"];
type StatementItem = Schemas["StatementItem"];
type DisagreementItem = Schemas["DisagreementItem"];
type AskResponse = Schemas["AskResponse"];
type CollectionItem = Schemas["CollectionItem"];
type CollectionListResponse = Schemas["CollectionListResponse"];
type ArticleResponse = Schemas["ArticleResponse"];

/** The document has any string as the state. */
type EvaluationItem = Schemas["EvaluationItem"] & { state: "queued" | "running" | "done" | "failed" | "cancelled" };
type EvaluationListResponse = Omit<Schemas["EvaluationListResponse"], "evaluations"> & { evaluations: EvaluationItem[] };

type JobItem = Schemas["JobItem"];
type FileItem = Schemas["FileItem"];
type JobListResponse = Schemas["JobListResponse"];

/** Which articles may answer. */
type Scope = {
  collection: string;
  outlet: string[];
  tags: string[];
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

/** The widget's style sheet: web/routes/pages.py writes it into the script. */
declare const STYLE: string;

/** Swagger UI of the Python package flask-openapi3-swagger. */
declare const SwaggerUIBundle: {
  (options: Record<string, unknown>): void;
  presets: Record<string, unknown>;
};
