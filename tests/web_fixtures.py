"""A stand-in for the service: hand-made records, no model, no index. It keeps what it was asked, for tests to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from qa_service.errors import ArticleNotFound, CollectionNotFound, JobNotFound
from qa_service.records import (
    OPENING,
    AddedArticle,
    Annotation,
    Answer,
    AnswerText,
    Article,
    ArticleDraft,
    ArticleMeta,
    ArticlePage,
    ArticleSummary,
    Citation,
    CollectionInfo,
    Completeness,
    Evidence,
    FileResult,
    Job,
    Match,
    Passage,
    Question,
    RankedPassage,
    Upload,
)
from qa_service.settings import Settings

__all__ = ["ARTICLE", "INFO", "JOB", "StandInService"]

TEXT = "🙂 Zoë’s café — a test. The quokka weighs 4.2 kilograms. <script>alert(1)</script> It lives on Rottnest."
START, END = 2, 81
SENTENCE = (23, 55)
ARTICLE = Article(
    article_id="news/2024/quokka.txt",
    text=TEXT,
    meta=ArticleMeta(
        title="Quokka weights",
        outlet="AFP",
        published=date(2024, 2, 29),
        language="en",
        source="quokka.txt",
        source_sha256="ab" * 32,
    ),
)
INFO = CollectionInfo(
    "default",
    3,
    "f1",
    1,
    1,
    ("AFP",),
    ("Ann",),
    ("en",),
    date(2024, 2, 29),
    date(2024, 2, 29),
    runtime="openvino 2026.4.1 bf16",
    tags=("budget", "Écho"),
    completeness=Completeness(title=4, outlet=5, published=3, updated=1, language=5, tags=2),
)
JOB = Job(
    "j1",
    "ingest",
    "default",
    "done",
    2,
    2,
    (
        FileResult("a.txt", "added", (AddedArticle("a.txt", 4),)),
        FileResult("b.bin", "skipped", (), "b.bin: is not text."),
    ),
    generation=4,
)


def _summary(article: Article) -> ArticleSummary:
    return ArticleSummary(
        article.article_id,
        article.meta,
        article.sha256,
        len(article.text),
        1,
        article.text[:OPENING],
        article.pages,
    )


class StandInService:
    """Answers everything about quokkas; declines the rest."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self.ready = True
        self.questions: list[Question] = []
        self.drafts: list[tuple[ArticleDraft, str]] = []
        self.files: list[tuple[str, bytes, ArticleMeta | None]] = []
        self.columns: dict[str, str] = {}
        self.stored = {ARTICLE.article_id: ARTICLE}
        self.raises: Exception | None = None

    def _collection(self, name: str) -> None:
        if self.raises:
            raise self.raises
        if name != "default":
            raise CollectionNotFound(f"There is no collection {name!r}.", param="collection")

    def ask(self, question: Question) -> Answer:
        self._collection(question.collection)
        self.questions.append(question)
        about = "quokka" in question.question
        a, b = SENTENCE
        citation = Citation(
            1,
            ARTICLE.article_id,
            ARTICLE.meta,
            START,
            END,
            ARTICLE.sha256,
        )
        passage = Passage("0123456789abcdef", ARTICLE.article_id, START, END, TEXT[START:END], 24)
        ranked = RankedPassage(1, passage, 0.93, 0.61, 14.2, (Evidence(a, b, TEXT[a:b], 0.8),), citation)
        if question.matches:
            ranked = replace(ranked, matches=(Match(a + 4, a + 10, 0, 6, 0.75),))
        answer = AnswerText(f"{TEXT[a:b]} [1]", (Annotation(0, b - a, 1),)) if about else None
        return Answer(question.question, about, 0.91 if about else 0.04, answer, (ranked,), INFO)

    def collections(self) -> list[CollectionInfo]:
        if self.raises:
            raise self.raises
        return [INFO]

    def article(self, article_id: str, collection: str = "default") -> Article:
        self._collection(collection)
        if article_id not in self.stored:
            raise ArticleNotFound(f"There is no article {article_id!r}.", param="article_id")
        return self.stored[article_id]

    def articles(self, collection: str = "default", *, limit: int = 50, after: str | None = None) -> ArticlePage:
        self._collection(collection)
        ids = [i for i in sorted(self.stored) if after is None or i > after]
        page = ids[:limit]
        more = page[-1] if len(ids) > limit else None
        return ArticlePage(tuple(_summary(self.stored[i]) for i in page), len(self.stored), more)

    def add_article(
        self, draft: ArticleDraft, collection: str = "default"
    ) -> tuple[tuple[AddedArticle, ...], int, bool]:
        if self.raises:
            raise self.raises
        self.drafts.append((draft, collection))
        article_id = draft.article_id or "derived"
        created = article_id not in self.stored
        self.stored[article_id] = replace(ARTICLE, article_id=article_id, text=draft.text)
        return (AddedArticle(article_id, 7),), 4, created

    def delete_article(self, article_id: str, collection: str = "default") -> int:
        self.article(article_id, collection)
        del self.stored[article_id]
        return 5

    def submit_files(self, files: Sequence[Upload], collection: str = "default", *, columns: Mapping[str, str]) -> Job:
        self.files = [
            (f.name, f.content if isinstance(f.content, bytes) else f.content.read(), f.metadata) for f in files
        ]
        self.columns = dict(columns)
        return JOB

    def job(self, job_id: str) -> Job:
        if job_id != JOB.job_id:
            raise JobNotFound(f"There is no job {job_id!r}.", param="job_id")
        return JOB

    def start(self) -> None:
        self.ready = True

    def close(self) -> None:
        self.ready = False
