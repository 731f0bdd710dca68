"""Training and measuring a model from a labelled corpus, and the card that tells of both."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from . import evaluation_page, heldout, models
from .checks import FILE as CHECKS
from .checks import Checks, check
from .diagnosis import Subject, diagnose
from .errors import ModelError
from .evaluate import Evaluation, Predictions, measure, predict
from .kept import keep
from .labelled import LabelledArticle, load_labelled
from .learning import ThemeTagger

CARD, EVALUATION = "card.md", "evaluation.json"


class Trained(NamedTuple):
    """What came of training.

    Attributes
    ----------
    card : the data, and the measures on held-out folds of the train split, as in `model.json`.
    checks : what is odd in the labels, and what would teach the model most.
    """

    card: dict[str, Any]
    checks: Checks


def train(
    corpus: str | Path | Sequence[str | Path],
    out: Path,
    user_dict: str | None = None,
    fields: Mapping[str, str] | None = None,
    *,
    force: bool = False,
) -> Trained:
    """Train on the train split of a corpus; write the model, its card, and what is odd in labels.

    Parameters
    ----------
    corpus, fields : as `toolkit.load_labelled` has them.
    force : overwrite files in `out` that are no earlier model's.

    Raises
    ------
    InputError, ModelError : the corpus cannot be read or is too small; out cannot be written.
    ToolkitError : something else than a model is in its place.
    """
    written = [*models.files(out), *(out / name for name in (CARD, EVALUATION, CHECKS))]
    keep(written, ours=models.is_ours(out), force=force)
    everything = load_labelled(corpus, fields=fields)
    articles = [article for article in everything if article.split == "train"]
    if not articles:
        paths = [corpus] if isinstance(corpus, str | Path) else corpus
        raise ModelError(f"{', '.join(map(str, paths))}: no articles of the split 'train'")
    tagger = ThemeTagger(user_dict=user_dict).fit(articles, [a.themes for a in articles])
    card = {"corpus": _composition(everything), "held_out": held_out(tagger, articles)}
    models.save(tagger, out, card)
    (out / EVALUATION).unlink(missing_ok=True)
    write_card(out)
    checks = check(tagger, articles, [a for a in everything if a.split != "train"])
    checks.write(out)
    return Trained(card, checks)


def evaluate_model(
    corpus: Path,
    model: Path | None,
    split: str,
    *,
    cross_validated: bool,
    keep: bool = False,
    report: Path | None = None,
    learning_curve: bool = False,
    on_step: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Measure a model, or how articles teach models, on one split of a corpus.

    Parameters
    ----------
    cross_validated : judge each article by a model trained on others of the split, in place of
        the model given.
    keep : also write the result into the model's folder and card.
    report : also write the page of an evaluation there, and its JSON beside it.
    learning_curve : tell in the report how well models do that learn from fewer articles.
    on_step : called with how much of the work is done, and of how much.

    Raises
    ------
    InputError, ModelError : the corpus or the model cannot be read, or the split is empty.
    ToolkitError : the report cannot be written.
    """
    beside = evaluation_page.check(report, corpus) if report else None
    everything = load_labelled(corpus)
    articles = _of_split(everything, split, corpus)
    tagger = models.load(model)
    # A curve of the train split cannot be measured on what its models learn from.
    on_folds = cross_validated or split == "train"
    learned = articles if on_folds else None
    if learning_curve and learned is None:
        learned = _of_split(everything, "train", corpus)
    total = heldout.FOLDS if cross_validated else 1
    total += heldout.fits(on_folds) if learning_curve else 0
    steps = iter(range(1, total + 1))

    def step() -> None:
        on_step(next(steps), total)

    if cross_validated:
        predictions = heldout.cross_validate(articles, tagger.user_dict, on_fit=step)
    else:
        predictions = predict(tagger, articles)
        step()
    if report is None or beside is None:
        result = measure(predictions)
    else:
        points = []
        if learning_curve and learned is not None:
            judged = None if on_folds else articles
            points = heldout.learning_curve(learned, judged, tagger.user_dict, step)
        subject = Subject(str(corpus), split, str(model or ""), cross_validated)
        diagnosis = diagnose(subject, predictions, points)
        evaluation_page.write(diagnosis, report, beside)
        result = diagnosis.evaluation
    if keep:
        folder = model or models.default_path()
        kept = {"split": split, "result": result.to_dict()}
        text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
        (folder / EVALUATION).write_text(text, "utf-8")
        write_card(folder)
    return result


def _of_split(
    everything: Sequence[LabelledArticle], split: str, corpus: Path
) -> list[LabelledArticle]:
    articles = [article for article in everything if article.split == split]
    if not articles:
        there = ", ".join(sorted({article.split for article in everything})) or "none"
        raise ModelError(
            f"{corpus}: no articles of the split '{split}', there are: {there}; "
            "choose one with --split"
        )
    return articles


def held_out(tagger: ThemeTagger, articles: list[LabelledArticle]) -> dict[str, Any]:
    """The measures on what a tagger was trained on, each article held out from all of training."""
    names = [str(name) for name in tagger.classes_]
    alone = np.zeros(len(articles), np.int64)
    said = (tagger.held_out_, tagger.held_out_thresholds_)
    return measure(Predictions(articles, names, *said, [tagger], alone)).to_dict()


