"""Declining: equal to scikit-learn where it has the figure, by hand where not."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from qa_service.evaluation.grade.decline_measures import summarise_answers, summarise_declining


def test_figures_are_scikit_learns() -> None:
    rng = np.random.default_rng(5)
    confidence = rng.random(400).round(2)
    answerable = rng.random(400) < 0.3 + 0.5 * confidence
    right = answerable & (rng.random(400) < confidence)
    found = summarise_declining(confidence.tolist(), answerable.tolist(), right.tolist(), 0.5)
    assert found["auroc_answerable"] == pytest.approx(roc_auc_score(answerable, confidence), abs=1e-12)
    assert found["auroc_right"] == pytest.approx(roc_auc_score(right, confidence), abs=1e-12)
    assert found["brier"] == pytest.approx(brier_score_loss(right, confidence), abs=1e-12)
    assert [row["n"] for row in found["reliability"]] == [40] * 10
    assert len(found["risk_coverage"]) <= 101
    assert found["risk_coverage"][-1] == [1.0, pytest.approx(1 - right.mean())]


def test_four_answers_by_hand() -> None:
    found = summarise_answers([0.9, 0.8, 0.6, 0.4], [True, False, True, None], [100, 50, 80, 10])
    assert (found["given"], found["judged"], found["precision"]) == (4, 3, pytest.approx(2 / 3))
    assert found["median_characters"] == 65  # between 50 and 80
    # Right .9 and .6 against wrong .8: one pair of two. The last one is not judged.
    assert found["auroc_right"] == 0.5
    assert found["brier"] == pytest.approx((0.1**2 + 0.8**2 + 0.4**2) / 3)
    assert found["ece"] == pytest.approx((0.1 + 0.8 + 0.4) / 3)
    assert [row["right"] for row in found["reliability"]] == [1.0, 0.0, 1.0]


def test_no_answers_have_no_figures() -> None:
    found = summarise_answers([], [], [])
    assert (found["given"], found["precision"], found["median_characters"], found["ece"]) == (0, None, None, None)


def test_four_questions_by_hand() -> None:
    found = summarise_declining([0.9, 0.8, 0.6, 0.2], [True, True, True, False], [True, False, True, False], 0.7)
    assert (found["answerable"], found["unanswerable"], found["right_depth"], found["threshold"]) == (3, 1, 5, 0.7)
    # Of three answerable ones .6 is below .7; so is the unanswerable one.
    assert found["declined_answerable"] == pytest.approx(1 / 3)
    assert found["declined_unanswerable"] == 1.0
    # Answered: .9 (right) and .8 (wrong), two of four.
    assert (found["precision_at_threshold"], found["coverage_at_threshold"]) == (0.5, 0.5)
    # Every answerable one lies above .2. Right .9 and .6 against wrong .8 and .2: three pairs of four.
    assert (found["auroc_answerable"], found["auroc_right"]) == (1.0, 0.75)
    assert found["brier"] == pytest.approx((0.1**2 + 0.8**2 + 0.4**2 + 0.2**2) / 4)
    # Four bins of one question each: the mean of |.9-1|, |.8-0|, |.6-1|, |.2-0|.
    assert found["ece"] == pytest.approx((0.1 + 0.8 + 0.4 + 0.2) / 4)
    assert found["reliability"][0] == {"low": 0.2, "high": 0.2, "n": 1, "confidence": 0.2, "right": 0.0}
    # Wrong among the first 1, 2, 3, 4: 0, 1, 1, 2.
    assert found["risk_coverage"] == [[0.25, 0.0], [0.5, 0.5], [0.75, pytest.approx(1 / 3)], [1.0, 0.5]]
    assert found["aurc"] == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_equal_confidences_share_and_their_order_decides_nothing() -> None:
    confidences = [0.5] * 30 + [0.9] * 5
    right = [True] * 10 + [False] * 20 + [True] * 5
    answerable = [True] * 35
    one = summarise_declining(confidences, answerable, right, 0.4)
    order = np.random.default_rng(1).permutation(35)
    other = summarise_declining([confidences[i] for i in order], answerable, [right[i] for i in order], 0.4)
    for name in ("auroc_right", "ece", "aurc", "brier"):
        assert other[name] == pytest.approx(one[name], abs=1e-12)
    # A threshold takes all of one confidence or none: two points. Wrong: 0 of 5, 20 of 35.
    assert one["risk_coverage"] == [[pytest.approx(5 / 35), 0.0], [1.0, pytest.approx(20 / 35)]]
    # 10*20 pairs are ties, 5*20 are won: (100 + 200/2) / (15*20).
    assert one["auroc_right"] == pytest.approx(200 / 300)


def test_a_class_without_questions_has_no_figure() -> None:
    only_good = summarise_declining([0.5, 0.6], [True, None], [True, True], 0.9)
    assert only_good["auroc_answerable"] is None
    assert only_good["auroc_right"] is None
    assert only_good["declined_unanswerable"] is None
    # Nothing was answered, so there is no precision; coverage is 0.
    assert only_good["precision_at_threshold"] is None
    assert only_good["coverage_at_threshold"] == 0.0
    nothing = summarise_declining([], [], [], 0.5)
    assert nothing["brier"] is None
    assert nothing["ece"] is None
    assert nothing["aurc"] is None
    assert (nothing["reliability"], nothing["risk_coverage"]) == ([], [])


def test_what_is_not_known_to_be_right_counts_only_as_declined() -> None:
    found = summarise_declining([0.9, 0.1], [True, True], [True, None], 0.5)
    assert found["declined_answerable"] == 0.5
    assert found["coverage_at_threshold"] == 1.0
    assert found["brier"] == pytest.approx(0.01)


def test_what_was_declined_may_be_told() -> None:
    found = summarise_declining([0.9, 0.8], [True, True], [True, True], 0.5, declined=[True, False])
    assert (found["declined_answerable"], found["coverage_at_threshold"]) == (0.5, 0.5)
    with pytest.raises(ValueError, match="one confidence"):
        summarise_declining([0.9], [True, True], [True], 0.5)
