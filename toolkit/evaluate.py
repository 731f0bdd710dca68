"""How well a tagger does on labelled articles, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .calibration import BINS, Flags, Floats, gaps
from .errors import ModelError
from .labelled import LabelledArticle
from .themes import ThemeModel

RESAMPLES = 1000


@dataclass(frozen=True)
class Measured:
    """A figure with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """The figure and its interval, to three decimals."""
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class ThemeScore:
    """How well one theme is given.

    Attributes
    ----------
    articles : how many carry it.
    precision, recall, f1 : at the model's threshold; 0 where there is nothing to divide by.
    average_precision : the mean precision over the recalls of all thresholds.
    ece : expected calibration error of its probability over all articles; see `calibration`.
    brier : mean squared distance of its probability from 0 or 1 (G. Brier, 1950).
    """

    articles: int
    precision: Measured
    recall: Measured
    f1: Measured
    average_precision: Measured
    ece: Measured
    brier: Measured


@dataclass(frozen=True)
class Evaluation:
    """The measures of one tagger on some labelled articles.

    Attributes
    ----------
    articles, none_articles : how many were judged, and how many of them carry no theme.
    themes : theme to its scores.
    macro_* : the mean of the themes' figures.
    micro_* : the figure of all pairs of article and theme together.
    ece, brier : as for a theme, of all pairs of article and theme together.
    exact : share of articles whose set of themes is given exactly.
    primary : share of articles with a theme whose likeliest theme is their primary one.
    none_tagged : share of the articles without a theme that were given one.
    """

    articles: int
    none_articles: int
    themes: dict[str, ThemeScore]
    macro_precision: Measured
    macro_recall: Measured
    macro_f1: Measured
    macro_average_precision: Measured
    micro_precision: Measured
    micro_recall: Measured
    micro_f1: Measured
    ece: Measured
    brier: Measured
    exact: Measured
    primary: Measured
    none_tagged: Measured

    def to_dict(self) -> dict[str, Any]:
        """The evaluation as nested mappings of numbers."""
        return asdict(self)


@dataclass(frozen=True)
class Predictions:
    """What models said of N labelled articles, for K themes.

    Attributes
    ----------
    names : the K themes.
    probabilities, thresholds : (N, K) of each theme, and from which probability on it is given.
    taggers : the models that judged; all know the K themes, in this order.
    tagger_of : (N,) the number of the tagger that judged each article.
    """

    articles: Sequence[LabelledArticle]
    names: list[str]
    probabilities: Floats
    thresholds: Floats
    taggers: Sequence[ThemeModel]
    tagger_of: NDArray[np.int64]

    @cached_property
    def truth(self) -> Flags:
        """(N, K) the themes that the articles carry."""
        return np.array(
            [[name in article.themes for name in self.names] for article in self.articles], bool
        ).reshape(self.probabilities.shape)

    @cached_property
    def primary(self) -> NDArray[np.int64]:
        """(N,) the column of each article's primary theme, -1 for none."""
        first = [self.names.index(a.themes[0]) if a.themes else -1 for a in self.articles]
        return np.array(first, np.int64)

    @cached_property
    def given(self) -> Flags:
        """(N, K) the themes that were given."""
        return self.probabilities >= self.thresholds

    @property
    def given_first(self) -> NDArray[np.int64]:
        """(N,) the column of the likeliest theme given to each article, -1 for none."""
        likeliest = np.where(self.given, self.probabilities, -1).argmax(axis=1)
        return np.where(self.given.any(axis=1), likeliest, -1)

    @property
    def none(self) -> Flags:
        """(N,) whether an article carries no theme."""
        return self.primary < 0

    def take(self, rows: NDArray[np.int64]) -> Predictions:
        """Those of some of the articles."""
        return replace(
            self,
            articles=[self.articles[row] for row in rows],
            probabilities=self.probabilities[rows],
            thresholds=self.thresholds[rows],
            tagger_of=self.tagger_of[rows],
        )


def predict(tagger: ThemeModel, articles: Sequence[LabelledArticle]) -> Predictions:
    """What one fitted tagger says of labelled articles.

    Raises
    ------
    ModelError : there are no articles, or they carry a theme the tagger does not know.
    """
    if not articles:
        raise ModelError("no labelled articles to measure on")
    names = [str(name) for name in tagger.classes_]
    unknown = sorted({theme for a in articles for theme in a.themes} - set(names))
    if unknown:
        raise ModelError(f"the model does not know the themes: {', '.join(unknown)}")
    probabilities = tagger.predict_proba(articles)
    thresholds = np.tile(tagger.thresholds_, (len(articles), 1))
    alone = np.zeros(len(articles), np.int64)
    return Predictions(articles, names, probabilities, thresholds, [tagger], alone)


