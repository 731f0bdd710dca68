"""Themes: which of the labels of a corpus an article carries, how surely, and for what words.

Features are the words of an article, weighted by TF-IDF. A linear support vector machine a theme,
one against the rest, gives a margin; Platt's sigmoid, fitted on the margins of articles that the
machine has not seen, makes it log-odds and so a probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from .article import Article
from .errors import ModelError
from .tokens import STOPWORDS, Kind, Lexicon, TokenBatch, Tokenizer

Floats = NDArray[np.float64]
Texts = TokenBatch | Sequence[Article | str]

# Weights are kept to this many decimals, so that the last bits, in which processors and
# libraries differ, do not decide what a model file holds.
_DECIMALS = 4


class ThemeTagger(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tags articles with themes.

    Parameters
    ----------
    heading_weight : how many times a word of kicker, title or subtitle counts.
    min_df : a word must stand in this many of the training articles.
    C : inverse strength of the machines' L2 penalty.
    folds : parts of the training articles; each in turn is held out for calibration and
        thresholds.
    repeats : how many times the articles are dealt into folds anew; the results are averaged.
    false_alarms : the share of articles without a theme that may be given one, on the folds held
        out; thresholds are raised until it is kept.
    random_state : seed of the folds.
    user_dict : a file of words for the segmentation, in jieba's form.

    Attributes
    ----------
    classes_ : (K,) the themes.
    features_ : the F words that count, sorted.
    idf_ : (F,) inverse document frequencies.
    coef_ : (K, F) log-odds a unit of TF-IDF, calibrated.
    intercept_ : (K,) log-odds of an article without known words.
    thresholds_ : (K,) the probability from which on a theme is given.
    held_out_ : (N, K) probabilities of the training articles, each from folds it was not in.
    """

    def __init__(
        self,
        *,
        heading_weight: float = 2.0,
        min_df: int = 2,
        C: float = 1.0,
        folds: int = 5,
        repeats: int = 3,
        false_alarms: float = 0.05,
        random_state: int = 0,
        user_dict: str | None = None,
    ) -> None:
        self.heading_weight = heading_weight
        self.min_df = min_df
        self.C = C
        self.folds = folds
        self.repeats = repeats
        self.false_alarms = false_alarms
        self.random_state = random_state
        self.user_dict = user_dict

    def __sklearn_tags__(self) -> Any:
        """Say that input is text and that an article may carry several themes."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        tags.no_validation = True
        return tags

    def fit(self, X: Texts, y: ArrayLike | Sequence[Iterable[str]]) -> Self:
        """Learn themes from labelled articles.

        Parameters
        ----------
        X : N articles, bare bodies, or their tokens.
        y : N collections of theme names, or an (N, K) array of 0 and 1.

        Raises
        ------
        ModelError : there is nothing to learn from: no articles, no themes, or a theme with
            fewer than two articles that carry it or that do not.
        ValueError : X and y are of different lengths.
        """
        batch = self._batch(X)
        self.classes_, labels = _indicator(y)
        if len(labels) != len(batch):
            raise ValueError(f"{len(batch)} articles but {len(labels)} labels")
        _check_enough(self.classes_, labels)
        words = batch.lexicon.words
        counts = self._counts(batch, np.arange(len(words)), len(words))
        frequency = np.bincount(counts.indices, minlength=len(words))
        frequent = [
            i for i in np.flatnonzero(frequency >= self.min_df) if _says_something(words[i])
        ]
        if not frequent:
            raise ModelError("no word stands in two articles; label more, or set min_df to 1")
        chosen = sorted(frequent, key=words.__getitem__)
        self.features_ = [words[i] for i in chosen]
        counts = counts[:, chosen]
        margins = self._held_out_margins(counts, labels)
        sigmoid = np.array([_platt(margins[:, k], labels[:, k]) for k in range(labels.shape[1])])
        self.held_out_ = _probability(margins * sigmoid[:, 0] + sigmoid[:, 1])
        self.thresholds_ = _thresholds(self.held_out_, labels, self.false_alarms).round(_DECIMALS)
        self.idf_ = _idf(counts).round(_DECIMALS)
        coef, intercept = self._machines(_tf_idf(counts, self.idf_), labels)
        # The sigmoid is linear in the margin up to the log-odds, so it goes into the weights.
        self.coef_ = (coef * sigmoid[:, :1]).round(_DECIMALS)
        self.intercept_ = (intercept * sigmoid[:, 0] + sigmoid[:, 1]).round(_DECIMALS)
        self.index_features()
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """(N, K) calibrated probability of each theme in `classes_`, each on its own."""
        return _probability(self._log_odds(self._weights(self._batch(X))))

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

    def score(self, X: Texts, y: Any, sample_weight: Any = None) -> float:
        """The share of articles whose themes are given exactly; y as for `fit`."""
        _, labels = _indicator(y, self.classes_)
        return float(super().score(X, labels, sample_weight))

    def with_evidence(
        self, batch: TokenBatch, n: int
    ) -> tuple[Floats, list[dict[str, dict[str, float]]]]:
        """`predict_proba`, and for each theme given the n words that spoke for it most."""
        weights = self._weights(batch)
        probabilities = _probability(self._log_odds(weights))
        column = {theme: k for k, theme in enumerate(self.classes_)}
        evidence: list[dict[str, dict[str, float]]] = [{} for _ in range(len(batch))]
        for row, given in enumerate(self.names(probabilities)):
            for theme in given:
                said = self._said(weights, row, column[theme])
                spoke_for = [(word, weight) for word, weight in said.items() if weight > 0]
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
        return {self.features_[words[i]]: round(float(each[i]), _DECIMALS) for i in order}

    def _batch(self, X: Texts) -> TokenBatch:
        if isinstance(X, TokenBatch):
            return X
        if isinstance(X, str):
            raise ValueError("X must be a sequence of articles or texts, not one text")
        for text in X:
            if not isinstance(text, Article | str):
                raise ValueError(f"X must hold articles or texts, not {type(text).__name__}")
        return Tokenizer(self.user_dict).batch(X)

    def _counts(self, batch: TokenBatch, column_of: NDArray[np.int64], width: int) -> sp.csr_array:
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
        check_is_fitted(self)
        columns = self._columns.of(batch.lexicon)
        return _tf_idf(self._counts(batch, columns, len(self.features_)), self.idf_)

    def index_features(self) -> None:
        """Build the look-up table of `features_`, once they are set."""
        self._columns = _Columns(self.features_)

    def _machines(self, X: sp.csr_array, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """(K, F) weights and (K,) intercepts of the margins."""
        from sklearn.svm import LinearSVC

        X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
        machines = [
            LinearSVC(C=self.C, tol=1e-8, max_iter=100_000, random_state=self.random_state).fit(
                X, each
            )
            for each in labels.T
        ]
        coef = np.vstack([machine.coef_ for machine in machines])
        return coef, np.concatenate([machine.intercept_ for machine in machines])

    def _held_out_margins(self, counts: sp.csr_array, labels: NDArray[np.int64]) -> Floats:
        """(N, K) the margin of each article from machines that have not seen it."""
        from sklearn.model_selection import StratifiedKFold

        # A fold is to hold its share of every theme, and of none; the first theme stands for all.
        kind = np.where(labels.any(axis=1), labels.argmax(axis=1), -1)
        folds = max(2, min(self.folds, int(labels.sum(axis=0).min())))
        margins = np.zeros(labels.shape)
        for repeat in range(self.repeats):
            deal = StratifiedKFold(folds, shuffle=True, random_state=self.random_state + repeat)
            with _quiet_about_rare_kinds():
                parts = list(deal.split(counts, kind))
            for kept, held in parts:
                idf = _idf(counts[kept])
                coef, intercept = self._machines(_tf_idf(counts[kept], idf), labels[kept])
                margins[held] += _tf_idf(counts[held], idf) @ coef.T + intercept
        return margins / self.repeats


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


def _quiet_about_rare_kinds() -> Any:
    import warnings

    quiet = warnings.catch_warnings()
    warnings.filterwarnings("ignore", message="The least populated class")
    return quiet


def _indicator(
    y: ArrayLike | Sequence[Iterable[str]], classes: NDArray[Any] | None = None
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The themes' names, sorted or as given, and an (N, K) array of 0 and 1."""
    if isinstance(y, np.ndarray) and y.ndim == 2:
        return np.arange(y.shape[1]), (y != 0).astype(np.int64)
    labels: list[tuple[str, ...]] = []
    for each in cast(Iterable[Any], y):
        if isinstance(each, str) or not isinstance(each, Iterable):
            raise ValueError("y must hold a collection of theme names for each article")
        labels.append(tuple(each))
    names = sorted({theme for each in labels for theme in each}) if classes is None else classes
    column = {theme: k for k, theme in enumerate(names)}
    indicator = np.zeros((len(labels), len(names)), np.int64)
    for row, each in enumerate(labels):
        indicator[row, [column[theme] for theme in each]] = 1
    return np.array(names, dtype=object), indicator


