"""Gold evidence that stands nowhere: what is said of it, and what may have been meant."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from builders import draft, fake_service

from qa_service.errors import InvalidInput
from qa_service.evaluation.grade.closest_match import closest_names, closest_place
from qa_service.evaluation.grade.gold_spans import GoldPlaces
from qa_service.evaluation.sets import open_questions
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion, GoldSpan
from qa_service.service.contents import Contents

RAIN = "Rain fell on the town’s wells.\nThen the mayor spoke of a new bridge."
SNOW = "Snow fell on the hills. Then the mayor spoke of a new bridge."


@pytest.fixture
def contents(tmp_path: Path) -> Iterator[Contents]:
    with closing(fake_service(tmp_path / "index")) as service:
        service.ingest_drafts(
            [draft(1, RAIN, source="two.txt"), draft(2, SNOW, source="two.txt"), draft(3, source="news/three.txt")]
        )
        yield service.contents()


def message(contents: Contents, tmp_path: Path, *evidence: dict[str, Any]) -> str:
    path = tmp_path / "set.jsonl"
    lines = [{"id": f"{n}", "question": "?", "evidence": [span]} for n, span in enumerate(evidence)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with pytest.raises(InvalidInput) as caught:
        GoldPlaces(contents).check(open_questions(path))
    return caught.value.message.replace(str(path), "set.jsonl")


def test_a_text_that_nearly_stands_there_is_shown_its_place(contents: Contents, tmp_path: Path) -> None:
    # "Rain fell on the town’s wells." are code points 0 to 30 of the first article; the set has another apostrophe.
    assert message(contents, tmp_path, {"source": "two.txt", "text": "Rain fell on the town's wells."}) == (
        'set.jsonl, line 1, evidence[0].text: "Rain fell on the town\'s wells." does not stand in any of the 2 '
        "articles read from 'two.txt'. The closest is 'Rain fell on the town’s wells.' (article 'article-1', code "
        "points 0 to 30), which has 'town’s' where the set has \"town's\"."
    )
    assert message(contents, tmp_path, {"source": "two.txt", "text": "Nobody wrote that anywhere"}).endswith(
        "'Nobody wrote that anywhere' does not stand in any of the 2 articles read from 'two.txt'."
    )


def test_an_unknown_source_names_those_there_are(contents: Contents, tmp_path: Path) -> None:
    assert message(contents, tmp_path, {"source": "three.txt", "text": "x"}) == (
        "set.jsonl, line 1, evidence[0].source: no article of the collection was read from 'three.txt'. It has 2 "
        "sources, the closest first: 'news/three.txt', 'two.txt'."
    )
    assert message(contents, tmp_path, {"article_id": "article-9", "start": 0, "end": 1}) == (
        "set.jsonl, line 1, evidence[0].article_id: the collection has no article 'article-9'. It has 3 articles, the "
        "closest first: 'article-1', 'article-2', 'article-3'."
    )


def test_a_text_without_a_place_is_sought_in_all_articles(contents: Contents, tmp_path: Path) -> None:
    question = EvaluationQuestion("1", "?", evidence=(GoldSpan(text="Then the mayor  spoke"),))
    found = GoldPlaces(contents).of(question)
    assert [(span.article_id, span.start, span.end) for span in found] == [("article-1", 31, 51), ("article-2", 24, 44)]
    with pytest.raises(InvalidInput, match="'Nobody did' does not stand in any article of the collection"):
        GoldPlaces(contents).of(EvaluationQuestion("1", "?", evidence=(GoldSpan(text="Nobody did"),)))


def test_all_questions_are_checked(contents: Contents, tmp_path: Path) -> None:
    good = {"source": "two.txt", "text": "Rain fell"}
    beyond = {"article_id": "article-1", "start": 60, "end": 99}
    lines = message(contents, tmp_path, good, {"source": "x", "text": "x"}, good, beyond).splitlines()
    assert [line.partition(": ")[0] for line in lines] == [
        "set.jsonl, line 2, evidence[0].source",
        "set.jsonl, line 4, evidence[0].end",
    ]
    assert "code points 60 to 99 do not lie in article 'article-1', which has 68" in lines[1]
    lines = message(contents, tmp_path, *[{"source": "x", "text": "x"}] * 23).splitlines()
    assert len(lines) == 21 and lines[-1] == "… and 3 more."


def test_names_are_read_once_and_only_where_something_is_wrong(
    contents: Contents, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    articles = contents.articles
    monkeypatch.setattr(contents, "articles", lambda: read.append(1) or articles())
    places = GoldPlaces(contents)
    places.check([EvaluationQuestion("1", "?", evidence=(GoldSpan("two.txt", "Rain fell"),))])
    assert read == []
    for _ in range(2):
        with pytest.raises(InvalidInput, match=r"^question '1', evidence\[0\]\.source: "):
            places.check([EvaluationQuestion("1", "?", evidence=(GoldSpan("gone", "Rain fell"),))])
    assert read == [1]


def test_a_text_in_both_articles_of_a_file_answers_in_both(contents: Contents) -> None:
    found = GoldPlaces(contents).of(
        EvaluationQuestion("1", "?", evidence=(GoldSpan("two.txt", "Then the mayor spoke of a new bridge."),))
    )
    # after "…wells." and a line end (31) in the one, after "…hills. " (24) in the other; 37 code points each
    assert [(span.article_id, span.start, span.end) for span in found] == [
        ("article-1", 31, 68),
        ("article-2", 24, 61),
    ]


def test_names_by_likeness() -> None:
    names = [f"{n:03}_abcdef.txt" for n in range(500)]
    assert closest_names("017_abcdef.tx", names)[0] == "017_abcdef.txt"
    assert len(closest_names("017", names)) == 5
    assert closest_names("b", ["c", "a"]) == ["a", "c"]


def test_the_closest_place_is_found_in_whichever_article() -> None:
    other = ("b", "Here are other words. The Mayor spoke, of a new brigde for all.")
    found = closest_place("the mayor spoke of a new bridge", [("a", "The bridge is new and the mayor is old."), other])
    assert found is not None
    assert (found.article_id, other[1][found.start : found.end]) == ("b", "The Mayor spoke, of a new brigde")
    assert (found.ours, found.theirs) == ("The Mayor spoke,", "the mayor spoke")
    assert closest_place("wholly other words", [("a", SNOW)]) is None
    assert closest_place(" ", [("a", SNOW)]) is None


def test_of_a_long_text_the_beginning_is_looked_for() -> None:
    words = [f"word{n}" for n in range(3000)]
    found = closest_place(" ".join(["Word0", *words[1:]]), [("a", " ".join(["before", *words]))])
    # 200 words: "before " are 7 letters; word0 to word9 have 5, to word99 6, to word199 7, and a space between each two
    assert found is not None
    assert (found.start, found.end) == (7, 7 + 10 * 5 + 90 * 6 + 100 * 7 + 199)
