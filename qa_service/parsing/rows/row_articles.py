"""Makes an article of each row: of a table, a spreadsheet, JSON Lines or a list in JSON."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from qa_service.errors import UnreadableSource
from qa_service.parsing.facts.metadata import as_author, as_date, as_language, as_tags, as_text, as_url
from qa_service.parsing.formats import SourceInfo
from qa_service.parsing.rows.article_columns import Columns, is_given, near_misses, refuse_unknown_fields
from qa_service.parsing.rows.column_names import FIELDS, plain_name
from qa_service.records import ArticleDraft, ArticleMeta, Cleaning

__all__ = ["Row", "RowReader", "local_id", "plain_value"]

MOST_ROWS_TOLD = 5
MOST_NAMES_TOLD = 12
_GLOBAL_IDS = frozenset({"_id", "article id"})
"""Columns whose ids are taken as they are."""
_LOCAL_ID = re.compile(r"\W*[^\W\d_]{0,4}[\W_]*\d{1,15}\W*|.{1,3}")
"""A number, also with a few letters before it, or at most three characters: another file has the same."""
NO_TEXT = "no text"
_NOTHING = frozenset({"null", "none", "nan", "nat", "<na>", "#n/a", "\\n", "nil"})
"""What programs write for a value that is missing."""
_NOT_SAID = frozenset({"n/a", "n.a.", "na", "-", "--", "–", "—", "?", "unknown", "tbd"})
"""What people write for it."""
_INSIDE = (
    "rendered", "html", "text", "plain", "value", "content", "body", "name", "#text", "title", "label", "url", "$oid",
)  # fmt: skip
"""Keys of an object that stands where a text is expected, as WordPress writes {"rendered": "…"}."""
_TAG = re.compile(
    r"</?(?:p|div|br|span|a|b|i|em|strong|u|ul|ol|li|h[1-6]|table|tr|td|img|figure|blockquote|section|article|script)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_PARAGRAPHS = "\n\n"


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number, from 1, as the file's program shows it, and its values by column."""

    number: int
    values: Mapping[str, Any]


@dataclass(slots=True)
class _Complaint:
    """Equal complaints about several rows."""

    shown: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, row: str) -> None:
        self.count += 1
        if len(self.shown) < MOST_ROWS_TOLD:
            self.shown.append(row)

    def rows(self) -> str:
        more = self.count - len(self.shown)
        return ", ".join(self.shown) + (f", and {more} more" if more else "")


