"""The columns of tables and JSON files, as people name them: `text=Body`."""

from __future__ import annotations

from collections.abc import Iterable

from qa_service.errors import InvalidInput, did_you_mean

__all__ = ["MAP_FIELDS", "column_map"]

MAP_FIELDS = ("text", "title", "outlet", "author", "published", "updated", "language", "url", "tags", "id")
"""Fields of an article that a column can hold."""


def column_map(pairs: Iterable[str]) -> dict[str, str]:
    """The column of each field.

    Args:
        pairs: texts such as `text=Body`.

    Raises:
        InvalidInput: a pair has no `=` or no column, a field does not exist, or a field is given twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = (part.strip() for part in pair.partition("="))
        if not equals or not column:
            raise InvalidInput(f"map: {pair!r} must be FIELD=COLUMN, such as text=Body.", param="map")
        if field not in MAP_FIELDS:
            meant = did_you_mean(field, MAP_FIELDS)
            raise InvalidInput(
                f"map: there is no field {field!r}{meant} Fields are {', '.join(MAP_FIELDS)}.", param="map"
            )
        if field in found:
            raise InvalidInput(f"map: {field} is given twice. Give one column for each field.", param="map")
        found[field] = column
    return found