def measure(predictions: Predictions, seed: int = 0) -> Evaluation:
    """The measures of what was given against what the articles carry.

    seed : of the bootstrap's resamples.
    """
    truth, given, p = predictions.truth, predictions.given, predictions.probabilities
    none, count, themes = predictions.none, len(truth), len(predictions.names)
    # Nearly all measures are ratios of sums over articles: one row of sums a resample will do.
    columns = [
        given & truth,
        given,
        truth,
        (p - truth) ** 2,
        *(gaps(p[:, k], truth[:, k]) for k in range(themes)),
        (given == truth).all(axis=1)[:, None],
        ((predictions.given_first == predictions.primary) & ~none)[:, None],
        (given.any(axis=1) & none)[:, None],
        none[:, None],
    ]
    stacked = np.hstack(columns).astype(np.float64)
    ranked = [_Ranked(p[:, k], truth[:, k]) for k in range(themes)]
    sampled, ranks = [], []
    for weights in _resamples(count, seed):
        sampled.append(weights @ stacked)
        ranks.append([each.average_precision(weights) for each in ranked])
    sums, precisions = np.array(sampled), np.array(ranks)
    widths = [column.shape[1] for column in columns]
    parts = np.split(sums, np.cumsum(widths)[:-1], axis=1)
    hits, marked, true, squared, *gap = parts[: 4 + themes]
    exact, primary, none_tagged, nones = (part[:, 0] for part in parts[4 + themes :])
    precision, recall = _ratio(hits, marked), _ratio(hits, true)
    f1 = _ratio(2 * hits, marked + true)
    ece = np.array([np.abs(each).sum(axis=1) / count for each in gap]).T
    brier = squared / count
    all_gaps = np.abs(np.sum(gap, axis=0).reshape(-1, BINS)).sum(axis=1)
    all_hits, all_marked, all_true = (part.sum(axis=1) for part in (hits, marked, true))
    scores = {
        name: ThemeScore(
            int(truth[:, k].sum()),
            *(_measured(each[:, k]) for each in (precision, recall, f1, precisions, ece, brier)),
        )
        for k, name in enumerate(predictions.names)
    }
    return Evaluation(
        articles=count,
        none_articles=int(none.sum()),
        themes=scores,
        macro_precision=_measured(precision.mean(axis=1)),
        macro_recall=_measured(recall.mean(axis=1)),
        macro_f1=_measured(f1.mean(axis=1)),
        macro_average_precision=_measured(precisions.mean(axis=1)),
        micro_precision=_measured(_ratio(all_hits, all_marked)),
        micro_recall=_measured(_ratio(all_hits, all_true)),
        micro_f1=_measured(_ratio(2 * all_hits, all_marked + all_true)),
        ece=_measured(all_gaps / (count * themes)),
        brier=_measured(brier.mean(axis=1)),
        exact=_measured(exact / count),
        primary=_measured(_ratio(primary, count - nones)),
        none_tagged=_measured(_ratio(none_tagged, nones)),
    )


class _Ranked:
    """Articles by falling probability, for their average precision under any weights."""

    def __init__(self, probabilities: Floats, truth: Flags) -> None:
        self.order = np.argsort(-probabilities, kind="stable")
        self.truth = truth[self.order]
        ranked = probabilities[self.order]
        # Articles of one probability are above a threshold together or not at all.
        self.ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)

    def average_precision(self, weights: Floats) -> float:
        """The mean of the precisions at each end, weighted by the recall gained there."""
        ranked = weights[self.order]
        hits = np.cumsum(ranked * self.truth)[self.ends]
        if not hits[-1]:
            return 0.0
        precision = _ratio(hits, np.cumsum(ranked)[self.ends])
        return float(np.diff(hits, prepend=0.0) @ precision / hits[-1])


def _resamples(count: int, seed: int) -> Iterator[Floats]:
    """(N,) how often each article is in the sample: once in the first, then as drawn."""
    yield np.ones(count)
    rng = np.random.default_rng(seed)
    for _ in range(RESAMPLES):
        yield np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)


def _ratio(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _measured(samples: Floats) -> Measured:
    low, high = np.percentile(samples[1:], (2.5, 97.5))
    return Measured(float(samples[0]), float(low), float(high))
