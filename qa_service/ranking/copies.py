"""Whether one passage is a copy of another, as wire reports are that many outlets print.

A sentence is shared that stands in the other text word for word, however either was cut into passages, and one that
was edited lightly, unless what differs is a number, a name, a negation or a direction: an update is no copy.

Exact where MinHash (Broder, "On the resemblance and containment of documents", SEQUENCES 1997) estimates. The few
passages of a ranking that are near each other are compared in less time than their signatures would take, and
resemblance cannot tell `12 killed` from `14 killed`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from qa_service.text.basic.wording import FACT, PLAIN, Wording, without_dateline

__all__ = ["is_copy"]

LEAST_WORDS = 12
"""Of a passage: what fewer say stands in many texts that have nothing to do with each other."""
LEAST_SHARED = 0.5
"""Of a passage's words, what the other passage must say too; the other's article must say nearly all the rest."""
MOST_OF_ITS_OWN = 0.15
"""Of a passage's words, what nothing in the other's article says: a credit, a line of the outlet's own."""


def is_copy(
    body: Sequence[str],
    headings: Sequence[str],
    passage: Wording,
    article: Callable[[], Wording],
    best: Callable[[], int],
) -> bool:
    """Whether a passage of these sentences and headings says nothing that `passage` and its article do not.

    Args:
        headings: these may differ, but for numbers and negations.
        passage: of another article, ranked above it.
        article: that article whole; asked for only where needed.
        best: which sentence of `body` answers best. `passage` must have it word for word.
    """
    worded = [_worded(sentence) for sentence in body]
    total = sum(map(len, worded))
    if total < LEAST_WORDS:
        return False
    verbatim = [sentence in passage for sentence in worded]
    if not any(verbatim):  # nor is then the best of them, and most pairs end here
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
