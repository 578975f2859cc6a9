"""The public annotations of `Service` name no class of a storage engine."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from typing import Any, get_args, get_type_hints

from qa_service.embedding.cross_encoder import CrossEncoderReranker
from qa_service.service import Service
from qa_service.storage.local.store import LocalStore

ENGINES = ("qa_service.storage.local", "qa_service.storage.memory")
LAZY = {"CrossEncoderReranker": CrossEncoderReranker}
"""Imported for annotations alone."""


def reached_from(cls: type, seen: set[type]) -> set[type]:
    """The classes in the annotations of a class's public methods, properties and fields, and of those classes."""
    for hint in annotations_of(cls):
        for found in classes_in(hint):
            if found.__module__.startswith("qa_service.") and found not in seen:
                seen.add(found)
                if not found.__module__.startswith(ENGINES):
                    reached_from(found, seen)
    return seen


def annotations_of(cls: type) -> Iterator[Any]:
    if dataclasses.is_dataclass(cls):
        yield from get_type_hints(cls, localns=LAZY).values()
    for name, member in vars(cls).items():
        if name.startswith("_") and name != "__init__":
            continue
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if inspect.isfunction(function):
            yield from get_type_hints(function, localns=LAZY).values()


def classes_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type):
        yield hint
    for argument in get_args(hint):
        yield from classes_in(argument)


def engine_classes(cls: type) -> list[str]:
    return sorted(found.__name__ for found in reached_from(cls, set()) if found.__module__.startswith(ENGINES))


def test_the_service_hands_out_no_class_of_an_engine() -> None:
    reached = {found.__name__ for found in reached_from(Service, set())}
    assert {"Answer", "Contents", "CollectionInfo", "Settings", "Passage"} <= reached  # it walks far enough
    assert engine_classes(Service) == []


def test_a_planted_class_is_found() -> None:
    class Planted:
        def open(self) -> dict[str, LocalStore | None]:
            raise NotImplementedError

    assert engine_classes(Planted) == ["LocalStore"]
