"""Describes how two manifests differ, such as `dense_weight was 0.3, is 0.5`.

Each change is told once: changed content of a collection, but not its counts and fingerprint as well. Fields that
change no figure are ignored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from qa_service.evaluation.run.setting_stages import SERVER

__all__ = ["changes", "settings_changed"]

Manifest = Mapping[str, Any]
OF_NO_FIGURE = frozenset({"started", "finished", "workers", "overrides", "changed"})
"""Times, number of processes, and how a setting was given; the settings themselves are compared."""
CALLED = {"top_k": "k", "program": "the program", "format": "the format of the results"}


def changes(before: Manifest, now: Manifest) -> list[str]:
    """A phrase for each difference between two manifests; empty if they describe the same evaluation."""
    return [
        *_collection(before.get("collection") or {}, now.get("collection") or {}),
        *_question_set(before.get("question_set") or {}, now.get("question_set") or {}),
        *_each(before.get("settings") or {}, now.get("settings") or {}, without=SERVER),
        *_each(before, now, without=OF_NO_FIGURE | {"collection", "question_set", "settings", "versions", "model"}),
        *_model(before, now),
        *_each(before.get("versions") or {}, now.get("versions") or {}),
    ]


def settings_changed(before: Manifest, now: Manifest) -> list[str]:
    """The changes that affect how questions were answered."""
    settings = _each(before.get("settings") or {}, now.get("settings") or {}, without=SERVER)
    one, other = ({name: each.get(name) for name in ("retriever", "max_per_article")} for each in (before, now))
    return [*settings, *_each(one, other)]


def _collection(before: Manifest, now: Manifest) -> Iterator[str]:
    """Compares content, not the generation: restored content has a new generation and gives the same figures."""
    if before.get("name") != now.get("name"):
        yield f"the collection was {before.get('name')!r}, is {now.get('name')!r}"
    elif before.get("fingerprint") != now.get("fingerprint"):
        counts = [f"{each.get('articles')} articles with {each.get('passages')} passages" for each in (before, now)]
        held = f" (it held {counts[0]}, holds {counts[1]})" if counts[0] != counts[1] else ""
        yield f"the content of collection {now.get('name')!r} has changed{held}"
    yield from _each(before, now, without=frozenset({"name", "fingerprint", "generation", "articles", "passages"}))


def _question_set(before: Manifest, now: Manifest) -> Iterator[str]:
    if before.get("path") != now.get("path"):
        yield f"the question set was {before.get('path')}, is {now.get('path')}"
    elif before.get("sha256") != now.get("sha256"):
        counts = [each.get("questions") for each in (before, now)]
        held = f" (it had {counts[0]} questions, has {counts[1]})" if counts[0] != counts[1] else ""
        yield f"{now.get('path')} has changed{held}"
    elif before.get("format") != now.get("format"):
        yield f"{now.get('path')} was read as {before.get('format')}, is read as {now.get('format')}"


def _model(before: Manifest, now: Manifest) -> Iterator[str]:
    """Changes of the model; the setting `model` tells a change of its name."""
    if (before.get("settings") or {}).get("model") == (now.get("settings") or {}).get("model"):
        for name, changed in _unlike(before.get("model") or {}, now.get("model") or {}):
            yield f"the model's {name} {changed}"


def _each(before: Manifest, now: Manifest, without: frozenset[str] = frozenset()) -> Iterator[str]:
    for name, changed in _unlike(before, now):
        if name not in without:
            yield f"{CALLED.get(name, name)} {changed}"


def _unlike(before: Manifest, now: Manifest) -> Iterator[tuple[str, str]]:
    for name in dict.fromkeys((*now, *before)):
        if before.get(name) != now.get(name):
            yield name, f"was {_shown(before.get(name))}, is {_shown(now.get(name))}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "empty"
    return "not set" if value is None else str(value)
