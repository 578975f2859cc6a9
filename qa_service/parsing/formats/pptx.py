"""Reads PowerPoint with python-pptx, which the extra `pptx` installs. Each slide is a page of the article."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from qa_service.errors import UnreadableSource
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.markup.tables import table_text
from qa_service.parsing.office.document_meta import document_meta
from qa_service.parsing.office.zip_documents import open_document
from qa_service.parsing.page_marks import MOST_PAGES, page_mark
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["read"]

_AROUND = ("DATE", "FOOTER", "SLIDE_NUMBER", "HEADER")
"""Placeholders that repeat on each slide."""
DEEPEST_GROUP = 20


def read(file: BinaryIO, source: SourceInfo) -> Iterator[ArticleDraft]:
    """One draft: for each shown slide its title, texts, tables, charts, and the speaker's notes."""
    try:
        from pptx import Presentation
    except ImportError as error:
        raise UnreadableSource(
            f"{source.name}: PowerPoint needs the extra pptx. Install it: pip install 'qa-service[pptx]'.",
            param=source.name,
        ) from error
    with open_document(file, source, "PowerPoint") as document:
        for part in document.parts:
            if part.endswith((".xml", ".rels")):
                document.check_size(part)
                document.refuse_entities(part)
        file.seek(0)
        try:
            presentation = Presentation(file)
            slides = [(number, _slide(slide)) for number, slide in enumerate(presentation.slides, 1)]
            meta = _meta(presentation)
        except Exception as error:  # python-pptx raises what its parsers raise
            raise document.damaged(f"{type(error).__name__}: {str(error)[:100]}") from error
    text = "\n\n".join(page_mark(min(number, MOST_PAGES)) + shown for number, shown in slides if shown)
    if not text:
        raise UnreadableSource(f"{source.name}: the presentation holds no text.", param=source.name)
    yield ArticleDraft(text, meta=meta, cleaning=Cleaning.DOCUMENT)


def _meta(presentation: Any) -> ArticleMeta:
    stated = presentation.core_properties
    titles = (
        " ".join(slide.shapes.title.text_frame.text.split()) for slide in presentation.slides if slide.shapes.title
    )
    meta = document_meta(title=stated.title, author=stated.author, language=stated.language, tags=stated.keywords)
    return meta if meta.title else document_meta(title=next(titles, None), author=stated.author, tags=stated.keywords)


def _slide(slide: Any) -> str:
    if slide._element.get("show") == "0":
        return ""
    blocks: list[str] = []
    title = slide.shapes.title
    if title is not None:
        blocks.append(" ".join(title.text_frame.text.split()))
    shapes = [shape for shape in slide.shapes if title is None or shape.shape_id != title.shape_id]
    blocks += _blocks(shapes)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        blocks.append(_paragraphs(slide.notes_slide.notes_text_frame, "\n\n"))
    return "\n\n".join(block for block in blocks if block.strip())


def _blocks(shapes: Iterable[Any], depth: int = 0) -> Iterator[str]:
    """The texts of shapes in the order of the file, in which screen readers speak them."""
    for shape in shapes:
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind is not None and kind.name in _AROUND:
            continue
        if hasattr(shape, "shapes"):
            if depth < DEEPEST_GROUP:
                yield from _blocks(shape.shapes, depth + 1)
        elif getattr(shape, "has_table", False):
            yield _table(shape.table)
        elif getattr(shape, "has_chart", False):
            yield _chart(shape.chart)
        elif shape.has_text_frame:
            yield _paragraphs(shape.text_frame, "\n")


def _paragraphs(frame: Any, separator: str) -> str:
    texts = [" ".join(paragraph.text.split()) for paragraph in frame.paragraphs]
    shown = [text for text in texts if text]
    return separator.join(f"- {text}" if len(shown) > 1 and separator == "\n" else text for text in shown)


def _table(table: Any) -> str:
    rows: list[list[str]] = []
    for row in table.rows:
        cells: list[str] = []
        for i, cell in enumerate(row.cells):
            if not cell.is_spanned:
                cells.append(cell.text_frame.text)
            else:
                above = rows[-1][i] if rows and cell._tc.vMerge else ""
                cells.append(above or (cells[-1] if cells else ""))
        rows.append(cells)
    return table_text(rows, header=True if table.first_row else None)


def _chart(chart: Any) -> str:
    """The figures of a chart as a table: a row for each category."""
    title = chart.chart_title.text_frame.text if chart.has_title and chart.chart_title.has_text_frame else None
    rows: list[list[str]] = []
    for plot in chart.plots:
        series = list(plot.series)
        if not rows:
            rows = [[""], *([str(category)] for category in plot.categories)]
        rows[0] += [str(one.name) for one in series]
        for row, values in zip(rows[1:], zip(*(one.values for one in series), strict=False), strict=False):
            row += ["" if value is None else f"{value:.12g}" for value in values]
    return table_text(rows, header=True, caption=title) if rows else ""
