"""The page of every endpoint and field, made from the OpenAPI document that a server answers with."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["http_page"]

HEAD = """\
# Every endpoint and field

A running server shows the same at `/docs` and `/openapi.json`. [HTTP](http.md) says what the fields mean together.

"""
OPTIONS_HEAD = """\
Every interface takes them: HTTP, chats (`qa`), MCP, the command line, question sets, Python.
"""
METRICS_HEAD = """
## Metrics

`GET /metrics` answers in Prometheus' text format. Any worker process answers for the whole server. Counters and
`process_…` metrics, such as `process_cpu_seconds_total`, are sums over its processes.

| metric | type | labels | what it counts |
|---|---|---|---|
"""
REQUESTED = ("Body", "Options", "Message")
"""How the names of schemas end that a client sends."""
NO_LIMIT = 2147483647
"""Stands in a schema for "any number that a database takes"."""

Json = Mapping[str, Any]


def http_page(generated: str, options: str) -> str:
    """The whole page, in Markdown. `generated` is the line that says who writes it, `options` the table of options."""
    document, metrics = _asked()
    asking = f"## Options of a question\n\n{OPTIONS_HEAD}\n{options}"
    return "\n".join(
        [f"{HEAD}{generated}", asking, *_endpoints(document), *_bodies(document), *_answers(document), metrics]
    )


def _asked() -> tuple[Json, str]:
    """The OpenAPI document and the table of metrics, from an application over an empty index."""
    from qa_service.service import Service
    from qa_service.settings import Settings
    from qa_service.web import create_app

    with tempfile.TemporaryDirectory(prefix="qa-reference-") as index:
        service = Service.open(Settings(index=Path(index), model="fake"))
        client = create_app(service).test_client()
        document = json.loads(client.get("/openapi.json").data)
        metrics = client.get("/metrics").text
        service.close()
    return document, METRICS_HEAD + "\n".join(_metrics(metrics)) + "\n"


def _endpoints(document: Json) -> Iterator[str]:
    yield "## Endpoints\n\n| call | what it does |\n|---|---|"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            text = f"{operation['summary']} {operation.get('description', '')}"
            yield f"| `{method.upper()} {path}` | {_cell(text.replace('<br/>', ' '))} |"


def _bodies(document: Json) -> Iterator[str]:
    """The fields of each request: parameters of an address, then each kind of body."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            call = f"{method.upper()} {path}"
            parameters = [p for p in operation.get("parameters", []) if p["in"] == "query"]
            if parameters:
                yield f"\n## `{call}`\n"
                yield from _table(
                    {p["name"]: p["schema"] | {"description": p.get("description", "")} for p in parameters},
                    [p["name"] for p in parameters if p.get("required")],
                )
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                yield f"\n## `{call}`, {kind}\n"
                schema = _resolved(content["schema"], document)
                yield from _table(schema["properties"], schema.get("required", []))
    bodies = {_name(schema) for schema in _schemas_of_bodies(document)}
    for name, schema in document["components"]["schemas"].items():
        if name.endswith(REQUESTED) and name not in bodies:
            yield f"\n## {name}\n"
            yield from _table(schema["properties"], schema.get("required", []))


def _schemas_of_bodies(document: Json) -> Iterator[Json]:
    for operations in document["paths"].values():
        for operation in operations.values():
            yield from (kind["schema"] for kind in operation.get("requestBody", {}).get("content", {}).values())


def _answers(document: Json) -> Iterator[str]:
    for name, schema in document["components"]["schemas"].items():
        if name.endswith(REQUESTED) or not schema.get("properties"):
            continue
        yield f"\n## {name}\n"
        if schema.get("description"):
            yield _cell(schema["description"]) + "\n"
        yield "| field | type | meaning |\n|---|---|---|"
        for field, what in schema["properties"].items():
            yield f"| `{field}` | {_type(what)} | {_cell(what.get('description', ''))} |"


def _table(fields: Json, required: list[str]) -> Iterator[str]:
    yield "| field | type | default | meaning |\n|---|---|---|---|"
    for name, schema in fields.items():
        default = schema.get("default")
        shown = "" if default in (None, "", []) or isinstance(default, dict) else f"`{_json(default)}`"
        shown = "required" if name in required else shown
        yield f"| `{name}` | {_type(schema)} | {shown} | {_cell(schema.get('description', ''))} |"


def _json(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _type(schema: Json) -> str:
    """Type and limits in words."""
    if "$ref" in schema:
        return f"[{_name(schema)}](#{_name(schema).lower()})"
    if "anyOf" in schema:
        return "; or ".join(_type(kind) for kind in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"`{value}`" for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    low, high = schema.get("minimum", schema.get("minLength")), schema.get("maximum", schema.get("maxLength"))
    limits = [
        *([f"from {low:g}"] if low is not None else []),
        *([f"to {high:g}"] if high is not None and high != NO_LIMIT else []),
    ]
    unit = " characters" if schema.get("type") == "string" and limits else ""
    name = schema.get("format") or schema.get("type", "any")
    return f"{name}, {' '.join(limits)}{unit}" if limits else str(name)


def _metrics(text: str) -> Iterator[str]:
    helps = dict(re.findall(r"^# HELP (qa_\w+) (.+)$", text, re.MULTILINE))
    kinds = dict(re.findall(r"^# TYPE (qa_\w+) (\w+)$", text, re.MULTILINE))
    for name, meaning in helps.items():
        if not name.endswith("_created"):
            yield f"| `{name}` | {kinds[name]} | {_LABELS.get(name, '')} | {_cell(meaning)} |"


_LABELS = {
    "qa_http_requests_total": "`method`, `route`, `status`",
    "qa_http_request_seconds": "`route`",
    "qa_questions_total": "`outcome`: `answered` or `declined`",
    "qa_collection_articles": "`collection`",
    "qa_collection_passages": "`collection`",
    "qa_collection_generation": "`collection`",
}
"""A metric without a sample names no labels."""


def _name(schema: Json) -> str:
    """Of the component that a schema refers to; empty where it refers to none."""
    return str(schema.get("$ref", "")).rsplit("/", 1)[-1]


def _resolved(schema: Json, document: Json) -> Json:
    return document["components"]["schemas"][_name(schema)] if "$ref" in schema else schema


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
