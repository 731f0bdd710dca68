"""Which sentences of an article a headline is made of: a linear model, learned.

News puts what matters first; a feature opens with a scene and says later what it is about.
TextRank tells how central a sentence is; where it stands and its words tell the rest.
"""

from __future__ import annotations

import numpy as np

from .tags import TAGS
from .textrank import Floats, Ranking
from .tokens import Flags, Ints
from .weights import Sums

# As many of an article's sentences are looked at.
MOST_SENTENCES = 12
# As many of them a headline may come from, and none that is less likely than this, beside the
# likeliest.
_CHOSEN = 2
_LEAST_SHARE = 0.3

_TAGS = len(TAGS) + 1
_PLACES = 5
_RANKS = np.array((0.2, 0.4, 0.55, 0.7, 0.8, 0.9, 0.97))
_CHARS = np.array((8, 12, 18, 26, 36, 50, 70, 100))

# The tables of weights, and how many entries each has.
TABLES = {
    "place": MOST_SENTENCES,
    "place of": _PLACES * (MOST_SENTENCES + 1),
    "rank": len(_RANKS) + 1,
    "length": len(_CHARS) + 1,
    "first tag": _TAGS,
    "first tags": _TAGS**2,
}
WORDS = ("word", "first word")


def considered(ranking: Ranking) -> Ints:
    """(N,) the sentences of a batch that are looked at, by number."""
    return np.flatnonzero(ranking.place < MOST_SENTENCES)


def codes(ranking: Ranking, sentences: Ints) -> dict[str, Ints]:
    """(N,) for each of `TABLES`, the entry that holds for each of some sentences."""
    batch = ranking.batch
    start, end = batch.sentences[sentences].T
    size = np.bincount(ranking.sentence_of, minlength=len(batch))[ranking.sentence_of[sentences]]
    place = ranking.place[sentences]
    tags = batch.lexicon.tags.astype(np.int64) + 1
    first, second = tags[batch.ids[start]], tags[batch.ids[np.minimum(start + 1, end - 1)]]
    chars = batch.offsets[end] - batch.offsets[start]
    return {
        "place": place,
        "place of": np.minimum(place, _PLACES - 1) * (MOST_SENTENCES + 1)
        + np.minimum(size, MOST_SENTENCES),
        "rank": np.searchsorted(_RANKS, ranking.relative[sentences]),
        "length": np.searchsorted(_CHARS, chars),
        "first tag": first,
        "first tags": first * _TAGS + second,
    }


class Selection(Sums):
    """Learned weights of what a sentence is, added up for each."""

    SIZES = TABLES
    NAMES = WORDS
    DECIMALS = 2

    def log_shares(self, ranking: Ranking) -> Floats:
        """(S,) the logarithm of how likely a headline is to be made of each sentence.

        The likelihoods of an article's first sentences sum to 1; those after them have none.
        """
        batch, sentences = ranking.batch, considered(ranking)
        shares = np.full(len(ranking.place), -np.inf)
        if not len(sentences):
            return shares
        start, end = batch.sentences[sentences].T
        total = np.zeros(len(sentences))
        for name, entries in codes(ranking, sentences).items():
            total += self.tables[name][entries]
        of_word, of_first = (self.of_words(batch.lexicon, name) for name in WORDS)
        sums = np.append(0.0, np.cumsum(of_word[batch.ids]))
        total += sums[end] - sums[start] + of_first[batch.ids[start]]
        # Sums that are the same are the same in every batch.
        total = total.round(9)
        own = ranking.sentence_of[sentences]
        highest = np.full(len(batch), -np.inf)
        np.maximum.at(highest, own, total)
        total -= highest[own]
        total -= np.log(np.bincount(own, np.exp(total), len(batch))[own])
        shares[sentences] = total
        return shares


def likeliest(ranking: Ranking, log_shares: Floats) -> Flags:
    """(S,) the few sentences of each article that a headline is likeliest to be made of."""
    order = np.lexsort((-log_shares, ranking.sentence_of))
    above = np.empty_like(order)
    above[order] = ranking.place
    highest = np.full(len(ranking.batch), -np.inf)
    np.maximum.at(highest, ranking.sentence_of, log_shares)
    near = log_shares >= highest[ranking.sentence_of] + np.log(_LEAST_SHARE)
    found: Flags = near & (above < _CHOSEN)
    return found