def _check_enough(classes: NDArray[Any], labels: NDArray[np.int64]) -> None:
    if not labels.size:
        raise ModelError("no labelled articles with a theme to learn from")
    for theme, carried in zip(classes, labels.sum(axis=0), strict=True):
        if carried < 2 or len(labels) - carried < 2:
            raise ModelError(
                f"the theme '{theme}' is carried by {carried} of {len(labels)} articles; "
                "label at least two that carry it and two that do not"
            )


def _says_something(word: str) -> bool:
    """Whether a word can be a feature, and so evidence: no number, no 他们 or 一个."""
    return word not in STOPWORDS and not any(map(str.isdigit, word))


def _idf(counts: sp.csr_array) -> Floats:
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf: Floats = np.log((1 + counts.shape[0]) / (1 + frequency)) + 1
    return idf


def _tf_idf(counts: sp.csr_array, idf: Floats) -> sp.csr_array:
    """Sublinear term frequency times idf, each row of length 1."""
    weights = counts.astype(np.float64, copy=True)
    weights.data = (1 + np.log(np.maximum(weights.data, 1))) * idf[weights.indices]
    rows = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(rows, weights.data**2, counts.shape[0]))
    weights.data /= length[rows]
    return weights


def _platt(margins: Floats, labels: NDArray[np.int64]) -> tuple[float, float]:
    """Slope and offset that make margins log-odds (J. Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e3, tol=1e-8, max_iter=1000).fit(margins[:, None], labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _probability(log_odds: Floats) -> Floats:
    probability: Floats = 1 / (1 + np.exp(-log_odds))
    return probability


def _thresholds(probabilities: Floats, labels: NDArray[np.int64], false_alarms: float) -> Floats:
    """(K,) the thresholds of the best F1, raised together until false alarms are few enough."""
    from sklearn.metrics import precision_recall_curve

    best = []
    for k in range(labels.shape[1]):
        precision, recall, at = precision_recall_curve(labels[:, k], probabilities[:, k])
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
        # Half-way to the next article below, which is as far as the data tell.
        chosen = at[np.argmax(f1[:-1])]
        below = probabilities[:, k][probabilities[:, k] < chosen]
        best.append((chosen + below.max(initial=0.0)) / 2)
    thresholds: Floats = np.array(best)
    none = ~labels.any(axis=1)
    if not none.any():
        return thresholds
    for raised in np.linspace(0, 0.9, 91):
        candidate: Floats = thresholds + (0.99 - thresholds) * raised
        if (probabilities[none] >= candidate).any(axis=1).mean() <= false_alarms:
            return candidate
    return thresholds
