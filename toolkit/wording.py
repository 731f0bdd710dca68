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
from .weights import by_word, tables_from_json, tables_to_json, words_from_json, words_to_json

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

    def to_json(self) -> dict[str, Any]:
        """The weights as JSON has them, without those that round to zero."""
        return {
            "tables": tables_to_json(self.tables, 3),
            "words": {name: words_to_json(self.words[name], 3) for name in WORDS},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The weights that `to_json` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError, IndexError : something is missing, or is no number.
        """
        words = {name: words_from_json(values["words"][name]) for name in WORDS}
        return cls(tables_from_json(values["tables"], TABLES), words)

    def _weights(self, strip: Strip, name: str) -> Floats:
        """A weight for each entry of a table, or for each word of the lexicon."""
        if name in self.tables:
            return self.tables[name]
        return by_word(strip.batch.lexicon, (self, name), self.words[name])
