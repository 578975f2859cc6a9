"""The byline of a web page: an element that the page marks as the author's name, in its class or its link."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

from qa_service.parsing.cleaning.headlines import is_byline
from qa_service.parsing.cleaning.lines import word_count
from qa_service.parsing.facts.credit_lines import publication
from qa_service.parsing.facts.dates import find_date
from qa_service.parsing.markup.markup_blocks import local_name

__all__ = ["byline_in", "byline_of"]

_MARK = re.compile(
    r"(?:^|[\s_-])(?:by-?lines?|authors?|autor(?:en|in|es)?|auteurs?|autore|writers?|reporter|verfasser|journalist|vcard)"
    r"(?:$|[\s_-])|byline|author-?name|authorname|article-?author|post-?author|entry-?author",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(
    r"comment|kommentar|related|sidebar|widget|footer|teaser|recommend|bio\b|about-?(?:the-?)?author|avatar|share",
    re.IGNORECASE,
)
_BY = re.compile(
    r"^(?:(?:written|posted|published|story|article|reported|reporting|words|text|texte|geschrieben|veröffentlicht|publié"
    r"|escrito|publicado|scritto|erstellt)\s+(?:am\s+\S+\s+)?)?"
    r"(?:by|von|vom|par|por|di|da|door|av|af|przez|autor(?:/?in|en)?|auteur|autore|author|text|texte|redaktion)\b\s*:?\s+",
    re.IGNORECASE,
)
_CUT = re.compile(r"\s+[|•·–—-]\s+|\s*[|•·\n(]|,?\s+(?:on|am|le|el|il)\s+(?=\d)|(?:^|\s|\W)\d|\s*@")
_NO_NAME = re.compile(
    r"(?:article by|posted|published|updated|written|by|on|von|veröffentlicht|erstellt|share|follow|more|mehr)\b",
    re.IGNORECASE,
)
MOST_WORDS = 8
MOST_CHARACTERS = 80


def byline_of(tree: etree._Element) -> list[str]:
    """The names in the first byline of the page; empty if it has none."""
    for element in tree.iter():
        if isinstance(element.tag, str) and _is_byline(element) and (names := list(dict.fromkeys(_names(element)))):
            return names
    return []


def byline_in(lines: Sequence[str]) -> list[str]:
    """The name in the first line that is a byline, such as "By NAME"."""
    return next(([name] for line in lines if is_byline(line) and (name := _name(line))), [])


def _is_byline(element: etree._Element) -> bool:
    if local_name(element) in ("meta", "link", "script", "body", "html", "img", "article", "main", "input", "form"):
        return False
    is_marked = "author" in (element.get("rel") or "").split() or "author" in (element.get("itemprop") or "").split()
    if not is_marked and not _MARK.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
        return False
    around = (element, *element.iterancestors())
    if any(local_name(one) in ("footer", "aside", "nav") for one in around):
        return False
    near = around[:6]
    return not any(
        _ELSEWHERE.search(f"{one.get('class') or ''} {one.get('id') or ''}")
        for one in near
        if local_name(one) not in ("body", "html", "article", "main")
    )


def _names(element: etree._Element) -> Iterator[str]:
    inner = [
        one
        for one in element.iter("a", "span")
        if one is not element and ("author" in (one.get("rel") or "") or "name" in (one.get("itemprop") or ""))
    ]
    links = [one for one in element.iter("a") if one is not element]
    for one in inner or links[:1] or [element]:
        if name := _name(" ".join(map(str, one.itertext()))):
            yield name


def _name(text: str) -> str | None:
    text = " ".join(text.split())
    text = _BY.sub("", text)
    text = _CUT.split(text, maxsplit=1)[0].strip(" ,;:|-–—")
    names, comma, last = text.rpartition(",")
    # "NAME, Alpine Gazette", or the month of "NAME, July 3"
    if comma and (publication(last.strip()) or find_date(f"1 {last.strip(' .')} 2000") is not None):
        text = names.strip()
    if _NO_NAME.match(text):
        return None
    if not 2 < len(text) <= MOST_CHARACTERS or not 1 <= word_count(text) <= MOST_WORDS or "://" in text:
        return None
    return text
