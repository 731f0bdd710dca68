"""Where a tagger is right and wrong: thresholds, calibration, confusion, mistakes, and slices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .calibration import Flags, Floats, Reliability, reliability
from .evaluate import Evaluation, Predictions, measure
from .heldout import LearningPoint
from .labelled import LabelledArticle
from .noise import TRACES, traces
from .tokens import STOPWORDS

LISTED_MISTAKES = 8
LISTED_WORDS = 8
STEPS = 100
SPAN = 5
LENGTHS = (200, 400, 800)
ALL = ""


@dataclass(frozen=True)
class Curve:
    """What one theme's measures would be at other thresholds.

    Attributes
    ----------
    chosen : the model's threshold; the median of them where several models judged.
    thresholds : (T,) rising from 0 to 1, and the chosen one among them.
    precision, recall, f1, false_alarms : (T,) at each; None where there is nothing to divide by.
        False alarms are the share of the articles without a theme that would be given this one.
    """

    chosen: float
    thresholds: list[float]
    precision: list[float | None]
    recall: list[float | None]
    f1: list[float | None]
    false_alarms: list[float | None]


@dataclass(frozen=True)
class Mistake:
    """A theme that was given and should not have been, or should have been and was not.

    Attributes
    ----------
    given : which of the two it is.
    probability, threshold : of this theme.
    labelled, predicted : the themes that the article carries, and those it was given.
    words_for, words_against : content words of the article that added most to the log-odds of
        the theme, and those that took most from it, with how much.
    """

    theme: str
    given: bool
    probability: float
    threshold: float
    id: str
    source: str
    title: str
    body: str
    labelled: list[str]
    predicted: list[str]
    note: str
    words_for: dict[str, float]
    words_against: dict[str, float]


@dataclass(frozen=True)
class Subject:
    """What was evaluated.

    Attributes
    ----------
    corpus, split, model : as the user named them; the model is "" for the one shipped.
    cross_validated : whether models trained anew were judged in place of that model.
    """

    corpus: str
    split: str
    model: str
    cross_validated: bool


@dataclass(frozen=True)
class Diagnosis:
    """All that is told of some predictions.

    Attributes
    ----------
    subject : what the predictions are of.
    reliability : by theme, and `ALL` for all pairs of article and theme together.
    curves : by theme.
    confusion : (K + 1, K + 1) how many articles of each primary theme, the last row none, were
        given each theme as the likeliest, the last column none.
    mistakes : the surest of each theme, first of those given, then of those missed.
    mistakes_made : theme to how many were given, and how many missed, by mistake.
    slices : by what ("length", "year", "noise", "genre") to slice to its measures. Slices by
        noise can overlap.
    """

    subject: Subject
    evaluation: Evaluation
    reliability: dict[str, Reliability]
    curves: dict[str, Curve]
    confusion: list[list[int]]
    mistakes: list[Mistake]
    mistakes_made: dict[str, tuple[int, int]]
    slices: dict[str, dict[str, Evaluation]]
    learning_curve: list[LearningPoint]

    def to_dict(self) -> dict[str, Any]:
        """The diagnosis as nested mappings and lists of texts and numbers."""
        return asdict(self)


def diagnose(
    subject: Subject, predictions: Predictions, points: Sequence[LearningPoint] = ()
) -> Diagnosis:
    """Tell what there is to tell of predictions, with the points of a learning curve if any."""
    p, truth, names = predictions.probabilities, predictions.truth, predictions.names
    false, missed = predictions.given & ~truth, truth & ~predictions.given
    return Diagnosis(
        subject=subject,
        evaluation=measure(predictions),
        reliability={
            **{name: reliability(p[:, [k]], truth[:, [k]]) for k, name in enumerate(names)},
            ALL: reliability(p, truth),
        },
        curves={
            name: curve(
                p[:, k],
                truth[:, k],
                predictions.none,
                float(np.median([tagger.thresholds_[k] for tagger in predictions.taggers])),
            )
            for k, name in enumerate(names)
        },
        confusion=confusion(predictions.primary, predictions.given_first, len(names)).tolist(),
        mistakes=[
            mistake
            for k in range(len(names))
            for wrong in (false, missed)
            for mistake in _mistakes(predictions, k, wrong[:, k])
        ],
        mistakes_made={
            name: (int(false[:, k].sum()), int(missed[:, k].sum())) for k, name in enumerate(names)
        },
        slices={
            by: {name: measure(predictions.take(np.array(rows))) for name, rows in slices.items()}
            for by, slices in slices_of(predictions.articles).items()
        },
        learning_curve=list(points),
    )


def curve(probabilities: Floats, truth: Flags, none: Flags, chosen: float) -> Curve:
    """What the measures of one theme would be at thresholds from 0 to 1.

    Parameters
    ----------
    probabilities, truth : (N,) of the theme.
    none : (N,) whether an article carries no theme at all.
    chosen : the threshold in use.
    """
    thresholds = np.unique(np.append(np.arange(STEPS + 1) / STEPS, chosen))
    given = probabilities >= thresholds[:, None]
    hits = (given & truth).sum(axis=1)
    marked, true = given.sum(axis=1), np.full(len(thresholds), truth.sum())
    return Curve(
        chosen,
        thresholds.tolist(),
        _shares(hits, marked),
        _shares(hits, true),
        _shares(2 * hits, np.where(true > 0, marked + true, 0)),
        _shares((given & none).sum(axis=1), np.full(len(thresholds), none.sum())),
    )


def confusion(
    primary: NDArray[np.int64], given_first: NDArray[np.int64], themes: int
) -> NDArray[np.int64]:
    """(K + 1, K + 1) articles by primary theme and by likeliest theme given; -1 comes last."""
    table = np.zeros((themes + 1, themes + 1), np.int64)
    np.add.at(table, (primary, given_first), 1)
    return table


def slices_of(articles: Sequence[LabelledArticle]) -> dict[str, dict[str, list[int]]]:
    """By what to slice to the articles of it, by number; see `Diagnosis`.

    Lengths are of bodies in characters; years are dealt into spans of five; noise is told by the
    traces that `noise` finds in bodies.
    """
    by: dict[str, dict[str, list[int]]] = {"length": {}, "year": {}, "noise": {}, "genre": {}}
    for row, article in enumerate(articles):
        by["length"].setdefault(_length(len(article.body)), []).append(row)
        by["year"].setdefault(_span(article.year), []).append(row)
        by["genre"].setdefault(article.genre, []).append(row)
        for kind in traces(article.body) or [ALL]:
            by["noise"].setdefault(kind, []).append(row)
    order = {
        "length": [_length(each) for each in (0, *LENGTHS)],
        "year": sorted(by["year"]),
        "noise": [ALL, *TRACES],
        "genre": sorted(by["genre"], key=lambda genre: -len(by["genre"][genre])),
    }
    return {key: {name: by[key][name] for name in order[key] if name in by[key]} for key in by}


def _length(characters: int) -> str:
    """The slice of a body's length: "-199", "200-399", ..., "800-"."""
    low = max((each for each in LENGTHS if each <= characters), default=None)
    high = min((each for each in LENGTHS if each > characters), default=None)
    return f"{low or ''}-{high - 1 if high else ''}"


