"""How right themes are, against other methods, and how little poor text costs.

    python -m benchmarks.themes                 everything, some minutes
    python -m benchmarks.themes --only robust   one part: methods, headlines or robust

Methods are compared on the train split of the labelled corpus, on the same five folds; nothing
here reads the test split. A second comparison is on a public task, 10,000 news headlines of ten
classes, where the folder beside the checkout has it. Writes benchmarks/results/themes.json and .md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit import Article, LabelledArticle, ThemeTagger, load_labelled

from .classifiers import Classifier, Floats, Labels, forget_words, methods
from .peers import ROOT
from .plots import table

HEADLINES = ROOT.parent / "shared" / "headlines" / "thucnews-dev.txt"
RESULTS = ROOT / "benchmarks" / "results"
CONFUSABLE = ROOT / "benchmarks" / "confusable.txt"
FOLDS = 5
RESAMPLES = 1000
FALSE_ALARMS = 0.02
CORRUPTED = 0.01
FIRST = 100
TRAINING_HEADLINES = 8000

Flags = NDArray[np.bool_]


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def folds(labels: Labels) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Which articles are trained on and which are held out, fold by fold."""
    selection: Any = import_module("sklearn.model_selection")
    kind = np.where(labels.any(axis=1), labels.argmax(axis=1), -1)
    deal = selection.StratifiedKFold(FOLDS, shuffle=True, random_state=7)
    return list(deal.split(kind, kind))


# Measures, each with its bootstrap


class Bootstrap:
    """Measures over N articles, and over resamples of them that are the same for every method."""

    def __init__(self, count: int) -> None:
        rng = np.random.default_rng(0)
        resamples = rng.multinomial(count, np.full(count, 1 / count), RESAMPLES)
        self.times = np.vstack([np.ones(count, np.int64), resamples])

    def share(self, event: Flags, among: Flags) -> Floats:
        """(1 + RESAMPLES,) the share of some articles that an event befalls."""
        of: Floats = self.times @ among.astype(float)
        befallen: Floats = self.times @ (event & among).astype(float)
        return befallen / np.maximum(of, 1)

    def f1(self, given: Flags, true: Flags, *, micro: bool = False) -> Floats:
        """(1 + RESAMPLES,) the mean of the themes' F1, or that of all themes' cases together."""
        hits, both = (
            self.times @ part.astype(float)
            for part in (given & true, given.astype(int) + true.astype(int))
        )
        if micro:
            hits, both = hits.sum(axis=1, keepdims=True), both.sum(axis=1, keepdims=True)
        mean: Floats = (2 * hits / np.maximum(both, 1)).mean(axis=1)
        return mean


def measured(samples: Floats) -> dict[str, float]:
    """The value of all articles, and the interval of the resamples."""
    low, high = np.percentile(samples[1:], (2.5, 97.5))
    return {"value": float(samples[0]), "low": float(low), "high": float(high)}


def tagged(given: Flags) -> Flags:
    """(N,) which articles have any of (N, K) themes."""
    return np.asarray(given.any(axis=1))


# Methods on the labelled corpus


@dataclass(frozen=True)
class Given:
    """What a method says of articles it was not trained on.

    Attributes
    ----------
    scores : (N, K).
    own : (N, K) the themes it gives by its own thresholds.
    equal : (N, K) those it gives by thresholds that `thresholds` chooses on the other folds.
    """

    scores: Floats
    own: Flags
    equal: Flags


def held_out(
    make: Callable[[], Classifier], articles: Sequence[LabelledArticle], labels: Labels
) -> Given:
    """Train on each four folds and give themes to the fifth."""
    statistics: Any = import_module("scipy.stats")
    scores = np.zeros(labels.shape)
    own, equal = np.zeros(labels.shape, bool), np.zeros(labels.shape, bool)
    for kept, held in folds(labels):
        method = make()
        method.fit([articles[i] for i in kept], labels[kept])
        scores[held] = method.scores([articles[i] for i in held])
        own[held] = scores[held] >= method.thresholds
    # Scores come on scales of their own; ranks are what thresholds need of them.
    ranks = statistics.rankdata(scores, axis=0) / (len(scores) + 1)
    for kept, held in folds(labels):
        equal[held] = ranks[held] >= thresholds(ranks[kept], labels[kept], FALSE_ALARMS)
    return Given(scores, own, equal)


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


