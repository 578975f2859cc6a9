"""Reads the answers of another system, so that they can be judged by gold answers; an error names file, line and field.

JSON Lines with an object for each question:

    {"id": "q1", "answer": "Ann Lee won in 1931.", "span": "Ann Lee", "confidence": 0.8,
     "passages": ["The race of 1931 …", {"id": "d7", "text": "Ann Lee won in 1931. …"}]}

`id` is that of the question set. `answer` is null where the system declined. The rest may be left out: `span` has the
words that answer, `confidence` is from 0 to 1, and `passages` are texts, best first; with an `id`, the gold may name
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.evaluation.grade.answer_measures import Shown, answer_measures, is_right
from qa_service.evaluation.sets.answer_strings import Readings, contained, normalise
from qa_service.evaluation.sets.file_place import FilePlace
from qa_service.evaluation.sets.json_lines import json_object
from qa_service.evaluation.sets.question_fields import as_id, as_text, refuse_unknown
from qa_service.evaluation.sets.set_lines import numbered_lines

__all__ = ["NO_ANSWER", "GivenAnswer", "is_answer_run", "read_answers"]

FIELDS = ("id", "answer", "span", "confidence", "passages")


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """The answer of another system to one question. `ids` has an id for each passage; the file's, or its rank."""

    answer: str | None
    span: str | None = None
    confidence: float | None = None
    ids: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def named(self) -> bool:
        """Whether the file gives ids to the passages."""
        return any(identity != _unnamed(rank) for rank, identity in enumerate(self.ids, 1))

    @property
    def normalised(self) -> list[Readings]:
        return [normalise(text) for text in self.texts]

    def grades(self, answers: Sequence[str]) -> dict[str, int]:
        """Passage id -> 1 if the passage holds a gold answer."""
        found = [int(any(contained(answers, text))) for text in self.normalised]
        return dict(zip(self.ids, found, strict=True))

    def figures(self, answers: Sequence[str], answerable: bool | None, *, reader: bool) -> dict[str, float]:
        """The measures of the answer, and under `answer_precision` whether it is right, as far as the gold says."""
        shown = None if self.answer is None else Shown(len(self.answer), (self.answer,), self.span)
        measures = answer_measures(answers, shown, self.normalised, reader=reader) if answers else {}
        if answers and shown is not None:
            measures["answer_characters"] = float(shown.characters)
        # A text of another system has no sentences that are told apart.
        measures = {name: value for name, value in measures.items() if not name.startswith("first_sentence")}
        right = is_right(measures, answered=shown is not None, answerable=answerable)
        return measures if right is None else measures | {"answer_precision": float(right)}


NO_ANSWER = GivenAnswer(None)


def is_answer_run(path: Path) -> bool:
    """Whether the file begins as JSON Lines do; a line of a TREC run begins with an id."""
    with path.open("rb") as file:
        return file.read(200).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read_answers(path: Path) -> dict[str, GivenAnswer]:
    """Question id -> answer.

    Raises:
        InvalidInput: a line is not such an object, or an id stands twice.
    """
    found: dict[str, GivenAnswer] = {}
    for place, line in numbered_lines(path):
        if not line.strip():
            continue
        value = json_object(line, place)
        refuse_unknown(value, FIELDS, place)
        identity = as_id(value.get("id"), place, "id")
        if identity in found:
            raise place.wrong("id", f"{identity!r} was given already. Give each question one line")
        found[identity] = _answer(value, place)
    return found


def _answer(value: dict[str, Any], place: FilePlace) -> GivenAnswer:
    if "answer" not in value:
        raise place.wrong("answer", "is missing. Give a text, or null where the system declined")
    answer, span = (None if value.get(n) is None else as_text(value[n], place, n) for n in ("answer", "span"))
    if answer is None and span is not None:
        raise place.wrong("span", "is given, but answer is null. Take out one of the two")
    confidence = value.get("confidence")
    if confidence is not None:
        number = isinstance(confidence, int | float) and not isinstance(confidence, bool)
        if not number or not 0 <= confidence <= 1:
            raise place.wrong("confidence", f"must be a number from 0 to 1 (got {confidence!r:.80})")
    passages = value.get("passages") or []
    if not isinstance(passages, list):
        raise place.wrong("passages", f"must be a list of texts, best first (got {passages!r:.80})")
    read = [_passage(one, place, rank) for rank, one in enumerate(passages, 1)]
    ids = tuple(identity for identity, _ in read)
    if len(set(ids)) < len(ids):
        raise place.wrong("passages", "name an id twice. Give each passage once")
    return GivenAnswer(answer, span, confidence, ids, tuple(text for _, text in read))


def _passage(value: object, place: FilePlace, rank: int) -> tuple[str, str]:
    field = f"passages[{rank - 1}]"
    if not isinstance(value, dict):
        return _unnamed(rank), as_text(value, place, field)
    refuse_unknown(value, ("id", "text"), place, field)
    identity = as_id(value["id"], place, f"{field}.id") if "id" in value else _unnamed(rank)
    return identity, as_text(value.get("text"), place, f"{field}.text")


def _unnamed(rank: int) -> str:
    return f"passage {rank}"
