"""How many labels `toolkit review` saves: its choice of articles to label against random choice.

    python -m benchmarks.labelling [--archive ARCHIVE] [--seeds N]

Each round keeps a fifth of the train split to measure on and takes the rest as a pool without
labels. A model learns from a few articles of the pool chosen at random; then, batch by batch,
more are chosen, their labels looked up, and the model trained anew. With an archive that is
mostly about other things its articles are mixed in as of none, as a real archive would have them;
a few of them do carry a theme, and their labels are wrong then.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit import LabelledArticle, ThemeTagger, Tokenizer, load_labelled, read_articles
from toolkit.sampling import distance, features, most_telling

from .peers import ROOT
from .plots import curves, table

RESULTS = ROOT / "benchmarks" / "results"
# Not those that the way of choosing was developed with, nor those it was chosen by.
FIRST_SEED = 200
LEVELS = (0.6, 0.7, 0.8, 0.85)
RESAMPLES = 2000
ARCHIVE_CHARS = 3000

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
# From a model, the pool's rows without a label, their tokens, how many to choose, and a generator.
Choice = Callable[[ThemeTagger, "Pool", Ints, int, np.random.Generator], Ints]


@dataclass(frozen=True)
class Setting:
    """One experiment.

    Attributes
    ----------
    name : what the pool is.
    own, others : how many articles of the train split and of the archive are in the pool; None
        takes all.
    start, step, end : labels at first, added each time, and at last.
    """

    name: str
    own: int | None
    others: int
    start: int
    step: int
    end: int


CORPUS = Setting("the labelled corpus", None, 0, 40, 20, 300)
ARCHIVE = Setting("an archive mostly about other things", 600, 2000, 100, 20, 300)
# So many of the archive are kept to measure on.
ARCHIVE_MEASURED = 500


class Pool:
    """Articles whose labels are looked up when they are chosen."""

    def __init__(self, articles: Sequence[LabelledArticle]) -> None:
        self.articles = articles
        self.batch = Tokenizer().batch(articles)
        self.features = features(self.batch)

    def fit(self, rows: Ints) -> ThemeTagger:
        """A model of these articles."""
        own = [self.articles[row] for row in rows]
        return ThemeTagger(repeats=1).fit(own, [article.themes for article in own])


def by_chance(
    tagger: ThemeTagger, pool: Pool, left: Ints, count: int, rng: np.random.Generator
) -> Ints:
    """Any of those left."""
    return rng.permutation(left)[:count]


def by_review(
    tagger: ThemeTagger, pool: Pool, left: Ints, count: int, rng: np.random.Generator
) -> Ints:
    """Those that `toolkit review` would ask."""
    apart = distance(tagger.predict_proba(pool.batch)[left])
    return left[most_telling(apart, pool.features[left], count)]


CHOICES: dict[str, Choice] = {"random": by_chance, "review": by_review}


def simulate(
    setting: Setting,
    labelled: Sequence[LabelledArticle],
    archive: Sequence[LabelledArticle],
    seed: int,
) -> dict[str, list[float]]:
    """Macro-F1 at each number of labels, for each way of choosing, from the same start."""
    rng = np.random.default_rng(seed)
    names = sorted({theme for article in labelled for theme in article.themes})
    order, others = rng.permutation(len(labelled)), rng.permutation(len(archive))
    fifth = len(labelled) // 5
    own = [labelled[row] for row in order[fifth:][: setting.own]]
    mixed_in = [archive[row] for row in others[: setting.others]]
    measured = [labelled[row] for row in order[:fifth]]
    measured += [archive[row] for row in others[setting.others :][:ARCHIVE_MEASURED]]
    pool = Pool(own + mixed_in)
    start = _start(pool.articles, names, setting.start, rng)
    return {
        name: list(_curve(setting, pool, start, measured, names, choice, seed))
        for name, choice in CHOICES.items()
    }


def _start(
    articles: Sequence[LabelledArticle], names: Sequence[str], count: int, rng: np.random.Generator
) -> Ints:
    """Rows at random, two of each theme among them at least, for a model to learn anything."""
    order = rng.permutation(len(articles))
    needed = [[row for row in order if name in articles[row].themes][:2] for name in names]
    first = list(dict.fromkeys(row for rows in needed for row in rows))
    rest = [row for row in order if row not in first]
    return np.array([*first, *rest][:count], np.int64)


def _curve(
    setting: Setting,
    pool: Pool,
    start: Ints,
    measured: Sequence[LabelledArticle],
    names: Sequence[str],
    choice: Choice,
    seed: int,
) -> Iterator[float]:
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(seed)
    truth = np.array([[name in article.themes for name in names] for article in measured])
    batch = Tokenizer().batch(measured)
    known = start
    while True:
        tagger = pool.fit(known)
        given = tagger.predict(batch)
        yield float(f1_score(truth, given, average="macro", zero_division=0))
        if len(known) >= setting.end:
            return
        left = np.setdiff1d(np.arange(len(pool.articles)), known)
        known = np.concatenate([known, choice(tagger, pool, left, setting.step, rng)])


def labels_needed(curve: Sequence[float], labels: Sequence[int], level: float) -> float:
    """How many labels it takes to reach a level and stay there, between two by a straight line.

    The mean of three neighbours stands for each, as one training says little; infinite when the
    level is not reached.
    """
    padded = np.pad(np.asarray(curve), 1, mode="edge")
    smooth = np.convolve(padded, np.ones(3) / 3, "valid")
    below = np.flatnonzero(smooth < level)
    last = int(below[-1]) if len(below) else -1
    if last == len(smooth) - 1:
        return float("inf")
    if last < 0:
        return float(labels[0])
    share = (level - smooth[last]) / (smooth[last + 1] - smooth[last])
    return float(labels[last] + share * (labels[last + 1] - labels[last]))


def interval(values: Floats, seed: int = 0) -> tuple[float, float, float]:
    """The median of rounds and its 95 % bootstrap interval over them."""
    rng = np.random.default_rng(seed)
    drawn = values[rng.integers(0, len(values), (RESAMPLES, len(values)))]
    # Without interpolation, for infinite values are no numbers to go half-way to.
    medians = np.quantile(drawn, 0.5, axis=1, method="lower")
    low, high = np.quantile(medians, (0.025, 0.975), method="nearest")
    return float(np.quantile(values, 0.5, method="lower")), float(low), float(high)


def run(
    setting: Setting,
    labelled: Sequence[LabelledArticle],
    archive: Sequence[LabelledArticle],
    seeds: int,
) -> dict[str, Any]:
    """All rounds of one experiment, and what is made of them."""
    rounds = [
        simulate(setting, labelled, archive, seed) for seed in range(FIRST_SEED, FIRST_SEED + seeds)
    ]
    labels = [*range(setting.start, setting.end, setting.step), setting.end]
    scores = {name: np.array([each[name] for each in rounds]) for name in CHOICES}
    needed = {
        name: {level: np.array([labels_needed(c, labels, level) for c in own]) for level in LEVELS}
        for name, own in scores.items()
    }
    return {
        "setting": setting.name,
        "labels": labels,
        "macro_f1": {name: own.round(4).tolist() for name, own in scores.items()},
        "gain": [_told(interval(gained)) for gained in (scores["review"] - scores["random"]).T],
        "needed": [
            {
                "level": level,
                **{name: _told(interval(own[level])) for name, own in needed.items()},
                "reached": {
                    name: int(np.isfinite(own[level]).sum()) for name, own in needed.items()
                },
            }
            for level in LEVELS
        ],
    }


def _told(values: tuple[float, float, float]) -> list[float | None]:
    """For JSON, which has no infinity: null is "not reached"."""
    return [round(value, 4) if np.isfinite(value) else None for value in values]


def markdown(result: dict[str, Any]) -> str:
    """The result as tables."""
    parts = [
        "# Labels saved by `toolkit review`\n",
        f"{result['seeds']} rounds; a figure is their median, in brackets its 95 % bootstrap "
        "interval over the rounds. Macro-F1 is measured on articles held out of the train split"
        f"{result['also']}. Both choices start from the same labels, at random but for two of each "
        "theme at least.\n",
    ]
    for setting in result["settings"]:
        end = setting["labels"][-1]
        parts += [
            f"## From {setting['setting']}\n",
            table(
                ["macro-F1", "", "labels, random", "labels, review", "rounds that reach it"],
                (
                    [
                        f"{row['level']:.2f}",
                        "",
                        _cell(row["random"], end),
                        _cell(row["review"], end),
                        f"{row['reached']['random']}, {row['reached']['review']}",
                    ]
                    for row in setting["needed"]
                ),
            ),
            table(
                ["labels", "", "random", "review", "review over random, round by round"],
                (
                    [
                        str(count),
                        "",
                        *(
                            f"{np.median([r[place] for r in setting['macro_f1'][name]]):.3f}"
                            for name in CHOICES
                        ),
                        "{:+.3f} [{:+.3f}, {:+.3f}]".format(*setting["gain"][place]),
                    ]
                    for place, count in enumerate(setting["labels"])
                ),
            ),
        ]
    return "\n".join(parts)


def _cell(values: Sequence[float | None], end: int) -> str:
    middle, low, high = (f"> {end}" if each is None else f"{each:.0f}" for each in values)
    return f"{middle} [{low}, {high}]"


def main() -> None:
    """Run the command and write benchmarks/results/labelling.md, .json and .svg."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, help="articles of none, for the second setting")
    parser.add_argument("--seeds", type=int, default=8)
    options = parser.parse_args()
    labelled = load_labelled(ROOT / "labelled", "train")
    settings = [run(CORPUS, labelled, [], options.seeds)]
    also = ""
    if options.archive:
        archive = [
            LabelledArticle(id=a.id, title=a.title, body=a.body[:ARCHIVE_CHARS])
            for a in read_articles(options.archive)
        ]
        settings.append(run(ARCHIVE, labelled, archive, options.seeds))
        also = (
            f", in the second setting together with {ARCHIVE_MEASURED} of the archive, all taken "
            "for articles of none, as nearly all are"
        )
    result = {"seeds": options.seeds, "also": also, "settings": settings}
    text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
    (RESULTS / "labelling.json").write_text(text, "utf-8")
    (RESULTS / "labelling.md").write_text(markdown(result), "utf-8")
    curves(settings, RESULTS / "labelling.svg")
    print(markdown(result))


if __name__ == "__main__":
    main()
