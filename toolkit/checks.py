"""What is odd in labelled articles, and what would teach a model most."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .cells import defuse
from .errors import ModelError
from .labelled import SAME_TEXT, LabelledArticle
from .learning import ThemeTagger
from .sampling import distance
from .similarity import overlaps
from .themes import Floats

ENOUGH = 30
# Odds of less than two to one, either way.
UNSURE = float(np.log(2))
TOLD_WORDS = 8
LISTED = 5
LONGEST_OPENING = 40
FILE = "checks.csv"
# Runs of characters that stand in more articles than this are phrases of the genre.
_PHRASE = 50


@dataclass(frozen=True)
class Twins:
    """Two labelled articles that are mostly the same text; shared: see `similarity`."""

    first: LabelledArticle
    second: LabelledArticle
    shared: float

    @property
    def kind(self) -> str:
        """What is wrong with them: the worst first, as in `KINDS`."""
        if self.first.split != self.second.split:
            return "in two splits"
        differ = set(self.first.themes) != set(self.second.themes)
        return "labelled differently" if differ else "twice"


KINDS = {
    "in two splits": "of one text in two splits: what is measured on one was learned on the other",
    "labelled differently": "of one text with different themes",
    "twice": "of one text with the same themes: the figures above flatter, keep one of each",
}


@dataclass(frozen=True)
class Doubt:
    """A label that is likely wrong.

    Attributes
    ----------
    theme : it was given to the article, or withheld from it.
    labelled : which of the two.
    probability : of the theme, by models that had not seen the article.
    """

    article: LabelledArticle
    theme: str
    labelled: bool
    probability: float

    def __str__(self) -> str:
        """Where it stands, what is labelled and what it reads like."""
        label = f"labelled {self.theme}" if self.labelled else f"not labelled {self.theme}"
        return f"{where(self.article)}: {label}, probability {self.probability:.2f}"


@dataclass(frozen=True)
class Lesson:
    """What a model learned of one theme, and how far more articles would help.

    Attributes
    ----------
    articles : how many carry the theme.
    f1, half_f1 : on held-out folds, and on those of half the articles; None if too few.
    unsure : articles for which the theme is about as likely as not.
    words : those that spoke for it most in the articles.
    """

    theme: str
    articles: int
    f1: float
    half_f1: float | None
    unsure: int
    words: list[str]


@dataclass(frozen=True)
class Checks:
    """All that was found; doubts is None where cleanlab is not installed."""

    lessons: list[Lesson]
    none_articles: int
    twins: list[Twins]
    doubts: list[Doubt] | None

    def lines(self, folder: Path) -> list[str]:
        """What people should look at, a line each, the most harmful first.

        folder : the model's, where `write` put the whole list.
        """
        found = [*self._few(), *self._twins(), *self._doubts()]
        if self._rows():
            found.append(f"all of these: {folder / FILE}")
        correct = f"toolkit review ARCHIVE --model {folder} --out corrections.jsonl"
        return [*found, self._weakest(), f"correct it on articles of your own: {correct}"]

    def write(self, folder: Path) -> None:
        """Write the whole list as a table that Excel opens, or remove one from before."""
        file = folder / FILE
        file.unlink(missing_ok=True)
        rows = self._rows()
        if rows:
            with file.open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(["finding", "where", "themes", "opening", "detail"])
                writer.writerows([defuse(cell) for cell in row] for row in rows)

    def _rows(self) -> list[list[str]]:
        """What `write` writes."""
        return [
            *(_row(twins.kind, twins.first, where(twins.second)) for twins in self.twins),
            *(_row("likely wrong", doubt.article, str(doubt)) for doubt in self.doubts or ()),
        ]

    def _few(self) -> Iterator[str]:
        for lesson in self.lessons:
            if lesson.articles < ENOUGH:
                yield f"{lesson.theme}: {lesson.articles} articles; label at least {ENOUGH}"
        if self.none_articles < ENOUGH:
            yield (
                f"of no theme: {self.none_articles} articles; label at least {ENOUGH}, for a model "
                "that has seen few gives themes to what has none"
            )

    def _twins(self) -> Iterator[str]:
        for kind, meaning in KINDS.items():
            own = [twins for twins in self.twins if twins.kind == kind]
            if own:
                yield f"{len(own)} {'pair' if len(own) == 1 else 'pairs'} {meaning}"
                yield from _listed(f"{where(each.first)} and {where(each.second)}" for each in own)

    def _doubts(self) -> Iterator[str]:
        if self.doubts is None:
            yield 'wrong labels were not looked for; that takes: pip install "cleanlab>=2.9"'
        elif self.doubts:
            yield f"labels that are likely wrong, the likeliest first: {len(self.doubts)}"
            yield from _listed(map(str, self.doubts))

    def _weakest(self) -> str:
        """The theme for which more labels would do most."""
        lesson = min(self.lessons, key=lambda each: each.f1)
        if lesson.half_f1 is None:
            return f"more articles of {lesson.theme} would help most"
        gained = f"F1 {lesson.f1:.2f}, and {lesson.half_f1:.2f} from half of the labels"
        if lesson.f1 > lesson.half_f1:
            return f"more articles of {lesson.theme} would help most: {gained}"
        return f"{lesson.theme} is the weakest, and more like these would not help it: {gained}"


def check(
    tagger: ThemeTagger, articles: Sequence[LabelledArticle], others: Sequence[LabelledArticle]
) -> Checks:
    """Look for what is odd in labelled articles, and for what a model learned of them.

    Parameters
    ----------
    tagger : fitted on `articles`, in their order.
    others : those of other splits.
    """
    names = [str(name) for name in tagger.classes_]
    labels = _labels(articles, names)
    f1, half = _f1(tagger, labels), _half(articles, names, tagger.user_dict)
    near = np.array([distance(column[:, None]) < UNSURE for column in tagger.held_out_.T])
    lessons = [
        Lesson(
            name,
            int(labels[:, k].sum()),
            float(f1[k]),
            None if half is None else float(half[k]),
            int(near[k].sum()),
            tagger.words_[k][:TOLD_WORDS],
        )
        for k, name in enumerate(names)
    ]
    nones = int((~labels.any(axis=1)).sum())
    return Checks(
        lessons, nones, twins([*articles, *others]), doubts(articles, names, tagger.held_out_)
    )


def twins(articles: Sequence[LabelledArticle]) -> list[Twins]:
    """The pairs of articles that are mostly one text, the most alike first."""
    pairs, shared = overlaps([article.body for article in articles], _PHRASE)
    order = np.argsort(-shared, kind="stable")
    return [
        Twins(articles[pairs[row, 0]], articles[pairs[row, 1]], float(shared[row]))
        for row in order
        if shared[row] >= SAME_TEXT
    ]


def doubts(
    articles: Sequence[LabelledArticle], names: Sequence[str], held_out: Floats
) -> list[Doubt] | None:
    """The labels that are likely wrong, the likeliest first, by confident learning.

    C. Northcutt, L. Jiang and I. Chuang (2021), "Confident learning: estimating uncertainty in
    dataset labels", a theme at a time.

    Parameters
    ----------
    names : the K themes.
    held_out : (N, K) their probabilities, by models that had not seen the article.

    Returns
    -------
    None where cleanlab is not installed.
    """
    if find_spec("cleanlab") is None:
        return None
    from cleanlab.multilabel_classification.filter import find_multilabel_issues_per_class

    labels = _labels(articles, names)
    carried = [np.flatnonzero(row).tolist() for row in labels]
    odd = find_multilabel_issues_per_class(
        carried, held_out, filter_by="confident_learning", n_jobs=1
    )
    found = [
        Doubt(articles[row], names[k], bool(labels[row, k]), float(held_out[row, k]))
        for row, k in np.argwhere(odd)
    ]
    return sorted(found, key=lambda d: d.probability if d.labelled else 1 - d.probability)


def where(article: LabelledArticle) -> str:
    """The file an article is in, its place there, and its id."""
    if not article.place:
        return article.source
    return f"{article.source}: {article.place} ({article.id})"


def _labels(articles: Sequence[LabelledArticle], names: Sequence[str]) -> NDArray[np.bool_]:
    """(N, K) the themes that articles carry."""
    return np.array([[name in article.themes for name in names] for article in articles], bool)


def _f1(tagger: ThemeTagger, labels: NDArray[np.bool_]) -> Floats:
    """(K,) F1 on the folds held out."""
    from sklearn.metrics import f1_score

    given = tagger.held_out_ >= tagger.held_out_thresholds_
    f1: Floats = f1_score(labels, given, average=None, zero_division=0)
    return np.atleast_1d(f1)


def _half(
    articles: Sequence[LabelledArticle], names: Sequence[str], user_dict: str | None
) -> Floats | None:
    """(K,) the same for a model of half the articles of each theme; None if they are too few."""
    half = sorted(articles, key=lambda article: article.themes)[::2]
    try:
        tagger = ThemeTagger(repeats=1, user_dict=user_dict).fit(half, [a.themes for a in half])
    except ModelError:
        return None
    if list(tagger.classes_) != list(names):
        return None
    return _f1(tagger, _labels(half, names))


def _row(finding: str, article: LabelledArticle, detail: str) -> list[str]:
    opening = article.title or article.body[:LONGEST_OPENING]
    return [finding, where(article), "、".join(article.themes), opening, detail]


def _listed(lines: Iterator[str] | map[str]) -> Iterator[str]:
    """The first few lines, set in, and how many more there are."""
    every = list(lines)
    yield from (f"    {line}" for line in every[:LISTED])
    if len(every) > LISTED:
        yield f"    and {len(every) - LISTED} more"
