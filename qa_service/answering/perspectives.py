"""Perspectives: what each outlet says about the parts of the question that the answer answers."""

from __future__ import annotations

from collections.abc import Sequence

from qa_service.records import AnswerText, Evidence, Perspective, RankedPassage, outlet_key

__all__ = ["find_perspectives", "outlet_of"]


def find_perspectives(passages: Sequence[RankedPassage], answer: AnswerText | None) -> tuple[Perspective, ...]:
    """One evidence sentence of each outlet, in the order of the outlets' first passages.

    A sentence that the answer quotes goes before the outlet's other sentences. Then the stronger sentence counts, and
    of equally strong sentences the first. Left out are articles without an outlet, and sentences that answer another
    part of the question than the answer. Empty if fewer than two outlets remain.
    """
    notes = answer.annotations if answer else ()
    quotations = {(note.citation, answer.text[note.start : note.end]) for note in notes if answer}
    first: dict[tuple[str, int, int], RankedPassage] = {}
    found: list[tuple[bool, str, RankedPassage, Evidence]] = []
    for passage in passages:
        for evidence in passage.evidence:
            # Passages overlap. As in the answer, a sentence is cited from the best passage that has it.
            holder = first.setdefault((passage.citation.article_id, evidence.start, evidence.end), passage)
            quoted = (holder.citation.number, evidence.text) in quotations
            found.append((quoted, passage.citation.meta.outlet or "", holder, evidence))
    parts = {evidence.part for quoted, _, _, evidence in found if quoted}
    chosen: dict[str, tuple[bool, str, RankedPassage, Evidence]] = {}
    for one in found:
        quoted, outlet, _, evidence = one
        known = chosen.get(outlet_key(outlet)) if outlet else None
        better = known is None or (quoted, evidence.score) > (known[0], known[3].score)
        if outlet and evidence.part in parts and better:
            chosen[outlet_key(outlet)] = one
    if len(chosen) < 2:
        return ()
    return tuple(
        Perspective(outlet, holder.citation.article_id, holder.citation.number, evidence)
        for _, outlet, holder, evidence in chosen.values()
    )


def outlet_of(passage: RankedPassage) -> tuple[str, str]:
    """A key of the passage's outlet, whatever its case; of the article where it names no outlet."""
    outlet = passage.citation.meta.outlet
    return ("outlet", outlet_key(outlet)) if outlet else ("article", passage.citation.article_id)
