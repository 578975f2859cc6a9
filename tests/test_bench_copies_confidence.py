"""The copies that `benchmarks.copies_confidence` makes, its table by hand, and that the page keeps its section."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.copies_confidence import Asked, copies_of, differing, table
from benchmarks.marked import section
from qa_service.records import Article, ArticleMeta

TEXT = "Twelve wells were dug in 1990. Nobody paid for them.\n\nThe mayor thanked 40 builders. Rain fell on everyone."


def _article(number: int) -> Article:
    return Article(
        f"a{number}",
        TEXT,
        ArticleMeta(
            title=f"Wells {number}", outlet="AFP", published=date(2025, 6, 1), language="en", source_sha256="0" * 64
        ),
    )


def test_each_lot_has_a_copy_of_each_article_under_its_own_outlet() -> None:
    plain = copies_of([_article(0), _article(1)], 2, edited=False)
    assert [[one.meta.title for one in lot] for lot in plain] == [["Wells 0", "Wells 1"]] * 2
    assert [{one.meta.outlet for one in lot} for lot in plain] == [{"Paper 0"}, {"Paper 1"}]
    assert plain[1][0].text == f"{TEXT}\n\nReporting by Paper 1."
    edited = copies_of([_article(0)], 4, edited=True)
    texts = [one.text for lot in edited for one in lot]
    assert texts[0] == f"{TEXT}\n\nReporting by Paper 0."
    assert (texts[1].startswith("PORT VALE, June 3 - ") and "1990" not in texts[1]) or "40" not in texts[1]
    assert len(texts[2]) > len(TEXT)  # sentences of its own
    assert texts[3] == f"{TEXT}\n\nReporting by Paper 3."
    assert len({one.article_id for lot in edited for one in lot}) == 4


def test_the_table_has_means_and_shares() -> None:
    counted = [
        Asked(0, [(0.5, True), (0.75, True)], [(0.25, False)]),
        Asked(1, [(0.5, True), (0.0, False)], [(0.5, True)]),
    ]
    lines = table(counted, counted[:1] * 2).splitlines()
    assert lines[2] == "| copies counted, answered without copies: mean confidence | 0.625 | 0.250 |"
    assert lines[3] == "| copies counted, answered without copies: share answered | 1.000 | 0.500 |"
    assert lines[5] == "| copies counted, that nothing answers: share answered | 0.000 | 1.000 |"
    assert lines[6] == "| as it is, answered without copies: mean confidence | 0.625 | 0.625 |"


def test_questions_that_differ_are_counted() -> None:
    assert differing("seeds", [[0.5, 0.5], [0.5, 0.25], [0.5, 0.625]]) == "| seeds | 3 | 2 | 0.250 |"
    assert differing("seeds", [[0.5, 0.5]]) == "| seeds | 1 | 0 | 0.000 |"


@pytest.mark.parametrize(("page", "kept"), [("# A\n\n## B\ntext\n", "\n## B\ntext\n"), ("# A\n\n## Bees\n", "")])
def test_a_section_goes_to_the_end_of_its_page(page: str, kept: str) -> None:
    assert section(page, "## B") == kept
