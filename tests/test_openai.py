"""OpenAI's protocol, spoken by OpenAI's own client."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import openai
import pytest
from flask.testing import FlaskClient
from openai.types import responses as types
from web_fixtures import ARTICLE, StandInService

from qa_service.chat import Block, Ending
from qa_service.errors import CollectionBusy, InvalidInput
from qa_service.records import Annotation, Question, Turn
from qa_service.settings import Settings
from qa_service.text.basic.tokens import count_tokens
from qa_service.web import create_app
from qa_service.web.openai import conversation
from qa_service.web.openai.completions import completion, completion_chunks
from qa_service.web.openai.payload import Cited, word_deltas
from qa_service.web.openai.responses import response_events

ASKED = [{"role": "user", "content": "What does a quokka weigh?"}]
QUOTED = "The quokka weighs 4.2 kilograms."
ADDRESS = "http://127.0.0.1:8000/?article=news%2F2024%2Fquokka.txt&start=2&end=81&e=23-55&h=" + ARTICLE.sha256
TEXT = f"{QUOTED} [1]\n\n**Sources**\n\n- [1] [Quokka weights]({ADDRESS}), AFP, 2024-02-29"
ANNOTATION = {"start_index": 0, "end_index": 32, "title": "Quokka weights", "url": ADDRESS}


@pytest.fixture
def service() -> StandInService:
    return StandInService()


@pytest.fixture
def client(service: StandInService) -> FlaskClient:
    return create_app(service).test_client()


@pytest.fixture
def ai(service: StandInService) -> Iterator[openai.OpenAI]:
    with speak_to(service) as client:
        yield client


def speak_to(service: StandInService, key: str = "any") -> openai.OpenAI:
    transport = httpx.WSGITransport(app=create_app(service))
    return openai.OpenAI(
        base_url="http://127.0.0.1:8000/v1", api_key=key, http_client=httpx.Client(transport=transport), max_retries=0
    )


def test_collections_are_models(ai: openai.OpenAI) -> None:
    (model,) = ai.models.list().data
    assert (model.id, model.object, model.owned_by) == ("default", "model", "qa-service")
    assert ai.models.retrieve("default") == model
    with pytest.raises(openai.NotFoundError) as error:
        ai.models.retrieve("nope")
    assert error.value.code == "model_not_found"


def test_a_completion_cites_three_ways_that_agree(ai: openai.OpenAI) -> None:
    found = ai.chat.completions.create(model="default", messages=ASKED)
    (choice,) = found.choices
    assert (found.object, found.model, choice.finish_reason) == ("chat.completion", "default", "stop")
    assert choice.message.content == TEXT
    (note,) = choice.message.annotations or []
    assert (note.type, note.url_citation.model_dump()) == ("url_citation", ANNOTATION)
    assert TEXT[note.url_citation.start_index : note.url_citation.end_index] == QUOTED
    own = (found.model_extra or {})["qa"]
    assert (own["answerable"], own["written_by"], own["passages"][0]["citation"]["number"]) == (True, "quotation", 1)


def test_usage_is_counted_with_tiktoken(ai: openai.OpenAI) -> None:
    usage = ai.chat.completions.create(
        model="default", messages=[{"role": "system", "content": "Be kind."}, *ASKED]
    ).usage
    assert usage is not None
    # "Be kind." is Be, kind and the full stop; the question What, does, a, qu, ok, ka, weigh and the question mark
    assert (usage.prompt_tokens, usage.completion_tokens) == (3 + 8, count_tokens(TEXT))
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_a_stream_says_the_same_with_the_same_citations(ai: openai.OpenAI) -> None:
    text, notes, events, ends = "", [], [], []
    chunks = list(
        ai.chat.completions.create(model="default", messages=ASKED, stream=True, stream_options={"include_usage": True})
    )
    for chunk in chunks[:-1]:
        delta = chunk.choices[0].delta
        text += delta.content or ""
        notes += (delta.model_extra or {}).get("annotations", [])
        events += [event] if (event := (chunk.model_extra or {}).get("event")) else []
        ends += [chunk.choices[0].finish_reason] if chunk.choices[0].finish_reason else []
    assert (text, ends) == (TEXT, ["stop"])
    assert notes == [{"type": "url_citation", "url_citation": ANNOTATION}]
    assert chunks[0].choices[0].delta.role == "assistant"
    assert (chunks[-1].choices, chunks[-1].usage) == (
        [],
        ai.chat.completions.create(model="default", messages=ASKED).usage,
    )
    (event,) = events  # as Open WebUI reads it
    assert event["type"] == "source"
    assert event["data"]["source"] == {"id": ADDRESS, "name": "Quokka weights", "url": ADDRESS}
    assert event["data"]["document"] == [ARTICLE.text[2:81]]
    assert event["data"]["metadata"][0]["source"] == ADDRESS
    assert event["data"]["metadata"][0]["source_url"] == ADDRESS
    assert event["data"]["metadata"][0]["external"] is True
    assert "distances" not in event["data"]


def test_a_stream_is_events_ended_by_done(client: FlaskClient) -> None:
    response = client.post("/v1/chat/completions", json={"model": "default", "messages": ASKED, "stream": True})
    assert response.mimetype == "text/event-stream"
    assert response.headers["Cache-Control"] == "no-store"
    frames = response.get_data(as_text=True).split("\n\n")
    assert frames[-2:] == ["data: [DONE]", ""]
    assert all(json.loads(frame.removeprefix("data: "))["object"] == "chat.completion.chunk" for frame in frames[:-2])


def test_a_response_has_the_same_text_and_citations(ai: openai.OpenAI) -> None:
    found = ai.responses.create(model="default", input="What does a quokka weigh?")
    assert (found.object, found.status, found.output_text) == ("response", "completed", TEXT)
    (message,) = found.output
    assert isinstance(message, types.ResponseOutputMessage)
    (part,) = message.content
    assert isinstance(part, types.ResponseOutputText)
    assert [note.model_dump() for note in part.annotations] == [{"type": "url_citation", **ANNOTATION}]
    assert found.usage is not None
    assert (found.usage.input_tokens, found.usage.output_tokens) == (8, count_tokens(TEXT))


def test_a_streamed_response_sends_typed_events_in_order(ai: openai.OpenAI) -> None:
    with ai.responses.stream(model="default", input="What does a quokka weigh?") as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert [event.sequence_number for event in events] == list(range(len(events)))
    kinds = list(dict.fromkeys(event.type.removeprefix("response.") for event in events))
    assert kinds == [
        "created", "in_progress", "output_item.added", "content_part.added", "output_text.delta",
        "output_text.annotation.added", "output_text.done", "content_part.done", "output_item.done", "completed",
    ]  # fmt: skip
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == TEXT
    assert final.output_text == TEXT
    (added,) = [event for event in events if event.type == "response.output_text.annotation.added"]
    assert dict(added.annotation) == {"type": "url_citation", **ANNOTATION}  # type: ignore[call-overload]


def test_turns_before_the_question_are_its_history(ai: openai.OpenAI, service: StandInService) -> None:
    said = [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "What is a quokka?"},
        {"role": "assistant", "content": f"An animal. [1]\n\n**Sources**\n\n- [1] [x]({ADDRESS})"},
        {"role": "user", "content": "Who eats it?"},
        {"role": "assistant", "content": "I can't find that in these articles."},
        {"role": "user", "content": [{"type": "text", "text": "What does"}, {"type": "text", "text": "it weigh?"}]},
    ]
    ai.chat.completions.create(model="default", messages=said)  # type: ignore[call-overload]
    (asked,) = service.questions
    assert asked.question == "What does\nit weigh?"
    assert asked.history == (Turn("What is a quokka?", "An animal. [1]"), Turn("Who eats it?", None))


def test_a_response_goes_on_with_an_earlier_one(ai: openai.OpenAI, service: StandInService) -> None:
    first = ai.responses.create(model="default", input="What does a quokka weigh?")
    second = ai.responses.create(model="default", input="And a small quokka?", previous_response_id=first.id)
    ai.responses.create(model="default", input="Why?", previous_response_id=second.id)
    before = (Turn("What does a quokka weigh?", f"{QUOTED} [1]"), Turn("And a small quokka?", f"{QUOTED} [1]"))
    assert [question.history for question in service.questions] == [(), before[:1], before]
    with pytest.raises(openai.BadRequestError, match=r"there is no response 'resp_0'") as error:
        ai.responses.create(model="default", input="Why?", previous_response_id="resp_0")
    assert error.value.param == "previous_response_id"


@pytest.mark.parametrize(("limit", "most"), [("MOST_KEPT", 2), ("MOST_CHARACTERS", 20)])
def test_the_oldest_responses_are_forgotten(monkeypatch: pytest.MonkeyPatch, limit: str, most: int) -> None:
    monkeypatch.setattr(conversation, limit, most)
    kept = conversation.KeptTurns()
    for number in range(3):
        kept.keep(f"resp_{number}", [Turn(f"{number} 6789", "12" if number else None)])  # 6, 8 and 8 characters
    with pytest.raises(InvalidInput, match="no response 'resp_0'"):
        kept.before("resp_0")
    assert [kept.before(f"resp_{number}") for number in (1, 2)] == [(Turn("1 6789", "12"),), (Turn("2 6789", "12"),)]


def test_what_is_unknown_is_tolerated_and_what_is_ours_is_checked(ai: openai.OpenAI, service: StandInService) -> None:
    own: dict[str, Any] = {"qa": {"top_k": 3, "filters": {"outlet": ["AFP"]}}, "top_k": 40, "whatever": [1]}
    ai.chat.completions.create(
        model="default", messages=ASKED, temperature=2, max_tokens=1, tools=[], user="me", extra_body=own
    )
    assert (service.questions[0].top_k, service.questions[0].filters.outlet) == (3, ("AFP",))
    with pytest.raises(openai.BadRequestError, match=r"qa.topk: there is no such field; did you mean top_k\?") as error:
        ai.chat.completions.create(model="default", messages=ASKED, extra_body={"qa": {"topk": 3}})
    assert error.value.param == "qa.topk"


@pytest.mark.parametrize(
    ("body", "status", "param", "message"),
    [
        ({"messages": ASKED}, 400, "model", "model: is required."),
        ({"model": "default"}, 400, "messages", "messages: is required."),
        ({"model": "default", "messages": []}, 400, "messages", "messages: must have at least 1 item, but is empty."),
        ({"model": "default", "messages": "hi"}, 400, "messages", "messages: must be a list."),
        (
            {"model": "default", "messages": [{"role": "user", "content": 7}]},
            400,
            "messages.0.content",
            "must be a string",
        ),
        ({"model": "default", "messages": [{"role": "user", "content": " "}]}, 400, "messages", "holds no text to ask"),
        ({"model": "default", "messages": ASKED, "n": 2}, 400, "n", "n: "),
        ({"model": "nope", "messages": ASKED}, 404, "model", "There is no collection 'nope'."),
    ],
)
def test_errors_have_openais_shape(client: FlaskClient, body: Any, status: int, param: str, message: str) -> None:
    response = client.post("/v1/chat/completions", json=body)
    error = response.get_json()["error"]
    assert (response.status_code, set(error)) == (status, {"message", "type", "param", "code"})
    assert (error["type"], error["param"]) == ("invalid_request_error", param)
    assert message in error["message"]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": [{"type": ["text"], "text": "hi"}]}]}, 400),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "When did \ud800 leave?"}]}, 400),
        ("/v1/chat/completions", {"messages": ASKED, "model": "\ud800"}, 400),
        ("/v1/responses", {"input": "quokka", "metadata": {"a": "\ud800"}}, 400),
        ("/v1/responses", {"input": "quokka", "metadata": {"\ud800": "a"}}, 400),
        ("/v1/responses", {"input": "quokka", "metadata": {"a": "b"}}, 200),
    ],
)
def test_nothing_a_client_sends_is_a_500(client: FlaskClient, path: str, body: Any, status: int) -> None:
    response = client.post(path, data=json.dumps({"model": "default", **body}), content_type="application/json")
    assert response.status_code == status


def test_a_request_id_of_the_clients_own_is_no_responses_id(client: FlaskClient) -> None:
    sent = {"model": "default", "input": "quokka"}
    ids = {client.post("/v1/responses", json=sent, headers={"X-Request-ID": "same"}).get_json()["id"] for _ in "ab"}
    assert len(ids) == 2


def test_a_stream_that_breaks_off_ends_in_an_error_event(
    service: StandInService, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def write(self, answer: Any, gone: Any = None) -> Any:
            raise RuntimeError("broken")
            yield

    monkeypatch.setattr("qa_service.web.openai.routes.open_writer", lambda *_: Broken())
    client = create_app(service).test_client()
    body = client.post("/v1/responses", json={"model": "default", "input": "quokka", "stream": True}).text
    name, _, data = body.strip().split("\n\n")[-1].partition("\ndata: ")
    assert (name, json.loads(data)["type"]) == ("event: error", "error")


def test_a_body_that_is_no_json_and_a_wrong_method(client: FlaskClient) -> None:
    broken = client.post("/v1/chat/completions", data="{", content_type="application/json")
    assert (broken.status_code, set(broken.get_json()["error"])) == (400, {"message", "type", "param", "code"})
    wrong = client.get("/v1/chat/completions")
    assert (wrong.status_code, wrong.get_json()["error"]["type"]) == (405, "invalid_request_error")


def test_the_clients_own_errors_are_raised() -> None:
    locked = StandInService(Settings(api_key="right"))  # type: ignore[arg-type]  # pydantic makes it a secret
    with speak_to(locked, "wrong") as ai, pytest.raises(openai.AuthenticationError) as refused:
        ai.models.list()
    assert refused.value.code == "invalid_api_key"
    with speak_to(locked, "right") as ai:
        assert ai.models.list().data
    busy = StandInService()
    busy.raises = CollectionBusy("default: is being rebuilt.")
    with speak_to(busy) as ai, pytest.raises(openai.InternalServerError, match="is being rebuilt"):
        ai.chat.completions.create(model="default", messages=ASKED)


def test_links_open_the_public_address() -> None:
    public = StandInService(Settings(public_url="https://ask.example.org/"))
    with speak_to(public) as ai:
        note = ai.responses.create(model="default", input="quokka").output[0].content[0].annotations[0]  # type: ignore[union-attr]
    assert note.url.startswith("https://ask.example.org/?article=")  # type: ignore[union-attr]


def test_a_declined_question_is_answered_in_words(ai: openai.OpenAI) -> None:
    found = ai.chat.completions.create(model="default", messages=[{"role": "user", "content": "Who is king?"}])
    assert found.choices[0].message.content == "I can't find that in these articles."
    assert found.choices[0].message.annotations == []
    chunks = ai.chat.completions.create(
        model="default", messages=[{"role": "user", "content": "Who is king?"}], stream=True
    )
    assert not any("event" in (chunk.model_extra or {}) for chunk in chunks)


def test_annotations_of_later_blocks_count_from_the_beginning_of_the_text() -> None:
    answer = StandInService().ask(Question("quokka"))

    def parts() -> Iterator[Block | Ending]:
        yield Block("One. [1]", (Annotation(0, 4, 1),))
        yield Block("He: Two. [1]", (Annotation(4, 8, 1),), "\n\n")
        yield Ending()

    cited = Cited(answer, "http://here")
    whole = completion(parts(), cited, head={}, prompt=1)["choices"][0]["message"]
    assert whole["content"] == "One. [1]\n\nHe: Two. [1]"
    places = [(0, 4), (14, 18)]  # 8 characters and two line ends, then "He: "

    def placed(notes: list[dict[str, Any]]) -> list[tuple[int, int]]:
        return [(note["start_index"], note["end_index"]) for note in notes]

    assert placed([note["url_citation"] for note in whole["annotations"]]) == places
    chunks = completion_chunks(parts(), cited, head={}, prompt=1, include_usage=False)
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert placed([note["url_citation"] for d in deltas for note in d.get("annotations", [])]) == places
    events = list(response_events(parts(), cited, head={"id": "resp_1"}, prompt=1))
    assert placed([event["annotation"] for event in events if "annotation" in event]) == places
    assert placed(events[-1]["response"]["output"][0]["content"][0]["annotations"]) == places


def test_text_is_sent_a_few_words_at_a_time() -> None:
    assert word_deltas("a b c d e f") == ["a b c d ", "e f"]
    assert word_deltas("a  b") == ["a  b"]
    assert word_deltas("") == []
