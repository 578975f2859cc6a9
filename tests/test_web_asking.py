"""`/v1/ask` over HTTP, against the stand-in."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_fixtures import ARTICLE, StandInService

from qa_service.records import Answer, Disagreement, Evidence, Filters, Perspective, Question, Statement
from qa_service.settings import Settings
from qa_service.web import create_app


@pytest.fixture(scope="module")
def served() -> tuple[StandInService, Flask]:
    service = StandInService()
    return service, create_app(service)


@pytest.fixture
def service(served: tuple[StandInService, Flask]) -> StandInService:
    """As new in each test; the application around it is made once."""
    service, _ = served
    vars(service).update(vars(StandInService()))
    return service


@pytest.fixture
def client(served: tuple[StandInService, Flask], service: StandInService) -> FlaskClient:
    return served[1].test_client()


def test_an_answer_has_the_fields_of_the_contract_and_no_others(client: FlaskClient) -> None:
    response = client.post("/v1/ask", json={"question": "What does a quokka weigh?"})
    body = response.get_json()
    request_id, took_ms = body.pop("request_id"), body.pop("took_ms")
    assert response.status_code == 200
    assert response.headers["X-Request-ID"] == request_id
    assert isinstance(took_ms, float)
    assert took_ms > 0
    assert body == {
        "question": "What does a quokka weigh?",
        "answerable": True,
        "confidence": 0.91,
        "answer": {
            "text": "The quokka weighs 4.2 kilograms. [1]",
            "annotations": [{"start_index": 0, "end_index": 32, "citation": 1}],
            "span": None,
            "note": None,
        },
        "passages": [
            {
                "rank": 1,
                "passage_id": "0123456789abcdef",
                "score": 0.93,
                "scores": {"dense": 0.61, "lexical": 14.2},
                "text": "Zoë’s café — a test. The quokka weighs 4.2 kilograms. <script>alert(1)</script>",
                "token_count": 24,
                "evidence": [
                    {
                        "start_char_index": 23,
                        "end_char_index": 55,
                        "text": "The quokka weighs 4.2 kilograms.",
                        "around": [23, 55],
                        "page": None,
                    }
                ],
                "citation": {
                    "number": 1,
                    "article_id": "news/2024/quokka.txt",
                    "label": "Quokka weights",
                    "title": "Quokka weights",
                    "outlet": "AFP",
                    "author": None,
                    "published": "2024-02-29",
                    "updated": None,
                    "language": "en",
                    "tags": [],
                    "url": None,
                    "source": "quokka.txt",
                    "start_char_index": 2,
                    "end_char_index": 81,
                    "page": None,
                    "article_sha256": ARTICLE.sha256,
                    "source_sha256": "ab" * 32,
                },
                "page_url": "http://localhost/?article=news%2F2024%2Fquokka.txt&start=2&end=81&e=23-55&h="
                + ARTICLE.sha256,
                "also_in": [],
            }
        ],
        "perspectives": [],
        "disagreements": [],
        "interpretation": {"sources": [], "dates": [], "abbreviation": None, "parts": [], "searched": None},
        "collection": {"name": "default", "generation": 3, "fingerprint": "f1", "exact": True},
    }


def test_a_declined_question_has_passages_and_no_answer(client: FlaskClient) -> None:
    body = client.post("/v1/ask", json={"question": "How do I reset my router?"}).get_json()
    assert (body["answerable"], body["answer"], body["confidence"], len(body["passages"])) == (False, None, 0.04, 1)


def test_who_says_what_goes_out_with_its_places(
    service: StandInService, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = service.ask(Question("What does a quokka weigh?"))
    said = Evidence(10, 36, "The quokka weighs 4.2 kilo")
    sides = [Statement("AFP", "a", 1, 28, 36, "4.2 kilo", said), Statement(None, "b", 2, 5, 7, "9", said)]
    perspectives = (Perspective("AFP", "a", 1, said), Perspective("RT", "b", 2, said))
    told = replace(answer, perspectives=perspectives, disagreements=(Disagreement("number", *sides),))
    monkeypatch.setattr(service, "ask", lambda question: told)
    body = client.post("/v1/ask", json={"question": "What does a quokka weigh?"}).get_json()
    sentence = {"start_char_index": 10, "end_char_index": 36, "text": "The quokka weighs 4.2 kilo"}
    assert body["perspectives"] == [
        {"outlet": "AFP", "article_id": "a", "citation": 1, "evidence": sentence},
        {"outlet": "RT", "article_id": "b", "citation": 2, "evidence": sentence},
    ]
    (found,) = body["disagreements"]
    assert found["kind"] == "number"
    assert found["a"] == {
        "outlet": "AFP",
        "article_id": "a",
        "citation": 1,
        "start_char_index": 28,
        "end_char_index": 36,
        "text": "4.2 kilo",
        "sentence": sentence,
    }
    assert found["b"]["text"] == "9"


def test_text_goes_out_as_utf8_and_in_one_order(client: FlaskClient) -> None:
    first = client.post("/v1/ask", json={"question": "quokka"})
    assert "Zoë’s café".encode() in first.data
    keys = list(first.get_json())
    assert keys == [
        "question", "answerable", "confidence", "answer", "passages", "perspectives", "disagreements", "interpretation",
        "collection", "request_id", "took_ms",
    ]  # fmt: skip


FULL = Question(
    "quokka",
    top_k=7,
    collection="default",
    filters=Filters(
        outlet=("AFP", "DW"),
        language=("en", "fr"),
        article_id=("a/b",),
        published_from=date(2025, 6, 1),
        published_to=date(2025, 6, 1),
    ),
    retriever="dense",
    max_per_article=2,
    max_per_outlet=3,
    max_context_tokens=3000,
    interpret=False,
    collapse_duplicates=False,
    diversity=0.25,
    matches=True,
)


def test_every_field_of_a_body_reaches_the_service(client: FlaskClient, service: StandInService) -> None:
    body = {
        "question": "quokka",
        "top_k": 7,
        "collection": "default",
        "filters": {
            "outlet": ["AFP", "DW"],
            "language": ["EN", "fr"],
            "article_id": ["a/b"],
            "published_from": "2025-06-01",
            "published_to": "2025-06-01",
        },
        "retriever": "dense",
        "max_per_article": 2,
        "max_per_outlet": 3,
        "max_context_tokens": 3000,
        "interpret": False,
        "collapse_duplicates": False,
        "diversity": 0.25,
        "matches": True,
    }
    assert client.post("/v1/ask", json=body).status_code == 200
    assert service.questions == [FULL]


def test_get_asks_the_same_question(client: FlaskClient, service: StandInService) -> None:
    address = (
        "/v1/ask?question=quokka&top_k=7&collection=default&outlet=AFP&outlet=DW&language=en&language=fr&article_id=a%2Fb"
        "&published_from=2025-06-01&published_to=2025-06-01&retriever=dense&max_per_article=2&max_per_outlet=3"
        "&max_context_tokens=3000&interpret=false&collapse_duplicates=false&diversity=.25&matches=true"
    )
    assert client.get(address).status_code == 200
    assert service.questions == [FULL]


def test_only_the_question_is_required(client: FlaskClient, service: StandInService) -> None:
    client.post("/v1/ask", json={"question": "quokka"})
    client.get("/v1/ask?question=quokka")
    client.post("/v1/ask", json={"question": "quokka", "max_per_article": None, "filters": {"published_from": None}})
    assert service.questions == [Question("quokka")] * 3


@pytest.mark.parametrize("question", ["a" * 2000, "🤯" * 2000, "\u0000", "𝕬 🤯 \u202e ‏العربية", "+" * 300, "' OR 1 --"])
def test_odd_questions_arrive_as_they_are(client: FlaskClient, service: StandInService, question: str) -> None:
    assert client.post("/v1/ask", json={"question": question}).get_json()["question"] == question
    assert client.get("/v1/ask", query_string={"question": question}).get_json()["question"] == question
    assert [q.question for q in service.questions] == [question, question]


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "question"),
        ({"question": ""}, "question"),
        ({"question": " \n\t\u2003 "}, "question"),
        ({"question": 7}, "question"),
        ({"question": None}, "question"),
        ({"question": ["a"]}, "question"),
        ({"question": "a" * 2001}, "question"),
        ({"question": "a", "top_k": 0}, "top_k"),
        ({"question": "a", "top_k": -1}, "top_k"),
        ({"question": "a", "top_k": 101}, "top_k"),
        ({"question": "a", "top_k": 10**12}, "top_k"),
        ({"question": "a", "top_k": 10**4000}, "top_k"),
        ({"question": "a", "top_k": "many"}, "top_k"),
        ({"question": "a", "top_k": "5"}, "top_k"),
        ({"question": "a", "top_k": 2.5}, "top_k"),
        ({"question": "a", "top_k": 2.0}, "top_k"),
        ({"question": "a", "top_k": True}, "top_k"),
        ({"question": "a", "top_k": None}, "top_k"),
        ({"question": "a", "retriever": "magic"}, "retriever"),
        ({"question": "a", "max_per_article": 0}, "max_per_article"),
        ({"question": "a", "max_per_outlet": 0}, "max_per_outlet"),
        ({"question": "a", "max_context_tokens": 0}, "max_context_tokens"),
        ({"question": "a", "collection": ""}, "collection"),
        ({"question": "a", "filters": []}, "filters"),
        ({"question": "a", "filters": {"outlet": "AFP"}}, "filters.outlet"),
        ({"question": "a", "filters": {"outlet": [1]}}, "filters.outlet.0"),
        ({"question": "a", "filters": {"language": ["english"]}}, "filters.language.0"),
        ({"question": "a", "filters": {"published_from": "yesterday-ish"}}, "filters.published_from"),
        ({"question": "a", "filters": {"published_from": "2025-02-29"}}, "filters.published_from"),
        ({"question": "a", "filters": {"published_from": 20250101}}, "filters.published_from"),
        ({"question": "a", "filters": {"published_from": "20250101"}}, "filters.published_from"),
        (
            {"question": "a", "filters": {"published_from": "2025-12-31", "published_to": "2025-01-01"}},
            "filters.published_to",
        ),
        ({"question": "a", "filters": {"outlets": ["AFP"]}}, "filters.outlets"),
        ({"question": "a", "tok_k": 3}, "tok_k"),
        ({"question": "a", "matches": "true"}, "matches"),
    ],
)
def test_a_refused_field_is_named(client: FlaskClient, service: StandInService, body: Any, param: str) -> None:
    response = client.post("/v1/ask", json=body)
    error = response.get_json()["error"]
    assert (response.status_code, error["type"], error["param"]) == (422, "invalid_request", param)
    assert error["message"].startswith(f"{param}: ")
    assert error["request_id"] == response.headers["X-Request-ID"]
    assert service.questions == []


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("", "question"),
        ("question=%20", "question"),
        ("question=a&top_k=2.0", "top_k"),
        ("question=a&top_k=1_0", "top_k"),
        ("question=a&top_k=", "top_k"),
        ("question=a&top_k=%D9%A5", "top_k"),
        ("question=a&top_k=" + "9" * 5000, "top_k"),
        ("question=a&top_k=1&top_k=2", "top_k"),
        ("question=a&question=b", "question"),
        ("question=a&tok_k=1", "tok_k"),
        ("question=a&matches=perhaps", "matches"),
        ("question=a&filters=x", "filters"),
        ("question=a&published_from=soon", "published_from"),
        ("question=a&published_from=2025-12-31&published_to=2025-01-01", "published_to"),
    ],
)
def test_a_refused_parameter_is_named(client: FlaskClient, query: str, param: str) -> None:
    response = client.get(f"/v1/ask?{query}")
    assert (response.status_code, response.get_json()["error"]["param"]) == (422, param)


def test_a_misspelt_field_gets_a_suggestion(client: FlaskClient) -> None:
    wrong = client.post("/v1/ask", json={"question": "a", "tok_k": 3}).get_json()["error"]["message"]
    assert wrong == "tok_k: there is no such field; did you mean top_k?"
    wrong = client.post("/v1/ask", json={"question": "a", "filters": {"publishd_to": 1}}).get_json()["error"]["message"]
    assert wrong == "filters.publishd_to: there is no such field; did you mean published_to?"
    turns = {"question": "a", "history": [{"question": "b"}, {"question": "c", "anser": "d"}]}
    wrong = client.post("/v1/ask", json=turns).get_json()["error"]["message"]
    assert wrong == "history.1.anser: there is no such field; did you mean answer?"


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("top_k", "top_k: must be a whole number, not null: leave it out or give 1 to 100."),
        ("interpret", "interpret: must be true or false, not null: leave it out."),
        ("question", "question: must be a string, not null."),
        ("history", "history: must be a list, not null: leave it out."),
    ],
)
def test_null_is_told_from_what_is_left_out(client: FlaskClient, field: str, message: str) -> None:
    response = client.post("/v1/ask", json={"question": "a", field: None})
    assert (response.status_code, response.get_json()["error"]["message"]) == (422, message)


def test_a_list_that_is_too_long_is_told_in_plain_words(client: FlaskClient) -> None:
    response = client.post("/v1/ask", json={"question": "a", "history": [{"question": "b"}] * 21})
    assert response.get_json()["error"]["message"] == "history: must have at most 20 items, not 21."


def test_fields_beside_a_body_are_refused(client: FlaskClient) -> None:
    response = client.post("/v1/ask?top_k=3", json={"question": "quokka"})
    assert (response.status_code, response.get_json()["error"]["param"]) == (422, "top_k")


def test_lone_surrogates_are_refused(client: FlaskClient) -> None:
    response = client.post("/v1/ask", data=rb'{"question": "\ud800"}', content_type="application/json")
    assert (response.status_code, response.get_json()["error"]["param"]) == (422, "question")
    response = client.post("/v1/ask", data=rb'{"\ud800": 1, "question": "a"}', content_type="application/json")
    assert response.status_code == 422


def test_no_more_questions_at_once_than_threads_and_health_waits_for_none() -> None:
    class Crowd(StandInService):
        inside, most = 0, 0
        lock, open_up = threading.Lock(), threading.Event()

        def ask(self, question: Question) -> Answer:
            with self.lock:
                self.inside += 1
                self.most = max(self.most, self.inside)
            self.open_up.wait(10)
            with self.lock:
                self.inside -= 1
            return super().ask(question)

    crowd = Crowd(Settings(threads=2, workers=1))
    app = create_app(crowd)
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(lambda: app.test_client().get("/v1/ask?question=a").status_code) for _ in range(6)]
        while crowd.inside < 2:
            time.sleep(0.001)
        assert app.test_client().get("/healthz").status_code == 200
        crowd.open_up.set()
        assert [future.result() for future in asked] == [200] * 6
    assert crowd.most == 2


def test_an_unknown_collection_is_not_found(client: FlaskClient) -> None:
    response = client.post("/v1/ask", json={"question": "a", "collection": "none-such"})
    error = response.get_json()["error"]
    assert (response.status_code, error["type"], error["param"]) == (404, "collection_not_found", "collection")
