"""Answers a question after others: alone, or with the words of the question before, whichever finds better passages.

Both rankings are judged by the question's own words. So the words that are added cannot raise the confidence in the
passages that they find.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from qa_service.records import Answer, Question
from qa_service.service.open_question import OpenQuestion
from qa_service.settings import Settings
from qa_service.text.question.followups import follow_up

__all__ = ["answers_in_turn"]

SURE = 0.5
"""A question that finds passages with this confidence alone is not searched again."""
MARGIN = 0.05
"""The words of the question before must raise the confidence by more than this,"""
LEAST = 0.3
"""and to at least this."""
RESOLVED_MARGIN = 0.1
"""The margin for a question whose pronouns are replaced."""
LEANING_MARGIN = -0.2
"""The margin for a question that says little by itself: its words match many passages."""


def answers_in_turn(
    question: Question, opened: Callable[..., OpenQuestion], variants: Sequence[Settings], compare: bool
) -> list[Answer]:
    """The answers of the question under each of the settings. `opened` opens the form of it that is `searched`.

    Raises:
        PassageGone: a passage of the snapshot was deleted meanwhile; ask again with the next one.
    """
    if not (question.history and question.interpret):
        return opened().answers(variants, compare)
    forms = follow_up(question.question, question.history)
    first = opened(searched=forms.completed)
    if forms.with_topic is None:
        return first.answers(variants, compare)
    resolved = forms.completed != forms.own
    own = opened(searched=forms.own) if resolved else first
    alone = [own.confidence_over(first, settings) for settings in variants]
    if not (resolved or forms.leans) and min(alone) >= SURE:
        return first.answers(variants, compare)
    second = opened(searched=forms.with_topic)

    def answer(settings: Settings, confidence: float) -> Answer:
        if resolved or forms.leans:
            needed = confidence + (RESOLVED_MARGIN if resolved else LEANING_MARGIN)
        else:
            needed = max(LEAST, confidence + MARGIN) if confidence < SURE else 1.0
        better = own.confidence_over(second, settings) > needed
        return (second if better else first).answers([settings], compare)[0]

    return [answer(*each) for each in zip(variants, alone, strict=True)]
