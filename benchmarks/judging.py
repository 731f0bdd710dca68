"""Headlines judged by people who are not told whose they are: drawing a sheet, summing verdicts.

A sheet holds others' text and stays out of the repository; what is kept is ids, methods and
verdicts.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import jieba
import numpy as np

from toolkit import Article, ToolkitError
from toolkit.errors import InputError
from toolkit.headline import HeadlineModel

from .headliners import HEADLINERS, OURS, body_of, tidy
from .intervals import means, percent
from .plots import table
from .printed import MAX_CHARS

KEPT = Path(__file__).parent / "judged" / "headlines.csv"
PRINTED = "printed"
METHODS = (OURS, "first sentence", "textrank4zh", "sumy LexRank")
SCALES = ("fidelity", "completeness", "fluency")
_POINTS = {str(point): float(point) for point in range(1, 6)}
_ANSWERS = {"yes": 1.0, "no": 0.0}
_LETTERS = "ABCDE"

GUIDE = """\
# How to judge

Read the article, then each of its lines as its headline. Fill in the four columns of every line
and leave the others as they are. Do not open the key before you are done. A line that several
methods wrote stands there once.

| column | what to write |
| --- | --- |
| fidelity | 5: all it says is in the article. 3: it may mislead. 1: it says what is not so |
| completeness | 5: who and what of the main point. 3: part of it. 1: it misses the point |
| fluency | 5: reads as a headline. 3: understood, but clumsy or broken off. 1: not understood |
| printable | yes: you would print it as it is, changing nothing. no: you would not |

先读正文，再把每一行当作它的标题来评。每行填四栏，其余不动。评完之前不要看答案表。

