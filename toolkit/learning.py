"""Learning themes from labelled articles.

A theme, one against the rest, has three judges, each linear in TF-IDF: the log-ratios of naive
Bayes, a support vector machine, and a machine whose features are weighted by those ratios
(S. Wang and C. Manning, 2012). The first needs few articles, the second many, the third less. A
logistic regression on what the three say of articles that none has seen, Platt's sigmoid with
three inputs, makes one sum of log-odds of them, and so a probability.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin

from .errors import ModelError
from .themes import (
    DECIMALS,
    Features,
    Floats,
    Texts,
    ThemeModel,
    count,
    idf_of,
    letters,
    probability,
    tf_idf,
)
from .tokens import TokenBatch

JUDGES = 3
# What naive Bayes counts a feature in every theme before it has seen any.
_SMOOTHING = 0.1


class ThemeTagger(ThemeModel, ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learns themes from labelled articles, as a scikit-learn estimator, and tags others.

    Parameters
    ----------
    min_df : a character or pair must stand in this many of the training articles.
    max_features : so many of those that stand in the most articles are kept. Up to 65,535 have
        numbers of 16 bits, with which a model is small and fast.
    C : inverse strength of the machine's L2 penalty; a quarter of it for the weighted one, whose
        features are larger.
    folds : parts of the training articles; each in turn is held out for calibration and
        thresholds.
    repeats : how many times the articles are dealt into folds anew.
    false_alarms : the share of articles without a theme that may be given one, on the folds held
        out; thresholds are raised until it is kept.
    random_state : seed of the folds.
    user_dict : a file of words for the segmentation, in jieba's form.

    Attributes
    ----------
    classes_, features_, idf_, coef_, intercept_, thresholds_ : see `ThemeModel`.
    held_out_ : (N, K) probabilities of the training articles, each from folds it was not in; the
        mean of the repeats.
    """

    def __init__(
        self,
        *,
        min_df: int = 1,
        max_features: int = 65_535,
        C: float = 4.0,
        folds: int = 5,
        repeats: int = 3,
        false_alarms: float = 0.02,
        random_state: int = 0,
        user_dict: str | None = None,
    ) -> None:
        self.min_df = min_df
        self.max_features = max_features
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
        self.features_ = self._choose(batch)
        counts = count(Features(self.features_).at(letters(batch)), batch, len(self.features_))
        said = self._held_out(counts, labels)
        # Each repeat counts as articles of its own: averaged, what the judges say would be surer
        # than what they say of a new article.
        again = np.tile(labels, (self.repeats, 1))
        sums = [_platt(said[:, :, k], again[:, k]) for k in range(labels.shape[1])]
        log_odds = [part @ said[:, :, k] + offset for k, (part, offset) in enumerate(sums)]
        held_out = probability(np.array(log_odds).T)
        self.held_out_ = held_out.reshape(self.repeats, *labels.shape).mean(axis=0)
        self.thresholds_ = thresholds(held_out, again, self.false_alarms).round(DECIMALS)
        self.idf_ = idf_of(counts).round(DECIMALS)
        coef, intercept = self._judges(tf_idf(counts, self.idf_), labels)
        # The sum is linear in what the judges say, so it goes into the weights.
        parts, offsets = (
            np.array([part for part, _ in sums]).T,
            np.array([each for _, each in sums]),
        )
        self.coef_ = np.einsum("jk,jkf->kf", parts, coef).round(DECIMALS)
        self.intercept_ = ((parts * intercept).sum(axis=0) + offsets).round(DECIMALS)
        self.prepare()
        return self

    def score(self, X: Texts, y: Any, sample_weight: Any = None) -> float:
        """The share of articles whose themes are given exactly; y as for `fit`."""
        _, labels = _indicator(y, self.classes_)
        return float(super().score(X, labels, sample_weight))

    def _choose(self, batch: TokenBatch) -> list[str]:
        """The characters and pairs that stand in enough articles, sorted."""
        found = letters(batch).astype(np.int64)
        article = np.repeat(np.arange(len(batch)), np.diff(batch.offsets[batch.documents]))
        followed = (found[:-1] > 0) & (found[1:] > 0)
        # A character is a pair with nothing, so that numbers sort as the texts do.
        single = (article << 32 | found << 16)[found > 0]
        pair = (article[:-1] << 32 | found[:-1] << 16 | found[1:])[followed]
        own = np.unique(np.concatenate([single, pair])) & 0xFFFFFFFF
        features, frequency = np.unique(own, return_counts=True)
        enough = frequency >= self.min_df
        if not enough.any():
            raise ModelError(
                f"no character stands in {self.min_df} of the articles; label more, or lower min_df"
            )
        features, frequency = features[enough], frequency[enough]
        most = np.argsort(-frequency, kind="stable")[: self.max_features]
        return [
            chr(feature >> 16) + (chr(feature & 0xFFFF) if feature & 0xFFFF else "")
            for feature in np.sort(features[most]).tolist()
        ]

    def _judges(self, X: sp.csr_array, labels: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """(3, K, F) weights and (3, K) intercepts: naive Bayes and two support vector machines."""
        X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
        present = sp.csr_array((np.ones(X.nnz), X.indices, X.indptr), shape=X.shape)
        carried = labels.T @ present + _SMOOTHING
        others = (1 - labels).T @ present + _SMOOTHING
        bayes = np.log(carried / carried.sum(axis=1, keepdims=True)) - np.log(
            others / others.sum(axis=1, keepdims=True)
        )
        coef = np.zeros((JUDGES, *bayes.shape))
        intercept = np.zeros((JUDGES, len(bayes)))
        coef[0] = bayes
        for k, each in enumerate(labels.T):
            coef[1, k], intercept[1, k] = self._machine(X, each, self.C)
            # The square root spares features that say little of the theme, but something.
            share = np.sqrt(np.abs(bayes[k]))
            data = X.data * share[X.indices]
            weighted = sp.csr_array((data, X.indices, X.indptr), shape=X.shape)
            weights, intercept[2, k] = self._machine(weighted, each, self.C / 4)
            coef[2, k] = weights * share
        return coef, intercept

    def _machine(
        self, X: sp.csr_array, labels: NDArray[np.int64], C: float
    ) -> tuple[Floats, float]:
        """(F,) weights and intercept of a support vector machine."""
        from sklearn.svm import LinearSVC

        if labels.min() == labels.max():
            # A fold held out may hold every article of a rare theme: the others then all say no.
            return np.zeros(X.shape[1]), 2.0 * labels[0] - 1
        machine = LinearSVC(C=C, tol=1e-8, max_iter=100_000, random_state=self.random_state)
        machine.fit(X, labels)
        return machine.coef_[0], float(machine.intercept_[0])

    def _held_out(self, counts: sp.csr_array, labels: NDArray[np.int64]) -> Floats:
        """(3, R * N, K) what judges that have not seen an article say of it, R repeats in turn."""
        from sklearn.model_selection import StratifiedKFold

        # A fold is to hold its share of every theme, and of none; the first theme stands for all.
        kind = np.where(labels.any(axis=1), labels.argmax(axis=1), -1)
        folds = max(2, min(self.folds, int(labels.sum(axis=0).min())))
        said = np.zeros((JUDGES, self.repeats, *labels.shape))
        for repeat in range(self.repeats):
            deal = StratifiedKFold(folds, shuffle=True, random_state=self.random_state + repeat)
            with _quiet_about_rare_kinds():
                parts = list(deal.split(counts, kind))
            for kept, held in parts:
                idf = idf_of(counts[kept])
                coef, intercept = self._judges(tf_idf(counts[kept], idf), labels[kept])
                weights = tf_idf(counts[held], idf)
                for judge in range(JUDGES):
                    said[judge, repeat, held] = weights @ coef[judge].T + intercept[judge]
        return said.reshape(JUDGES, -1, labels.shape[1])


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


def _platt(said: Floats, labels: NDArray[np.int64]) -> tuple[Floats, float]:
    """(J,) shares and an offset that make log-odds of what J judges say (J. Platt, 1999).

    said : (J, N) what each judge says of each article.
    """
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=1e3, tol=1e-8, max_iter=1000).fit(said.T, labels)
    return fitted.coef_[0], float(fitted.intercept_[0])


