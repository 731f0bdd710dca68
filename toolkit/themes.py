"""Themes: which themes an article carries, how surely, and for what words.

A model is linear in the TF-IDF of an article's characters and of the pairs that stand side by
side: each adds to, or takes from, the log-odds of each theme. Pairs are words and what joins words,
so a character misread spoils two of them and no more. What a word adds is what its characters do.
What a character is worth changes evenly with how short the article is, for in ten lines each tells
more, and less surely, than in a hundred.
`toolkit.learning` makes models; this module applies them, and needs no more than arrays for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .arrays import distinct
from .article import Article
from .characters import BEYOND, Codes, codes, folded
from .tokens import STOPWORDS, Kind, TokenBatch, Tokenizer

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = TokenBatch | Sequence[Article | str]

# Weights are kept to this many decimals, so that the last bits, in which processors and
# libraries differ, do not decide what a model file holds.
DECIMALS = 4
# From so many characters on an article is long; below the fewest, it grows no shorter.
LONG, FEWEST = 400, 20


class ThemeModel:
    """What has been learned of themes, ready to be applied: F features and K themes.

    Attributes
    ----------
    classes_ : (K,) the themes.
    features_ : the F characters and pairs that count, sorted, as `toolkit.characters.folded`
        has them.
    idf_ : (F,) inverse document frequencies.
    coef_, intercept_ : (K, F) log-odds a unit of TF-IDF, and (K,) those of no known feature,
        calibrated, of a long article.
    short_coef_, short_intercept_ : what is added to either for each unit of `shortness`.
    thresholds_ : (K,) the probability from which on a theme is given.
    words_ : for each theme, the words that spoke for it most in the articles it learned from.
    user_dict : a file of words for the segmentation, in jieba's form.
    """

    classes_: NDArray[np.object_]
    features_: list[str]
    idf_: Floats
    coef_: Floats
    intercept_: Floats
    short_coef_: Floats
    short_intercept_: Floats
    thresholds_: Floats
    words_: list[list[str]]
    user_dict: str | None

    def predict_proba(self, X: Texts) -> Floats:
        """(N, K) calibrated probability of each theme in `classes_`, each on its own."""
        return probability(self._log_odds(self._found(self._batch(X))))

    def predict(self, X: Texts) -> NDArray[np.int64]:
        """(N, K) 1 where a theme is at or over its threshold; a row of 0 is an article of none."""
        return (self.predict_proba(X) >= self.thresholds_).astype(np.int64)

    def tag(self, X: Texts) -> list[list[str]]:
        """The themes of each article by name, likeliest first; an empty list for none."""
        return self.names(self.predict_proba(X))

    def names(self, probabilities: Floats) -> list[list[str]]:
        """Probabilities to the names of the themes over threshold, likeliest first."""
        order = np.argsort(-probabilities, axis=1, kind="stable")
        given = probabilities >= self.thresholds_
        return [
            [str(self.classes_[k]) for k in ranks if given[row, k]]
            for row, ranks in enumerate(order)
        ]

    def explain(self, X: Texts, n: int | None = None) -> list[dict[str, dict[str, float]]]:
        """What each word of each article added to the log-odds of each theme.

        Parameters
        ----------
        n : keep the n words of the greatest weight, for or against; None keeps all.

        Returns
        -------
        For each article, theme to word to signed weight, greatest weight first. All the words'
        weights and the theme's intercept for an article so short sum to the theme's log-odds.
        """
        batch = self._batch(X)
        found = self._found(batch)
        rows = np.repeat(np.arange(len(batch)), len(self.classes_))
        themes = np.tile(np.arange(len(self.classes_)), len(batch))
        words = self._words(batch, found, rows, themes)
        said = words.greatest(np.abs(words.weights), n)
        explained: list[dict[str, dict[str, float]]] = [{} for _ in range(len(batch))]
        for row, k, own in zip(rows, themes, said, strict=True):
            explained[row][str(self.classes_[k])] = own
        return explained

    def with_evidence(
        self, batch: TokenBatch, n: int
    ) -> tuple[Floats, list[dict[str, dict[str, float]]]]:
        """`predict_proba`, and for each theme given the n content words that spoke for it most."""
        found = self._found(batch)
        probabilities = probability(self._log_odds(found))
        order = np.argsort(-probabilities, axis=1, kind="stable")
        rows, ranks = np.nonzero(np.take_along_axis(probabilities >= self.thresholds_, order, 1))
        themes = order[rows, ranks]
        words = self._words(batch, found, rows, themes)
        # 他们 and 一个 count too, and `explain` shows it, but they tell a reader nothing.
        tells = batch.of(Kind.WORD, words.first) & ~batch.member(STOPWORDS, words.first)
        said = words.greatest(words.weights * tells, n)
        evidence: list[dict[str, dict[str, float]]] = [{} for _ in range(len(batch))]
        for row, k, own in zip(rows, themes, said, strict=True):
            evidence[row][str(self.classes_[k])] = own
        return probabilities, evidence

    def prepare(self) -> None:
        """Build what applying the model takes, once its attributes are set.

        Raises
        ------
        ValueError : a feature is not one character or two, each of the basic plane.
        """
        self._look_up = Features(self.features_)
        self._coef_by_feature = np.hstack([self.coef_.T, self.short_coef_.T])

    def _batch(self, X: Texts) -> TokenBatch:
        if isinstance(X, TokenBatch):
            return X
        if isinstance(X, str):
            raise ValueError("X must be a sequence of articles or texts, not one text")
        for text in X:
            if not isinstance(text, Article | str):
                raise ValueError(f"X must hold articles or texts, not {type(text).__name__}")
        return Tokenizer(self.user_dict).batch(X)

    def _found(self, batch: TokenBatch) -> _Found:
        if not hasattr(self, "coef_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit first")
        own = letters(batch)
        places = self._look_up.at(own)
        counts = count(places, batch, len(self.features_))
        return _Found(places, counts, tf_idf(counts, self.idf_), shortness(own, batch))

    def _log_odds(self, found: _Found) -> Floats:
        long, short = np.split(found.weights @ self._coef_by_feature, 2, axis=1)
        log_odds: Floats = long + self.intercept_
        log_odds += found.short[:, None] * (short + self.short_intercept_)
        return log_odds

    def _words(self, batch: TokenBatch, found: _Found, rows: Ints, themes: Ints) -> _Words:
        """What the words of Q articles added to the log-odds of a theme each.

        rows, themes : (Q,) the articles, and the columns of the themes.
        """
        once = found.weights.data / found.counts.data
        starts, ends = (
            batch.offsets[batch.documents[rows]],
            batch.offsets[batch.documents[rows + 1]],
        )
        added = np.empty(((ends - starts).sum(), 2))
        by_feature = np.zeros(len(self.features_) + 1)
        filled = 0
        for row, k, start, end in zip(rows, themes, starts, ends, strict=True):
            own = slice(*found.weights.indptr[row : row + 2])
            features = found.weights.indices[own]
            coef = self.coef_[k, features] + found.short[row] * self.short_coef_[k, features]
            by_feature[features + 1] = once[own] * coef
            added[filled : filled + end - start] = by_feature[found.places[start:end]]
            filled += end - start
        # What a pair adds is its two characters' in halves; none goes over an article's end.
        by_character = added[:, 0] + added[:, 1] / 2
        by_character[1:] += added[:-1, 1] / 2
        query, token = _ranges(batch.documents[rows], batch.documents[rows + 1])
        lengths = np.diff(batch.offsets)[token]
        by_token = np.add.reduceat(by_character, np.cumsum(lengths) - lengths)
        key = query * len(batch.lexicon.words) + batch.ids[token]
        first, word = distinct(key)
        by_word = np.bincount(word, by_token).astype(np.float64)
        return _Words(batch, len(rows), query[first], token[first], by_word)


@dataclass(frozen=True)
class _Found:
    """The features of a batch of D articles of C characters.

    Attributes
    ----------
    places : (C, 2) the feature that each character is, and that it opens, plus 1; 0 for none.
    counts, weights : (D, F) how often each article has each, and the TF-IDF of it.
    short : (D,) see `shortness`.
    """

    places: NDArray[Any]
    counts: sp.csr_array
    weights: sp.csr_array
    short: Floats


@dataclass(frozen=True)
class _Words:
    """What words added, in Q articles and for a theme in each; U words in all.

    Attributes
    ----------
    query : (U,) which of the Q a word is of.
    first : (U,) the token where it stands first.
    weights : (U,) what it added to the log-odds.
    """

    batch: TokenBatch
    queries: int
    query: Ints
    first: Ints
    weights: Floats

    def greatest(self, sizes: Floats, n: int | None) -> list[dict[str, float]]:
        """For each of the Q, the n words of the greatest size over 0, and their weights."""
        some = np.flatnonzero(sizes > 0)
        order = some[np.lexsort((self.first[some], -sizes[some], self.query[some]))]
        queries = np.arange(self.queries + 1)
        if n is not None:
            opens = np.searchsorted(self.query[order], queries)
            order = order[np.arange(len(order)) - opens[self.query[order]] < n]
        bounds = np.searchsorted(self.query[order], queries)
        text, offsets, first = self.batch.text, self.batch.offsets, self.first[order]
        words = [
            text[start:end]
            for start, end in zip(offsets[first].tolist(), offsets[first + 1].tolist(), strict=True)
        ]
        weights = self.weights[order].round(DECIMALS).tolist()
        return [
            dict(zip(words[start:end], weights[start:end], strict=True))
            for start, end in pairwise(bounds.tolist())
        ]


class Features:
    """Finds the features that stand at each place of a text, by tables."""

    def __init__(self, features: Sequence[str]) -> None:
        if not all(0 < len(feature) <= 2 and max(feature) < chr(BEYOND) for feature in features):
            raise ValueError("a feature is one character or two")
        first, second = np.array(features, "U2").view(np.uint32).reshape(-1, 2).T
        number = np.arange(1, len(features) + 1, dtype=np.min_scalar_type(len(features)))
        alone = second == 0
        self._single = np.zeros(BEYOND + 1, number.dtype)
        self._single[first[alone]] = number[alone]
        known = np.unique(np.append(first[~alone], second[~alone]))
        # Pairs have a table of their own letters' size, a thousandth of the basic plane's.
        self._letter = np.zeros(BEYOND + 1, np.int64)
        self._letter[known] = np.arange(1, len(known) + 1)
        self._pair = np.zeros((len(known) + 1, len(known) + 1), number.dtype)
        self._pair[self._letter[first[~alone]], self._letter[second[~alone]]] = number[~alone]

    def at(self, letters: Codes) -> NDArray[Any]:
        """(C, 2) the feature that each of C letters is, and that it opens, plus 1; 0 for none."""
        places = np.zeros((len(letters), 2), self._single.dtype)
        places[:, 0] = self._single[letters]
        number = self._letter[letters]
        pair = number[:-1] * len(self._pair)
        pair += number[1:]
        places[:-1, 1] = self._pair.ravel()[pair]
        return places


def _ranges(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """The numbers from each start up to its end, one range after another, and of which range."""
    lengths = ends - starts
    of = np.repeat(np.arange(len(starts)), lengths)
    return of, np.arange(len(of)) + (starts - np.cumsum(lengths) + lengths)[of]


def letters(batch: TokenBatch) -> Codes:
    """(C,) each character of a batch's text folded; 0 for line ends and in bylines."""
    found = folded()[codes(batch.text)]
    bylines = batch.offsets[[batch.credits, batch.bodies]]
    for start, end in bylines[:, bylines[0] < bylines[1]].T:
        found[start:end] = 0
    return found


