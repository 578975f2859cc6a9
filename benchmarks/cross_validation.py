"""Weights of the ranking by leaving one set out: `python -m benchmarks.cross_validation FOLDER --index DIR [--write]`.

Every combination of the weights below is measured on every set, nDCG@10, and on the seed questions in nine cuttings of
their articles, right passage first. For each set the combination is chosen that is best on the mean of the others, and
is measured on the one that was left out: what tuning gives on a collection that it has not seen. The first combination
is the one that is served.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from statistics import fmean

from benchmarks.retrieval_measure import code_sha256, note
from benchmarks.retrieval_sets import choose
from benchmarks.retrieval_tables import publish
from benchmarks.seed_cuts import CUTTINGS, by_question
from benchmarks.seed_cuts import measure as measure_cutting
from benchmarks.variant_ranking import Change
from benchmarks.variants import PAGE, SETS
from benchmarks.variants import measure as measure_set
from qa_service.errors import QAServiceError
from qa_service.evaluation.grade.bootstrap import bootstrap_interval
from qa_service.settings import Settings, load_settings
from tests.seed_set import load

__all__ = ["BEGIN", "END", "GRID", "SEED_CUTTINGS", "leave_one_out", "main", "table"]

BEGIN = "<!-- Written by `python -m benchmarks.cross_validation FOLDER --write`; figures come from nowhere else. -->"
END = "<!-- Until here: cross-validation. -->"
WEIGHTS = ("late_interaction_weight", "sentence_share", "dense_weight")
VALUES = ((0.85, 0.75, 0.8, 0.9), (1.0, 0.75, 0.5), (0.5, 0.4, 0.6))
SEEDS = "seeds, nine cuttings"
SEED_CUTTINGS = tuple(cutting for cutting in CUTTINGS if cutting[0] in (256, 244, 232))


def _combination(values: Sequence[float]) -> Change:
    return Change(" / ".join(f"{value:g}" for value in values), dict(zip(WEIGHTS, values, strict=True)))


GRID = tuple(map(_combination, product(*VALUES)))
"""The first is what is served."""

Scores = Mapping[str, Mapping[str, Sequence[float]]]
"""Of each set and combination, one of each question."""


def leave_one_out(scores: Scores) -> dict[str, str]:
    """For each set, the combination with the highest mean over the means of the others; of equal ones the first."""
    means = {of: {name: fmean(values) for name, values in found.items()} for of, found in scores.items()}
    chosen = {}
    for left_out in scores:
        others = [means[of] for of in scores if of != left_out]
        chosen[left_out] = max(others[0], key=lambda name: fmean(found[name] for found in others))
    return chosen


def table(scores: Scores, code: str) -> str:
    served = next(iter(next(iter(scores.values()))))
    chosen = leave_one_out(scores)
    lines = [
        "| left out (questions) | chosen on the others | as served | as chosen | difference | best for it alone |",
        "|---|---|---|---|---|---|",
    ]
    for of, found in scores.items():
        before, after = found[served], found[chosen[of]]
        mean, low, high = bootstrap_interval([b - a for a, b in zip(before, after, strict=True)])
        best = max(found, key=lambda name: fmean(found[name]))
        difference = f"{mean:+.4f} ({low:+.4f} to {high:+.4f})"
        lines.append(
            f"| {of} ({len(before)}) | {chosen[of]} | {fmean(before):.4f} | {fmean(after):.4f} | {difference} | "
            f"{best}: {fmean(found[best]):.4f} |"
        )
    overall = {name: fmean(fmean(found[name]) for found in scores.values()) for name in next(iter(scores.values()))}
    first = sorted(overall, key=lambda name: -overall[name])[:3]
    rank = 1 + sum(value > overall[served] for value in overall.values())
    return (
        "\n".join(
            [
                *lines,
                "",
                f"Means over all sets: {', '.join(f'{name} {overall[name]:.4f}' for name in first)}; as served "
                f"({served}) {overall[served]:.4f}, number {rank} of {len(overall)}.",
                "",
                f"Code (SHA-256): `{code[:12]}`.",
            ]
        )
        + "\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.cross_validation", description="Weights of the ranking, one set left out at a time."
    )
    parser.add_argument("folder", type=Path, help="the folder that holds the sets")
    parser.add_argument("--sets", nargs="+", default=SETS, metavar="NAME", help=f"default: {' '.join(SETS)}")
    parser.add_argument("--index", type=Path, help="where collections are kept, and found again by the next run")
    parser.add_argument(
        "--questions", type=int, default=300, metavar="N", help="of a larger set a seeded sample; 0: all"
    )
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    given = parser.parse_args(arguments)
    code, scores = code_sha256(), {}
    try:
        chosen = choose(given.folder, given.sets)
        with tempfile.TemporaryDirectory(prefix="qa-cross-") as spare:
            for one in chosen:
                settings = load_settings(
                    {"index": (given.index or Path(spare)) / one.chunking, "chunking": one.chunking}
                )
                scores[f"`{one.name}`"] = measure_set(one, given.folder, settings, given.questions, GRID).changed
    except ValueError as error:
        parser.error(str(error))
    except QAServiceError as error:
        note(f"error: {error}")
        return 1
    scores[SEEDS] = _seeds()
    publish(table(scores, code), PAGE if given.write else None, BEGIN, END)
    return 0


def _seeds() -> dict[str, list[float]]:
    questions = [one for one in load() if one.answerable]
    cuttings = []
    for pieces, overlap in SEED_CUTTINGS:
        cuttings.append(measure_cutting(questions, pieces, overlap, GRID))
        note(f"seeds, {pieces} word pieces, overlap {overlap}: asked")
    return {change.name: by_question([cutting.changed[change.name] for cutting in cuttings]) for change in GRID}


def served(settings: Settings) -> str:
    """The name of the combination that the settings have."""
    return _combination([getattr(settings, name) for name in WEIGHTS]).name


if __name__ == "__main__":
    sys.exit(main())
