"""How a line reads, learned from lines that were judged: a linear model of its words.

Where a line opens and ends, and which parts of speech meet in it, shows what breaks off, what
lacks its subject and what was left out amiss.
"""

from __future__ import annotations

from typing import Self

import numpy as np

from .strip import Strip
from .tags import TAGS
from .textrank import Floats
from .tokens import Ints
from .weights import Sums

_COUNT = len(TAGS) + 1

# The tables of weights of parts of speech, and how many entries each has.
TABLES = {
    "first": _COUNT,
    "last": _COUNT,
    "first_two": _COUNT * _COUNT,
    "last_two": _COUNT * _COUNT,
    "pair": _COUNT * _COUNT,
}
WORDS = ("word", "first_word", "last_word")


def at_ends(strip: Strip, start: Ints, end: Ints) -> dict[str, Ints]:
    """What each of N lines opens and ends with: (N,) entries of tables, and numbers of words."""
    pairs, last = pairs_of(strip), end - 1
    return {
        "first": strip.tags[start] + 1,
        "last": strip.tags[last] + 1,
        "first_two": pairs[np.minimum(start + 1, last)],
        "last_two": pairs[last],
        "first_word": strip.ids[start],
        "last_word": strip.ids[last],
    }


def pairs_of(strip: Strip) -> Ints:
    """(M,) the parts of speech of each token and of the one before it in the strip, as one."""
    tags = strip.tags + 1
    return np.append(0, tags[:-1])[: len(tags)] * _COUNT + tags


class Wording(Sums):
    """Learned weights of how a line reads, added up for each."""

    SIZES = TABLES
    NAMES = WORDS
    DECIMALS = 3

    def scores(self, strip: Strip, start: Ints, end: Ints) -> Floats:
        """(N,) how each line reads that has the tokens from a start up to an end of a strip."""
        total = np.zeros(len(start))
        for name, entries in at_ends(strip, start, end).items():
            total += self._weights(strip, name)[entries]
        # A pair that a line opens with has its first half in the line.
        for name, entries, inside in (
            ("pair", pairs_of(strip), np.minimum(start + 1, end)),
            ("word", strip.ids, start),
        ):
            sums = np.append(0.0, np.cumsum(self._weights(strip, name)[entries]))
            total += sums[end] - sums[inside]
        return total

    @classmethod
    def none(cls) -> Self:
        """No weights, where no line was judged."""
        return cls({name: np.zeros(size) for name, size in TABLES.items()}, {n: {} for n in WORDS})

    def _weights(self, strip: Strip, name: str) -> Floats:
        """A weight for each entry of a table, or for each word of the lexicon."""
        if name in self.tables:
            return self.tables[name]
        return self.of_words(strip.batch.lexicon, name)
