"""How near headlines come to printed ones: ours, peers', simple ones, and the best there could be.

    python -m benchmarks.headlines [--archive PATH]

ROUGE F1 against the printed headlines of the archive's held-out half, and of the labelled corpus,
each half of it by a model that learned from the other; speed; and faults of our headlines of the
whole archive. With --developing the half that the shipped model learned from stands in for the
held-out one, measured like the corpus, and nothing is saved.

    python -m benchmarks.headlines --draw 80 --seed 1
    python -m benchmarks.headlines --judged benchmarks/sheets/headlines-1.csv

The first writes a sheet of lines to be judged by a person who is not told whose they are; the
second sums the verdicts.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from toolkit import Article, ToolkitError, load_labelled, read_articles
from toolkit.evaluate import Measured
from toolkit.headline import HeadlineModel

from . import judging
from .contest import ALIKE, Done, Part, Written, fault_counts, measured, of_no_series, turns, write
from .fit_deletion import COMPRESSIONS, read_compressions
from .fit_headlines import FEWEST_TITLE_CHARS, GRADES, fit, read_grades
from .headline_tables import markdown, show
from .headliners import HEADLINERS, PEER, Headliner
from .intervals import RESAMPLES
from .peers import ROOT
from .printed import MAX_CHARS, fold, held_out, pairs
from .rouge import greatest_difference, lcs, rouge_l
from .throughput import machine

__all__ = ["MAX_CHARS", "held_out", "lcs", "pairs", "rouge_l"]

ARCHIVE = ROOT.parent / "shared" / "archive" / "tv-news-2022-2023.jsonl.gz"
RESULTS = ROOT / "benchmarks" / "results"
BY_OTHER_HALF = "each half by a model learned from the other half"


def say(text: str) -> None:
    """Tell how far it is, and what is left out."""
    print(text, file=sys.stderr, flush=True)


def sets(
    archive: Path | None, developing: bool, sample: int | None
) -> list[tuple[str, str, list[Part]]]:
    """The sets to measure on, each with its name, what its headlines are chosen by, and its parts.

    The shipped model learned from all but the held-out half: on the rest it would be measured by
    what it has seen, so two others are fitted there, each on one half.
    """
    items = pairs(archive) if archive else []
    seen = [article for article in items if not held_out(article)]
    own: list[Article] = [
        article
        for article in load_labelled(ROOT / "labelled", "train")
        if len(article.title) >= FEWEST_TITLE_CHARS
    ]
    halves = [
        [[article for article in articles if fold(article) == half] for articles in (seen, own)]
        for half in (0, 1)
    ]
    say("fitting two models, each on one half of what the shipped one learned from")
    grades, lines = read_grades(GRADES), read_compressions(COMPRESSIONS, [*seen, *own])
    fitted = [fit([*half[0], *half[1]], grades, lines) for half in halves]

    def crossed(number: int) -> list[Part]:
        return [
            Part(
                drawn(halves[half][number], sample, half),
                fitted[1 - half],
                [] if number else [article.title for article in halves[1 - half][0]],
            )
            for half in (0, 1)
        ]

    found = []
    if archive and developing:
        found.append((f"{archive.name}, the half fitted on", BY_OTHER_HALF, crossed(0)))
    elif archive:
        kept = [article for article in items if held_out(article)]
        learned = [article.title for article in seen]
        part = Part(drawn(kept, sample, 0), HeadlineModel.load(), learned)
        found.append((f"{archive.name}, held-out half", "the shipped model", [part]))
    found.append(("labelled/, train split", BY_OTHER_HALF, crossed(1)))
    return found


def summary(
    name: str, chosen_by: str, entries: Sequence[Written], titles: Sequence[str]
) -> dict[str, Any]:
    """One set's figures."""
    return {
        "name": name,
        "articles": len(titles),
        "printed characters": sum(map(len, titles)) / max(len(titles), 1),
        "chosen by": chosen_by,
        "by": measured(entries, titles),
    }


@contextmanager
def counting(name: str, total: int) -> Iterator[Done]:
    """A progress bar on standard error; what comes back is told how much more is done."""
    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(name, total=total)
        yield lambda count: progress.advance(task, count)


def drawn(articles: Sequence[Article], sample: int | None, seed: int) -> list[Article]:
    """All articles, or so many of them at random."""
    if sample is None or sample >= len(articles):
        return list(articles)
    return random.Random(seed).sample(articles, sample)


