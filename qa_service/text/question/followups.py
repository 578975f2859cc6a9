"""Completes a follow-up question from the earlier turns, so that it can be searched alone.

The rules favour precision: a complete question stays unchanged. They complete first an ellipsis ("And in 2025?",
"What about Niger?", "Why?"), then pronouns ("When did he die?", "Who said that?"). Antecedents are names in the
completed previous question and in its answer, chosen by their prepositions and order. This is the salience of Lappin &
Leass, "An Algorithm for Pronominal Anaphora Resolution", Computational Linguistics 20(4), 1994, without its parser. If
no rule finds an antecedent, the whole previous question is appended: extra words harm retrieval less than missing ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import regex

from qa_service.records import LONGEST_QUESTION, Turn
from qa_service.text.basic.language import likeliest_language
from qa_service.text.lexicon import followup_words as lexicon
from qa_service.text.question.abbreviations import abbreviation_alone, asked_abbreviation, small_abbreviation
from qa_service.text.question.antecedents import find_antecedent, name_spans
from qa_service.text.question.dates import find_dates

__all__ = ["completed"]

LONGEST_THAT_LEANS = 400
"""Maximum characters of a follow-up. A longer question counts as complete."""
FRAGMENT_WORDS = 6
MOST_PRONOUNS = 4
"""Maximum pronouns to resolve in a question."""
_WORD = regex.compile(r"[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N}'’.-]*(?<![.-])")
_END = " \t\n?!.…"
_YEAR = regex.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_PREPOSITION = regex.compile(r"(?:in|on|at|for|by|from|to|near|with|of|during|since|until|after|before)\s+", regex.I)
_DATE_BEGINS = regex.compile(
    r"\b(?:in|on|since|from|during|after|before|until|by|for)(?:\s+the\s+(?:start|beginning|middle|end)\s+of)?$",
    regex.I,
)
_NEVER_SHORT = lexicon.SENTENCE_WORDS | lexicon.NOT_NAMES | lexicon.PRONOUNS | lexicon.ANAPHORS | lexicon.DEMONSTRATIVES
_SOURCE = regex.compile(r"\baccording\s+to\s+", regex.I)
_JOINS_NAMES = regex.compile(r",?\s+(?:and|or)\s+(?:the\s+)?|,\s+", regex.I)
_ADDED = regex.compile(r"\s*\([^()]*\)\?$")
_LATEST = date(2200, 1, 1)


def completed(question: str, turns: Sequence[Turn]) -> str:
    """The question, completed from `turns` (oldest first). Unchanged if it is complete, or if it would be too long."""
    before, answer = "", None
    for turn in turns:
        before, answer = _goes_on(_complete(turn.question, before, answer), before), turn.answer
    return _complete(question, before, answer)


def _goes_on(asked: str, before: str) -> str:
    """The text that completes the next turn: without a quoted answer and without an appended question."""
    return before if before and "“" in asked else _ADDED.sub("?", asked)


def _complete(question: str, before: str, answer: str | None) -> str:
    """The completed question. The length limit applies at each turn: else questions of pronouns grow without bound."""
    if not before or len(question) > LONGEST_THAT_LEANS:
        return question
    found = _found(question.strip(), before[-LONGEST_QUESTION:], answer)
    return found if len(found) <= LONGEST_QUESTION else question


def _found(text: str, before: str, answer: str | None) -> str:
    if lexicon.THANKS.fullmatch(text.strip(_END)):
        return text
    lead = lexicon.LEAD_IN.match(text)
    rest = text[lead.end() :].strip() if lead else text
    bare = rest.strip(_END)
    if not bare or lexicon.BARE.fullmatch(bare) or lexicon.MORE.fullmatch(bare):
        return _asked_again(bare, before)
    leads = bool(lead and lead.end())
    if taking_its_place := _with_abbreviation(bare, before, leads=leads) or _with_source(bare, before):
        return taking_its_place
    words = _words(bare)
    english = _is_english(text, words) or (lexicon.ENGLISH_LEAD_IN.match(text) and _is_english(before, _words(before)))
    if not english:
        return _other_language(text, words, before)
    about = bool(lead and lead["about"])
    if about or (len(words) <= FRAGMENT_WORDS and not lexicon.SENTENCE_WORDS & set(words)):
        if not (lexicon.ANAPHORS | lexicon.DEMONSTRATIVES) & set(words):
            return _with_fragment(bare, before, leads=leads)
        found = _with_pronouns(bare, before, answer)
        return found if found.endswith(")?") else f"{found} ({before.rstrip(_END)})?"
    return _with_pronouns(rest, before, answer)


def _asked_again(bare: str, before: str) -> str:
    """`Why?` after `When did Wagner leave Mali?`: replaces the question word if a verb follows it."""
    words = [w.group() for w in _WORD.finditer(before)]
    if bare and not lexicon.MORE.fullmatch(bare) and "else" not in bare.casefold():
        first = words[0].casefold() if words else ""
        if first in lexicon.VERBAL:
            return f"{bare} {before[0].lower()}{before[1:]}"
        if len(words) > 2 and first in {"when", "where", "why", "how"} and words[1].casefold() in lexicon.VERBAL:
            return f"{bare} {before.split(None, 1)[1]}"
    return f"{bare}: {before}" if bare else before


def _with_abbreviation(fragment: str, before: str, *, leads: bool) -> str | None:
    """The previous question about an abbreviation, with the one that the fragment names; None if it names none."""
    asked, short = asked_abbreviation(before) or small_abbreviation(before), abbreviation_alone(fragment)
    if asked and leads and not short and not _date_spans(fragment):
        own = regex.sub(r"^the\s+", "", fragment, flags=regex.I)
        if regex.fullmatch(r"\p{L}[\p{L}\p{N}-]{1,9}", own) and own.casefold() not in _NEVER_SHORT:
            short = own
    return f"{before[: asked[0]]}{short}{before[asked[1] :]}" if asked and short else None


def _with_source(fragment: str, before: str) -> str | None:
    """The previous question with its source replaced: `according to SouthFront`. None if there is none."""
    new, old = _SOURCE.match(fragment), _SOURCE.search(before)
    names = name_spans(fragment, first=True)
    if not (new and old and _only(fragment[new.end() :], [(a - new.end(), b - new.end()) for a, b in names])):
        return None
    end = old.end()
    for a, b in name_spans(before):
        between = before[end:a].casefold()
        if a >= end and ((end == old.end() and between in {"", "the "}) or _JOINS_NAMES.fullmatch(between)):
            end = b
    return before[: old.end()] + fragment[new.end() :] + before[end:] if end > old.end() else None


def _with_fragment(fragment: str, before: str, *, leads: bool) -> str:
    """The previous question with its date or name replaced by the fragment: `in 2025`, `Niger`."""
    if _only(fragment, _date_spans(fragment)):
        old = _date_spans(before)
        if old:
            taken, rest = before[: old[0][0]].rstrip(), before[old[0][1] :].strip()
            cut = _DATE_BEGINS.search(taken)
            head = taken[: cut.start()].rstrip() if cut and _PREPOSITION.match(fragment) else taken
            return f"{head} {fragment}{'' if rest[:1] in _END else ' '}{rest}".strip()
        return f"{before.rstrip(_END)} {fragment}?"
    names, own = name_spans(before), name_spans(fragment, first=True)
    if _only(fragment, own):
        if len(names) == 1:
            (start, end), (a, b) = names[0], (own[0][0], own[-1][1])
            return before[:start] + fragment[a:b] + before[end:]
        if preposition := _PREPOSITION.match(fragment):
            ending = f" {preposition.group().strip().casefold()}"
            same = [n for n in names if before[: n[0]].rstrip().casefold().endswith(ending)]
            if len(same) == 1:
                return before[: same[0][0]] + fragment[preposition.end() :] + before[same[0][1] :]
        return f"{before.rstrip(_END)}, {fragment}?"
    if leads:
        return f"{before.rstrip(_END)}, {fragment}?"
    return fragment  # a keyword query is complete


def _only(fragment: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether the fragment holds only these spans and words before names, such as `in the`."""
    left, at = "", 0
    for start, end in spans:
        left, at = left + fragment[at:start], end
    return bool(spans) and lexicon.BEFORE_NAMES.issuperset(_words(left + fragment[at:]))


