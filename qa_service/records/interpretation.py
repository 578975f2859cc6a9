"""What a question was understood to ask for beside its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = ["NOTHING_NAMED", "DateMention", "Interpretation", "QuestionPart", "SourceMention"]


@dataclass(frozen=True, slots=True)
class SourceMention:
    """`question[start:end]` names a source: the outlets and bylines of the collection that it may mean."""

    start: int
    end: int
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateMention:
    """`question[start:end]` names the days from `first` to `last`, both inclusive; None means open."""

    start: int
    end: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """`question[start:end]` is asked about by itself; `text` is what is asked, with the words that it shares with the
    other parts."""

    start: int
    end: int
    text: str
    confidence: float = 0.0
    """That its first passages hold its answer."""
    answerable: bool = False
    """Whether that is enough, whatever limits leave of its passages."""
    shown: bool = False
    """Whether a passage that is shown has evidence of it or, of a name, evidence that speaks of it."""
    name: str | None = None
    """Which of the names that the question compares it is about: `text` is no question that a person would ask."""
    rest: str | None = None
    """Of the last part, what of it is not searched by itself, since there are too many to ask."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Articles of these sources and dates are preferred, never the only ones; each part has its passages. Empty where
    nothing was recognised."""

    sources: tuple[SourceMention, ...] = ()
    dates: tuple[DateMention, ...] = ()
    abbreviation: str | None = None
    """The question asks what this stands for."""
    parts: tuple[QuestionPart, ...] = ()
    """At least two, or none."""
    searched: str | None = None
    """The question as it was searched, where the turns before completed it; places count in it then."""

    def __bool__(self) -> bool:
        return bool(self.sources or self.dates or self.abbreviation or self.parts)


NOTHING_NAMED = Interpretation()
