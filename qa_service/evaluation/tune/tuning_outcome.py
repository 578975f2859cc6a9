"""What a search found, as `tuning.json` has it, and what makes its figures doubtful."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from qa_service.evaluation.tune.candidates import THRESHOLD, Space
from qa_service.evaluation.tune.cross_validation import CrossValidation
from qa_service.evaluation.tune.folds import LEAST, Folds
from qa_service.evaluation.tune.trials import Candidate

__all__ = ["told_of", "warnings_of"]

FEW, FEW_IN_A_FOLD, FEW_UNANSWERABLE = 50, 10, 10


def told_of(
    candidates: Sequence[Candidate], chosen: CrossValidation, folds: Folds, means: Sequence[float], space: Space
) -> dict[str, Any]:
    """The part of `tuning.json` that is about the search, ready for JSON."""
    won = Counter(fold.chosen for fold in chosen.folds)
    names = [name for name in space.as_dict() if name != THRESHOLD]
    return {
        "trials": [
            {"origin": c.origin, "settings": dict(c.changes), "mean": mean, "won": won[number]}
            for number, (c, mean) in enumerate(zip(candidates, means, strict=True))
        ],
        "questions_with_gold": sum(fold.test for fold in chosen.folds),
        "groups": {"count": folds.groups, "largest": folds.largest, "folds_by": folds.by},
        "folds": [asdict(fold) for fold in chosen.folds],
        "chosen": {
            name: {
                str(value): number
                for value, number in sorted(Counter(candidates[f.chosen].changes[name] for f in chosen.folds).items())
            }
            for name in names
        },
        "train_mean": chosen.train_mean,
        "held_out_mean": chosen.held_out_mean,
        "default_mean": chosen.default_mean,
        "against_default": asdict(chosen.against_default),
        "winner": {"trial": chosen.winner, "mean": chosen.winner_mean, "better": chosen.better},
    }


def warnings_of(chosen: CrossValidation, folds: Folds, wanted: int, threshold: Mapping[str, Any]) -> Iterator[str]:
    """A sentence each."""
    questions, smallest = sum(fold.test for fold in chosen.folds), min(fold.test for fold in chosen.folds)
    if folds.count < wanted:
        yield (
            f"{folds.count} folds instead of {wanted}: with more, one would have less than {LEAST} questions with "
            "gold, those that share articles being kept together."
        )
    if questions < FEW:
        yield (
            f"Only {questions} questions with gold: one of them more or less decides, and figures so small mean "
            f"little. From some {FEW} on they begin to."
        )
    if smallest < FEW_IN_A_FOLD:
        yield f"The smallest fold has {smallest} questions with gold: figures of single folds mean little."
    if 0 < threshold["unanswerable"] < FEW_UNANSWERABLE and threshold["held_out_f1"] is not None:
        yield f"The threshold was judged by only {threshold['unanswerable']} questions that nothing answers."
