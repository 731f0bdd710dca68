"""What a model says of articles that it has not learned from: cross-validation, learning curve."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .errors import ModelError
from .evaluate import Evaluation, Predictions, measure, predict
from .labelled import LabelledArticle
from .learning import ThemeTagger

FOLDS = 5
SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)

Fitted = Callable[[], None]


@dataclass(frozen=True)
class LearningPoint:
    """How well a model does that has learned from so many articles.

    Attributes
    ----------
    share, articles : of the train split, and how many articles that is.
    evaluation : None where they are too few to learn from.
    """

    share: float
    articles: int
    evaluation: Evaluation | None


def cross_validate(
    articles: Sequence[LabelledArticle],
    user_dict: str | None = None,
    share: float = 1.0,
    on_fit: Fitted = lambda: None,
) -> Predictions:
    """What models say of articles that they have not learned from.

    The articles are dealt into five folds. Each fold is judged by a model trained, calibrated
    and given its thresholds on the others.

    Parameters
    ----------
    share : how much of the other folds a model learns from.
    on_fit : called when a model has been trained.

    Raises
    ------
    ModelError : there is too little to learn from.
    """
    names = sorted({theme for article in articles for theme in article.themes})
    fold = deal(articles, FOLDS)
    probabilities = np.zeros((len(articles), len(names)))
    taggers = []
    for number in range(FOLDS):
        held = [article for article, own in zip(articles, fold, strict=True) if own == number]
        kept = [article for article, own in zip(articles, fold, strict=True) if own != number]
        tagger = _fitted(kept, user_dict, share)
        if list(tagger.classes_) != names:
            missing = ", ".join(sorted(set(names) - set(tagger.classes_)))
            raise ModelError(
                f"too few articles of the theme '{missing}' to cross-validate; label more of it"
            )
        if held:
            probabilities[fold == number] = tagger.predict_proba(held)
        taggers.append(tagger)
        on_fit()
    thresholds = np.array([tagger.thresholds_ for tagger in taggers])[fold]
    return Predictions(articles, names, probabilities, thresholds, taggers, fold)


def deal(articles: Sequence[LabelledArticle], folds: int, seed: int = 0) -> NDArray[np.int64]:
    """(N,) the fold of each article, its share of each theme in each fold.

    An article counts for the rarest of its themes, after K. Sechidis, G. Tsoumakas and I.
    Vlahavas (2011), "On the stratification of multi-label data".
    """
    carried = Counter(theme for article in articles for theme in article.themes)
    kind = [
        min(((carried[theme], theme) for theme in article.themes), default=(0, ""))
        for article in articles
    ]
    shuffled = np.random.default_rng(seed).permutation(len(articles)).tolist()
    order = sorted(shuffled, key=kind.__getitem__)
    fold = np.empty(len(articles), np.int64)
    fold[order] = np.arange(len(articles)) % folds
    return fold


def learning_curve(
    learned: Sequence[LabelledArticle],
    judged: Sequence[LabelledArticle] | None,
    user_dict: str | None = None,
    on_fit: Fitted = lambda: None,
) -> list[LearningPoint]:
    """How well models do that learn from growing shares of labelled articles.

    Parameters
    ----------
    learned : what there is to learn from.
    judged : what to measure on; None cross-validates on what is learned from.
    on_fit : called when a model has been trained.
    """
    points = []
    for share in SHARES:
        size = math.ceil(share * len(learned) * (1 - 1 / FOLDS if judged is None else 1))
        try:
            if judged is None:
                predictions = cross_validate(learned, user_dict, share, on_fit)
            else:
                predictions = predict(_fitted(learned, user_dict, share), judged)
                on_fit()
            evaluation = measure(predictions)
        except ModelError:
            evaluation = None
        points.append(LearningPoint(share, size, evaluation))
    return points


def fits(cross_validated: bool) -> int:
    """How many models a learning curve trains."""
    return len(SHARES) * (FOLDS if cross_validated else 1)


def _fitted(
    articles: Sequence[LabelledArticle], user_dict: str | None, share: float
) -> ThemeTagger:
    """A tagger trained on a share of articles; a larger share holds all of a smaller one."""
    order = np.random.default_rng(0).permutation(len(articles)).tolist()
    chosen = [articles[row] for row in sorted(order[: math.ceil(share * len(articles))])]
    return ThemeTagger(user_dict=user_dict).fit(chosen, [article.themes for article in chosen])
