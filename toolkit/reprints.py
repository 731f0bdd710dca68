"""Which articles print the same text again: MinHash of their characters.

A. Broder, "On the resemblance and containment of documents", SEQUENCES 1997.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from .tokens import Ints, Kind, TokenBatch

# The share of runs of characters in common from which on two articles are one story.
SAME_STORY = 0.6
_BANDS, _BAND_ROWS = 16, 4
SIGNATURE = _BANDS * _BAND_ROWS
_MIX, _FACTORS = np.split(
    np.random.default_rng(0).integers(1 << 60, 1 << 63, 5 + SIGNATURE, np.uint64) | 1, [5]
)
_AT_ONCE = 4096


def signatures_of(tokens: TokenBatch) -> NDArray[np.uint32]:
    """(D, 64) MinHash of the runs of five characters of each body; all 0 for a body without any.

    Marks and blanks are left out, for reprints differ in them and in where lines break.
    """
    written = tokens.of(Kind.WORD | Kind.NUMERAL | Kind.NUMBER) & tokens.in_body
    lengths = np.diff(tokens.offsets)
    characters = np.frombuffer(tokens.text.encode("utf-32-le", "surrogatepass"), np.uint32)
    characters = characters[np.repeat(written, lengths)]
    document = np.repeat(tokens.document_of[written], lengths[written])
    count = max(len(characters) - len(_MIX) + 1, 0)
    runs = np.zeros(count, np.uint64)
    # Sums of products wrap around, which mixes as well as anything.
    for place, factor in enumerate(_MIX):
        runs += characters[place : place + count] * factor
    runs ^= runs >> np.uint64(32)
    owner = document[:count]
    whole = owner == document[len(document) - count :]
    runs, owner = runs[whole], owner[whole]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    signatures = np.zeros((len(tokens), SIGNATURE), np.uint32)
    if len(starts):
        for column, factor in enumerate(_FACTORS):
            least = np.minimum.reduceat((runs * factor) >> np.uint64(32), starts)
            signatures[owner[starts], column] = least
    return signatures


def stories_of(signatures: NDArray[np.uint32]) -> Ints:
    """(N,) the story of each article, counted from 0: reprints of one text are one story.

    The share of a signature in which two articles agree estimates the share of their runs of
    characters that both have (Jaccard's). Pairs are looked for in 16 bands of 4: one that shares 6
    runs in 10 has a band in common 9 times in 10, one that shares 7 in 10 has 99 times in 100.
    """
    count = len(signatures)
    filled = np.flatnonzero(signatures.any(axis=1))
    pairs = [np.empty((2, 0), np.int64)]
    for start in range(0, SIGNATURE, _BAND_ROWS):
        band = signatures[filled, start : start + _BAND_ROWS]
        order = np.lexsort(band.T)
        same = (band[order[1:]] == band[order[:-1]]).all(axis=1)
        pairs.append(filled[np.stack([order[:-1][same], order[1:][same]])])
    first, second = np.concatenate(pairs, axis=1)
    alike = np.zeros(len(first), bool)
    for start in range(0, len(first), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        agreeing = (signatures[first[part]] == signatures[second[part]]).mean(axis=1)
        alike[part] = agreeing >= SAME_STORY
    edges = (np.ones(int(alike.sum())), (first[alike], second[alike]))
    _, story_of = connected_components(sp.csr_array(edges, shape=(count, count)), directed=False)
    numbers: Ints = story_of.astype(np.int64)
    return numbers
