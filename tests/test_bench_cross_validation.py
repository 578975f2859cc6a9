"""`benchmarks.cross_validation`: what is chosen, by hand, and that its first combination is the one that is served."""

from __future__ import annotations

from benchmarks.cross_validation import BEGIN, END, GRID, SEED_CUTTINGS, leave_one_out, served, table
from benchmarks.retrieval_tables import insert
from benchmarks.variants import PAGE
from qa_service.settings import Settings

SCORES = {
    "one": {"a": [0.5, 0.7], "b": [0.9, 0.9]},  # .6 and .9
    "two": {"a": [0.8, 0.8], "b": [0.6, 0.8]},  # .8 and .7
    "three": {"a": [0.5, 0.5], "b": [0.5, 0.7]},  # .5 and .6
}


def test_each_set_gets_what_is_best_on_the_others() -> None:
    # Without one: (.8 + .5) / 2 = .65 as (.7 + .6) / 2, the first of equals; without two b, .75 to .55; without
    # three b, .8 to .7.
    assert leave_one_out(SCORES) == {"one": "a", "two": "b", "three": "b"}


def test_the_table_shows_what_it_gives_on_the_set_left_out() -> None:
    lines = table(SCORES, "0123456789abcdef").splitlines()
    assert lines[2] == "| one (2) | a | 0.6000 | 0.6000 | +0.0000 (+0.0000 to +0.0000) | b: 0.9000 |"
    assert lines[3].startswith("| two (2) | b | 0.8000 | 0.7000 | -0.1000 (")
    # (.6 + .8 + .5) / 3 and (.9 + .7 + .6) / 3
    assert lines[6] == "Means over all sets: b 0.7333, a 0.6333; as served (a) 0.6333, number 2 of 2."
    assert lines[-1] == "Code (SHA-256): `0123456789ab`."


def test_the_first_combination_is_served() -> None:
    assert GRID[0].name == served(Settings())
    assert len({change.name for change in GRID}) == 36
    assert len(SEED_CUTTINGS) == 9


def test_the_page_has_the_place_for_the_table() -> None:
    assert "xyz" in insert(PAGE.read_text(encoding="utf-8"), "xyz", BEGIN, END)
