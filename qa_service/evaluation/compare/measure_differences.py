"""The rows of a comparison: each run against the baseline by each measure, and which of them are tests.

Holm's correction is over the tests alone. No test is a row that cannot be one: a figure of which more is neither better
nor worse, and one in which no question differs. What is left out so follows from the sizes of the differences and not
from their signs, which alone the randomisation test draws: the chance of a false rejection stays below alpha.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.compared_run import ComparedRun
from qa_service.evaluation.compare.significance import PairedDifference, holm, paired_difference, smallest_p

__all__ = ["ALPHA", "Difference", "differences_between", "is_descriptive", "notes_about"]

ALPHA = 0.05
DESCRIPTIVE = ("Judged@", "distinct_outlets@")


def is_descriptive(measure: str) -> bool:
    """Whether more of it is neither better nor worse."""
    return measure.startswith(DESCRIPTIVE)


@dataclass(frozen=True, slots=True)
class Difference:
    """Run `run` minus the baseline by one measure; `p_holm` is corrected over all the comparison's tests, and None
    where the row is none."""

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
) -> tuple[Difference, ...]:
    """Every run but the first against the first, runs in order, then measures in order; a measure that a run lacks has
    no row, as declining is none of a run file's."""
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
        Difference(*pair, p_holm=next(corrected) if test else None) for pair, test in zip(pairs, tested, strict=True)
    )


def notes_about(differences: Sequence[Difference]) -> Iterator[str]:
    """What a reader must know of the tests before he takes silence for sameness; a sentence or two each."""
    tests = [row for row in differences if row.p_holm is not None]
    if not tests:
        yield "Nothing is tested: no question has another figure in one run than in the other."
        return
    # The row in which most questions differ can become the most significant, and Holm multiplies the smallest p by all.
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
