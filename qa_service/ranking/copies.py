"""Decides whether a passage is a copy of another, such as a wire report that many outlets print.

A sentence is shared if the other text has it word for word, or with light edits. If a number, a name, a negation or a
direction differs, it is not shared: an update is no copy. Chunking does not matter.

This is exact, while MinHash (Broder, "On the resemblance and containment of documents", SEQUENCES 1997) estimates.
Comparing the few similar passages of a ranking takes less time than their signatures would, and resemblance cannot
distinguish `12 killed` from `14 killed`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from qa_service.text.basic.wording import FACT, PLAIN, Wording, without_dateline

__all__ = ["is_copy"]

LEAST_WORDS = 12
"""Fewest words of a copy. Unrelated texts share shorter passages."""
LEAST_SHARED = 0.5
"""Share of a passage's words that the other passage must have; its article must have nearly all the others."""
MOST_OF_ITS_OWN = 0.15
"""Share of a passage's words that the other article lacks, such as a credit or an outlet's additional line."""


def is_copy(
    body: Sequence[str],
    headings: Sequence[str],
    passage: Wording,
    article: Callable[[], Wording],
    best: Callable[[], int],
) -> bool:
    """Whether a passage with these sentences and headings says nothing that `passage` and its article do not say.

    Args:
        headings: they can differ, except in numbers and negations.
        passage: a passage of another article, ranked above it.
        article: gives the whole text of that article; called only if needed.
        best: gives the sentence of `body` that answers best. `passage` must have it word for word.
    """
    worded = [_worded(sentence) for sentence in body]
    total = sum(map(len, worded))
    if total < LEAST_WORDS:
        return False
    verbatim = [sentence in passage for sentence in worded]
    if not any(verbatim):  # then the best sentence is not shared either; most pairs end here
        return False
    shared = sum(len(sentence) for sentence, held in zip(worded, verbatim, strict=True) if held)
    own = 0
    for sentence, held in zip(worded, verbatim, strict=True):
        if held or sentence in article():
            continue
        differing = passage.differences(sentence)
        if differing is not None:
            shared += len(sentence)
        elif (differing := article().differences(sentence)) is None:
            own += len(sentence)
            if FACT in sentence.kinds:
                return False
        if any(kind != PLAIN for kind in differing or ()):
            return False
    if shared < LEAST_SHARED * total or own > MOST_OF_ITS_OWN * total or not verbatim[best()]:
        return False
    titles = (heading for heading in map(Wording, headings) if FACT in heading.kinds)
    return all(heading in passage or heading in article() for heading in titles)


@lru_cache(maxsize=1 << 10)
def _worded(sentence: str) -> Wording:
    return Wording(without_dateline(sentence))
