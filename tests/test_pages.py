"""The page of a passage and of its evidence, from a source with pages to every interface."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from qa_service.chat import compose_reply, reply_parts
from qa_service.cli.show import place
from qa_service.ingest.parse_process import messages_of
from qa_service.ingest.parser import ParseProcess
from qa_service.mcp_server.tools import Tools
from qa_service.parsing.formats import SourceInfo, plain
from qa_service.parsing.page_marks import page_mark
from qa_service.records import ArticleDraft, Cleaning, Question
from qa_service.service import Service
from qa_service.settings import Settings
from qa_service.web.app import create_app

FERRY = "The ferry to Carden costs twelve euros since Monday morning."
BRIDGE = "The bridge of Northmouth has eleven rusty cables, says the engineer."
MAYOR = "The mayor of Carden wants a longer tunnel below the old river."


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """Its only article begins on page 3, in the middle of a passage comes page 4, and page 5 is empty."""

    def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
        text = file.read().decode()
        yield ArticleDraft(text, cleaning=Cleaning.DOCUMENT)

    text = f"{page_mark(3)}{FERRY} {page_mark(4)}{BRIDGE} {page_mark(5)}{page_mark(6)}{MAYOR}"
    (tmp_path / "scan.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(plain, "read", read)
    monkeypatch.setattr(ParseProcess, "start", lambda process, stopped: None)  # the child would not know `read`
    monkeypatch.setattr(ParseProcess, "parse", lambda process, request, stopped: messages_of(request, 1500))
    with Service.open(Settings(index=tmp_path / "index", model="fake", answerable_threshold=0.0)) as opened:
        opened.ingest([tmp_path / "scan.txt"])
        yield opened


def test_the_page_is_on_every_interface(service: Service) -> None:
    client = create_app(service).test_client()
    text = f"{FERRY} {BRIDGE} {MAYOR}"
    article = client.get(f"/v1/articles/{service.articles().articles[0].article_id}").get_json()
    bridge, mayor = text.index(BRIDGE), text.index(MAYOR)
    assert (article["text"], article["pages"]) == (text, [[0, 3], [bridge, 4], [mayor, 5], [mayor, 6]])
    question = "How many rusty cables has the bridge of Northmouth?"
    (passage,) = client.post("/v1/ask", json={"question": question, "top_k": 1}).get_json()["passages"]
    assert passage["citation"]["page"] == 3
    assert {e["text"]: e["page"] for e in passage["evidence"]}[BRIDGE] == 4
    answer = service.ask(Question(question, top_k=1))
    (ranked,) = answer.passages
    assert (
        place(ranked.citation) == f"article {article['article_id']}, characters 0-{len(text)}, pp. 3-6, from scan.txt"
    )
    assert ranked.pages is not None
    assert answer.answer is not None
    assert compose_reply(reply_parts(answer, base="http://x")).text.endswith(f", {ranked.pages}")
    fetched = Tools(service, "default").call("fetch", {"id": article["article_id"]}).structured_content
    assert fetched is not None
    assert fetched["metadata"]["page"] == 3
    assert service.verify().problems == ()


def test_an_article_without_pages_has_no_page(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FERRY, encoding="utf-8")
    with Service.open(Settings(index=tmp_path / "index", model="fake")) as service:
        service.ingest([tmp_path / "a.txt"])
        (ranked,) = service.ask(Question("What costs twelve euros?", top_k=1)).passages
    assert (ranked.citation.page, ranked.pages, ranked.citation.pages_of()) == (None, None, None)
