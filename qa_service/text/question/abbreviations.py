"""Finds abbreviations that a question asks about, and sentences that define them.

Letters match as in Schwartz & Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text"
(PSB 2003).
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from qa_service.records import Passage

__all__ = ["abbreviation_alone", "asked_abbreviation", "defines", "defining_sentence", "small_abbreviation"]

_SHORT = r"(?P<short>(?=[\p{L}\d&/.-]*\p{Lu}[\p{L}\d&/.-]*\p{Lu})[\p{L}\d][\p{L}\d&/.-]{0,8}[\p{L}\d])"
_QUOTE = r"[\"'‘’“”«»]?"
_NAME = r"\p{Lu}\p{Ll}+\p{Lu}\p{Ll}{2}"
"""A name with inner capitals, such as McConnell, which is no abbreviation."""
_TERM = rf"{_QUOTE}(?-i:(?!{_NAME}){_SHORT}){_QUOTE}"
_CALLED = r"(?:abbreviation|acronym|initials|letters)\s+"
_END = r"(?=\s*(?:[?!.,;:)…]|$)|\s+(?:and|or|but|exactly)\b)"
"""The question must end here: "What did the AfD stand for in 2017?" asks something else."""
_WITHIN = r"(?=\s+(?:in|within)\b)"
_WHAT = r"(?:^\s*|[\"'“‘«(,;:]\s*|\b(?:know|knows|me|explain|say|remember|wonder|wondering|and|or|but|so)\s+)what"
"""`what` must begin the question: "Who likes what the EU stands for?" asks for a person."""
_ASKS = [
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        rf"\bwhat,?\s+(?:exactly,?\s+)?(?:do|does|did)\s+(?:the\s+)?(?:{_CALLED})?{_TERM}"
        rf"\s+(?:stand\s+for|mean){_END}",
        rf"\bwhat\s+does\s+{_TERM}\s+(?:stand\s+for|mean){_WITHIN}",
        rf"\b(?:do|does|did)\s+(?:the\s+)?{_CALLED}{_QUOTE}(?-i:{_SHORT}){_QUOTE}\s+(?:stand\s+for|mean)\b",
        rf"(?<!\w)(?-i:(?!{_NAME}){_SHORT}){_QUOTE}\s+(?:stands?\s+for|means?)\s+what{_END}",
        rf"{_WHAT}\s+(?:the\s+)?(?:{_CALLED})?{_TERM}\s+stands?\s+for{_END}",
        rf"\b(?:meaning|full\s+name|full\s+form|long\s+form|(?:what\s+is|what['’]s)\s+the\s+expansion)\s+of\s+(?:the\s+)?(?:abbreviation\s+|acronym\s+)?"
        rf"{_TERM}(?=\s*[?!,;:)]|\.?\s*$|\s+(?:in|within|as|according)\b)",
        rf"\bis\s+(?:the\s+)?{_QUOTE}(?-i:{_SHORT}){_QUOTE}\s+(?:short\s+for|an?\s+(?:abbreviation|acronym)\s+(?:for|of))\b",
    )
]
_PRONOUN = r"(?:it|this|that|these|those|he|she|they|we|you|i)\b"
_SMALL = rf"(?!{_PRONOUN})(?P<short>(?=[a-z\d&/.-]*[a-z])[a-z\d][a-z\d&/.-]{{0,8}}[a-z\d])"
_ASKS_SMALL = [
    regex.compile(pattern, regex.IGNORECASE)
    for pattern in (
        rf"\bwhat\s+(?:does|did|do)\s+(?:the\s+)?(?:{_CALLED})?{_QUOTE}{_SMALL}{_QUOTE}"
        rf"\s+stand\s+for\b",
        rf"\bwhat(?:\s+is|['’]s|\s+was)\s+(?:the\s+)?{_QUOTE}{_SMALL}{_QUOTE}\s+short\s+for\b",
    )
]
"""Forms that only ask for a long form, so that the abbreviation needs no capitals."""
_ALONE = regex.compile(rf"(?:the\s+)?{_TERM}", regex.IGNORECASE)
_TOO = r"(?:(?:and|or|but|also|what\s+about|how\s+about)\b,?\s*)*"
_ANOTHER = regex.compile(
    rf"^{_TOO}{_ALONE.pattern}[?.!]*\s*\([^()]*$|(?:[?.!;,]|\b(?:and|or))\s*{_TOO}{_ALONE.pattern}[\s?.!]*$",
    regex.IGNORECASE,
)
"""A second abbreviation before or after the question, as in `And NATO?`."""
_INTRODUCED = r"(?:abbreviated(?:\s+(?:as|to))?|hereafter|also\s+known\s+as|known\s+as|or)"
_MEANING = r"(?:stands\s+for|stood\s+for|short\s+for|is\s+short\s+for|is\s+an?\s+(?:abbreviation|acronym)\s+(?:of|for))"
_LONGEST_DEFINITION = 12
"""Maximum words of a long form."""


def asked_abbreviation(question: str) -> tuple[int, int] | None:
    """Span of the abbreviation whose long form the question asks for: `JNIM` in "What does JNIM stand for?".

    None if the question asks for something else, or for two abbreviations.
    """
    for pattern in _ASKS:
        if match := pattern.search(question):
            start, end = match.span("short")
            around = [_ANOTHER.search(question[match.end() :]), _ANOTHER.match(question[:start])]
            return None if any(m and m["short"] != question[start:end] for m in around) else (start, end)
    return None


def small_abbreviation(question: str) -> tuple[int, int] | None:
    """Span of a possible abbreviation in small letters: `jnim` in "What does jnim stand for?". None if there is none.

    Only the collection tells whether it is an abbreviation.
    """
    matches = (pattern.search(question) for pattern in _ASKS_SMALL)
    match = next((m for m in matches if m), None)
    if match is None or asked_abbreviation(question) or _ANOTHER.search(question[match.end() :]):
        return None
    return match.span("short")


def abbreviation_alone(text: str) -> str | None:
    """The abbreviation if the text holds nothing else, as "the FLA", else None."""
    match = _ALONE.fullmatch(text)
    return match["short"] if match else None


def defines(sentence: str, short: str) -> bool:
    """Whether the sentence contains `long form (short)`, `short (long form)` or `short stands for long form`."""
    if short not in sentence:  # the patterns below need it; this is much faster
        return False
    escaped = regex.escape(short)
    introduced = rf"[(\[]\s*(?:{_INTRODUCED}\s+)?{_QUOTE}{escaped}{_QUOTE}\s*[)\],;]"
    for match in regex.finditer(introduced, sentence):
        words = sentence[max(0, match.start() - 300) : match.start()].split()[-_LONGEST_DEFINITION:]
        if _spells(short, words, named=True):
            return True
    for match in regex.finditer(rf"(?<!\w){escaped}{_QUOTE}\s*[(\[]([^()\[\]]{{1,200}})[)\]]", sentence):
        words = match[1].split()
        if len(words) > 1 and _spells(short, words[:_LONGEST_DEFINITION]):
            return True
    begins = rf"(?<!\w){escaped}{_QUOTE},?\s+{_MEANING}\s+(?:the\s+)?{_QUOTE}(?=(?i:{regex.escape(short[:1])}))"
    for match in regex.finditer(begins, sentence):
        words = sentence[match.end() : match.end() + 300].split()[:_LONGEST_DEFINITION]
        if any(_spells(short, words[:count]) for count in range(1, len(words) + 1)):
            return True
    return False


def defining_sentence(passage: Passage, short: str | None) -> int | None:
    """Index of the first sentence that defines the abbreviation, headings aside. None if there is none."""
    if short is None:
        return None
    texts = zip(passage.headings, passage.sentence_texts(), strict=True)
    return next((i for i, (heading, text) in enumerate(texts) if not heading and defines(text, short)), None)


def _spells(short: str, words: list[str], *, named: bool = False) -> bool:
    """Whether the last of `words` are the long form of `short`.

    They contain all its letters in order, the first at the start of a word, and do not contain `short`. Two letters
    occur nearly anywhere, as in "Aleppo, Syria (AP)" or "EU (excluding Hungary)". So both must start a word; or, if the
    abbreviation stands in brackets (`named`) as in "television (TV)", no comma may separate them.
    """
    letters = [c for c in short.casefold() if c.isalnum()]
    text = " ".join(words[-min(len(letters) + 5, 2 * len(letters)) :]).casefold()
    at = _begins_at(letters, text)
    if at is not None and len(letters) == 2 and (not named or "," in text[at:] or words[-1].isupper()):
        at = _begins_at(letters, text, each=True)
    return at is not None and not regex.search(rf"(?<!\w){regex.escape(short.casefold())}(?!\w)", text[at:])


def _begins_at(letters: Sequence[str], text: str, *, each: bool = False) -> int | None:
    """Offset of the last match of the letters in order, or None. The first letter, or each, starts a word."""
    at = len(text)
    for number, letter in enumerate(reversed(letters)):
        begins = each or number == len(letters) - 1
        at -= 1
        while at >= 0 and (text[at] != letter or (begins and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    return at
