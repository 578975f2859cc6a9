"""Word, OpenDocument, RTF and PowerPoint. LibreOffice made tests/formats/lighthouse.* of lighthouse.fodt."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from qa_service.errors import UnreadableSource
from qa_service.parsing import SourceInfo, read_source
from qa_service.parsing.office.rtf_text import DEEPEST
from qa_service.records import Article

FORMATS = Path(__file__).parent / "formats"
ROWS = (
    "Tower: Skarn; Height (m): 41; Keeper: Jonas Pell.\nTower: Little Skarn; Height (m): 17; Keeper: Jonas Pell.\n"
    "Tower: Orrin; Height (m): 33; Keeper: Mo Tait."
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)


def read(raw: bytes, name: str) -> Article:
    (article,) = read_source(io.BytesIO(raw), SourceInfo(name))
    return article


def reason(raw: bytes, name: str) -> str:
    with pytest.raises(UnreadableSource) as caught:
        read(raw, name)
    assert caught.value.message.startswith(f"{name}: ") and "\n" not in caught.value.message
    return caught.value.message


def zipped(parts: Mapping[str, str | bytes], *, first: str = "") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        if first:
            archive.writestr("mimetype", first, zipfile.ZIP_STORED)
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def docx(body: str, **more: str) -> bytes:
    relation = f'<Relationship Id="r" Type="{OFFICE}/officeDocument" Target="word/document.xml"/>'
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}">{relation}</Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>',
    }
    return zipped(parts | more)


@pytest.mark.parametrize("suffix", ["docx", "odt", "fodt", "rtf"])
def test_what_a_reader_sees_is_the_text(suffix: str) -> None:
    article = read((FORMATS / f"lighthouse.{suffix}").read_bytes(), f"lighthouse.{suffix}")
    text = article.text
    assert article.meta.title == "Lighthouse keeper retires after forty years"
    assert article.meta.language == "en" and article.meta.published is None
    assert text.startswith(
        "Lighthouse keeper retires after forty years\n\nKeeper Jonas Pell leaves the tower of Skarn in May."
    )
    assert "He will certainly miss the sea.\n\nWhat the tower needs\n\n1. A new lamp for 9" in text
    assert "2. Paint." in text and "\n- A boat." in text
    assert ROWS in text.replace("\u00a0", " ")
    assert "Box: the light is seen for 21 miles." in text and "Ships will be guided by radio." in text
    assert "The tower was built in 1871." in text
    assert not [word for word in ("DELETED", "COMMENT", "RUNNING", "FOOTER", "[1]", "↑") if word in text]


@pytest.mark.parametrize(("suffix", "author"), [("docx", "Ada Marsh"), ("odt", "Ada Marsh"), ("rtf", "Someone Else")])
def test_the_properties_are_metadata(suffix: str, author: str) -> None:
    meta = read((FORMATS / f"lighthouse.{suffix}").read_bytes(), f"a.{suffix}").meta
    assert meta.author == author and "lighthouse" in " ".join(meta.tags)


def test_a_document_without_title_style_takes_its_property_or_its_heading() -> None:
    core = (
        '<c:coreProperties xmlns:c="urn:c" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>{}</dc:title></c:coreProperties>"
    )
    body = "<w:p><w:r><w:t>The pool of Dell opens on Monday.</w:t></w:r></w:p>"
    stated = docx(body, **{"docProps/core.xml": core.format("Pool opens")})
    filled = docx(body, **{"docProps/core.xml": core.format("Microsoft Word - draft 3.doc")})
    assert read(stated, "a.docx").meta.title == "Pool opens"
    assert read(filled, "a.docx").meta.title is None


def test_fields_breaks_and_soft_hyphens_of_word() -> None:
    body = (
        "<w:p><w:r><w:t>Page </w:t></w:r><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>PAGE"
        "</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>7</w:t></w:r><w:r><w:fldChar "
        "w:fldCharType='end'/></w:r></w:p><w:p><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r>"
        "<w:t>harbour</w:t></w:r></w:ins><w:r><w:t xml:space='preserve'> master</w:t><w:br/>"
        "<w:t>Ivo Lind</w:t></w:r></w:p>"
    )
    assert read(docx(body), "a.docx").text == "Page 7\n\nharbour master\nIvo Lind"


def test_code_pages_of_rtf() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}"
        rb"{\info{\title L\'e9o}{\author J\u246?rg Lind}}"
        rb"\f0 Caf\'e9 \uc1\u8364? 5 \'96 {\f1 \'cc\'ee\'f1\'ea\'e2\'e0} and \u-10179?\u-8640?.\par"
        rb"{\*\unknown nothing}{\v hidden}\b Bold\b0  text{\pict 0102}.\par}"
    )
    article = read(rtf, "a.rtf")
    assert article.text == "Café € 5 – Москва and \U0001f640.\n\nBold text."
    assert (article.meta.title, article.meta.author) == ("Léo", "Jörg Lind")


def test_damaged_and_protected_files_are_one_clear_line() -> None:
    good = (FORMATS / "lighthouse.docx").read_bytes()
    odt = "application/vnd.oasis.opendocument.text"
    manifest = '<m:manifest xmlns:m="urn:m"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
    assert "damaged or incomplete" in reason(zipped({"content.xml": "<a/>"}, first=odt)[:-40], "a.odt")
    assert "encrypted" in reason(zipped({"META-INF/manifest.xml": manifest, "content.xml": "x"}, first=odt), "a.odt")
    assert "content.xml is missing" in reason(zipped({"x": "y"}, first=odt), "a.odt")
    assert "damaged" in reason(docx("<w:p>"), "a.docx")
    assert "holds no text" in reason(docx("<w:p/>"), "a.docx")
    assert "nested too deeply" in reason(b"{\\rtf1 " + b"{" * (DEEPEST + 1), "a.rtf")
    assert "holds no text" in reason(b"{\\rtf1 }", "a.rtf")
    broken = bytearray(good)
    at = broken.find(b"word/document.xml") + 60
    broken[at : at + 40] = bytes(40)
    assert "damaged" in reason(bytes(broken), "a.docx")


def test_bombs_are_refused() -> None:
    huge = docx("<w:p/>", **{"word/comments.xml": " " * (49 << 20)})
    assert len(huge) < 100_000 and "has 49 MB" in reason(huge, "a.docx")
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    assert "declares entities" in reason(docx("<w:p/>", **{"word/styles.xml": f"{bomb}<d>&b;</d>"}), "a.docx")
    content = f'{bomb}<d xmlns:o="urn:o"><o:body><o:text><o:p>Ships &b; sail.</o:p></o:text></o:body></d>'
    odt = zipped({"content.xml": content}, first="application/vnd.oasis.opendocument.text")
    assert read(odt, "a.odt").text == "Ships  sail." or read(odt, "a.odt").text == "Ships sail."
    deep = docx("<w:p>" * 5000 + "</w:p>" * 5000)
    assert "damaged" in reason(deep, "a.docx")


def test_each_slide_is_a_page() -> None:
    pptx = pytest.importorskip("pptx")
    made = pptx.Presentation()
    made.core_properties.title, made.core_properties.author = "PowerPoint Presentation", "Nora Lind"
    first = made.slides.add_slide(made.slide_layouts[1])
    first.shapes.title.text = "Spending rises"
    first.placeholders[1].text = "The harbour spends 12 million euros.\nHalf of it goes to dredging."
    first.notes_slide.notes_text_frame.text = "The dredger Saga is 40 years old."
    second = made.slides.add_slide(made.slide_layouts[5])
    second.shapes.title.text = "Figures"
    table = second.shapes.add_table(3, 2, 0, 900_000, 900_000, 900_000).table
    for i, row in enumerate([("Item", "2024"), ("Dredging", "6.0"), ("Quays", "3.3")]):
        for j, cell in enumerate(row):
            table.cell(i, j).text = cell
    hidden = made.slides.add_slide(made.slide_layouts[5])
    hidden.shapes.title.text = "Secret"
    hidden._element.set("show", "0")
    raw = io.BytesIO()
    made.save(raw)
    article = read(raw.getvalue(), "a.pptx")
    assert article.text == (
        "Spending rises\n\n- The harbour spends 12 million euros.\n- Half of it goes to dredging.\n\n"
        "The dredger Saga is 40 years old.\n\nFigures\n\nItem: Dredging; 2024: 6.0.\nItem: Quays; 2024: 3.3."
    )
    assert article.pages == ((0, 1), (article.text.index("Figures"), 2))
    assert (article.meta.title, article.meta.author) == ("Spending rises", "Nora Lind")


def test_powerpoint_without_its_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pptx", None)
    raw = zipped({"[Content_Types].xml": TYPES, "ppt/presentation.xml": "<a/>"})
    assert "pip install 'qa-service[pptx]'" in reason(raw, "a.pptx")


def word_file(body: str, **parts: str) -> bytes:
    """A Word document with further parts in the folder word."""
    made = io.BytesIO()
    relations = "".join(f'<Relationship Id="{name}" Type="{OFFICE}/{name}" Target="{name}.xml"/>' for name in parts)
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{RELATIONS}"><Relationship Id="a" Type="{OFFICE}/officeDocument" '
            'Target="word/document.xml"/></Relationships>',
        )
        archive.writestr(
            "word/_rels/document.xml.rels", f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'
        )
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>')
        for name, xml in parts.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{WORD}">{xml}</w:{name}>')
    return made.getvalue()


def test_a_number_that_nobody_sees_is_no_number_and_an_outline_level_is_a_heading() -> None:
    level = '<w:lvl w:ilvl="0"><w:numFmt w:val="{}"/><w:lvlText w:val="{}"/></w:lvl>'
    numbering = (
        f'<w:abstractNum w:abstractNumId="1">{level.format("none", "")}</w:abstractNum>'
        f'<w:abstractNum w:abstractNumId="2">{level.format("decimal", "%1.")}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="2"/></w:num>'
    )
    styles = (
        '<w:style w:type="paragraph" w:styleId="Heading201"><w:name w:val="Heading_20_1"/>'
        '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    )
    paragraph = (
        '<w:p><w:pPr>{}<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{}"/></w:numPr></w:pPr>'
        "<w:r><w:t>{}</w:t></w:r></w:p>"
    )
    body = paragraph.format('<w:pStyle w:val="Heading201"/>', 1, "Otter stops ferry")
    body += paragraph.format("", 2, "Tickets stay valid.") + paragraph.format("", 2, "The den stays.")
    raw = word_file(body, numbering=numbering, styles=styles)
    (article,) = read_source(io.BytesIO(raw), SourceInfo("a.docx"))
    assert article.text == "Otter stops ferry\n\n1. Tickets stay valid.\n2. The den stays."
    assert article.meta.title == "Otter stops ferry"
