"""PDF: reading order, running lines, page marks, tables, metadata, scans and damaged files."""

from __future__ import annotations

import io
import json
import socket
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from made_pdf import Placed, column, made_pdf, scanned

from qa_service.errors import UnreadableSource
from qa_service.parsing.articles import read_source
from qa_service.parsing.formats import SourceInfo
from qa_service.records import Article

FILES = Path(__file__).parent / "formats" / "pdf"


def articles(file: bytes, warnings: list[str] | None = None) -> list[Article]:
    warned = [] if warnings is None else warnings
    return list(read_source(io.BytesIO(file), SourceInfo("file.pdf", warn=warned.append)))


def article(file: bytes | str, warnings: list[str] | None = None) -> Article:
    (one,) = articles((FILES / file).read_bytes() if isinstance(file, str) else file, warnings)
    return one


def page_of(one: Article, words: str) -> int | None:
    assert one.text.count(words) == 1, (words, one.text)
    return one.page_of(one.text.index(words))


def in_order(text: str, *pieces: str) -> bool:
    places = [text.index(piece) for piece in pieces]
    return places == sorted(places)


# Reading order


def test_three_columns_below_a_headline_are_read_one_after_the_other() -> None:
    text = article("columns.pdf").text
    paragraphs = text.split("\n\n")
    assert paragraphs[:3] == [
        "WEATHER AND SEA",
        "Fog keeps ferries in port for a third day running",
        "By Jonas Ekdal",
    ]
    assert paragraphs[3] == (
        "The ferry company cancelled eleven crossings on Monday because the fog did not lift before noon. About two "
        "thousand passengers had to spend the night in gymnasiums and in the waiting rooms of the terminal."
    )
    assert in_order(text, "Radar alone", "Hoteliers complained", "The union of ferry workers", "Fishermen, too")


def test_a_paragraph_goes_on_in_the_next_column_and_on_the_next_page() -> None:
    one = article("columns.pdf")
    assert (
        "They sample droplets from a mast on the northern cape and want to find out how much salt they hold. "
        "The results will be presented at a conference in Bergen next spring.\n\n"
    ) in one.text
    assert page_of(one, "presented at a") == 1
    assert page_of(one, "conference in Bergen") == 2


def test_a_caption_stands_alone() -> None:
    assert (
        "\n\nPassengers wait at the southern pier of Alderholm on Monday. Photo: Tove Lind\n\n"
        in article("columns.pdf").text
    )


def test_a_box_comes_after_the_text_beside_it() -> None:
    text = article("sidebar.pdf").text
    assert in_order(text, "The salt mine under Lake Orsen", "fire protection.", "The galleries are 61 kilometres long.")
    assert "celluloid keeps for two hundred years without cooling.\n\n" in text


def test_right_to_left_columns_are_in_logical_order() -> None:
    assert article("arabic.pdf").text.split("\n\n") == [
        "وزارة الصحة تعلن نتائج المسح",
        "القاهرة (رويترز) - أعلنت وزارة الصحة يوم الاثنين أن 120 مستشفى ستتلقى تمويلا جديدا من WHO في عام 2024. "
        "وقال الوزير إن القرار جاء بعد مشاورات طويلة مع المنظمات.",
        "وأضاف أن العمل سيبدأ في الربيع القادم في تسع محافظات، وأن النتائج ستنشر كل شهر على موقع الوزارة الإلكتروني "
        "حتى نهاية العام المقبل.",
        "وقالت نقابة الأطباء إنها ترحب بالقرار لكنها تطالب بزيادة عدد الممرضات في المستشفيات الريفية قبل بداية الصيف.",
    ]


def test_text_that_runs_upwards_is_read_and_a_slanted_stamp_is_not() -> None:
    upwards = (
        "BT /F1 12 Tf 0 1 -1 0 200 100 Tm (The tower at Ironmoor was torn down on Friday after) Tj "
        "0 1 -1 0 215 100 Tm (a century of service, the council said.) Tj ET "
        "BT /F1 60 Tf .7 .7 -.7 .7 100 100 Tm (DRAFT) Tj ET"
    )
    assert article(made_pdf([[]], raw=[upwards])).text == (
        "The tower at Ironmoor was torn down on Friday after a century of service, the council said."
    )


def test_a_rotated_page_is_read_like_one_that_is_not() -> None:
    lines = column(60, 100, ["The tower at Ironmoor was torn down on Friday after", "a century of service."])
    for turn in (90, 180, 270):
        assert article(made_pdf([lines], page=f"/Rotate {turn}")).text == article(made_pdf([lines])).text


# Words


SPLIT = [
    "The mayor of Carden-",
    "brook spoke of long-",
    "term plans. The long-term plans of",
    "Cardenbrook cost 4 million.",
]


