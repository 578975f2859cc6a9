"""Writes to the catalogue: each a single transaction that is on disk, whole, when the function returns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import sqlalchemy as sa

from qa_service.errors import CollectionCorrupt
from qa_service.records import Article, ArticleMeta, Passage
from qa_service.records.encodings import PassageEncoding
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.rows import article_of
from qa_service.storage.local.schema import articles, job_files, meta, passages, tombstones, vectors

__all__ = ["EncodedArticle", "JobFile", "article_digest", "commit", "done_files", "forget_job", "record_base"]

JobFile = tuple[str, int]
"""The job's id and the file's number in it."""

_MODULUS = 2**256


@dataclass(frozen=True, eq=False)
class EncodedArticle:
    """An article with its passages and their encodings, in the same order: what one commit adds."""

    article: Article
    passages: tuple[Passage, ...]
    encodings: tuple[PassageEncoding, ...]


def commit(
    catalogue: Catalogue,
    added: Sequence[EncodedArticle],
    deleted: Sequence[int],
    done: Mapping[JobFile, str] | None = None,
) -> int:
    """Add articles, delete others (by number) and record files of jobs as done, in one transaction.

    Returns the generation, which is a new one unless nothing was added or deleted. The caller holds the collection's
    writer lock. Articles that are deleted and added again under one id are replaced.
    """
    with catalogue.engine.execution_options(write=True).begin() as connection:
        if done:
            rows = [{"job_id": job, "number": number, "outcome": outcome} for (job, number), outcome in done.items()]
            connection.execute(job_files.insert(), rows)
        state = catalogue.state(connection)
        if not added and not deleted:
            return state.generation
        generation, fingerprint = state.generation + 1, state.fingerprint
        for number in deleted:
            fingerprint -= _delete(connection, number, generation)
        for article in added:
            fingerprint += _add(connection, article)
        _set(connection, generation=str(generation), fingerprint=f"{fingerprint % _MODULUS:064x}")
    return generation


def done_files(catalogue: Catalogue, job_id: str) -> dict[int, str]:
    """The files of a job that `commit` recorded: number -> outcome."""
    query = sa.select(job_files.c.number, job_files.c.outcome).where(job_files.c.job_id == job_id)
    with catalogue.engine.begin() as connection:
        return {row.number: row.outcome for row in connection.execute(query)}


def forget_job(catalogue: Catalogue, job_id: str) -> None:
    """Once the job's own record says that it is over."""
    with catalogue.engine.execution_options(write=True).begin() as connection:
        connection.execute(job_files.delete().where(job_files.c.job_id == job_id))


def record_base(catalogue: Catalogue, name: str, generation: int) -> None:
    """From now on readers open the base `name`, which was derived at `generation`."""
    with catalogue.engine.execution_options(write=True).begin() as connection:
        _set(connection, base=name, base_generation=str(generation))
        connection.execute(tombstones.delete().where(tombstones.c.generation <= generation))


def article_digest(article: Article, spans: Sequence[tuple[int, int]]) -> int:
    """SHA-256, as a number, over all that can reach an answer.

    The collection's fingerprint is the sum over its articles (modulo 2^256): it depends on the content, not on the
    order in which it came.
    """
    said = [article.article_id, article.sha256, *_columns(article.meta).values()]
    return int.from_bytes(hashlib.sha256(json.dumps([said, [list(s) for s in spans]]).encode()).digest(), "big")


def _columns(meta: ArticleMeta) -> dict[str, str | None]:
    """The metadata by column, in the order of the record's fields: stored fingerprints depend on that order."""
    return asdict(meta) | {"published": meta.published.isoformat() if meta.published else None}


def _add(connection: sa.Connection, encoded: EncodedArticle) -> int:
    article = encoded.article
    number = _insert(
        connection,
        articles.insert().values(
            article_id=article.article_id,
            text=article.text,
            **_columns(article.meta),
            article_sha256=article.sha256,
            passages=len(encoded.passages),
        ),
    )
    for passage, encoding in zip(encoded.passages, encoded.encodings, strict=True):
        sentences = [(s, e, int(h)) for (s, e), h in zip(passage.sentences, passage.headings, strict=True)]
        seq = _insert(
            connection,
            passages.insert().values(
                passage_id=passage.passage_id,
                article=number,
                start=passage.start,
                end=passage.end,
                token_count=passage.token_count,
                sentences=np.array(sentences, "<i4").tobytes(),
            ),
        )
        connection.execute(
            vectors.insert().values(
                seq=seq,
                vector=encoding.vector.astype("<f4").tobytes(),
                token_bits=encoding.token_bits.tobytes(),
                token_spans=encoding.token_spans.astype("<i4").tobytes(),
            )
        )
    return article_digest(article, [(p.start, p.end) for p in encoded.passages])


def _delete(connection: sa.Connection, number: int, generation: int) -> int:
    row = connection.execute(sa.select(articles).where(articles.c.number == number)).one()
    found = connection.execute(
        sa.select(passages.c.seq, passages.c.start, passages.c.end)
        .where(passages.c.article == number)
        .order_by(passages.c.seq)
    ).all()
    if found:
        connection.execute(tombstones.insert(), [{"seq": p.seq, "generation": generation} for p in found])
        own = sa.select(passages.c.seq).where(passages.c.article == number)
        connection.execute(vectors.delete().where(vectors.c.seq.in_(own)))
        connection.execute(passages.delete().where(passages.c.article == number))
    connection.execute(articles.delete().where(articles.c.number == number))
    return article_digest(article_of(row), [(p.start, p.end) for p in found])


def _insert(connection: sa.Connection, statement: sa.Insert) -> int:
    """-> the new row's integer key."""
    key = connection.execute(statement).inserted_primary_key
    if key is None:
        raise CollectionCorrupt("SQLite gave no key for a new row.")
    return int(key[0])


def _set(connection: sa.Connection, **values: str) -> None:
    for key, value in values.items():
        connection.execute(meta.update().where(meta.c.key == key).values(value=value))
