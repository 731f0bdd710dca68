"""Learned weights of table entries and of words: as JSON has them, and looked up for a batch."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

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
