"""What people see as the title of an article: on every face the same words, and never a file name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from qa_service.cli import main
from qa_service.mcp_server.tools import Tools
from qa_service.records import ArticleDraft, ArticleMeta
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.web import create_app

FILE = "0007_scraped"
DAY = date(2025, 11, 21)
BEGINNING = "the ferry to Oxbury island was cancelled on Monday, and passengers waited in the harbour hall for hours."
LATER = "\n\n".join(f"It rained on day {day} as well, so nobody walked along the beach." for day in range(60))
END = "\n\nThe lighthouse keeper counted nine seals on the pier."
ARTICLES = {
    "titled": ("Seals were counted by a keeper.", ArticleMeta("Nine seals", "Herald")),
    "dated": (BEGINNING, ArticleMeta(outlet="Herald", published=DAY)),
    "undated": (BEGINNING, ArticleMeta(outlet="Herald")),
    "bare": (BEGINNING + LATER + END, ArticleMeta()),
    "unpublished": (BEGINNING, ArticleMeta(published=DAY)),
    "short": ("the ferry sank.", ArticleMeta()),
    "unspaced": ("渡轮" * 50, ArticleMeta()),
}
WORDS = "the ferry to Oxbury island was cancelled on Monday, and…"
LABELS = {
    "titled": "Nine seals",
    "dated": "Herald, 21 November 2025",
    "undated": "Herald",
    "bare": WORDS,
    "unpublished": WORDS,
    "short": "the ferry sank.",
    "unspaced": "渡轮" * 30 + "…",
}
QUESTION = "How many seals did the lighthouse keeper count on the pier?"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("labels") / "index"


@pytest.fixture(scope="module")
def service(index: Path) -> Iterator[Service]:
    opened = Service.open(Settings(index=index, model="fake", answerable_threshold=0.0))
    for article_id, (text, meta) in ARTICLES.items():
        opened.add_article(ArticleDraft(text, article_id, replace(meta, source=f"{FILE}_{article_id}.txt")))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(service: Service) -> FlaskClient:
    return create_app(service).test_client()


def test_each_article_has_its_label_in_lists_and_alone(client: FlaskClient) -> None:
    listed = {one["article_id"]: one["label"] for one in client.get("/v1/articles").get_json()["articles"]}
    assert listed == LABELS
    assert {name: client.get(f"/v1/articles/{name}").get_json()["label"] for name in ARTICLES} == LABELS


def test_citations_have_the_same_labels(client: FlaskClient) -> None:
    asked = {"question": QUESTION, "top_k": 100, "collapse_duplicates": False}
    found = [passage["citation"] for passage in client.post("/v1/ask", json=asked).get_json()["passages"]]
    assert {one["article_id"]: one["label"] for one in found} == LABELS
    assert any(one["start_char_index"] > 0 and one["label"] == WORDS for one in found)


def test_a_copy_elsewhere_has_its_label(client: FlaskClient) -> None:
    passages = client.post("/v1/ask", json={"question": "Was the ferry to Oxbury cancelled?"}).get_json()["passages"]
    copies = {copy["article_id"]: copy["label"] for passage in passages for copy in passage["also_in"]}
    assert copies
    assert copies.items() <= LABELS.items()


@pytest.mark.parametrize("article", ARTICLES)
def test_chats_and_agents_show_labels_and_no_file_name(client: FlaskClient, service: Service, article: str) -> None:
    asking = {"qa": {"filters": {"article_id": [article]}, "top_k": 1}, "model": "default"}
    messages = [{"role": "user", "content": "Was the ferry cancelled, or were seals counted? 渡轮"}]
    chat = client.post("/v1/chat/completions", json={**asking, "messages": messages}).get_json()["choices"][0]
    assert LABELS[article] in chat["message"]["content"]
    assert FILE not in chat["message"]["content"].replace("\\", "")
    assert {note["url_citation"]["title"] for note in chat["message"]["annotations"]} == {LABELS[article]}
    fetched: Any = Tools(service, "default").call("fetch", {"id": article}).structured_content
    assert fetched["title"] == LABELS[article]


def test_the_terminal_names_the_source_and_not_the_file(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("QA_MODEL", "fake")
    assert main(["ask", QUESTION, "--top-k", "100", "--index", str(service.settings.index)]) == 0
    shown = capsys.readouterr().out
    heads = {line.partition("] ")[2] for line in shown.splitlines() if line.startswith("[")}
    assert "Herald, Nine seals" in heads
    assert WORDS in heads
    assert not any(FILE in head for head in heads)


def test_each_passage_links_to_its_place_on_the_page(client: FlaskClient) -> None:
    found = client.post("/v1/ask", json={"question": QUESTION}, headers={"Host": "localhost:8080"}).get_json()
    for passage in found["passages"]:
        address, citation = urlsplit(passage["page_url"]), passage["citation"]
        query = parse_qs(address.query)
        assert (address.scheme, address.netloc, address.path) == ("http", "localhost:8080", "/")
        assert query["article"] == [citation["article_id"]]
        assert [query["start"], query["end"]] == [[str(citation[f"{side}_char_index"])] for side in ("start", "end")]
        assert query["h"] == [citation["article_sha256"]]


def test_a_public_address_is_the_beginning_of_links(index: Path, service: Service) -> None:
    settings = service.settings.model_copy(update={"public_url": "https://news.example/ask/"})
    opened = Service.open(settings)
    try:
        body = create_app(opened).test_client().post("/v1/ask", json={"question": QUESTION}).get_json()
    finally:
        opened.close()
    assert all(passage["page_url"].startswith("https://news.example/ask/?article=") for passage in body["passages"])
