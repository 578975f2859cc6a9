"""Reads lines below a headline that name a publication and a day: `Alpine Gazette, 22 November 2023`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import regex

from qa_service.parsing.cleaning.lines import ends_with_stop, word_count
from qa_service.parsing.facts.metadata import find_date
from qa_service.text.lexicon.news_agencies import agency_named

__all__ = ["Credit", "outlet_and_day", "publication", "split_day"]

_SEPARATOR = regex.compile(r"\s*[,،|•·;]\s*|\s+[–—-]\s+|\s*/\s+")
_PRESS = regex.compile(
    r"\b(?:gazette|herald|times|post|news|press|tribune|chronicle|courier|journal|observer|voice|mail|mirror|echo|star"
    r"|sun|telegraph|standard|examiner|inquirer|dispatch|bulletin|advertiser|argus|guardian|independent|mercury|record"
    r"|review|sentinel|globe|monitor|ledger|express|today|weekly|daily|radio|tv|agency|zeitung|blatt|tagblatt|anzeiger"
    r"|kurier|bote|nachrichten|rundschau|presse|spiegel|merkur|le monde|figaro|gazeta|diario|periódico|noticias|jornal"
    r"|corriere|giornale|stampa|repubblica|krant|dagblad|courant|известия|газета|новости)\b|[a-z](?:zeitung|blatt|post)\b",
    regex.IGNORECASE,
)
"""Words in the names of publications. A role or a place that follows a name has none of them."""
MOST_DAY_WORDS = 6
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Credit:
    """A publication and a day that a line names."""

    outlet: str | None
    day: date


def split_day(line: str) -> tuple[str, date | None]:
    """The line without the date that it ends with, and the date."""
    for mark in reversed(list(_SEPARATOR.finditer(line))):
        tail = line[mark.end() :]
        if word_count(tail) <= MOST_DAY_WORDS and (day := find_date(tail)) is not None:
            return line[: mark.start()], day
    return line, None


def outlet_and_day(line: str) -> Credit | None:
    """What a line such as `Alpine Gazette, 22 November 2023` names, also with names before it; else None."""
    shown = line.strip()
    rest, day = split_day(shown)
    if day is None or word_count(shown) > MOST_WORDS or ends_with_stop(shown):
        return None
    last = _SEPARATOR.split(rest)[-1].strip()
    return Credit(last if publication(last) else None, day)


def publication(name: str) -> bool:
    """Whether a name is that of a publication or an agency."""
    return agency_named(name) is not None or (name[:1].isupper() and _PRESS.search(name) is not None)
