"""How much of one text stands in another: runs of five characters that both have.

After A. Broder (1997), "On the resemblance and containment of documents": the measure is
containment in the larger, so that a brief cut from a feature counts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

SHINGLE = 5
_MARKS = re.compile(r"\W")
# An odd multiplier of 64 bits; runs are told apart by numbers in place of strings.
_MIX = np.uint64(0x9E3779B97F4A7C15)


def shingles(text: str) -> NDArray[np.uint64]:
    """Every run of five characters, marks and spaces left out, as distinct sorted numbers."""
    solid = _MARKS.sub("", text)
    codes = np.frombuffer(solid.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    count = max(len(codes) - SHINGLE + 1, 0)
    runs = np.zeros(count, np.uint64)
    for place in range(SHINGLE):
        runs = (runs ^ codes[place : place + count]) * _MIX
        runs ^= runs >> np.uint64(32)
    return np.unique(runs)


def overlaps(
    texts: Sequence[str], most: int | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The pairs of texts that have a run in common.

    Parameters
    ----------
    most : runs that stand in more texts than this are phrases of the genre and not looked for,
        which keeps the work linear in the number of texts; None looks for all.

    Returns
    -------
    (P, 2) pairs of texts, the earlier first, in order; (P,) the share of the shorter one's runs
    that both have.
    """
    own = [shingles(text) for text in texts]
    sizes = np.array([len(runs) for runs in own], np.int64)
    if not sizes.sum():
        return np.empty((0, 2), np.int64), np.empty(0)
    _, column, spread = np.unique(np.concatenate(own), return_inverse=True, return_counts=True)
    shared = (spread > 1) & (spread <= (most or len(texts)))
    rows = np.repeat(np.arange(len(own)), sizes)
    used = shared[column]
    shape = (len(own), len(spread))
    has = sp.coo_array((np.ones(int(used.sum())), (rows[used], column[used])), shape=shape).tocsr()
    common = sp.triu(has @ has.T, k=1).tocoo()
    first, second = (each.astype(np.int64) for each in (common.row, common.col))
    order = np.lexsort((second, first))
    pairs = np.stack([first, second], axis=1)[order]
    return pairs, common.data[order] / np.minimum(sizes[first], sizes[second])[order]


def overlap(first: str, second: str) -> float:
    """The share of the shorter text's runs that both have; of texts without one, if they agree."""
    one, other = shingles(first), shingles(second)
    if not len(one) or not len(other):
        return float(_MARKS.sub("", first) == _MARKS.sub("", second))
    return len(np.intersect1d(one, other)) / min(len(one), len(other))
