"""`benchmarks.seed_cuts`: its table by hand, and one cutting asked for real."""

from __future__ import annotations

import pytest

from benchmarks.retrieval_tables import insert
from benchmarks.seed_cuts import AS_SERVED, BEGIN, CUTTINGS, END, PAGE, Cutting, main, measure, table
from tests.seed_set import load


def test_the_table_has_means_over_cuttings() -> None:
    # Three questions, two cuttings: 2/3 and 1/3 right; each question's share of cuttings is 1, .5 and 0.
    # The change is right for 3 and 2 of them: differences of 0, .5 and .5.
    cuttings = [
        Cutting(256, 2, [True, True, False], {"served": [True, True, False], "other": [True, True, True]}),
        Cutting(250, 2, [True, False, False], {"served": [True, False, False], "other": [True, True, False]}),
    ]
    lines = table(cuttings, "0123456789abcdef").splitlines()
    assert lines[0] == "| most word pieces | overlap 2 |"
    assert lines[2:4] == ["| 256 | .667 |", "| 250 | .333 |"]
    assert lines[5].startswith("Mean .500, over questions ")
    assert lines[9] == "| served | .500 |"
    assert lines[10].startswith("| other | +.333 (")
    assert lines[-1] == "Code (SHA-256): `0123456789ab`."


def test_without_changes_there_is_one_table() -> None:
    assert "ranking" not in table([Cutting(256, 2, [True], {})], "0" * 64)


@pytest.mark.slow
def test_a_cutting_is_asked_through_the_service_and_the_ranker() -> None:
    questions = [one for one in load() if one.id in ("a001", "a003", "a040")]
    found = measure(questions, 256, 2, (AS_SERVED,))
    # a040 is not found first: "In which years did Malian officers overthrow the government?"
    assert found.service == [True, True, False]
    assert found.changed == {AS_SERVED.name: [True, True, False]}


def test_what_is_served_is_among_the_cuttings() -> None:
    assert (256, 2) in CUTTINGS
    assert len(set(CUTTINGS)) == 15


def test_the_page_has_the_place_for_the_table() -> None:
    assert "xyz" in insert(PAGE.read_text(encoding="utf-8"), "xyz", BEGIN, END)


def test_a_part_of_the_table_is_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--served", "--write"])
    assert stopped.value.code == 2
    assert "--write needs the changes" in capsys.readouterr().err
