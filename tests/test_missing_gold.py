"""What figures leave out is said before anything is asked: gold of another kind, gold and filters that are nowhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from builders import draft, fake_service

from qa_service.cli.app import main
from qa_service.evaluation.grade import missing_gold
from qa_service.evaluation.grade.missing_gold import notes_on
from qa_service.evaluation.run.evaluation_run import evaluate
from qa_service.evaluation.sets import QuestionSet, open_questions
from qa_service.service import Service


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with closing(fake_service(tmp_path_factory.mktemp("index"))) as opened:
        opened.ingest_drafts([draft(number, outlet="AFP") for number in range(1, 6)])
        opened.delete_article("article-5")
        yield opened


def opened(folder: Path, *lines: dict[str, Any]) -> QuestionSet:
    path = folder / "set.jsonl"
    made = [{"id": f"q{n}", "question": f"Who rules Place{n}?"} | line for n, line in enumerate(lines, 1)]
    path.write_text("".join(json.dumps(line) + "\n" for line in made), encoding="utf-8")
    return open_questions(path)


def test_gold_articles_that_are_not_there(service: Service, tmp_path: Path) -> None:
    questions = opened(
        tmp_path,
        {"articles": ["article-1"]},
        {"articles": {"article-2": 1, "gone": 1}},
        {"articles": {"article-3": 1, "judged and not relevant": 0}},
        *[{"articles": ["article-5"]}] * 3,
    )
    assert notes_on(service, "default", questions, "article") == [
        "There are 4 questions with gold articles that collection 'default' does not hold: "
        f"{tmp_path}/set.jsonl, line 2 ('gone'), line 4 ('article-5'), line 5 ('article-5'), and 1 more; what is not "
        "there counts as not found."
    ]
    assert notes_on(service, "default", questions, "answer")[1:] == []


def test_gold_answers_without_a_word(service: Service, tmp_path: Path) -> None:
    questions = opened(tmp_path, {"answers": ["The …", "Ann"]}, {"answers": ["Ann"]}, {"answers": ["Ann", "."]})
    assert notes_on(service, "default", questions, "answer") == [
        f"There are 2 questions with a gold answer that has no word: {tmp_path}/set.jsonl, line 1 ('The …'), line 3 "
        "('.'); only their other answers are looked for."
    ]


def test_gold_passages_that_are_not_there(service: Service, tmp_path: Path) -> None:
    (passage,) = service.contents().passages_of("article-1")
    odd = ["0" * 16, "not hex", passage.passage_id.upper() if passage.passage_id.upper() != passage.passage_id else "x"]
    questions = opened(tmp_path, {"passages": [passage.passage_id]}, *({"passages": [one]} for one in odd))
    (note,) = notes_on(service, "default", questions, "passage")
    assert note.startswith("There are 3 questions with gold passages that collection 'default' does not hold: ")
    assert "line 2 ('0000000000000000'), line 3 ('not hex'), line 4" in note


def test_filters_that_nothing_passes(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    some = {"articles": ["article-1"]}
    questions = opened(
        tmp_path,
        some | {"filters": {"outlet": ["AFP"]}},
        some | {"filters": {"outlet": ["AFPP", "X"], "published_from": "2025-01-01"}},
        some | {"filters": {"language": ["fr"]}},
    )
    assert notes_on(service, "default", questions, "article") == [
        f"There are 2 questions with filters that nothing in collection 'default' passes: {tmp_path}/set.jsonl, line 2 "
        "(outlet 'AFPP' or 'X', published_from 2025-01-01), line 3 (language 'fr')."
    ]
    monkeypatch.setattr(missing_gold, "MOST_FILTERS", 2)
    assert "There is 1 question with filters" in " ".join(notes_on(service, "default", questions, "article"))


def test_questions_of_a_lot_do_not_stand_for_each_other(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing_gold, "TOGETHER", 2)
    monkeypatch.setattr(missing_gold, "IDS_AT_ONCE", 1)
    questions = opened(tmp_path, *({"articles": [f"article-{n}", f"gone-{n % 2}"]} for n in range(1, 5)))
    (note,) = notes_on(service, "default", questions, "article")
    assert note.startswith("There are 4 questions with")


def test_mixed_gold_is_measured_by_what_most_have_and_the_rest_is_said(service: Service, tmp_path: Path) -> None:
    evidence = [{"article_id": "article-1", "start": 0, "end": 5}]
    questions = opened(tmp_path, {"evidence": evidence}, *[{"articles": ["article-2"]}] * 4, {"answerable": False})
    heard: list[str] = []
    summary = evaluate(service, questions, tmp_path / "out", tell=heard.append)
    assert (summary["relevance"], summary["questions"], summary["with_gold"]) == ("article", 6, 4)
    note = (
        "Not measured, as they have gold but none by article: 1 of 6 questions; relevance `evidence` would measure 1 "
        "of them."
    )
    assert summary["notes"] == heard == [note]
    assert note in (tmp_path / "out" / "report.html").read_text()
    assert (
        "4 of them with gold for relevance by <strong>article</strong>"
        in (tmp_path / "out" / "report.html").read_text()
    )


def test_it_is_said_on_the_terminal(
    service: Service, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    questions = opened(tmp_path, {"articles": ["gone"]}, {"articles": ["article-1"]}, {"answers": ["Mayor3"]})
    where = ["--index", str(service.settings.index), "--out", str(tmp_path / "out")]
    assert main(["evaluate", str(questions.path), *where]) == 0
    printed = capsys.readouterr()
    assert "NOTE: There is 1 question with gold articles" in printed.err
    assert "set on collection default: 3 questions, 2 with gold by article" in printed.out
    assert "NOTE: Not measured, as they have gold but none by article: 1 of 3" in printed.out
