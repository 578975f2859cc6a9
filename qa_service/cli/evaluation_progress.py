"""How far an evaluation is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_service.cli.progress import Shown, Step

if TYPE_CHECKING:
    from qa_service.evaluation.run.evaluation_run import EvaluationProgress as Asked

__all__ = ["EvaluationProgress", "describe"]


class EvaluationProgress(Shown["Asked"]):
    """Call it with what `evaluate` tells."""

    def step(self, told: Asked) -> Step:
        return Step("evaluate", "question", told.done, told.total, describe(told), resumed=told.resumed)


def describe(progress: Asked) -> str:
    """`320 of 600 questions, 45.2 questions/s, about 6 s left`."""
    asked = progress.done - progress.resumed
    line = f"{progress.done} of {progress.total} questions"
    if asked and progress.seconds > 0:
        left = progress.seconds / asked * (progress.total - progress.done)
        line += f", {asked / progress.seconds:.1f} questions/s, about {left:.0f} s left"
    return line
