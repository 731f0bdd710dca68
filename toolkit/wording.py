"""How a line reads, learned from lines that were judged: a linear model of its words.

Where a line opens and ends, and which parts of speech meet in it, shows what breaks off, what
lacks its subject and what was left out amiss.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .strip import Strip
from .tags import TAGS
from .textrank import Floats
from .tokens import Ints

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


def codes(strip: Strip) -> tuple[Ints, Ints]:
    """(M,) the part of speech of each token, and of it with the one before it in the strip."""
    tags = strip.tags + 1
    before = np.append(0, tags[:-1])[: len(tags)]
    return tags, before * _COUNT + tags


@dataclass(frozen=True, eq=False)
class Wording:
    """Learned weights, added up for each line.

    Attributes
    ----------
    tables : a weight for each entry of each of `TABLES`.
    words : for each of `WORDS`, a weight for each word.
    """

    tables: Mapping[str, Floats]
    words: Mapping[str, Mapping[str, float]]

    def scores(self, strip: Strip, start: Ints, end: Ints) -> Floats:
        """(N,) how each line reads that has the tokens from a start up to an end of a strip."""
        tags, pairs = codes(strip)
        last = end - 1
        second = np.minimum(start + 1, last)
        total = self.tables["first"][tags[start]] + self.tables["last"][tags[last]]
        total += self.tables["first_two"][pairs[second]] + self.tables["last_two"][pairs[last]]
        within = self.tables["pair"][pairs]
        sums = np.append(0.0, np.cumsum(within))
        total += sums[end] - sums[np.minimum(start + 1, end)]
        word = self._by_word(strip, "word")[strip.ids]
        sums = np.append(0.0, np.cumsum(word))
        total += sums[end] - sums[start]
        total += self._by_word(strip, "first_word")[strip.ids[start]]
        total += self._by_word(strip, "last_word")[strip.ids[last]]
        return np.asarray(total)

    @classmethod
    def none(cls) -> Self:
        """No weights, where no line was judged."""
        return cls({name: np.zeros(size) for name, size in TABLES.items()}, {n: {} for n in WORDS})

    def to_json(self) -> dict[str, Any]:
        """The weights as JSON has them, without those that round to zero."""
        return {
            "tables": {
                name: {
                    str(entry): value
                    for entry, value in enumerate(np.round(self.tables[name], 3).tolist())
                    if value
                }
                for name in TABLES
            },
            "words": {
                name: {
                    word: round(value, 3)
                    for word, value in sorted(self.words[name].items())
                    if round(value, 3)
                }
                for name in WORDS
            },
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The weights that `to_json` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError, IndexError : something is missing, or is no number.
        """
        tables = {}
        for name, size in TABLES.items():
            tables[name] = table = np.zeros(size)
            for entry, value in values["tables"][name].items():
                table[int(entry)] = float(value)
        words = {
            name: {str(word): float(value) for word, value in values["words"][name].items()}
            for name in WORDS
        }
        return cls(tables, words)

    def _by_word(self, strip: Strip, name: str) -> Floats:
        weights = self.words[name]
        return strip.batch.lexicon.facts(
            (self, name), lambda words: [weights.get(word, 0.0) for word in words], np.float64
        )
