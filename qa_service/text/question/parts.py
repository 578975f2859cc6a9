"""Splits an English question into parts: its clauses, or the names that it compares.

The rules favour precision, since a wrong split changes the meaning and few questions have parts. Questions in other
languages stay whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from qa_service.records import QuestionPart
from qa_service.text.question.question_clauses import content_words, question_clauses

__all__ = ["MOST_PARTS", "names_it", "question_parts", "unanswered_lines"]

MOST_PARTS = 3
"""Maximum parts, since each costs a search. Further clauses stay with the last part."""

_MAYBE = regex.compile(r"\band\b|\bbut\b|[;?]\s*\S|\b(?:compare|contrast)\b", regex.IGNORECASE)
_BACK = regex.compile(
    r"\b(?:he|she|it|they|him|them|his|her|hers|its|their|theirs|these|those|this|same)\b", regex.IGNORECASE
)
"""Pronouns, which another clause may explain."""
_NAME = regex.compile(
    r"(?<=[\p{L}\p{N},’']\s|[“‘\"'])\p{Lu}[\p{L}\p{M}\p{N}.-]*(?:\s+(?:of\s+(?:the\s+)?)?\p{Lu}[\p{L}\p{M}\p{N}.-]*)*"
)
"""A capitalised name, but not the first word of a clause."""
_MARK_BEFORE_NAMES = regex.compile(r"[?.!…]+(?=\s\([^()]*\)$)")
_ARTICLE = regex.compile(r"^the\s+", regex.IGNORECASE)

_COMPARED_NAME = r"(?-i:\p{Lu}[\p{L}\p{M}\p{N}.’'-]*)"
_NAMED = rf"(?:the\s+)?{_COMPARED_NAME}(?:\s+(?:(?:of|for)\s+(?:the\s+)?)?{_COMPARED_NAME})*"
_LIST = rf"(?P<name>{_NAMED})(?:,\s+(?P<name>{_NAMED})){{0,3}},?\s+and\s+(?P<name>{_NAMED})"
# A phrase with lower-case words, as "the Russian foreign ministry", between auxiliary and verb
_PHRASE = rf"(?:the\s+)?(?:\p{{Ll}}+\s+)?{_COMPARED_NAME}(?:\s+[\p{{L}}\p{{M}}\p{{N}}.’'-]+?){{0,4}}?"
_DO = r"(?:do|does|did|have|has|are|is|were|was)"
_PHRASES = rf"(?P<name>{_PHRASE})(?:,\s+(?P<name>{_PHRASE}))?,?\s+and\s+(?P<name>{_PHRASE})"
_CUES = [
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        rf"\b(?:differ\w*|compar\w*|contrast\w*|distinction\w*|similarit\w*|common)\b(?:\s+\p{{Ll}}+){{0,3}}?\s+between\s+"
        rf"{_LIST}",
        rf"\b(?:compare|contrast)\s+(?P<name>{_NAMED})\s+(?:with|to|and|against)\s+(?P<name>{_NAMED})",
        rf"\b(?:{_DO}|how)\s+{_LIST}\s+(?:differ|compare|each)\b",
        rf"\bhow\s+(?:are|were)\s+{_LIST}\s+different\b",
        rf"\b{_DO}\s+{_PHRASES}\s+(?:each\s+)?(?:say|claim)\b",
    )
]


def unanswered_lines(parts: Sequence[QuestionPart]) -> list[str]:
    """Lines that follow an answer: one for each part without a shown answer, and one for parts not searched."""
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
    """Whether the text contains the name, with or without its article."""
    bare = regex.escape(_ARTICLE.sub("", name))
    return regex.search(rf"(?<![\p{{L}}\p{{N}}]){bare}(?![\p{{L}}\p{{N}}])", text, regex.IGNORECASE) is not None


def question_parts(question: str) -> tuple[QuestionPart, ...]:
    """The parts of a question, in order: at least two, or none for a simple question or another language."""
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
    """Whether a clause depends on an earlier one: a pronoun without a name before it, or hardly any content words."""
    back, name = _BACK.search(clause), _NAME.search(clause)
    if back is None:
        return name is None and content_words(clause) < 2
    return name is None or back.start() < name.start()


def _names(question: str) -> tuple[QuestionPart, ...]:
    found = _compared_names(question)
    if found is None:
        return ()
    (start, end), names = found
    if len(names) > MOST_PARTS:
        return ()
    return tuple(
        QuestionPart(s, e, f"{question[:start]}{question[s:e]}{question[end:]}", name=question[s:e]) for s, e in names
    )


def _compared_names(question: str) -> tuple[tuple[int, int], list[tuple[int, int]]] | None:
    """Span of the list of compared names, and the span of each name. None if the question compares none.

    Names that merely stand together are not compared, nor are names after "both".
    """
    for cue in _CUES:
        if match := cue.search(question):
            names = sorted(match.spans("name"))
            if len({question[start:end].casefold() for start, end in names}) == len(names):
                return (names[0][0], names[-1][1]), names
    return None
