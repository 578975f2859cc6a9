"""Checks every promise of laws 1 and 2 over a collection, by reading all of it."""

from __future__ import annotations

import hashlib

import numpy as np
import sqlalchemy as sa

from qa_service.records import VerifyReport, passage_id_of
from qa_service.storage.base import TERM_FIELD, Base
from qa_service.storage.catalogue import Origin
from qa_service.storage.changes import article_digest
from qa_service.storage.collection import Collection
from qa_service.storage.rows import StoredPassage, article_of, unpack_sentences
from qa_service.storage.schema import articles, passages, tombstones, vectors

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
    """Holds the writer's lock, so that nothing moves meanwhile."""
    problems: list[str] = []
    with collection.writing():
        collection.refresh()
        with collection.catalogue.engine.begin() as connection:
            _check_database(connection, problems)
            counts = _check_articles(collection, connection, problems)
            _check_indexes(collection, connection, problems)
    return VerifyReport(collection.name, counts[0], counts[1], CHECKS, tuple(problems))


def _check_database(connection: sa.Connection, problems: list[str]) -> None:
    for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if line != "ok":
            problems.append(f"SQLite: {line}")
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        problems.append(f"SQLite: row {row[1]} of {row[0]} refers to nothing in {row[2]}")
    left = connection.execute(
        sa.select(passages.c.seq).where(passages.c.seq.in_(sa.select(tombstones.c.seq)))
    ).scalars()
    problems += [f"passage {seq}: was deleted and is still there" for seq in left]
    orphans = connection.execute(
        sa.select(vectors.c.seq).where(vectors.c.seq.not_in(sa.select(passages.c.seq)))
    ).scalars()
    problems += [f"vector {seq}: belongs to no passage" for seq in orphans]


def _check_articles(collection: Collection, connection: sa.Connection, problems: list[str]) -> tuple[int, int]:
    """-> how many articles and passages there are."""
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
            if p.passage_id != passage_id_of(row.article_id, p.start, p.end):
                problems.append(f"{name}: passage {p.passage_id} does not have the id of its place")
    stored = collection.catalogue.state(connection).fingerprint
    if stored != fingerprint % 2**256:
        problems.append(f"the fingerprint is {stored:064x}, the content's is {fingerprint % 2**256:064x}")
    return article_total, passage_total


def _check_indexes(collection: Collection, connection: sa.Connection, problems: list[str]) -> None:
    snapshot, origin = collection.snapshot, collection.catalogue.origin()
    live = np.concatenate([snapshot.base.segment.seq[snapshot.base_live], snapshot.tail.seq])
    row_of = {
        int(seq): i
        for i, seq in zip(snapshot.rows((snapshot.base_live, np.ones(len(snapshot.tail), bool))), live, strict=True)
    }
    frequency: dict[int, int] = {}
    for stored in collection.catalogue.stored_passages(connection, after=0):
        row = row_of.pop(stored.seq, None)
        if row is None:
            problems.append(f"passage {stored.passage.passage_id}: is in no index")
            continue
        _check_vectors(collection, stored, origin, row, problems)
        segment, local = (
            (snapshot.base.segment, row) if row < snapshot.base_size else (snapshot.tail, row - snapshot.base_size)
        )
        begin, end = segment.term_offsets[local], segment.term_offsets[local + 1]
        held = dict(zip(segment.terms[begin:end].tolist(), segment.frequencies[begin:end].tolist(), strict=True))
        if held != collection.terms_of(stored):
            problems.append(f"passage {stored.passage.passage_id}: its terms in the index are not those of its text")
        for term in held:
            frequency[term] = frequency.get(term, 0) + 1
    problems += [f"passage with seq {seq}: is in an index and not in the catalogue" for seq in row_of]
    terms = np.array(sorted(frequency), np.int64)
    counted = np.array([frequency[t] for t in terms.tolist()], np.int64)
    if not np.array_equal(snapshot.document_frequency(terms), counted):
        problems.append("the index counts terms in other numbers of passages than hold them")
    if snapshot.base_size:
        _check_base(snapshot.base, problems)


def _check_base(base: Base, problems: list[str]) -> None:
    """FAISS and Tantivy against the columns that they were derived from."""
    size = len(base.segment)
    if base.vectors.ntotal != size or base.lexical.num_docs != size:
        problems.append(f"the base has {size} passages, FAISS {base.vectors.ntotal}, Tantivy {base.lexical.num_docs}")
        return
    for begin in range(0, size, 10_000):
        exact = base.segment.vectors[begin : begin + 10_000]
        if np.abs(base.vectors.reconstruct_n(begin, len(exact)) - exact).max() > 2.0**-11:
            problems.append(f"FAISS: vectors {begin} to {begin + len(exact)} are not those of the base")
    for term, count in zip(base.df_terms.tolist(), base.df_counts.tolist(), strict=True):
        if base.lexical.doc_freq(TERM_FIELD, f"{term:x}") != count:
            problems.append(f"Tantivy: term {term:x} is not in the {count} passages of the base that hold it")


def _check_vectors(
    collection: Collection, stored: StoredPassage, origin: Origin, row: int, problems: list[str]
) -> None:
    name = f"passage {stored.passage.passage_id}"
    if stored.vector.shape != (origin.dimension,) or abs(float(np.linalg.norm(stored.vector)) - 1) > 1e-3:
        problems.append(f"{name}: its vector is not a unit vector of {origin.dimension} dimensions")
    elif not np.array_equal(collection.snapshot.column("vectors", np.array([row]))[0], stored.vector):
        problems.append(f"{name}: its vector in the index is not the catalogue's")
    signs = collection.catalogue.token_signs([stored.seq]).get(stored.seq)
    length = stored.passage.end - stored.passage.start
    if signs is None or (len(signs.spans) and (signs.spans.min() < 0 or signs.spans.max() > length)):
        problems.append(f"{name}: its token vectors are missing or do not lie in it")
