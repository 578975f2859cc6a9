"""Question sets: files of several formats to `EvaluationQuestion`s, checked whole before the first one is asked."""

from __future__ import annotations

from qa_service.evaluation.sets.json_lines import write_questions
from qa_service.evaluation.sets.question_set import QuestionSet
from qa_service.evaluation.sets.set_formats import FORMATS, open_questions

__all__ = ["FORMATS", "QuestionSet", "open_questions", "write_questions"]