def _date_spans(text: str) -> list[tuple[int, int]]:
    return [(d.start, d.end) for d in find_dates(text, _LATEST)] or [m.span() for m in _YEAR.finditer(text)]


def _with_pronouns(text: str, before: str, answer: str | None) -> str:
    skipped = [m.span() for m in lexicon.EXPLETIVE.finditer(text)]
    out, at, added = "", 0, False
    unresolved = False
    words = list(_WORD.finditer(text))
    left = MOST_PRONOUNS
    for i, word in enumerate(words):
        own = word.group().casefold().replace("’", "'")
        following = words[i + 1].group().casefold() if i + 1 < len(words) else ""
        acronym = len(own) > 1 and word.group().isupper() and not text.isupper()
        if acronym or any(a <= word.start() < b for a, b in skipped):
            continue
        leading = words[i - 1].group().casefold() if i else ""
        before_noun = following and following not in lexicon.VERBAL | lexicon.NOT_NAMES
        if own in lexicon.DEMONSTRATIVES and leading in lexicon.VERBAL | lexicon.NOT_NAMES and before_noun:
            unresolved = True  # "that abbreviation": the previous question says which
            continue
        if not _is_anaphor(own, following, i) or not left:
            continue
        left -= 1
        if _names_itself(text, word.start(), own, following):
            continue
        found = find_antecedent(own, text, before, answer)
        if found is None:
            unresolved = True
            continue
        if own == "there":
            found = found if leading in lexicon.PLACE_BEFORE else f"in {found}"
        if own in lexicon.DEMONSTRATIVES:
            added = True
            unresolved = unresolved or found == before
            if found != before:
                out, at = out + text[at : word.start()] + f"“{found}”", word.end()
            continue
        possessive = own in lexicon.POSSESSIVES and following and following not in lexicon.NOT_NAMES
        out, at = out + text[at : word.start()] + found + ("'s" if possessive else ""), word.end()
        added = True
    if not added and not unresolved:
        return text
    result = out + text[at:]
    return f"{result.rstrip(_END)} ({before.rstrip(_END)})?" if unresolved else result


