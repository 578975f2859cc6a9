"""The MCP server, asked by the SDK's own client: within the process here, over both transports at the end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import INTERNAL_ERROR, INVALID_PARAMS, CallToolResult
from pydantic import SecretStr

from qa_service.chat import compose_reply, reply_parts
from qa_service.cli import main
from qa_service.errors import InvalidInput
from qa_service.mcp_server import resources
from qa_service.mcp_server.places import Place, article_uri, passage_uri, read_uri
from qa_service.mcp_server.server import create_server
from qa_service.mcp_server.serving import create_app
from qa_service.options.links import page_base
from qa_service.records import ArticleDraft, ArticleMeta, Question
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.web.app import create_app as create_web_app

ROOT = Path(__file__).parent.parent
PATIENCE = 60
QUESTION = "How heavy is the quokka on Rottnest?"
STRANGE = "news/2025/Zoë 🙂 100%?#1.txt"
QUOKKA = "🙂 The quokka on Rottnest weighs 4.2 kilograms. It eats grass and leaves.\n\nIt sleeps by day."
ARTICLES = [
    (STRANGE, QUOKKA, "Quokka [2] weights", "AFP", "default"),
    ("b", "The quokka weighs 3.1 kilograms, says the zoo. Visitors feed it.", None, "Zoo", "default"),
    ("c", "Wombats dig burrows in the hills. They are slow.", "Wombats", None, "default"),
    ("d", "The numbat eats termites and nothing else.", "Numbats", "AFP", "mine"),
]

R = TypeVar("R")


def settings_of(index: Path, **changes: Any) -> Settings:
    return Settings(index=index, model="fake", answerable_threshold=0.0, **changes)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mcp") / "index"
    service = Service.open(settings_of(folder))
    for article_id, text, title, outlet, collection in ARTICLES:
        service.add_article(ArticleDraft(text, article_id, ArticleMeta(title, outlet)), collection)
    service.close()
    return folder


@pytest.fixture
def service(index: Path) -> Iterator[Service]:
    opened = Service.open(settings_of(index))
    yield opened
    opened.close()


def with_client(service: Service, work: Callable[[Client], Awaitable[R]], collection: str = "default") -> R:
    """What `work` returns, given a client of a server around the service."""

    async def run() -> R:
        async with Client(create_server(service, collection)) as client:
            return await work(client)

    return anyio.run(run)


def called(service: Service, tool: str, arguments: dict[str, Any], collection: str = "default") -> CallToolResult:
    return with_client(service, lambda client: client.call_tool(tool, arguments), collection)


def refused(service: Service, work: Callable[[Client], Awaitable[object]]) -> MCPError:
    """The error of the protocol that `work` ends in."""

    async def failing(client: Client) -> MCPError:
        with pytest.raises(MCPError) as raised:
            await work(client)
        return raised.value

    return with_client(service, failing)


def text_of(result: CallToolResult) -> str:
    (block,) = result.content
    assert block.type == "text"
    return block.text


def asked_over_http(service: Service, body: dict[str, Any]) -> dict[str, Any]:
    response = create_web_app(service).test_client().post("/v1/ask", json=body, base_url="http://127.0.0.1:8000")
    return without_the_moment(json.loads(response.data))


def without_the_moment(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in ("request_id", "took_ms")}


@pytest.mark.parametrize(
    "body",
    [
        {"question": QUESTION},
        {"question": QUESTION, "top_k": 1, "filters": {"outlet": ["Zoo"]}, "retriever": "lexical"},
        {"question": "And the numbat?", "collection": "mine", "history": [{"question": QUESTION, "answer": "4.2"}]},
        {"question": QUESTION, "filters": {"outlet": ["nobody"]}},
    ],
)
def test_ask_answers_what_http_answers(service: Service, body: dict[str, Any]) -> None:
    result = called(service, "ask", body)
    assert not result.is_error
    assert json.dumps(without_the_moment(result.structured_content)) == json.dumps(asked_over_http(service, body))


def test_the_text_of_ask_is_the_reply_with_its_sources(service: Service) -> None:
    text = text_of(called(service, "ask", {"question": QUESTION, "top_k": 1}))
    answer = service.ask(Question(QUESTION, top_k=1))
    assert text == compose_reply(reply_parts(answer, base="http://127.0.0.1:8000")).text
    assert re.match(r"Not sure: check whether .+ \([0-9]+ %\)\.\n\n.+ \[1\]\n\n\*\*Sources\*\*\n\n", text)
    assert re.search(r"\n- \[1\] \[.+\]\(http://127\.0\.0\.1:8000/\?article=", text)


def test_a_declined_question_says_so(index: Path) -> None:
    strict = Service.open(Settings(index=index, model="fake", answerable_threshold=1.0))
    result = called(strict, "ask", {"question": QUESTION})
    strict.close()
    assert (result.structured_content["answerable"], result.structured_content["answer"]) == (False, None)
    assert text_of(result) == "I can't find that in these articles."


def test_search_finds_what_fetch_reads(service: Service) -> None:
    found = called(service, "search", {"query": QUESTION, "top_k": 2})
    results = found.structured_content["results"]
    assert json.loads(text_of(found)) == found.structured_content
    passages = service.ask(Question(QUESTION, top_k=2)).passages
    assert len(results) == len(passages) == 2
    for result, passage in zip(results, passages, strict=True):
        citation = passage.citation
        assert set(result) == {"id", "title", "url"}
        fetched = called(service, "fetch", {"id": result["id"]})
        read = fetched.structured_content
        assert json.loads(text_of(fetched)) == read
        assert set(read) == {"id", "title", "text", "url", "metadata"}
        assert (read["id"], read["title"], read["text"]) == (result["id"], result["title"], passage.passage.text)
        where = read["metadata"]["start_char_index"], read["metadata"]["end_char_index"]
        assert where == (citation.start, citation.end)
        whole = called(service, "fetch", {"id": read["metadata"]["article"]}).structured_content
        assert whole["text"][where[0] : where[1]] == passage.passage.text
        assert whole["metadata"]["article_sha256"] == citation.article_sha256


def test_links_open_the_page_at_the_passage(index: Path) -> None:
    public = Service.open(settings_of(index, public_url="https://ask.example.org/"))
    (result,) = called(public, "search", {"query": QUESTION, "top_k": 1, "collection": "mine"}).structured_content[
        "results"
    ]
    assert result["url"].startswith("https://ask.example.org/?collection=mine&article=d&start=0&end=42&")
    read = called(public, "fetch", {"id": result["id"]}).structured_content
    sha = read["metadata"]["article_sha256"]
    assert read["url"] == f"https://ask.example.org/?collection=mine&article=d&start=0&end=42&h={sha}"
    whole = called(public, "fetch", {"id": "article://mine/d"}).structured_content
    assert whole["url"] == f"https://ask.example.org/?collection=mine&article=d&h={sha}"
    public.close()


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", "http://127.0.0.1:8000"), ("0.0.0.0", "http://127.0.0.1:8000"), ("::", "http://[::1]:8000")],
)
def test_without_a_public_address_links_lead_to_where_serve_listens(host: str, expected: str) -> None:
    assert page_base(Settings(host=host)) == expected


def test_a_bare_id_is_an_article_of_the_servers_own_collection(service: Service) -> None:
    assert called(service, "fetch", {"id": STRANGE}).structured_content["text"] == QUOKKA
    read = called(service, "fetch", {"id": "d"}, "mine").structured_content
    assert (read["title"], read["metadata"]["collection"]) == ("Numbats", "mine")


def test_a_call_that_names_no_collection_asks_the_servers_own(service: Service) -> None:
    body = called(service, "ask", {"question": "What does the numbat eat?"}, "mine").structured_content
    assert body["collection"]["name"] == "mine"
    tools = with_client(service, lambda client: client.list_tools(), "mine").tools
    defaults = {tool.name: tool.input_schema["properties"].get("collection", {}).get("default") for tool in tools}
    assert defaults == {"ask": "mine", "search": "mine", "fetch": None}


def test_a_passage_of_a_text_that_was_replaced_is_not_another_passage(tmp_path: Path) -> None:
    changing = Service.open(settings_of(tmp_path))
    changing.add_article(ArticleDraft("The quokka weighs 4.2 kilograms. It sleeps.", "q"))
    (found,) = called(changing, "search", {"query": "quokka"}).structured_content["results"]
    changing.add_article(ArticleDraft("The quokka weighs 9.9 kilograms. It sleeps.", "q"))
    result = called(changing, "fetch", {"id": found["id"]})
    changing.close()
    assert result.is_error
    assert text_of(result) == "Article 'q' has another text now, so this passage is not in it. Search again."


def test_tools_say_that_they_only_read(service: Service) -> None:
    tools = with_client(service, lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == ["ask", "search", "fetch"]
    for tool in tools:
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.open_world_hint is False
        assert tool.output_schema is not None
        assert "$ref" not in json.dumps(tool.input_schema)


def test_what_ask_takes_and_gives_is_published(service: Service) -> None:
    ask, *_ = with_client(service, lambda client: client.list_tools()).tools
    web = create_web_app(service).test_client().get("/openapi.json").get_json()["components"]["schemas"]
    assert set(ask.input_schema["properties"]) == set(web["AskBody"]["properties"])
    assert ask.input_schema["required"] == ["question"]
    assert ask.input_schema["properties"]["filters"]["properties"]["outlet"]["type"] == "array"
    assert ask.output_schema is not None
    assert set(ask.output_schema["required"]) == set(web["AskResponse"]["properties"]) - {"declined"}


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("ask", {}, "question: is required."),
        ("ask", {"question": "  "}, "question: must not be blank."),
        ("ask", {"question": "x", "top_k": "3"}, "top_k: must be a whole number."),
        ("ask", {"question": "x", "topk": 3}, "topk: there is no such field; did you mean top_k?"),
        (
            "ask",
            {"question": "x", "filters": {"published_from": "May"}},
            "filters.published_from: must be a date such as 2025-11-21.",
        ),
        ("ask", {"question": "x", "collection": "no"}, "There is no collection 'no'. Collections: default, mine."),
        ("search", {"query": " \t"}, "query: must not be blank."),
        ("search", {"query": "x", "collection": "no"}, "There is no collection 'no'. Collections: default, mine."),
        (
            "search",
            {"query": "x", "collection": "defaults"},
            "There is no collection 'defaults'; did you mean default? Collections: default, mine.",
        ),
        ("search", {"query": "x", "top_k": 101}, "top_k: must be less than or equal to 100."),
        ("fetch", {"id": 7}, "id: must be a string."),
        ("fetch", {"id": "nothing"}, "There is no article 'nothing' in the collection 'default'."),
        ("fetch", {"id": "article://no/b"}, "There is no collection 'no'. Collections: default, mine."),
        ("fetch", {"id": "article://default/b#char=0,9999"}, "Article 'b' has another text now, so this passage"),
    ],
)
def test_bad_input_is_refused_by_name(service: Service, tool: str, arguments: dict[str, Any], message: str) -> None:
    result = called(service, tool, arguments)
    assert result.is_error
    assert text_of(result).startswith(message)
    assert result.structured_content is None


def test_an_unknown_tool_is_an_error_of_the_protocol(service: Service) -> None:
    error = refused(service, lambda client: client.call_tool("delete", {}))
    assert error.message == "There is no tool 'delete'."
    assert (error.code, error.data) == (INVALID_PARAMS, {"param": "name"})


def test_a_failure_of_ours_is_told_without_its_inside(
    service: Service, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(service, "ask", fail)
    monkeypatch.setattr(service, "article", fail)
    result = called(service, "ask", {"question": "x"})
    assert (result.is_error, text_of(result)) == (True, "Something went wrong here; the server's log says what.")
    error = refused(service, lambda client: client.read_resource("article://default/b"))
    assert (error.code, error.message) == (INTERNAL_ERROR, "Something went wrong here; the server's log says what.")
    assert caplog.text.count("RuntimeError: secret") == 2


@pytest.mark.parametrize("article_id", [STRANGE, "a/b//", "%2F", "..", "\n\t ", "é", "e\u0301", "#char=1,2", "ü?x=1"])
def test_uris_carry_any_id(article_id: str) -> None:
    assert read_uri(article_uri("mine.2", article_id), param="uri") == Place("mine.2", article_id)
    passage = passage_uri("mine.2", article_id, (3, 14), "0123456789abcdef")
    assert read_uri(passage, param="uri") == Place("mine.2", article_id, (3, 14), "01234567")
    assert passage.isascii()


@pytest.mark.parametrize(
    "uri",
    [
        "http://default/b", "article:b", "article:///b", "article://default", "article://default/", "article://[/b",
        "article://default/b#char=5,5", "article://default/b#char=-1,5", "article://default/b#line=1,5",
        "article://default/%ff", "article://default/b?x=1", "",
    ],
)  # fmt: skip
def test_what_is_no_uri_of_ours_is_refused(uri: str) -> None:
    with pytest.raises(InvalidInput, match=r"^uri: ") as raised:
        read_uri(uri, param="uri")
    assert raised.value.param == "uri"


def test_articles_are_listed_once_over_pages_and_collections(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "PAGE", 2)

    async def all_pages(client: Client) -> list[list[str]]:
        page = await client.list_resources()
        pages = [[r.uri for r in page.resources]]
        while page.next_cursor is not None:
            page = await client.list_resources(cursor=page.next_cursor)
            pages.append([r.uri for r in page.resources])
        return pages

    strange = "article://default/news%2F2025%2FZo%C3%AB%20%F0%9F%99%82%20100%25%3F%231.txt"
    assert with_client(service, all_pages) == [
        ["article://default/b", "article://default/c"],
        [strange],
        ["article://mine/d"],
    ]


def test_a_listed_article_is_read_by_its_uri(service: Service) -> None:
    async def read(client: Client) -> tuple[Any, ...]:
        listed = [r for r in (await client.list_resources()).resources if r.name == STRANGE]
        template = (await client.list_resource_templates()).resource_templates[0].uri_template
        return listed[0], template, (await client.read_resource(listed[0].uri)).contents

    listed, template, contents = with_client(service, read)
    assert (listed.title, listed.description) == ("Quokka [2] weights", "AFP, date not stated, collection default")
    assert template == "article://{collection}/{id}"
    assert [(c.uri, c.mime_type, c.text) for c in contents] == [(listed.uri, "text/plain", QUOKKA)]


@pytest.mark.parametrize(
    ("uri", "param"),
    [("article://default/none", "uri"), ("article://none/b", "collection"), ("https://example.org/", "uri")],
)
def test_a_resource_that_is_not_there_is_an_error_of_the_protocol(service: Service, uri: str, param: str) -> None:
    error = refused(service, lambda client: client.read_resource(uri))
    assert (error.code, error.data) == (INVALID_PARAMS, {"param": param})


@pytest.mark.parametrize("cursor", ["?", "e30=", "Zm9v", "WyJnb25lIiwgbnVsbF0="])  # {}, foo, ["gone", null]
def test_a_cursor_that_is_none_is_refused(service: Service, cursor: str) -> None:
    error = refused(service, lambda client: client.list_resources(cursor=cursor))
    assert error.message.startswith("cursor: ")
    assert (error.code, error.data) == (INVALID_PARAMS, {"param": "cursor"})


def test_where_there_is_no_collection_nothing_is_listed(tmp_path: Path) -> None:
    empty = Service.open(settings_of(tmp_path))
    page = with_client(empty, lambda client: client.list_resources())
    assert (page.resources, page.next_cursor) == ([], None)
    assert text_of(called(empty, "ask", {"question": "x"})).endswith("Collections: none yet.")
    empty.close()


def test_the_prompt_has_the_question_and_the_collection(service: Service) -> None:
    async def get(client: Client) -> tuple[list[str], str]:
        listed = (await client.list_prompts()).prompts
        (message,) = (await client.get_prompt("ask-with-citations", {"question": QUESTION})).messages
        assert message.content.type == "text"
        return [p.name for p in listed], message.content.text

    names, text = with_client(service, get, "mine")
    assert names == ["ask-with-citations"]
    assert text.startswith(f"Answer this question from the articles alone: {QUESTION}\n")
    assert "the collection `mine`" in text


@pytest.mark.parametrize(
    ("name", "arguments", "param"),
    [
        ("ask-with-citations", {}, "question"),
        ("ask-with-citations", {"question": "x", "k": "1"}, "k"),
        ("x", {}, "name"),
    ],
)
def test_a_prompt_that_cannot_be_is_refused(service: Service, name: str, arguments: dict[str, str], param: str) -> None:
    error = refused(service, lambda client: client.get_prompt(name, arguments))
    assert (error.code, error.data) == (INVALID_PARAMS, {"param": param})


def test_questions_take_their_turn_and_hold_up_nobody(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Service.open(settings_of(index, threads=2))
    ask, go_on, lock = busy.ask, threading.Event(), threading.Lock()
    running = most = 0

    def slow_ask(question: Question) -> Any:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        assert go_on.wait(PATIENCE)
        with lock:
            running -= 1
        return ask(question)

    monkeypatch.setattr(busy, "ask", slow_ask)

    async def work(client: Client) -> int:
        answers: list[CallToolResult] = []

        async def one(tool: str, name: str) -> None:
            answers.append(await client.call_tool(tool, {name: QUESTION}))

        async with anyio.create_task_group() as group:
            for tool, name in [("ask", "question"), ("search", "query")] * 3:
                group.start_soon(one, tool, name)
            with anyio.fail_after(PATIENCE):
                while running < 2:
                    await anyio.sleep(0.01)
                # all places are taken, and yet:
                assert text_of(await client.call_tool("fetch", {"id": "c"}))
                assert (await client.list_resources()).resources
            assert not answers
            go_on.set()
        return len([answer for answer in answers if not answer.is_error])

    assert (with_client(busy, work), most) == (6, 2)
    busy.close()


# Rules of access over HTTP.

PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def sent(settings: Settings, service: Service, *requests: dict[str, Any]) -> list[httpx.Response]:
    """Responses to requests that differ from a ping by what is given."""

    async def run() -> list[httpx.Response]:
        server = create_server(service)
        app = create_app(server, settings)
        async with (
            server.session_manager.run(),
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8001") as client,
        ):
            responses = []
            for request in requests:
                headers = ACCEPT | request.pop("headers", {})
                call = {"method": "POST", "url": "/mcp", "json": PING} | request
                responses.append(await client.request(**call, headers=headers))
            return responses

    return anyio.run(run)


def test_the_key_guards_every_call(service: Service) -> None:
    keyed = settings_of(service.settings.index, api_key=SecretStr("sesame"))
    given = [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic sesame"},
        {"Authorization": "bearer sesame"},
    ]
    responses = sent(keyed, service, *({"headers": headers} for headers in given))
    assert [r.status_code for r in responses] == [401, 401, 401, 200]
    assert responses[0].headers["WWW-Authenticate"] == 'Bearer realm="qa-service"'
    assert responses[0].json()["error"]["message"] == "Send the key of this service as `Authorization: Bearer <key>`."
    assert responses[3].json() == {"jsonrpc": "2.0", "id": 1, "result": {}}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "localhost:8001"}, 200),
        ({"Host": "[::1]:8001"}, 200),
        ({"Host": "QA.example.org."}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://127.0.0.1:8001"}, 200),
        ({"Origin": "https://chat.example.org"}, 200),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_only_hosts_and_origins_that_are_served_may_call(
    service: Service, headers: dict[str, str], status: int
) -> None:
    listed = settings_of(
        service.settings.index, allowed_hosts=("qa.example.org",), allowed_origins=("https://chat.example.org/",)
    )
    (response,) = sent(listed, service, {"headers": headers})
    assert response.status_code == status
    allowed = response.headers.get("Access-Control-Allow-Origin")
    assert allowed == ("https://chat.example.org" if headers.get("Origin") == "https://chat.example.org" else None)


def test_a_browser_of_a_listed_origin_may_ask_beforehand(service: Service) -> None:
    listed = settings_of(
        service.settings.index, allowed_origins=("https://chat.example.org",), api_key=SecretStr("sesame")
    )
    wanted = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
    known, unknown = sent(
        listed,
        service,
        {"method": "OPTIONS", "headers": {"Origin": "https://chat.example.org", **wanted}},
        {"method": "OPTIONS", "headers": {"Origin": "https://evil.example", **wanted}},
    )
    assert known.status_code == 200
    assert known.headers["Access-Control-Allow-Headers"] == "authorization"
    assert unknown.status_code == 400
    assert "Access-Control-Allow-Origin" not in unknown.headers


def test_a_rate_holds_for_each_client(service: Service) -> None:
    first, second, third = sent(settings_of(service.settings.index, rate_limit="2/hour"), service, {}, {}, {})
    assert [first.status_code, second.status_code, third.status_code] == [200, 200, 429]
    assert 3500 < int(third.headers["Retry-After"]) <= 3601


def test_messages_come_by_post_and_within_bounds(service: Service) -> None:
    got, deleted, elsewhere, large, broken = sent(
        service.settings,
        service,
        {"method": "GET", "json": None},
        {"method": "DELETE", "json": None},
        {"url": "/"},
        {"json": PING | {"params": {"x": "x" * 1024 * 1024}}},
        {"json": None, "content": b'{"jsonrpc', "headers": {"Content-Type": "application/json"}},
    )
    assert [r.status_code for r in (got, deleted, elsewhere, large, broken)] == [405, 405, 404, 413, 400]
    assert got.headers["Allow"] == "POST"
    assert broken.json()["error"]["code"] == -32700


# Real processes.

COMMAND = [sys.executable, "-m", "qa_service", "mcp"]


def environment(index: Path, **changes: str) -> dict[str, str]:
    own = {"QA_MODEL": "fake", "QA_INDEX": str(index), "QA_ANSWERABLE_THRESHOLD": "0", "PYTHONPATH": str(ROOT)}
    return {k: v for k, v in os.environ.items() if not k.startswith("QA_")} | own | changes


@pytest.fixture(scope="module")
def over_http(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that wants the key `sesame`; it must end in order."""
    log = tmp_path_factory.mktemp("log") / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*COMMAND, "--transport", "streamable-http", "--port", "0"],
            env=environment(index, QA_API_KEY="sesame"),
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while "Ready." not in log.read_text() and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.05)
        address = re.search(r"Listening at (http://127\.0\.0\.1:\d+/mcp)", log.read_text())
        assert address is not None, log.read_text()
        yield address[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
        assert "Traceback" not in log.read_text()
    finally:
        process.kill()
        process.wait()


@asynccontextmanager
async def connected(transport: str, mode: str, index: Path, address: str) -> AsyncIterator[Client]:
    if transport == "stdio":
        process = StdioServerParameters(command=COMMAND[0], args=COMMAND[1:], env=environment(index))
        async with Client(process, mode=mode) as client:
            yield client
    else:
        async with (
            httpx2.AsyncClient(headers={"Authorization": "Bearer sesame"}, timeout=PATIENCE) as http,
            Client(streamable_http_client(address, http_client=http), mode=mode) as client,
        ):
            yield client


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize("transport", ["stdio", "streamable-http"])
def test_the_client_gets_the_same_over_both_transports(
    transport: str, mode: str, index: Path, over_http: str, service: Service
) -> None:
    async def work() -> tuple[Any, ...]:
        async with connected(transport, mode, index, over_http) as client:
            with anyio.fail_after(PATIENCE):
                tools = [tool.name for tool in (await client.list_tools()).tools]
                answer = (await client.call_tool("ask", {"question": QUESTION})).structured_content
                refused = await client.call_tool("ask", {"question": QUESTION, "top_k": 0})
                found = (await client.call_tool("search", {"query": QUESTION})).structured_content["results"]
                read = [(await client.call_tool("fetch", {"id": r["id"]})).structured_content for r in found]
                (contents,) = (await client.read_resource(article_uri("default", STRANGE))).contents
                listed = [r.name for r in (await client.list_resources()).resources]
                prompts = [p.name for p in (await client.list_prompts()).prompts]
                return tools, answer, text_of(refused), read, contents.text, listed, prompts

    tools, answer, refused, read, text, listed, prompts = anyio.run(work)
    assert tools == ["ask", "search", "fetch"]
    assert json.dumps(without_the_moment(answer)) == json.dumps(asked_over_http(service, {"question": QUESTION}))
    assert refused == "top_k: must be greater than or equal to 1."
    assert [r["text"] for r in read] == [p.passage.text for p in service.ask(Question(QUESTION, top_k=10)).passages]
    assert text == QUOKKA
    assert listed == ["b", "c", STRANGE]
    assert prompts == ["ask-with-citations"]


@pytest.mark.slow
def test_a_client_without_the_key_learns_that_it_needs_one(index: Path, over_http: str) -> None:
    async def work() -> None:
        async with Client(over_http) as client:
            await client.list_tools()

    with pytest.raises(BaseException) as raised:
        anyio.run(work)
    assert "Bearer" in "".join(str(e) for e in _leaves(raised.value))


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _leaves(inner)
    else:
        yield error


@pytest.mark.slow
def test_standard_output_is_the_protocols_alone(index: Path) -> None:
    lines = ["nonsense", '{"jsonrpc": "2.0", "id": 7, "method": "ping"}', '{"id": 8}', "[]", ""]
    before = sorted(str(p) for p in index.rglob("*"))
    process = subprocess.Popen(
        COMMAND, env=environment(index, QA_LOG_LEVEL="debug"), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("\n".join(lines))
    process.stdin.flush()
    first = json.loads(process.stdout.readline())
    out, log = process.communicate(timeout=PATIENCE)
    assert first == {"jsonrpc": "2.0", "id": 7, "result": {}}
    assert [json.loads(line)["jsonrpc"] for line in out.splitlines()] == ["2.0"] * len(out.splitlines())
    assert process.returncode == 0
    assert "Traceback" not in log
    assert sorted(str(p) for p in index.rglob("*")) == before


@pytest.mark.slow
def test_an_interrupt_ends_it_while_the_client_still_writes(index: Path) -> None:
    process = subprocess.Popen(
        COMMAND, env=environment(index), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None and process.stdout is not None and process.stderr is not None
    process.stdin.write(b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n')
    process.stdin.flush()
    assert process.stdout.readline()
    process.send_signal(signal.SIGINT)
    try:
        assert process.wait(PATIENCE / 4) == -signal.SIGINT
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.communicate()


# The command line.


def failed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["mcp", *arguments])
    captured = capsys.readouterr()
    assert captured.out == ""
    return code, captured.err


def test_a_model_that_is_not_on_disk_is_a_clear_error(
    index: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QA_MODEL", "no/such-model")
    code, error = failed(capsys, "--index", str(index))
    assert code == 1
    assert error.startswith("error: QA_MODEL: there is no model 'no/such-model' on this machine")
    assert len(error.splitlines()) == 1


def test_an_index_that_is_not_there_is_a_clear_error_and_is_not_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = failed(capsys, "--index", str(tmp_path / "none"))
    assert (code, list(tmp_path.iterdir())) == (1, [])
    assert error.startswith(f"error: The directory {tmp_path / 'none'} does not exist")


def test_its_port_is_not_that_of_serve_and_a_taken_one_is_told(index: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (Settings().port, Settings().mcp_port) == (8000, 8001)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, error = failed(capsys, "--transport", "streamable-http", "--port", str(port), "--index", str(index))
    assert code == 2
    assert f"127.0.0.1 port {port} is in use by another program" in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--port", "1"], "--port is for --transport streamable-http"),
        (["--allow-anonymous"], "--allow-anonymous is for --transport streamable-http"),
        (["--transport", "streamable-http", "--host", "0.0.0.0"], "set QA_API_KEY, or allow everyone"),
    ],
)
def test_what_cannot_be_typed_is_refused(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, error = failed(capsys, *arguments)
    assert code == 2
    assert message in error


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--collection", "nope"], "'nope'. Collections: default, mine."),
        (["--collection", "Mime"], "'Mime'; did you mean mine? Collections: default, mine."),
        (
            ["--collection", "nope", "--transport", "streamable-http", "--port", "0"],
            "'nope'. Collections: default, mine.",
        ),
    ],
)
def test_a_server_of_a_collection_that_is_not_there_does_not_start(
    index: Path, arguments: list[str], said: str
) -> None:
    # a server that starts all the same ends with its input, or over HTTP never
    given = {"env": environment(index), "stdin": subprocess.DEVNULL, "capture_output": True, "timeout": PATIENCE}
    ran = subprocess.run([*COMMAND, *arguments], **given)
    (error,) = [line for line in ran.stderr.decode().splitlines() if line.startswith("error: ")]
    command = f"qa-service ingest PATH --collection {arguments[1]} --index {index}"
    how = f"Name one with --collection, or make it with: {command}"
    assert error == f"error: There is no collection {said} {how}"
    assert ran.stdout == b""
    asked = subprocess.run([*COMMAND[:-1], "ask", QUESTION, *arguments[:2]], **given)
    assert ran.returncode == asked.returncode == 1


@pytest.mark.slow
def test_a_server_of_no_collection_at_all_does_not_start(tmp_path: Path) -> None:
    given = {"env": environment(tmp_path), "stdin": subprocess.DEVNULL, "capture_output": True, "timeout": PATIENCE}
    ran = subprocess.run(COMMAND, **given)
    assert ran.returncode == 1
    assert b"error: There is no collection 'default'. Collections: none yet." in ran.stderr
    assert ran.stderr.strip().endswith(f"make it with: qa-service ingest PATH --index {tmp_path}".encode())
