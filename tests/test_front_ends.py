"""What chat front ends send besides plain questions: tasks, wrapped and long questions, other addresses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_fixtures import StandInService

from qa_service.chat import DECLINED
from qa_service.records import Answer, Perspective, Question
from qa_service.web import create_app

INVITATION = "Ask a question about these articles."
QUESTION = "What does a quokka weigh?"
HISTORY = (
    '### Chat History:\n<chat_history>\nUSER: Is { "this": "JSON" } about the quokka?\nASSISTANT: Yes.\n</chat_history>'
)


def task(wish: str, shape: str) -> str:
    """A background task in the form of Open WebUI's prompts."""
    return f'### Task:\n{wish}\n\n### Guidelines:\n- Be brief, as in ["General"].\n\n### Output:\n{shape}\n\n{HISTORY}'


TASKS = {
    "title": (task("Name the chat.", 'JSON format: { "title": "a short title" }'), '{"title": ""}'),
    "tags": (task("Tag the chat.", 'JSON format: { "tags": ["one", "two"] }'), '{"tags": []}'),
    "follow-ups": (task("What comes next?", 'JSON format: { "follow_ups": ["A?", "B?"] }'), '{"follow_ups": []}'),
    "queries": (task("Find queries.", 'Strictly return JSON:\n{\n  "queries": ["one"]\n}'), '{"queries": []}'),
    "image": (task("Describe it.", 'Return:\n{\n    "prompt": "The description."\n}'), '{"prompt": ""}'),
    "completion": (
        '### Task:\nContinue `<text>`.\n### **Instructions**:\n5. If unsure, return: `{ "text": "" }`.\n' + HISTORY,
        '{"text": ""}',
    ),
    "summary": ("### Task:\nSummarize the quokka.\n\n### Instructions:\n- Be brief.\n\n### Messages:\nUSER: Hi?", ""),
}


@pytest.fixture
def service() -> StandInService:
    return StandInService()


@pytest.fixture
def client(service: StandInService) -> FlaskClient:
    return create_app(service).test_client()  # type: ignore[arg-type]


def frames(response: Any) -> list[dict[str, Any]]:
    lines = response.get_data(as_text=True).splitlines()
    return [json.loads(line[6:]) for line in lines if line.startswith("data: {")]


def all_replies(client: FlaskClient, messages: list[dict[str, Any]]) -> list[tuple[str, list[Any]]]:
    """Text and annotations from chat completions and responses, whole and streamed."""
    chat, response = {"model": "default", "messages": messages}, {"model": "default", "input": messages}
    whole = client.post("/v1/chat/completions", json=chat).get_json()["choices"][0]["message"]
    chunks = frames(client.post("/v1/chat/completions", json={**chat, "stream": True}))
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    (item,) = client.post("/v1/responses", json=response).get_json()["output"]
    events = frames(client.post("/v1/responses", json={**response, "stream": True}))
    assert events[-1]["type"] == "response.completed"
    (streamed,) = events[-1]["response"]["output"]
    return [
        (whole["content"], whole["annotations"]),
        ("".join(delta.get("content", "") for delta in deltas), [d for d in deltas if "annotations" in d]),
        *((one["content"][0]["text"], one["content"][0]["annotations"]) for one in (item, streamed)),
    ]


@pytest.mark.parametrize("name", TASKS)
def test_a_background_task_gets_its_empty_result(client: FlaskClient, service: StandInService, name: str) -> None:
    prompt, result = TASKS[name]
    assert all_replies(client, [{"role": "user", "content": prompt}]) == [(result, [])] * 4
    assert service.questions == []


def test_a_stream_of_a_task_has_no_sources(client: FlaskClient) -> None:
    messages = [{"role": "user", "content": TASKS["title"][0]}]
    chunks = frames(
        client.post("/v1/chat/completions", json={"model": "default", "messages": messages, "stream": True})
    )
    assert not any("event" in chunk or "qa" in chunk for chunk in chunks)


