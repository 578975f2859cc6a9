"""Writes to the catalogue. Each function is one transaction, which is on disk when the function returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import sqlalchemy as sa

from qa_service.errors import ArticleNotFound, CollectionCorrupt, Conflict
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.rows import article_of
from qa_service.storage.local.schema import articles, job_files, meta, passages, tombstones, vectors
from qa_service.storage.writes import FINGERPRINTS, EncodedArticle, JobFile, article_digest, meta_values

__all__ = ["commit", "record_base"]


def commit(
    catalogue: Catalogue,
    added: Sequence[EncodedArticle],
    deleted: Sequence[str],
    done: Mapping[JobFile, str] | None = None,
) -> int:
    """See `port.Store.write`. The caller holds the writer's lock. Returns the generation."""
    with catalogue.engine.execution_options(write=True).begin() as connection:
        if done:
            rows = [{"job_id": job, "number": number, "outcome": outcome} for (job, number), outcome in done.items()]
            with _no_duplicate("A finished file of this job is recorded already."):
                connection.execute(job_files.insert(), rows)
        state = catalogue.state(connection)
        if not added and not deleted:
            return state.generation
        generation, fingerprint = state.generation + 1, state.fingerprint
        for article_id in dict.fromkeys(deleted):
            fingerprint -= _delete(connection, article_id, generation)
        for article in added:
            with _no_duplicate(f"Article {article.article.article_id!r}, or a passage of it, has the id of another."):
                fingerprint += _add(connection, article)
        _set(connection, generation=str(generation), fingerprint=f"{fingerprint % FINGERPRINTS:064x}")
    return generation


def record_base(catalogue: Catalogue, name: str, generation: int) -> None:
    """Make readers open the base `name`, which was derived at `generation`."""
    with catalogue.engine.execution_options(write=True).begin() as connection:
        _set(connection, base=name, base_generation=str(generation))
        connection.execute(tombstones.delete().where(tombstones.c.generation <= generation))


def _add(connection: sa.Connection, encoded: EncodedArticle) -> int:
    article = encoded.article
    number = _insert(
        connection,
        articles.insert().values(
            article_id=article.article_id,
            text=article.text,
            **meta_values(article.meta),
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


def _delete(connection: sa.Connection, article_id: str, generation: int) -> int:
    row = connection.execute(sa.select(articles).where(articles.c.article_id == article_id)).one_or_none()
    if row is None:
        raise ArticleNotFound(f"There is no article {article_id!r} in this collection.", param="article_id")
    number = row.number
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


@contextmanager
def _no_duplicate(message: str) -> Iterator[None]:
    """Raise Conflict with `message` if the catalogue refuses a row, because it holds another with the same key."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise Conflict(message) from None


def _insert(connection: sa.Connection, statement: sa.Insert) -> int:
    """Insert a row. Returns its integer key."""
    key = connection.execute(statement).inserted_primary_key
    if key is None:
        raise CollectionCorrupt("SQLite gave no key for a new row.")
    return int(key[0])


def _set(connection: sa.Connection, **values: str) -> None:
    for key, value in values.items():
        connection.execute(meta.update().where(meta.c.key == key).values(value=value))
