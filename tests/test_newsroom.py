"""A folder as a newsroom has it: over 60 files of many formats, made by real programs (see newsroom/make.py)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.newsroom import MARKUP, Story, ingest, judge, stories
from qa_service import Service, Settings
from qa_service.records import Article, IngestReport

TOLD = stories()
BOILERPLATE = (
    "cookie", "Most read", "star sign", "Share on", "All rights reserved", "Privacy policy", "Subscribe", "harry88",
    "gtag", "dataLayer", "Unsubscribe", "WEBVTT", "published = ", "Content-Type", "file:///",
)  # fmt: skip

pytestmark = pytest.mark.slow


class Room:
    def __init__(self, service: Service) -> None:
        self.service = service
        self.report: IngestReport
        self.articles: list[Article]
        self.report, self.articles = ingest(service)
        self.stories: list[Story] = [judge(service, told, self.articles) for told in TOLD]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    with Service(Settings(index=tmp_path_factory.mktemp("newsroom"))) as service:
        yield Room(service)


def test_every_file_is_read(room: Room) -> None:
    assert [(one.file, one.reason) for one in room.report.files if one.outcome != "added"] == []
    assert len({story.file for story in room.stories}) >= 60


def test_every_story_is_one_article_and_whole(room: Room) -> None:
    assert [(s.file, len(s.articles)) for s in room.stories if not s.is_table and len(s.articles) != 1] == []


def test_stated_metadata_are_right(room: Room) -> None:
    wrong = [(story.file, *one) for story in room.stories for one in story.wrong]
    assert len(wrong) <= 0.05 * sum(story.stated for story in room.stories), wrong


def test_no_article_holds_markup_or_boilerplate(room: Room) -> None:
    for article in room.articles:
        assert MARKUP.findall(article.text) == [], article.meta.source
        assert [words for words in BOILERPLATE if words in article.text] == [], article.meta.source


def test_known_answers_are_quoted(room: Room) -> None:
    missed = [(story.file, *one) for story in room.stories for one in story.missed]
    assert len(missed) <= 0.15 * sum(story.asked for story in room.stories), missed


def test_the_collection_is_intact(room: Room) -> None:
    assert room.service.verify("default").problems == ()


def test_the_pages_of_a_pdf_are_known(room: Room) -> None:
    (article,) = [one for one in room.articles if one.meta.source == "pdf/office-pages.pdf"]
    assert [page for _, page in article.pages] == [1, 2, 3]
    third = next(told for told in TOLD if told["file"] == "pdf/office-pages.pdf")["sentences"][1]
    assert article.page_of(article.text.index(third)) == 3


def test_two_outlets_copies_are_two_articles(room: Room) -> None:
    copies = {one.meta.outlet for one in room.articles if one.meta.source in ("rows/afp.json", "rows/reuters.json")}
    assert copies == {"AFP", "Reuters"}
