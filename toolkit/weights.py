"""Learned weights of table entries and of words: as JSON has them, and looked up for a batch."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from .textrank import Floats
from .tokens import Lexicon

Words = Mapping[str, float]


def tables_to_json(tables: Mapping[str, Floats], decimals: int) -> dict[str, dict[str, float]]:
    """Each table's weights by the entry's number, without those that round to zero."""
    return {
        name: {
            str(entry): value
            for entry, value in enumerate(np.round(table, decimals).tolist())
            if value
        }
        for name, table in tables.items()
    }


def tables_from_json(values: Mapping[str, Any], sizes: Mapping[str, int]) -> dict[str, Floats]:
    """The tables that `tables_to_json` wrote, and how many entries each has.

    Raises
    ------
    KeyError, TypeError, ValueError, IndexError : something is missing, or is no number.
    """
    tables = {name: np.zeros(size) for name, size in sizes.items()}
    for name, table in tables.items():
        for entry, value in values[name].items():
            table[int(entry)] = float(value)
    return tables


def words_to_json(words: Words, decimals: int) -> dict[str, float]:
    """The words' weights in the order of the words, without those that round to zero."""
    rounded = {word: round(value, decimals) for word, value in sorted(words.items())}
    return {word: value for word, value in rounded.items() if value}


def words_from_json(values: Mapping[str, Any]) -> dict[str, float]:
    """The weights that `words_to_json` wrote."""
    return {str(word): float(value) for word, value in values.items()}


def by_word(lexicon: Lexicon, name: Hashable, weights: Words) -> Floats:
    """(W,) the weight of each word of a lexicon, 0 where it has none.

    name : tells these weights from others.
    """
    return lexicon.facts(name, lambda words: [weights.get(word, 0.0) for word in words], np.float64)


@dataclass(frozen=True, eq=False)
class Sums:
    """Learned weights that are added up: of the entries of some tables, and of words.

    A kind of them says which tables there are, how many entries each has, by which names words
    have weights, and to how many decimals weights are kept.

    Attributes
    ----------
    tables : a weight for each entry of each table.
    words : for each name, a weight for each word.
    """

    SIZES: ClassVar[Mapping[str, int]]
    NAMES: ClassVar[Collection[str]]
    DECIMALS: ClassVar[int]

    tables: Mapping[str, Floats]
    words: Mapping[str, Words]

    def of_words(self, lexicon: Lexicon, name: str) -> Floats:
        """(W,) the weight of each word of a lexicon by one of the names, 0 where it has none."""
        return by_word(lexicon, (self, name), self.words[name])

    def to_json(self) -> dict[str, Any]:
        """The weights as JSON has them, without those that round to zero."""
        return {
            "tables": tables_to_json(self.tables, self.DECIMALS),
            "words": {name: words_to_json(self.words[name], self.DECIMALS) for name in self.NAMES},
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The weights that `to_json` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError, IndexError : something is missing, or is no number.
        """
        words = {name: words_from_json(values["words"][name]) for name in cls.NAMES}
        return cls(tables_from_json(values["tables"], cls.SIZES), words)
