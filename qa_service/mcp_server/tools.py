"""The tools `ask`, `search` and `fetch`. They only read. `search` and `fetch` have the shape that ChatGPT expects."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from mcp import MCPError
from mcp.types import INVALID_PARAMS, CallToolResult, TextContent, Tool, ToolAnnotations
from pydantic import BaseModel

from qa_service.chat import compose_reply, reply_parts
from qa_service.errors import CollectionNotFound, did_you_mean
from qa_service.mcp_server import places, schemas
from qa_service.mcp_server.refusals import failed_call, parsed
from qa_service.options.answer_body import answer_body
from qa_service.options.answer_json import AskResponse
from qa_service.options.ask_request import AskBody
from qa_service.options.links import page_base, passage_address, place_address
from qa_service.records import Answer, Question
from qa_service.service import Service

__all__ = ["Tools"]

ASK = (
    "Answer a question from a collection of articles: quoted sentences, each with its [n], and a list of the sources "
    "with links. Cite as it does, and add nothing that no passage says. Where `answerable` is false the articles do "
    "not say: tell the user so, and so of a part of a question that no passage answers or shows. For a follow-up "
    "question give the turns before in `history`."
)
SEARCH = (
    "Find passages of a collection of articles, best first. They are what is nearest, whether or not they answer: read "
    "them with `fetch` before relying on them."
)
FETCH = "Read a passage that `search` found, or a whole article, with who published it, when, and a link to cite."
READS_ONLY = {"read_only_hint": True, "destructive_hint": False, "idempotent_hint": True, "open_world_hint": False}


class Tools:
    """The tools around one service. `collection` is for calls that name none.

    `call` blocks until the tool is done. Several threads may call it at once.
    """

    def __init__(self, service: Service, collection: str) -> None:
        self._service, self._collection = service, collection
        self._base = page_base(service.settings)
        self._calls: dict[str, Callable[[dict[str, Any]], CallToolResult]] = {
            "ask": self._ask,
            "search": self._search,
            "fetch": self._fetch,
        }
        self.listed = [
            self._tool("ask", "Ask the articles", ASK, AskBody, AskResponse),
            self._tool("search", "Search the articles", SEARCH, schemas.SearchArguments, schemas.SearchResults),
            self._tool("fetch", "Read an article", FETCH, schemas.FetchArguments, schemas.FetchResult),
        ]

    def call(self, name: str, arguments: dict[str, Any]) -> CallToolResult:
        """The result of a tool.

        Raises:
            MCPError: the tool is unknown.
        """
        if name not in self._calls:
            message = f"There is no tool {name!r}{did_you_mean(name, self._calls)}"
            raise MCPError(INVALID_PARAMS, message, {"param": "name"})
        try:
            return self._calls[name](arguments)
        except Exception as error:
            return failed_call(error, name)

    def _ask(self, arguments: dict[str, Any]) -> CallToolResult:
        started = time.perf_counter()
        answer = self._answer(parsed(AskBody, {"collection": self._collection, **arguments}).record())
        took_ms = round((time.perf_counter() - started) * 1000, 3)
        body = answer_body(answer, base=self._base, request_id=uuid.uuid4().hex, took_ms=took_ms)
        return _result(body, compose_reply(reply_parts(answer, base=self._base)).text)

    def _search(self, arguments: dict[str, Any]) -> CallToolResult:
        given = parsed(schemas.SearchArguments, {"collection": self._collection, **arguments})
        answer = self._answer(Question(given.query, top_k=given.top_k, collection=given.collection, answer=False))
        found = [
            schemas.SearchResult(
                id=places.passage_uri(given.collection, c.article_id, (c.start, c.end), c.article_sha256),
                title=c.label,
                url=passage_address(self._base, passage, given.collection),
            )
            for passage in answer.passages
            for c in (passage.citation,)
        ]
        return _result(schemas.SearchResults(results=found).model_dump(mode="json"))

    def _fetch(self, arguments: dict[str, Any]) -> CallToolResult:
        name = parsed(schemas.FetchArguments, arguments).id
        named = name.startswith(f"{places.SCHEME}:")
        place = places.read_uri(name, param="id") if named else places.Place(self._collection, name)
        article, text = places.read_place(self._service, place, param="id")
        start, end = place.span or (0, len(article.text))
        metadata = schemas.Metadata.of(
            article,
            collection=place.collection,
            article=places.article_uri(place.collection, article.article_id),
            start_char_index=start,
            end_char_index=end,
            page=article.page_of(start),
            article_sha256=article.sha256,
        )
        address = place_address(self._base, place.collection, article.article_id, article.sha256, place.span)
        found = schemas.FetchResult(id=name, title=article.label, text=text, url=address, metadata=metadata)
        return _result(found.model_dump(mode="json"))

    def _answer(self, question: Question) -> Answer:
        try:
            return self._service.ask(question)
        except CollectionNotFound as error:
            raise places.which_there_are(error, self._service) from None

    def _tool(self, name: str, title: str, about: str, takes: type[BaseModel], gives: type[BaseModel]) -> Tool:
        schema = schemas.inlined(takes.model_json_schema())
        if (collection := schema["properties"].get("collection")) is not None:
            collection["default"] = self._collection
        return Tool(
            name=name,
            title=title,
            description=about,
            input_schema=schema,
            output_schema=gives.model_json_schema(mode="serialization"),
            annotations=ToolAnnotations(title=title, **READS_ONLY),
        )


def _result(body: dict[str, Any], text: str | None = None) -> CallToolResult:
    """`body` as structured content, and as text: `text`, or else `body` as JSON."""
    said = json.dumps(body, ensure_ascii=False) if text is None else text
    return CallToolResult(content=[TextContent(text=said)], structured_content=body)