def _span(year: int | None) -> str:
    if year is None:
        return ALL
    return f"{year // SPAN * SPAN}-{year // SPAN * SPAN + SPAN - 1}"


def _mistakes(predictions: Predictions, k: int, wrong: Flags) -> list[Mistake]:
    """The mistakes of theme k that are farthest from its threshold, in log-odds."""
    p, thresholds = predictions.probabilities[:, k], predictions.thresholds[:, k]
    rows = np.flatnonzero(wrong)
    far = np.abs(_log_odds(p[rows]) - _log_odds(thresholds[rows]))
    surest = rows[np.argsort(-far, kind="stable")[:LISTED_MISTAKES]]
    found = []
    for row in surest:
        article = predictions.articles[row]
        tagger = predictions.taggers[predictions.tagger_of[row]]
        (said,) = tagger.explain([article])
        words = {w: each for w, each in said[predictions.names[k]].items() if w not in STOPWORDS}
        found.append(
            Mistake(
                theme=predictions.names[k],
                given=bool(predictions.given[row, k]),
                probability=float(p[row]),
                threshold=float(thresholds[row]),
                id=article.id,
                source=article.source,
                title=article.title,
                body=article.body,
                labelled=list(article.themes),
                predicted=[
                    predictions.names[i]
                    for i in np.argsort(-predictions.probabilities[row], kind="stable")
                    if predictions.given[row, i]
                ],
                note=article.note,
                words_for=_first(words, 1),
                words_against=_first(words, -1),
            )
        )
    return found


def _first(words: Mapping[str, float], sign: int) -> dict[str, float]:
    """The words of one sign that weigh most."""
    signed = [(word, weight) for word, weight in words.items() if weight * sign > 0]
    return dict(signed[:LISTED_WORDS])


def _log_odds(probabilities: Floats) -> Floats:
    inside = np.clip(probabilities, 1e-12, 1 - 1e-12)
    log_odds: Floats = np.log(inside / (1 - inside))
    return log_odds


def _shares(parts: NDArray[np.int64], wholes: NDArray[np.int64]) -> list[float | None]:
    return [
        float(part / whole) if whole else None for part, whole in zip(parts, wholes, strict=True)
    ]
