"""Rows as articles: JSON, JSON Lines, CSV and spreadsheets, as programs write them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from qa_service.errors import InvalidInput, UnreadableSource
from qa_service.parsing import read_source
from qa_service.parsing.detect import detect_format
from qa_service.parsing.formats import SourceInfo
from qa_service.records import ArticleDraft, ArticleMeta

FILES = Path(__file__).parent / "formats" / "rows"
"""Made by LibreOffice."""
TEXT = "The ferry Meridian returns to Norderhafen on Monday."
NO_COLUMNS: Mapping[str, str] = {}


def read(
    name: str, content: bytes | str, columns: Mapping[str, str] = NO_COLUMNS
) -> tuple[list[ArticleDraft], list[str]]:
    """The drafts of a file, and the warnings about it."""
    told: list[str] = []
    file = io.BytesIO(content.encode() if isinstance(content, str) else content)
    source = SourceInfo(name, columns, told.append)
    return list(detect_format(file, source).read(file, source)), told


def refusal(name: str, content: bytes | str, columns: Mapping[str, str] = NO_COLUMNS) -> str:
    with pytest.raises(UnreadableSource) as caught:
        read(name, content, columns)
    assert caught.value.message.startswith(name)
    return caught.value.message


# JSON and JSON Lines


def test_json_lines_with_usual_names_in_any_form() -> None:
    row = {
        "_id": 7, "headLine": " Ferry\nreturns ", "maintext": TEXT, "Publisher": {"name": "Harbour Voice"},
        "authors": [{"name": "Ann Lee"}, {"name": "Bo Li"}], "publishedAt": "2025-07-13T23:30:00-07:00",
        "date_modified": 1752537600, "inLanguage": "en-GB", "web_url": "https://news.example/1",
        "keywords": "sea, trade", "section": "Ports", "words": 9,
    }  # fmt: skip
    drafts, told = read("a.jsonl", json.dumps(row) + "\n\n")
    assert told == []
    assert [(draft.article_id, draft.text) for draft in drafts] == [("7", TEXT)]
    assert drafts[0].meta == ArticleMeta(
        "Ferry returns", "Harbour Voice", "Ann Lee, Bo Li", date(2025, 7, 13), "en", "https://news.example/1",
        updated=date(2025, 7, 15), tags=("Ports", "sea", "trade"),
    )  # fmt: skip


def test_wrong_values_are_left_empty_and_broken_lines_skipped_with_their_numbers() -> None:
    lines = ['{"text": "One.", "date": "soon", "url": "n/a"}', "{broken", '{"title": "x"}', '["a"]']
    lines += ['{"text": "Two.", "date": "later"}'] * 7
    drafts, told = read("a.jsonl", "\n".join(lines))
    assert len(drafts) == 8
    assert all(draft.meta == ArticleMeta() for draft in drafts)
    assert sorted(told) == [
        "line 1 'n/a': url: says nothing; left empty.",
        "line 2: not JSON; skipped.",
        "line 3 has no text and was skipped.",
        "line 4: not a JSON object; skipped.",
        "lines 1 'soon', 5 'later', 6 'later', 7 'later', 8 'later', and 3 more: date: must be a date such as "
        "2025-06-07; left empty.",
    ]


WRAPPED = [
    {"articles": [{"title": "A", "content": TEXT}], "totalResults": 1},
    {"data": {"items": [{"id": "1", "attributes": {"title": "A", "body": TEXT}}]}},
    {"response": {"numFound": 1, "docs": [{"title": ["A"], "body": [TEXT]}]}},
    {"hits": {"hits": [{"_id": "1", "_source": {"title": "A", "text": TEXT}}]}},
    [{"title": {"rendered": "A"}, "content": {"rendered": f"<p>{TEXT}</p>\n"}}],
    {"@context": "https://schema.org", "@graph": [{"@type": "NewsArticle", "headline": "A", "articleBody": TEXT}]},
    {"a1": {"title": "A", "text": TEXT}, "a2": {"title": "B", "text": "x"}},
    {"title": {"0": "A", "1": "B"}, "text": {"0": TEXT, "1": "x"}},
    {"columns": ["title", "text"], "index": [0], "data": [["A", TEXT]]},
    {"title": "A", "comments": [{"text": "Nice", "author": "x"}], "text": TEXT},
    {"title": "A", "paragraphs": [TEXT]},
]


@pytest.mark.parametrize("document", WRAPPED)
def test_articles_are_found_where_apis_put_them(document: object) -> None:
    drafts, told = read("a.json", json.dumps(document, indent=1))
    assert (drafts[0].meta.title, drafts[0].text, told) == ("A", TEXT, [])


@pytest.mark.parametrize("document", WRAPPED[:6])
def test_lists_of_large_documents_are_found_there_too(document: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.parsing.formats.json_articles.MOST_WHOLE", 0)
    drafts, told = read("a.json", json.dumps(document, indent=1))
    assert (drafts[0].meta.title, drafts[0].text, told) == ("A", TEXT, [])


def test_objects_by_id_have_their_ids() -> None:
    drafts, _ = read("a.json", json.dumps({"a1": {"text": "One."}, "a2": {"text": "Two."}}))
    assert [(draft.article_id, draft.text) for draft in drafts] == [("a.json#a1", "One."), ("a.json#a2", "Two.")]


def test_a_json_feed_is_the_outlet_of_its_items() -> None:
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "Harbour Voice", "language": "en", "description": "All",
        "items": [{"id": "https://n.example/1", "content_html": f"<p>{TEXT}</p>", "date_published": "2025-07-13"}],
    }  # fmt: skip
    drafts, _ = read("feed.json", json.dumps(feed))
    assert drafts[0].text == TEXT
    assert drafts[0].meta == ArticleMeta(outlet="Harbour Voice", published=date(2025, 7, 13), language="en")


def test_a_dotted_path_names_a_key_inside() -> None:
    document = {"x": {"y": TEXT}, "meta": {"names": [{"n": "Ann"}, {"n": "Bo"}]}}
    drafts, _ = read("a.json", json.dumps(document), {"text": "x.y", "author": "meta.names.n"})
    assert (drafts[0].text, drafts[0].meta.author) == (TEXT, "Ann, Bo")


def test_json_without_a_text_names_its_keys() -> None:
    said = refusal("a.json", '{"x": {"y": 1}, "z": "words"}')
    assert said == "a.json: no key of it can be the text. Name one with --map text=KEY. It has x.y, z."
    assert "a.jsonl: no key of its objects can be the text" in refusal("a.jsonl", '{"x": 1}\n{"x": 2}\n')
    assert refusal("a.json", '{"text": "One."').startswith("a.json: is not JSON: ")
    assert refusal("a.json", "{" * 200_000).startswith("a.json: is not JSON")
    with pytest.raises(InvalidInput, match="no field 'txt'; did you mean text"):
        read("a.json", "{}", {"txt": "x"})


def test_a_large_list_is_read_one_article_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.parsing.formats.json_articles.MOST_WHOLE", 100)
    document = {"meta": {"authors": [{"name": "x"}]}, "items": [{"id": n, "text": f"Text {n}."} for n in range(50)]}
    drafts, _ = read("a.json", json.dumps(document))
    assert [draft.article_id for draft in drafts] == [f"a.json#{n}" for n in range(50)]
    assert "is not JSON in UTF-8" in refusal("a.json", json.dumps(document)[:-20])


def test_one_id_for_two_texts_is_told_and_neither_is_lost() -> None:
    rows = [{"id": 1, "text": "One."}, {"id": 1, "text": "Two."}, {"id": 1, "text": "One."}]
    drafts, told = read("a.jsonl", "\n".join(map(json.dumps, rows)))
    assert [(draft.article_id, draft.text) for draft in drafts] == [
        ("a.jsonl#1", "One."),
        (None, "Two."),
        ("a.jsonl#1", "One."),
    ]
    assert told == ["line 2 '1': another line has this id; the later one gets an id of its text."]


# CSV

ROWS = [["Title", "Body", "Pub_Date"], ["Café – A", 'He said "no";\nthen, left | right', "03/07/2023"]]
ROWS += [["", "", ""], ["B", "Second, third", "13/07/2023"]]


def as_csv(separator: str = ",", end: str = "\r\n") -> str:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if set(text) & {'"', "\n", separator, ";", ","} else text

    return "".join(separator.join(map(cell, row)) + end for row in ROWS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_table_in_any_form(encoding: str, separator: str, end: str) -> None:
    drafts, told = read("a.csv", as_csv(separator, end).encode(encoding))
    assert [(draft.meta.title, draft.text, draft.meta.published) for draft in drafts] == [
        ("Café – A", 'He said "no";\nthen, left | right', date(2023, 7, 3)),
        ("B", "Second, third", date(2023, 7, 13)),
    ]
    assert told == []


def test_a_separator_line_of_excel_and_quotes_of_mysql() -> None:
    drafts, _ = read("a.csv", "\ufeffsep=^\r\nTitle^Text\r\nA^One, two; three\r\n")
    assert [(draft.meta.title, draft.text) for draft in drafts] == [("A", "One, two; three")]
    mysql = '"title","text"\n"A","He said \\"no\\", and left."\n"B","Two"\n'
    assert read("a.csv", mysql)[0][0].text == 'He said "no", and left.'


def test_columns_that_are_named_and_columns_that_are_missing() -> None:
    table = "Überschrift,Body,Beitrag,Blatt\nA,short,One,Voice\n"
    drafts, told = read("a.csv", table, {"text": "beitrag", "title": "Überschrift", "outlet": "Paper"})
    assert [(draft.meta.title, draft.text, draft.meta.outlet) for draft in drafts] == [("A", "One", None)]
    assert told == ["there is no column 'Paper' for outlet. The columns are Überschrift, Body, Beitrag, Blatt."]
    said = refusal("a.csv", "Name,Blatt\nA,x\nB,y\n", {"text": "Txt"})
    assert said == (
        "a.csv: no column is named 'Txt', nor usual for texts. Its columns are Name, Blatt. "
        "Choose one with --map text=NAME."
    )


def test_a_field_can_be_left_without_a_column() -> None:
    """Numbers of rows are no ids, and the rows of a table of short texts may be read as figures."""
    drafts, told = read("a.csv", "id,text\n1,One\n", {"id": "-"})
    assert ([draft.article_id for draft in drafts], told) == ([None], [])
    drafts, told = read("a.csv", "Year,Text\n2024,Good\n2025,Bad\n", {"text": "-"})
    assert ([draft.text for draft in drafts], told) == (["Year: 2024; Text: Good.\nYear: 2025; Text: Bad."], [])


def test_a_long_column_of_an_unusual_name_is_the_text_and_told() -> None:
    drafts, told = read("a.csv", f"Ort,Bericht\nKiel,{TEXT * 5}\n")
    assert drafts[0].text == TEXT * 5
    assert told == ["no column has a usual name for texts, so 'Bericht' is read. Choose with --map text=NAME."]


def test_a_quote_that_is_never_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    import csv

    before = csv.field_size_limit(1000)
    try:
        said = refusal("a.csv", "title,text\nA,x\nB,y\n" + 'C,"' + "z\n" * 2000)
    finally:
        csv.field_size_limit(before)
    assert said == "a.csv, row 4: a quote is opened and never closed. Double the quotes inside a quoted cell."


def test_a_table_of_figures_is_one_article_whose_rows_name_their_columns() -> None:
    drafts, _ = read("a.csv", "Visitors of the pools\n\nTown,2023,2024\nKiel,418,431\nUlm,12,13\n")
    assert [draft.meta.title for draft in drafts] == ["Visitors of the pools"]
    assert drafts[0].text.splitlines() == ["Town: Kiel; 2023: 418; 2024: 431.", "Town: Ulm; 2023: 12; 2024: 13."]


def test_a_long_table_of_figures_comes_in_parts() -> None:
    drafts, _ = read("a.csv", "Fares\nLine,Fare\n" + "".join(f"{n},{n * 2}\n" for n in range(1, 1201)))
    assert [draft.meta.title for draft in drafts] == [
        "Fares, rows 3 to 502", "Fares, rows 503 to 1002", "Fares, rows 1003 to 1202",
    ]  # fmt: skip
    assert drafts[2].text.splitlines()[-1] == "Line: 1200; Fare: 2400."


# Spreadsheets


@pytest.mark.parametrize("name", ["articles.xlsx", "articles.xls", "articles.ods", "articles-utf16.csv"])
def test_a_spreadsheet_below_a_title_row(name: str) -> None:
    drafts, told = read(name, (FILES / name).read_bytes())
    assert [draft.text for draft in drafts] == [
        "The ferry Meridian returns to Norderhafen on Monday. It carries 240 cars, the company said.",
        "The bakers went back to work.\n\nThey get 6.5 percent more.",
    ]
    assert [draft.meta for draft in drafts] == [
        ArticleMeta(
            "Ferry returns to Norderhafen", "Harbour Voice", "Ann Lee", date(2025, 7, 13),
            url="https://news.example/ferry", tags=("sea", "transport"),
        ),
        ArticleMeta("Bakery strike ends", "Harbour Voice", "Bo Li"),
    ]  # fmt: skip
    assert [warning.removeprefix("sheet 'articles', ") for warning in told] == [
        "row 4 'n/a': Web URL: says nothing; left empty.",
        "row 4 'soon': Pub_Date: must be a date such as 2025-06-07; left empty.",
        "row 5 has no text and was skipped.",
    ]


@pytest.mark.parametrize("name", ["figures.xlsx", "figures.ods"])
def test_figures_under_two_rows_of_header_with_a_note_below(name: str) -> None:
    drafts, _ = read(name, (FILES / name).read_bytes())
    assert [draft.meta.title for draft in drafts] == ["Harbour traffic in the second quarter"]
    assert drafts[0].text.split("\n") == [
        "in thousand tonnes", "",
        "Port: Norderhafen; 2023 Grain: 1204.5; 2024 Grain: 1307; 2024 Ore: 88.",
        "Port: Lorme; 2023 Grain: 12; 2024 Grain: 13; 2024 Ore: 9.", "",
        "Source: Statistics Office",
    ]  # fmt: skip


def test_a_damaged_workbook_is_one_line() -> None:
    whole = (FILES / "articles.xlsx").read_bytes()
    assert "cannot be read as a spreadsheet" in refusal("a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600)
    damaged = whole[:2000] + b"\0" * 200 + whole[2200:]
    assert "Open it and save it as XLSX or CSV" in refusal("a.xlsx", damaged)


def test_a_table_without_a_column_of_text_says_so_where_columns_were_named() -> None:
    said: list[str] = []
    table = io.BytesIO(b"Line,First\n61,12\n62,13\n")
    assert len(list(read_source(table, SourceInfo("t.csv", {"title": "Line"}, said.append)))) == 1
    assert said == [
        "no column of text was found; the table is one article. Use --map text=COLUMN. Columns: Line, First."
    ]
