"""Which settings are tried: all where there are few; else a seeded random sample (Bergstra & Bengio, "Random Search for
Hyper-Parameter Optimization", JMLR 2012), then the neighbours of the best.

Neighbours are taken of what is best on each fold's training part, and a fold may choose only among what was tried
without a look at its own questions. So the held-out figures stay what they are called.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from qa_service.evaluation.tune.candidates import Changes, Space

__all__ = ["first_candidates", "key_of", "refined"]

REFINED_SHARE = 0.4
"""Of the candidates, where not all combinations are tried."""


def key_of(changes: Changes) -> tuple[tuple[str, object], ...]:
    """Equal for equal settings."""
    return tuple(sorted(changes.items()))


def first_candidates(space: Space, default: Changes, trials: int, seed: int) -> tuple[list[Changes], int]:
    """Without the default, which is always tried; and how many further ones may follow.

    Args:
        default: a value for each of the space's cheap settings.
        trials: how many, the default counted.
    """
    if space.size <= trials:
        numbers: Sequence[int] = range(space.size)
        left = 0
    else:
        left = int((trials - 1) * REFINED_SHARE)
        numbers = sorted(random.Random(seed).sample(range(space.size), trials - 1 - left))
    own = key_of(default)
    return [changes for number in numbers if key_of(changes := space.combination(number)) != own], left


def refined(
    space: Space, bests: Sequence[Changes], tried: Sequence[Changes], most: int, seed: int
) -> list[tuple[Changes, set[int]]]:
    """At most `most` neighbours of the bests that were not tried yet, and which of the bests each is a neighbour of.

    The bests take turns, so that each gets its share; the order of one's neighbours is drawn with the seed.
    """
    rng = random.Random(seed)
    before = {key_of(changes) for changes in tried}
    waiting = []
    for best in bests:
        own = [changes for changes in space.neighbours(best) if key_of(changes) not in before]
        rng.shuffle(own)
        waiting.append(own)
    found: dict[tuple[tuple[str, object], ...], tuple[Changes, set[int]]] = {}
    for turn in range(max(map(len, waiting), default=0)):
        for number, own in enumerate(waiting):
            if turn < len(own) and (key_of(own[turn]) in found or len(found) < most):
                found.setdefault(key_of(own[turn]), (own[turn], set()))[1].add(number)
    return list(found.values())
