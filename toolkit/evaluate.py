"""How well a tagger does on labelled articles, with bootstrap intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .labelled import LabelledArticle
from .themes import ThemeModel

Flags = NDArray[np.bool_]
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
    """How well one theme is given: of `articles` that carry it."""

    articles: int
    precision: Measured
    recall: Measured
    f1: Measured


@dataclass(frozen=True)
class Evaluation:
    """The measures of one tagger on some labelled articles.

    Attributes
    ----------
    articles, none_articles : how many were judged, and how many of them carry no theme.
    themes : theme to its scores.
    macro_f1 : the mean of the themes' F1.
    exact : share of articles whose set of themes is given exactly.
    primary : share of articles with a theme whose likeliest theme is their primary one.
    none_tagged : share of the articles without a theme that were given one.
    """

    articles: int
    none_articles: int
    themes: dict[str, ThemeScore]
    macro_f1: Measured
    exact: Measured
    primary: Measured
    none_tagged: Measured

    def to_dict(self) -> dict[str, Any]:
        """The evaluation as nested mappings of numbers."""
        return asdict(self)


def evaluate(tagger: ThemeModel, articles: Sequence[LabelledArticle]) -> Evaluation:
    """Measure a fitted tagger on labelled articles.

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
    truth, primary = labels_of(articles, names)
    probabilities = tagger.predict_proba(articles)
    return measure(names, truth, primary, probabilities >= tagger.thresholds_, probabilities)


def labels_of(
    articles: Sequence[LabelledArticle], names: Sequence[str]
) -> tuple[Flags, NDArray[np.int64]]:
    """(N, K) the themes that articles carry, and (N,) the column of the primary one, or -1."""
    truth = np.array([[name in article.themes for name in names] for article in articles])
    primary = [names.index(article.themes[0]) if article.themes else -1 for article in articles]
    return truth, np.array(primary)


def measure(
    names: Sequence[str],
    truth: Flags,
    primary: NDArray[np.int64],
    given: Flags,
    probabilities: NDArray[np.float64],
    seed: int = 0,
) -> Evaluation:
    """The measures of (N, K) given themes against (N, K) true ones.

    primary : (N,) column of the primary theme, -1 for none.
    seed : of the bootstrap's resamples.
    """
    count = len(truth)
    none: Flags = np.logical_not(truth.any(axis=1))
    right_first: Flags = given.any(axis=1) & (
        np.where(given, probabilities, -1).argmax(axis=1) == primary
    )
    columns: dict[str, tuple[Flags, Flags]] = {
        "exact": ((given == truth).all(axis=1), np.ones(count, bool)),
        "primary": (right_first, np.logical_not(none)),
        "none_tagged": (np.asarray(given.any(axis=1)), none),
    }
    rng = np.random.default_rng(seed)
    samples = [np.arange(count), *rng.integers(0, count, (RESAMPLES, count))]
    themes = {}
    f1s = []
    for k, name in enumerate(names):
        hits, marked, true = given[:, k] & truth[:, k], given[:, k], truth[:, k]
        precision = np.array([_ratio(hits[s].sum(), marked[s].sum()) for s in samples])
        recall = np.array([_ratio(hits[s].sum(), true[s].sum()) for s in samples])
        f1 = np.array(
            [_ratio(2 * hits[s].sum(), (marked[s].sum() + true[s].sum())) for s in samples]
        )
        f1s.append(f1)
        themes[name] = ThemeScore(
            int(true.sum()), _measured(precision), _measured(recall), _measured(f1)
        )
    shares = {
        key: _measured(
            np.array([_ratio((event & among)[s].sum(), among[s].sum()) for s in samples])
        )
        for key, (event, among) in columns.items()
    }
    macro = _measured(np.mean(f1s, axis=0))
    return Evaluation(count, int(none.sum()), themes, macro, **shares)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _measured(samples: NDArray[np.float64]) -> Measured:
    low, high = np.percentile(samples[1:], (2.5, 97.5))
    return Measured(float(samples[0]), float(low), float(high))
