"""Themes: which themes an article carries, how surely, and for what words.

A model is linear in the TF-IDF of an article's words: each word adds to, or takes from, the
log-odds of each theme. `toolkit.learning` makes models; this module applies them, and needs no
more than arrays for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .article import Article
from .tokens import STOPWORDS, Kind, Lexicon, TokenBatch, Tokenizer

Floats = NDArray[np.float64]
Texts = TokenBatch | Sequence[Article | str]

# Weights are kept to this many decimals, so that the last bits, in which processors and
# libraries differ, do not decide what a model file holds.
DECIMALS = 4


class ThemeModel:
    """What has been learned of themes, ready to be applied to F words and K themes.

    Attributes
    ----------
    classes_ : (K,) the themes.
    features_ : the F words that count, sorted.
    idf_ : (F,) inverse document frequencies.
    coef_ : (K, F) log-odds a unit of TF-IDF, calibrated.
    intercept_ : (K,) log-odds of an article without known words.
    thresholds_ : (K,) the probability from which on a theme is given.
    heading_weight : how many times a word of kicker, title or subtitle counts.
    user_dict : a file of words for the segmentation, in jieba's form.
    """

    classes_: NDArray[np.object_]
    features_: list[str]
    idf_: Floats
    coef_: Floats
    intercept_: Floats
    thresholds_: Floats
    heading_weight: float
    user_dict: str | None

    def predict_proba(self, X: Texts) -> Floats:
        """(N, K) calibrated probability of each theme in `classes_`, each on its own."""
        return probability(self._log_odds(self._weights(self._batch(X))))

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
        weights and the theme's intercept sum to the theme's log-odds.
        """
        weights = self._weights(self._batch(X))
        return [
            {str(theme): self._said(weights, row, k, n) for k, theme in enumerate(self.classes_)}
            for row in range(weights.shape[0])
        ]

    def with_evidence(
        self, batch: TokenBatch, n: int
    ) -> tuple[Floats, list[dict[str, dict[str, float]]]]:
        """`predict_proba`, and for each theme given the n content words that spoke for it most."""
        weights = self._weights(batch)
        probabilities = probability(self._log_odds(weights))
        column = {theme: k for k, theme in enumerate(self.classes_)}
        evidence: list[dict[str, dict[str, float]]] = [{} for _ in range(len(batch))]
        for row, given in enumerate(self.names(probabilities)):
            for theme in given:
                said = self._said(weights, row, column[theme])
                # 他们 and 一个 count too, and `explain` shows it, but they tell a reader nothing.
                spoke_for = [
                    (word, weight)
                    for word, weight in said.items()
                    if weight > 0 and word not in STOPWORDS
                ]
                evidence[row][theme] = dict(spoke_for[:n])
        return probabilities, evidence

    def _log_odds(self, weights: sp.csr_array) -> Floats:
        log_odds: Floats = weights @ self.coef_.T + self.intercept_
        return log_odds

    def _said(
        self, weights: sp.csr_array, row: int, k: int, n: int | None = None
    ) -> dict[str, float]:
        """Word to what it added to the log-odds of theme k in one article, greatest first."""
        start, end = weights.indptr[row : row + 2]
        words = weights.indices[start:end]
        each = weights.data[start:end] * self.coef_[k, words]
        order = np.lexsort((words, -np.abs(each)))[:n]
        return {self.features_[words[i]]: round(float(each[i]), DECIMALS) for i in order}

    def _batch(self, X: Texts) -> TokenBatch:
        if isinstance(X, TokenBatch):
            return X
        if isinstance(X, str):
            raise ValueError("X must be a sequence of articles or texts, not one text")
        for text in X:
            if not isinstance(text, Article | str):
                raise ValueError(f"X must hold articles or texts, not {type(text).__name__}")
        return Tokenizer(self.user_dict).batch(X)

    def counts(self, batch: TokenBatch, column_of: NDArray[np.int64], width: int) -> sp.csr_array:
        """(D, F) how often each article has each feature, heading words weighted.

        column_of : (W,) the feature that each word of the lexicon is, -1 for none.
        width : F.
        """
        column = column_of[batch.ids]
        used = (column >= 0) & batch.of(Kind.WORD) & ~batch.in_credit
        weight = np.where(batch.in_body, 1.0, self.heading_weight)
        places = (batch.document_of[used].astype(np.int32), column[used].astype(np.int32))
        return sp.coo_array((weight[used], places), shape=(len(batch), width)).tocsr()

    def _weights(self, batch: TokenBatch) -> sp.csr_array:
        """(D, F) TF-IDF of the model's words in each article."""
        if not hasattr(self, "coef_"):
            from sklearn.exceptions import NotFittedError

            raise NotFittedError(f"this {type(self).__name__} is not fitted yet; call fit first")
        columns = self._columns.of(batch.lexicon)
        return tf_idf(self.counts(batch, columns, len(self.features_)), self.idf_)

    def index_features(self) -> None:
        """Build the look-up table of `features_`, once they are set."""
        self._columns = _Columns(self.features_)


class _Columns:
    """Finds which feature of a model each word of a lexicon is, each word once."""

    def __init__(self, features: Sequence[str]) -> None:
        self._column = {name: number for number, name in enumerate(features)}
        self._lexicon: Lexicon | None = None

    def of(self, lexicon: Lexicon) -> NDArray[np.int64]:
        """(W,) the feature that each word is, -1 for none."""
        if lexicon is not self._lexicon:
            self._lexicon = lexicon
            self._known = np.empty(0, np.int64)
        new = lexicon.words[len(self._known) :]
        found = [self._column.get(word, -1) for word in new]
        self._known = np.append(self._known, np.array(found, np.int64))
        return self._known


def idf_of(counts: sp.csr_array) -> Floats:
    """(F,) smoothed inverse document frequency of each column, as scikit-learn has it."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: Floats = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    return idf


def tf_idf(counts: sp.csr_array, idf: Floats) -> sp.csr_array:
    """Sublinear term frequency times idf, each row of length 1."""
    weights = counts.astype(np.float64, copy=True)
    weights.data = (1 + np.log(np.maximum(weights.data, 1))) * idf[weights.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(rows, weights.data**2, counts.shape[0]))
    weights.data /= length[rows]
    return weights


def probability(log_odds: Floats) -> Floats:
    """The probability that has these log-odds."""
    probability: Floats = 1 / (1 + np.exp(-log_odds))
    return probability
