"""Learning themes from labelled articles.

A theme, one against the rest, has three judges, each linear in TF-IDF: the log-ratios of naive
Bayes, a support vector machine, and a machine whose features are weighted by those ratios
(S. Wang and C. Manning, 2012). The first needs few articles, the second many, the third less. A
logistic regression on what the three say of articles that none has seen, Platt's sigmoid with
three inputs, makes one sum of log-odds of them, and so a probability. How much each judge counts
changes with how short an article is; so that this can be learned, the judges learn from the opening
of each article too, and are heard on it.
"""

from __future__ import annotations

from collections import Counter
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
    shortness,
    tf_idf,
)
from .tokens import TokenBatch

JUDGES = 3
# So many characters of a body are its opening, which counts so much of an article of its own.
OPENING, OPENING_WEIGHT = 100, 0.1
# A theme is not given that is less likely than not, and always one that is as likely as this: few
# articles would else say little of where the threshold is, and withhold much.
EVEN, SURE = 0.5, 0.9
# So many words are told of each theme.
WORDS = 12
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
        out; the threshold of all themes, which is even odds, is raised until it is kept, but not
        past `SURE`.
    random_state : seed of the folds.
    user_dict : a file of words for the segmentation, in jieba's form.

    Attributes
    ----------
    classes_, features_, idf_, coef_, intercept_, thresholds_ : see `ThemeModel`.
    held_out_, held_out_thresholds_ : (N, K) probabilities of the training articles, the mean of the
        repeats, and what they are to reach. Neither judges, nor calibration, nor thresholds have
        seen the article, so that these tell how good the model is on others.
    """

    def __init__(
        self,
        *,
        min_df: int = 1,
        max_features: int = 65_535,
        C: float = 8.0,
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
        own, early = letters(batch), opening(batch)
        places = Features(self.features_).at(own)
        width = len(self.features_)
        # Two of each: of the articles whole, and of their openings.
        counts = [count(each, batch, width) for each in (places, places * early[:, None])]
        short = np.array([shortness(each, batch) for each in (own, own * early)])
        said, fold = self._held_out(counts, labels)
        self.held_out_, self.held_out_thresholds_ = self._judged_apart(said, short, labels, fold)
        sums = _sums(said, short, labels)
        heard = probability(_log_odds(sums, said[0], short[0]))
        self.thresholds_ = np.full(len(self.classes_), self._threshold(heard, labels))
        self.idf_ = idf_of(counts[0]).round(DECIMALS)
        coef, intercept = self._judges(counts, self.idf_, labels)
        # The sums are linear in what the judges say, so they go into the weights.
        shares, offsets = sums[..., :-1], sums[..., -1]
        weights = np.einsum("pkj,jkf->pkf", shares, coef).round(DECIMALS)
        constants = (np.einsum("pkj,jk->pk", shares, intercept) + offsets).round(DECIMALS)
        self.coef_, self.short_coef_ = weights
        self.intercept_, self.short_intercept_ = constants
        self.prepare()
        self.words_ = self._telling_words(batch)
        return self

    def score(self, X: Texts, y: Any, sample_weight: Any = None) -> float:
        """The share of articles whose themes are given exactly; y as for `fit`."""
        _, labels = _indicator(y, self.classes_)
        return float(super().score(X, labels, sample_weight))

    def _telling_words(self, batch: TokenBatch) -> list[list[str]]:
        """For each theme, the `WORDS` that spoke for it most, summed over the articles given it."""
        told: dict[str, Counter[str]] = {str(name): Counter() for name in self.classes_}
        _, evidence = self.with_evidence(batch, WORDS)
        for themes in evidence:
            for theme, words in themes.items():
                told[theme].update(words)
        return [[word for word, _ in words.most_common(WORDS)] for words in told.values()]

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

    def _judged_apart(
        self, said: Floats, short: Floats, labels: NDArray[np.int64], fold: NDArray[np.int64]
    ) -> tuple[Floats, Floats]:
        """(N, K) probabilities and thresholds of each fold, calibrated and chosen on the others."""
        probabilities, thresholds = np.zeros(labels.shape), np.zeros(labels.shape)
        for number in np.unique(fold):
            held, kept = fold == number, fold != number
            sums = _sums(said[..., kept, :], short[:, kept], labels[kept])
            heard = probability(_log_odds(sums, said[0], short[0]))
            probabilities[held] = heard[:, held].mean(axis=0)
            thresholds[held] = self._threshold(heard[:, kept], labels[kept])
        return probabilities, thresholds

    def _threshold(self, heard: Floats, labels: NDArray[np.int64]) -> float:
        """The threshold by (R, N, K) probabilities of articles, R times each."""
        none = heard[:, ~labels.any(axis=1)].max(axis=2).ravel()
        return threshold(none, self.false_alarms)

    def _judges(
        self, counts: Sequence[sp.csr_array], idf: Floats, labels: NDArray[np.int64]
    ) -> tuple[Floats, Floats]:
        """(3, K, F) weights and (3, K) intercepts: naive Bayes and two support vector machines.

        counts : (N, F) how often the articles have each feature, and how often their openings do.
        """
        X = sp.csr_array(sp.vstack([tf_idf(each, idf) for each in counts]))
        X.indices, X.indptr = X.indices.astype(np.int32), X.indptr.astype(np.int32)
        counted = np.repeat([1, OPENING_WEIGHT], len(labels))
        labels = np.tile(labels, (2, 1))
        present = sp.csr_array((np.ones(X.nnz), X.indices, X.indptr), shape=X.shape)
        carried = (labels.T * counted) @ present + _SMOOTHING
        others = ((1 - labels).T * counted) @ present + _SMOOTHING
        bayes = np.log(carried / carried.sum(axis=1, keepdims=True)) - np.log(
            others / others.sum(axis=1, keepdims=True)
        )
        coef = np.zeros((JUDGES, *bayes.shape))
        intercept = np.zeros((JUDGES, len(bayes)))
        coef[0] = bayes
        for k, each in enumerate(labels.T):
            coef[1, k], intercept[1, k] = self._machine(X, each, counted, self.C)
            # The square root spares features that say little of the theme, but something.
            share = np.sqrt(np.abs(bayes[k]))
            data = X.data * share[X.indices]
            weighted = sp.csr_array((data, X.indices, X.indptr), shape=X.shape)
            weights, intercept[2, k] = self._machine(weighted, each, counted, self.C / 4)
            coef[2, k] = weights * share
        return coef, intercept

    def _machine(
        self, X: sp.csr_array, labels: NDArray[np.int64], counted: Floats, C: float
    ) -> tuple[Floats, float]:
        """(F,) weights and intercept of a support vector machine."""
        from sklearn.svm import LinearSVC

        if labels.min() == labels.max():
            # A fold held out may hold every article of a rare theme: the others then all say no.
            return np.zeros(X.shape[1]), 2.0 * labels[0] - 1
        machine = LinearSVC(C=C, tol=1e-8, max_iter=100_000, random_state=self.random_state)
        machine.fit(X, labels, sample_weight=counted)
        return machine.coef_[0], float(machine.intercept_[0])

    def _held_out(
        self, counts: Sequence[sp.csr_array], labels: NDArray[np.int64]
    ) -> tuple[Floats, NDArray[np.int64]]:
        """(2, 3, R, N, K) what judges that have not seen an article say of it and of its opening.

        Beside it, (N,) the folds of the first of the R repeats.
        """
        from sklearn.model_selection import StratifiedKFold

        # A fold is to hold its share of every theme, and of none; the first theme stands for all.
        kind = np.where(labels.any(axis=1), labels.argmax(axis=1), -1)
        folds = max(2, min(self.folds, int(labels.sum(axis=0).min())))
        said = np.zeros((2, JUDGES, self.repeats, *labels.shape))
        fold = np.zeros(len(labels), np.int64)
        for repeat in range(self.repeats):
            deal = StratifiedKFold(folds, shuffle=True, random_state=self.random_state + repeat)
            with _quiet_about_rare_kinds():
                parts = list(deal.split(kind, kind))
            for number, (kept, held) in enumerate(parts):
                idf = idf_of(counts[0][kept])
                coef, intercept = self._judges([each[kept] for each in counts], idf, labels[kept])
                for part, each in enumerate(counts):
                    weights = tf_idf(each[held], idf)
                    for judge in range(JUDGES):
                        heard = weights @ coef[judge].T + intercept[judge]
                        said[part, judge, repeat, held] = heard
                if repeat == 0:
                    fold[held] = number
        return said, fold


def opening(batch: TokenBatch) -> NDArray[np.bool_]:
    """(C,) whether each character of a batch stands above a body, or opens it."""
    ends = batch.offsets[batch.bodies] + OPENING
    sizes = np.diff(batch.offsets[batch.documents])
    early: NDArray[np.bool_] = np.arange(len(batch.text)) < np.repeat(ends, sizes)
    return early


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


def _sums(said: Floats, short: Floats, labels: NDArray[np.int64]) -> Floats:
    """(2, K, J + 1) how much what each of J judges says counts, and an offset, to make log-odds.

    The first of the two is for a long article, the second what a unit of shortness adds to it.

    Parameters
    ----------
    said : (2, J, R, N, K) what the judges say, R times each, of N articles and their openings.
    short : (2, N) see `themes.shortness`.
    labels : (N, K).
    """
    _, judges, repeats, *_, themes = said.shape
    again = np.repeat(short[:, None], repeats, axis=1).ravel()
    # Each repeat counts as articles of its own: averaged, what the judges say would be surer
    # than what they say of a new article.
    truth = np.tile(labels, (2 * repeats, 1))
    flat = said.swapaxes(0, 1).reshape(judges, -1, themes)
    return np.stack([_platt(flat[:, :, k], again, truth[:, k]) for k in range(themes)], axis=1)


def _platt(said: Floats, short: Floats, labels: NDArray[np.int64]) -> Floats:
    """(2, J + 1) the sums for one theme, by logistic regression (J. Platt, 1999).

    said : (J, M) what each judge says of each article.
    """
    from sklearn.linear_model import LogisticRegression

    sums = np.zeros((2, len(said) + 1))
    if labels.min() == labels.max():
        # The articles of a rare theme may all be held out together.
        sums[0, -1] = (2 * labels[0] - 1) * np.log1p(2 * len(labels))
        return sums
    inputs = np.vstack([said, short * said, short])
    fitted = LogisticRegression(C=1e3, tol=1e-8, max_iter=1000).fit(inputs.T, labels)
    sums[0] = [*fitted.coef_[0, : len(said)], fitted.intercept_[0]]
    sums[1] = fitted.coef_[0, len(said) :]
    return sums


def _log_odds(sums: Floats, said: Floats, short: Floats) -> Floats:
    """(R, N, K) log-odds by sums, of what J judges say of N articles, R times each.

    said : (J, R, N, K).
    """
    long, more = np.einsum("pkj,jrnk->prnk", sums[..., :-1], said) + sums[:, None, None, :, -1]
    log_odds: Floats = long + short[:, None] * more
    return log_odds


def threshold(none: Floats, false_alarms: float) -> float:
    """The least probability from which on themes may be given, from `EVEN` to `SURE`.

    One for all themes: a threshold for each would fit the articles it is chosen on, and let pass
    more of others.

    Parameters
    ----------
    none : (N,) of each article of none, the probability of its likeliest theme.
    false_alarms : the share of them that may be given a theme.
    """
    if not len(none):
        return EVEN
    passed = np.quantile(none, 1 - false_alarms)
    # The next number that models are kept with, so that what is at the quantile does not pass.
    above = np.floor(passed * 10**DECIMALS + 1) / 10**DECIMALS
    return float(np.clip(above, EVEN, SURE))