def test_a_word_split_at_a_line_end_is_joined_by_the_words_of_the_document() -> None:
    assert article(made_pdf([column(60, 100, SPLIT)])).text == (
        "The mayor of Cardenbrook spoke of long-term plans. The long-term plans of Cardenbrook cost 4 million."
    )


def test_a_word_split_by_a_page_end_is_on_the_first_page() -> None:
    one = article(
        made_pdf([column(60, 100, ["The harbour master spoke of an exam-"]), column(60, 100, ["ple for others."])])
    )
    assert one.text == "The harbour master spoke of an example for others."
    assert one.page_of(one.text.index("exam")) == 1
    assert one.page_of(one.text.index("ple")) == 2


def test_a_footnote_mark_is_no_part_of_a_word_and_an_exponent_is() -> None:
    lines: list[Placed] = [
        (60, 100, 10, "The hall covers 900 m"), (158.4, 96, 6, "2"), (165, 100, 10, "and cost nine millions."),
        (263.4, 96, 6, "12"),
    ]  # fmt: skip
    assert article(made_pdf([lines])).text == "The hall covers 900 m² and cost nine millions."


def test_a_letter_spaced_line_is_words() -> None:
    assert "WEATHER AND SEA" in article("columns.pdf").text


# Running lines


NAMES = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch")


def sentence(page: int) -> str:
    return f"The quarry at {NAMES[page - 1]} Hill has been shut for good, the ministry said."


def body(page: int) -> list[Placed]:
    return column(60, 200, [sentence(page)])


def test_running_lines_are_dropped_also_where_left_and_right_pages_differ() -> None:
    pages = []
    for number in range(1, 9):
        head = "The Harbour Review" if number % 2 else "Ministry of the Sea"
        pages.append([(60, 40, 8, head), *body(number), (280, 800, 8, f"- {number} -")])
    assert article(made_pdf(pages)).text.split("\n\n") == [sentence(page) for page in range(1, 9)]


def test_running_lines_of_two_pages_are_dropped() -> None:
    pages = [[(60, 40, 8, "The Harbour Review"), *body(n), (280, 800, 8, f"Page {n} of 2")] for n in (1, 2)]
    assert article(made_pdf(pages)).text == f"{sentence(1)}\n\n{sentence(2)}"


def test_a_line_of_the_article_at_the_edge_of_a_page_stays() -> None:
    costs = [f"It cost {cost} euros to fill the pit." for cost in (400, 73, 1200)]
    pages = [[(60, 40, 10, cost), *body(number)] for number, cost in enumerate(costs, 1)]
    text = article(made_pdf(pages)).text
    assert all(cost in text for cost in costs)


def test_a_number_at_the_edge_that_is_no_page_number_stays() -> None:
    text = article(made_pdf([[*body(1), (60, 300, 10, "1984")], [*body(2), (60, 300, 10, "2011")]])).text
    assert "1984" in text and "2011" in text


def test_the_header_of_a_printed_web_page_gives_its_address() -> None:
    one = article("printed.pdf")
    assert one.meta.url == "http://127.0.0.1:8765/bundle.html"
    assert one.meta.title == "Press review"
    assert "127.0.0.1" not in one.text and "Press review" not in one.text and "1/3" not in one.text
    assert page_of(one, "Bees return to the roof") == 2


# Tables


def test_a_ruled_table_keeps_its_header_in_each_row() -> None:
    text = article("sidebar.pdf").text
    assert "Hall: Amber; Length in metres: 140; Opens: 2026.\n" in text
    assert "Hall: Basalt, the largest of the halls; Length in metres: 310; Opens: 2028.\n" in text


def test_an_aligned_table_without_rules_keeps_its_header_in_each_row() -> None:
    text = article("office.pdf").text
    assert "Port: Alderholm; Passengers: 312 400; Change: +4.1 %.\n" in text
    assert "Port: Tamsin; Passengers: 7 310; Change: +0.3 %." in text


def test_list_items_are_lines() -> None:
    assert (
        "\n- The second measure is a pilot boat.\n- The third is radar for each of the ferries"
        in article("office.pdf").text
    )


# Metadata


def test_printed_and_stated_metadata() -> None:
    meta = article("columns.pdf").meta
    assert (meta.title, meta.outlet) == ("Fog keeps ferries in port for a third day running", "The Kestrel Times")
    assert (meta.author, meta.published, meta.language) == ("Jonas Ekdal", date(2023, 7, 4), "en")
    meta = article("office.pdf").meta
    assert (
        meta.title == "Harbours count more passengers in spite of the fog"
    )  # not "Microsoft Word - review_final.docx"
    assert (meta.author, set(meta.tags)) == ("Ines Falk", {"fog", "ferries"})


def test_the_day_of_saving_is_not_the_publication() -> None:
    info = {"Title": "Quarry at Hollow Hill shut for good", "CreationDate": "D:20240105120000", "Author": "root"}
    meta = article(made_pdf([body(1)], info=info)).meta
    assert (meta.title, meta.author, meta.published) == ("Quarry at Hollow Hill shut for good", None, None)


