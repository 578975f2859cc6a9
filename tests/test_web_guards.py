"""Host names, origins, keys, rates and headers."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from web_fixtures import StandInService

from qa_service.settings import Settings
from qa_service.web import create_app


def client_with(**settings: Any) -> FlaskClient:
    return create_app(StandInService(Settings(**settings))).test_client()


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8000", "LOCALHOST.", "127.0.0.1:1", "127.8.8.8", "[::1]:8000", "a.localhost"]
)
def test_loopback_names_are_served(host: str) -> None:
    assert client_with().get("/v1/collections", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "10.0.0.1", "127.0.0.1.nip.io", "[", "", "a b"]
)
@pytest.mark.parametrize("path", ["/v1/collections", "/", "/healthz", "/none"])
def test_other_hosts_are_403(host: str, path: str) -> None:
    response = client_with().get(path, headers={"Host": host})
    assert (response.status_code, response.get_json()["error"]["type"]) == (403, "forbidden")


def test_the_bound_host_and_listed_ones_are_served() -> None:
    client = client_with(host="10.0.0.1", allowed_hosts=("qa.example.org",), allow_anonymous=True)
    for host in ("10.0.0.1:8000", "QA.example.org", "localhost"):
        assert client.get("/v1/collections", headers={"Host": host}).status_code == 200, host
    assert client.get("/v1/collections", headers={"Host": "example.org"}).status_code == 403
    assert client_with(allowed_hosts=("*",)).get("/", headers={"Host": "evil.example"}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "http://localhost:81",
        "http://localhost.evil.example",
        "http://[",
        "http://localhost:x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_foreign_origin_is_403(origin: str, method: str) -> None:
    client = client_with(allowed_origins=("https://example.org",))
    response = client.open("/v1/ask?question=a", method=method, headers={"Origin": origin, "Host": "localhost"})
    assert (response.status_code, response.get_json()["error"]["type"]) == (403, "forbidden")
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8000", "localhost:8000"),
        ("http://localhost", "localhost"),
        ("https://localhost", "localhost"),
    ],
)
def test_the_page_itself_may_call(origin: str, host: str) -> None:
    assert client_with().get("/v1/ask?question=a", headers={"Origin": origin, "Host": host}).status_code == 200


def test_a_listed_origin_gets_cors_headers() -> None:
    client = client_with(allowed_origins=("https://Example.org/",), api_key=SecretStr("k"))
    ask = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    preflight = client.options("/v1/ask", headers=ask)
    assert preflight.status_code == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, POST, DELETE"
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    refused = client.post("/v1/ask", json={"question": "a"}, headers={"Origin": "https://example.org"})
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "https://example.org"
    assert "Origin" in refused.headers["Vary"]


GUARDED = [
    "/v1/ask?question=a",
    "/v1/collections",
    "/v1/articles",
    "/v1/jobs/j1",
    "/metrics",
    "/docs",
    "/openapi.json",
    "/x",
]


@pytest.mark.parametrize("path", GUARDED)
def test_a_key_guards_everything_else(path: str) -> None:
    client = client_with(api_key=SecretStr("correct horse é"))
    for authorization in (None, "", "Bearer", "Bearer wrong", "Basic correct horse é", "Bearer correct horse"):
        headers = {} if authorization is None else {"Authorization": authorization}
        response = client.get(path, headers=headers)
        assert (response.status_code, response.get_json()["error"]["type"]) == (401, "unauthorized")
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/", "/static/page.js", "/static/base.css"])
def test_health_and_page_need_no_key(path: str) -> None:
    with client_with(api_key=SecretStr("k")).get(path) as response:
        assert response.status_code == 200


def test_the_page_links_to_the_reference_only_where_a_browser_may_open_it() -> None:
    assert 'href="/docs"' in client_with().get("/").text
    assert 'href="/docs"' not in client_with(api_key=SecretStr("k")).get("/").text


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_the_key_opens(scheme: str) -> None:
    client = client_with(api_key=SecretStr("k-1"))
    assert client.get("/v1/collections", headers={"Authorization": f"{scheme} k-1"}).status_code == 200


def test_an_empty_key_is_no_key() -> None:
    assert client_with(api_key=SecretStr("")).get("/v1/collections").status_code == 200


def test_rates_are_limited_when_set() -> None:
    client = client_with(rate_limit="2/minute")
    assert [client.get("/v1/collections").status_code for _ in range(3)] == [200, 200, 429]
    response = client.get("/v1/ask?question=a")
    assert (response.status_code, response.get_json()["error"]["type"]) == (429, "rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 200


def test_rates_are_not_limited_by_default() -> None:
    client = client_with()
    assert {client.get("/v1/collections").status_code for _ in range(100)} == {200}


def test_a_rate_is_told_in_words() -> None:
    client = client_with(rate_limit="1/minute")
    client.get("/v1/collections")
    message = client.get("/v1/collections").get_json()["error"]["message"]
    assert message == "Too many requests: one client may send 1 per 1 minute. Try again a little later."


def test_waiting_makes_no_key_right() -> None:
    client = client_with(rate_limit="9/minute", api_key=SecretStr("k"))
    response = client.get("/v1/collections")
    assert response.status_code == 401
    assert "Retry-After" not in response.headers


BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_a_browser_is_told_in_html_how_to_read_the_reference() -> None:
    client = client_with(api_key=SecretStr("k"))
    for path in ("/docs", "/openapi.json"):
        response = client.get(path, headers=BROWSER)
        assert (response.status_code, response.mimetype) == (401, "text/html")
        assert response.headers["WWW-Authenticate"].startswith("Bearer ")
        assert 'href="/"' in response.text
        assert 'curl -H "Authorization: Bearer KEY" http://localhost/openapi.json' in response.text
    assert client.get("/v1/collections", headers=BROWSER).mimetype == "application/json"


def test_a_wrong_address_in_a_browser_leads_home() -> None:
    client = client_with()
    response = client.get("/nope", headers=BROWSER)
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert "There is nothing at this address." in response.text
    assert 'href="/"' in response.text
    for path, accept in (("/nope", "*/*"), ("/v1/nope", BROWSER["Accept"])):
        assert client.get(path, headers={"Accept": accept}).get_json()["error"]["type"] == "not_found"


def test_every_response_carries_security_headers() -> None:
    client = client_with()
    for path in ("/v1/ask?question=a", "/v1/none", "/", "/docs", "/static/page.js"):
        with client.get(path) as response:
            headers = response.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer", path
        assert "unsafe" not in headers["Content-Security-Policy"], path
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), path
    assert client.get("/v1/ask?question=a").headers["Cache-Control"] == "no-store"
