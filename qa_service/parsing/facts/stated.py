"""What a text states of itself: title, outlet, author, dates and address. Nothing is guessed; unknown is None.

Two kinds of places count. Lines such as "Author: Jane Doe" at the head are metadata alone: `take_stated` takes them out
of the text. Bylines, dates, datelines and sign-offs such as "Source: AFP" stay in the text: `stated_in` reads them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import pairwise
from typing import Any

import regex

from qa_service.parsing.cleaning.boilerplate import Kind, classify
from qa_service.parsing.cleaning.headlines import dateline, is_byline, is_credit
from qa_service.parsing.cleaning.lines import ends_with_stop, word_count
from qa_service.parsing.facts.credit_lines import outlet_and_day, publication, split_day
from qa_service.parsing.facts.metadata import as_url, find_date
from qa_service.parsing.page_marks import remove_page_marks
from qa_service.records import ArticleMeta
from qa_service.text.lexicon.news_agencies import agency_named

__all__ = ["NOTHING", "Stated", "stated_in", "take_stated"]

HEAD_LINES = 10
FOOT_LINES = 4
"""Visible lines at the beginning and the end in which a text states who wrote it, when and where."""
PROSE_WORDS = 25
"""A line with more words belongs to the article: above it is the head."""
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Stated:
    """Metadata that a text states."""

    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    url: str | None = None

    def or_else(self, other: Stated) -> Stated:
        """These values, and those of `other` where they are unknown."""
        return Stated(*(getattr(self, f.name) or getattr(other, f.name) for f in fields(self)))

    def complete(self, meta: ArticleMeta) -> ArticleMeta:
        """`meta` with these values where it has none."""
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(meta, **{name: value for name, value in known.items() if getattr(meta, name) is None})


NOTHING = Stated()

_LABELS = {
    "title": "title|headline|titel|titre|título|titolo|заголовок|العنوان|标题|タイトル",
    "author": "author|authors|byline|by|written by|reporter|autor|autorin|auteur|par|autore|автор|الكاتب|作者",
    "published": "date|published|published on|publication date|posted|pubdate|datum|veröffentlicht|date de publication"
    "|publié|fecha|publicado|data|pubblicato|дата|дата публикации|опубликовано|التاريخ|تاريخ النشر|日期|发布时间",
    "updated": "updated|last updated|modified|last modified|aktualisiert|mis à jour|actualizado|обновлено|آخر تحديث",
    "outlet": "source|outlet|publisher|publication|newspaper|site|website|quelle|éditeur|fuente|medio|fonte|источник"
    "|издание|المصدر|来源",
    "url": "url|link|original|original url|source url|permalink|web|adresse|lien|enlace|ссылка|الرابط|链接|网址",
}
_FIELD = {label: field for field, labels in _LABELS.items() for label in labels.split("|")}
_LABELLED = regex.compile(r"\s*\**(?P<label>[\p{L} ]{2,24}?)\**\s*[:：=]\**\s*(?P<value>\S.*?)\s*")
_OTHER_LABEL = regex.compile(r"\s*[\p{L} ]{2,24}[:：]\s*\S")
_BARE_DATE = regex.compile(r"\s*date:?\s+(?P<value>(?:19|20)\d\d-\d\d-\d\d)\b", regex.IGNORECASE)

_UPDATE = regex.compile(
    r"\b(?:(?:last )?(?:updated|modified)|aktualisiert|mis à jour|actualizado|aggiornato|обновлен[оа]?|تحديث|更新)",
    regex.IGNORECASE,
)
_PARTICLE = r"d[aeiou]s?|van|von|der|den|del|della|la|le|bin|ibn|al|el|y|e|et|und|and|&"
_NAME = rf"(?:\p{{Lu}}[\p{{L}}\p{{M}}.'’-]*|\p{{Lo}}{{2,}}|{_PARTICLE})"
_BYLINE_NAMES = regex.compile(
    r"(?i:by|par|von|por|di|door|av|af|przez|автор(?: текста)?\s*:|текст\s*:|بقلم\s*:?|作者\s*[:：])\s*"
    rf"(?P<names>{_NAME}(?:,?\s+{_NAME}){{0,9}}+)(?:\s*(?:[|•·/–—(,]|-\s|(?i:in|at|for|of|from|pour|für|à)\s).*)?"
)
_DATE_LABEL = regex.compile(r"\s*\**([\p{L} ]{2,24}?)(?:\s+(?:on|at|le|am|il|el|em)\b|\**\s*[:：]|\s+(?=\p{N}))")
_NUMERIC_DATE = regex.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.{0,20}")
_SEPARATOR = regex.compile(r"[|•·]|\s[–—-]\s")
_CAPITAL = regex.compile(r"\p{Lu}|\p{Lo}")
_IN_BRACKETS = regex.compile(r"[(（]([^()（）]{2,40})[)）]")
_RIGHTS = regex.compile(
    r"\W*(?:©|\(c\)|copyright)(?:\s*(?:©|\(c\)|copyright|by))*\s*"
    r"(?:(?:19|20)\d\d(?:\s*[-–]\s*(?:19|20)?\d\d)?,?\s*)?(?:by\s+)?"
    r"(?P<name>\p{L}[\p{L}\p{M}\p{N} .&'’-]{1,50}?)"
    r"(?:,?\s*(?:19|20)\d\d)?\s*(?:[.,;|–—-]\s*|\s)?"
    r"(?:all rights reserved\b.*|alle rechte\b.*|tous droits\b.*|click for .*)?",
    regex.IGNORECASE,
)
_FURTHER = regex.compile(r"(?<=\p{L}{4})\.\s")
"""The end of a name, before a further sentence."""
_SIGN_OFF = regex.compile(r"\W*(?P<name>[^\W\d_][\p{L}\p{M} .-]{1,40}?)\W*")


def take_stated(lines: Sequence[str]) -> tuple[Stated, dict[int, str]]:
    """Metadata become fields of the article: Title, Author, Date, Source and URL lines at its head.

    They stand first or below the headline, one or several in a row. Returns what they state, and for the index of each
    of them the first line of this docstring. A row with a label that is unknown is a table or a list, and stays.
    """
    found = Stated()
    taken: dict[int, str] = {}
    shown = [i for i in range(min(len(lines), 4 * HEAD_LINES)) if lines[i].strip()][: HEAD_LINES + 1]
    for first in shown[:2]:
        here: list[int] = []
        stated = Stated()
        for i in shown[shown.index(first) :]:
            one = _labelled(lines[i])
            if one is None:
                break
            here.append(i)
            stated = stated.or_else(one)
        if not here:
            continue
        below = lines[here[-1] + 1] if here[-1] + 1 < len(lines) else ""
        is_sure = first == shown[0] or len(here) > 1 or stated.url is not None
        if (
            is_sure
            and stated != NOTHING
            and not _OTHER_LABEL.match(below)
            and any(lines[i].strip() for i in shown if i not in here)
        ):
            found, taken = stated, dict.fromkeys(here, (take_stated.__doc__ or "").partition("\n")[0])
        break
    return found, taken


def stated_in(text: str) -> Stated:
    """What the bylines, dates, datelines and sign-offs of a clean text state."""
    lines = [line for line in remove_page_marks(text[:20_000]).split("\n") if line.strip()]
    tail = text[-20_000:] if len(text) > 20_000 else ""
    foot = [line for line in remove_page_marks(tail).split("\n") if line.strip()] if tail else lines
    body = next((i for i, line in enumerate(lines) if _is_body(line)), len(lines))
    head = lines[: min(body, HEAD_LINES)]
    place = dateline(lines[body]) if body < len(lines) else None
    if any(_OTHER_LABEL.match(line) and _labelled(line) is None and classify(line) is Kind.CONTENT for line in head):
        head = [line for line in head if not _OTHER_LABEL.match(line)]  # a table: its date can be that of an event
    published, updated = _dates(head, lines[:1], place)
    credits = [credit for line in _credit_lines(head) if (credit := outlet_and_day(line)) is not None]
    named = {credit.outlet for credit in credits if credit.outlet}
    outlet = _outlet(foot[-FOOT_LINES:] if len(foot) > 1 else [], place)
    if outlet is None and len(named) == 1:
        outlet = min(named)
    return Stated(None, outlet, _author(head), published, updated, _url([*head, *foot[-FOOT_LINES:]]))


def _is_body(line: str) -> bool:
    return (word_count(line) > PROSE_WORDS and not is_credit(line)) or dateline(line) is not None


def _labelled(line: str) -> Stated | None:
    """What a line such as "Author: Jane Doe" states, else None."""
    found = _LABELLED.fullmatch(remove_page_marks(line)) if len(line) <= LONGEST_VALUE else None
    field = _field(found["label"]) if found else None
    if found is None or field is None:
        return None
    value = found["value"].strip("*_ ")
    if field == "outlet" and value.startswith(("http://", "https://")):
        field = "url"
    checked = _CHECKS[field](value)
    if checked is None and field in ("published", "updated") and _NUMERIC_DATE.fullmatch(value):
        return NOTHING  # 03/07/2025 is a date, but of March or July
    return Stated(**{field: checked}) if checked is not None else None


def _field(label: str) -> str | None:
    return _FIELD.get(" ".join(label.casefold().split()))


def _as_name(value: str) -> str | None:
    """A name of at most eight words, which is no sentence."""
    is_name = _CAPITAL.match(value) and word_count(value) <= 8 and not value.endswith((".", "!", "?", ":", ";"))
    return value if is_name and "://" not in value else None


def _as_url(value: str) -> str | None:
    try:
        return as_url(value)
    except ValueError:
        return None


_CHECKS: Mapping[str, Callable[[str], Any]] = {
    "title": lambda value: value or None,
    "author": _as_name,
    "outlet": _as_name,
    "published": find_date,
    "updated": find_date,
    "url": _as_url,
}


def _author(head: Sequence[str]) -> str | None:
    """The names of the only byline in the head, which is not its first line."""
    found = [line.strip() for line in head[1:] if is_byline(line)]
    names = _BYLINE_NAMES.fullmatch(split_day(found[0])[0]) if len(set(found)) == 1 else None
    if names is None or not _CAPITAL.match(names["names"]):
        return None
    author, comma, last = names["names"].strip(" ,").rpartition(",")
    return author if comma and publication(last.strip()) else author + comma + last


def _credit_lines(head: Sequence[str]) -> list[str]:
    """The bylines in the head, and the line below each."""
    return [line for above, line in pairwise(["", *head[1:]]) if is_byline(line) or is_byline(above)]


def _dates(head: Sequence[str], first: Sequence[str], place: str | None) -> tuple[date | None, date | None]:
    """The dates of publication and of the last update. Two different ones of a kind are none."""
    published: set[date] = set()
    updated: set[date] = set()
    for line in head:
        if not _is_date_line(line):
            continue
        before, update, after = _halves(line)
        published.update(day for day in [find_date(before)] if day)
        updated.update(day for day in [find_date(after) if update else None] if day)
    published.update(credit.day for line in _credit_lines(head) if (credit := outlet_and_day(line)) is not None)
    bare = [found["value"] for line in first if (found := _BARE_DATE.match(line))]
    published.update(day for value in [*bare, place or ""] if (day := find_date(value)))
    return (*published,)[0] if len(published) == 1 else None, (*updated,)[0] if len(updated) == 1 else None


def _is_date_line(line: str) -> bool:
    """Whether a line is a date, a date with a label, or a byline with a date."""
    if classify(line) is Kind.STAMP:
        return True
    label = _DATE_LABEL.match(line)
    if label is not None and _field(label[1]) in ("published", "updated") and word_count(line) <= 12:
        return not ends_with_stop(line)
    return is_byline(line) and _SEPARATOR.search(line) is not None


def _halves(line: str) -> tuple[str, bool, str]:
    found = _UPDATE.search(line)
    return (line[: found.start()], True, line[found.end() :]) if found else (line, False, "")


def _outlet(foot: Sequence[str], place: str | None) -> str | None:
    """Who holds the rights, else the stated source, else the agency of the dateline or of the last line."""
    rights = {
        _FURTHER.split(found["name"])[0].strip(" .-") for line in foot if (found := _RIGHTS.fullmatch(line.strip()))
    }
    rights = {name for name in rights if _as_name(name)}
    sources = {one.outlet for line in foot if (one := _labelled(line)) is not None and one.outlet}
    agencies = {name for inside in _IN_BRACKETS.findall(place or "") if (name := agency_named(inside))}
    if foot and (last := _SIGN_OFF.fullmatch(foot[-1].strip())) and (name := agency_named(last["name"])):
        agencies.add(name)
    for names in (rights, sources, agencies):
        if names:
            return min(names) if len(names) == 1 else None
    return None


def _url(lines: Sequence[str]) -> str | None:
    found = {one.url for line in lines if (one := _labelled(line)) is not None and one.url}
    return min(found) if len(found) == 1 else None
