"""PDF files of known geometry: text in Helvetica at given places, pictures of pages. Reads them to articles."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium

from qa_service.parsing.articles import read_source
from qa_service.parsing.formats import SourceInfo
from qa_service.records import Article

FILES = Path(__file__).parent / "formats" / "pdf"
WIDTH, HEIGHT = 595, 842

Placed = tuple[float, float, float, str]
"""Distance from the left and from the top of the page, font size, text."""


def made_pdf(
    pages: Sequence[Sequence[Placed]],
    *,
    info: dict[str, str] | None = None,
    catalog: str = "",
    page: str = "",
    raw: Sequence[str] = (),
) -> bytes:
    """A PDF with these lines. `catalog` and `page` are further dictionary entries; `raw` is further operators."""
    objects = [f"<< /Type /Catalog /Pages 2 0 R {catalog} >>", ""]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    kids = []
    for index, lines in enumerate(pages):
        operators = [
            f"BT /F1 {size} Tf 1 0 0 1 {x} {HEIGHT - y} Tm ({_escaped(text)}) Tj ET" for x, y, size, text in lines
        ]
        content = "\n".join([*operators, *raw[index : index + 1]])
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] {page}"
            f" /Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects) + 2} 0 R >>"
        )
        objects.append(f"<< /Length {len(content.encode('cp1252'))} >>\nstream\n{content}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    entries = " ".join(f"/{name} ({_escaped(value)})" for name, value in (info or {}).items())
    objects.append(f"<< {entries} >>")
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    return out + (
        f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer {trailer}\nstartxref\n{len(out)}\n%%EOF\n"
    ).encode("cp1252")


def column(x: float, top: float, lines: Sequence[str], size: float = 10, pitch: float = 12) -> list[Placed]:
    """Lines below each other."""
    return [(x, top + index * pitch, size, line) for index, line in enumerate(lines)]


def scanned(file: bytes, pages: Sequence[int], dots: int = 200) -> bytes:
    """The PDF with a picture in place of each of these pages, by index."""
    source, result = pdfium.PdfDocument(file), pdfium.PdfDocument.new()
    for index in range(len(source)):
        if index not in pages:
            result.import_pages(source, [index])
            continue
        width, height = source[index].get_size()
        picture = io.BytesIO()
        source[index].render(scale=dots / 72).to_pil().convert("L").save(picture, "JPEG", quality=60)
        page = result.new_page(width, height)
        image = pdfium.PdfImage.new(result)
        image.load_jpeg(picture)
        image.set_matrix(pdfium.PdfMatrix().scale(width, height))
        page.insert_obj(image)
        page.gen_content()
    out = io.BytesIO()
    result.save(out)
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def articles(file: bytes, warnings: list[str] | None = None) -> list[Article]:
    warned = [] if warnings is None else warnings
    return list(read_source(io.BytesIO(file), SourceInfo("file.pdf", warn=warned.append)))


def article(file: bytes | str, warnings: list[str] | None = None) -> Article:
    (one,) = articles((FILES / file).read_bytes() if isinstance(file, str) else file, warnings)
    return one


NAMES = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch")


def sentence(page: int) -> str:
    return f"The quarry at {NAMES[page - 1]} Hill has been shut for good, the ministry said."


def body(page: int) -> list[Placed]:
    return column(60, 200, [sentence(page)])
