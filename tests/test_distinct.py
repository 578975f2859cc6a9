"""The head of a ranking without repetition."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from builders import NOTHING_DEAD, fake_service, indexes_of, info, row

from qa_service.ranking.distinct import distinct_head
from qa_service.ranking.term_bits import BUCKETS, TermBits
from qa_service.records import Answer, ArticleDraft, ArticleMeta, Question
from qa_service.storage.feature_rows import FeatureRow
from qa_service.storage.features import hash64, hash_terms
from qa_service.storage.local.catalogue import Catalogue
from qa_service.storage.local.indexes import Indexes, next_indexes
from qa_service.storage.local.segment import Segment
from qa_service.storage.local.snapshot import LocalSnapshot

NOTHING = np.empty(0, np.int64)


def _words(count: int) -> list[str]:
    """Words no two of which fall into one bucket."""
    found: dict[int, str] = {}
    number = 0
    while len(found) < count:
        found.setdefault(hash64(f"w{number}") % BUCKETS, f"w{number}")
        number += 1
    return list(found.values())


WORDS = _words(200)


def text(*spans: tuple[int, int]) -> str:
    return " ".join(word for first, last in spans for word in WORDS[first:last])


def head(folder: Path, rows: Sequence[FeatureRow], most: int = 50, asked: str = "") -> list[int]:
    ids = [r.key for r in rows]
    return of_indexes(folder, indexes_of(folder, rows), ids, hash_terms(asked.split()), most)


def of_indexes(
    folder: Path, indexes: Indexes, ids: Sequence[int], asked: npt.NDArray[np.int64] = NOTHING, most: int = 50
) -> list[int]:
    """Places of the distinct head of these passages."""
    snapshot = LocalSnapshot(indexes, Catalogue(folder / "not-read.sqlite3"))
    features = snapshot.features(np.array(ids, np.int64))
    at = features.positions(np.array(ids, np.int64))
    return distinct_head(snapshot, TermBits(snapshot), features, at, asked, most).tolist()


def test_what_another_article_repeats_is_left_out_but_not_what_an_article_repeats_itself(tmp_path: Path) -> None:
    rows = [
        row(1, text((0, 40)), article=1),
        row(2, text((0, 40)), article=1),
        row(3, text((0, 40), (60, 67)), article=2),  # 40 of 47 terms: .851
        row(4, text((0, 40), (60, 68)), article=3),  # 40 of 48: .833
        row(5, text((100, 140)), article=4),
    ]
    assert head(tmp_path, rows) == [0, 1, 3, 4]


def test_what_lacks_a_word_of_the_question_is_about_something_else(tmp_path: Path) -> None:
    rows = [
        row(1, text((0, 40)), article=1),
        row(2, text((0, 39), (50, 51)), article=2),
        row(3, text((0, 40), (50, 51)), article=3),
    ]
    assert head(tmp_path / "a", rows) == [0]
    assert head(tmp_path / "b", rows, asked=WORDS[39]) == [0, 1]
    # the third has a word of the question that the first has not, and the second lacks one that the third has
    assert head(tmp_path / "c", rows, asked=text((39, 40), (50, 51))) == [0, 1, 2]


def test_short_passages_repeat_one_that_is_no_longer_and_the_shortest_none(tmp_path: Path) -> None:
    rows = [
        row(1, text((0, 26)), article=1),
        row(2, text((0, 23)), article=2),  # 23 of the other's 26: .885
        row(3, text((0, 22)), article=3),  # 22 of 26: .846
        row(4, text((0, 24)), article=4),  # is not so short
        row(5, text((100, 116)), article=5),
        row(6, text((100, 116)), article=6),
        row(7, text((120, 135)), article=7),
        row(8, text((120, 135)), article=8),
    ]
    assert head(tmp_path, rows) == [0, 2, 4, 6, 7]


def test_an_article_may_be_cut_elsewhere(tmp_path: Path) -> None:
    rows = [
        row(1, text((0, 40)), article=1),
        row(2, text((40, 80)), article=1),
        row(3, text((20, 60)), article=2),  # half of it in each of the first two
        row(4, text((80, 120)), article=3),
        row(5, text((60, 100)), article=4),  # half in the second, and the rest in another article
        row(6, text((21, 61)), article=5),  # 19 of 40 in the first, 21 in the second
    ]
    indexes = indexes_of(tmp_path, rows)
    assert of_indexes(tmp_path, indexes, [1, 3, 6]) == [0, 2]
    assert of_indexes(tmp_path, indexes, [1, 2, 3, 6, 4, 5]) == [0, 1, 4, 5]


def test_passages_of_an_article_that_was_deleted_stand_beside_none(tmp_path: Path) -> None:
    # its number is given again, as SQLite does with the highest
    base = [row(1, text((100, 140)), article=1), row(2, text((40, 80)), article=2)]
    tail = [row(3, text((0, 40)), article=2), row(4, text((20, 60)), article=3)]
    indexes = next_indexes(indexes_of(tmp_path, base), info(4), np.array([2], np.int64), Segment.of(tail, dimension=2))
    assert of_indexes(tmp_path, indexes, [3, 4]) == [0, 1]
    assert of_indexes(tmp_path, next_indexes(indexes, info(5), NOTHING_DEAD, Segment.empty(2)), []) == []


@pytest.mark.parametrize("copies", [3, 40])
def test_the_head_is_filled_from_further_down(tmp_path: Path, copies: int) -> None:
    """Blocks of as many passages as the head has are looked through in turn."""
    rows = [row(n, text((0, 40)), article=n) for n in range(1, copies + 2)]
    rows += [row(n, text((n, n + 30)), article=n) for n in (60, 100, 140)]
    assert head(tmp_path / "two", rows, most=2) == [0, copies + 1]
    assert head(tmp_path / "more", rows, most=50) == [0, copies + 1, copies + 2, copies + 3]


REPORTS = [
    "The well at Kidal gives water again, the mayor said on Friday. It was dug in 2012 and had been dry for two years. "
    "Families fetch it with donkeys before dawn, and herders drink there in the evening with their animals.",
    "The mine at Loulo gives gold, says its owner. Many hundred work there below the ground, in three shifts a day. "
    "Trucks bring the ore to a mill near the river, where cyanide and heat take the metal out of crushed stone.",
    "The road to Gao is closed since a bridge fell into the flood. Nobody knows why its pillars broke so early. "
    "Drivers wait on both banks for a ferry, which takes six lorries at once and stops when wind blows hard.",
    "Pupils in Mopti sit their exams this week, a month late. Teachers had been on strike over unpaid salaries. "
    "The ministry promised money by autumn; unions called off further protest but keep their banners ready.",
]
ASKED = "Who said that the well at Kidal gives water?"


def _ask(index: Path, copies: int, **changes: object) -> Answer:
    service = fake_service(index)
    service.ingest_drafts(
        ArticleDraft(t, f"article-{n}", ArticleMeta(outlet=f"Outlet {n}")) for n, t in enumerate(REPORTS)
    )
    service.ingest_drafts(
        ArticleDraft(f"{REPORTS[0]} Reporting by Paper {n}.", f"copy-{n}", ArticleMeta(outlet=f"Paper {n}"))
        for n in range(copies)
    )
    answer = service.ask(Question(ASKED, **changes))  # type: ignore[arg-type]
    service.close()
    return answer


def test_outlets_that_print_the_answer_do_not_lower_confidence(tmp_path: Path) -> None:
    alone, printed = _ask(tmp_path / "0", 0), _ask(tmp_path / "8", 8)
    assert alone.passages[0].passage.article_id == "article-0"
    assert printed.collection.articles == 12
    # what is left is that words which many passages hold weigh less
    assert printed.confidence > alone.confidence - 0.05


def test_confidence_depends_on_nothing_that_shortens_the_list(tmp_path: Path) -> None:
    told = [
        _ask(tmp_path / "a", 8),
        _ask(tmp_path / "b", 8, top_k=1),
        _ask(tmp_path / "c", 8, collapse_duplicates=False),
    ]
    told.append(_ask(tmp_path / "d", 8, max_per_outlet=1, max_context_tokens=100))
    assert len({answer.confidence for answer in told}) == 1
