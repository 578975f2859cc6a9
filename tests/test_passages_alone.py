"""`"answer": false` on every face: the same passages, no answer, and nothing is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from builders import draft, fake_service

from qa_service.cli import main
from qa_service.mcp_server.tools import Tools
from qa_service.options.answer_body import answer_body
from qa_service.reader import Excerpt, FakeReader, Reading
from qa_service.service import Service
from qa_service.web import create_app

QUESTION = "How many wells has Place3?"
MOMENT = ("request_id", "took_ms")


class UnwantedReader(FakeReader):
    def read(self, question: str, excerpt: Excerpt) -> Reading:
        raise RuntimeError("nothing may be read")


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setattr("qa_service.service.models.open_reader", lambda setting: UnwantedReader())
    with fake_service(tmp_path / "index", answerable_threshold=0.0) as opened:
        opened.ingest_drafts([draft(number, outlet=f"Outlet{number % 2}") for number in range(1, 5)])
        with pytest.raises(RuntimeError, match="nothing may be read"):
            opened.ask(QUESTION)
        yield opened


def expected(service: Service) -> dict[str, Any]:
    body = answer_body(service.ask(QUESTION, answer=False), base="http://127.0.0.1:8000", request_id="", took_ms=0.0)
    assert (body["answer"], body["answerable"], body["perspectives"]) == (None, True, [])
    assert body["passages"][0]["evidence"]
    assert 0 < body["confidence"] < 1
    return still(json.loads(json.dumps(body)))


def still(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in MOMENT}


def test_over_http_in_a_body_and_in_an_address(service: Service) -> None:
    client = create_app(service).test_client()
    base = "http://127.0.0.1:8000"
    posted = client.post("/v1/ask", json={"question": QUESTION, "answer": False}, base_url=base)
    assert still(posted.get_json()) == expected(service)
    got = client.get("/v1/ask", query_string={"question": QUESTION, "answer": "false"}, base_url=base)
    assert still(got.get_json()) == expected(service)


@pytest.mark.parametrize("value", ["no", 0, "false", None])
def test_a_body_takes_true_and_false_alone(service: Service, value: Any) -> None:
    response = create_app(service).test_client().post("/v1/ask", json={"question": QUESTION, "answer": value})
    assert response.status_code == 422
    assert response.get_json()["error"]["param"] == "answer"


def test_in_mcp_and_its_search_reads_nothing_either(service: Service) -> None:
    tools = Tools(service, "default")
    asked = tools.call("ask", {"question": QUESTION, "answer": False})
    assert asked.structured_content is not None
    assert still(json.loads(json.dumps(asked.structured_content))) == expected(service)
    (block,) = asked.content
    assert "[1]" in getattr(block, "text", "")
    found = tools.call("search", {"query": QUESTION})
    assert not found.is_error
    assert found.structured_content is not None
    assert len(found.structured_content["results"]) == len(expected(service)["passages"])


def test_on_the_command_line(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = expected(service)
    monkeypatch.setenv("QA_MODEL", "fake")
    monkeypatch.setenv("QA_READER", "fake")
    monkeypatch.setenv("QA_ANSWERABLE_THRESHOLD", "0")
    asked = ["ask", "--no-answer", QUESTION, "--index", str(tmp_path / "index")]
    assert main([*asked, "--json"]) == 0
    printed = still(json.loads(capsys.readouterr().out))
    assert printed == wanted
    assert main(asked) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Confidence: ")
    assert any(line.startswith("[1] ") for line in lines)


def test_the_documents_say_when_the_answer_is_null(service: Service) -> None:
    document = create_app(service).test_client().get("/openapi.json").get_json()
    assert '"answer": false' in document["components"]["schemas"]["AskResponse"]["description"]
    assert "exactly when" not in document["components"]["schemas"]["AskResponse"]["description"]
