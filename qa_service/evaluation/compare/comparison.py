"""Compares runs over the same questions: means, differences with their significance, and flips.

The first run is the baseline. Each other run is compared with it by each measure, and all tests are corrected together
(`measure_differences`). Runs that were made differently are compared with a warning. Runs of different relevance are
refused unless the user allows it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.common_judging import judged_alike
from qa_service.evaluation.compare.comparability import comparability_warnings
from qa_service.evaluation.compare.compared_run import ComparedRun, open_run
from qa_service.evaluation.compare.decisions import DECISIONS
from qa_service.evaluation.compare.flips import find_flips
from qa_service.evaluation.compare.measure_differences import ALPHA, MeasureDifference, differences_between, notes_about
from qa_service.evaluation.compare.overlap import shared_tops
from qa_service.evaluation.compare.significance import PERMUTATIONS
from qa_service.evaluation.grade.bootstrap import RESAMPLES, bootstrap_intervals
from qa_service.evaluation.grade.measures import measures_for
from qa_service.evaluation.grade.summary import rounded
from qa_service.evaluation.run.manifest_changes import settings_changed

__all__ = ["Comparison", "compare_runs"]

LABELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHOWN_IDS = 20


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of a comparison.

    `runs` by label, the baseline first. `means` by label and measure: mean, low, high and n. `overlap` by label
    (`shared_tops`). `relevance` is None if a file judged the runs, or if their relevance differs.
    """

    runs: Mapping[str, ComparedRun]
    names: Mapping[str, str]
    relevance: str | None
    k: int
    qrels: Path | None
    ids: tuple[str, ...]
    left_out: tuple[str, ...]
    seed: int
    warnings: tuple[str, ...]
    measures: tuple[str, ...]
    means: Mapping[str, Mapping[str, Mapping[str, float]]]
    differences: tuple[MeasureDifference, ...]
    notes: tuple[str, ...]
    """Limits of the tests."""
    overlap: Mapping[str, float]
    flips: tuple[Mapping[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """The comparison, ready for JSON, floats rounded to six decimals. `questions` counts the compared questions,
        and `unanswerable` those marked as such."""
        baseline = next(iter(self.runs.values()))
        return rounded(  # type: ignore[no-any-return]
            {
                "format": 1,
                "runs": [self._described(label, run) for label, run in self.runs.items()],
                "baseline": next(iter(self.runs)),
                "relevance": self.relevance,
                "k": self.k,
                "qrels": None if self.qrels is None else str(self.qrels),
                "questions": len(self.ids),
                "unanswerable": sum("declined" in baseline.figures[identity] for identity in self.ids),
                "left_out": len(self.left_out),
                "left_out_ids": self.left_out[:SHOWN_IDS],
                "seed": self.seed,
                "alpha": ALPHA,
                "resamples": RESAMPLES,
                "permutations": PERMUTATIONS,
                "warnings": self.warnings,
                "notes": self.notes,
                "measures": self.measures,
                "means": self.means,
                "differences": [difference.as_dict() for difference in self.differences],
                "overlap": self.overlap,
                "flips": self.flips,
                "flips_left_out": 0,
            }
        )

    def _described(self, label: str, run: ComparedRun) -> dict[str, Any]:
        names = ("type", "questions", "collection", "fingerprint", "relevance", "top_k", "overrides")
        known = {name: getattr(run, name) for name in names}
        first = next(iter(self.runs.values()))
        changed = settings_changed(first.manifest, run.manifest) if first.manifest and run.manifest else []
        return {"label": label, "name": self.names[label], "path": str(run.path)} | known | {"changes": changed}


def compare_runs(
    paths: Sequence[Path],
    *,
    qrels: Path | None = None,
    measures: Sequence[str] | None = None,
    seed: int = 0,
    any_relevance: bool = False,
) -> Comparison:
    """Compare output folders of `evaluate` and TREC run files; the first is the baseline.

    The gold of the first folder judges a run file. With `qrels` that file judges all runs; a folder then uses its
    run.trec.

    Args:
        measures: by default all measures that the runs share.
        any_relevance: compare folders of different relevance too.

    Raises:
        InvalidInput: a path or line is wrong, a folder is unfinished, relevance differs, a run file has no gold to be
            judged by, a measure is unknown, or the runs share no question.
    """
    if not 2 <= len(paths) <= len(LABELS):
        raise InvalidInput(f"A comparison takes 2 to {len(LABELS)} runs, not {len(paths)}.", param="runs")
    runs, relevance, k = judged_alike([open_run(Path(path)) for path in paths], qrels, any_relevance=any_relevance)
    labelled = dict(zip(LABELS, runs, strict=False))
    baseline, *others = labelled.values()
    ids = tuple(identity for identity in baseline.figures if all(_has(run, identity, baseline) for run in others))
    if not ids:
        raise InvalidInput("The runs have no question with gold in common, so nothing can be compared.", param="runs")
    ranked = tuple(identity for identity in ids if all(identity in run.ranks for run in runs))
    common = set(ids)
    left_out = tuple(dict.fromkeys(i for run in runs for i in run.figures if i not in common))
    names = _chosen(_shared(baseline, others, ids, relevance, k), measures)
    differences = differences_between(labelled, ids, names, seed)
    return Comparison(
        runs=labelled,
        names=_names(labelled),
        relevance=relevance,
        k=k,
        qrels=qrels,
        ids=ids,
        left_out=left_out,
        seed=seed,
        warnings=tuple(comparability_warnings(labelled, ids, ranked, left_out, judged_by_file=qrels is not None)),
        measures=names,
        means={label: _means(run, ids, names, seed) for label, run in labelled.items()},
        differences=differences,
        notes=tuple(notes_about(differences)),
        overlap=shared_tops(labelled, ranked, k),
        flips=tuple(find_flips(labelled, ids, k)),
    )


def _shared(
    baseline: ComparedRun, others: Sequence[ComparedRun], ids: Sequence[str], relevance: str | None, k: int
) -> tuple[str, ...]:
    """The measures that the baseline and at least one other run have, the most informative first."""
    there = {name for identity in ids for name in baseline.figures[identity]}
    there &= {name for run in others for identity in ids for name in run.figures.get(identity, {})}
    usual = [name for name in (*measures_for(relevance or "article", k), *DECISIONS) if name in there]
    return (*usual, *sorted(there.difference(usual)))


def _has(run: ComparedRun, identity: str, baseline: ComparedRun) -> bool:
    """Whether the run has the question. A run file has no decisions, so it also counts for questions without gold."""
    return identity in run.figures or (run.type == "run" and identity not in baseline.ranks)


def _chosen(there: tuple[str, ...], wanted: Sequence[str] | None) -> tuple[str, ...]:
    for name in wanted or ():
        if name not in there:
            raise InvalidInput(f"The runs share no measure {name!r}; they have {', '.join(there)}.", param="measure")
    if not there:
        message = "The runs share no measure; evaluate them with the same --top-k and relevance."
        raise InvalidInput(message, param="measure")
    return tuple(dict.fromkeys(wanted)) if wanted else there


def _means(run: ComparedRun, ids: Sequence[str], names: Sequence[str], seed: int) -> dict[str, dict[str, float]]:
    figures = [run.figures.get(identity, {}) for identity in ids]
    columns = {name: [each[name] for each in figures if name in each] for name in names}
    found = bootstrap_intervals({name: values for name, values in columns.items() if values}, seed)
    return {
        name: {"mean": mean, "low": low, "high": high, "n": len(columns[name])}
        for name, (mean, low, high) in found.items()
    }


def _names(runs: Mapping[str, ComparedRun]) -> dict[str, str]:
    """The name of each run: that of its folder or file, or the whole path if two names are equal."""
    short = {label: run.path.resolve().name for label, run in runs.items()}
    called = list(short.values())
    return {label: name if called.count(name) == 1 else str(runs[label].path) for label, name in short.items()}
