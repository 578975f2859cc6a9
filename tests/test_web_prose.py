"""Prose through the web application on a real socket, asked by the `openai` client."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import httpx2
import openai
import pytest
from werkzeug.serving import make_server

from qa_service.records import Answer, Question
from qa_service.settings import Settings
from qa_service.web import create_app
from tests.misbehaving_llm import Call, FakeModel, fake_model
from tests.web_fixtures import ARTICLE, StandInService

WRITTEN = "The quokka weighs 4.2 kilograms [1]. It eats 7 apples a day [1]. It lives on Rottnest. [3]"
TOLD = "The quokka weighs 4.2 kilograms. [1] It lives on Rottnest. [1]"
QUOTED = "The quokka weighs 4.2 kilograms. [1]"


class WholeText(StandInService):
    """Its passage is the whole article."""

    def ask(self, question: Question) -> Answer:
        answer = super().ask(question)
        (ranked,) = answer.passages
        return replace(answer, passages=(replace(ranked, passage=replace(ranked.passage, text=ARTICLE.text)),))


@contextmanager
def served(**changes: object) -> Iterator[tuple[str, StandInService]]:
    service = WholeText(Settings(**changes))  # type: ignore[arg-type]
    app = create_app(service)  # type: ignore[arg-type]
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}", service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def model() -> Iterator[FakeModel]:
    with fake_model() as running:
        yield running


@pytest.fixture
def base(model: FakeModel) -> Iterator[str]:
    with served(llm_base_url=model.address, llm_model="m", llm_timeout=4, threads=1) as (address, _):
        yield address


@pytest.fixture
def client(base: str) -> Iterator[openai.OpenAI]:
    with (
        httpx2.Client(trust_env=False) as own,
        openai.OpenAI(base_url=f"{base}/v1", api_key="x", max_retries=0, http_client=own) as opened,
    ):
        yield opened


def answers(client: openai.OpenAI) -> list[tuple[str, list[Any], dict[str, Any]]]:
    """Text, annotations (start, end, address) and `qa` of the same question asked in all four ways."""
    asked: Any = [{"role": "user", "content": "What does the quokka weigh?"}]
    found = []
    whole = client.chat.completions.create(model="default", messages=asked)
    message = whole.choices[0].message
    notes = [n.url_citation for n in message.annotations or []]
    found.append((message.content or "", [(n.start_index, n.end_index, n.url) for n in notes], dict(whole.qa)))  # type: ignore[attr-defined]
    text, streamed, last = "", list[Any](), None
    for chunk in client.chat.completions.create(model="default", messages=asked, stream=True):
        delta = chunk.choices[0].delta
        text += delta.content or ""
        streamed += [n["url_citation"] for n in getattr(delta, "annotations", None) or []]
        last = chunk
    found.append((text, [(n["start_index"], n["end_index"], n["url"]) for n in streamed], dict(last.qa)))  # type: ignore[union-attr]
    response: Any = client.responses.create(model="default", input="What does the quokka weigh?")
    found.append((response.output_text, _notes(response), dict(response.qa)))
    events: list[Any] = list(client.responses.create(model="default", input="What does the quokka weigh?", stream=True))
    text = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    done = events[-1].response
    assert done.output_text == text
    found.append((text, _notes(done), dict(done.qa)))
    return found


def _notes(response: Any) -> list[Any]:
    return [(n.start_index, n.end_index, n.url) for n in response.output[0].content[0].annotations]


def test_all_four_ways_tell_the_same_checked_text(model: FakeModel, client: openai.OpenAI) -> None:
    model.says(WRITTEN)
    found = answers(client)
    text, notes, own = found[0]
    assert text.partition("\n\n**Sources**")[0] == TOLD
    assert [text[start:end] for start, end, _ in notes] == ["The quokka weighs 4.2 kilograms.", "It lives on Rottnest."]
    assert own["written_by"] == "model"
    assert (own["model_failure"], own["dropped_sentences"], own["repointed_sentences"]) == (None, 1, 1)
    assert [(t, n) for t, n, _ in found[1:]] == [(text, notes)] * 3
    assert all(
        {k: o[k] for k in own if k != "passages"} == {k: own[k] for k in own if k != "passages"} for _, _, o in found
    )


@pytest.mark.parametrize(
    ("behaviour", "failure"),
    [
        (lambda call: call.status(429), "HTTP 429"),
        (lambda call: call.status(500), "HTTP 500"),
        (lambda call: call.say("The quokka weighs 4.2 kilograms."), "cited nothing"),
        (lambda call: call.say("The quokka weighs 5 kilograms [1]."), "wrote nothing that the passages support"),
        (lambda call: call.say("<i>It</i> lives on Rottnest [1]."), "wrote nothing that the passages support"),
        (lambda call: call.status(200, "no", "text/event-stream"), "the stream broke off"),
        pytest.param(lambda call: call.silence(9), "timed out after 2 s without a word", marks=pytest.mark.slow),
    ],
)  # fmt: skip
def test_whatever_fails_all_four_ways_quote_the_article_and_say_why(
    model: FakeModel, client: openai.OpenAI, behaviour: Any, failure: str
) -> None:
    model.behaviour = behaviour
    found = answers(client)
    assert {t.partition("\n\n**Sources**")[0] for t, _, _ in found} == {QUOTED}
    assert [(o["written_by"], o["model_failure"]) for _, _, o in found] == [("quotation", failure)] * 4


def test_a_sentence_is_sent_while_the_model_still_writes(model: FakeModel, client: openai.OpenAI) -> None:
    goes_on = threading.Event()

    def waits(call: Call) -> None:
        call.begin()
        call.chunk("The quokka weighs 4.2 kilograms [1]. The quokka weighs 4.2 kilograms, and it")
        assert goes_on.wait(3)
        call.chunk(" lives on Rottnest [1].")
        call.chunk(None, "stop")

    model.behaviour = waits
    asked: Any = [{"role": "user", "content": "quokka?"}]
    text = ""
    for chunk in client.chat.completions.create(model="default", messages=asked, stream=True):
        text += chunk.choices[0].delta.content or ""
        if text == QUOTED:
            goes_on.set()
    assert goes_on.is_set()
    assert text.startswith(f"{QUOTED} The quokka weighs 4.2 kilograms, and it lives on Rottnest. [1]")


def test_a_client_that_hangs_up_ends_the_models_work(model: FakeModel, base: str) -> None:
    called = threading.Event()

    def silent(call: Call) -> None:
        called.set()
        call.silence(20)

    model.behaviour = silent
    body = {"model": "default", "messages": [{"role": "user", "content": "quokka?"}], "stream": True}
    with httpx.stream("POST", f"{base}/v1/chat/completions", json=body, trust_env=False) as response:
        pieces = response.iter_raw()  # held: the connection closes with it
        next(pieces)
        assert called.wait(3)
    assert model.calls[0].hung_up.wait(2)


def test_no_place_is_held_while_the_model_writes(model: FakeModel, base: str) -> None:
    """`threads=1`: one question is answered at once, and the model is silent meanwhile."""
    model.behaviour = lambda call: call.silence(20)
    body = {"model": "default", "messages": [{"role": "user", "content": "quokka?"}], "stream": True}
    with httpx.stream("POST", f"{base}/v1/chat/completions", json=body, trust_env=False) as response:
        pieces = response.iter_raw()  # held: the connection closes with it
        next(pieces)
        began = time.monotonic()
        assert httpx.post(f"{base}/v1/ask", json={"question": "quokka?"}, trust_env=False).status_code == 200
        assert time.monotonic() - began < 1


def test_ask_is_answered_from_the_articles_alone_and_declined_questions_never_leave(
    model: FakeModel, base: str
) -> None:
    model.says("The quokka lives on Rottnest [1].")
    answered = httpx.post(f"{base}/v1/ask", json={"question": "quokka?"}, trust_env=False).json()
    assert answered["answer"]["text"] == QUOTED
    body = {"model": "default", "messages": [{"role": "user", "content": "Who won?"}]}
    declined = httpx.post(f"{base}/v1/chat/completions", json=body, trust_env=False).json()
    assert declined["choices"][0]["message"]["content"] == "I can't find that in these articles."
    assert model.calls == []


def test_without_the_setting_nothing_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-environment")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    tried: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda *a: tried.append(a))
    asking = create_app(StandInService()).test_client()  # type: ignore[arg-type]
    body = {"model": "default", "messages": [{"role": "user", "content": "quokka?"}]}
    told = asking.post("/v1/chat/completions", json=body).get_json()
    assert (told["qa"]["written_by"], told["qa"]["model_failure"], tried) == ("quotation", None, [])
