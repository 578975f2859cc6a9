"""Measure whether answers keep to what the question names: `python -m benchmarks.binding [--each]`.

tests/sets/binding has invented articles, and questions by the kind of their trap, such as another year, a longer name
or a name that no article has. The command counts, for each kind, the questions that are answered right.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from benchmarks.shared import SETS, index_folder, json_lines, markdown
from qa_service.evaluation.sets.answer_strings import contained, normalise
from qa_service.parsing import read_beir
from qa_service.records import Answer, Question
from qa_service.service import Service
from qa_service.settings import Settings

__all__ = ["FOLDER", "Asked", "ask_each", "binding_service"]

FOLDER = SETS / "binding"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of the set with its answer. `gold` has the right strings; empty if no article has the answer."""

    id: str
    kind: str
    gold: tuple[str, ...]
    answer: Answer

    @property
    def right(self) -> bool:
        """Whether a gold string stands in the answer; without gold strings, whether the question is declined."""
        text = None if self.answer.answer is None else self.answer.answer.text
        return text is None if not self.gold else text is not None and self._has(text)

    @property
    def right_first(self) -> bool:
        """The same for the first sentence of the answer alone."""
        answer = self.answer.answer
        if answer is None or not self.gold:
            return self.right
        first = answer.annotations[0]
        return self._has(answer.text[first.start : first.end])

    def _has(self, text: str) -> bool:
        return any(contained(self.gold, normalise(text)))


@contextmanager
def binding_service() -> Iterator[Service]:
    """A service over the invented articles, with the default settings."""
    with index_folder(None) as index, closing(Service.open(Settings(index=index))) as service:
        service.ingest_drafts(read_beir(FOLDER))
        yield service


def ask_each(service: Service) -> Iterator[Asked]:
    """Ask every question of the set."""
    for line in json_lines(FOLDER / "questions.jsonl"):
        yield Asked(line["id"], line["kind"], tuple(line["gold"]), service.ask(Question(line["question"])))


def table(found: Sequence[Asked]) -> str:
    rows = []
    for kind in dict.fromkeys(one.kind for one in found):
        own = [one for one in found if one.kind == kind]
        there, absent = [one for one in own if one.gold], [one for one in own if not one.gold]
        rows.append(
            (
                kind,
                f"{sum(one.right for one in there)} of {len(there)}",
                f"{sum(one.right_first for one in there)} of {len(there)}",
                f"{sum(one.right for one in absent)} of {len(absent)}",
            )
        )
    return "\n".join(markdown(("kind", "answered right", "first sentence right", "declined right"), rows))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--each", action="store_true", help="print each question with its answer")
    options = parser.parse_args()
    with binding_service() as service:
        found = list(ask_each(service))
    if options.each:
        for one in found:
            text = "(declined)" if one.answer.answer is None else one.answer.answer.text
            mark = "right" if one.right else "WRONG"
            print(f"{one.id} {mark} {one.answer.confidence:.2f} {one.answer.question}\n    {text}")
    print(table(found))


if __name__ == "__main__":
    main()
