"""The facts of an evaluation, from its manifest."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from qa_service.evaluation.report.measure_words import number

__all__ = ["Setting", "facts_of", "in_json", "settings_of"]

Fact = tuple[str, str, str]
"""Name, value, and "code" if readers compare the value letter by letter."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting. `value` is JSON or plain text; `changed`: not the program's default; `given`: set for this run alone.

    Old folders lack `changed`; then a given setting counts as changed.
    """

    name: str
    value: str
    changed: bool
    given: bool


def settings_of(manifest: Mapping[str, Any]) -> list[Setting]:
    """All settings, sorted by name."""
    given: Mapping[str, Any] = manifest.get("overrides") or {}
    changed = {*(manifest.get("changed") or ()), *(given if "changed" not in manifest else ())}
    settings: Mapping[str, Any] = manifest.get("settings") or {}
    return [Setting(name, in_json(value), name in changed, name in given) for name, value in sorted(settings.items())]


def facts_of(summary: Mapping[str, Any], manifest: Mapping[str, Any]) -> Iterator[Fact]:
    """The facts that two comparable runs share, and the program that computed them; a missing fact is empty."""
    collection, asked = manifest.get("collection") or {}, manifest.get("question_set") or {}
    yield "Collection", str(collection.get("name") or summary.get("collection") or ""), ""
    size = [f"{number(collection[name])} {name}" for name in ("articles", "passages") if name in collection]
    yield "Size", ", ".join(size), ""
    yield "Fingerprint", str(collection.get("fingerprint") or ""), "code"
    if "generation" in collection:
        yield "Generation", number(collection["generation"]), ""
    yield "Question set", str(asked.get("path") or summary.get("name") or ""), ""
    by = f" by {summary['relevance']}" if summary.get("relevance") not in (None, "none") else ""
    known = f", {number(summary['with_gold'])} with gold{by}" if "with_gold" in summary else ""
    yield "Questions", f"{number(summary.get('questions'))}{known}", ""
    yield "Format", str(asked.get("format") or ""), ""
    yield "SHA-256 of the set", str(asked.get("sha256") or ""), "code"
    cap = manifest.get("max_per_article")
    most = "" if cap is None else ", at most one of each article" if cap == 1 else f", at most {cap} of each article"
    yield "Passages returned", f"{number(summary.get('top_k'))} per question{most}", ""
    yield "Retriever", str(manifest.get("retriever") or ""), ""
    yield "Model", _model(manifest.get("model")), ""
    yield "Program", str(manifest.get("program") or ""), ""
    yield "Started", str(manifest.get("started") or ""), ""
    yield "Finished", str(manifest.get("finished") or ""), ""


def _model(model: Any) -> str:
    if isinstance(model, Mapping):
        return ", ".join(str(value) if key == "id" else f"{key} {in_json(value)}" for key, value in model.items())
    return str(model or "")


def in_json(value: Any) -> str:
    """A value as in a settings file; a text has no quotes."""
    return value if isinstance(value, str) and value else json.dumps(value, ensure_ascii=False, sort_keys=True)