def measure(
    archive: Path | None,
    *,
    developing: bool = False,
    sample: int | None = None,
    headliners: Sequence[Headliner] = HEADLINERS,
) -> dict[str, Any]:
    """The whole benchmark: a result ready to be saved as JSON, but for its `Measured` figures.

    Parameters
    ----------
    archive : None leaves it out.
    developing : measure on the half of it that models are fitted on.
    sample : measure on at most so many articles of each half.
    """
    facts = machine()
    results = []
    compared: list[tuple[str, str]] = []
    for name, chosen_by, parts in sets(archive, developing, sample):
        with counting(name, turns(parts, headliners)) as done:
            entries = write(parts, headliners, done)
        titles = [article.title for part in parts for article in part.articles]
        for entry in entries:
            compared += zip(entry.whole, titles, strict=True)
        rows = of_no_series(parts)
        results.append(summary(name, chosen_by, entries, titles))
        if 0 < len(rows) < len(titles):
            results.append(
                summary(
                    f"{name}, headlines unlike all learned from",
                    chosen_by,
                    [entry.take(rows) for entry in entries],
                    [titles[row] for row in rows],
                )
            )
    counted = []
    if archive:
        say("counting faults over the archive")
        everything = [a for a in read_articles(archive) if not (developing and held_out(a))]
        counted = fault_counts(everything, HeadlineModel.load())
    say("comparing with the package rouge-score")
    return {
        "machine": facts,
        "settings": {
            "characters": MAX_CHARS,
            "archive": archive.name if archive else None,
            "checksum": sha256(archive.read_bytes()).hexdigest()[:12] if archive else None,
            "developing": developing,
            "sample": sample,
            "resamples": RESAMPLES,
            "alike from ROUGE-L": ALIKE,
            "left out": [h.name for h in HEADLINERS if h not in headliners],
        },
        "sets": results,
        "faults": counted,
        "rouge-score": greatest_difference(compared),
    }


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.headlines",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--archive", type=Path, help=f"default: {ARCHIVE.name} in ../shared")
    made.add_argument("--developing", action="store_true", help="leave the held-out half unread")
    made.add_argument("--sample", type=int, help="measure on at most so many of each half")
    made.add_argument("--no-peers", action="store_true", help="leave the slow ones out")
    made.add_argument("--out", type=Path, help=f"folder of the result; default: {RESULTS.name}")
    made.add_argument("--draw", type=int, metavar="N", help="write a sheet of N items to judge")
    made.add_argument("--seed", type=int, default=0, help="of the items drawn and their order")
    made.add_argument("--judged", type=Path, metavar="SHEET", help="sum a sheet's verdicts")
    return made


def main() -> int:
    """Run the command; 0 when all was done, 1 when something was left out, 2 for nothing done."""
    options = parser().parse_args()
    try:
        if options.judged:
            return judge(options)
        archive = options.archive or ARCHIVE
        if not archive.exists():
            if options.archive or options.draw:
                raise ToolkitError(f"{archive}: no such archive; name one by --archive")
            say(f"{ARCHIVE.name} is not there: only the labelled corpus is measured")
            archive = None
        return draw(archive, options) if options.draw else contest(archive, options)
    except ToolkitError as error:
        say(str(error))
        return 2


def contest(archive: Path | None, options: argparse.Namespace) -> int:
    """Measure, print and save."""
    wanted = [h for h in HEADLINERS if not (options.no_peers and h.kind == PEER)]
    present = [h for h in wanted if h.installed]
    for headliner in wanted:
        if headliner not in present:
            say(f"{headliner.name}: not installed; pip install '.[bench]' installs it")
    result = measure(
        archive, developing=options.developing, sample=options.sample, headliners=present
    )
    show(result)
    # What was measured while developing, or on a part, is no result to keep.
    whole = not (options.developing or options.sample)
    folder = options.out or (RESULTS if whole else None)
    if folder:
        save(folder, "headlines", result, markdown(result))
    return int(len(present) < len(wanted) or archive is None)


def draw(archive: Path, options: argparse.Namespace) -> int:
    """Write a sheet to be judged, and its key."""
    items = [a for a in pairs(archive) if held_out(a) != options.developing]
    if not 0 < options.draw <= len(items):
        raise ToolkitError(f"--draw {options.draw}: there are {len(items)} items to draw from")
    items = random.Random(options.seed).sample(items, options.draw)
    folder = options.out or ROOT / "benchmarks" / "sheets"
    half = "developing-" if options.developing else ""
    sheet = judging.draw(items, options.seed, folder / f"headlines-{half}{options.seed}.csv")
    print(sheet)
    return 0


def judge(options: argparse.Namespace) -> int:
    """Sum a sheet's verdicts, print and save them."""
    verdicts = judging.read(options.judged)
    result = judging.summed(verdicts)
    text = judging.markdown(result)
    print(text)
    save(options.out or RESULTS, "headlines-judged", result, text)
    kept = (options.out or judging.KEPT.parent) / judging.KEPT.name
    if kept.resolve() != options.judged.resolve():
        judging.keep(verdicts, kept)
        say(f"{kept}: the verdicts without any text")
    return 0


def save(folder: Path, name: str, result: dict[str, Any], readable: str) -> None:
    """Write a result for machines and one for people."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=1, default=_plain) + "\n"
    (folder / f"{name}.json").write_text(text, "utf-8")
    (folder / f"{name}.md").write_text(readable, "utf-8")


def _plain(value: Measured) -> dict[str, float]:
    return {name: round(figure, 5) for name, figure in asdict(value).items()}


if __name__ == "__main__":
    sys.exit(main())
