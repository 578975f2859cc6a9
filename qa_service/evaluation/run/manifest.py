"""The manifest of an evaluation: everything needed to repeat it and to compare it with another."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import SecretStr

from qa_service import __version__
from qa_service.evaluation.run.batch import Asking
from qa_service.evaluation.run.setting_stages import SERVER
from qa_service.evaluation.sets import QuestionSet
from qa_service.records import CollectionInfo
from qa_service.service import Service

__all__ = ["FORMAT", "Options", "describe", "describe_collection", "describe_set"]

FORMAT = 2
"""Format of the results. Format 1 did not measure answers; its `answer_recall` is now `answer_in_passages`."""
LIBRARIES = (
    "torch", "sentence-transformers", "transformers", "tokenizers", "faiss-cpu", "tantivy", "numpy", "SQLAlchemy",
    "syntok", "tiktoken", "ir-measures", "pytrec-eval-terrier", "scipy", "scikit-learn",
)  # fmt: skip
"""Libraries that can change a figure."""
NAMES = {"faiss-cpu": "faiss"}
TRUNCATED = (
    "One passage an article: the model reads the first {} word pieces of title and text and drops the rest; lexical "
    "matching reads all of it."
)


@dataclass(frozen=True, slots=True)
class Options:
    """The options of an evaluation; `overrides` names the settings that were given for this run alone."""

    asking: Asking
    relevance: str
    overlap: float
    overrides: tuple[str, ...] = field(default=())


def describe(
    service: Service, info: CollectionInfo, questions: QuestionSet, options: Options, workers: int, started: str
) -> dict[str, Any]:
    """The manifest without `finished`, ready for JSON. This loads the model."""
    settings, fields = {name: _open(value) for name, value in service.settings}, type(service.settings).model_fields
    truncated = TRUNCATED.format(service.embedder.max_pieces) if info.chunking == "whole" else None
    return {
        "format": FORMAT,
        "program": f"qa-service {__version__}",
        "collection": describe_collection(info) | {"chunking": info.chunking, "truncated": truncated},
        "settings": settings,
        "overrides": {name: settings[name] for name in options.overrides},
        # without the settings that change no answer
        "changed": sorted(n for n, value in service.settings if n not in SERVER and value != fields[n].default),
        "question_set": {"path": str(questions.path), **describe_set(questions)},
        "relevance": options.relevance,
        "overlap": options.overlap,
        **{name: getattr(options.asking, name) for name in ("top_k", "max_per_article", "retriever")},
        "versions": {"python": platform.python_version()}
        | {NAMES.get(name, name): _version(name) for name in LIBRARIES},
        "model": {"id": service.embedder.model_id},
        "reranker": None if service.reranker is None else {"id": service.reranker.model_id},
        "started": started,
        "workers": workers,
    }


def describe_collection(info: CollectionInfo) -> dict[str, Any]:
    """The part of a manifest that identifies the content of a collection."""
    return {name: getattr(info, name) for name in ("name", "generation", "fingerprint", "articles", "passages")}


def describe_set(questions: QuestionSet) -> dict[str, Any]:
    """The part of a manifest that identifies the content of a question set."""
    return {"format": questions.format, "sha256": questions.sha256, "questions": questions.total}


def _open(value: object) -> Any:
    """A setting as JSON; a secret becomes `***`."""
    if isinstance(value, SecretStr):
        return "***"
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return [str(part) for part in value] if isinstance(value, tuple) else str(value)


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