@pytest.mark.parametrize("messages", [[{"role": "system", "content": "Be kind."}], [{"role": "assistant"}]])
def test_a_conversation_without_a_question_is_answered_politely(
    client: FlaskClient, service: StandInService, messages: list[dict[str, Any]]
) -> None:
    assert all_replies(client, messages) == [(INVITATION, [])] * 4
    assert service.questions == []


def test_what_asks_nothing_still_needs_a_collection(client: FlaskClient) -> None:
    body = {"model": "nope", "messages": [{"role": "system", "content": "Be kind."}]}
    response = client.post("/v1/chat/completions", json=body)
    assert (response.status_code, response.get_json()["error"]["code"]) == (404, "model_not_found")


def test_a_response_after_one_without_a_question_keeps_the_conversation(
    client: FlaskClient, service: StandInService
) -> None:
    first = client.post("/v1/responses", json={"model": "default", "input": QUESTION}).get_json()["id"]
    follow = {"model": "default", "input": [{"role": "system", "content": "Go on."}], "previous_response_id": first}
    second = client.post("/v1/responses", json=follow).get_json()["id"]
    client.post("/v1/responses", json={"model": "default", "input": "And a numbat?", "previous_response_id": second})
    assert [turn.question for turn in service.questions[-1].history] == [QUESTION]


FILES = "### Task:\nRespond to the user query.\n\n### Guidelines:\n- Cite.\n\n<context>\n{}\n</context>\n"
LONG = "The wombat sleeps. " * 150


@pytest.mark.parametrize(
    ("message", "asked"),
    [
        (FILES.format("Who ate?\n<user_query>\n") + f"\n<user_query>\n{QUESTION}\n</user_query>\n", QUESTION),
        (FILES.format("Is this </context> one? " + LONG) + QUESTION, QUESTION),
        (f"<user_query>{QUESTION}</user_query>", QUESTION),
        (f"{LONG}What is a numbat?\n\n{QUESTION} Thanks. {LONG}", QUESTION),
        (
            f"{LONG}See https://a.example/?q=1. {QUESTION}\n{LONG} https://b.example/?q=2 or https://c.example/?",
            QUESTION,
        ),
        (f"<user_query>{LONG}{QUESTION}</user_query>", QUESTION),
        (f"{LONG}短尾矮袋鼠有多重？它吃草。", "短尾矮袋鼠有多重？"),
        (f"{'a' * 3000} quokka?", f"{'a' * 1992} quokka?"),
        (f"{'b' * 3000} quokka", f"{'b' * 1993} quokka"),
    ],
)
def test_the_question_is_found_in_what_is_sent(
    client: FlaskClient, service: StandInService, message: str, asked: str
) -> None:
    body = {"model": "default", "messages": [{"role": "user", "content": message}]}
    response = client.post("/v1/chat/completions", json=body)
    assert response.status_code == 200
    assert service.questions[-1].question == asked
    assert response.get_json()["qa"]["interpretation"]["asked"] == asked


def test_a_plain_question_is_asked_whole(client: FlaskClient, service: StandInService) -> None:
    for plain in (f"Hello. {QUESTION} Thanks!", "a" * 2000, f"### Task\n{QUESTION}"):
        body = {"model": "default", "messages": [{"role": "user", "content": f" {plain} "}]}
        found = client.post("/v1/chat/completions", json=body).get_json()
        assert service.questions[-1].question == plain
        assert found["qa"]["interpretation"]["asked"] is None


def test_a_turn_before_is_unwrapped_too(client: FlaskClient, service: StandInService) -> None:
    wrapped = {"role": "user", "content": FILES.format("bla") + QUESTION}
    messages = [wrapped, {"role": "assistant", "content": "4 kg."}, {"role": "user", "content": "And a numbat?"}]
    client.post("/v1/chat/completions", json={"model": "default", "messages": messages})
    assert [(turn.question, turn.answer) for turn in service.questions[-1].history] == [(QUESTION, "4 kg.")]


