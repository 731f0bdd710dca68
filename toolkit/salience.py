"""How likely a printed headline is to keep each word of a sentence: a linear model.

The figures it goes by are a word's part of speech and those of its neighbours, where it stands,
whether it comes again, whether grammar could spare it, and the word itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from .compression import UNITS, Units
from .roles import Role
from .strip import Strip, counts
from .tags import TAGS
from .textrank import Floats
from .tokens import Ints, Kind
from .weights import by_word, tables_from_json, tables_to_json, words_from_json, words_to_json

_TAG_COUNT = len(TAGS) + 1
_SPOTS = 20
_COARSE_SPOTS = 6
_ROLES = 18
_DEPTHS = np.array((1, 4, 8, 14, 22, 34, 50, 80))
_CLAUSE_LENGTHS = np.array((4, 8, 12, 18, 26))

# The tables of weights, and how many entries each has.
TABLES = {
    "tag": _TAG_COUNT,
    "tag_before": _TAG_COUNT * _TAG_COUNT,
    "tag_after": _TAG_COUNT * _TAG_COUNT,
    "tag_at_spot": _SPOTS * _TAG_COUNT,
    "tag_in_role": _ROLES * _TAG_COUNT,
    "role_at_spot": _ROLES * _COARSE_SPOTS,
    "again_at_spot": 4 * _SPOTS,
    "unit": len(UNITS) + 1,
    "length": 6,
    "characters_before": len(_DEPTHS) + 1,
    "tokens_before": 8 * _COARSE_SPOTS,
    "clause_length": (len(_CLAUSE_LENGTHS) + 1) * _COARSE_SPOTS,
    "after_who_spoke": 4 * _COARSE_SPOTS,
}


def codes(strip: Strip, units: Units) -> dict[str, Ints]:
    """(M,) for each of `TABLES`, the entry that holds for each token."""
    tags = strip.tags + 1
    first, end = strip.clauses[:, 0], strip.clauses[:, 1]
    before = np.append(0, tags[:-1])
    before[first] = 0
    after = np.append(tags[1:], 0)
    after[end - 1] = 0
    spot = np.minimum(strip.sentence_place, 3) * 5 + np.minimum(strip.place, 4)
    coarse = np.minimum(strip.place, 2) + 3 * (strip.sentence_place > 0)
    clause = strip.clause_of
    chars = strip.chars_before
    sentence_start = first[np.searchsorted(strip.sentence, strip.sentence)]
    verbs = counts(strip.of_kind(Kind.VERB))
    verb = np.diff(verbs)
    verbs_before = np.minimum(verbs[:-1] - verbs[first][clause], 2)
    verbs_after = np.minimum(verbs[end][clause] - verbs[1:], 2)
    role = verbs_before * 6 + verbs_after * 2 + verb
    closed = np.maximum(end - 2, 0)
    says = strip.is_a(Role.SAYS)[closed].astype(np.int64)
    # What closes the article before in the batch is not what was said before.
    goes_on = np.diff(strip.article, prepend=-1) == 0
    says_code = says * 2 + np.append(0, says[:-1]) * goes_on
    size = np.searchsorted(_CLAUSE_LENGTHS, end - first)
    again = np.minimum(_repeats(strip), 3)
    unit = np.zeros(len(strip), np.int64)
    for kind in reversed(range(len(UNITS))):
        unit[units.mask(len(strip), units.kind == kind)] = kind + 1
    return {
        "tag": tags,
        "tag_before": before * _TAG_COUNT + tags,
        "tag_after": after * _TAG_COUNT + tags,
        "tag_at_spot": spot[clause] * _TAG_COUNT + tags,
        "tag_in_role": role * _TAG_COUNT + tags,
        "role_at_spot": role * _COARSE_SPOTS + coarse[clause],
        "again_at_spot": again * _SPOTS + spot[clause],
        "unit": unit,
        "length": np.minimum(strip.lengths, 5),
        "characters_before": np.searchsorted(
            _DEPTHS, chars[:-1] - chars[sentence_start][clause], side="right"
        ),
        "tokens_before": np.minimum(np.arange(len(strip)) - first[clause], 7) * _COARSE_SPOTS
        + coarse[clause],
        "clause_length": (size * _COARSE_SPOTS + coarse)[clause],
        "after_who_spoke": (says_code * _COARSE_SPOTS + coarse)[clause],
    }


def around(strip: Strip) -> Ints:
    """(M, 3) the word of each token, of the one before and of the one after; -1 past its clause."""
    ids = strip.ids
    before = np.append(-1, ids[:-1])
    before[strip.clauses[:, 0]] = -1
    after = np.append(ids[1:], -1)
    after[strip.clauses[:, 1] - 1] = -1
    return np.stack([ids, before, after], axis=1)


def _repeats(strip: Strip) -> Ints:
    """(M,) how often the word of each token stands elsewhere in its article's body."""
    terms, term_of = strip.batch.terms
    counts = np.bincount(term_of[term_of >= 0], minlength=len(terms) + 1)
    counts[-1] = 1
    return counts[term_of[strip.tokens]] - 1


@dataclass(frozen=True, eq=False)
class Salience:
    """Learned weights, added up for each token.

    Attributes
    ----------
    bias : added to each.
    tables : a weight for each entry of each of `TABLES`.
    words, before, after : weights of the word itself, of the word before it, of the word after it.
    """

    bias: float
    tables: Mapping[str, Floats]
    words: Mapping[str, float]
    before: Mapping[str, float]
    after: Mapping[str, float]

    def log_odds(self, strip: Strip, units: Units) -> Floats:
        """(M,) the logarithm of the odds that a headline keeps each token."""
        total = np.full(len(strip), self.bias)
        for name, entries in codes(strip, units).items():
            total += self.tables[name][entries]
        for name, ids in zip(("words", "before", "after"), around(strip).T, strict=True):
            weights = by_word(strip.batch.lexicon, (self, name), getattr(self, name))
            total += np.append(weights, 0.0)[ids]
        return total

    def to_json(self) -> dict[str, Any]:
        """The weights as JSON has them: zeros and what rounds to zero left out."""
        return {
            "bias": round(self.bias, 3),
            "tables": tables_to_json(self.tables, 2),
            "words": words_to_json(self.words, 2),
            "before": words_to_json(self.before, 2),
            "after": words_to_json(self.after, 2),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The weights that `to_json` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError, IndexError : something is missing, or is no number.
        """
        tables = tables_from_json(values["tables"], TABLES)
        words, before, after = (words_from_json(values[n]) for n in ("words", "before", "after"))
        return cls(float(values["bias"]), tables, words, before, after)
