"""The changes to the ranking that `benchmarks.variants` measures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from benchmarks.variant_ranking import Again, Change, Head, Matches, Parts

__all__ = ["CHANGES"]

Floats = npt.NDArray[np.float64]


def best_sentence(matches: Matches, weights: Floats) -> float:
    return float((weights @ matches.sentences).max())


def whole_passage(matches: Matches, weights: Floats) -> float:
    return float(weights @ matches.whole)


def window(width: int) -> Parts:
    """The best run of so many neighbouring sentences taken as one."""

    def parts(matches: Matches, weights: Floats) -> float:
        runs = max(1, matches.sentences.shape[1] - width + 1)
        return max(float(weights @ matches.sentences[:, at : at + width].max(axis=1)) for at in range(runs))

    return parts


def two_best(matches: Matches, weights: Floats) -> float:
    return float(np.sort(weights @ matches.sentences)[-2:].mean())


def carried(share: float) -> Parts:
    """What stands elsewhere in the passage counts for each of its sentences, so much less."""
    return lambda matches, weights: float(
        (weights @ np.maximum(matches.sentences, share * matches.sentences.max(axis=1, keepdims=True))).max()
    )


def pairs(matches: Matches, weights: Floats) -> float:
    """Late interaction of pairs of neighbouring tokens, each weighing what its two weigh; of the best sentence."""
    both = weights[:-1] + weights[1:]
    if not len(both):
        return best_sentence(matches, weights)
    return float((both / both.sum() @ matches.pairs).max())


def at_best(column: Callable[[Matches], Floats]) -> Parts:
    """What the best sentence has in that column."""
    return lambda matches, weights: float(column(matches)[int((weights @ matches.sentences).argmax())])


def powered(power: float) -> Parts:
    """With the tokens' weights raised to a power; the weights are roots of idf + 1."""

    def parts(matches: Matches, weights: Floats) -> float:
        raised = weights**power
        return best_sentence(matches, raised / raised.sum())

    return parts


def mixed(share: float, other: Parts) -> Parts:
    return lambda matches, weights: (1 - share) * best_sentence(matches, weights) + share * other(matches, weights)


def by_length(matches: Matches, weights: Floats) -> float:
    """The longer the question, the more of the whole passage: a quarter of it at 18 tokens, half in the end."""
    share = 0.5 / (1 + np.exp((18 - len(weights)) / 4))
    return float((1 - share) * best_sentence(matches, weights) + share * whole_passage(matches, weights))


def article(share: float, of: Callable[[Floats], float]) -> Again:
    """A share of what the article's other passages in the head score; where there is none, of the lowest score."""

    def again(head: Head) -> Floats:
        others = np.full(len(head.scores), head.scores.min())
        for at, own in enumerate(head.articles):
            beside = head.articles == own
            beside[at] = False
            if beside.any():
                others[at] = of(head.scores[beside])
        return (1 - share) * head.scores + share * others

    return again


def feedback(share: float, first: int) -> Again:
    """Plus a share of the cosine with the mean of the first passages' vectors (Rocchio, 1971), each weighing what its
    score is above the median."""

    def again(head: Head) -> Floats:
        above = np.maximum(head.scores[:first] - np.median(head.scores), 0)
        mean = above @ head.vectors[:first]
        return head.scores + share * (head.vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-9)))

    return again


def smoothed(share: float, nearest: int) -> Again:
    """A share of the scores of the nearest passages (score regularisation; Diaz, "Regularizing Query-Based Retrieval
    Scores", Information Retrieval, 2007), each weighing the square of its cosine."""

    def again(head: Head) -> Floats:
        cosines = head.vectors @ head.vectors.T
        np.fill_diagonal(cosines, -1)
        beside = np.argsort(-cosines, axis=1, kind="stable")[:, :nearest]
        near = np.maximum(np.take_along_axis(cosines, beside, axis=1), 0) ** 2
        means = (near * head.scores[beside]).sum(axis=1) / np.maximum(near.sum(axis=1), 1e-9)
        changed: Floats = (1 - share) * head.scores + share * means
        return changed

    return again


CHANGES = (
    *(Change(f"`late_interaction_weight` {value:g}", {"late_interaction_weight": value}) for value in (0.75, 0.8, 0.9)),
    *(Change(f"`sentence_share` {value:g}", {"sentence_share": value}) for value in (0, 0.5, 0.75)),
    *(Change(f"`dense_weight` {value:g}", {"dense_weight": value}) for value in (0.4, 0.6)),
    *(Change(f"`late_interaction_depth` {value}", {"late_interaction_depth": value}) for value in (30, 100)),
    Change("best two sentences side by side, a quarter", parts=mixed(0.25, window(2))),
    Change("best two sentences side by side, alone", parts=window(2)),
    Change("best three sentences side by side, a quarter", parts=mixed(0.25, window(3))),
    Change("mean of the two best sentences, a quarter", parts=mixed(0.25, two_best)),
    Change("the whole passage for long questions", parts=by_length),
    *(Change(f"matches elsewhere in the passage, times {share:g}", parts=carried(share)) for share in (0.6, 0.8)),
    Change("pairs of neighbouring tokens, a quarter", parts=mixed(0.25, pairs)),
    Change("pairs of neighbouring tokens, half", parts=mixed(0.5, pairs)),
    Change("the sentence's tokens matched by the question, .1", parts=mixed(0.1, at_best(lambda m: m.covered))),
    Change("cosine of the sentence's mean, .1", parts=mixed(0.1, at_best(lambda m: m.pooled))),
    Change("weights of tokens to the power .75", parts=powered(0.75)),
    Change("weights of tokens to the power 1.25", parts=powered(1.25)),
    Change("best of the article's other passages, .05", again=article(0.05, lambda s: float(s.max()))),
    Change("best of the article's other passages, .1", again=article(0.1, lambda s: float(s.max()))),
    Change("mean of the article's other passages, .1", again=article(0.1, lambda s: float(s.mean()))),
    Change("cosine with the first three passages, .06", again=feedback(0.06, 3)),
    Change("scores of the five nearest passages, .1", again=smoothed(0.1, 5)),
    Change("scores of the five nearest passages, .2", again=smoothed(0.2, 5)),
)
