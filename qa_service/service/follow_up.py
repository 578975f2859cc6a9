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
"""A question whose own words have at least this confidence alone is not searched again."""
MARGIN = 0.05
"""The words of the question before must raise the confidence by more than this."""
PRONOUN_MARGIN = 0.1
"""The same, where rules have replaced pronouns already."""


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
    answers = first.answers(variants, compare)
    resolved = forms.completed != forms.own
    unsure = [i for i, answer in enumerate(answers) if resolved or answer.confidence < SURE]
    if forms.with_topic is None or not unsure:
        return answers
    own = opened(searched=forms.own) if resolved else first
    second = opened(searched=forms.with_topic)
    least = PRONOUN_MARGIN if resolved else MARGIN

    def is_better(settings: Settings) -> bool:
        return own.confidence_over(second, settings) > own.confidence_over(first, settings) + least

    better = [i for i in unsure if is_better(variants[i])]
    for i, answer in zip(better, second.answers([variants[i] for i in better], compare), strict=True):
        answers[i] = answer
    return answers