class RowReader:
    """Turns the rows of one file into drafts, and collects what is wrong in them.

    `unit` names a row in messages: row, line or element.
    """

    def __init__(self, source: SourceInfo, unit: str = "row") -> None:
        refuse_unknown_fields(source.columns)
        self._source = source
        self._unit = unit
        self._complaints: dict[str, _Complaint] = {}
        self._ids: dict[int, tuple[int, int]] = {}
        self._unused: list[str] | None = None
        self._read = 0
        self._rows = 0

    def drafts(self, rows: Iterable[Row], columns: Columns, **how: Any) -> Iterator[ArticleDraft]:
        """The articles of the rows, in order. Rows without text are skipped.

        `how` goes to `draft`. Call `finish` after the last row.
        """
        for row in rows:
            draft = self.draft(row, columns, **how)
            if draft is not None:
                yield draft

    def draft(
        self, row: Row, columns: Columns, *, day_first: bool | None = None, outer: ArticleMeta | None = None
    ) -> ArticleDraft | None:
        """The article of a row, or None if it has no text. `outer` holds for all rows that do not say otherwise."""
        self._rows += 1
        text = self._text(row, columns.get("text", ()))
        if not text:
            self.complain(NO_TEXT, row.number)
            return None
        self._read += 1
        if self._unused is None:
            plain = [name for name, value in row.values.items() if not isinstance(value, dict | list)]
            self._unused = near_misses(plain, columns, self._source.columns)
        meta = self.meta(row, columns, day_first)
        return ArticleDraft(text, self._id(row, columns, text), _filled(meta, outer) if outer else meta, Cleaning.ROW)

    def meta(self, row: Row, columns: Columns, day_first: bool | None = None) -> ArticleMeta:
        """What a row says about its article."""

        def day(value: object) -> date:
            return as_date(value, day_first)

        url = self._value(row, columns, "url", as_url)
        outlet = self._value(row, columns, "outlet", _named)
        if outlet is not None and "/" in outlet:
            with suppress(ValueError):  # some programs write the address as the source
                url, outlet = url or as_url(outlet), None
        return ArticleMeta(
            title=self._value(row, columns, "title", _one_line),
            outlet=outlet,
            author=self._value(row, columns, "author", as_author),
            published=self._value(row, columns, "published", day),
            updated=self._value(row, columns, "updated", day),
            language=self._value(row, columns, "language", as_language),
            url=url,
            tags=self._tags(row, columns),
        )

    def complain(self, what: str, number: int, got: object = None) -> None:
        """Remember what is wrong with a row. `finish` tells it."""
        shown = "" if got is None else f" {str(got)[:40]!r}"
        self._complaints.setdefault(what, _Complaint()).add(f"{number}{shown}")

    def tell(self) -> None:
        """Warns of all that was wrong."""
        if self._unused:
            named = ", ".join(self._unused[:MOST_NAMES_TOLD])
            self._source.warn(f"these columns are not used: {named}. Choose one with --map FIELD=NAME.")
        for what, complaint in self._complaints.items():
            one = complaint.count == 1
            units = self._unit if one else f"{self._unit}s"
            if what == NO_TEXT:
                ends = "has no text and was skipped" if one else "have no text and were skipped"
                self._source.warn(f"{units} {complaint.rows()} {ends}.")
                continue
            self._source.warn(f"{units} {complaint.rows()}: {what}.")

    def finish(self, why_nothing: str | None = None) -> None:
        """Warns of all that was wrong.

        Raises:
            UnreadableSource: no row has a text.
        """
        self.tell()
        if not self._read:
            reason = why_nothing or f"none of its {self._rows} {self._unit}s has a text"
            raise UnreadableSource(f"{self._source.name}: {reason}.", param=self._source.name)

    def _text(self, row: Row, columns: Iterable[str]) -> str:
        for column in columns:
            with suppress(ValueError):
                if text := plain_value(row.values.get(column)):
                    return text
        return ""

    def _value(self, row: Row, columns: Columns, field: str, check: Callable[[object], Any]) -> Any:
        """The first value that passes; None if there is none. A wrong value is complained of."""
        wrong: tuple[object, str] | None = None
        for column in columns.get(field, ()):
            value = row.values.get(column)
            if _is_nothing(value):
                continue
            try:
                if _is_not_said(value):
                    raise ValueError("says nothing")
                return check(value)
            except ValueError as error:
                if wrong is None and not isinstance(value, list | dict):
                    wrong = value, f"{column}: {error}; left empty"
        if wrong is not None:
            self.complain(wrong[1], row.number, wrong[0])
        return None

    def _tags(self, row: Row, columns: Columns) -> tuple[str, ...]:
        found: set[str] = set()
        for column in columns.get("tags", ()):
            found.update(self._value(row, {"tags": (column,)}, "tags", as_tags) or ())
        return tuple(sorted(found))

    def _id(self, row: Row, columns: Columns, text: str) -> str | None:
        """The given id. An id that other files have too is `<source>#<id>`.

        A second row with the id, but another text, gets an id that is made from its text.
        """
        for column in columns.get("id", ()):
            found = self._value(row, {"id": (column,)}, "id", _as_id)
            if found is not None:
                break
        else:
            return None
        as_it_is = plain_name(column) in _GLOBAL_IDS or is_given(column, self._source.columns.get("id", ""))
        is_local = not as_it_is and _LOCAL_ID.fullmatch(found)
        own = local_id(self._source.name, found) if is_local else str(found)
        first, its_text = self._ids.setdefault(hash(found), (row.number, hash(text)))
        if first == row.number or its_text == hash(text):
            return own
        self.complain(f"another {self._unit} has this id; the later one gets an id of its text", row.number, found)
        return None


def local_id(source: str, given: str) -> str:
    """The id of an article whose id holds only in its file."""
    return f"{source}#{given}"


def plain_value(value: object) -> str:
    """The text in a value: a text, paragraphs in a list, or an object with a text. HTML becomes plain text."""
    if isinstance(value, str):
        return "" if value.strip().casefold() in _NOTHING else _without_markup(value).strip()
    if isinstance(value, list):
        return _PARAGRAPHS.join(filter(None, map(plain_value, value)))
    if isinstance(value, dict):
        return next((text for key in _INSIDE if (text := plain_value(value.get(key)))), "")
    return "" if value is None or isinstance(value, bool) or value != value else str(value)


def _without_markup(text: str) -> str:
    if not _TAG.search(text):
        unescaped = html.unescape(text) if "&lt;" in text else text
        if not _TAG.search(unescaped):
            return text
        text = unescaped
    from qa_service.parsing.markup.markup import fragment_text

    return fragment_text(text)


def _one_line(value: object) -> str:
    return " ".join(as_text(plain_value(value)).split())


def _named(value: object) -> str:
    """The name of an outlet."""
    if isinstance(value, list):
        raise ValueError("must be one name")
    return _one_line(value)


def _as_id(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # spreadsheets hold numbers with decimals
    text = as_text(plain_value(value))
    if not text.isprintable():
        raise ValueError("must not hold control characters")
    return text


def _is_nothing(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() in _NOTHING or not value.strip()
    return value is None or value != value or value in ([], {})


def _is_not_said(value: object) -> bool:
    return isinstance(value, str) and value.strip().casefold() in _NOT_SAID


def _filled(meta: ArticleMeta, outer: ArticleMeta) -> ArticleMeta:
    """`meta`, with the values of `outer` where it has none."""
    known = {name: getattr(meta, name) or getattr(outer, name) for name in FIELDS if name not in ("text", "id")}
    return ArticleMeta(**known)
