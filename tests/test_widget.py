"""`/widget.js`, as another site includes it. What it does in a browser is in clients/test_widget.py."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr
from web_fixtures import StandInService

from qa_service.settings import Settings
from qa_service.web import create_app
from qa_service.web.widget import STATIC, widget_script

DOCS = Path(__file__).parent.parent / "docs"
HTTP_URL = re.compile(r"https?://[a-z]")


@pytest.fixture
def client() -> FlaskClient:
    settings = Settings(api_key=SecretStr("k"), rate_limit="1/minute", allowed_origins=("https://shop.example",))
    return create_app(StandInService(settings)).test_client()


def test_it_is_one_file_that_needs_no_other() -> None:
    script = widget_script()
    assert not re.search(r"^\s*(import|export)\b|import\(", script, re.MULTILINE)
    assert not HTTP_URL.search(script)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|@import|url\(", script
    )
    assert not re.search(r"""setAttribute\("style"|style: ["'`]|\bon\w+: |cssText""", script)  # a host's policy


def test_it_is_below_30_kb_as_it_travels() -> None:
    assert 5_000 < len(gzip.compress(widget_script().encode())) < 30_000


def test_its_modules_join_without_a_name_missing_or_told_twice() -> None:
    declared = re.findall(
        r"^(?:async )?(?:function|const|let|class) (\w+)", widget_script().partition("\n")[2], re.MULTILINE
    )
    assert len(declared) == len(set(declared)), sorted(declared)
    for module in (STATIC / "widget").glob("*.js"):
        for imported in re.findall(r"^import \{([^}]*)\}", module.read_text(encoding="utf-8"), re.MULTILINE):
            assert {name.strip() for name in imported.split(",") if name.strip()} <= set(declared), module.name


def test_any_site_may_load_it_without_a_key_and_as_often_as_it_likes(client: FlaskClient) -> None:
    for _ in range(3):
        response = client.get("/widget.js")
        assert (response.status_code, response.mimetype) == (200, "text/javascript")
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.text == widget_script()


def test_a_browser_that_has_it_is_told_so(client: FlaskClient) -> None:
    first = client.get("/widget.js")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    etag = first.headers["ETag"]
    again = client.get("/widget.js", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == etag
    assert again.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get("/widget.js", headers={"If-None-Match": '"another"'}).status_code == 200


def test_a_listed_site_may_load_it_with_integrity(client: FlaskClient) -> None:
    listed = client.get("/widget.js", headers={"Origin": "https://shop.example"})
    assert listed.headers["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Origin" in listed.headers["Vary"]
    assert client.get("/widget.js", headers={"Origin": "https://evil.example"}).status_code == 403


def rows(heading: str) -> list[str]:
    """What the first column of the table under a heading of docs/reference/widget.md names."""
    section = (
        (DOCS / "reference" / "widget.md").read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    )
    return [name for line in section.splitlines() if line.startswith("| `") for name in _names(line)]


def _names(line: str) -> list[str]:
    return re.findall(r"`([^`]+)`", line.split(" | ")[0])


def test_the_document_has_every_attribute_variable_part_word_and_event() -> None:
    script = widget_script()
    attributes = re.search(r"const ATTRIBUTES = \[(.*?)\]", script)
    assert attributes is not None
    assert rows("Attributes") == re.findall(r'"([^"]+)"', attributes.group(1))
    look = rows("Look")
    assert {name for name in look if name.startswith("--")} == set(re.findall(r"var\((--qa-[a-z-]+)", script))
    assert {name for name in look if not name.startswith("--")} == set(re.findall(r'\bpart: "([^"]+)"', script))
    strings = re.search(r"const STRINGS = \{(.*?)\n\};", script, re.DOTALL)
    assert strings is not None
    assert rows("Words") == re.findall(r"^  (\w+):", strings.group(1), re.MULTILINE)
    own = {name for name in rows("From your script") if name.startswith("qa-")}
    assert own == set(re.findall(r'#tell\("([^"]+)"', script))


def test_the_style_knows_only_parts_that_are_there() -> None:
    style = (STATIC / "widget" / "widget.css").read_text(encoding="utf-8")
    assert set(re.findall(r'\[part="([^"]+)"\]', style)) <= set(re.findall(r'\bpart: "([^"]+)"', widget_script()))


def test_the_words_in_the_document_are_the_widgets() -> None:
    document = (DOCS / "reference" / "widget.md").read_text(encoding="utf-8")
    for name, words in re.findall(r'^  (\w+): "([^"]*)",$', widget_script(), re.MULTILINE):
        assert f"| `{name}` | {words} |" in document


def test_a_browser_may_send_what_openais_client_adds() -> None:
    client = create_app(StandInService(Settings(allowed_origins=("https://shop.example",)))).test_client()
    asked = "authorization,content-type,x-stainless-os,x-stainless-retry-count,x-evil"
    ask = {
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": asked,
    }
    allowed = client.options("/v1/chat/completions", headers=ask).headers["Access-Control-Allow-Headers"]
    assert allowed == "Authorization, Content-Type, X-Request-ID, x-stainless-os, x-stainless-retry-count"
