"""TREC topics, as `<top><num> Number: 301 <title> … </top>` or lines `id<TAB>text`; the title is the question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import unescape

from qa_service.errors import InvalidInput
from qa_service.evaluation.sets.evaluation_question import EvaluationQuestion
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.qrels import Qrels
from qa_service.evaluation.sets.question_fields import question_of
from qa_service.evaluation.sets.set_errors import naming, tried
from qa_service.evaluation.sets.set_lines import Found, numbered_lines

__all__ = ["read_trec"]

_TOP = re.compile(r"<(/?)top\b[^>]*>", re.IGNORECASE)
_WRAPPER = re.compile(r"(?:\s|<[^>]*>)*")
_NUM = re.compile(r"<num>([^<]*)", re.IGNORECASE)
_TITLE = re.compile(r"<title>(.*?)(?=</?[a-z]+>|\Z)", re.IGNORECASE | re.DOTALL)
_LABEL = re.compile(r"(?:Number|Topic)\s*:\s*", re.IGNORECASE)


def read_trec(path: Path, qrels: Qrels) -> Iterator[Found]:
    """Yield the topics with judgements in order, and None for each other topic. A topic with a relevant document is
    answerable.

    Raises:
        InvalidInput: the limits of a topic are unclear. The error names the line where the topic begins.
    """
    for place, topic in _topics(path):
        yield place, topic if isinstance(topic, InvalidInput) else tried(_question, place, *topic, qrels)


def _question(place: FilePlace, number: str, title: str, qrels: Qrels) -> EvaluationQuestion | None:
    with naming(number):
        articles = qrels.of(number)
        if not articles:
            return None
        yes = any(grade > 0 for grade in articles.values()) or None
        names = ("num", "title")
        return question_of(place, names, id=number, question=title, articles=articles, answerable=yes)


def _topics(path: Path) -> Iterator[tuple[FilePlace, tuple[str, str] | InvalidInput]]:
    """Id and text of each topic; the first line that is not blank decides the notation."""
    first = next((line for _, line in numbered_lines(path) if line.strip()), "")
    return _tagged(path) if first.lstrip().startswith("<") else _tabbed(path)


def _tabbed(path: Path) -> Iterator[tuple[FilePlace, tuple[str, str] | InvalidInput]]:
    for place, line in numbered_lines(path):
        columns = line.rstrip("\r\n").split("\t")
        if not line.strip():
            continue
        if len(columns) == 2:
            yield place, (columns[0].strip(), columns[1].strip())
        else:
            yield place, place.wrong(None, f"must be an id, one tab and the question (got {line.strip()!r:.80})")


def _tagged(path: Path) -> Iterator[tuple[FilePlace, tuple[str, str] | InvalidInput]]:
    began: FilePlace | None = None
    parts: list[str] = []
    for place, line in numbered_lines(path):
        position = 0
        for tag in _TOP.finditer(line):
            between = line[position : tag.start()]
            position = tag.end()
            if began is None:
                _refuse_stray(between, place)
            else:
                parts.append(between)
            if bool(tag[1]) == (began is None):
                what = "stands before a <top>" if began is None else f"begins before that of line {began.line} ended"
                raise place.wrong(tag[0], f"{what}. A topic stands between <top> and </top>")
            if began is not None:
                yield began, tried(_topic, "".join(parts), began)
            began, parts = (None, []) if tag[1] else (place, [])
        if began is None:
            _refuse_stray(line[position:], place)
        else:
            parts.append(line[position:])
    if began is not None:
        raise began.wrong("<top>", "is never closed. A topic stands between <top> and </top>")


def _refuse_stray(text: str, place: FilePlace) -> None:
    if not _WRAPPER.fullmatch(text):
        raise place.wrong(None, f"stands outside <top> and </top> (got {text.strip()!r:.80})")


def _topic(text: str, place: FilePlace) -> tuple[str, str]:
    number, title = _NUM.search(text), _TITLE.search(text)
    if number is None or title is None:
        raise place.wrong("num" if number is None else "title", "the topic has none. Give <num> and <title>")
    plain = unescape(" ".join(title[1].split()), {"&quot;": '"', "&apos;": "'"})
    return _LABEL.sub("", number[1].strip(), count=1), _LABEL.sub("", plain, count=1) if _LABEL.match(plain) else plain
