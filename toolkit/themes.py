"""Themes: which of the labels of a corpus an article carries, how surely, and for what words.

Features are the words of an article, the characters of each word, and the pairs of characters
within longer words: 竞赛, 大赛 and 比武赛 have 赛 in common. They are weighted by TF-IDF; a
logistic regression a theme, one against the rest, gives log-odds; Platt's sigmoid, fitted on
articles that the regression has not seen, makes them probabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self, cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from .article import Article
from .errors import ModelError
from .tokens import Kind, Lexicon, TokenBatch, Tokenizer

Floats = NDArray[np.float64]
Texts = TokenBatch | Sequence[Article | str]

# Weights are kept to this many decimals, so that the last bits, in which processors and
# libraries differ, do not decide what a model file holds.
_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class _Features:
    """A batch of D articles with W distinct words, in the F features of a model.

    words : (D, W) counts of words. spelling : (W, F) counts of features in a word.
    counts : (D, F) their product. weights : (D, F) its TF-IDF, in the same places.
    """

    words: sp.csr_array
    spelling: sp.csr_array
    counts: sp.csr_array
    weights: sp.csr_array


class ThemeTagger(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Tags articles with themes.

    Parameters
    ----------
    heading_weight : how many times a word of kicker, title or subtitle counts.
    min_df : a feature must stand in this many of the training articles.
    C : inverse strength of the regression's L2 penalty.
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
    features_ : the F features, sorted.
    idf_ : (F,) inverse document frequencies.
    coef_ : (K, F) log-odds a unit of TF-IDF.
    intercept_ : (K,) log-odds of an article without known features.
    calibration_ : (K, 2) slope and offset of the sigmoid.
    thresholds_ : (K,) the probability from which on a theme is given.
    held_out_ : (N, K) probabilities of the training articles, each from folds it was not in.
    """

    def __init__(
        self,
        *,
        heading_weight: float = 2.0,
        min_df: int = 2,
        C: float = 30.0,
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
        words = self._word_counts(batch)
        names, spelling = _spell(batch.lexicon.words)
        counts = words @ spelling
        document_frequency = np.bincount(counts.nonzero()[1], minlength=len(names))
        frequent = np.flatnonzero(document_frequency >= self.min_df)
        if not len(frequent):
            raise ModelError("no word stands in two articles; label more, or set min_df to 1")
        chosen = sorted(frequent, key=names.__getitem__)
        self.features_ = [names[feature] for feature in chosen]
        counts = counts[:, chosen]
        decisions = self._held_out_decisions(counts, labels)
        self.calibration_ = np.array(
            [_platt(decisions[:, k], labels[:, k]) for k in range(len(self.classes_))]
        ).round(_DECIMALS)
        self.held_out_ = _sigmoid(decisions, self.calibration_)
        self.thresholds_ = _thresholds(self.held_out_, labels, self.false_alarms).round(_DECIMALS)
        self.idf_ = _idf(counts).round(_DECIMALS)
        self.coef_, self.intercept_ = self._regress(_tf_idf(counts, self.idf_), labels)
        self.index_features()
        return self

    def predict_proba(self, X: Texts) -> Floats:
        """(N, K) calibrated probability of each theme in `classes_`, each on its own."""
        return self._probabilities(self._features(self._batch(X)))

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
        weights and the theme's intercept sum to the theme's log-odds before calibration.
        """
        batch = self._batch(X)
        features = self._features(batch)
        return [
            {
                str(theme): self._word_weights(batch, features, row, k, n)
                for k, theme in enumerate(self.classes_)
            }
            for row in range(len(batch))
        ]

    def score(self, X: Texts, y: Any, sample_weight: Any = None) -> float:
        """The share of articles whose themes are given exactly; y as for `fit`."""
        _, labels = _indicator(y, self.classes_)
        return float(super().score(X, labels, sample_weight))

    def with_evidence(
        self, batch: TokenBatch, n: int
    ) -> tuple[Floats, list[dict[str, dict[str, float]]]]:
        """`predict_proba`, and for each theme given the n words that spoke for it most."""
        features = self._features(batch)
        probabilities = self._probabilities(features)
        evidence: list[dict[str, dict[str, float]]] = [{} for _ in range(len(batch))]
        for row, given in enumerate(self.names(probabilities)):
            for theme in given:
                k = int(np.flatnonzero(self.classes_ == theme)[0])
                weights = self._word_weights(batch, features, row, k)
                spoke_for = [(word, weight) for word, weight in weights.items() if weight > 0]
                evidence[row][theme] = dict(spoke_for[:n])
        return probabilities, evidence

    def _probabilities(self, features: _Features) -> Floats:
        decisions = features.weights @ self.coef_.T + self.intercept_
        return _sigmoid(decisions, self.calibration_)

    def _word_weights(
        self, batch: TokenBatch, features: _Features, row: int, k: int, n: int | None = None
    ) -> dict[str, float]:
        """Word to what it added to the log-odds of theme k in one article, greatest first."""
        start, end = features.counts.indptr[row : row + 2]
        own = features.counts.indices[start:end]
        worth = np.zeros(len(self.features_))
        # What one occurrence of a feature is worth in this article.
        worth[own] = (
            features.weights.data[start:end] * self.coef_[k, own] / features.counts.data[start:end]
        )
        first, last = features.words.indptr[row : row + 2]
        words = features.words.indices[first:last]
        each = (features.spelling[words] @ worth) * features.words.data[first:last]
        order = np.lexsort((words, -np.abs(each)))
        order = order[np.abs(each[order]) > 0][:n]
        return {batch.lexicon.words[words[i]]: round(float(each[i]), _DECIMALS) for i in order}

    def _batch(self, X: Texts) -> TokenBatch:
        if isinstance(X, TokenBatch):
            return X
        if isinstance(X, str):
            raise ValueError("X must be a sequence of articles or texts, not one text")
        for text in X:
            if not isinstance(text, Article | str):
                raise ValueError(f"X must hold articles or texts, not {type(text).__name__}")
        return Tokenizer(self.user_dict).batch(X)

    def _word_counts(self, batch: TokenBatch) -> sp.csr_array:
        """(D, W) how often each article has each word, heading words weighted."""
        used = batch.of(Kind.WORD) & ~batch.in_credit
        weight = np.where(batch.in_body, 1.0, self.heading_weight)
        return sp.csr_array(
            (weight[used], (batch.document_of[used], batch.ids[used])),
            shape=(len(batch), len(batch.lexicon.words)),
        )

    def _features(self, batch: TokenBatch) -> _Features:
        check_is_fitted(self)
        spelling = self._speller.spell(batch.lexicon)
        words = self._word_counts(batch)
        counts = words @ spelling
        return _Features(words, spelling, counts, _tf_idf(counts, self.idf_))

    def index_features(self) -> None:
        """Build the look-up table of `features_`, once they are set."""
        self._speller = _Speller(self.features_)

    def _regress(self, X: sp.csr_array, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
        from sklearn.linear_model import LogisticRegression

        X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
        models = [
            LogisticRegression(C=self.C, solver="liblinear", tol=1e-8, max_iter=1000).fit(X, each)
            for each in labels.T
        ]
        coef = np.vstack([model.coef_ for model in models])
        intercept = np.concatenate([model.intercept_ for model in models])
        return coef.round(_DECIMALS), intercept.round(_DECIMALS)

    def _held_out_decisions(self, counts: sp.csr_array, labels: NDArray[np.int64]) -> Floats:
        """(N, K) log-odds of each article from regressions that have not seen it."""
        from sklearn.model_selection import StratifiedKFold

        # A fold is to hold its share of every theme, and of none; the first theme stands for all.
        kind = np.where(labels.any(axis=1), labels.argmax(axis=1), -1)
        folds = max(2, min(self.folds, int(labels.sum(axis=0).min())))
        decisions = np.zeros(labels.shape)
        for repeat in range(self.repeats):
            deal = StratifiedKFold(folds, shuffle=True, random_state=self.random_state + repeat)
            with _quiet_about_rare_kinds():
                parts = list(deal.split(counts, kind))
            for kept, held in parts:
                idf = _idf(counts[kept])
                coef, intercept = self._regress(_tf_idf(counts[kept], idf), labels[kept])
                decisions[held] += _tf_idf(counts[held], idf) @ coef.T + intercept
        return decisions / self.repeats


class _Speller:
    """Finds a model's features in words, in each word of a lexicon once."""

    def __init__(self, features: Sequence[str]) -> None:
        self._find = {name: number for number, name in enumerate(features)}.get
        self._width = len(features)
        self._lexicon: Lexicon | None = None

    def spell(self, lexicon: Lexicon) -> sp.csr_array:
        """(W, F) how often each word of a lexicon has each feature."""
        if lexicon is not self._lexicon:
            self._lexicon = lexicon
            self._known = _membership([], self._width)
        new = lexicon.words[self._known.shape[0] :]
        if new:
            found = [
                [f for name in _spelling(word) if (f := self._find(name)) is not None]
                for word in new
            ]
            more = _membership(found, self._width)
            self._known = sp.vstack([self._known, more], format="csr")
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


def _spelling(word: str) -> list[str]:
    """The features of a word: itself, its characters, the pairs of characters within it.

    Digits are none: a number says little of a theme and nothing of the next article's.
    """
    if any(char.isdigit() for char in word):
        return []
    if len(word) == 1:
        return [word]
    pairs = [f"{word[i : i + 2]}~" for i in range(len(word) - 1)] if len(word) > 2 else []
    return [word, *(f"{char}~" for char in word), *pairs]


def _spell(words: Sequence[str]) -> tuple[list[str], sp.csr_array]:
    """Every feature of some words, and (W, F) how often each word has it."""
    ids: dict[str, int] = {}
    found = [[ids.setdefault(name, len(ids)) for name in _spelling(word)] for word in words]
    return list(ids), _membership(found, len(ids))


def _membership(rows: Sequence[Sequence[int]], width: int) -> sp.csr_array:
    indptr = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=indptr[1:])
    indices = np.fromiter((each for row in rows for each in row), np.int64, indptr[-1])
    return sp.csr_array((np.ones(len(indices)), indices, indptr), shape=(len(rows), width))


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


def _platt(decisions: Floats, labels: NDArray[np.int64]) -> tuple[float, float]:
    """Slope and offset of the sigmoid that makes log-odds probabilities (Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e3, tol=1e-8, max_iter=1000).fit(decisions[:, None], labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def _sigmoid(decisions: Floats, calibration: Floats) -> Floats:
    probabilities: Floats = 1 / (1 + np.exp(-(decisions * calibration[:, 0] + calibration[:, 1])))
    return probabilities


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
