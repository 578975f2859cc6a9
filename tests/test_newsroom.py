"""A folder as a newsroom has it: 60 files of many formats, made by real programs (see newsroom/make.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from qa_service import Question, Service, Settings
from qa_service.records import Article, IngestReport

FOLDER = Path(__file__).parent / "newsroom"
STORIES: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
MARKUP = re.compile(
    r"</?[a-z]+[^>]*>|&[a-z]+;|&#\d+;|=\r?\n|=C3=|\]\(http|\*\*|^---$|-->|\\(?:u[0-9a-f]{4}|par)|^\|", re.MULTILINE
)
BOILERPLATE = (
    "cookie", "Most read", "star sign", "Share on", "All rights reserved", "Privacy policy", "Subscribe", "harry88",
    "gtag", "dataLayer", "Unsubscribe", "WEBVTT", "published = ", "Content-Type", "file:///",
)  # fmt: skip

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, IngestReport, list[Article]]]:
    with Service(Settings(index=tmp_path_factory.mktemp("newsroom"))) as service:
        report = service.ingest([FOLDER / "files"])
        summaries = service.articles("default", limit=200).articles
        yield service, report, [service.article(one.article_id) for one in summaries]


def collapsed(text: str) -> str:
    return " ".join(text.split())


def test_every_file_is_read(ingested: tuple[Service, IngestReport, list[Article]]) -> None:
    _, report, _ = ingested
    assert [(one.file, one.reason) for one in report.files if one.outcome != "added"] == []
    assert len({one["file"] for one in STORIES}) >= 60


@pytest.mark.parametrize("story", [one for one in STORIES if one["sentences"]], ids=lambda one: one["file"])
def test_every_story_is_found_whole(
    ingested: tuple[Service, IngestReport, list[Article]], story: dict[str, Any]
) -> None:
    texts = [
        collapsed(article.text) for article in ingested[2] if (article.meta.source or "").startswith(story["file"])
    ]
    holding = [
        text for text in texts if all(collapsed(wanted) in text.replace("“", '"') for wanted in story["sentences"])
    ]
    assert len(holding) == 1, texts


def test_stated_metadata_are_right(ingested: tuple[Service, IngestReport, list[Article]]) -> None:
    """At least 95 % of the values that a file states. The message lists the others."""
    wrong, total = [], 0
    for story in STORIES:
        found = [
            article
            for article in ingested[2]
            if (article.meta.source or "").startswith(story["file"])
            and story["sentences"]
            and collapsed(story["sentences"][0]) in collapsed(article.text).replace("“", '"')
        ]
        for field, wanted in story["stated"].items():
            total += 1
            value = getattr(found[0].meta, field) if found else None
            if str(value) != wanted:
                wrong.append((story["file"], field, wanted, value))
    assert len(wrong) <= 0.05 * total, (total, wrong)


def test_no_article_holds_markup_or_boilerplate(ingested: tuple[Service, IngestReport, list[Article]]) -> None:
    for article in ingested[2]:
        assert MARKUP.findall(article.text) == [], article.meta.source
        assert [words for words in BOILERPLATE if words in article.text] == [], article.meta.source


def test_known_answers_are_quoted(ingested: tuple[Service, IngestReport, list[Article]]) -> None:
    """At least 85 % of the questions have their answer in the quoted sentences. The message lists the others."""
    service, wrong, total = ingested[0], [], 0
    for story in STORIES:
        for question, gold in story["questions"]:
            total += 1
            answer = service.ask(Question(question)).answer
            if answer is None or gold not in collapsed(answer.text).replace("“", '"').replace("’", "'"):
                wrong.append((story["file"], question, gold, answer and answer.text))
    assert len(wrong) <= 0.15 * total, (total, wrong)


def test_the_collection_is_intact(ingested: tuple[Service, IngestReport, list[Article]]) -> None:
    assert ingested[0].verify("default").problems == ()


def test_the_pages_of_a_pdf_are_cited(ingested: tuple[Service, IngestReport, list[Article]]) -> None:
    (article,) = [one for one in ingested[2] if one.meta.source == "pdf/office-pages.pdf"]
    assert [page for _, page in article.pages][:2] == [1, 2]
    assert all(article.text[offset] not in " \n" for offset, _ in article.pages)
