"""Finds the original message in a forwarded one: its headers and its text, without the note of who forwarded it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Forwarded", "forwarded"]

_MARK = re.compile(
    r"-{5,}\s*(?:forwarded message|weitergeleitete nachricht|message transféré|mensaje reenviado|messaggio inoltrato"
    r"|doorgestuurd bericht|mensagem encaminhada|пересылаемое сообщение)\s*-{5,}"
    r"|begin forwarded message:|anfang der weitergeleiteten nachricht:|début du message (?:transféré|réexpédié) ?:",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"-{2,}\s*(?:original message|ursprüngliche nachricht|message d'origine|mensaje original|messaggio originale)"
    r"\s*-{2,}|_{8,}",
    re.IGNORECASE,
)
_LABELS: Mapping[str, str] = {
    "from": "from von de da van od от",
    "date": "date sent gesendet datum envoyé enviado fecha inviato data verzonden wysłano дата отправлено",
    "to": "to an à para a aan do кому cc kopie copie copia reply-to bcc",
    "subject": "subject betreff objet asunto oggetto assunto onderwerp temat тема",
}
_LABEL = {word: field for field, text in _LABELS.items() for word in text.split()}
_HEADER = re.compile(r"[*_]*(?P<label>[^\W\d_][\w-]{0,12})\s?:[*_]*\s*(?P<value>.*)")
_QUOTE = re.compile(r"\s{0,3}> ?")
FEWEST_HEADERS = 3
"""Headers that show a forwarded message where no line announces one."""
MOST_NOTE_WORDS = 60
"""Words of a note above a forwarded message. A longer one is a text of its own."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """The original message: headers by the names from, date, to and subject."""

    headers: Mapping[str, str]
    text: str


def forwarded(text: str, *, is_forward: bool) -> Forwarded | None:
    """The innermost message that a text forwards, else None.

    `is_forward`: the subject says that the message is forwarded. Then its headers alone are a sign.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    found: Forwarded | None = None
    at = note = 0
    while at < len(lines):
        shown = lines[at].strip()
        marked = bool(_MARK.fullmatch(shown))
        if marked or (is_forward and (_ORIGINAL.fullmatch(shown) or _header(lines[at]))):
            below = lines[at + 1 :] if marked or _ORIGINAL.fullmatch(shown) else lines[at:]
            if marked and any(one.strip() for one in below) and all(_QUOTE.match(one) for one in below if one.strip()):
                below = lines[at + 1 :] = [_QUOTE.sub("", one, count=1) for one in below]
            headers, length = _headers(below)
            if headers.get("from") and len(headers) >= (1 if marked else FEWEST_HEADERS):
                if note > MOST_NOTE_WORDS:
                    return found
                rest = "\n".join(below[length:]).strip()
                if rest:
                    found, note = Forwarded(headers, rest), 0
                at = len(lines) - len(below) + length
                continue
        note += len(shown.split())
        at += 1
    return found


def _headers(lines: Sequence[str]) -> tuple[dict[str, str], int]:
    """The headers at the beginning, and the number of their lines."""
    headers: dict[str, str] = {}
    end = 0
    for at, line in enumerate(lines):
        found = _header(line)
        if found is not None:
            headers.setdefault(*found)
            end = at + 1
        elif line.strip() or (headers and at + 1 < len(lines) and not _header(lines[at + 1])):
            break
    return headers, end


def _header(line: str) -> tuple[str, str] | None:
    found = _HEADER.fullmatch(line.strip())
    field = _LABEL.get(found["label"].casefold()) if found else None
    return (field, found["value"].strip("*_ ")) if found and field else None
