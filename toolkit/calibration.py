"""Whether probabilities mean what they say: of what is called 80 % likely, 80 % should be so.

The expected calibration error is that of M. Naeini, G. Cooper and M. Hauskrecht (2015), "Obtaining
well calibrated probabilities using Bayesian binning": probabilities in ten bins of equal width,
and the gap between mean probability and share that is true in each, weighted by its size. How
far chance alone would take it is told by consistency resampling, after J. Bröcker and L. Smith
(2007), "Increasing the reliability of reliability diagrams".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BINS = 10
RESAMPLES = 1000


@dataclass(frozen=True)
class Bin:
    """The probabilities between two edges.

    Attributes
    ----------
    low, high : the edges.
    count : how many probabilities lie there.
    predicted, observed : their mean, and the share of them whose label is true.
    right_low, right_high : where `observed` would lie 95 times of 100 if they were right.
    """

    low: float
    high: float
    count: int
    predicted: float
    observed: float
    right_low: float
    right_high: float


@dataclass(frozen=True)
class Reliability:
    """How probabilities and labels agree.

    Attributes
    ----------
    bins : those that hold anything, lowest first.
    right_ece, right_ece_high : the calibration error that probabilities which are right would
        show on so many articles, by chance: on average, and at most 97.5 times of 100.
    """

    bins: list[Bin]
    right_ece: float
    right_ece_high: float


def reliability(probabilities: Floats, truth: Flags, seed: int = 0) -> Reliability:
    """Compare probabilities with labels, arrays of one shape, bin by bin.

    seed : of the labels drawn as if the probabilities were right.
    """
    p, y = probabilities.ravel(), truth.ravel()
    bins = _bin_of(p)
    held = np.bincount(bins, minlength=BINS)
    size = np.maximum(held, 1)
    rng = np.random.default_rng(seed)
    drawn = np.array(
        [np.bincount(bins, rng.random(p.size) < p, BINS) / size for _ in range(RESAMPLES)]
    )
    predicted, observed = np.bincount(bins, p, BINS) / size, np.bincount(bins, y, BINS) / size
    low, high = np.percentile(drawn, (2.5, 97.5), axis=0)
    errors = np.abs(drawn - predicted) @ held / max(p.size, 1)
    found = [
        Bin(b / BINS, (b + 1) / BINS, int(held[b]), *map(float, each))
        for b, each in enumerate(zip(predicted, observed, low, high, strict=True))
        if held[b]
    ]
    return Reliability(found, float(errors.mean()), float(np.percentile(errors, 97.5)))


def gaps(probabilities: Floats, truth: Flags) -> Floats:
    """(N, BINS) what each of N pairs adds to the gap of its bin: its probability less its label.

    The calibration error of any of the pairs is the sum of the absolute column sums of their
    rows over their number, so that it can be had for each resample by one multiplication.
    """
    rows: Floats = np.zeros((probabilities.size, BINS))
    rows[np.arange(probabilities.size), _bin_of(probabilities)] = probabilities - truth
    return rows


def _bin_of(probabilities: Floats) -> NDArray[np.int64]:
    return np.minimum((probabilities * BINS).astype(np.int64), BINS - 1)