def thresholds(probabilities: Floats, labels: NDArray[np.int64], false_alarms: float) -> Floats:
    """(K,) thresholds of the best F1, then raised where it costs least F1 a false alarm.

    Parameters
    ----------
    probabilities, labels : (N, K).
    false_alarms : the share of the articles of none that may be given a theme.
    """
    chosen = np.array(
        [_best_threshold(probabilities[:, k], labels[:, k]) for k in range(labels.shape[1])]
    )
    none = probabilities[~labels.any(axis=1)]
    while len(none) and (none >= chosen).any(axis=1).mean() > false_alarms:
        steps = []
        for k, threshold in enumerate(chosen):
            alarms = np.unique(none[none[:, k] >= threshold, k])
            before = _f1(probabilities[:, k], labels[:, k], threshold)
            for gone, alarm in enumerate(alarms, 1):
                above = probabilities[:, k][probabilities[:, k] > alarm].min(initial=1.0)
                raised = max((alarm + above) / 2, np.nextafter(alarm, 2))
                lost = before - _f1(probabilities[:, k], labels[:, k], raised)
                steps.append((lost / gone, k, raised))
        _, k, chosen[k] = min(steps)
    return chosen


def _best_threshold(probabilities: Floats, labels: NDArray[np.int64]) -> float:
    from sklearn.metrics import precision_recall_curve

    precision, recall, at = precision_recall_curve(labels, probabilities)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    # Half-way to the next article below, which is as far as the data tell.
    chosen = at[np.argmax(f1[:-1])]
    below = probabilities[probabilities < chosen]
    return float((chosen + below.max(initial=0.0)) / 2)


def _f1(probabilities: Floats, labels: NDArray[np.int64], threshold: float) -> float:
    given = probabilities >= threshold
    return float(2 * (given & (labels > 0)).sum() / max(given.sum() + labels.sum(), 1))
