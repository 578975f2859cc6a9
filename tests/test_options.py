"""One way to ask: each option stands once, and every face takes it, with the same limits and the same refusals."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from web_fixtures import StandInService

from qa_service.cli.app import main
from qa_service.mcp_server.tools import Tools
from qa_service.options import limits
from qa_service.options.ask_request import AskBody, AskQuery
from qa_service.options.question import FILTER_OPTIONS, QUESTION_OPTIONS, to_question
from qa_service.records import Filters, Question, Turn
from qa_service.web.app import create_app

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "qa_service"


@pytest.fixture
def service() -> StandInService:
    return StandInService()


@pytest.fixture
def client(service: StandInService) -> FlaskClient:
    return create_app(service).test_client()  # type: ignore[arg-type]


def test_every_field_of_a_question_is_an_option_and_has_a_help_line() -> None:
    assert [option.name for option in QUESTION_OPTIONS] == [field.name for field in fields(Question)]
    assert {option.name for option in FILTER_OPTIONS} == {field.name for field in fields(Filters)}
    for option in (*QUESTION_OPTIONS, *FILTER_OPTIONS):
        assert option.help.endswith("."), option.name


def test_options_left_out_are_the_records_defaults() -> None:
    expected = Question("Who?")
    assert to_question({"question": "Who?"}) == expected
    assert AskBody.model_validate({"question": "Who?"}).record() == expected
    assert AskQuery.model_validate({"question": "Who?"}).record() == expected


@pytest.mark.parametrize("make", [lambda: Question("Who?", 3), lambda: Filters(("AFP",))])  # type: ignore[misc]
def test_options_are_given_by_name_alone(make: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match="positional"):
        make()


@pytest.mark.slow
def test_an_option_that_two_files_name_works_on_every_face(tmp_path: Path) -> None:
    package = tmp_path / "qa_service"
    package.mkdir()
    for entry in PACKAGE.iterdir():
        if entry.name in ("records", "options"):
            shutil.copytree(entry, package / entry.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif entry.name != "__pycache__":
            (package / entry.name).symlink_to(entry)
    _insert(package / "records" / "questions.py", after="class Filters:", line="    section: tuple[str, ...] = ()")
    _insert(package / "records" / "questions.py", after="class Question:", line="    max_age: int | None = None")
    table = package / "options" / "question.py"
    _insert(table, after="FILTER_OPTIONS = _typed(", line='    Option("section", "NEW section.", most=9),')
    _insert(table, after="QUESTION_OPTIONS = _typed(", line='    Option("max_age", "NEW age.", least=1, most=99),')

    paths = os.pathsep.join([str(tmp_path), str(ROOT / "tests")])
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "added_option.py"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])

    for face in ("body", "query", "chat", "responses", "mcp", "command line"):
        assert found[face] == [3, ["Sport", "Trade"]], face
    assert found["question set"] == [["Sport", "Trade"]]
    assert found["refused"] == ["max_age", "max_age: must be greater than or equal to 1."]
    assert found["meant"] == "maxage: there is no such field; did you mean max_age?"
    assert found["schemas"] == ["NEW age.", "NEW age.", "NEW section.", "NEW age.", "NEW section."]
    assert sorted(found["parameters"]) == ["max_age", "section"]
    assert found["tables"] == [
        "| `max_age` | whole number from 1 to 99 | `unset` | NEW age. |",
        "| `filters.section` | list of texts, at most 9 | `unset` | NEW section. |",
        "| `--section NAME` | NEW section. May be repeated. |",
        "| `--max-age N` | NEW age. [1<=x<=99] |",
    ]


def _insert(path: Path, *, after: str, line: str) -> None:
    """Insert `line` before the first field or option that follows the line `after`."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(i for i, text in enumerate(lines) if text.startswith(after))
    first = next(
        i for i in range(start, len(lines)) if lines[i].startswith(("    Option(", "    outlet:", "    top_k:"))
    )
    lines.insert(first, line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


AUTHORS = Filters(author=("Ann Lee", "Bo"))


def test_filters_author_in_a_body(client: FlaskClient, service: StandInService) -> None:
    client.post("/v1/ask", json={"question": "Who?", "filters": {"author": ["Ann Lee", "Bo"]}})
    assert service.questions == [Question("Who?", filters=AUTHORS)]


def test_filters_author_in_an_address(client: FlaskClient, service: StandInService) -> None:
    client.get("/v1/ask?question=Who%3F&author=Ann+Lee&author=Bo")
    assert service.questions == [Question("Who?", filters=AUTHORS)]


def test_filters_author_in_a_chat(client: FlaskClient, service: StandInService) -> None:
    options = {"filters": {"author": ["Ann Lee", "Bo"]}}
    message = {"role": "user", "content": "Who?"}
    client.post("/v1/chat/completions", json={"model": "default", "messages": [message], "qa": options})
    assert service.questions == [Question("Who?", filters=AUTHORS)]


def test_filters_author_for_an_agent(service: StandInService) -> None:
    tools = Tools(service, "default")  # type: ignore[arg-type]
    tools.call("ask", {"question": "Who?", "filters": {"author": ["Ann Lee", "Bo"]}})
    assert service.questions == [Question("Who?", filters=AUTHORS)]


WRONG_NAMES = [
    ({"topk": 3}, "topk: there is no such field; did you mean top_k?"),
    ({"filters": {"authors": ["Ann"]}}, "filters.authors: there is no such field; did you mean author?"),
]


@pytest.mark.parametrize(("options", "message"), WRONG_NAMES)
def test_what_may_be_meant_is_told_on_every_face(
    client: FlaskClient, service: StandInService, options: dict[str, Any], message: str
) -> None:
    told = client.post("/v1/ask", json={"question": "Who?", **options}).get_json()["error"]["message"]
    assert told == message
    chat = {"model": "default", "messages": [{"role": "user", "content": "Who?"}], "qa": options}
    told = client.post("/v1/chat/completions", json=chat).get_json()["error"]["message"]
    assert told == f"qa.{message}"
    called = Tools(service, "default").call("ask", {"question": "Who?", **options})  # type: ignore[arg-type]
    assert called.content[0].model_dump()["text"] == message


def test_what_may_be_meant_is_told_of_a_search(service: StandInService) -> None:
    called = Tools(service, "default").call("search", {"query": "Who?", "topk": 3})  # type: ignore[arg-type]
    assert called.content[0].model_dump()["text"] == WRONG_NAMES[0][1]


def test_what_may_be_meant_is_told_in_an_address(client: FlaskClient) -> None:
    told = client.get("/v1/ask?question=Who%3F&topk=3").get_json()["error"]["message"]
    assert told == WRONG_NAMES[0][1]


def test_what_may_be_meant_is_told_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "Who?", "--topk", "3"]) == 2
    assert "Did you mean '--top-k'?" in capsys.readouterr().err


def test_a_chat_has_the_history_of_a_body(client: FlaskClient, service: StandInService) -> None:
    turns = [Turn(f"Question {n}?", f"Answer {n}.") for n in range(limits.MOST_TURNS + 3)]
    messages = [
        message
        for turn in turns
        for message in ({"role": "user", "content": turn.question}, {"role": "assistant", "content": turn.answer})
    ]
    messages.append({"role": "user", "content": "Who?"})
    client.post("/v1/chat/completions", json={"model": "default", "messages": messages})
    assert service.questions[-1].history == tuple(turns[-limits.MOST_TURNS :])