def timed(
    make: Callable[[], Classifier], articles: Sequence[Article], labels: Labels
) -> dict[str, float]:
    """Seconds of training on all articles, articles a second of applying, bytes of the model."""
    forget_words()
    method, start = make(), perf_counter()
    method.fit(articles, labels)
    trained = perf_counter()
    forget_words()
    method.scores(articles[:1])
    applied = perf_counter()
    method.scores(articles)
    return {
        "training seconds": trained - start,
        "articles/s": len(articles) / (perf_counter() - applied),
        "bytes": method.size(),
    }


def compare_methods() -> dict[str, Any]:
    """Every method on the train split."""
    articles, names, labels = corpus()
    true, none = labels > 0, np.logical_not(tagged(labels > 0))
    bootstrap = Bootstrap(len(articles))
    rows: dict[str, Any] = {}
    ours: dict[str, Floats] = {}
    for name, make in available(names).items():
        say(f"themes: {name}")
        given = held_out(make, articles, labels)
        samples = {
            "macro-F1 at equal false alarms": bootstrap.f1(given.equal, true),
            "none tagged at equal false alarms": bootstrap.share(tagged(given.equal), none),
            "macro-F1": bootstrap.f1(given.own, true),
            "micro-F1": bootstrap.f1(given.own, true, micro=True),
            "none tagged": bootstrap.share(tagged(given.own), none),
        }
        ours = ours or samples
        rows[name] = {key: measured(each) for key, each in samples.items()}
        for key in ("macro-F1 at equal false alarms", "macro-F1"):
            rows[name][f"ours ahead in {key}"] = measured(ours[key] - samples[key])
        rows[name] |= timed(make, articles, labels)
    return {"articles": len(articles), "none": int(none.sum()), "themes": names, "rows": rows}


def available(names: Sequence[str] | None) -> dict[str, Callable[[], Classifier]]:
    """The methods whose libraries are installed."""
    found = methods(names)
    if not find_spec("fasttext"):
        say("no fastText: pip install '.[bench]' installs it")
        found = {name: make for name, make in found.items() if "fastText" not in name}
    return found


def corpus() -> tuple[list[LabelledArticle], list[str], Labels]:
    """The train split, its themes, and (N, K) which article carries which."""
    articles = load_labelled(ROOT / "labelled", "train")
    names = sorted({theme for article in articles for theme in article.themes})
    carried = [[theme in article.themes for theme in names] for article in articles]
    return articles, names, np.array(carried, np.int64)


# The public task


def compare_on_headlines() -> dict[str, Any] | None:
    """Every method on headlines of ten classes; None where they are not here."""
    if not HEADLINES.exists():
        say(f"no public task: {HEADLINES} is not here")
        return None
    lines = [line.split("\t") for line in HEADLINES.read_text("utf-8").splitlines()]
    order = np.random.default_rng(0).permutation(len(lines))
    articles = [Article(body=lines[i][0]) for i in order]
    classes = np.array([int(lines[i][1]) for i in order])
    labels = (classes[:, None] == np.unique(classes)).astype(np.int64)
    cut = TRAINING_HEADLINES
    true = labels[cut:].argmax(axis=1)
    bootstrap = Bootstrap(len(true))
    every = np.ones(len(true), bool)
    rows: dict[str, Any] = {}
    ours: Floats | None = None
    for name, make in available(None).items():
        say(f"headlines: {name}")
        method = make()
        method.fit(articles[:cut], labels[:cut])
        right = method.scores(articles[cut:]).argmax(axis=1) == true
        samples = bootstrap.share(right, every)
        ours = samples if ours is None else ours
        ahead = measured(ours - samples)
        rows[name] = {"accuracy": measured(samples), "ours ahead in accuracy": ahead}
    return {"training": cut, "test": len(true), "rows": rows}


