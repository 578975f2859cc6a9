"""Significance tests equal to SciPy's, Holm by hand, and bootstrap intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap, norm, permutation_test

from qa_service.errors import InvalidInput
from qa_service.evaluation.compare.significance import effect_size, holm, paired_difference, randomisation_p, smallest_p
from qa_service.evaluation.grade.bootstrap import bootstrap_interval, bootstrap_intervals


def scipys(differences: np.ndarray, resamples: float) -> float:
    def mean(values: np.ndarray, axis: int) -> np.ndarray:
        return values.mean(axis=axis)

    # With one sample, "samples" flips the sign of each observation.
    found = permutation_test(
        (differences,), mean, permutation_type="samples", n_resamples=resamples, vectorized=True, rng=1
    )
    return float(found.pvalue)


@pytest.mark.parametrize("seed", range(12))
def test_counted_out_the_p_value_is_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Rounded, so that sums tie and some differences are 0; both count them alike.
    differences = rng.normal(0.3, 1, int(rng.integers(3, 13))).round(1)
    assert randomisation_p(differences) == pytest.approx(scipys(differences, np.inf), abs=1e-12)


def test_of_two_samples_too() -> None:
    rng = np.random.default_rng(4)
    first, second = rng.random(10), rng.random(10) + 0.2
    theirs = permutation_test(
        (second, first), lambda x, y: x.mean() - y.mean(), permutation_type="samples", n_resamples=np.inf
    )
    assert paired_difference(first, second).p == pytest.approx(theirs.pvalue, abs=1e-12)


def test_drawn_the_p_value_is_scipys_within_chance() -> None:
    differences = np.random.default_rng(2).normal(0.1, 1, 200)
    found, theirs = randomisation_p(differences), scipys(differences, 20_000)
    # Both are shares of draws: standard errors sqrt(p(1-p)/10000) and /20000, together about .0044 at p = .2.
    assert 0.05 < theirs < 0.5
    assert found == pytest.approx(theirs, abs=4 * np.sqrt(theirs * (1 - theirs) * (1 / 10_000 + 1 / 20_000)))


def test_p_by_hand() -> None:
    # Signs of 1, 2, 3 give sums 6, 4, 2, 0, 0, -2, -4, -6: two of eight are as far out as 6.
    assert randomisation_p([1, 2, 3]) == 0.25
    # Zeros change nothing; the sum 2 is reached by six of eight.
    assert randomisation_p([1, -2, 3, 0, 0]) == 0.75
    assert randomisation_p([0, 0]) == 1.0
    # Drawn, p is never 0: 10 000 draws, none as far out.
    assert randomisation_p([1.0] * 60) == pytest.approx(1 / 10_001)


def test_the_smallest_p_is_that_of_signs_all_alike() -> None:
    for number in (1, 2, 7, 13, 14, 60):
        assert smallest_p(number) == randomisation_p([1.0] * number)
    assert smallest_p(7) == 2 / 128
    assert smallest_p(0) == 1.0


def test_the_same_seed_gives_the_same_and_another_hardly_another() -> None:
    differences = np.random.default_rng(8).normal(0.05, 1, 500)
    assert randomisation_p(differences, 3) == randomisation_p(differences, 3)
    assert randomisation_p(differences, 3) != randomisation_p(differences, 4)


def test_holm_by_hand() -> None:
    # In order .01*4, .02*3, .03*2, .5: .04, .06, .06, .5.
    assert holm([0.03, 0.01, 0.5, 0.02]) == pytest.approx([0.06, 0.04, 0.5, 0.06])
    # Never above 1, and never below one that was smaller: .3*2 = .6, then .55*1 is lifted to .6.
    assert holm([0.55, 0.3]) == [0.6, 0.6]
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


def test_effect_size_by_hand() -> None:
    # Mean 2, standard deviation 1.
    assert effect_size([1, 2, 3]) == pytest.approx(2.0)
    assert effect_size([1, 1, 1]) is None
    assert effect_size([1]) is None


def test_a_paired_difference_says_everything() -> None:
    found = paired_difference([0.0, 0.5, 0.25, 1.0], [1.0, 0.5, 0.0, 1.0 + 1e-12])
    assert (found.n, found.wins, found.losses, found.ties) == (4, 1, 1, 2)
    assert found.difference == pytest.approx(0.1875)
    # Signs of 1 and -.25: |sum| is .75 or 1.25, all at least .75.
    assert found.p == 1.0
    assert found.low <= found.difference <= found.high
    with pytest.raises(ValueError, match="2 figures against 1"):
        paired_difference([1, 2], [1])


def test_the_interval_is_where_theory_and_scipy_put_it() -> None:
    values = np.random.default_rng(6).normal(0.7, 0.2, 400)
    mean, low, high = bootstrap_interval(values)
    half = norm.ppf(0.975) * values.std() / np.sqrt(400)
    assert mean == pytest.approx(values.mean())
    assert (low, high) == (pytest.approx(mean - half, abs=0.002), pytest.approx(mean + half, abs=0.002))
    theirs = bootstrap((values,), np.mean, method="percentile", n_resamples=2000, rng=1).confidence_interval
    assert (low, high) == (pytest.approx(theirs.low, abs=0.002), pytest.approx(theirs.high, abs=0.002))


def test_columns_together_are_the_same_as_alone() -> None:
    rng = np.random.default_rng(7)
    columns = {"x": rng.random(30), "y": rng.random(30).tolist(), "short": [1.0, 0.0]}
    together = bootstrap_intervals(columns, 5)
    assert list(together) == ["x", "y", "short"]
    for name, values in columns.items():
        assert together[name] == pytest.approx(bootstrap_interval(values, 5), abs=1e-12)
    assert bootstrap_interval([0.5]) == (0.5, 0.5, 0.5)
    with pytest.raises(InvalidInput, match="no values of 'x'"):
        bootstrap_intervals({"x": []})
