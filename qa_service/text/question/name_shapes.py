"""Spelling variants of a source's name, and the names in a byline."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from qa_service.text.lexicon import words

__all__ = ["WORD", "Alias", "aliases_of", "byline_parts"]

WORD = regex.compile(r"[\w\p{M}]+")
_SECTION = regex.compile(r"\s[|–—-]\s|:\s")
"""Separates an outlet's name from a section or slogan: `BBC News - Technology`."""
_DOMAIN = regex.compile(
    r"^(?:https?://)?(?:www\.|edition\.|m\.)?([\w-]+)(?:\.(?:com|co|net|org|gov|ac))?\.[a-z]{2,6}/?$", regex.I
)
_ARTICLE = regex.compile(r"^the\s+(?=\S)", regex.I)
_BRACKETS = regex.compile(r"^(.+?)\s*\(([^()]+)\)\s*$")
_TAIL = regex.compile(r"\s+(?:News|English|Online|Digital)$")
_BYLINE = regex.compile(r"[,;/|&]|\band\b")
_BY = regex.compile(r"^by\s+", regex.I)
_ROLES = words("""
    admin agencies agency anonymous author contributor correspondent correspondents desk editor editorial editors
    guest news newsroom online press reporter reporters staff team unknown writer writers
""")
_TITLES = words("JR SR PHD MD II III IV MP QC KC")
FURTHEST = 8
"""Maximum words of a name."""


@dataclass(frozen=True, slots=True, order=True)
class Alias:
    """`words` are a spelling of `name`."""

    words: tuple[str, ...]
    name: str
    bare: bool = False
    """True for a spelling without the article: `Age` for `The Age`."""

    @property
    def mixed(self) -> bool:
        """Whether each word has inner capitals, as `TechCrunch`: such a word is always a name."""
        return all(any(c.isupper() for c in w[1:]) and any(c.islower() for c in w) for w in self.words)

    @property
    def capitals(self) -> bool:
        """Whether each word is an acronym, as `AFP`."""
        return all(w.isupper() and len(w) > 1 for w in self.words)


def aliases_of(name: str) -> set[Alias]:
    """All spellings of a name: without section, brackets, article, domain or a word such as `News`."""
    found: set[Alias] = set()
    for shape in _shapes(name):
        for text, bare in ((shape, False), (_ARTICLE.sub("", shape), bool(_ARTICLE.match(shape)))):
            spelling = tuple(WORD.findall(text))
            if 0 < len(spelling) <= FURTHEST and len("".join(spelling)) > 1:
                found.add(Alias(spelling, name, bare))
    return found


def byline_parts(author: str) -> list[str]:
    """The names in a byline, without places, titles and jobs: `By Global Watch and AFP` gives two names."""
    found: list[str] = []
    begin = 0
    text = _BY.sub("", author.strip())
    for end, after_comma in _cuts(text):
        part = text[begin : end[0]].strip()
        begin = end[1]
        own = WORD.findall(part)
        if not own or len(part) < 2 or own[-1].casefold() in _ROLES or own[0].casefold() in _ROLES:
            continue
        acronym = part.isupper() and part not in _TITLES
        if not after_comma or len(own) > 1 or acronym:
            found.append(part)
    return found


def _cuts(text: str) -> list[tuple[tuple[int, int], bool]]:
    """For each part: the span of the separator after it, and whether a comma precedes it."""
    cuts: list[tuple[tuple[int, int], bool]] = []
    comma = False
    for match in _BYLINE.finditer(text):
        cuts.append((match.span(), comma))
        comma = match[0] == ","
    return [*cuts, ((len(text), len(text)), comma)]


def _shapes(name: str) -> set[str]:
    shapes = {name, _SECTION.split(name)[0]}
    for shape in list(shapes):
        if brackets := _BRACKETS.match(shape):
            shapes |= {brackets[1], brackets[2]}
    for shape in list(shapes):
        short = _TAIL.sub("", shape)
        if short != shape and (short.isupper() or " " in short.strip()):
            shapes.add(short)
    for shape in list(shapes):
        if domain := _DOMAIN.match(shape.strip()):
            host = domain[1]
            plain = host if host.lower() != host else host.capitalize()
            shapes.add(plain)
            if host.lower().startswith("the") and len(host) > 6:
                shapes.add(f"The {host[3:].capitalize()}")
    return {shape.strip() for shape in shapes if shape.strip()}
