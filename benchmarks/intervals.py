"""Means with bootstrap intervals, all drawn from the same resamples so that they can be paired."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from toolkit.evaluate import Measured

RESAMPLES = 2000


def means(values: NDArray[np.float64], seed: int = 0) -> list[Measured]:
    """The mean of each column of (N, K) values with its 95 % interval.

    Percentiles over resamples of the rows (B. Efron, 1979). All columns share the resamples, and
    so do calls with the same seed and number of rows.
    """
    count = len(values)
    weights = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    low, high = np.percentile(weights @ values / count, [2.5, 97.5], axis=0)
    return [Measured(*map(float, row)) for row in zip(values.mean(axis=0), low, high, strict=True)]


def percent(measured: Measured) -> str:
    """A share with its interval, in per cent."""
    return f"{100 * measured.value:.1f} [{100 * measured.low:.1f}, {100 * measured.high:.1f}]"
