"""Lines that remember where they come from, so that `explain` shows the work of the steps that run in ingestion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple

__all__ = ["Fate", "Lines"]


class Fate(NamedTuple):
    """What a step did to a line of the source: `changed` or `dropped`, and the rule in words."""

    what: Literal["changed", "dropped"]
    rule: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text. A step returns new lines and adds to `fates`."""

    texts: list[str]
    origins: Sequence[int]
    """Parallel: the index of the source's line in which each line begins. It may rise and fall, as in columns."""
    fates: Mapping[int, Fate] = field(default_factory=lambda: MappingProxyType({}))
    """By index of the source's line: the first change, or what dropped it. A line without a fate is as it was."""

    @classmethod
    def of(cls, texts: list[str]) -> Lines:
        return cls(texts, range(len(texts)))

    def with_texts(self, texts: list[str], changed: Mapping[int, str]) -> Lines:
        """The same lines with other texts. `changed` gives the rule for each index that is changed."""
        fates = {**self.fates}
        for i, rule in changed.items():
            fates.setdefault(self.origins[i], Fate("changed", rule))
        return Lines(texts, self.origins, fates)

    def without(self, dropped: Mapping[int, str]) -> Lines:
        """The lines without these. `dropped` gives the rule for each index."""
        if not dropped:
            return self
        fates = {**self.fates, **{self.origins[i]: Fate("dropped", rule) for i, rule in dropped.items()}}
        kept = [i for i in range(len(self.texts)) if i not in dropped]
        return Lines([self.texts[i] for i in kept], [self.origins[i] for i in kept], fates)

    def part(self, start: int, end: int) -> Lines:
        """Some of the lines, without fates."""
        return Lines(self.texts[start:end], self.origins[start:end])

    def arranged(self, texts: list[str], origins: Iterable[int], changed: Mapping[int, str]) -> Lines:
        """Other lines from these. `origins` are indexes of these lines; `changed` gives the rule by such an index."""
        fates = {**self.fates}
        for i, rule in changed.items():
            fates.setdefault(self.origins[i], Fate("changed", rule))
        return Lines(texts, [self.origins[i] for i in origins], fates)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)
