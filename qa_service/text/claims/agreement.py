"""Whether sentences of a passage agree with a clause, apart from numbers and names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from qa_service.text.basic.words import normalise_word, word_spans
from qa_service.text.claims.clauses import Clause, clauses_of, word_class
from qa_service.text.lexicon import words
from qa_service.text.lexicon.claim_words import CONTRASTS, EXCLUSIVE, HEDGES, NEGATIVE, NEGATORS, SAYS

__all__ = ["agreeing_stems", "claimed_stems"]

_SAID = frozenset(map(word_class, SAYS)) | {word_class("accord")}
_EXCLUSIVE = frozenset(f"={name}" for name in EXCLUSIVE)
_LACKING = re.compile(r"\b(?:lack(?:s|ed|ing)?|absence) of\b|\black(?:s|ed|ing)\b", re.IGNORECASE)
_CONTRACTED = re.compile(r"n['’]t\b", re.IGNORECASE)
_PASSIVE = re.compile(r"\b(?:was|were|been|being|be|is|are|got)\s+(?:\w+\s+){0,2}$|\bby\b", re.IGNORECASE)
_ATTRIBUTED = SAYS | words("according called calls says warned warns suggested argued argues")
_NEGATED = words("hardly barely scarcely refrain refrains refrained false untrue lie hoax")
_NEGATIONS = NEGATORS | NEGATIVE | _NEGATED
_ALMOST = 0.8
_LEAST_PREFIX, _LEAST_SHARE = 5, 0.7


def claimed_stems(stems: frozenset[str]) -> frozenset[str]:
    """`stems` without verbs of saying."""
    return frozenset(stem for stem in stems if stem not in _SAID)


def agreeing_stems(text: str, clause: Clause, own: frozenset[str], sentences: Sequence[str]) -> frozenset[str] | None:
    """The stems of `own` that the sentences have too; None if they disagree with the clause.

    `own` are stems of `clause`, which is a clause of `text`. Sentences disagree if they tell of another event, deny the
    clause, only expect or doubt it, or exchange subject and object.
    """
    theirs = [(one, sentence[one.start : one.end]) for sentence in sentences for one in clauses_of(sentence)]
    stems = frozenset().union(*(_every_stem(sentence) for sentence in sentences))
    shared = frozenset(stem for stem in own if _has(stems, stem))
    if (own & _EXCLUSIVE) - stems or not theirs:
        return None
    said = text[clause.start : clause.end]
    if _opposed(said, " ".join(sentences)):
        return None
    nearest = max(theirs, key=lambda one: (sum(_has(one[0].stems, stem) for stem in own), -one[0].start))
    other, other_text = nearest
    nearest_sentence = max(sentences, key=lambda one: sum(_has(_every_stem(one), stem) for stem in own))
    if (_denials(said) and not _denials(nearest_sentence)) or any(_turned(text, one) for one in sentences):
        return None
    verbs = frozenset().union(*(one.verbal_negations for one, _ in theirs))
    ours, others = _negations(clause, said, verbs), _negations(other, other_text, clause.verbal_negations)
    if ours % 2 != others % 2:
        return None
    needed = [one for one, _ in theirs if one is other or _adds(one, other, own)]
    if _overstates(text, clause, needed):
        return None
    if any(_swapped(said, sentence, verb) for sentence in sentences for verb in sorted(own) if verb[0] == "="):
        return None
    return shared


@lru_cache(maxsize=1 << 12)
def _stems_in_order(text: str) -> tuple[tuple[int, str], ...]:
    return tuple((start, word_class(normalise_word(text[start:end]))) for start, end in word_spans(text))


def _every_stem(sentence: str) -> frozenset[str]:
    return frozenset(stem for _, stem in _stems_in_order(sentence))


def _has(stems: frozenset[str], stem: str) -> bool:
    return stem in stems or any(_akin(stem, other) for other in stems)


@lru_cache(maxsize=1 << 16)
def _akin(a: str, b: str) -> bool:
    """Whether two stems share a long prefix, as `presence` and `present`."""
    if a[:1] == "=" or b[:1] == "=" or a[:_LEAST_PREFIX] != b[:_LEAST_PREFIX]:
        return False
    size = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return size >= _LEAST_PREFIX and size >= _LEAST_SHARE * max(len(a), len(b))


def _opposed(ours: str, theirs: str) -> bool:
    """Whether `ours` has a word such as `southern` and `theirs` only an opposite, such as `northern`."""
    low, others = _low(ours), _low(theirs)
    return any(word in CONTRASTS and word not in others and CONTRASTS[word] & others - low for word in low)


def _low(text: str) -> frozenset[str]:
    return frozenset(text[start:end].lower() for start, end in word_spans(text))


def _negations(clause: Clause, said: str, told: frozenset[str]) -> int:
    """Number of negations, without the negative verbs `told` that the other side has too."""
    return clause.negations - len(clause.verbal_negations & told) + len(_LACKING.findall(said))


def _denials(said: str) -> int:
    """Number of negative words, attributions included."""
    negative = sum(said[start:end].lower() in _NEGATIONS for start, end in word_spans(said))
    return negative + len(_LACKING.findall(said)) + len(_CONTRACTED.findall(said))


def _turned(ours: str, theirs: str) -> bool:
    """Whether two sentences have nearly the same words, but only one is negated."""
    one, other = (frozenset(stem for stem in _every_stem(said) if len(stem) > 3) for said in (ours, theirs))
    alike = len(one & other) >= _ALMOST * max(len(one), len(other))
    return alike and _denials(ours) % 2 != _denials(theirs) % 2


def _adds(one: Clause, nearest: Clause, own: frozenset[str]) -> bool:
    return any(_has(one.stems, stem) and not _has(nearest.stems, stem) for stem in own)


def _overstates(text: str, clause: Clause, others: Sequence[Clause]) -> bool:
    """Whether the passage only expects, doubts or claims what the clause states as a fact."""
    hedged = any(other.hedges for other in others)
    return hedged and not clause.hedges and _low(text).isdisjoint(_ATTRIBUTED | HEDGES.keys())


def _swapped(ours: str, theirs: str, verb: str) -> bool:
    """Whether subject and object of the verb have changed places."""
    one, other = _around(ours, verb), _around(theirs, verb)
    if one is None or other is None or one[2] != other[2]:
        return False
    return not one[0] & other[0] and bool(one[0] & other[1]) and bool(one[1] & other[0])


def _around(text: str, verb: str) -> tuple[frozenset[str], frozenset[str], bool] | None:
    """Stems before and after the verb, and whether it is passive; None without the verb."""
    stems = _stems_in_order(text)
    at = next((i for i, (_, stem) in enumerate(stems) if stem == verb), None)
    if at is None:
        return None
    place = stems[at][0]
    before, after = (frozenset(s for _, s in part if len(s) > 3) for part in (stems[:at], stems[at + 1 :]))
    passive = _PASSIVE.search(text[max(0, place - 30) : place]) or re.match(r"\w+\s+by\b", text[place:])
    return before, after, passive is not None