def shortness(letters: Codes, batch: TokenBatch) -> Floats:
    """(D,) how short each article is: 0 for a long one, and 1 more each time it is e times shorter.

    letters : see `letters`.
    """
    some = np.append(0, np.cumsum(letters > 0))
    size = np.diff(some[batch.offsets[batch.documents]])
    short: Floats = np.log(LONG / np.clip(size, FEWEST, LONG))
    return short


def count(places: NDArray[Any], batch: TokenBatch, width: int) -> sp.csr_array:
    """(D, F) how often each article has each feature.

    Parameters
    ----------
    places : (C, 2) the features at each character, plus 1; 0 for none.
    width : F.
    """
    bounds = 2 * batch.offsets[batch.documents]
    flat = places.ravel()
    # A stable sort of 16 bits is by radix, in linear time; a sort of the whole batch is by keys
    # of 32 bits, and takes five times as long.
    flat = np.concatenate(
        [flat[:0], *(np.sort(flat[a:b], kind="stable") for a, b in pairwise(bounds))]
    )
    opens = np.ones(len(flat), bool)
    opens[1:] = flat[1:] != flat[:-1]
    opens[bounds[:-1]] = True
    starts = np.flatnonzero(opens)
    features = flat[starts]
    # What is no feature, 0, is sorted to the front of each article.
    some = np.flatnonzero(features)
    times = np.empty(len(starts))
    times[-1:] = len(flat) - starts[-1:]
    np.subtract(starts[1:], starts[:-1], out=times[:-1])
    rows = np.searchsorted(starts[some], bounds).astype(np.int32)
    columns = features[some].astype(np.int32) - 1
    return sp.csr_array((times[some], columns, rows), shape=(len(bounds) - 1, width))


def idf_of(counts: sp.csr_array) -> Floats:
    """(F,) smoothed inverse document frequency of each column, as scikit-learn has it.

    What no article has gets 0: to a model of these articles it is no feature, and must not count
    in the length of others.
    """
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: Floats = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    idf[frequency == 0] = 0
    return idf


def tf_idf(counts: sp.csr_array, idf: Floats) -> sp.csr_array:
    """Sublinear term frequency times idf, each row of length 1."""
    data = np.log(counts.data)
    data += 1
    data *= idf[counts.indices]
    own = np.diff(counts.indptr)
    rows = np.repeat(np.arange(counts.shape[0]), own)
    length = np.sqrt(np.bincount(rows, data * data, counts.shape[0]))
    length[length == 0] = 1
    data /= np.repeat(length, own)
    return sp.csr_array((data, counts.indices, counts.indptr), shape=counts.shape)


def probability(log_odds: Floats) -> Floats:
    """The probability that has these log-odds."""
    probability: Floats = 1 / (1 + np.exp(-log_odds))
    return probability
