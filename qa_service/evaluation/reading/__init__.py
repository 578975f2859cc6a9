"""Question sets: files of several formats to `EvaluationQuestion`s, checked whole before the first one is asked."""

from __future__ import annotations

from qa_service.evaluation.reading.jsonl import write_questions
from qa_service.evaluation.reading.open import FORMATS, open_questions
from qa_service.evaluation.reading.question_set import QuestionSet

__all__ = ["FORMATS", "QuestionSet", "open_questions", "write_questions"]
