"""The settings that shape a ranking. A new weight is a field here and is read where it is used."""

from __future__ import annotations

from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Self

__all__ = ["Parameters"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Each field has the name of a setting, whose help line explains it."""

    depth: int
    dense_weight: float
    late_interaction: bool
    late_interaction_depth: int
    late_interaction_weight: float
    sentence_share: float
    source_weight: float
    date_weight: float
    balance_step: float
    reranker_depth: int
    diversity: float
    outlet_step: float

    @classmethod
    def of(cls, settings: object) -> Self:
        """Read each field from the attribute of `settings` that has its name."""
        return cls(*_VALUES(settings))


_VALUES = attrgetter(*(field.name for field in fields(Parameters)))
