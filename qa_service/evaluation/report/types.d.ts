// Types for the scripts in templates/. tsc reads them; nothing here runs. blocks.py and comparison.py write this JSON.
// Offsets count Unicode code points of the article.

type Maybe<Name extends string, Type> = { [name in Name]?: Type | null };
type Evidence = [number, number][]; // start and end of each sentence that the service marked
type PassageFacts = Maybe<"rank" | "grade" | "score" | "start" | "end", number>
  & Maybe<"text" | "title" | "outlet" | "published" | "language" | "source", string>;

/** What the page shows of a passage. */
type ShownPassage = PassageFacts & { id: string | null; article: string | null; evidence: Evidence };

/** A stretch of text, in UTF-16 units. */
type TextSpan = { from: number; to: number; kind: string };

/** Article, start, end; in a report also the title. */
type GoldSpan = [string, number, number, (string | null)?];

/** The rank of a gold item; null: not returned, undefined: unknown. */
type Rank = number | null | undefined;
type RankOf = { article: (id: string) => Rank; passage: (id: string) => Rank; span: (id: string, start: number, end: number) => Rank };

type Gold = {
  answers: string[];
  articles: [string, number, (string | null)?][]; // id, grade, title
  passages: [string, number][]; // id, grade
  evidence: GoldSpan[];
  more: number; // how many are left out
  rankOf?: RankOf;
};

/** A block of report.html, `rows`. */
type ReportRows = {
  measures: string[];
  outcomes: string[];
  tags: string[];
  rowsABlock: number;
  passagesABlock: number;
  /** Number, id, question, outcome, declined, confidence, rank, tags, language, answer, answers, values. */
  rows: [
    number, string, string, number, number, number | null, number | null, number[], string | null, string | null, string[],
    (number | null)[],
  ][];
};

/** A block of report.html, `about`. */
type ReportAbout = { withoutText: number; relevance: string; primary: string };

/** Number, rank, score, grade, evidence. */
type PackedHit = [number, number, number | null, number | null, Evidence];

/** Id, article, start, end, text, title, outlet, published, language, source. */
type PackedPassage = [
  string, string, number, number, string | null, string | null, string | null, string | null, string | null, string | null,
];

/** Why a question failed: the best passages with its gold, and their ranks by stage. */
type Failure = {
  why: string;
  gold: {
    passage_id: string;
    article_id: string;
    title: string | null;
    ranks: Record<string, number | null>;
    sentence: string;
    marked: boolean;
  }[];
};

/** An element of a block `details-N` of report.html. */
type ReportDetail = Pick<Gold, "articles" | "evidence" | "more"> & {
  goldPassages: Gold["passages"];
  moreGold: [number, number];
  citations: [number, number];
  failure: Failure | null;
  passages: PackedHit[];
};

/** A block of comparison.html, `flips`. */
type ComparisonFlips = {
  runs: { label: string; name: string }[];
  flipsABlock: number;
  /** Run, id, question, kind, change, rank before, rank now, tags, answer before, answer now, gold answers, decision. */
  flips: [
    string, string, string, string, string, number | null, number | null, string[], string | null, string | null, string[],
    string | null,
  ][];
};

/** One run's answer to a question in comparison.html. */
type ComparedAnswer = {
  answer: string | null;
  declined: boolean | null;
  confidence: number | null;
  passage: (PassageFacts & { passage_id: string | null; article_id: string | null; evidence?: Evidence | null }) | null;
};

/** An element of a block `flips-N` of comparison.html. */
type ComparisonDetail = {
  gold: { answers: string[]; articles: Record<string, number>; passages: Record<string, number>; evidence: GoldSpan[] };
  baseline: ComparedAnswer;
  other: ComparedAnswer;
};

/** What a cell sorts by; null and undefined come last. */
type SortValue = string | number | null | undefined;

/** A column of the table. The first one opens the row. */
type Column<Row> = {
  name: string;
  kind: string;
  numeric?: boolean;
  falling?: boolean;
  value: (row: Row) => SortValue;
  cell: (row: Row) => (string | Node)[];
};

type Table<Row> = {
  rows: Row[];
  columns: Column<Row>[];
  words: (row: Row) => string[]; // where the search looks
  wanted: () => (row: Row) => boolean; // a predicate from the filters
  fold: (row: Row) => Node[]; // the nodes of an opened row
  key: (row: Row) => string; // the row's place in the address
  noun: string;
};
