"""PDF: metadata, bundles, damaged files and scans."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from datetime import date

import pytest
from made_pdf import FILES, Placed, article, articles, body, column, made_pdf, scanned, sentence

from qa_service.errors import UnreadableSource

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
        "file.pdf: has no text layer (2 scanned pages). "
        "Install the `ocr` extra (pip install 'qa-service[ocr]') to read scans."
    )
    warnings: list[str] = []
    assert article(scanned(file, [0], 50), warnings).text == sentence(2)
    assert warnings == [
        "page 1 was without text layer left out. Install the `ocr` extra (pip install 'qa-service[ocr]') to read scans."
    ]


def test_a_page_whose_glyphs_stand_for_no_known_characters_has_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa_service.parsing.formats.pdf.is_installed", lambda: False)
    font = (
        b"/Subtype /Type0 /BaseFont /Foo /Encoding /Identity-H /DescendantFonts [<< /Type /Font /Subtype /CIDFontType2"
        b" /BaseFont /Foo /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor"
        b" << /Type /FontDescriptor /FontName /Foo /Flags 4 >> >>]"
    )
    file = made_pdf([body(1)]).replace(b"/Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding", font)
    with pytest.raises(UnreadableSource, match=r"has no text layer \(1 scanned page\)"):
        articles(file)


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
