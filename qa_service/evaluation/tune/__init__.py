"""Settings searched for a question set, and whether what is found is better than chance: `tune`."""

from __future__ import annotations

from qa_service.evaluation.tune.tuning_run import TuneProgress, tune

__all__ = ["TuneProgress", "tune"]