def write_card(folder: Path) -> None:
    """Write `card.md` from what the model's folder says of itself."""
    described = models.describe(folder)
    corpus = described["training"]["corpus"]
    lines = [
        "# Model card: themes of newspaper articles",
        "",
        "A tagger of Chinese newspaper articles: TF-IDF of characters and pairs of them, and for "
        "each theme against the rest one linear sum of support vector machines and naive Bayes, "
        "which count differently in short articles, with calibrated probabilities. Themes: "
        + ", ".join(described["classes"])
        + ".",
        "",
        "## Data",
        "",
        "| split | articles | none | two themes | " + " | ".join(described["classes"]) + " |",
        "| --- " * (4 + len(described["classes"])) + "|",
    ]
    for split, counts in corpus.items():
        own = [str(counts["themes"].get(name, 0)) for name in described["classes"]]
        cells = [split, str(counts["articles"]), str(counts["none"]), str(counts["two"]), *own]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "The test split is four whole parts of the corpus, by writers of their own.", ""]
    lines += ["## On held-out folds of the train split", ""]
    lines += ["No article was seen in training, calibration or the choice of its threshold.", ""]
    lines += _score_rows(described["training"]["held_out"])
    kept = folder / EVALUATION
    if kept.exists():
        evaluation = json.loads(kept.read_text("utf-8"))
        lines += ["", f"## On the {evaluation['split']} split", ""]
        lines += ["Not seen in training, calibration or the choice of thresholds.", ""]
        lines += _score_rows(evaluation["result"])
    lines += [
        "",
        "## Limits",
        "",
        "- Trained on articles written for this corpus in the manner of union, city and trade "
        "papers of 2003 to 2026, not on any paper's own archive; on another kind of text its "
        "probabilities may be off. Label some of your own articles and train again.",
        "- It knows words, not facts: news of none told in the words of a theme can be tagged, "
        "and an article of a theme told in rare words can be missed.",
        "- Characters in traditional form are simplified one by one. Articles of a dozen "
        "characters give it little to go by, and the first lines of an article less than the "
        "whole.",
        "",
    ]
    (folder / CARD).write_text("\n".join(lines), "utf-8", newline="\n")


def _score_rows(result: dict[str, Any]) -> list[str]:
    rows = ["| theme | articles | precision | recall | F1 |", "| --- | --- | --- | --- | --- |"]
    for name, score in result["themes"].items():
        cells = [_interval(score[key]) for key in ("precision", "recall", "f1")]
        rows.append(f"| {name} | {score['articles']} | " + " | ".join(cells) + " |")
    rows += [
        "",
        f"Macro-F1 {_interval(result['macro_f1'])}; exact set of themes "
        f"{_interval(result['exact'])}; primary theme right {_interval(result['primary'])}; "
        f"articles of none given a theme {_interval(result['none_tagged'])} "
        f"(of {result['none_articles']}). In brackets, 95 % bootstrap intervals.",
    ]
    return rows


def _interval(measured: dict[str, float]) -> str:
    return f"{measured['value']:.3f} [{measured['low']:.3f}, {measured['high']:.3f}]"


def _composition(articles: list[LabelledArticle]) -> dict[str, Any]:
    """Split to how many articles it has, of none, of two themes, and of each theme."""
    found: dict[str, Any] = {}
    for split in sorted({article.split for article in articles}, reverse=True):
        own = [article for article in articles if article.split == split]
        found[split] = {
            "articles": len(own),
            "none": sum(not article.themes for article in own),
            "two": sum(len(article.themes) == 2 for article in own),
            "themes": dict(sorted(Counter(t for a in own for t in a.themes).items())),
        }
    return found


def summary_table(card: dict[str, Any]) -> Any:
    """A table of what training found, for a terminal."""
    return _table("held-out folds of the train split", card["held_out"])


def lessons_table(checks: Checks) -> Any:
    """A table of what was learned of each theme, for a terminal."""
    from rich.table import Table

    heads = ("", "F1, half the labels", "unsure of", "words that spoke for it most")
    table = Table(*heads, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.columns[-1].overflow = "fold"
    for lesson in checks.lessons:
        half = "" if lesson.half_f1 is None else f"{lesson.half_f1:.3f}"
        table.add_row(lesson.theme, half, str(lesson.unsure), "、".join(lesson.words))
    return table


def evaluation_table(result: Evaluation) -> Any:
    """A table of an evaluation, for a terminal."""
    return _table(
        "evaluation; AP: average precision, ECE: expected calibration error", result.to_dict()
    )


def _table(title: str, result: dict[str, Any]) -> Any:
    from rich.table import Table

    heads = ("", "articles", "precision", "recall", "F1 [95 %]", "AP", "ECE")
    table = Table(*heads, title=title, box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, score in result["themes"].items():
        row = (score[key] for key in ("precision", "recall", "f1", "average_precision", "ece"))
        table.add_row(name, str(score["articles"]), *_cells(*row))
    keys = ("precision", "recall", "f1", "average_precision")
    macro = (result[f"macro_{key}"] for key in keys)
    table.add_row("macro", str(result["articles"]), *_cells(*macro), "")
    micro = (result[f"micro_{key}"] for key in keys[:3])
    table.add_row("micro", "", *_cells(*micro), "", *_cells(result["ece"]))
    nones = str(result["none_articles"])
    table.add_row("none tagged", nones, "", "", _interval(result["none_tagged"]), "", "")
    return table


def _cells(*measured: dict[str, float]) -> list[str]:
    """Figures without their intervals, but for the third, which is F1."""
    return [
        _interval(each) if place == 2 else f"{each['value']:.3f}"
        for place, each in enumerate(measured)
    ]
