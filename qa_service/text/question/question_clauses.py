"""Splits an English question into clauses that each ask a question.

When was Wagner founded and who leads the Africa Corps?     two
Who is the man who was born in Ohio and who built it?       one: "and who" is a relative clause
"""

from __future__ import annotations

import regex

from qa_service.text.lexicon.followup_words import QUESTION_WORDS
from qa_service.text.lexicon.stop_words import ENGLISH_STOP_WORDS

__all__ = ["content_words", "question_clauses"]

FEWEST_WORDS = 3
"""Minimum words of a clause: "and what year?" is too short."""

_BE = r"(?:is|are|was|were)(?:n['’]t)?"
_DO = r"(?:do|does|did)(?:n['’]t)?"
_AUXILIARY = rf"(?:{_BE}|{_DO}|has|have|had|can|could|will|would|shall|should|may|might|must)"
_BEFORE = r"(?:in|on|at|by|from|to|for|of|with|during|under|since|until|after|before|into|through)"
_PRONOUN = r"(?:i|you|he|she|it|we|they|this|that|these|those)"
_MANNER = r"how\s+(?:many|much|long|often|old|far|fast|large|big|high|tall|deep|well|likely|soon|early|late)\b"
_MANNERS = regex.compile(_MANNER, regex.IGNORECASE)
_ASKING = regex.compile(
    rf"""(?:{_BEFORE}\s+)?(?:
        (?P<word>who|whom)\s+(?!{_PRONOUN}\b)\p{{L}}
      | (?P<word>what|which)(?:['’]s)?\s+(?!{_PRONOUN}\b|of\b)\p{{L}}
      | (?:when|where|why|how)(?:['’]s\b|\s+{_AUXILIARY}\b)
      | {_MANNER}
    )""",
    regex.VERBOSE | regex.IGNORECASE,
)
_INVERTED = regex.compile(
    rf"{_AUXILIARY}\s+(?:(?:the|an?|{_PRONOUN}|there)\s|(?-i:['‘\"“]?\p{{Lu}}))", regex.IGNORECASE
)
"""A yes-no question after another one."""
_DO_INVERTED = regex.compile(rf"{_DO}\s+(?:(?:the|{_PRONOUN}|there)\s|(?-i:['‘\"“]?\p{{Lu}}))", regex.IGNORECASE)
"""A yes-no question after any question: "and did the …" always begins one, "and was the …" may not."""
_JOINT = regex.compile(r"(?:[,;]\s*|\s+)(?:and|but)(?:\s+also)?,?\s+|\s*;\s*|,\s+", regex.IGNORECASE)
_SENTENCE_END = regex.compile(r"\?+[\"'”’)]*\s+(?:(?:and|but|also),?\s+)?(?=[\p{L}\"'“‘(])", regex.IGNORECASE)
_QUESTION_WORD = regex.compile(rf"\b(?:{'|'.join(sorted(QUESTION_WORDS))})\b", regex.IGNORECASE)
_RELATIVE = regex.compile(r"\b(?:who|which|whose|whom|that)\b", regex.IGNORECASE)
_WORD = regex.compile(r"[\p{L}\p{N}]+(?:[’'][\p{L}]+)?")

Span = tuple[int, int]


def question_clauses(question: str) -> list[Span]:
    """Start and end of each clause, in order. One span for a question with one clause."""
    ends = list(_SENTENCE_END.finditer(question))
    begins = [len(question) - len(question.lstrip()), *(match.end() for match in ends)]
    sentences = list(zip(begins, [*(match.start() + 1 for match in ends), len(question)], strict=True))
    if not all(_asks(question[start:end]) for start, end in sentences):
        return [(0, len(question))]
    return [span for start, end in sentences for span in _joined(question, start, end)]


def _joined(question: str, start: int, end: int) -> list[Span]:
    """Spans of the clauses in a sentence."""
    joints = []
    begin = start
    for match in _JOINT.finditer(question, start, end):
        listed = not match[0].strip(" ,")
        if _begins_anew(question[begin : match.start()], question[match.end() : end], listed):
            joints.append(match)
            begin = match.end()
    if joints and not joints[-1][0].strip(" ,"):
        return [(start, end)]  # a list of clauses needs an "and"
    return list(zip([start, *(m.end() for m in joints)], [*(m.start() for m in joints), end], strict=True))


def _begins_anew(before: str, rest: str, listed: bool) -> bool:
    """Whether `rest` is a separate question after `before`. `listed` means that only a comma separates them."""
    if not (_asks(before) and _says_enough(rest)):
        return False
    if asking := _ASKING.match(rest):
        word = (asking["word"] or "").casefold()
        opening = _ASKING.match(before)
        first = (opening["word"] or "").casefold() if opening else ""
        relative = _RELATIVE.search(before, opening.end("word") if opening and first else 0)
        return not word or not (relative or (listed and word == first))
    return not listed and bool(_DO_INVERTED.match(rest) or (_INVERTED.match(before) and _INVERTED.match(rest)))


def _asks(text: str) -> bool:
    return bool(_QUESTION_WORD.search(text) or _INVERTED.match(text)) and _says_enough(text)


def _says_enough(clause: str) -> bool:
    return len(_WORD.findall(clause)) >= FEWEST_WORDS and content_words(clause) > 0


def content_words(clause: str) -> int:
    """Number of words without stop words, numbers and phrases such as "how many"."""
    words = (word.casefold() for word in _WORD.findall(_MANNERS.sub("", clause)))
    return sum(word not in ENGLISH_STOP_WORDS and not word.isdecimal() for word in words)
