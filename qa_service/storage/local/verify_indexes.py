"""The part of `verify` that compares the derived indexes with the catalogue, passage by passage."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from qa_service.records import Passage
from qa_service.records.encodings import sentence_of_tokens
from qa_service.storage.feature_rows import FeatureRow
from qa_service.storage.local.base import Base, damaged_lexical_files
from qa_service.storage.local.collection import Collection
from qa_service.storage.local.encodings import Encodings, Place, Places
from qa_service.storage.local.indexes import Indexes
from qa_service.storage.local.lexical_index import TERM_FIELD
from qa_service.storage.local.segment import Segment
from qa_service.storage.local.token_format import place_bytes
from qa_service.storage.local.vector_index import check_vectors

__all__ = ["check_indexes"]

_ARRAYS = {"term_offsets", "terms", "frequencies", "tag_offsets", "tags", "vectors"}
_COLUMNS = tuple(f.name for f in fields(Segment) if f.name not in _ARRAYS)
"""The columns with one number for each passage."""


def check_indexes(collection: Collection, connection: sa.Connection, problems: list[str]) -> None:
    """Append each error to `problems`. The caller holds the writer's lock and has refreshed its indexes."""
    indexes = collection.indexes
    rows = np.concatenate([np.flatnonzero(indexes.base_live), indexes.base_size + np.arange(len(indexes.tail))])
    row_of = dict(zip(indexes.column("ids", rows).tolist(), rows.tolist(), strict=True))
    frequency: Counter[int] = Counter()
    length = 0
    for stored, place in collection.catalogue.rows(connection, 0, collection.analysis, indexes.files):
        row = row_of.pop(stored.key, None)
        if row is None:
            problems.append(f"passage {stored.passage.passage_id}: is in no index")
            continue
        expected = _check_passage(indexes, stored, place, row, problems)
        if expected is None:
            continue
        frequency.update(expected.terms.tolist())
        length += int(expected.length[0])
    problems += [f"passage with seq {seq}: is in an index and not in the catalogue" for seq in row_of]
    terms = np.array(sorted(frequency), np.int64)
    if indexes.document_frequency(terms).tolist() != [frequency[t] for t in terms.tolist()]:
        problems.append("the index counts terms in other numbers of passages than hold them")
    if indexes.total_length != length:
        problems.append(f"the index counts {indexes.total_length} terms, the passages have {length}")
    if indexes.base_size:
        _check_base(indexes.base, collection.folder / "bases" / indexes.base.name, problems)


def _check_passage(indexes: Indexes, stored: FeatureRow, place: Place, row: int, problems: list[str]) -> Segment | None:
    """Derive the passage's columns anew and compare. Returns them, or None if its vector is not a unit vector."""
    name = f"passage {stored.passage.passage_id}"
    if not abs(float(np.linalg.norm(stored.vector)) - 1) <= 1e-3:  # so NaN is found too
        problems.append(f"{name}: its vector is not a unit vector")
        return None
    expected = Segment.stored([(stored, place)], indexes.files)
    at = np.array([row])
    for column in _COLUMNS:
        if indexes.column(column, at)[0] != getattr(expected, column)[0]:
            problems.append(f"{name}: its {column} in the index is not the catalogue's")
    in_base = row < indexes.base_size
    segment, local = (indexes.base.segment, row) if in_base else (indexes.tail, row - indexes.base_size)
    own = slice(segment.term_offsets[local], segment.term_offsets[local + 1])
    same = (segment.terms[own].tolist(), segment.frequencies[own].tolist())
    if same != (expected.terms.tolist(), expected.frequencies.tolist()):
        problems.append(f"{name}: its terms in the index are not those of its text")
    tags = segment.tags[segment.tag_offsets[local] : segment.tag_offsets[local + 1]]
    if tags.tolist() != expected.tags.tolist():
        problems.append(f"{name}: its tags in the index are not those of its article")
    if not _tokens_fit(indexes.files, stored.passage, place):
        problems.append(f"{name}: its tokens do not lie in it and in its sentences")
    return expected


def _tokens_fit(files: Encodings, passage: Passage, place: Place) -> bool:
    """Whether the stored places of a passage's tokens are possible."""
    if place.at < 0 or len(files.record(place)) < place.tokens * (files.extent.width + place_bytes(place.wide)):
        return False
    places = Places(np.array([place.at]), np.array([place.tokens]), np.array([place.wide]))
    (spans,) = files.spans(places)
    sentence = files.tokens(places, np.array([1])).sentence
    starts = np.array([start - passage.start for start, _ in passage.sentences], np.int64)
    inside = not len(spans) or (spans.min() >= 0 and spans.max() <= passage.end - passage.start)
    return bool(inside and np.array_equal(sentence, sentence_of_tokens(spans, starts)))


def _check_base(base: Base, folder: Path, problems: list[str]) -> None:
    """Compare FAISS and Tantivy with the columns that they were derived from."""
    size = len(base.segment)
    if base.vectors.ntotal != size or base.lexical.num_docs != size:
        problems.append(f"the base has {size} passages, FAISS {base.vectors.ntotal}, Tantivy {base.lexical.num_docs}")
        return
    problems += check_vectors(base.vectors, base.segment.vectors)
    if damaged := damaged_lexical_files(folder):
        problems.append(f"Tantivy: {', '.join(damaged)} changed since the base was derived")
        return  # Tantivy may panic
    for term, count in zip(base.df_terms.tolist(), base.df_counts.tolist(), strict=True):
        if base.lexical.doc_freq(TERM_FIELD, f"{term:x}") != count:
            problems.append(f"Tantivy: term {term:x} is not in the {count} passages of the base that hold it")
    if base.total_length != int(base.segment.length.sum()):
        problems.append("the base's total length is not the sum of its passages'")