def _is_anaphor(word: str, following: str, position: int) -> bool:
    if word in lexicon.ANAPHORS:
        return True
    if word in lexicon.DEMONSTRATIVES:
        # in "said that Mali …" the word is a conjunction
        return not following or following in lexicon.VERBAL or (position > 0 and following in lexicon.NOT_NAMES)
    return word == "there" and position > 0


def _names_itself(text: str, at: int, word: str, following: str) -> bool:
    """Whether the question itself contains the antecedent.

    It does if a name precedes a possessive or a subject ("Wagner say it helped"), not an object ("Mali break off
    relations with it").
    """
    before = [text[:start].split() for start, _ in name_spans(text[:at])]
    only_places = all(b and b[-1].casefold() in lexicon.PLACE_BEFORE for b in before)
    if only_places or word == "there" or word in lexicon.DEMONSTRATIVES:
        return False
    follows = following in lexicon.VERBAL or (following != "" and following not in lexicon.NOT_NAMES)
    return follows or word in lexicon.POSSESSIVES


def _words(text: str) -> list[str]:
    return [word.group().casefold() for word in _WORD.finditer(text)]


def _is_english(text: str, words: Sequence[str]) -> bool:
    likeliest = likeliest_language(text, ("en", *lexicon.OTHER_PRONOUNS))
    return likeliest == "en" or (text.isascii() and not lexicon.SENTENCE_WORDS.isdisjoint(words))


def _other_language(text: str, words: Sequence[str], before: str) -> str:
    """For other languages: a short question, or one with a pronoun, is appended to the previous question."""
    pronouns = lexicon.OTHER_PRONOUNS.get(likeliest_language(text, tuple(lexicon.OTHER_PRONOUNS)) or "", frozenset())
    short = len(words) <= 3
    leads = lexicon.OTHER_LEAD_IN.match(text) is not None and len(words) <= FRAGMENT_WORDS
    leans = bool(pronouns & set(words)) and not name_spans(text)
    return f"{before} {text}" if short or leads or leans else text
