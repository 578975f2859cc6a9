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
WRONG = [
    ("{", "is not JSON", "corpus.jsonl"),
    ("[" * 100_000, "is not JSON", "corpus.jsonl"),
    ("[1]", "is not a JSON object", "corpus.jsonl"),
    ({"text": "Two."}, "_id: must be a text that is not empty", "_id"),
    ({"_id": 2, "text": "Two."}, "_id: must be a text that is not empty (got 2)", "_id"),
    ({"_id": "1", "text": "Two."}, "_id: '1' was given on line 1 already", "_id"),
    ({"_id": "2", "text": 2}, "text: must be a text", "text"),
    ({"_id": "2", "text": "a \ud800"}, "text: holds half of a surrogate pair", "text"),
    ({"_id": "2", "text": "Two.", "title": []}, "title: must be a text", "title"),
    ({"_id": "2", "text": "Two.", "metadata": "x"}, "metadata: must be an object", "metadata"),
    ({"_id": "2", "text": "Two.", "metadata": {"date": "soon"}}, "metadata.date: must be a date", "metadata.date"),
    (
        {"_id": "2", "text": "Two.", "metadata": {"lang": "eng"}},
        "metadata.lang: must be a two-letter language code",
        "metadata.lang",
    ),
    ({"_id": "2", "text": "Two.", "metadata": {"url": "ftp://x"}}, "metadata.url: must be an address", "metadata.url"),
    ({"_id": "2", "text": "Two.", "metadata": {"source": 5}}, "metadata.source: must be a text", "metadata.source"),
]


@pytest.mark.parametrize(("line", "complaint", "param"), WRONG)
def test_what_is_wrong_is_named_with_file_line_and_field(
    tmp_path: Path, line: object, complaint: str, param: str
) -> None:
    documents = read_beir(corpus(tmp_path, GOOD, line))
    assert next(documents) == ArticleDraft("One.", "1")
    with pytest.raises(InvalidInput) as caught:
        next(documents)
    assert str(caught.value).startswith(f"{tmp_path / 'corpus.jsonl'}, line 2")
    assert complaint in str(caught.value)
    assert caught.value.param == param


def test_a_line_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_bytes(b'{"_id": "1", "text": "caf\xe9"}\n')
    with pytest.raises(InvalidInput, match="line 1: is not UTF-8"):
        list(read_beir(tmp_path))


def test_a_folder_without_a_corpus(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"corpus\.jsonl: there is no such file"):
        list(read_beir(tmp_path))


def test_counting_finds_what_is_wrong_on_the_last_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="line 3, text: must be a text"):
        count_beir(corpus(tmp_path, GOOD, {"_id": "2", "text": "Two."}, {"_id": "3", "text": 3}))
