// Types for the scripts in templates/. tsc reads them; nothing here runs. blocks.py and comparison.py write this JSON.
// Offsets count Unicode code points of the article.

/** What the page shows of a passage. */
type ShownPassage = {
  rank?: number | null;
  grade?: number | null;
  score?: number | null;
  id: string | null;
  article: string | null;
  start?: number | null;
  end?: number | null;
  text?: string | null;
  title?: string | null;
  outlet?: string | null;
  published?: string | null;
  language?: string | null;
  source?: string | null;
  /** Start and end of each sentence that the service marked. */
  evidence: [number, number][];
};

/** Article, start, end; in a report also the title. */
type GoldSpan = [string, number, number, (string | null)?];

/** The rank of a gold item; null: not returned, undefined: unknown. */
type RankOf = {
  article: (id: string) => number | null | undefined;
  passage: (id: string) => number | null | undefined;
  span: (id: string, start: number, end: number) => number | null | undefined;
};

type Gold = {
  answers: string[];
  /** Id, grade, title. */
  articles: [string, number, (string | null)?][];
  /** Id, grade. */
  passages: [string, number][];
  evidence: GoldSpan[];
  /** How many are left out. */
  more: number;
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
type PackedHit = [number, number, number | null, number | null, [number, number][]];

/** Id, article, start, end, text, title, outlet, published, language, source. */
type PackedPassage = [
  string, string, number, number, string | null, string | null, string | null, string | null, string | null, string | null,
];

/** An element of a block `details-N` of report.html. */
type ReportDetail = {
  articles: Gold["articles"];
  goldPassages: Gold["passages"];
  moreGold: [number, number];
  evidence: GoldSpan[];
  citations: [number, number];
  passages: PackedHit[];
  more: number;
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
  passage: (Omit<ShownPassage, "id" | "article" | "evidence"> & {
    passage_id: string | null;
    article_id: string | null;
    evidence?: [number, number][] | null;
  }) | null;
};

/** An element of a block `flips-N` of comparison.html. */
type ComparisonDetail = {
  gold: {
    answers: string[];
    articles: Record<string, number>;
    passages: Record<string, number>;
    evidence: GoldSpan[];
  };
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
  /** Where the search looks. */
  words: (row: Row) => string[];
  /** A predicate from the filters. */
  wanted: () => (row: Row) => boolean;
  /** The nodes of an opened row. */
  fold: (row: Row) => Node[];
  /** The row's place in the address. */
  key: (row: Row) => string;
  noun: string;
};
