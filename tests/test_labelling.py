from __future__ import annotations

import numpy as np
import pytest

from benchmarks.labelling import CHOICES, Setting, interval, labels_needed, run

from .made_up import corpus

LABELS = [10, 20, 30, 40]


def test_labels_needed_is_between_two() -> None:
    # Smoothed over three: 0.1, 0.2, 0.5, 0.8.
    curve = [0.1, 0.1, 0.4, 1.0]
    assert labels_needed(curve, LABELS, 0.35) == pytest.approx(25)
    assert labels_needed(curve, LABELS, 0.05) == 10
    assert labels_needed(curve, LABELS, 0.9) == float("inf")


def test_a_level_is_reached_when_it_is_kept() -> None:
    assert labels_needed([0.9, 0.9, 0.9, 0.0], LABELS, 0.7) == float("inf")


def test_interval_with_rounds_that_do_not_arrive() -> None:
    assert interval(np.full(8, 3.0)) == (3, 3, 3)
    middle, low, high = interval(np.array([50.0] * 5 + [np.inf] * 3))
    assert (middle, low, high) == (50, 50, np.inf)


def test_a_simulation() -> None:
    labelled = corpus(30)
    others = [each for each in corpus(30, seed=1) if not each.themes]
    setting = Setting("a few", 50, 10, 15, 10, 35)
    result = run(setting, labelled, others, 2)
    assert result["labels"] == [15, 25, 35]
    for name in CHOICES:
        rounds = np.array(result["macro_f1"][name])
        assert rounds.shape == (2, 3)
        assert rounds[:, -1].min() > 0.8
    starts = [np.array(result["macro_f1"][name])[:, 0].tolist() for name in CHOICES]
    assert starts[0] == starts[1]
    assert result["gain"][0] == [0, 0, 0]