| 栏 | 怎么填 |
| --- | --- |
| fidelity 忠实 | 5：所说都在正文里。3：可能误导。1：与正文不符 |
| completeness 完整 | 5：主要的人和事都有。3：只有一部分。1：没说到要点 |
| fluency 通顺 | 5：像标题。3：看得懂，但别扭或断在半截。1：看不懂 |
| printable 可用 | yes：一字不改就能登。no：不能 |
"""


@dataclass(frozen=True)
class Verdict:
    """What was said of the line that one method wrote for one item.

    Attributes
    ----------
    fidelity, completeness, fluency : from 1 to 5.
    printable : 1 for yes, 0 for no.
    """

    id: str
    method: str
    fidelity: float
    completeness: float
    fluency: float
    printable: float


FIGURES = (*SCALES, "printable")


def draw(items: Sequence[Article], seed: int, sheet: Path) -> Path:
    """Write a sheet of the lines for these items in shuffled order; a key and a guide beside it.

    Returns
    -------
    The sheet.

    Raises
    ------
    ToolkitError : a peer is not installed, or there is such a sheet already.
    """
    if sheet.exists():
        raise ToolkitError(f"{sheet}: there already, maybe with verdicts; take another --seed")
    shuffle = random.Random(seed).shuffle
    rows: list[dict[str, Any]] = []
    key: list[dict[str, Any]] = []
    for number, (item, by_method) in enumerate(zip(items, _lines(items), strict=True), 1):
        lines = sorted(set(by_method.values()))
        shuffle(lines)
        letters = dict(zip(lines, _LETTERS, strict=False))
        for line, letter in letters.items():
            blank = dict.fromkeys(FIGURES, "")
            body = body_of(item) if letter == "A" else ""
            rows.append(
                {"item": number, "id": item.id, "line": letter, "text": line}
                | blank
                | {"article": body}
            )
        key += [
            {"id": item.id, "line": letters[line], "method": method}
            for method, line in by_method.items()
        ]
    sheet.parent.mkdir(parents=True, exist_ok=True)
    _write(sheet, rows)
    _write(key_of(sheet), key)
    (sheet.parent / "GUIDE.md").write_text(GUIDE, "utf-8")
    return sheet


def key_of(sheet: Path) -> Path:
    """Where the key of a sheet stands."""
    return sheet.with_name(f"{sheet.stem}.key.csv")


def _lines(items: Sequence[Article]) -> list[dict[str, str]]:
    """For each item, the line of each method.

    Rivals that have no length of their own are cut where the last whole word ends that fits, so
    that none is faulted for half a word.
    """
    bodies = [body_of(item) for item in items]
    found = [{PRINTED: " ".join(item.title.split())} for item in items]
    for headliner in HEADLINERS:
        if headliner.name not in METHODS:
            continue
        if not headliner.installed:
            raise ToolkitError(f"{headliner.module} is not installed: pip install '.[bench]'")
        for own, line in zip(found, headliner.prepare(HeadlineModel.load())(bodies), strict=True):
            own[headliner.name] = _at_word(tidy(line))
    return found


def _at_word(line: str) -> str:
    kept = ""
    for word in jieba.lcut(line):
        if len(kept) + len(word) > MAX_CHARS:
            break
        kept += word
    return tidy(kept)


def read(sheet: Path) -> list[Verdict]:
    """The verdicts of a sheet that was filled in, or of what was kept of one.

    Raises
    ------
    InputError : a file, a column, a verdict or a line of the key is missing or is not as the guide
        has it.
    """
    rows = _read(sheet, ("id", *FIGURES))
    if "method" in rows[0]:
        return [
            Verdict(row["id"], row["method"], **_figures(sheet, number, row))
            for number, row in enumerate(rows, 1)
        ]
    methods: dict[tuple[str, str], list[str]] = {}
    for row in _read(key_of(sheet), ("id", "line", "method")):
        methods.setdefault((row["id"], row["line"]), []).append(row["method"])
    verdicts = []
    for number, row in enumerate(rows, 1):
        own = methods.pop((row["id"], row.get("line", "")), None)
        if own is None:
            raise InputError(str(sheet), "a line that its key does not hold", f"record {number}")
        figures = _figures(sheet, number, row)
        verdicts += [Verdict(row["id"], method, **figures) for method in own]
    if methods:
        item, line = next(iter(methods))
        raise InputError(str(sheet), f"line {line} of item {item} is in its key, but not here")
    return verdicts


def summed(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """The mean verdicts on each method, and their differences to those on ours, item by item.

    Raises
    ------
    ToolkitError : a method was not judged, or judged twice, on one of the items.
    """
    methods = sorted({verdict.method for verdict in verdicts})
    items = sorted({verdict.id for verdict in verdicts})
    given = {(verdict.id, verdict.method): verdict for verdict in verdicts}
    if OURS not in methods:
        raise ToolkitError(f"no verdicts on '{OURS}', which the others are compared with")
    if len(verdicts) != len(given) or len(given) != len(items) * len(methods):
        raise ToolkitError("the verdicts are not one for each method on each item")
    # (items, methods, figures)
    values = np.array(
        [
            [[getattr(given[item, method], name) for name in FIGURES] for method in methods]
            for item in items
        ]
    )
    own = values[:, [methods.index(OURS)], :]
    shape = values.shape[1:]
    mean = np.array(means(values.reshape(len(items), -1)), object).reshape(shape)
    less = np.array(means((values - own).reshape(len(items), -1)), object).reshape(shape)
    return {
        "items": len(items),
        "methods": {
            method: {
                "mean": dict(zip(FIGURES, mean[number], strict=True)),
                "less ours": dict(zip(FIGURES, less[number], strict=True)),
            }
            for number, method in enumerate(methods)
        },
    }


def markdown(result: Mapping[str, Any]) -> str:
    """The sums for people to read."""
    rows = []
    by_printable = sorted(
        result["methods"].items(), key=lambda each: -each[1]["mean"]["printable"].value
    )
    for method, figures in by_printable:
        mean, less = figures["mean"], figures["less ours"]
        rows.append(
            [
                method,
                percent(mean["printable"]),
                percent(less["printable"]),
                *(
                    f"{m.value:.2f} [{m.low:.2f}, {m.high:.2f}]"
                    for m in (mean[name] for name in SCALES)
                ),
            ]
        )
    return (
        "# Headlines, judged\n\n"
        f"{result['items']} items drawn at random, judged without knowing whose the lines are. "
        "Printable in per cent, the rest from 1 to 5; in brackets, 95 % bootstrap intervals over "
        "items.\n\n" + table(["method", "printable", "less ours", *SCALES], rows)
    )


def keep(verdicts: Sequence[Verdict], path: Path) -> None:
    """Write the verdicts, without any text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = []
    for verdict in sorted(verdicts, key=lambda each: (each.id, each.method)):
        row = asdict(verdict)
        row |= {name: int(row[name]) for name in SCALES}
        row["printable"] = "yes" if verdict.printable else "no"
        rows.append(row)
    _write(path, rows)


def _figures(path: Path, number: int, row: Mapping[str, str]) -> dict[str, float]:
    figures = {}
    for name in FIGURES:
        answers = _ANSWERS if name == "printable" else _POINTS
        answer = (row[name] or "").strip().lower()
        if answer not in answers:
            raise InputError(
                str(path),
                f"column '{name}' holds '{answer}'; it takes {', '.join(answers)}",
                f"record {number}",
            )
        figures[name] = answers[answer]
    return figures


def _read(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(str(path), f"cannot be read: {error}") from None
    if not rows:
        raise InputError(str(path), "holds no records")
    for column in columns:
        if column not in rows[0]:
            raise InputError(str(path), f"has no column '{column}'")
    return rows


def _write(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    # With the mark at its start, Excel takes the file for UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
