"""Small operations on arrays that several steps share."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]

_BITS = 63


def distinct(keys: Ints) -> tuple[Ints, Ints]:
    """The distinct values of some keys, as `numpy.unique` finds them, in a fraction of its time.

    Keys and their places are sorted as one number each, which processors do many at a time.

    Parameters
    ----------
    keys : (N,) whole numbers from 0 on.

    Returns
    -------
    (U,) where each value stands first, the values in ascending order; (N,) the number of each
    key's value in that order.
    """
    count = len(keys)
    shift = count.bit_length()
    if int(keys.max(initial=0)).bit_length() + shift <= _BITS:
        packed = (keys << shift) | np.arange(count)
        packed.sort()
        place = packed & ((1 << shift) - 1)
        packed >>= shift
        ordered = packed
    else:
        place = np.argsort(keys, kind="stable")
        ordered = keys[place]
    opens = np.ones(count, bool)
    opens[1:] = ordered[1:] != ordered[:-1]
    number = np.empty(count, np.int64)
    number[place] = np.cumsum(opens) - 1
    return place[opens], number


def bits(holds: Iterable[tuple[int, ArrayLike]], count: int) -> NDArray[np.uint16]:
    """(count,) the sum of the bits that hold for each, given (count,) truths for every bit."""
    sums = np.zeros(count, np.uint16)
    for bit, held in holds:
        sums |= np.asarray(held, bool) * np.uint16(bit)
    return sums
