"""The page, the reference, and what runs beside them. Nothing may come from outside."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from pydantic.json_schema import GenerateJsonSchema
from web_fixtures import StandInService

from qa_service.errors import CollectionCorrupt
from qa_service.options.schema_base import ResponseModel
from qa_service.web import create_app, routes

WEB = Path(routes.__file__).parent.parent


@pytest.fixture
def service() -> StandInService:
    return StandInService()


@pytest.fixture
def client(service: StandInService) -> FlaskClient:
    return create_app(service).test_client()


def samples(client: FlaskClient) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(client.get("/metrics").text)
    return {(s.name, frozenset(s.labels.items())): s.value for f in families for s in f.samples}


@pytest.mark.parametrize("path", ["/", "/add", "/evaluations", "/docs"])
def test_a_page_loads_only_files_that_are_here(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, "text/html")
    loaded = re.findall(r"""(?:src|href)="([^"]+)\"""", response.text)
    assert len(loaded) >= 4
    for address in loaded:
        assert address.startswith(("/", "#")), address
        if "." in address:
            with client.get(address) as file:
                assert file.status_code == 200, address
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|style=", response.text)


def test_scripts_and_styles_name_no_other_host_and_build_no_html() -> None:
    files = [*WEB.glob("static/*.js"), *WEB.glob("static/*.css")]
    assert len(files) >= 8
    for file in files:
        source = file.read_text(encoding="utf-8")
        assert not re.search(r"https?://[a-z]|@import|url\(", source), file
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", source), (
            file
        )
        for module in re.findall(r'from "\./([^"]+)"', source):
            assert (file.parent / module).is_file(), module


def test_the_document_names_every_endpoint_and_its_refusals(client: FlaskClient) -> None:
    spec: Any = client.get("/openapi.json").get_json()
    assert spec["openapi"].startswith("3.1")
    operations = {(path, method) for path, item in spec["paths"].items() for method in item}
    assert operations == {
        ("/v1/ask", "get"),
        ("/v1/ask", "post"),
        ("/v1/models", "get"),
        ("/v1/models/{model}", "get"),
        ("/v1/chat/completions", "post"),
        ("/v1/responses", "post"),
        ("/v1/collections", "get"),
        ("/v1/articles", "get"),
        ("/v1/articles", "post"),
        ("/v1/articles/{article_id}", "get"),
        ("/v1/articles/{article_id}", "delete"),
        ("/v1/jobs", "get"),
        ("/v1/jobs/{job_id}", "get"),
        ("/v1/jobs/{job_id}", "delete"),
        ("/v1/jobs/{job_id}/retry", "post"),
        ("/v1/evaluations", "get"),
        ("/v1/evaluations", "post"),
        ("/v1/evaluations/{evaluation_id}", "get"),
        ("/v1/evaluations/{evaluation_id}", "delete"),
        ("/v1/evaluations/{evaluation_id}/files/{name}", "get"),
        ("/healthz", "get"),
        ("/readyz", "get"),
        ("/metrics", "get"),
    }
    ask = spec["paths"]["/v1/ask"]["post"]
    assert ask["requestBody"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/AskBody"}
    assert {"200", "400", "401", "403", "404", "413", "415", "422", "429", "503"} == set(ask["responses"])
    for status in ("422", "404"):
        schema = ask["responses"][status]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/ErrorResponse"}
    chat = spec["paths"]["/v1/chat/completions"]["post"]["responses"]
    assert {"200", "400", "401", "403", "404", "413", "415", "429", "503"} == set(chat)
    assert chat["400"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/OpenAIError"}
    top_k = spec["components"]["schemas"]["AskBody"]["properties"]["top_k"]
    assert (top_k["minimum"], top_k["maximum"], top_k["default"]) == (1, 100, 5)
    assert set(spec["paths"]["/v1/articles"]["post"]["requestBody"]["content"]) == {
        "application/json",
        "multipart/form-data",
    }


def test_every_reference_in_the_document_leads_somewhere(client: FlaskClient) -> None:
    response = client.get("/openapi.json")
    names = set(re.findall(r'"\$ref": ?"#/components/schemas/([^"]+)"', response.text))
    assert {"AskBody", "FiltersBody", "AskResponse", "CitationItem", "ErrorDetail"} <= names
    assert names <= set(response.get_json()["components"]["schemas"])


def test_the_document_describes_what_is_sent(client: FlaskClient) -> None:
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    sent = client.post("/v1/ask", json={"question": "quokka", "matches": True}).get_json()
    # `declined` is there only where there is a reason: tests/test_declining.py
    assert [name for name in schemas["AskResponse"]["properties"] if name != "declined"] == list(sent)
    assert list(schemas["PassageItem"]["properties"]) == list(sent["passages"][0])
    assert list(schemas["MatchItem"]["properties"]) == list(sent["passages"][0]["matches"][0])
    assert list(schemas["CitationItem"]["properties"]) == list(sent["passages"][0]["citation"])
    assert list(schemas["AnnotationItem"]["properties"]) == list(sent["answer"]["annotations"][0])


def test_a_schema_is_made_once_and_is_everyones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    class Told(ResponseModel):
        told: int

    class More(Told):
        more: str

    schema = Told.model_json_schema(mode="serialization")
    assert list(schema["properties"]) == ["told"]
    assert list(More.model_json_schema(mode="serialization")["properties"]) == ["told", "more"]
    schema["properties"].clear()
    monkeypatch.setattr(GenerateJsonSchema, "generate", lambda *_, **__: pytest.fail("made again"))
    assert list(Told.model_json_schema(mode="serialization")["properties"]) == ["told"]


def test_health_and_readiness(client: FlaskClient, service: StandInService) -> None:
    assert client.get("/healthz").get_json() == {"status": "alive"}
    assert client.get("/readyz").get_json() == {"status": "ready"}
    service.ready = False
    assert client.get("/healthz").status_code == 200
    response = client.get("/readyz")
    assert (response.status_code, response.get_json()["error"]["type"]) == (503, "not_ready")
    assert response.headers["Retry-After"] == "1"


def test_metrics_count_requests_questions_and_collections(client: FlaskClient) -> None:
    client.post("/v1/ask", json={"question": "quokka"})
    client.get("/v1/ask?question=router")
    client.post("/v1/ask", json={"question": ""})
    client.get("/v1/articles/a/b/c")
    client.get("/anything/else")
    client.open("/v1/ask", method="BREW")
    found = samples(client)

    def value(name: str, **labels: str) -> float:
        return found[name, frozenset(labels.items())]

    assert value("qa_http_requests_total", method="POST", route="/v1/ask", status="200") == 1
    assert value("qa_http_requests_total", method="POST", route="/v1/ask", status="422") == 1
    assert value("qa_http_requests_total", method="GET", route="/v1/articles/<id:article_id>", status="404") == 1
    assert value("qa_http_requests_total", method="GET", route="none", status="404") == 1
    assert value("qa_http_requests_total", method="other", route="none", status="405") == 1
    assert value("qa_http_request_seconds_count", route="/v1/ask") == 3
    assert value("qa_questions_total", outcome="answered") == 1
    assert value("qa_questions_total", outcome="declined") == 1
    assert value("qa_collection_articles", collection="default") == 1
    assert value("qa_collection_passages", collection="default") == 1
    assert value("qa_collection_generation", collection="default") == 3


def test_metrics_outlive_a_broken_collection(client: FlaskClient, service: StandInService) -> None:
    client.post("/v1/ask", json={"question": "quokka"})
    service.raises = CollectionCorrupt("default: run `qa-service verify`.")
    found = samples(client)
    assert found["qa_questions_total", frozenset({("outcome", "answered")})] == 1
    assert "qa_collection_articles" not in {name for name, _ in found}


def test_two_apps_in_one_process_count_apart(client: FlaskClient) -> None:
    other = create_app(StandInService()).test_client()
    other.post("/v1/ask", json={"question": "quokka"})
    assert samples(client)["qa_questions_total", frozenset({("outcome", "answered")})] == 0
