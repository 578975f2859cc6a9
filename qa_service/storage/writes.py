"""What is written to a store: a collection's name and origin, encoded articles, and the fingerprint of content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from qa_service.errors import CollectionMismatch, InvalidInput
from qa_service.records import Article, ArticleMeta, Passage
from qa_service.records.encodings import PassageEncoding

__all__ = [
    "BEFORE_RUNTIMES",
    "FINGERPRINTS",
    "EncodedArticle",
    "JobFile",
    "Origin",
    "article_digest",
    "check_name",
    "check_origin",
    "chunking_json",
    "is_name",
    "meta_values",
]

JobFile = tuple[str, int]
"""The job's id and the file's number in it."""

BEFORE_RUNTIMES = "torch fp32"
"""The runtime of collections that were built before they recorded it."""

FINGERPRINTS = 2**256
"""A fingerprint is the sum of the article digests modulo this number."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")


@dataclass(frozen=True, slots=True)
class Origin:
    """The settings that a collection is built with. It cannot be asked or extended with others."""

    model_id: str
    dimension: int
    chunking: str
    """The chunking settings as canonical JSON."""
    title_weight: int
    """How often a word of title, outlet or author counts in lexical matching."""
    runtime: str = BEFORE_RUNTIMES
    """The `Embedder.runtime` that made the vectors of the first articles. Other runtimes may read and extend the
    collection, because the vectors of runtimes that agree differ only in their last digits."""

    @property
    def chunking_kind(self) -> str:
        """`sentences` or `whole`, see `CollectionInfo.chunking`."""
        return str(json.loads(self.chunking).get("chunking", "sentences"))


@dataclass(frozen=True, eq=False)
class EncodedArticle:
    """An article with its passages and their encodings, in the same order."""

    article: Article
    passages: tuple[Passage, ...]
    encodings: tuple[PassageEncoding, ...]


def is_name(name: str) -> bool:
    """Whether `name` can name a collection (and so a folder)."""
    return _NAME.fullmatch(name) is not None


def check_name(name: str) -> str:
    """Return `name`. Raise InvalidInput unless it can name a collection."""
    if not is_name(name):
        raise InvalidInput(
            f"{name!r} cannot name a collection: use 1 to 64 letters, digits, '.', '_' or '-', "
            "beginning with a letter or digit.",
            param="collection",
        )
    return name


def check_origin(built: Origin, wanted: Origin, name: str) -> None:
    """Raise CollectionMismatch, with the command to run, unless collection `name` was built with `wanted`."""
    for what, was, now in (
        ("model", built.model_id, wanted.model_id),
        ("dimension", built.dimension, wanted.dimension),
        ("chunking", built.chunking, wanted.chunking),
        ("title_weight", built.title_weight, wanted.title_weight),
    ):
        if was != now:
            raise CollectionMismatch(
                f"Collection {name!r} was built with {what} {was}, the settings ask for {now}. Use the settings it "
                "was built with, or ingest the articles into a new one: qa-service ingest PATH… --collection NEW."
            )


def chunking_json(**values: int | str) -> str:
    """The chunking settings as canonical JSON, for `Origin`."""
    return json.dumps(values, sort_keys=True)


def article_digest(article: Article, spans: Sequence[tuple[int, int]]) -> int:
    """SHA-256, as a number, over everything of an article that can reach an answer; `spans` are of its passages.

    A collection's fingerprint is the sum over its articles, so it depends on the content and not on its order.
    """
    values = meta_values(article.meta)
    told: list[Any] = [article.article_id, article.sha256, *(v for n, v in values.items() if n not in _LATER)]
    later = {name: values[name] for name in _LATER if values[name] is not None}
    if article.pages:
        later["pages"] = json.dumps(article.pages)
    if later:
        told.append(later)
    return int.from_bytes(hashlib.sha256(json.dumps([told, [list(s) for s in spans]]).encode()).digest(), "big")


_META = tuple(field.name for field in fields(ArticleMeta))
_LATER = ("updated", "tags")
"""Metadata that the first fingerprints did not have. Without a value it adds nothing to a digest, like `pages`."""


def meta_values(meta: ArticleMeta) -> dict[str, str | None]:
    """The metadata by name, as text, in the order of the record's fields: stored fingerprints depend on that order.

    `tags` is a JSON list, None if there are none.
    """
    days = {name: day.isoformat() if (day := getattr(meta, name)) else None for name in ("published", "updated")}
    known = {name: getattr(meta, name) for name in _META}
    return {**known, **days, "tags": json.dumps(meta.tags, ensure_ascii=False) if meta.tags else None}
