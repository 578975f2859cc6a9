"""The regression gate: compared with an earlier evaluation, no measure is significantly lower and no question is
missing.

Evaluations of different relevance, k or questions do not compare and are refused. The same rule applies before anything
is asked (`GateBasis.planned`) and between two finished folders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.compared_run import ComparedRun, open_run, refuse_unfinished, words_digest
from qa_service.evaluation.compare.comparison import compare_runs
from qa_service.evaluation.compare.measure_differences import ALPHA, MeasureDifference, is_descriptive
from qa_service.evaluation.compare.summary_gate import Check, GateResult
from qa_service.evaluation.sets import QuestionSet
from qa_service.evaluation.sets.gold_kinds import cap_for, has_gold

__all__ = ["GateBasis", "no_worse_than", "refuse_unlike"]


@dataclass(frozen=True, slots=True)
class GateBasis:
    """What two evaluations must have in common. `words`: id -> digest of the words of each question that has gold or is
    marked as answerable or unanswerable."""

    name: str
    relevance: str | None
    overlap: float | None
    top_k: int | None
    cap: int | None
    words: Mapping[str, bytes]

    @classmethod
    def planned(
        cls, questions: QuestionSet, relevance: str, overlap: float, top_k: int, max_per_article: int | None = None
    ) -> Self:
        """The basis of an evaluation before it runs; the arguments are those of `evaluate`."""
        counted = (one for one in questions if one.answerable is not None or has_gold(one, relevance))
        words = {one.id: words_digest(one.question) for one in counted}
        return cls(str(questions.path), relevance, overlap, top_k, cap_for(relevance, max_per_article), words)

    @classmethod
    def of(cls, run: ComparedRun) -> Self:
        return cls(str(run.path), run.relevance, run.overlap, run.top_k, run.manifest.get("max_per_article"), run.words)


def refuse_unlike(before: Path, now: GateBasis) -> None:
    """
    Raises:
        InvalidInput: `before` is not a finished evaluation of the same questions by the same relevance and k.
    """
    refuse_unfinished(before)
    old = GateBasis.of(open_run(before))
    rest: list[tuple[str, str, object, object]] = [
        ("relevance", "--relevance", old.relevance, now.relevance),
        ("k", "--top-k", old.top_k, now.top_k),
    ]
    if now.relevance == "evidence":
        rest.append(("overlap with a gold span", "--overlap", old.overlap, now.overlap))
    if now.relevance == "article":  # the cap changes the judged list
        rest.append(("number of passages of one article", "--max-per-article", old.cap or 0, now.cap or 0))
    for what, option, one, other in rest:
        if one != other:
            raise _unlike(old, now, f"another {what} ({one} and {other}); evaluate with {option} {one}")
    common = old.words.keys() & now.words.keys()
    if not common:
        raise _unlike(old, now, "no question with gold in common")
    reworded = sum(old.words[one] != now.words[one] for one in common)
    if 2 * reworded > len(common):
        raise _unlike(old, now, f"other words in {reworded} of the {len(common)} questions that have the same id")
    if lost := [one for one in old.words if one not in now.words]:
        gone = f"{len(lost)} of {len(old.words)} are gone, such as {lost[0]!r}"
        raise _unlike(old, now, f"not the same questions: {gone}")


def no_worse_than(baseline: Path, current: Path, alpha: float = ALPHA, seed: int = 0) -> GateResult:
    """A check for each measure and decision: it fails if `current` is significantly lower than `baseline`.

    The tests are paired randomisation tests with Holm's correction over all rows with a difference.

    Raises:
        InvalidInput: a folder is unfinished, or the two do not compare (`refuse_unlike`).
    """
    refuse_unfinished(current)
    refuse_unlike(baseline, GateBasis.of(open_run(current)))
    compared = compare_runs([baseline, current], seed=seed)
    rows = [row for row in compared.differences if not is_descriptive(row.measure)]
    if not rows:
        raise InvalidInput(f"{baseline} and {current} share no measure of which more is better.", param="no-worse-than")
    # If nothing differs, no test could have failed, and the notes say nothing.
    notes = compared.notes if any(row.p_holm is not None for row in rows) else ()
    return GateResult(tuple(_no_worse(row, alpha) for row in rows), (*compared.warnings, *notes))


def _no_worse(row: MeasureDifference, alpha: float) -> Check:
    paired, condition = row.paired, f"{row.measure} no worse than before"
    if row.p_holm is None:
        return Check(condition, True, f"{row.measure} is the same in all {paired.n} questions")
    worse = paired.difference < 0 and row.p_holm < alpha
    return Check(
        condition,
        not worse,
        f"{row.measure} {paired.difference:+.4f} [{paired.low:+.4f}, {paired.high:+.4f}], "
        f"p {row.p_holm:.4f} after Holm's correction: {'significantly worse' if worse else 'not significantly worse'}",
    )


def _unlike(old: GateBasis, now: GateBasis, what: str) -> InvalidInput:
    return InvalidInput(f"{now.name} cannot be held against {old.name}: {what}.", param="no-worse-than")