# Robustness


def corrupt(text: str, rng: np.random.Generator, alike: Mapping[str, Sequence[str]]) -> str:
    """A text with `CORRUPTED` of its characters put for others that look like them."""
    letters = list(text)
    places = [i for i, letter in enumerate(text) if letter in alike]
    wanted = min(int(rng.binomial(len(text), CORRUPTED)), len(places))
    for i in rng.choice(places, wanted, replace=False) if wanted else []:
        letters[i] = str(rng.choice(list(alike[text[i]])))
    return "".join(letters)


def look_alikes() -> dict[str, list[str]]:
    """Character to those that look like it."""
    found: dict[str, list[str]] = {}
    for line in CONFUSABLE.read_text("utf-8").splitlines():
        for letter in line if not line.startswith("#") else "":
            found.setdefault(letter, []).extend(other for other in line if other != letter)
    return found


def conditions() -> Iterator[tuple[str, Callable[[LabelledArticle], LabelledArticle]]]:
    """Ways in which text is poorer than that trained on."""
    rng, alike = np.random.default_rng(0), look_alikes()

    def rewritten(
        change: Callable[[str], str],
    ) -> Callable[[LabelledArticle], LabelledArticle]:
        def every_field(article: LabelledArticle) -> LabelledArticle:
            changed = copy(article)
            for name in ("kicker", "title", "subtitle", "body"):
                setattr(changed, name, change(getattr(article, name)))
            return changed

        return every_field

    yield "1 % of characters misread", rewritten(lambda text: corrupt(text, rng, alike))
    yield "without titles", untitled
    if find_spec("opencc"):
        opencc: Any = import_module("opencc")
        yield "in traditional characters", rewritten(opencc.OpenCC("s2t").convert)
    else:
        say("no traditional characters: pip install '.[bench]' installs OpenCC")
    yield SHORTENED, shortened
    yield f"the first {FIRST} characters alone", lambda a: untitled(shortened(a))


SHORTENED = f"headings and the first {FIRST} characters"


def untitled(article: LabelledArticle) -> LabelledArticle:
    """An article without its headings."""
    return replace(article, kicker="", title="", subtitle="")


def shortened(article: LabelledArticle) -> LabelledArticle:
    """An article with no more than the first characters of its body."""
    return replace(article, body=article.body[:FIRST])


def robustness() -> dict[str, Any]:
    """Our tagger, trained on clean folds, on held-out ones as they are and made poorer."""
    articles, _, labels = corpus()
    true, none = labels > 0, np.logical_not(tagged(labels > 0))
    bootstrap = Bootstrap(len(articles))
    deal = folds(labels)

    def trained(on: Sequence[Article]) -> list[ThemeTagger]:
        return [ThemeTagger().fit([on[i] for i in kept], labels[kept]) for kept, _ in deal]

    def given(taggers: Sequence[ThemeTagger], to: Sequence[Article]) -> Flags:
        found = np.zeros(labels.shape, bool)
        for tagger, (_, held) in zip(taggers, deal, strict=True):
            found[held] = tagger.predict([to[i] for i in held]) > 0
        return found

    say("robustness: training")
    taggers = trained(articles)
    found = {"as they are": given(taggers, articles)}
    for name, change in conditions():
        say(f"robustness: {name}")
        found[name] = given(taggers, [change(article) for article in articles])
    short = [shortened(article) for article in articles]
    found[f"{SHORTENED}, trained on such"] = given(trained(short), short)
    clean = bootstrap.f1(found["as they are"], true)
    rows = {}
    for name, own in found.items():
        samples = bootstrap.f1(own, true)
        rows[name] = {
            "macro-F1": measured(samples),
            "difference": measured(samples - clean),
            "none tagged": measured(bootstrap.share(tagged(own), none)),
        }
    return {"articles": len(articles), "rows": rows}


# What people read


def interval(cell: Mapping[str, float], *, sign: str = "") -> str:
    """A figure and its interval to three decimals; sign "+" shows that it is a difference."""
    return "{value:{0}.3f} [{low:{0}.3f}, {high:{0}.3f}]".format(sign, **cell)


