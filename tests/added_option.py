"""Prints as JSON what every face makes of two added options: `max_age` and `filters.section`."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from web_fixtures import StandInService

from qa_service import service as service_room
from qa_service.cli.app import qa_service
from qa_service.cli.reference import cli_page, options_table
from qa_service.evaluation.sets import open_questions
from qa_service.mcp_server.tools import Tools
from qa_service.records import Question
from qa_service.web.app import create_app


def asked(question: Question) -> list[Any]:
    values = asdict(question)
    return [values["max_age"], list(values["filters"]["section"])]


def main(folder: Path) -> None:
    service = StandInService()
    client = create_app(service).test_client()  # type: ignore[arg-type]
    tools = Tools(service, "default")  # type: ignore[arg-type]
    found: dict[str, Any] = {}

    def keep(face: str) -> None:
        found[face] = asked(service.questions[-1])
        service.questions.clear()

    options = {"max_age": 3, "filters": {"section": ["Sport", "Trade"]}}
    client.post("/v1/ask", json={"question": "Who?", **options})
    keep("body")
    client.get("/v1/ask?question=Who%3F&max_age=3&section=Sport&section=Trade")
    keep("query")
    message = {"role": "user", "content": "Who?"}
    client.post("/v1/chat/completions", json={"model": "default", "messages": [message], "qa": options})
    keep("chat")
    client.post("/v1/responses", json={"model": "default", "input": "Who?", "qa": options})
    keep("responses")
    tools.call("ask", {"question": "Who?", **options})
    keep("mcp")
    service_room.Service.open = lambda settings: service  # type: ignore[method-assign, assignment, return-value]
    arguments = ["ask", "Who?", "--max-age", "3", "--section", "Sport", "--section", "Trade"]
    CliRunner().invoke(qa_service, arguments, catch_exceptions=False)
    keep("command line")
    path = folder / "set.jsonl"
    path.write_text(json.dumps({"id": "1", "question": "Who?", "filters": options["filters"]}), encoding="utf-8")
    found["question set"] = [list(asdict(question.filters)["section"]) for question in open_questions(path)]

    refused = client.post("/v1/ask", json={"question": "Who?", "max_age": 0}).get_json()
    found["refused"] = [refused["error"]["param"], refused["error"]["message"]]
    meant = tools.call("ask", {"question": "Who?", "maxage": 1}).content[0]
    found["meant"] = meant.model_dump()["text"]
    openapi = client.get("/openapi.json").get_json()
    schemas = openapi["components"]["schemas"]
    found["schemas"] = [
        schemas["AskBody"]["properties"]["max_age"]["description"],
        schemas["AskingOptions"]["properties"]["max_age"]["description"],
        schemas["FiltersBody"]["properties"]["section"]["description"],
        tools.listed[0].input_schema["properties"]["max_age"]["description"],
        tools.listed[0].input_schema["properties"]["filters"]["properties"]["section"]["description"],
    ]
    found["parameters"] = [
        parameter["name"]
        for parameter in openapi["paths"]["/v1/ask"]["get"]["parameters"]
        if parameter["name"] in ("max_age", "section")
    ]
    found["tables"] = [line for line in (options_table() + cli_page()).splitlines() if "NEW" in line]
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