def test_a_date_under_the_headline_is_the_publication() -> None:
    lines: list[Placed] = [
        (60, 80, 20, "Quarry at Hollow Hill shut"),
        (60, 110, 10, "By Nora Lind | 3 July 2023"),
        *body(1),
    ]
    meta = article(made_pdf([lines])).meta
    assert (meta.title, meta.author, meta.published) == ("Quarry at Hollow Hill shut", "Nora Lind", date(2023, 7, 3))


def test_a_bundle_gives_an_article_for_each_bookmark() -> None:
    found = articles((FILES / "bundle.pdf").read_bytes())
    assert [(one.meta.title, one.meta.author, one.meta.published, one.pages) for one in found] == [
        ("Quarry dispute settled after nine years", "Anna Reuss", date(2021, 5, 4), ((0, 1),)),
        ("Bees return to the roof of the opera", "Karl Timm", date(2021, 5, 9), ((0, 2),)),
        ("Tram line nine gets its first night service", None, date(2021, 5, 11), ((0, 3),)),
    ]
    assert "What was agreed\n\nThe owner plants 4,000 oaks." in found[0].text


# Bad input


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ((FILES / "encrypted.pdf").read_bytes(), "is encrypted with a password. Save it without a password."),
        ((FILES / "bundle.pdf").read_bytes()[:9000], "is a damaged or truncated PDF. Download or export it again."),
        (b"%PDF-1.7\n%%EOF\n", "is a damaged or truncated PDF. Download or export it again."),
        (made_pdf([]), "is a damaged or truncated PDF. Download or export it again."),
        (made_pdf([[]]), "has no text."),
    ],
    ids=["encrypted", "truncated", "empty", "no pages", "blank page"],
)
def test_a_file_that_cannot_be_read_says_why_in_a_line(file: bytes, reason: str) -> None:
    with pytest.raises(UnreadableSource) as caught:
        articles(file)
    assert str(caught.value) == f"file.pdf: {reason}"


def test_a_malformed_reference_table_is_rebuilt() -> None:
    assert article((made_pdf([body(1)])).replace(b"startxref", b"startnone")).text == sentence(1)


def test_scripts_and_a_page_of_many_glyphs_do_no_harm() -> None:
    lines = column(20, 10, [f"line {number} " + "stone " * 15 for number in range(1000)], 0.7, 0.8)
    one = article(made_pdf([lines], catalog="/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"))
    assert one.text.count("stone") == 15_000


def test_two_readings_are_equal() -> None:
    file = (FILES / "office.pdf").read_bytes()
    assert article(file) == article(file)


# Scans


def test_a_scan_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.parsing.formats.pdf.is_installed", lambda: False)
    file = made_pdf([body(1), body(2)])
    with pytest.raises(UnreadableSource) as caught:
        articles(scanned(file, [0, 1], 50))
    assert str(caught.value) == (
        "file.pdf: has no text layer (2 scanned pages). Install the `ocr` extra (pip install 'qa-service[ocr]') to read scans."
    )
    warnings: list[str] = []
    assert article(scanned(file, [0], 50), warnings).text == sentence(2)
    assert warnings == [
        "page 1 was without text layer left out. Install the `ocr` extra (pip install 'qa-service[ocr]') to read scans."
    ]


@pytest.mark.slow
def test_scanned_pages_are_read_without_a_network_and_only_they(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rapidocr")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    for name in ("create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    pages = [
        column(60, 200, ["The quarry at Hollow Hill has been shut", "for good, the ministry said on Friday."], 14, 18),
        body(2),
    ]
    warnings: list[str] = []
    one = article(scanned(made_pdf(pages), [0]), warnings)
    assert one.text == (
        "The quarry at Hollow Hill has been shut for good, the ministry said on Friday.\n\n" + sentence(2)
    )
    assert one.pages == ((0, 1), (one.text.index(sentence(2)), 2))
    assert warnings == ["page 1 was read by OCR. Check names and numbers."]


MEASURE = """
import io, json, resource, sys
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.formats.pdf import read
(draft,) = read(io.BytesIO(sys.stdin.buffer.read()), SourceInfo("many.pdf"))
print(json.dumps([len(draft.text), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""


@pytest.mark.slow
def test_memory_is_flat_over_many_pages() -> None:
    sizes = []
    for count in (200, 2000):
        file = made_pdf(
            [column(60, 60, [f"Line {line} of page {page}." for line in range(50)]) for page in range(count)]
        )
        done = subprocess.run([sys.executable, "-c", MEASURE], input=file, capture_output=True, check=True)
        sizes.append(json.loads(done.stdout))
    assert sizes[1][0] > 9 * sizes[0][0]
    assert sizes[1][1] - sizes[0][1] < 60_000  # KiB; the text itself is 2.4 million characters
