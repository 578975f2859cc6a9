"""Tests of a snapshot that is older than a later write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from qa_service.errors import ArticleNotFound
from qa_service.storage.conformance.articles import DIMENSION, FILTERS, FIRST_DAY, all_ids, encoded_article
from qa_service.storage.conformance.fixtures import EngineFixtures
from qa_service.storage.features import hash_terms
from qa_service.storage.port import Candidates, Ids, PassageGone, Snapshot, Store

__all__ = ["OldSnapshotTests"]

DAYS = [FIRST_DAY + timedelta(days=n) for n in (5, 7, 30, 77)]
CHANGED = ["article/3", "article/5", "article/7", "article/20", "article/77"]
"""3 and 7 are deleted, 5 and 20 are replaced, 77 is added."""


class OldSnapshotTests(EngineFixtures):
    """A later write changes an old snapshot only as the port allows."""

    def test_an_old_snapshot_stays_as_it_is(self, writable: Store) -> None:
        old = writable.snapshot()
        ids = all_ids(old)
        before, together, read = fixed(old, ids), of_passages(old, ids), newest(old)
        alone = [of_passages(old, [one]) for one in ids]
        change(writable)
        now = writable.snapshot()
        kept = np.isin(ids, all_ids(now))
        latest, read_now = fixed(now, all_ids(now)), newest(now)
        for name, result in before.items():
            assert latest[name] != result, f"the write does not change {name}, so this test does not show it"
        tried = [*np.flatnonzero(~kept).tolist(), *np.flatnonzero(kept)[:8].tolist()]
        for _ in ("written", "settled"):
            assert fixed(old, ids) == before
            for name, value in of_passages(old, ids).items():
                assert value is PassageGone or value == together[name], name
            assert PassageGone not in of_passages(old, ids[kept]).values()
            for at in tried:
                for name, value in of_passages(old, ids[[at]]).items():
                    assert value == alone[at][name] or (value is PassageGone and not kept[at]), name
            for name, value in newest(old).items():
                assert value in (read[name], read_now[name]), name
            self.settle(writable)


def change(store: Store) -> None:
    """Delete, replace and add articles."""
    added = [encoded_article(5, 1), encoded_article(20, 2), encoded_article(77)]
    store.write(added, ["article/3", "article/5", "article/7", "article/20"])


def fixed(snapshot: Snapshot, ids: Ids) -> dict[str, Any]:
    """The results that a later write never changes, by method."""
    terms, vector = hash_terms(["wb2", "wc3", "afp"]), np.full(DIMENSION, 0.25, np.float32)
    statistics = snapshot.statistics(terms)
    return {
        "info": snapshot.info,
        "generation": snapshot.generation,
        "statistics": (statistics.passages, statistics.mean_length, statistics.document_frequency.tolist()),
        "nearest": [plain(snapshot.nearest(vector, 50, filters)) for filters in FILTERS],
        "matching": [plain(snapshot.matching(terms, 50, filters)) for filters in FILTERS],
        "count": [snapshot.count(filters) for filters in FILTERS],
        "published_within": [[snapshot.published_within([(day, day)], f) for day in DAYS] for f in FILTERS],
        "adjacent": [beside.tolist() for beside in snapshot.adjacent(ids)],
    }


def of_passages(snapshot: Snapshot, ids: npt.ArrayLike) -> dict[str, Any]:
    """The results by method; PassageGone where the method raised it."""
    keys = np.array(ids, np.int64)
    return {
        "features": gone_or(lambda: columns(snapshot.features(keys))),
        "vectors": gone_or(lambda: snapshot.vectors(keys).tolist()),
        "terms": gone_or(lambda: columns(snapshot.terms(keys))),
        "tokens": gone_or(lambda: columns(snapshot.tokens(keys))),
        "token_spans": gone_or(lambda: [spans.tolist() for spans in snapshot.token_spans(keys)]),
        "passages": gone_or(lambda: snapshot.passages(keys)),
    }


def newest(snapshot: Snapshot) -> dict[str, Any]:
    """The results that may come from the newest state, by call."""
    found: dict[str, Any] = {f"passages_of {one}": snapshot.passages_of(one) for one in CHANGED}
    for one in CHANGED:
        try:
            found[f"article {one}"] = snapshot.article(one)
        except ArticleNotFound:
            found[f"article {one}"] = None
    for filters in FILTERS:
        found[f"articles {filters}"] = snapshot.articles(40, "article/2", filters)
    return found


def gone_or(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except PassageGone:
        return PassageGone


def plain(found: Candidates) -> tuple[list[int], list[float]]:
    return found.ids.tolist(), found.scores.tolist()


def columns(record: Any) -> dict[str, Any]:
    """The fields of a record of arrays."""
    return {field.name: np.asarray(getattr(record, field.name)).tolist() for field in fields(record)}
