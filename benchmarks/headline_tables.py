"""The headline benchmark's result for people: Markdown, and a table on the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from .intervals import percent
from .plots import figure, table
from .rouge import MEASURES

_CHARACTERS, _WORDS = MEASURES[:3], MEASURES[3:]
_MAIN = "L characters"


def markdown(result: Mapping[str, Any]) -> str:
    """The whole result as Markdown."""
    budget = result["settings"]["characters"]
    parts = ["# Headlines\n", _conditions(result)]
    for each in result["sets"]:
        parts += [
            f"## {each['name']}\n",
            f"{each['articles']:,} articles, their printed headlines of "
            f"{each['printed characters']:.1f} characters on average. The toolkit's headlines are "
            f"chosen by {each['chosen by']}.{_empty(each)}\n",
        ]
        for title, length, measures in (
            (f"At most {budget} characters, by characters", "short", _CHARACTERS),
            (f"At most {budget} characters, by words", "short", _WORDS),
            ("As they come, by characters", "whole", _CHARACTERS),
            ("As they come, by words", "whole", _WORDS),
        ):
            parts += [f"### {title}\n", table(_header(measures), _rows(each, length, measures))]
    if result["faults"]:
        parts += [
            "## Faults of the toolkit's headlines, of the whole archive\n",
            table(("style", "faults", "headlines", "without a fault"), _faults(result["faults"])),
        ]
    return "\n".join(parts)


def show(result: Mapping[str, Any]) -> None:
    """Print what matters most: ROUGE by characters, ROUGE-L by words and of the lines uncut."""
    console = Console()
    for each in result["sets"]:
        shown = Table(
            "by",
            title=f"{each['name']}: {each['articles']:,} articles\nchosen by {each['chosen by']}",
            caption=f"ROUGE F1 at most {result['settings']['characters']} characters long, in "
            "per cent, with 95 % intervals; d: ROUGE-L less ours; w: by words; uncut: ROUGE-L of "
            "the lines as they come; a/s: articles a second",
        )
        for column in ("R-1", "R-2", "R-L", "d", "w", "uncut", "a/s"):
            shown.add_column(column, justify="right")
        for by in _ordered(each, "short"):
            short, whole = by["short"], by["whole"]
            shown.add_row(
                by["name"],
                *(f"{100 * short['rouge'][name].value:.1f}" for name in _CHARACTERS[:2]),
                percent(short["rouge"][_MAIN]),
                percent(short["less ours"][_MAIN]),
                f"{100 * short['rouge'][_WORDS[-1]].value:.1f}",
                f"{100 * whole['rouge'][_MAIN].value:.1f}",
                _speed(by),
            )
        console.print(shown)
    for name, faults, articles, without in _faults(result["faults"]):
        console.print(f"{name}: {without} of {articles} headlines without a fault; {faults}")
    console.print(_cross_check(result))


def _header(measures: Sequence[str]) -> list[str]:
    return [
        "by",
        "kind",
        *(f"ROUGE-{measure.split()[0]}" for measure in measures),
        "ROUGE-L less ours",
        "characters",
        "articles/s",
    ]


def _rows(each: Mapping[str, Any], length: str, measures: Sequence[str]) -> list[list[str]]:
    rows = []
    for by in _ordered(each, length):
        own = by[length]
        rows.append(
            [
                by["name"],
                by["kind"],
                *(percent(own["rouge"][measure]) for measure in measures),
                percent(own["less ours"][measures[-1]]),
                f"{own['characters']:.1f}",
                _speed(by),
            ]
        )
    return rows


def _ordered(each: Mapping[str, Any], length: str) -> list[dict[str, Any]]:
    """All that took part, the nearest to the printed headlines first."""
    return sorted(each["by"], key=lambda by: -by[length]["rouge"][_MAIN].value)


def _empty(each: Mapping[str, Any]) -> str:
    """Who left articles without a line, which counts as nothing in common."""
    short_of = [f"{by['name']} {by['empty']}" for by in each["by"] if by["empty"]]
    return f" Articles left without a line, which scores 0: {', '.join(short_of)}." * bool(short_of)


def _speed(by: Mapping[str, Any]) -> str:
    return figure(by["articles/s"]) if by["articles/s"] else ""


def _faults(counted: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    return [
        [
            each["name"],
            "; ".join(f"{name}: {count}" for name, count in each["faults"].items()) or "none",
            f"{each['articles']:,}",
            f"{each['without'] / each['articles']:.4f}",
        ]
        for each in counted
    ]


def _cross_check(result: Mapping[str, Any]) -> str:
    if result["rouge-score"] is None:
        return "The package rouge-score, which these figures are checked by, is not installed."
    count, greatest = result["rouge-score"]
    return (
        f"Of {count:,} lines at random, no figure is further than {greatest:.1e} from that of the "
        "package rouge-score, given the same characters and words with spaces between."
    )


def _conditions(result: Mapping[str, Any]) -> str:
    facts, settings = result["machine"], result["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    left_out = ", ".join(settings["left out"])
    return (
        f"{facts['date']}; {facts['cpu']}, {facts['system']}; Python {facts['python']}; toolkit "
        f"source {facts['source']}. Archive: {settings['archive']}, checksum "
        f"{settings['checksum']}.\n\n"
        "ROUGE F1 in per cent against the printed headline (C.-Y. Lin, 2004), spaces aside; words "
        "are jieba's. In brackets, 95 % bootstrap intervals of "
        f"{settings['resamples']:,} resamples; differences to ours, always its plain headlines, "
        "are paired article by article. All are given the body without the credit that opens it, "
        "and no title; marks that open or end a line are taken off. Speed is articles a second of "
        "processor time on one core, of these very articles. A ceiling is what a choice by the "
        "printed headline itself, by character ROUGE-L, would reach: among the article's "
        "sentences, among the toolkit's candidates, and among runs of whole clauses that fit. Of "
        "the archive, a second set leaves out the items of series that the model has learned of: "
        "those whose printed headline has a character ROUGE-L of "
        f"{settings['alike from ROUGE-L']} or more with one it learned from.\n\n"
        f"{_cross_check(result)}\n\n"
        + (f"Left out: {left_out}.\n\n" if left_out else "")
        + f"Packages: {versions}.\n"
    )
