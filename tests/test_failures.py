"""Why a question failed: what was lost, where its gold stands, and its rank at each stage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from builders import draft, fake_service

from qa_service.evaluation.run.evaluation_run import evaluate
from qa_service.evaluation.sets import open_questions
from qa_service.records import Question
from qa_service.service import Service
from qa_service.service.stage_ranks import stage_ranks

PLACES = 20
WELLS = "How many wells has the town of Place7?"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    index = tmp_path_factory.mktemp("index")
    with closing(fake_service(index, answerable_threshold=0.0, reader="none")) as opened:
        opened.ingest_drafts([draft(number) for number in range(1, PLACES + 1)])
        yield opened


def failure(service: Service, folder: Path, **gold: Any) -> dict[str, Any] | None:
    """Why the question about the wells of Place7 failed with this gold."""
    path = folder / "set.jsonl"
    path.write_text(json.dumps({"id": "q", "question": WELLS} | gold), encoding="utf-8")
    evaluate(service, open_questions(path), folder / "out", top_k=PLACES)
    record: dict[str, Any] = json.loads((folder / "out" / "per_question.jsonl").read_text(encoding="utf-8"))
    return record["failure"]  # type: ignore[no-any-return]


def test_a_right_answer_has_no_failure(service: Service, tmp_path: Path) -> None:
    assert failure(service, tmp_path, answers=["7 wells"]) is None


def test_a_passage_that_is_lost_has_its_rank_at_each_stage(service: Service, tmp_path: Path) -> None:
    lists = {name: service.ask(WELLS, retriever=name, top_k=PLACES).passages for name in ("dense", "lexical")}
    lists["returned"] = service.ask(WELLS, top_k=PLACES).passages
    last = lists["returned"][-1].passage
    found = failure(service, tmp_path, articles=[last.article_id])
    assert found is not None and found["lost"] == "passage"
    assert found["why"] == f"The passage was lost: the best one with the gold has rank {PLACES}."
    (gold,) = found["gold"]
    assert (gold["passage_id"], gold["article_id"], gold["marked"]) == (last.passage_id, last.article_id, False)
    places = {
        name: next((one.rank for one in passages if one.passage.passage_id == last.passage_id), None)
        for name, passages in lists.items()
    }
    assert {name: gold["ranks"][name] for name in places} == places
    assert set(gold["ranks"]) == {"dense", "lexical", "fused", "late_interaction", "returned"}
    # The fake embedder gives no late interaction that reorders beyond the depth: the last stage is what is returned.
    assert gold["ranks"]["late_interaction"] == PLACES


def test_a_sentence_that_is_lost(service: Service, tmp_path: Path) -> None:
    found = failure(service, tmp_path, answers=["Rain fell on day 7"])
    assert found is not None and found["lost"] == "sentence"
    best = found["gold"][0]
    assert (best["article_id"], best["sentence"]) == ("article-7", "Rain fell on day 7.")
    assert best["title"] == "News of Place7" and best["ranks"]["returned"] == 1
    assert found["why"].startswith("The sentence was lost: the passage was found (rank 1), but its gold was not marked")


def test_a_decision_that_is_wrong(service: Service, tmp_path: Path) -> None:
    unsure = service.settings.model_copy(update={"answerable_threshold": 1.0})
    with closing(Service.open(unsure)) as declining:
        found = failure(declining, tmp_path, answers=["7 wells"])
    assert found is not None and found["lost"] == "decision"
    assert found["why"] == "The passage was found (rank 1), but the question was declined."


def test_gold_that_is_nowhere(service: Service, tmp_path: Path) -> None:
    found = failure(service, tmp_path, answers=["Zanzibar"])
    assert found == {
        "lost": "collection",
        "why": "No passage with the gold was found among the first 100 of any stage.",
        "gold": [],
    }


def test_without_late_interaction_there_is_no_such_stage(service: Service) -> None:
    plain = service.settings.model_copy(update={"late_interaction": False})
    asked = {"hybrid": Question(WELLS), "lexical": Question(WELLS, retriever="lexical")}
    names = {
        name: list(stage_ranks(question, service.contents(), service.embedder, plain).orders)
        for name, question in asked.items()
    }
    assert names == {"hybrid": ["dense", "lexical", "fused"], "lexical": ["lexical"]}
