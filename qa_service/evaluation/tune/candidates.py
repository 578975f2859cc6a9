"""What a search may try: for each setting its values, from a TOML file or as they are here.

    dense_weight = [0.3, 0.5, 0.7]
    source_weight = {low = 0.0, high = 0.3, step = 0.05}
    max_word_pieces = [128, 256]

Settings of ranking are tried on the collection as it is; those of chunking and indexing need collections of their own.
`answerable_threshold` reorders nothing, so it is chosen by itself, afterwards.
"""

from __future__ import annotations

import itertools
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa_service.errors import InvalidInput
from qa_service.service import Service

__all__ = ["CHEAP", "COSTLY", "THRESHOLD", "Changes", "Dimension", "Space", "default_space", "read_space"]

CHEAP = (
    "dense_weight", "late_interaction_weight", "sentence_share", "late_interaction_depth", "source_weight",
    "date_weight", "balance_step", "reranker_depth", "collapse_duplicates", "diversity", "outlet_step", "depth",
    "late_interaction",
)  # fmt: skip
COSTLY = ("max_tokens", "max_word_pieces", "overlap_sentences", "title_weight")
THRESHOLD = "answerable_threshold"

MOST_VALUES = 1000
MOST_COLLECTIONS = 64
"""Each is a copy of the collection to be encoded anew."""

DEFAULT: Mapping[str, Any] = {
    "dense_weight": [0.3, 0.4, 0.5, 0.6, 0.7],
    "late_interaction_weight": [0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95],
    "sentence_share": [0.5, 0.75, 1.0],
    "late_interaction_depth": [25, 50, 100],
    "source_weight": [0.0, 0.05, 0.1, 0.15, 0.2],
    "date_weight": [0.0, 0.05, 0.1],
    THRESHOLD: {"low": 0.05, "high": 0.95, "step": 0.05},
}

Value = bool | int | float
Changes = Mapping[str, Value]
"""Values by setting; every other setting is the service's own."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """The values of one setting, rising, each once."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Space:
    cheap: tuple[Dimension, ...]
    costly: tuple[Dimension, ...]
    thresholds: tuple[float, ...]

    @property
    def size(self) -> int:
        """Combinations of the settings that need no re-ingest."""
        return math.prod(len(dimension.values) for dimension in self.cheap)

    def combination(self, number: int) -> Changes:
        """The combination of that number, from 0 to `size` - 1; the last setting changes fastest."""
        chosen = {}
        for dimension in reversed(self.cheap):
            number, place = divmod(number, len(dimension.values))
            chosen[dimension.name] = dimension.values[place]
        return dict(reversed(chosen.items()))

    def neighbours(self, changes: Changes) -> Iterator[Changes]:
        """One step up or down in one setting. A value that the space lacks, as a default may be,
        steps to the nearest."""
        for dimension in self.cheap:
            now = changes[dimension.name]
            below = [value for value in dimension.values if value < now]
            above = [value for value in dimension.values if value > now]
            for value in (*below[-1:], *above[:1]):
                yield {**changes, dimension.name: value}

    def collections(self) -> list[Changes]:
        """Combinations of the settings that need a collection of their own; one without any where there are none."""
        names = [dimension.name for dimension in self.costly]
        return [dict(zip(names, values, strict=True)) for values in itertools.product(*(d.values for d in self.costly))]

    def as_dict(self) -> dict[str, list[Value]]:
        spaces = {dimension.name: list(dimension.values) for dimension in (*self.cheap, *self.costly)}
        return spaces | ({THRESHOLD: list(self.thresholds)} if self.thresholds else {})


def default_space(service: Service) -> Space:
    return _space(DEFAULT, service, "the default space")


def read_space(path: Path, service: Service) -> Space:
    """
    Raises:
        InvalidInput: the file is not TOML, or a setting or value of it cannot be tried; the message names both.
    """
    try:
        with path.open("rb") as file:
            given = tomllib.load(file)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{path}: cannot be read as TOML: {error}.", param="space") from None
    if not given:
        raise InvalidInput(f"{path}: names no setting, so there is nothing to try.", param="space")
    return _space(given, service, str(path))


def _space(given: Mapping[str, Any], service: Service, where: str) -> Space:
    known = (*CHEAP, *COSTLY, THRESHOLD)
    found: dict[str, tuple[Value, ...]] = {}
    for name, wanted in given.items():
        if name not in known:
            raise InvalidInput(f"{where}: {name!r} cannot be tuned; these can: {', '.join(known)}.", param=name)
        found[name] = _checked(name, _listed(name, wanted, where), service, where)

    def dimensions(names: Sequence[str]) -> tuple[Dimension, ...]:
        return tuple(Dimension(name, found[name]) for name in names if name in found)

    space = Space(dimensions(CHEAP), dimensions(COSTLY), tuple(float(t) for t in found.get(THRESHOLD, ())))
    if (copies := math.prod(len(d.values) for d in space.costly)) > MOST_COLLECTIONS:
        raise InvalidInput(
            f"{where}: {', '.join(d.name for d in space.costly)} make {copies} collections to build; "
            f"{MOST_COLLECTIONS} at most. Give fewer values.",
            param=space.costly[0].name,
        )
    return space


def _listed(name: str, wanted: Any, where: str) -> list[Any]:
    if isinstance(wanted, list) and wanted:
        return wanted
    if not isinstance(wanted, dict) or set(wanted) != {"low", "high", "step"}:
        raise InvalidInput(f"{where}: {name}: give a list of values or {{low = …, high = …, step = …}}.", param=name)
    low, high, step = wanted["low"], wanted["high"], wanted["step"]
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in (low, high, step)):
        raise InvalidInput(f"{where}: {name}: low, high and step are numbers.", param=name)
    if not (step > 0 and high >= low and (high - low) / step < MOST_VALUES):
        raise InvalidInput(
            f"{where}: {name}: step must be above 0, high not below low, and there can be {MOST_VALUES} values.",
            param=name,
        )
    # 0.1 + 2 * 0.1 is 0.30000000000000004
    return [round(low + number * step, 10) for number in range(math.floor((high - low) / step + 1e-9) + 1)]


def _checked(name: str, values: Sequence[Any], service: Service, where: str) -> tuple[Value, ...]:
    """The values as the setting takes them."""
    checked: set[Value] = set()
    for value in values:
        try:
            settings = type(service.settings).model_validate(service.settings.model_dump() | {name: value})
        except ValidationError as error:
            raise InvalidInput(f"{where}: {name}: {error.errors()[0]['msg']} (got {value!r}).", param=name) from None
        checked.add(getattr(settings, name))
    return tuple(sorted(checked))
