"""Names of outlets and authors as a question may write them, and where a text names one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["NameIndex", "NamedSpan", "byline_parts"]

_WORD = re.compile(r"\w+")
_SECTION = re.compile(r"\s[|–—-]\s|:\s")
"""What a feed adds to an outlet's name: `BBC News - Technology`, `Cnbc | World Business News Leader`."""
_DOMAIN = re.compile(r"\.(?:com|org|net|info|news|co\.uk|[a-z]{2})$", re.IGNORECASE)
_ARTICLE = re.compile(r"^the\s+(?=\S)", re.IGNORECASE)
_BYLINE = re.compile(r"\s*(?:,|;|/|\||&|\band\b)\s*")
_FURTHEST = 8
"""Words of the longest name that is looked for."""


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """`text[start:end]` may mean any of `names`."""

    start: int
    end: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Alias:
    words: tuple[str, ...]
    name: str
    bare: bool
    """The name without its article: `Age` for `The Age`."""


class NameIndex:
    """Finds names in a text at the cost of the text, however many names there are."""

    def __init__(self, names: Iterable[str]) -> None:
        self._aliases: dict[tuple[str, ...], list[_Alias]] = defaultdict(list)
        for name in names:
            for alias in _aliases(name):
                self._aliases[tuple(w.casefold() for w in alias.words)].append(alias)
        self._longest = max(map(len, self._aliases), default=0)

    def find(self, text: str) -> list[NamedSpan]:
        """In order, without overlaps; of two that overlap the longer."""
        words = [(m.start(), m.end(), m[0]) for m in _WORD.finditer(text)]
        small = not any(w[2][0].isupper() for w in words[1:])
        found: list[NamedSpan] = []
        at = 0
        while at < len(words):
            for size in range(min(self._longest, len(words) - at), 0, -1):
                part = words[at : at + size]
                written = tuple(w for _, _, w in part)
                known = self._aliases.get(tuple(w.casefold() for w in written), ())
                names = sorted({a.name for a in known if _is_meant(a, written, first=at == 0, small=small)})
                if names:
                    found.append(NamedSpan(part[0][0], part[-1][1], tuple(names)))
                    at += size
                    break
            else:
                at += 1
        return found


def byline_parts(author: str) -> list[str]:
    """The names in a byline: `Global Watch and AFP` -> `Global Watch`, `AFP`."""
    return [part.strip() for part in _BYLINE.split(author) if len(part.strip()) > 1]


def _aliases(name: str) -> set[_Alias]:
    written = {name, _SECTION.split(name)[0]}
    written |= {_DOMAIN.sub("", w) for w in written}
    found: set[_Alias] = set()
    for text in written:
        for shape, bare in ((text, False), (_ARTICLE.sub("", text), bool(_ARTICLE.match(text)))):
            words = tuple(_WORD.findall(shape))
            if 0 < len(words) <= _FURTHEST and len("".join(words)) > 1:
                found.add(_Alias(words, name, bare))
    return found


def _is_meant(alias: _Alias, written: tuple[str, ...], *, first: bool, small: bool) -> bool:
    """Whether the words, which are the alias's but for case, are the name: `The Age` is one, `the age` is not.

    `first`: they begin the text. `small`: nothing in the text but its first word has a capital.
    """
    names = [w for w in alias.words if w.casefold() != "the"] or list(alias.words)
    if all(_is_striking(w) for w in names):
        return True
    if small and not first and len(names) > 1 and not alias.bare:
        return True
    pairs = zip(alias.words, written, strict=True)
    if any(w != o and not (o.isupper() and len(o) > 1) for w, o in pairs if w.casefold() != "the"):
        return False
    return not (first and len(alias.words) == 1)


def _is_striking(word: str) -> bool:
    """Whether a word's capitals tell it from an ordinary word: `AFP`, `TechCrunch`."""
    return sum(c.isupper() for c in word) > 1
