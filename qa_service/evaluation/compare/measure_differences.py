"""The rows of a comparison: each run against the baseline by each measure. Most rows are significance tests.

Two kinds of rows are not tests: a measure that is neither better nor worse when higher, and a row in which no question
differs. Holm's correction covers the tests alone. This choice depends on the sizes of the differences, not on their
signs. The randomisation test draws only the signs, so the chance of a false rejection stays below alpha.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.compared_run import ComparedRun
from qa_service.evaluation.compare.significance import PairedDifference, holm, paired_difference, smallest_p

__all__ = ["ALPHA", "MeasureDifference", "differences_between", "is_descriptive", "notes_about"]

ALPHA = 0.05
DESCRIPTIVE = ("Judged@", "distinct_outlets@", "answer_characters")


def is_descriptive(measure: str) -> bool:
    """Whether a higher value is neither better nor worse."""
    return measure.startswith(DESCRIPTIVE)


@dataclass(frozen=True, slots=True)
class MeasureDifference:
    """Run `run` minus the baseline by one measure. `p_holm` is corrected over all tests of the comparison; None if the
    row is not a test."""

    run: str
    measure: str
    paired: PairedDifference
    p_holm: float | None

    @property
    def significant(self) -> bool:
        return self.p_holm is not None and self.p_holm < ALPHA

    def as_dict(self) -> dict[str, Any]:
        corrected = {"p_holm": self.p_holm, "significant": self.significant}
        return {"run": self.run, "measure": self.measure} | asdict(self.paired) | corrected


def differences_between(
    runs: Mapping[str, ComparedRun], ids: Sequence[str], names: Sequence[str], seed: int
) -> tuple[MeasureDifference, ...]:
    """Each further run against the first run, in the order of runs, then measures. A measure that a run lacks has no
    row; a run file lacks decisions."""
    (_, baseline), *others = runs.items()
    pairs = [
        (label, name, _paired(baseline, run, ids, name, seed))
        for label, run in others
        for name in names
        if any(name in run.figures.get(identity, {}) for identity in ids)
    ]
    tested = [not is_descriptive(name) and paired.ties < paired.n for _, name, paired in pairs]
    corrected = iter(holm([paired.p for (_, _, paired), test in zip(pairs, tested, strict=True) if test]))
    return tuple(
        MeasureDifference(*pair, p_holm=next(corrected) if test else None)
        for pair, test in zip(pairs, tested, strict=True)
    )


def notes_about(differences: Sequence[MeasureDifference]) -> Iterator[str]:
    """Notes for the reader if the tests could not find a difference."""
    tests = [row for row in differences if row.p_holm is not None]
    if not tests:
        yield "Nothing is tested: no question has another figure in one run than in the other."
        return
    # The row with the most differing questions can have the smallest p, which Holm multiplies by the number of tests.
    most = max(row.paired.wins + row.paired.losses for row in tests)
    least = smallest_p(most)
    corrected = min(1.0, least * len(tests))
    if corrected >= ALPHA:
        differ = f"{most} question{'' if most == 1 else 's'} whose answers differ"
        over = f" and {corrected:.2g} after Holm's correction over {len(tests)} tests" if len(tests) > 1 else ""
        needed = "more questions, or fewer measures, are" if len(tests) > 1 else "more questions are"
        yield (
            f"With {differ} no difference could be significant: the smallest p that is possible is {least:.2g}{over}; "
            f"{needed} needed."
        )


def _paired(baseline: ComparedRun, run: ComparedRun, ids: Sequence[str], name: str, seed: int) -> PairedDifference:
    both = [i for i in ids if name in baseline.figures[i] and name in run.figures.get(i, {})]
    if not both:
        raise InvalidInput(f"No question has {name!r} in both {baseline.path} and {run.path}.", param="measure")
    return paired_difference([baseline.figures[i][name] for i in both], [run.figures[i][name] for i in both], seed)
