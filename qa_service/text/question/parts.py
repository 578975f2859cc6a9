"""What a question asks for separately, each as a question of its own.

Precision first: a question that is taken for two loses its sense, and of those that people ask few are two. The words
looked for are English, so that questions in other languages stay whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from qa_service.records import QuestionPart
from qa_service.text.question.compared_names import compared_names
from qa_service.text.question.question_clauses import content_words, question_clauses

__all__ = ["MOST_PARTS", "names_it", "question_parts", "unanswered_lines"]

MOST_PARTS = 3
"""Each is searched by itself, so there must be an end: what follows stays with the last."""

_MAYBE = regex.compile(r"\band\b|\bbut\b|[;?]\s*\S|\b(?:compare|contrast)\b", regex.IGNORECASE)
_BACK = regex.compile(
    r"\b(?:he|she|it|they|him|them|his|her|hers|its|their|theirs|these|those|this|same)\b", regex.IGNORECASE
)
"""Says what another clause names."""
_NAME = regex.compile(
    r"(?<=[\p{L}\p{N},’']\s|[“‘\"'])\p{Lu}[\p{L}\p{M}\p{N}.-]*(?:\s+(?:of\s+(?:the\s+)?)?\p{Lu}[\p{L}\p{M}\p{N}.-]*)*"
)
"""The first word of a clause has its capital for another reason."""
_MARK_BEFORE_NAMES = regex.compile(r"[?.!…]+(?=\s\([^()]*\)$)")
_ARTICLE = regex.compile(r"^the\s+", regex.IGNORECASE)


def unanswered_lines(parts: Sequence[QuestionPart]) -> list[str]:
    """What an answer says of each part that it does not answer or was not searched by itself, one line each; they stand
    behind all else."""
    lines = [_unanswered_line(part) for part in parts if not part.shown]
    return lines + [f"Not searched by itself: {_asked(part.rest)}" for part in parts if part.rest]


def _asked(text: str) -> str:
    return _MARK_BEFORE_NAMES.sub("", " ".join(text.split())).rstrip(" ?.!…") + "?"


def _unanswered_line(part: QuestionPart) -> str:
    asked = _asked(part.text)
    if part.answerable:
        return f"Not among the passages shown: {part.name or asked}"
    return f"No passage answers this for {part.name}." if part.name else f"No passage answers: {asked}"


def names_it(text: str, name: str) -> bool:
    """Whether the text speaks of the name, with its article or without."""
    bare = regex.escape(_ARTICLE.sub("", name))
    return regex.search(rf"(?<![\p{{L}}\p{{N}}]){bare}(?![\p{{L}}\p{{N}}])", text, regex.IGNORECASE) is not None


def question_parts(question: str) -> tuple[QuestionPart, ...]:
    """At least two in the question's order; none where it asks for one thing or in another language."""
    if not _MAYBE.search(question):
        return ()
    return _clauses(question) or _names(question)


def _clauses(question: str) -> tuple[QuestionPart, ...]:
    spans = question_clauses(question)
    if len(spans) < 2:
        return ()
    last = spans[MOST_PARTS - 1 :]
    spans = [*spans[: MOST_PARTS - 1], (last[0][0], last[-1][1])] if last else spans
    parts: list[QuestionPart] = []
    known: list[str] = []
    for start, end in spans:
        text = question[start:end].strip()
        if parts and _refers_back(text):
            if not known:
                return ()
            text = f"{text} ({', '.join(known)})"
        known = list(dict.fromkeys([*_NAME.findall(question[start:end]), *known]))
        parts.append(QuestionPart(start, end, text))
    if len(last) > 1:
        parts[-1] = replace(parts[-1], rest=question[last[1][0] : last[-1][1]].strip())
    return tuple(parts)


def _refers_back(clause: str) -> bool:
    """Whether it speaks of something by a pronoun that no name stands before, or says hardly anything."""
    back, name = _BACK.search(clause), _NAME.search(clause)
    if back is None:
        return name is None and content_words(clause) < 2
    return name is None or back.start() < name.start()


def _names(question: str) -> tuple[QuestionPart, ...]:
    found = compared_names(question)
    if found is None:
        return ()
    (start, end), names = found
    if len(names) > MOST_PARTS:
        return ()
    return tuple(
        QuestionPart(s, e, f"{question[:start]}{question[s:e]}{question[end:]}", name=question[s:e]) for s, e in names
    )
