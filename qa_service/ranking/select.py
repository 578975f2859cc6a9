"""From a ranking to the passages returned: greedy, down the list, so scores never rise and a smaller k is a prefix."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt

from qa_service.storage.snapshot import Snapshot

__all__ = ["select"]


def select(
    snapshot: Snapshot,
    rows: npt.NDArray[np.int64],
    *,
    top_k: int,
    max_per_article: int | None = None,
    max_per_outlet: int | None = None,
    max_context_tokens: int | None = None,
) -> list[int]:
    """Positions in `rows` of the passages that the caps leave. An article without an outlet is an outlet of its own;
    a passage that does not fit into the tokens left is passed over for the next that does."""
    if max_per_article is None and max_per_outlet is None and max_context_tokens is None:
        return list(range(min(top_k, len(rows))))
    articles = snapshot.column("article", rows).tolist()
    outlets = snapshot.column("outlet", rows).tolist()
    sizes = snapshot.column("token_count", rows).tolist()
    taken: list[int] = []
    per_article: Counter[int] = Counter()
    per_outlet: Counter[tuple[str, int]] = Counter()
    tokens = 0
    for position, (article, outlet, size) in enumerate(zip(articles, outlets, sizes, strict=True)):
        if len(taken) == top_k:
            break
        owner = ("outlet", outlet) if outlet else ("article", article)
        if max_per_article is not None and per_article[article] >= max_per_article:
            continue
        if max_per_outlet is not None and per_outlet[owner] >= max_per_outlet:
            continue
        if max_context_tokens is not None and tokens + size > max_context_tokens:
            continue
        taken.append(position)
        per_article[article] += 1
        per_outlet[owner] += 1
        tokens += size
    return taken
