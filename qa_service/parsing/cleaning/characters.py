"""Repairs the characters of a line: entities, wrong decoding, ligatures, and characters that nobody sees.

Each rule is a pure function from a line to a line, and makes no line end. Nothing else changes: quotation marks,
accents and wide letters stay as the author wrote them, so that a citation equals its source.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from html import unescape
from html.entities import html5

import ftfy
import regex

from qa_service.parsing.page_marks import remove_page_marks

__all__ = ["RULES", "SOFT_HYPHEN", "repair_line"]

SOFT_HYPHEN = "\u00ad"
_PIECE = 100_000
"""Code points of a line that ftfy reads at once."""

_ENTITY = regex.compile(r"(?<![`'\"“‘«])&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENCODED_AMPERSANDS = regex.compile(r"(?<![`'\"“‘«])&(?:(?:amp|AMP|#0*38|#[xX]0*26);)++")
_ANSI = regex.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONTROLS = regex.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")
# U+FDFA to U+FDFD are signs that stand for whole sentences or a currency.
_LIGATURE = regex.compile(r"[\ufb00-\ufb06\ufb13-\ufb17\ufb50-\ufdf9\ufe70-\ufefc]")
# In other scripts a joiner changes the letters beside it.
_SEPARATE = r"\p{Latin}\p{Greek}\p{Cyrillic}\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Hebrew}\p{Common}\p{Inherited}"
_JOINING = rf"[[\p{{L}}\p{{M}}]--[{_SEPARATE}]]"
_WITHOUT_SPACES = r"[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
_INVISIBLE = regex.compile(
    rf"""
    \u00ad(?!\s*$)                                                # at the end of a line it says that a word goes on
    | [\ufeff\u2060-\u2064\u206a-\u206f\ufff9-\ufffb]
    | [\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]              # they set the direction of writing
    | (?<!{_WITHOUT_SPACES})\u200b | \u200b(?!{_WITHOUT_SPACES})
    | (?<!{_JOINING}|[\p{{Extended_Pictographic}}\p{{Emoji_Modifier}}\ufe0f])\u200d
    | (?<=[\p{{Extended_Pictographic}}\p{{Emoji_Modifier}}\ufe0f])\u200d(?!\p{{Extended_Pictographic}})
    | (?<!{_JOINING})\u200c
    | (?<![\p{{Emoji}}\p{{Han}}\p{{S}}\p{{Mongolian}}\p{{Phags_Pa}}\p{{Myanmar}}])[\ufe00-\ufe0f\U000e0100-\U000e01ef]
    | (?<=[0-9#*])[\ufe00-\ufe0f](?!\u20e3)
    | (?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0000-\U000e007f]     # letters of a flag
    """,
    regex.VERBOSE | regex.VERSION1,
)

_SOMETIMES_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
"""Every character that `_INVISIBLE` can find. Few lines hold one, and to look for one costs far less."""


def decode_entities(line: str) -> str:
    """HTML entities such as &eacute; are decoded."""
    return _ENTITY.sub(_character, _ENCODED_AMPERSANDS.sub("&", line)) if "&" in line else line


def _character(found: regex.Match[str]) -> str:
    if found[0][1] != "#" and found[0][1:] not in html5:
        return found[0]
    text = unescape(found[0])
    # A line stays a line, and a page mark does not come from outside.
    return " " if text.isspace() and text != "\u00a0" else remove_page_marks(text)


def repair_encoding(line: str) -> str:
    """Characters that were decoded wrongly, such as Ã© for é, are repaired."""
    if line.isascii():
        return line
    if len(line) <= _PIECE:
        return _without_line_ends(ftfy.fix_encoding(line))
    return "".join(repair_encoding(line[i : i + _PIECE]) for i in range(0, len(line), _PIECE))


def _without_line_ends(text: str) -> str:
    return text if len(text.splitlines()) < 2 else " ".join(text.splitlines())


def remove_controls(line: str) -> str:
    """Control characters are removed."""
    return line if line.isprintable() else _CONTROLS.sub("", _ANSI.sub("", line))


def expand_ligatures(line: str) -> str:
    """Ligatures such as ﬁ are written as letters."""
    return line if line.isascii() else _LIGATURE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), line)


def remove_invisible(line: str) -> str:
    """Characters that nobody sees, such as zero-width spaces, are removed."""
    return _INVISIBLE.sub("", line) if _SOMETIMES_INVISIBLE.search(line) else line


RULES: tuple[Callable[[str], str], ...] = (
    decode_entities,
    repair_encoding,
    remove_controls,
    expand_ligatures,
    remove_invisible,
)


def repair_line(line: str) -> tuple[str, Callable[[str], str] | None]:
    """The repaired line, and the first rule that changed it. Repairing a repaired line changes nothing."""
    if line.isascii() and line.isprintable() and "&" not in line:
        return line, None
    first: Callable[[str], str] | None = None
    before = None
    while line != before:
        before = line
        for rule in RULES:
            repaired = rule(line)
            if repaired != line:
                line, first = repaired, first or rule
    return line, first
