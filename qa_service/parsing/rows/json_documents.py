"""Finds the articles in a JSON document: one object, a list of objects, or a list anywhere inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from qa_service.parsing.rows.article_columns import Columns, find_columns
from qa_service.parsing.rows.column_names import WEAK_TEXT, plain_name
from qa_service.parsing.rows.row_articles import plain_value

__all__ = ["DEEPEST", "article_in", "articles_in", "keys_of"]

DEEPEST = 4
"""Objects in objects that are searched."""
MOST_KEYS_SHOWN = 12


def article_in(element: object, given: Mapping[str, str]) -> tuple[dict[str, Any], Columns] | None:
    """The values of an article and their columns; None if the element has no text.

    If the text stands in an object inside, as in Elasticsearch's `_source`, the values around it count too.
    """
    level = [element] if isinstance(element, dict) else []
    around: list[dict[str, Any]] = [{}] * len(level)
    for _ in range(DEEPEST):
        inside: list[dict[str, Any]] = []
        around_inside: list[dict[str, Any]] = []
        for one, outer in zip(level, around, strict=True):
            values = {**outer, **one}
            for name in given.values():
                if name not in values and (found := _at(element, name)) is not None:
                    values[name] = found
            columns = _columns(tuple(values), tuple(sorted(given.items())))
            if any(plain_value(values.get(name)) for name in columns.get("text", ())):
                return values, columns
            for key, value in one.items():
                if isinstance(value, dict):
                    inside.append(value)
                    around_inside.append({name: kept for name, kept in values.items() if name != key})
        level, around = inside, around_inside
    return None


def articles_in(document: object, given: Mapping[str, str]) -> tuple[list[Any], dict[str, Any]]:
    """The elements of a document that may be articles, and the object around their list.

    A document that is one article is its only element. Empty if there is no article.
    """
    document = _by_row(document)
    if isinstance(document, list):
        return document, {}
    level = [document] if isinstance(document, dict) else []
    if isinstance(document, dict) and _has_own_text(document, given):
        return [document], {}
    for _ in range(DEEPEST):
        found = [(one, elements) for one in level for elements in _lists(one) if _any_article(elements, given)]
        if found:
            return [element for _, elements in found for element in elements], found[0][0]
        level = [value for one in level for value in one.values() if isinstance(value, dict)]
    return ([document], {}) if article_in(document, given) else ([], {})


def keys_of(element: object) -> str:
    """The keys of an object, also those inside it, for a message."""
    keys = list(_paths(element)) if isinstance(element, dict) else []
    return ", ".join(keys[:MOST_KEYS_SHOWN]) + (" …" if len(keys) > MOST_KEYS_SHOWN else "")


def _has_own_text(document: dict[str, Any], given: Mapping[str, str]) -> bool:
    """Whether the object is an article itself. A description may also be that of a list inside."""
    columns = _columns(tuple(document), tuple(sorted(given.items())))
    names = [name for name in columns.get("text", ()) if plain_value(document[name])]
    if all(plain_name(name) in WEAK_TEXT for name in names):
        names = [] if any(_any_article(elements, given) for elements in _lists(document)) else names
    return any(isinstance(document[name], str) for name in names)


def _lists(one: dict[str, Any]) -> Iterator[list[Any]]:
    """The lists of objects in an object. Objects by id are a list too."""
    for value in one.values():
        if isinstance(value, list) and any(isinstance(element, dict) for element in value):
            yield value
    if len(one) > 1 and all(isinstance(value, dict) for value in one.values()):
        yield [{"id": key, **value} for key, value in one.items()]


def _any_article(elements: list[Any], given: Mapping[str, str]) -> bool:
    return any(article_in(element, given) is not None for element in elements[:20])


def _by_row(document: object) -> object:
    """A table that pandas wrote by column, or as columns and data, as a list of objects."""
    if not isinstance(document, dict):
        return document
    names, rows = document.get("columns"), document.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(row, list) for row in rows):
        return [dict(zip(map(str, names), row, strict=False)) for row in rows]
    columns = list(document.values())
    if len(columns) > 1 and all(isinstance(column, dict) and column for column in columns):
        keys = list(columns[0])
        scalar = all(not isinstance(value, dict | list) for column in columns for value in column.values())
        if scalar and all(key.isdecimal() for key in keys) and all(list(column) == keys for column in columns):
            return [{name: column[key] for name, column in document.items()} for key in keys]
    return document


@lru_cache(maxsize=256)
def _columns(names: tuple[str, ...], given: tuple[tuple[str, str], ...]) -> Columns:
    return find_columns(names, dict(given))


def _at(element: object, path: str) -> object:
    """The value at a dotted path; of the objects in a list, the list of their values."""
    for part in path.split("."):
        if isinstance(element, list) and part.isdecimal():
            element = element[int(part)] if int(part) < len(element) else None
        elif isinstance(element, list):
            element = [one[part] for one in element if isinstance(one, dict) and part in one] or None
        elif isinstance(element, dict):
            element = element.get(part)
        else:
            return None
    return element


def _paths(element: Mapping[str, Any], deep: int = DEEPEST) -> Iterator[str]:
    for key, value in element.items():
        if isinstance(value, dict) and deep > 1:
            yield from (f"{key}.{path}" for path in _paths(value, deep - 1))
        else:
            yield str(key)
