"""Compares named settings with the service's own by cross-validation over a question set."""

from __future__ import annotations

from qa_service.evaluation.tune.tuning_run import TuneProgress, tune

__all__ = ["TuneProgress", "tune"]
