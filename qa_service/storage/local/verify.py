"""Reads a whole collection and checks laws 1 and 2 of its content and indexes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa

from qa_service.records import VerifyReport, passage_id_of
from qa_service.storage.local.collection import Collection
from qa_service.storage.local.counts import counted_names
from qa_service.storage.local.encodings import FILES, Block, damaged_blocks
from qa_service.storage.local.rows import article_of, unpack_sentences
from qa_service.storage.local.schema import articles, blocks, encodings, names, passages, tombstones
from qa_service.storage.local.verify_indexes import check_indexes
from qa_service.storage.writes import FINGERPRINTS, article_digest

__all__ = ["verify_collection"]

CHECKS = (
    "SQLite integrity and foreign keys",
    "every article's text has the SHA-256 that its citations carry, and its pages and tags are in order",
    "every passage lies in its article, has the id of its place, and its sentences lie in it",
    "every block of the encodings has the SHA-256 that the catalogue gives it",
    "every passage has a unit vector, and its tokens lie in it and in its sentences",
    "no deleted passage is left",
    "the fingerprint and the counts are those of the content",
    "indexes hold exactly the live passages, with the catalogue's vectors, terms and counts",
)


def verify_collection(collection: Collection) -> VerifyReport:
    """Check the collection. This holds the writer's lock, so the content does not change meanwhile."""
    problems: list[str] = []
    with collection.writing():
        collection.advance()
        with collection.catalogue.engine.begin() as connection:
            _check_database(connection, problems)
            _check_files(collection, connection, problems)
            counts = _check_articles(collection, connection, problems)
            check_indexes(collection, connection, problems)
    return VerifyReport(collection.name, counts[0], counts[1], CHECKS, tuple(problems))


def _check_database(connection: sa.Connection, problems: list[str]) -> None:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            problems.append(f"SQLite: {line}")
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        problems.append(f"SQLite: row {row[1]} of {row[0]} refers to nothing in {row[2]}")
    live, stored = sa.select(passages.c.seq), sa.select(encodings.c.seq)
    for query, problem in (
        (live.where(passages.c.seq.in_(sa.select(tombstones.c.seq))), "passage {}: was deleted and is still there"),
        (stored.where(encodings.c.seq.not_in(live)), "encoding {}: belongs to no passage"),
        (sa.select(passages.c.passage_id).where(passages.c.seq.not_in(stored)), "passage {}: has no encoding"),
    ):
        problems += [problem.format(found) for found in connection.execute(query).scalars()]


def _check_files(collection: Collection, connection: sa.Connection, problems: list[str]) -> None:
    """Check the blocks of the encodings' files: that they fill the files, and their checksums."""
    extent = collection.catalogue.state(connection).extent
    query = sa.select(blocks).order_by(blocks.c.file, blocks.c.begin)
    stored = [Block(row.file, row.begin, row.end, row.sha256) for row in connection.execute(query)]
    for file, size in zip(FILES, extent.sizes, strict=True):
        own = [block for block in stored if block.file == file]
        edges = [0, *(block.end for block in own)]
        if [block.begin for block in own] != edges[:-1] or edges[-1] != size:
            problems.append(f"{file}: its blocks do not fill its {size} bytes")
    problems += damaged_blocks(collection.catalogue.files / extent.name, stored)


def _check_articles(collection: Collection, connection: sa.Connection, problems: list[str]) -> tuple[int, int]:
    """Check all articles. Returns the numbers of articles and passages."""
    fingerprint = passage_total = article_total = 0
    found: Counter[tuple[str, str]] = Counter()
    for row in connection.execute(sa.select(articles).order_by(articles.c.number)).yield_per(100):
        article_total += 1
        article, title = article_of(row), f"article {row.article_id!r}"
        found.update(counted_names(article.meta))
        if hashlib.sha256(row.text.encode()).hexdigest() != row.article_sha256:
            problems.append(f"{title}: its text does not have the SHA-256 {row.article_sha256}")
        if not _ascending(article.pages, len(row.text)):
            problems.append(f"{title}: its pages do not lie in it, in ascending order")
        if list(article.meta.tags) != sorted(set(article.meta.tags)):
            problems.append(f"{title}: its tags are not sorted, or a tag stands twice")
        own = connection.execute(
            sa.select(passages).where(passages.c.article == row.number).order_by(passages.c.seq)
        ).all()
        passage_total += len(own)
        if len(own) != row.passages:
            problems.append(f"{title}: has {len(own)} passages instead of {row.passages}")
        fingerprint += article_digest(article, [(p.start, p.end) for p in own])
        for p in own:
            inside = 0 <= p.start < p.end <= len(row.text) and bool(row.text[p.start : p.end].strip())
            spans = unpack_sentences(p.sentences)[0]
            if not inside or any(not p.start <= s < e <= p.end for s, e in spans):
                problems.append(f"{title}: passage {p.passage_id} [{p.start}:{p.end}] does not lie in it")
            if "\0" in row.text:  # SQLite's own functions end a text there
                problems.append(f"{title}: its text holds a NUL character, so its citations cannot be trusted")
            if p.passage_id != passage_id_of(row.article_id, p.start, p.end):
                problems.append(f"{title}: passage {p.passage_id} does not have the id of its place")
    state = collection.catalogue.state(connection)
    if state.fingerprint != (expected := fingerprint % FINGERPRINTS):
        problems.append(f"the fingerprint is {state.fingerprint:064x}, the content's is {expected:064x}")
    if (state.articles, state.passages) != (article_total, passage_total):
        problems.append(f"the catalogue counts {state.articles} articles and {state.passages} passages")
    if {(row.kind, row.name): row.articles for row in connection.execute(sa.select(names))} != found:
        problems.append("the catalogue counts the articles of outlets, authors, languages, tags or fields wrongly")
    return article_total, passage_total


def _ascending(pages: Sequence[tuple[int, int]], length: int) -> bool:
    """Whether the offsets lie in the text, in order. Numbers may go back: a footnote stands behind its paragraph."""
    places = [0, *(offset for offset, _ in pages), length]
    return places == sorted(places) and all(number > 0 for _, number in pages)
