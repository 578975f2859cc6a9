"""A BEIR folder's documents."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from qa_service.errors import InvalidInput
from qa_service.parsing import count_beir, read_beir
from qa_service.records import ArticleDraft, ArticleMeta


def corpus(folder: Path, *documents: object) -> Path:
    lines = [d if isinstance(d, str) else json.dumps(d) for d in documents]
    (folder / "corpus.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_fields_and_metadata(tmp_path: Path) -> None:
    metadata = {
        "source": "The Times", "author": "A. Writer", "published_at": "2023-09-26T17:01:22+00:00", "date": "2001-01-01",
        "lang": "en", "url": "https://a.example/1", "category": "sport",
    }  # fmt: skip
    text = "  Two lines.\r\nSubscribe\n\n\n\n2 "
    folder = corpus(
        tmp_path, {"_id": " 1/a ", "title": "T", "text": text, "metadata": metadata}, {"_id": "2", "text": "Plain."}
    )
    assert list(read_beir(folder)) == [
        ArticleDraft(
            text, " 1/a ", ArticleMeta("T", "The Times", "A. Writer", date(2023, 9, 26), "en", "https://a.example/1")
        ),
        ArticleDraft("Plain.", "2"),
    ]  # fmt: skip


def test_what_is_empty_is_unknown(tmp_path: Path) -> None:
    metadata = {"source": "", "author": None, "published_at": "", "date": "2001-02-03", "lang": None}
    folder = corpus(
        tmp_path,
        {"_id": "1", "title": " ", "text": "One.", "metadata": metadata},
        {"_id": "2", "title": None, "text": "Two.", "metadata": None},
        "",
    )
    assert list(read_beir(folder)) == [
        ArticleDraft("One.", "1", ArticleMeta(published=date(2001, 2, 3))),
        ArticleDraft("Two.", "2"),
    ]


def test_a_title_alone_is_the_text_and_nothing_at_all_is_a_blank_one(tmp_path: Path) -> None:
    folder = corpus(tmp_path, {"_id": "1", "title": "Only this", "text": ""}, {"_id": "2", "title": "", "text": " "})
    assert list(read_beir(folder)) == [
        ArticleDraft("Only this", "1", ArticleMeta("Only this")),
        ArticleDraft("", "2"),
    ]
    assert count_beir(folder) == 2


def test_a_byte_order_mark_and_line_separators_inside_a_text(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_bytes('\ufeff{"_id": "1", "text": "a\u2028b\u0085c"}\r\n'.encode())
    assert list(read_beir(tmp_path)) == [ArticleDraft("a\u2028b\u0085c", "1")]


GOOD = {"_id": "1", "text": "One."}
SKIPPED = [
    ("{", "line 2: is not JSON; skipped."),
    ("[" * 100_000, "line 2: is not JSON; skipped."),
    ("[1]", "line 2: is not a JSON object; skipped."),
    ({"text": "Two."}, "line 2: _id: must be a text that is not empty; skipped."),
    ({"_id": "1", "text": "Two."}, "line 2: _id: was given on an earlier line already; skipped."),
    ({"_id": "2", "text": 2}, "line 2: text: must be a text that is not empty; skipped."),
    (
        {"_id": "2", "text": "a \ud800"},
        "line 2: text: holds half of a surrogate pair, which is not a character; skipped.",
    ),
]


@pytest.mark.parametrize(("line", "warning"), SKIPPED)
def test_a_line_that_is_no_document_is_skipped_and_told(tmp_path: Path, line: object, warning: str) -> None:
    told: list[str] = []
    assert list(read_beir(corpus(tmp_path, GOOD, line), told.append)) == [ArticleDraft("One.", "1")]
    assert told == [warning]


LEFT_EMPTY = [
    ({"title": []}, "line 2: title: must be a text that is not empty; left empty."),
    ({"metadata": "x"}, "line 2: metadata: must be an object; left empty."),
    ({"metadata": {"date": "soon"}}, "line 2 'soon': date: must be a date such as 2025-06-07; left empty."),
    (
        {"metadata": {"lang": "klingon"}},
        "line 2 'klingon': lang: must be a two-letter language code such as en; left empty.",
    ),
    (
        {"metadata": {"url": "ftp://x"}},
        "line 2 'ftp://x': url: must be an address that begins with http:// or https://; left empty.",
    ),
]


@pytest.mark.parametrize(("fields", "warning"), LEFT_EMPTY)
def test_a_wrong_value_is_left_empty_and_told(tmp_path: Path, fields: dict[str, object], warning: str) -> None:
    told: list[str] = []
    folder = corpus(tmp_path, GOOD, {"_id": "2", "text": "Two.", **fields})
    assert list(read_beir(folder, told.append)) == [ArticleDraft("One.", "1"), ArticleDraft("Two.", "2")]
    assert told == [warning]


def test_a_number_as_id_is_a_text(tmp_path: Path) -> None:
    assert list(read_beir(corpus(tmp_path, {"_id": 17, "text": "One."}))) == [ArticleDraft("One.", "17")]


def test_many_mistakes_of_a_kind_are_one_warning(tmp_path: Path) -> None:
    told: list[str] = []
    wrong = [{"_id": str(n), "text": "x", "metadata": {"date": "soon"}} for n in range(2, 9)]
    assert len(list(read_beir(corpus(tmp_path, GOOD, *wrong), told.append))) == 8
    shown = ", ".join(f"{n} 'soon'" for n in range(2, 7))
    assert told == [f"lines {shown}, and 2 more: date: must be a date such as 2025-06-07; left empty."]


def test_a_corpus_without_any_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_bytes(b'{"_id": "1", "text": "caf\xe9"}\n')
    with pytest.raises(InvalidInput, match="line 1: is not UTF-8"):
        list(read_beir(tmp_path))


def test_a_folder_without_a_corpus(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"corpus\.jsonl: there is no such file"):
        list(read_beir(tmp_path))
