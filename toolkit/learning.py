"""Learning themes from labelled articles.

A linear support vector machine a theme, one against the rest, gives a margin; Platt's sigmoid,
fitted on the margins of articles that the machine has not seen, makes it log-odds and so a
probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from .errors import ModelError
from .themes import DECIMALS, Floats, Texts, ThemeModel, idf_of, probability, tf_idf


class ThemeTagger(ThemeModel, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learns themes from labelled articles, as a scikit-learn estimator, and tags others.

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
    classes_, features_, idf_, coef_, intercept_, thresholds_ : see `ThemeModel`.
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
        false_alarms: float = 0.02,
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
        counts = self.counts(batch, np.arange(len(words)), len(words))
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
        self.held_out_ = probability(margins * sigmoid[:, 0] + sigmoid[:, 1])
        self.thresholds_ = _thresholds(self.held_out_, labels, self.false_alarms).round(DECIMALS)
        self.idf_ = idf_of(counts).round(DECIMALS)
        coef, intercept = self._machines(tf_idf(counts, self.idf_), labels)
        # The sigmoid is linear in the margin up to the log-odds, so it goes into the weights.
        self.coef_ = (coef * sigmoid[:, :1]).round(DECIMALS)
        self.intercept_ = (intercept * sigmoid[:, 0] + sigmoid[:, 1]).round(DECIMALS)
        self.index_features()
        return self

    def score(self, X: Texts, y: Any, sample_weight: Any = None) -> float:
        """The share of articles whose themes are given exactly; y as for `fit`."""
        _, labels = _indicator(y, self.classes_)
        return float(super().score(X, labels, sample_weight))

    def _machines(self, X: sp.csr_array, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """(K, F) weights and (K,) intercepts of the margins."""
        from sklearn.svm import LinearSVC

        X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
        # A fold held out may hold every article of a rare theme: the others then all say no.
        coef, intercept = np.zeros((labels.shape[1], X.shape[1])), 2.0 * labels[0] - 1
        for k, each in enumerate(labels.T):
            if each.min() < each.max():
                machine = LinearSVC(
                    C=self.C, tol=1e-8, max_iter=100_000, random_state=self.random_state
                ).fit(X, each)
                coef[k], intercept[k] = machine.coef_[0], machine.intercept_[0]
        return coef, intercept

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
                idf = idf_of(counts[kept])
                coef, intercept = self._machines(tf_idf(counts[kept], idf), labels[kept])
                margins[held] += tf_idf(counts[held], idf) @ coef.T + intercept
        return margins / self.repeats


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
    """Whether a word can be a feature: a number says nothing of the next article's theme."""
    return not any(map(str.isdigit, word))


def _platt(margins: Floats, labels: NDArray[np.int64]) -> tuple[float, float]:
    """Slope and offset that make margins log-odds (J. Platt, 1999)."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e3, tol=1e-8, max_iter=1000).fit(margins[:, None], labels)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


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
