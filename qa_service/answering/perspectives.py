"""Perspectives: the strongest evidence sentence of each outlet."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.records import Evidence, Perspective, RankedPassage, outlet_key

__all__ = ["find_perspectives", "outlet_of"]


def find_perspectives(passages: Sequence[RankedPassage]) -> tuple[Perspective, ...]:
    """The strongest evidence of each outlet, in the order of the outlets' first passages.

    Empty if fewer than two outlets have evidence. Of equally strong sentences, the first in the order of the passages
    counts.
    """
    first: dict[tuple[str, int, int], RankedPassage] = {}
    strongest: dict[tuple[str, str], tuple[RankedPassage, Evidence]] = {}
    for passage in passages:
        for evidence in passage.evidence:
            # Passages overlap. As in the answer, a sentence is cited from the best passage that has it.
            holder = first.setdefault((passage.citation.article_id, evidence.start, evidence.end), passage)
            known = strongest.get(outlet_of(passage))
            if known is None or evidence.score > known[1].score:
                strongest[outlet_of(passage)] = holder, evidence
    if len(strongest) < 2:
        return ()
    return tuple(
        Perspective(ranked.citation.meta.outlet, ranked.citation.article_id, ranked.citation.number, evidence)
        for ranked, evidence in strongest.values()
    )


def outlet_of(passage: RankedPassage) -> tuple[str, str]:
    """A key of the passage's outlet, whatever its case; of the article where it names no outlet."""
    outlet = passage.citation.meta.outlet
    return ("outlet", outlet_key(outlet)) if outlet else ("article", passage.citation.article_id)
