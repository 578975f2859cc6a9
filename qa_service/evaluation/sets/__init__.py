"""Question sets: reads files of several formats into `EvaluationQuestion`s and checks them completely first."""

from __future__ import annotations

from qa_service.evaluation.sets.question_set import QuestionSet
from qa_service.evaluation.sets.set_formats import FORMATS, open_questions

__all__ = ["FORMATS", "QuestionSet", "open_questions"]
