"""Reads one sentence of a model: its text without Markdown, its citations, and whether it has a link."""

from __future__ import annotations

import re
from dataclasses import dataclass

import regex

__all__ = ["MARKER", "Written", "read_written"]

_NUMBERS = r"\^?\s*\d{1,3}(?:†[^\]】]{0,40})?(?:\s*(?:[,;]|and|&)\s*\^?\d{1,3})*\s*"
MARKER = re.compile(rf"\[{_NUMBERS}\](?!\()|【{_NUMBERS}】")
"""`[1]`, `[1, 2]`, `[^1]` and `【1†source】`, as models write them."""
_NUMBER = re.compile(r"\d{1,3}")
_NOTE = re.compile(r"†[^\]】]*")
_BULLET = re.compile(r"^\s*(?:[-*+•–]|\d{1,2}[.)])\s+(?=\S)")  # noqa: RUF001
_FORMATTING = re.compile(r"\*{1,3}|(?<!\w)_{1,3}(?=\w)|(?<=[\w.!?])_{1,3}(?!\w)|`+|~~")
_ACTIVE = re.compile(
    r"<[A-Za-z/!?]|&(?:\w+|#\w+);|\]\s*[(\[:]|!\[|\w+://|//\w|\bwww\d?\.|\b(?:javascript|data|vbscript|mailto|tel):|\w@\w|xn--",
    re.IGNORECASE,
)
"""HTML, entities, links, images and addresses. A sentence with one of these is dropped."""
_DOMAIN = re.compile(
    r"(?<![\w.])(?:[\w-]+\s?(?:\.|\[\.\]|\(dot\))\s?)+"
    r"(?:com|org|net|io|ru|cn|info|biz|co|xyz|top|site|online|app|dev|example|test|link|me|ly|gg|uk|de|fr|eu|us|tv|press|news)"
    r"\b(?:/\S*)?",
    re.IGNORECASE,
)
"""Host names. They are allowed if a passage has them, for example as the name of an outlet."""
_HIDDEN = regex.compile(r"[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}--[\n\t\u200c\u200d]]", regex.VERSION1)


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence. `text` is one line, `citations` are distinct and in order, `bullet` marks an item of a list."""

    text: str
    citations: tuple[int, ...]
    active: bool
    hosts: tuple[str, ...]
    bullet: bool


def read_written(sentence: str) -> Written:
    """Read a sentence of a model's Markdown."""
    citations = dict.fromkeys(
        int(number) for marker in MARKER.finditer(sentence) for number in _NUMBER.findall(_NOTE.sub("", marker.group()))
    )
    bullet = _BULLET.match(sentence)
    said = _HIDDEN.sub("", MARKER.sub(" ", sentence[bullet.end() :] if bullet else sentence))
    active = _ACTIVE.search(said) is not None
    said = re.sub(r"\s+(?=[.,;:!?]+(?:\s|$))", "", _FORMATTING.sub("", said))
    text = " ".join(said.split())
    hosts = tuple(match.group().lower() for match in _DOMAIN.finditer(text))
    return Written(text, tuple(citations), active, hosts, bullet is not None)
