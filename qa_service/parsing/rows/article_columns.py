"""Finds the columns of a table, or the keys of a JSON object, that hold the fields of an article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qa_service.errors import InvalidInput, did_you_mean
from qa_service.parsing.rows.column_names import FIELDS, nearest_field, place_of, plain_name

__all__ = ["NO_COLUMN", "Columns", "find_columns", "is_given", "near_misses", "refuse_unknown_fields"]

NO_COLUMN = "-"

Columns = Mapping[str, tuple[str, ...]]
"""For each field the columns that may hold it, the preferred first."""


def find_columns(names: Sequence[str], given: Mapping[str, str]) -> Columns:
    """The columns of each field: those that are given, then those of a usual name.

    A given name counts if there is such a column, in any case. The name `-` means that no column holds the field.
    """
    found: dict[str, tuple[str, ...]] = {}
    taken = {name for wanted in given.values() for name in [_given(wanted, names)] if name}
    places = {name: place for name in names if name not in taken and (place := place_of(name)) is not None}
    for field in FIELDS:
        if given.get(field) == NO_COLUMN and NO_COLUMN not in names:
            continue
        if (column := _given(given.get(field, ""), names)) is not None:
            found[field] = (column,)
            continue
        usual = [name for name, (its_field, _) in places.items() if its_field == field]
        if usual:
            found[field] = tuple(sorted(usual, key=lambda name: places[name][1]))
    return found


def near_misses(names: Sequence[str], columns: Columns, given: Mapping[str, str]) -> list[str]:
    """The unused columns, if the name of one resembles that of a field that has no column; else none."""
    used = {name for some in columns.values() for name in some}
    unused = [name for name in names if name and name not in used and place_of(name) is None]
    missing = {field for field in FIELDS if field not in columns and field not in given}
    return unused if any(nearest_field(name) in missing for name in unused) else []


def is_given(column: str, wanted: str) -> bool:
    """Whether a column is the one that `--map` names."""
    return column == wanted or plain_name(column) == plain_name(wanted)


def refuse_unknown_fields(given: Iterable[str]) -> None:
    """
    Raises:
        InvalidInput: a field of `--map` does not exist.
    """
    for field in given:
        if field not in FIELDS:
            what = f"an article has no field {field!r}{did_you_mean(field, FIELDS)}"
            raise InvalidInput(f"map: {what} Known are {', '.join(FIELDS)}.", param="map")


def _given(wanted: str, names: Sequence[str]) -> str | None:
    if wanted in names:
        return wanted
    plain = plain_name(wanted)
    return next((name for name in names if plain and plain_name(name) == plain), None)
