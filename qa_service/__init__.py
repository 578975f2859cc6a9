"""Answers to questions about a collection of articles: ranked passages, each with a citation that anyone can check.

    from qa_service import Service

    with Service.open(index="index") as service:
        service.ingest(["articles/"])
        answer = service.ask("Who opened the mine?")
        print(answer.answer and answer.answer.text)

The names in `__all__` are the public API. Semantic versioning covers these names and nothing else. Python imports each
of them at its first use, so that `import qa_service` loads no model.
"""

# ruff: noqa: F403, F405  `__all__` names what the two star imports give
from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from qa_service.embedding import Embedder, FakeEmbedder
    from qa_service.errors import *
    from qa_service.records import *
    from qa_service.service import Service
    from qa_service.settings import Settings, load_settings

__all__ = [
    "AddedArticle",
    "Annotation",
    "Answer",
    "AnswerText",
    "Article",
    "ArticleDraft",
    "ArticleMeta",
    "ArticleNotFound",
    "ArticlePage",
    "ArticlePreview",
    "ArticleSummary",
    "Citation",
    "CollectionBusy",
    "CollectionCorrupt",
    "CollectionInfo",
    "CollectionMismatch",
    "CollectionNotFound",
    "Conflict",
    "DateMention",
    "Declined",
    "Disagreement",
    "Embedder",
    "Evidence",
    "FakeEmbedder",
    "FilePreview",
    "FileResult",
    "Filters",
    "IngestProgress",
    "IngestReport",
    "Interpretation",
    "InvalidInput",
    "Job",
    "JobNotFound",
    "JobPage",
    "Match",
    "ModelUnavailable",
    "NotFound",
    "NotReady",
    "Passage",
    "Perspective",
    "QAServiceError",
    "Question",
    "QuestionPart",
    "RankedPassage",
    "Service",
    "Settings",
    "SettingsError",
    "SourceMention",
    "Statement",
    "Turn",
    "UnreadableSource",
    "Upload",
    "VerifyReport",
    "__version__",
    "evaluate",
    "load_settings",
]

__version__ = "0.1.0"

_ROOMS = ("records", "errors", "service", "settings", "embedding")
"""Modules that hold the public names. The light ones come first: a name is looked for in this order."""

if not TYPE_CHECKING:  # a type checker reads the imports above, and finds a misspelt name

    def __getattr__(name: str) -> Any:
        if name in __all__:
            for room in _ROOMS:
                module = import_module(f"qa_service.{room}")
                if name in module.__all__:
                    return getattr(module, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def evaluate(
    service: Service,
    questions: str | Path,
    out: str | Path | None = None,
    *,
    collection: str = "default",
    top_k: int = 10,
    relevance: str | None = None,
    overlap: float = 1.0,
    max_per_article: int | None = None,
    retriever: str = "hybrid",
    workers: int | None = None,
) -> dict[str, Any]:
    """Ask a service all questions of a set, and return the measures: the content of `summary.json`.

    Args:
        questions: a file or folder with the question set, in any format that `qa-service evaluate` reads.
        out: the folder for the report and all results. None: keep no results.
        relevance: what makes a passage relevant: `article`, `passage`, `evidence` or `answer`. None: what most of the
            questions have gold for.
        overlap: share of a gold evidence span that a passage must cover, above 0 to 1.
        max_per_article: most passages of one article, 0 for any number. None: 1 for relevance by article.
        workers: processes that ask. None: one for each core, if there are many questions.

    Raises:
        InvalidInput: the question set is wrong; the message names file, line and field.
        Conflict: `out` holds something else, or the collection changes during the evaluation.
    """
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from qa_service.evaluation.run.evaluation_run import evaluate as run
    from qa_service.evaluation.sets import open_questions

    with TemporaryDirectory() as unkept:
        return run(
            service,
            open_questions(Path(questions)),
            Path(unkept) / "run" if out is None else Path(out),
            collection=collection,
            top_k=top_k,
            relevance=relevance,
            overlap=overlap,
            max_per_article=max_per_article,
            retriever=retriever,
            workers=workers,
        )