Columns = Mapping[str, Callable[[Mapping[str, Any]], str]]


def figure(key: str, *, sign: str = "") -> Callable[[Mapping[str, Any]], str]:
    """What writes the interval under a key of a row."""
    return lambda row: interval(row[key], sign=sign)


def lines_of(first: str, rows: Mapping[str, Any], columns: Columns) -> list[str]:
    """The lines of a table of rows by name, each column with what writes it."""
    cells = [[name, *(write(row) for write in columns.values())] for name, row in rows.items()]
    return table([first, *columns], cells, names=1).splitlines()


def markdown(result: Mapping[str, Any]) -> str:
    """The result as tables."""
    lines = [
        "# Themes",
        "",
        "Made by `python -m benchmarks.themes`. In brackets, 95 % bootstrap intervals; "
        "differences are paired, on the same resamples of articles.",
    ]
    if found := result.get("methods"):
        equal: Columns = {
            "macro-F1": figure("macro-F1 at equal false alarms"),
            "ours ahead by": figure("ours ahead in macro-F1 at equal false alarms", sign="+"),
            "none tagged": figure("none tagged at equal false alarms"),
        }
        own: Columns = {
            "macro-F1": figure("macro-F1"),
            "ours ahead by": figure("ours ahead in macro-F1", sign="+"),
            "micro-F1": figure("micro-F1"),
            "none tagged": figure("none tagged"),
        }
        costs: Columns = {
            "training, s": lambda row: f"{row['training seconds']:.1f}",
            "articles/s": lambda row: f"{row['articles/s']:,.0f}",
            "model, MB": lambda row: f"{row['bytes'] / 1e6:.2f}",
        }
        lines += [
            "",
            "## Against other methods",
            "",
            f"{FOLDS}-fold cross-validation on the train split: {found['articles']} articles, "
            f"{found['none']} of them of none. At equal false alarms, every method has a "
            "threshold for each theme that one search chooses on the other folds, so that "
            f"{FALSE_ALARMS:.0%} of the articles of none are given a theme there.",
            "",
            *lines_of("method", found["rows"], equal),
            "",
            "By the thresholds that each method has of itself:",
            "",
            *lines_of("method", found["rows"], own),
            "",
            "Training on the whole train split, and applying to it, from text on:",
            "",
            *lines_of("method", found["rows"], costs),
        ]
    if found := result.get("headlines"):
        right: Columns = {
            "accuracy": figure("accuracy"),
            "ours ahead by": figure("ours ahead in accuracy", sign="+"),
        }
        lines += [
            "",
            "## On a public task",
            "",
            f"News headlines of ten classes (THUCNews): {found['training']} to train on, "
            f"{found['test']} to test.",
            "",
            *lines_of("method", found["rows"], right),
        ]
    if found := result.get("robust"):
        poorer: Columns = {
            "macro-F1": figure("macro-F1"),
            "difference": figure("difference", sign="+"),
            "none tagged": figure("none tagged"),
        }
        lines += [
            "",
            "## On poorer text",
            "",
            "The toolkit's tagger, trained on the articles as they are, on those of the held-out "
            "folds.",
            "",
            *lines_of("articles", found["rows"], poorer),
        ]
    return "\n".join(lines) + "\n"


PARTS: dict[str, Callable[[], dict[str, Any] | None]] = {
    "methods": compare_methods,
    "headlines": compare_on_headlines,
    "robust": robustness,
}


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.themes", description="Measures the themes; see the module."
    )
    parser.add_argument("--only", choices=PARTS, help="this part; the others stay as they were")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder to write to")
    options = parser.parse_args()
    file = options.out / "themes.json"
    kept = json.loads(file.read_text("utf-8")) if options.only and file.exists() else {}
    for name in [options.only] if options.only else PARTS:
        if found := PARTS[name]():
            kept[name] = found
    options.out.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    readable = markdown(kept)
    (options.out / "themes.md").write_text(readable, "utf-8")
    print(readable)


if __name__ == "__main__":
    main()
