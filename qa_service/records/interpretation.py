"""How the service understands a question: named sources, dates, abbreviation, parts, and its completed form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SourceMention:
    """`question[start:end]` names a source. `outlets` and `authors` are the possible ones in the collection."""

    start: int
    end: int
    outlets: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateMention:
    """`question[start:end]` names the days from `first` to `last`, both inclusive. None means open."""

    start: int
    end: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class QuestionPart:
    """A part of the question that is searched separately.

    `question[start:end]` is the part. `text` is its complete question, with the words that it shares with other parts.
    """

    start: int
    end: int
    text: str
    confidence: float = 0.0
    """Probability that the first passages answer this part."""
    answerable: bool = False
    """Whether `confidence` reaches the threshold. Limits on passages do not change it."""
    shown: bool = False
    """Whether a returned passage has evidence for this part. For a compared name: evidence that mentions the name."""
    name: str | None = None
    """The compared name that this part is about. `text` is then no natural question."""
    rest: str | None = None
    """For the last part: further parts that exceed the limit and are not searched separately."""


@dataclass(frozen=True, slots=True)
class Interpretation:
    """What the service recognises in a question; false if nothing.

    Ranking prefers articles of these sources and dates, but excludes no others. Each part contributes passages.
    """

    sources: tuple[SourceMention, ...] = ()
    dates: tuple[DateMention, ...] = ()
    abbreviation: str | None = None
    """The abbreviation whose long form the question asks for."""
    parts: tuple[QuestionPart, ...] = ()
    """Empty, or at least two."""
    searched: str | None = None
    """The question completed from earlier turns. If set, all offsets are into this text."""

    def __bool__(self) -> bool:
        return bool(self.sources or self.dates or self.abbreviation or self.parts)


NOTHING_NAMED = Interpretation()
