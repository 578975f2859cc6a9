"""Bodies that cannot be read, and errors in general: always the one shape, never a 5xx for what a client sent."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from web_fixtures import StandInService
from werkzeug.test import TestResponse

from qa_service import errors
from qa_service.settings import Settings
from qa_service.web import create_app


@pytest.fixture(scope="module")
def served() -> tuple[StandInService, Flask]:
    service = StandInService(Settings(max_upload_mb=1))
    return service, create_app(service)


@pytest.fixture
def service(served: tuple[StandInService, Flask]) -> StandInService:
    """As new in each test; the application around it is made once."""
    service, _ = served
    vars(service).update(vars(StandInService(Settings(max_upload_mb=1))))
    return service


@pytest.fixture
def client(served: tuple[StandInService, Flask], service: StandInService) -> FlaskClient:
    return served[1].test_client()


def error_of(response: TestResponse) -> dict[str, Any]:
    body = response.get_json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"type", "message", "param", "request_id"}
    assert body["error"]["message"]
    assert response.headers["X-Request-ID"] == body["error"]["request_id"]
    error: dict[str, Any] = body["error"]
    return error


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"  ",
        b"{",
        b'{"question":"\xff"}',
        b"[]",
        b'"question"',
        b'"{\\"question\\": \\"a\\"}"',
        b"null",
        b"7",
        b"[" * 100_000,
        b'{"a":' * 40_000,
        b'{"question": "a", "top_k": NaN}',
        b'{"question": "a", "top_k": ' + b"9" * 5000 + b"}",
        b'{"question": "a"} trailing',
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/articles"])
def test_a_body_that_cannot_be_parsed_is_400(client: FlaskClient, path: str, raw: bytes) -> None:
    response = client.post(path, data=raw, content_type="application/json")
    assert (response.status_code, error_of(response)["type"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/articles"])
def test_another_kind_of_body_is_415(client: FlaskClient, path: str, headers: dict[str, str]) -> None:
    response = client.post(path, data=b'{"question": "a"}', headers=headers)
    assert (response.status_code, error_of(response)["type"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=UTF-8", "application/ld+json"])
def test_json_in_utf8_is_read(client: FlaskClient, kind: str) -> None:
    assert client.post("/v1/ask", data=b'\xef\xbb\xbf{"question": "a"}', content_type=kind).status_code == 200


@pytest.mark.parametrize(("path", "mib"), [("/v1/ask", 2), ("/v1/chat/completions", 8), ("/v1/responses", 8)])
def test_a_question_has_a_small_limit_of_its_own(path: str, mib: int) -> None:
    client = create_app(StandInService()).test_client()
    response = client.post(path, json={"question": "why?" * (mib * 2**20 // 4)})
    assert response.status_code == 413
    assert response.get_json()["error"]["message"] == f"The body is larger than the {mib} MiB allowed here."


def test_an_article_has_the_limit_of_uploads(client: FlaskClient) -> None:
    assert client.post("/v1/articles", json={"text": "why " * 100_000}).status_code == 201
    response = client.post("/v1/articles", json={"text": "why " * 300_000})
    assert (response.status_code, error_of(response)["type"]) == (413, "too_large")
    assert error_of(response)["message"] == (
        "The body is larger than 1 MiB. Send less at once, or raise QA_MAX_UPLOAD_MB."
    )
    response = client.post("/v1/articles", data=b"why " * 300_000, content_type="multipart/form-data; boundary=b")
    assert error_of(response)["message"] == (
        "The upload is larger than 1 MiB or has more than 20 000 files. Send fewer files, or raise QA_MAX_UPLOAD_MB."
    )


def test_a_chunked_body_is_limited_too(client: FlaskClient) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    body = BytesIO(b'{"question": "' + b"a" * 1_200_000 + b'"}')
    response = client.post("/v1/ask", input_stream=body, content_type="application/json", environ_overrides=chunked)
    assert (response.status_code, error_of(response)["type"]) == (413, "too_large")
    body = BytesIO(b'{"question": "a"}' + b" " * 1_200_000)
    response = client.post("/v1/ask", input_stream=body, content_type="application/json", environ_overrides=chunked)
    assert response.status_code == 413
    head = b'--B\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
    body = BytesIO(head + b"a" * 2_000_000 + b"\r\n--B--\r\n")
    kind = "multipart/form-data; boundary=B"
    response = client.post("/v1/articles", input_stream=body, content_type=kind, environ_overrides=chunked)
    assert (response.status_code, error_of(response)["type"]) == (413, "too_large")


def test_a_chunked_body_within_the_limit_is_read(client: FlaskClient) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    body = BytesIO(b'{"question": "quokka"}')
    response = client.post("/v1/ask", input_stream=body, content_type="application/json", environ_overrides=chunked)
    assert response.get_json()["answerable"] is True


def test_unknown_paths_and_methods(client: FlaskClient) -> None:
    for path in ("/v1/nowhere", "/v1/ask/", "/v1//ask", "/nowhere", "/static/none.js", "/docs/none"):
        response = client.get(path)
        assert (response.status_code, error_of(response)["type"]) == (404, "not_found"), path
    response = client.put("/v1/ask", json={"question": "a"})
    assert (response.status_code, error_of(response)["type"]) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_and_options(client: FlaskClient) -> None:
    response = client.head("/v1/ask?question=quokka")
    assert (response.status_code, response.data) == (200, b"")
    assert int(response.headers["Content-Length"]) > 100
    response = client.options("/v1/ask")
    assert response.status_code == 200
    assert {m.strip() for m in response.headers["Allow"].split(",")} == {"GET", "HEAD", "OPTIONS", "POST"}


def test_a_query_that_is_not_utf8_is_400(client: FlaskClient) -> None:
    response = client.get("/v1/ask?question=%ff")
    assert (response.status_code, error_of(response)["type"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("raised", "status", "kind", "retry_after"),
    [
        (errors.InvalidInput("x", param="p"), 422, "invalid_request", None),
        (errors.UnreadableSource("x", param="p"), 422, "invalid_request", None),
        (errors.Conflict("x", param="p"), 409, "conflict", None),
        (errors.CollectionBusy("x", param="p"), 503, "collection_busy", "2"),
        (errors.CollectionMismatch("x", param="p"), 503, "collection_unavailable", "60"),
        (errors.CollectionCorrupt("x", param="p"), 503, "collection_unavailable", "60"),
        (errors.ModelUnavailable("x", param="p"), 503, "model_unavailable", "60"),
        (errors.NotReady("x", param="p"), 503, "not_ready", "1"),
    ],
)
def test_each_domain_error_has_its_status(
    client: FlaskClient, service: StandInService, raised: Exception, status: int, kind: str, retry_after: str | None
) -> None:
    service.raises = raised
    response = client.post("/v1/ask", json={"question": "a"})
    error = error_of(response)
    assert (response.status_code, error["type"], error["message"], error["param"]) == (status, kind, "x", "p")
    assert response.headers.get("Retry-After") == retry_after


@pytest.mark.parametrize(
    "raised", [RuntimeError("secret"), errors.SettingsError("secret"), errors.QAServiceError("secret")]
)
def test_an_unexpected_error_is_logged_and_told_neutrally(
    client: FlaskClient, service: StandInService, raised: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    service.raises = raised
    with caplog.at_level(logging.ERROR):
        response = client.post("/v1/ask", json={"question": "a"})
    error = error_of(response)
    assert (response.status_code, error["type"]) == (500, "internal_error")
    assert "secret" not in response.text
    record = next(r for r in caplog.records if r.levelno == logging.ERROR)
    assert record.exc_info is not None
    assert record.exc_info[1] is raised
    assert error["request_id"] in record.getMessage()


def test_a_sane_request_id_is_kept_and_another_replaced(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "trace-1.a:b"}).headers["X-Request-ID"] == "trace-1.a:b"
    for bad in ("", "a b", "x" * 65, "<script>"):
        given = client.get("/healthz", headers={"X-Request-ID": bad}).headers["X-Request-ID"]
        assert given != bad
        assert len(given) == 32
