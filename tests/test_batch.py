"""A batch gives for every question exactly what asking one by one gives."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from builders import draft, fake_service

from qa_service.embedding.fake import FakeEmbedder
from qa_service.errors import Conflict, NotReady
from qa_service.evaluation.run import batch
from qa_service.evaluation.run.batch import MANY, Asking, AskingPool, open_answering, workers_for
from qa_service.evaluation.run.unchanged_collection import UnchangedCollection
from qa_service.evaluation.sets.evaluation_question import Asked, EvaluationQuestion
from qa_service.jobs.pool import Worker
from qa_service.options.answer_body import answer_body
from qa_service.records import Answer, Filters, Question
from qa_service.service import Service
from qa_service.settings import Settings

FILTERS = [
    Filters(),
    Filters(outlet=("AFP",)),
    Filters(language=("fr",)),
    Filters(article_id=("article-3", "article-4", "article-8")),
    Filters(published_from=date(2025, 1, 10), published_to=date(2025, 1, 25)),
    Filters(author=("Ann Author",)),
    Filters(outlet=("nobody",)),
]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("index")
    drafts = [
        draft(
            number,
            outlet=["AFP", "Reuters", None][number % 3],
            author=["Ann Author", None][number % 2],
            language=["en", "fr"][number % 2],
            published=date(2025, 1, number),
        )
        for number in range(1, 31)
    ]
    with closing(fake_service(folder)) as service:
        service.ingest_drafts(drafts)
    return folder


@pytest.fixture
def service(index: Path) -> Iterator[Service]:
    with closing(fake_service(index)) as opened:
        yield opened


def questions(number: int) -> list[EvaluationQuestion]:
    """Half of them about what is there, with every kind of filter in turn."""
    return [
        EvaluationQuestion(
            f"q{n}",
            f"How many wells has Place{n % 31}?" if n % 2 else f"Who governs Atlantis in year {n}?",
            filters=FILTERS[n % len(FILTERS)],
        )
        for n in range(number)
    ]


def as_served(answer: Answer) -> bytes:
    body = answer_body(answer, base="", request_id="-", took_ms=0.0)
    return json.dumps(body, sort_keys=True).encode()


def test_how_a_question_is_asked() -> None:
    asked = EvaluationQuestion("q", "Who?", filters=FILTERS[1])
    wanted = Question(
        "Who?",
        top_k=7,
        collection="news",
        filters=FILTERS[1],
        retriever="dense",
        max_per_article=1,
        collapse_duplicates=False,
    )
    assert Asking("news", 7, "dense", 1).question(asked) == wanted
    assert Asking("news", 7).question(asked).collapse_duplicates


def ask_all(service: Service, asked: Sequence[EvaluationQuestion], asking: Asking, workers: int) -> Iterator[Asked]:
    with AskingPool(service, asking, workers_for(service, len(asked), workers)) as pool:
        yield from pool.ask_all(asked, UnchangedCollection(service, asking.collection))


def one_by_one(service: Service, asked: Sequence[EvaluationQuestion], asking: Asking) -> list[bytes]:
    return [as_served(service.ask(asking.question(question))) for question in asked]


@pytest.mark.parametrize("cap", [None, 1])
@pytest.mark.parametrize("retriever", ["hybrid", "dense", "lexical"])
def test_in_this_process_a_batch_answers_as_asking_does(service: Service, retriever: str, cap: int | None) -> None:
    asking = Asking(top_k=7, retriever=retriever, max_per_article=cap)
    found = list(ask_all(service, questions(35), asking, workers=1))
    assert [asked.question for asked in found] == questions(35)
    assert [as_served(asked.answer) for asked in found] == one_by_one(service, questions(35), asking)


@pytest.mark.slow
@pytest.mark.parametrize("retriever", ["hybrid", "dense", "lexical"])
def test_in_other_processes_a_batch_answers_as_asking_does(
    service: Service, retriever: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking, told = Asking(top_k=7, retriever=retriever, max_per_article=1 if retriever == "hybrid" else None), []
    receive = Worker.receive
    monkeypatch.setattr(Worker, "receive", lambda self: told.append(one := receive(self)) or one)
    wait_for_workers(monkeypatch)
    found = list(ask_all(service, questions(140), asking, workers=3))
    assert [asked.question for asked in found] == questions(140)
    assert [as_served(asked.answer) for asked in found] == one_by_one(service, questions(140), asking)
    assert len(told) > 20  # this process does not leave them idle
    assert all(asked.answer.collection == service.status() for asked in found)


def wait_for_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it this process would have asked everything before they are there."""
    ready = Worker.ready

    def wait(self: Worker[Any, Any]) -> bool:
        if not self._ready:
            self.connection.poll(30)
        return ready(self)

    monkeypatch.setattr(Worker, "ready", wait)


def test_questions_are_taken_in_as_they_are_needed(service: Service) -> None:
    taken = 0

    def endless() -> Iterator[EvaluationQuestion]:
        nonlocal taken
        while True:
            taken += 1
            yield EvaluationQuestion(str(taken), "How many wells has Place3?")

    with AskingPool(service, Asking()) as asking:
        answers = asking.ask_all(endless(), UnchangedCollection(service, "default"))
        for number in range(1, 40):
            assert next(answers).question.id == str(number)
            assert taken <= number + 1


def test_few_questions_and_services_made_of_parts_are_asked_here(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "cores", lambda: 4)
    with closing(fake_service(index)) as service:
        assert workers_for(service, MANY) == 4
        assert workers_for(service, MANY - 1) == 1
        assert workers_for(service, 1, workers=2) == 2
    with closing(Service.open(Settings(index=index, model="fake"), FakeEmbedder())) as given:
        assert workers_for(given, MANY, workers=2) == 1


def test_a_commit_by_another_process_ends_the_batch(tmp_path: Path) -> None:
    with closing(fake_service(tmp_path)) as service, closing(fake_service(tmp_path)) as other:
        service.add_article(draft(1))
        answers = iter(ask_all(service, questions(10), Asking(), workers=1))
        next(answers)
        other.add_article(draft(2))
        with pytest.raises(Conflict, match=r"was at generation 1, now it is at 2.*--restart"):
            list(answers)


@pytest.mark.slow
def test_a_worker_that_dies_is_an_error_that_says_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    wait_for_workers(monkeypatch)
    with AskingPool(service, Asking(), 2) as asking:
        answers = asking.ask_all(questions(200), UnchangedCollection(service, "default"))
        next(answers)
        asking.workers[0].process.kill()  # as a machine that runs out of memory does
        with pytest.raises(NotReady, match="exit code -9"):
            list(answers)


@pytest.mark.slow
def test_what_a_worker_cannot_open_is_said_here(index: Path) -> None:
    settings = Settings(index=index, model="/no/such/model")
    worker = Worker(open_answering, (settings, "default"), "answering questions")
    try:
        worker.connection.poll(60)
        with pytest.raises(Exception, match="no model '/no/such/model'"):
            worker.ready()
    finally:
        worker.close()
