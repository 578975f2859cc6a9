"""The npm package `openai`, run by node against a real server, and in a page of another origin."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from servers import Server, StartServer
from sites import Site, running_site

OPENAI = "openai@6.49.0"
"""The last of its line: 7 wants node 22, and Debian's is older."""
SCRIPT = Path(__file__).parent / "openai_client.mjs"
QUESTION = "Who commands the Africa Corps?"
FURTHER = "How long do I boil an egg?"
DECLINED = "I can't find that in these articles."

Npm = Callable[..., Path]


@pytest.fixture(scope="module")
def told(server: Server, npm: Npm) -> Any:
    """What the script printed."""
    module = npm(OPENAI) / "openai" / "index.mjs"
    command = ["node", str(SCRIPT), str(module), f"{server.url}/v1", "default", QUESTION, FURTHER]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def plain(server: Server) -> Any:
    """The same question, asked without any client."""
    body = {"model": "default", "messages": [{"role": "user", "content": QUESTION}]}
    status, answer = server.request("POST", "/v1/chat/completions", body)
    assert status == 200
    return answer


def test_it_sees_the_collections_as_models(told: Any) -> None:
    assert told["models"] == ["default"]


def test_every_way_of_asking_gives_the_same_text(told: Any, plain: Any) -> None:
    text = plain["choices"][0]["message"]["content"]
    assert "[1]" in text and "**Sources**" in text
    ways = ("chat", "chatStreamed", "chatGathered", "responses", "responsesStreamed", "responsesGathered")
    assert {way: told[way]["text"] for way in ways} == dict.fromkeys(ways, text)
    assert told["chatGathered"]["finish"] == "stop"


def test_every_way_of_asking_gives_the_same_citations(told: Any, plain: Any, server: Server) -> None:
    message = plain["choices"][0]["message"]
    citations = [note["url_citation"] for note in message["annotations"]]
    ways = ("chat", "chatStreamed", "responses", "responsesStreamed", "responsesGathered")
    assert {way: told[way]["citations"] for way in ways} == dict.fromkeys(ways, citations)
    answer = server.ask(QUESTION)["answer"]
    for note, citation in zip(answer["annotations"], citations, strict=True):
        quoted = answer["text"][note["start_index"] : note["end_index"]]
        assert message["content"][citation["start_index"] : citation["end_index"]] == quoted


def test_it_is_told_the_usage(told: Any, plain: Any) -> None:
    usage = plain["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > usage["prompt_tokens"] > 0
    assert told["chat"]["usage"] == told["chatStreamed"]["usage"] == usage
    for way in ("responses", "responsesStreamed"):
        counted = told[way]["usage"]
        assert (counted["input_tokens"], counted["output_tokens"]) == (
            usage["prompt_tokens"],
            usage["completion_tokens"],
        )


def test_a_response_goes_on_from_another(told: Any) -> None:
    assert told["further"]["text"].startswith(DECLINED)
    assert told["further"]["previous"].startswith("resp_")


def test_a_collection_that_is_not_there_is_its_not_found_error(told: Any) -> None:
    refusal = told["refusal"]
    assert (refusal["name"], refusal["status"]) == ("NotFoundError", 404)
    assert "nowhere" in refusal["message"]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


def test_it_streams_to_a_page_of_another_origin(page: Page, site: Site, start_server: StartServer, npm: Npm) -> None:
    service = start_server(QA_MODEL="fake", QA_ALLOWED_ORIGINS=site.origin, QA_API_KEY="k", QA_ANSWERABLE_THRESHOLD="0")
    package = npm(OPENAI) / "openai"
    for file in package.rglob("*.mjs"):
        site.put(f"/openai/{file.relative_to(package)}", file.read_text(encoding="utf-8"), "text/javascript")
    page.goto(site.put("/", "<!doctype html><title>A page</title><link rel=icon href='data:,'>"))
    text = page.evaluate(
        """async ([baseURL, question]) => {
          const { default: OpenAI } = await import("/openai/index.mjs");
          const client = new OpenAI({ baseURL, apiKey: "k", dangerouslyAllowBrowser: true, maxRetries: 0 });
          const messages = [{ role: "user", content: question }];
          let text = "";
          const chunks = await client.chat.completions.create({ model: "default", messages, stream: true });
          for await (const chunk of chunks) {
            text += chunk.choices[0]?.delta?.content ?? "";
          }
          return text;
        }""",
        [f"{service.url}/v1", QUESTION],
    )
    body = {"model": "default", "messages": [{"role": "user", "content": QUESTION}]}
    assert text == service.request("POST", "/v1/chat/completions", body)[1]["choices"][0]["message"]["content"]
    assert "[1]" in text
