"""The candidates of `tune`: settings that the user names, beside the settings of the service.

`--try NAME=V1,V2` makes one candidate of each value. A TOML file makes one candidate of each table:

    [[candidate]]
    dense_weight = 0.4
    late_interaction_weight = 0.8

`answerable_threshold` changes no ranking. Its values are therefore judged separately, for the best candidate.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from qa_service.errors import InvalidInput
from qa_service.evaluation.run.setting_stages import INDEXING, RANKING
from qa_service.service import Service

__all__ = ["THRESHOLD", "Changes", "NamedCandidates", "named_candidates"]

THRESHOLD = "answerable_threshold"
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))
"""The values of `answerable_threshold` that are tried when the user names none."""

Changes = Mapping[str, Any]
"""Values by setting name; every other setting keeps the value of the service."""


@dataclass(frozen=True, slots=True)
class NamedCandidates:
    """`changes`: for each candidate, a value for each of `names`; the first candidate is the service as it is."""

    names: tuple[str, ...]
    changes: tuple[Changes, ...]
    thresholds: tuple[float, ...]


def named_candidates(service: Service, tries: Sequence[str] = (), file: Path | None = None) -> NamedCandidates:
    """The candidates of all `tries` (`NAME=V1,V2`), then those of the file; a repeated candidate counts once.

    Raises:
        InvalidInput: a text is not `NAME=V1,V2`, the file is not of the form above, or a setting or value cannot be
            tried.
    """
    named: list[Changes] = []
    thresholds: list[float] = []
    for text in tries:
        name, equals, values = (part.strip() for part in text.partition("="))
        if not (name and equals and values):
            raise InvalidInput(
                f"--try: {text!r} is not of the form NAME=V1,V2, such as dense_weight=0.4,0.6.", param="tries"
            )
        wanted = [_checked(service, {name: value.strip()}, "--try", "tries") for value in values.split(",")]
        if name == THRESHOLD:
            thresholds += [one[name] for one in wanted]
        else:
            named += wanted
    if file is not None:
        for number, table in enumerate(_tables(file), 1):
            where = f"{file}: candidate {number}"
            if THRESHOLD in table:
                message = f"{where}: {THRESHOLD} changes no ranking; name its values with --try {THRESHOLD}=V1,V2."
                raise InvalidInput(message, param=THRESHOLD)
            named.append(_checked(service, table, where))
    names = tuple(dict.fromkeys(name for changes in named for name in changes))
    default = {name: getattr(service.settings, name) for name in names}
    unlike = {tuple(whole.values()): whole for whole in (default, *(default | dict(changes) for changes in named))}
    return NamedCandidates(names, tuple(unlike.values()), tuple(sorted(set(thresholds or THRESHOLDS))))


def _tables(file: Path) -> Iterable[Changes]:
    try:
        with file.open("rb") as opened:
            given = tomllib.load(opened)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidInput(f"{file}: cannot be read as TOML: {error}.", param="candidates") from None
    tables = given.pop("candidate", None)
    if given or not isinstance(tables, list) or not all(isinstance(table, dict) and table for table in tables):
        message = f"{file}: write a table [[candidate]] for each candidate, with a line NAME = VALUE for each setting."
        raise InvalidInput(message, param="candidates")
    return tables


def _checked(service: Service, given: Changes, where: str, param: str = "candidates") -> Changes:
    """The values as the settings take them; `param` is the parameter that an error names."""
    for name in given:
        if name in INDEXING:
            raise InvalidInput(
                f"{where}: {name} needs another collection. Ingest the articles with it into a collection of another "
                "name, evaluate both collections, and compare the results.",
                param=param,
            )
        if name not in (*RANKING, THRESHOLD):
            known = ", ".join((*RANKING, THRESHOLD))
            raise InvalidInput(f"{where}: {name!r} cannot be tuned; these can: {known}.", param=param)
    try:
        checked = type(service.settings).model_validate(service.settings.model_dump() | dict(given))
    except ValidationError as error:
        name, value = str(error.errors()[0]["loc"][0]), error.errors()[0]["input"]
        raise InvalidInput(f"{where}: {name}: {error.errors()[0]['msg']} (got {value!r}).", param=param) from None
    return {name: getattr(checked, name) for name in given}
