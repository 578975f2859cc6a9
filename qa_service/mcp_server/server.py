"""The server around one service, for any transport."""

from __future__ import annotations

from typing import Any

import anyio.to_thread
from mcp.server import Server, ServerRequestContext
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    GetPromptRequestParams,
    GetPromptResult,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    ReadResourceRequestParams,
    ReadResourceResult,
)

from qa_service import __version__
from qa_service.mcp_server.prompts import ASK_WITH_CITATIONS, get_prompt
from qa_service.mcp_server.refusals import told
from qa_service.mcp_server.resources import ARTICLES, list_articles, read_article
from qa_service.mcp_server.tools import Tools
from qa_service.service import Service

__all__ = ["create_server"]

INSTRUCTIONS = (
    "Answers questions from a collection of articles, with citations that anyone can check. `ask` answers; `search` "
    "and `fetch` find and read passages; each article is a resource. Cite with the links that the tools give."
)
ASKING = frozenset({"ask", "search"})

Context = ServerRequestContext[Any]
Page = PaginatedRequestParams | None


def create_server(service: Service, collection: str = "default") -> Server[Any]:
    """The server around an open service. The caller closes `service`. `collection` is for calls that name none."""
    tools = Tools(service, collection)
    # Each question runs in a thread, as many at once as over HTTP, so that the loop stays free for other requests.
    places = anyio.CapacityLimiter(service.settings.questions_at_once)

    async def list_tools(ctx: Context, params: Page) -> ListToolsResult:
        return ListToolsResult(tools=tools.listed)

    async def call_tool(ctx: Context, params: CallToolRequestParams) -> CallToolResult:
        limiter = places if params.name in ASKING else None
        return await anyio.to_thread.run_sync(tools.call, params.name, params.arguments or {}, limiter=limiter)

    async def list_resources(ctx: Context, params: Page) -> ListResourcesResult:
        cursor = params.cursor if params else None
        return await anyio.to_thread.run_sync(lambda: told(lambda: list_articles(service, cursor)))

    async def list_templates(ctx: Context, params: Page) -> ListResourceTemplatesResult:
        return ListResourceTemplatesResult(resource_templates=[ARTICLES])

    async def read_resource(ctx: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        return await anyio.to_thread.run_sync(lambda: told(lambda: read_article(service, str(params.uri))))

    async def list_prompts(ctx: Context, params: Page) -> ListPromptsResult:
        return ListPromptsResult(prompts=[ASK_WITH_CITATIONS])

    async def prompt(ctx: Context, params: GetPromptRequestParams) -> GetPromptResult:
        return told(lambda: get_prompt(params.name, params.arguments or {}, collection))

    return Server(
        "qa-service",
        version=__version__,
        title="qa-service",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
        on_list_resources=list_resources,
        on_list_resource_templates=list_templates,
        on_read_resource=read_resource,
        on_list_prompts=list_prompts,
        on_get_prompt=prompt,
    )
