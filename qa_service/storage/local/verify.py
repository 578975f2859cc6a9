"""Reads a whole collection and checks laws 1 and 2 of its content and indexes."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from qa_service.records import VerifyReport, passage_id_of
from qa_service.storage.local.collection import Collection
from qa_service.storage.local.rows import article_of, unpack_sentences
from qa_service.storage.local.schema import articles, passages, tombstones, vectors
from qa_service.storage.local.verify_indexes import check_indexes
from qa_service.storage.writes import FINGERPRINTS, article_digest

__all__ = ["verify_collection"]

CHECKS = (
    "SQLite integrity and foreign keys",
    "every article's text has the SHA-256 that its citations carry",
    "every passage lies in its article, has the id of its place, and its sentences lie in it",
    "every passage has a unit vector and token vectors of the collection's dimension",
    "no deleted passage is left",
    "the fingerprint is that of the content",
    "indexes hold exactly the live passages, with the catalogue's vectors, terms and counts",
)


def verify_collection(collection: Collection) -> VerifyReport:
    """Check the collection. This holds the writer's lock, so the content does not change meanwhile."""
    problems: list[str] = []
    with collection.writing():
        collection.advance()
        with collection.catalogue.engine.begin() as connection:
            _check_database(connection, problems)
            counts = _check_articles(collection, connection, problems)
            check_indexes(collection, connection, problems)
    return VerifyReport(collection.name, counts[0], counts[1], CHECKS, tuple(problems))


def _check_database(connection: sa.Connection, problems: list[str]) -> None:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            problems.append(f"SQLite: {line}")
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        problems.append(f"SQLite: row {row[1]} of {row[0]} refers to nothing in {row[2]}")
    live, stored = sa.select(passages.c.seq), sa.select(vectors.c.seq)
    for query, problem in (
        (live.where(passages.c.seq.in_(sa.select(tombstones.c.seq))), "passage {}: was deleted and is still there"),
        (stored.where(vectors.c.seq.not_in(live)), "vector {}: belongs to no passage"),
        (sa.select(passages.c.passage_id).where(passages.c.seq.not_in(stored)), "passage {}: has no vector"),
    ):
        problems += [problem.format(found) for found in connection.execute(query).scalars()]


def _check_articles(collection: Collection, connection: sa.Connection, problems: list[str]) -> tuple[int, int]:
    """Check all articles. Returns the numbers of articles and passages."""
    fingerprint = passage_total = article_total = 0
    for row in connection.execute(sa.select(articles).order_by(articles.c.number)).yield_per(100):
        article_total += 1
        article, name = article_of(row), f"article {row.article_id!r}"
        if hashlib.sha256(row.text.encode()).hexdigest() != row.article_sha256:
            problems.append(f"{name}: its text does not have the SHA-256 {row.article_sha256}")
        own = connection.execute(
            sa.select(passages).where(passages.c.article == row.number).order_by(passages.c.seq)
        ).all()
        passage_total += len(own)
        if len(own) != row.passages:
            problems.append(f"{name}: has {len(own)} passages instead of {row.passages}")
        fingerprint += article_digest(article, [(p.start, p.end) for p in own])
        for p in own:
            inside = 0 <= p.start < p.end <= len(row.text) and bool(row.text[p.start : p.end].strip())
            spans = unpack_sentences(p.sentences)[0]
            if not inside or any(not p.start <= s < e <= p.end for s, e in spans):
                problems.append(f"{name}: passage {p.passage_id} [{p.start}:{p.end}] does not lie in it")
            if "\0" in row.text:  # SQLite's own functions end a text there
                problems.append(f"{name}: its text holds a NUL, which no citation can be trusted across")
            if p.passage_id != passage_id_of(row.article_id, p.start, p.end):
                problems.append(f"{name}: passage {p.passage_id} does not have the id of its place")
    stored = collection.catalogue.state(connection).fingerprint
    if stored != fingerprint % FINGERPRINTS:
        problems.append(f"the fingerprint is {stored:064x}, the content's is {fingerprint % FINGERPRINTS:064x}")
    return article_total, passage_total
