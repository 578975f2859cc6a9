"""Shows line by line what of a file is kept, changed or dropped, and by which rule.

The same steps run as in ingestion (`refine`), which remember what became of each line.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import BinaryIO, Literal

from qa_service.parsing.articles import read_refined
from qa_service.parsing.cleaning.lines import normalise_line_ends
from qa_service.parsing.cleaning.traced import Fate
from qa_service.parsing.detect import detect_format
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.page_marks import remove_page_marks
from qa_service.records import ArticleMeta

__all__ = ["ExplainedLine", "explain_source"]

COPY = "The whole article is dropped: the same article stands above."
"""What became of the lines of an article that the file holds twice."""

OTHER = "Not part of the article."
LEFT_OUT = {
    "html": f"{OTHER[:-1]}: the reader of web pages leaves out menus, notices, comments and advertisements.",
    "mail": f"{OTHER[:-1]}: the reader of mail leaves out quotes, signatures and footers.",
}
"""What became of the text that the reader of a format leaves out."""


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """A line of a file's text, and what becomes of it."""

    text: str
    """The line as the reader of the format gives it."""
    fate: Literal["kept", "changed", "dropped"]
    rule: str | None
    """What changed or dropped it, as a sentence."""
    article: int
    """1-based number of the article in the file. 0 for a line of none."""
    title: str | None = None
    """The title of that article."""
    became: str | None = None
    """For a changed line: the line of the article that begins with it. None if it continues the line above."""
    meta: ArticleMeta | None = None
    """For the first line of an article: what is known of it."""


def explain_source(file: BinaryIO, source: SourceInfo, metadata: ArticleMeta | None = None) -> Iterator[ExplainedLine]:
    """Yields the lines of an open file, in order. Blank lines are kept.

    For a web page or a mail, what its reader leaves out is among them, in its place.

    Raises:
        UnreadableSource: as `read_source`.
        InvalidInput: as `read_source`.
    """
    kind = detect_format(file, source)
    whole = kind.whole_text
    lines = _read_lines(file, source, metadata)
    if whole is None:
        yield from lines
        return
    read = list(lines)
    file.seek(0)
    yield from _with_left_out(read, whole(file, source).split("\n"), LEFT_OUT.get(kind.module, OTHER))


def _with_left_out(read: list[ExplainedLine], whole: list[str], rule: str) -> Iterator[ExplainedLine]:
    """The lines that were read, and between them those of the whole text that were not."""
    texts, shown = [" ".join(line.text.split()) for line in read], [" ".join(line.split()) for line in whole]
    known = set(texts)
    for what, a, b, c, d in SequenceMatcher(lambda text: not text, shown, texts, autojunk=False).get_opcodes():
        if what in ("delete", "replace"):
            for line, text in zip(whole[a:b], shown[a:b], strict=True):
                if text and text not in known:
                    yield ExplainedLine(line, "dropped", rule, 0)
        yield from read[c:d]


def _read_lines(file: BinaryIO, source: SourceInfo, metadata: ArticleMeta | None) -> Iterator[ExplainedLine]:
    count = 0
    known: dict[str, tuple[int, str | None]] = {}
    metas: dict[int, ArticleMeta] = {}
    for read in read_refined(file, source, metadata):
        places: dict[int, int] = {}  # line of the text -> article
        copies: set[int] = set()
        became: dict[int, str] = {}
        for article, refined in zip(read.articles, read.refined, strict=True):
            is_copy = article.article_id in known
            if not is_copy:
                count += 1
                known[article.article_id] = count, article.meta.title
                metas[count] = article.meta
            for origin, text in zip(refined.lines.origins, refined.lines.texts, strict=True):
                places[origin] = known[article.article_id][0]
                became.setdefault(origin, remove_page_marks(text))
                if is_copy:
                    copies.add(origin)
        titles = {number: title for number, title in known.values()}
        here = 0
        for i, line in enumerate(normalise_line_ends(read.draft.text).split("\n")):
            here = places.get(i, here)
            fate, rule = _fate(i, read.fates, copies) if line.strip() else ("kept", None)
            number = 0 if fate == "dropped" else here
            yield ExplainedLine(
                remove_page_marks(line),
                fate,
                rule,
                number,
                titles.get(number),
                became.get(i) if fate == "changed" else None,
                metas.pop(number, None),
            )


def _fate(
    i: int, fates: Mapping[int, Fate], copies: set[int]
) -> tuple[Literal["kept", "changed", "dropped"], str | None]:
    if i in copies:
        return "dropped", COPY
    fate = fates.get(i)
    if fate is None:
        return "kept", None
    return fate.what, fate.rule
