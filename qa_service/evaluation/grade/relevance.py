"""Defines what is relevant, for the four kinds of gold.

- `article`: every passage of a gold article.
- `passage`: the gold passages.
- `evidence`: every passage of the collection that covers at least a share (`overlap`) of one gold span.
- `answer`: every passage that contains a gold answer string (`normalise`). The number of such passages in the
  collection is unknown, so only measures that do not need it are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from qa_service.evaluation.sets.evaluation_question import Span
from qa_service.records import Passage

__all__ = ["covers", "relevant_passages"]

ROUNDING = 1e-9


def relevant_passages(
    spans: Iterable[Span], passages_of: Callable[[str], Sequence[Passage]], overlap: float = 1.0
) -> dict[str, int]:
    """The qrels by evidence: grade 1 for every passage of the collection that covers enough of a gold span.

    Args:
        passages_of: returns all passages of an article.
    """
    by_article: dict[str, list[Span]] = {}
    for span in spans:
        by_article.setdefault(span.article_id, []).append(span)
    return {
        passage.passage_id: 1
        for article_id, gold in sorted(by_article.items())
        for passage in passages_of(article_id)
        if any(covers(passage.start, passage.end, span, overlap) for span in gold)
    }


def covers(start: int, end: int, span: Span, overlap: float = 1.0) -> bool:
    """Whether code points `start` to `end` of the span's article cover at least the share `overlap` of the span."""
    common = min(end, span.end) - max(start, span.start)
    return common > 0 and common >= overlap * (span.end - span.start) - ROUNDING