def test_a_doubt_and_the_sources_are_no_part_of_an_earlier_answer(client: FlaskClient, service: StandInService) -> None:
    doubt = "Not sure: check whether the passages answer the question (41 %)."
    said = f"{doubt}\n\nIt weighs 4 kg. [1]\n\n**Sources**\n\n- [1] A"
    messages = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": said},
        {"role": "user", "content": "And a numbat?"},
        {"role": "assistant", "content": DECLINED},
        {"role": "user", "content": "And a wombat?"},
    ]
    client.post("/v1/chat/completions", json={"model": "default", "messages": messages})
    assert [turn.answer for turn in service.questions[-1].history] == ["It weighs 4 kg. [1]", None]


class TwoSides(StandInService):
    """Has a perspective of one outlet in each answer."""

    def ask(self, question: Question) -> Answer:
        answer = super().ask(question)
        (passage,) = answer.passages
        found = Perspective("AFP", passage.citation.article_id, 1, passage.evidence[0])
        return replace(answer, perspectives=(found,))


def test_a_chat_has_the_perspectives_of_the_answer() -> None:
    client = create_app(TwoSides()).test_client()  # type: ignore[arg-type]
    body = {"model": "default", "messages": [{"role": "user", "content": QUESTION}]}
    (found,) = client.post("/v1/chat/completions", json=body).get_json()["qa"]["perspectives"]
    assert [found] == client.post("/v1/ask", json={"question": QUESTION}).get_json()["perspectives"]
    assert found["outlet"] == "AFP"


FUNCTION = {"type": "function", "function": {"name": "weigh"}}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "weight", "schema": {}}}


@pytest.mark.parametrize(
    ("path", "sent", "param"),
    [
        ("chat/completions", {"response_format": {"type": "json_object"}}, "response_format"),
        ("chat/completions", {"response_format": SCHEMA}, "response_format"),
        ("chat/completions", {"response_format": "json"}, "response_format"),
        ("chat/completions", {"tool_choice": "required"}, "tool_choice"),
        ("chat/completions", {"tool_choice": FUNCTION}, "tool_choice"),
        (
            "chat/completions",
            {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [FUNCTION]}}},
            "tool_choice",
        ),
        ("chat/completions", {"function_call": {"name": "weigh"}}, "function_call"),
        ("responses", {"text": {"format": {"type": "json_object"}}}, "text.format"),
        ("responses", {"tool_choice": "required"}, "tool_choice"),
        ("responses", {"tool_choice": {"type": "file_search"}}, "tool_choice"),
    ],
)
def test_what_cannot_be_honoured_is_refused_by_name(
    client: FlaskClient, service: StandInService, path: str, sent: dict[str, Any], param: str
) -> None:
    body = {"model": "default", "messages": [{"role": "user", "content": QUESTION}], "input": QUESTION, **sent}
    response = client.post(f"/v1/{path}", json=body)
    error = response.get_json()["error"]
    assert (response.status_code, error["type"], error["param"]) == (400, "invalid_request_error", param)
    assert error["message"].startswith(f"{param}: must be ")
    assert service.questions == []


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("chat/completions", {"response_format": {"type": "text"}, "tool_choice": "auto", "function_call": "none"}),
        ("chat/completions", {"response_format": None, "tool_choice": None}),
        (
            "chat/completions",
            {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": [FUNCTION]}}},
        ),
        ("responses", {"text": {"format": {"type": "text"}, "verbosity": "low"}, "tool_choice": "none"}),
        ("responses", {"text": None, "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": []}}),
    ],
)
def test_what_leaves_the_choice_is_accepted(client: FlaskClient, path: str, sent: dict[str, Any]) -> None:
    body = {"model": "default", "messages": [{"role": "user", "content": QUESTION}], "input": QUESTION, **sent}
    assert client.post(f"/v1/{path}", json=body).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/v1/completions", "/v1/embeddings", "/v1/completions/"])
def test_other_addresses_of_the_protocol_say_what_to_use(client: FlaskClient, method: str, path: str) -> None:
    response = client.open(path, method=method, json={"model": "default", "prompt": QUESTION})
    error = response.get_json()["error"]
    assert (response.status_code, set(error)) == (404, {"message", "type", "param", "code"})
    assert error["type"] == "invalid_request_error"
    assert "/v1/chat/completions" in error["message"]
