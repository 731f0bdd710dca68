"""Speed and memory, alone, against peers, and as archives grow: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from .peers import ROOT
from .throughput import compare, differences, measure_all

SHARED_ARCHIVE = ROOT.parent / "shared" / "archive" / "tv-news-2022-2023.jsonl.gz"


def numbers(text: str) -> list[int]:
    """Numbers from a list such as 1000,10000; an empty text gives none."""
    return [int(part) for part in text.split(",") if part.strip()]


def parser() -> argparse.ArgumentParser:
    """The command's options."""
    made = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Measures the toolkit and its peers in turns; writes JSON, Markdown and SVG.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    made.add_argument("--out", type=Path, default=Path("benchmarks/results"), help="folder")
    made.add_argument(
        "--archive",
        type=Path,
        nargs="?",
        const=SHARED_ARCHIVE,
        help="a real archive, repeated to the size asked; without a name, the one in ../shared; "
        "without the option one is made of the labelled corpus",
    )
    made.add_argument("--articles", type=int, default=100_000, help="on which ours is measured")
    made.add_argument("--peer-articles", type=int, default=300, help="on which peers are")
    made.add_argument("--rounds", type=int, default=3, help="in which all take turns")
    made.add_argument("--sizes", type=numbers, default="1000,10000,100000", help="of growth")
    made.add_argument("--growth-rounds", type=int, default=3, help="the same for growth")
    made.add_argument("--workers", type=numbers, default="1,2", help="of the whole command")
    made.add_argument("--seed", type=int, default=0, help="of the archive that is made")
    made.add_argument("--no-peers", action="store_true", help="measure the toolkit alone")
    made.add_argument("--work-dir", type=Path, help="for archives and rows meanwhile")
    made.add_argument("--against", type=Path, help="an earlier result to compare with")
    return made


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run the command."""
    options = parser().parse_args()
    for path in (options.archive, options.against):
        if path and not path.exists():
            raise SystemExit(f"{path}: no such file")
    result = measure_all(
        articles=options.articles,
        peer_articles=options.peer_articles,
        rounds=options.rounds,
        sizes=options.sizes,
        growth_rounds=options.growth_rounds,
        workers=options.workers,
        seed=options.seed,
        archive=options.archive,
        peers=not options.no_peers,
        work_dir=options.work_dir,
        say=say,
    )
    if options.against:
        old = json.loads(options.against.read_text("utf-8"))
        result["against"] = {
            "date": old["machine"]["date"],
            "different": differences(result, old),
            "compared": compare(result, old),
        }
    # Only now: what has been imported here counts into the memory of every child.
    from .plots import draw, markdown

    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, ensure_ascii=False, indent=1) + "\n"
    (options.out / "throughput.json").write_text(text, "utf-8")
    readable = markdown(result)
    (options.out / "throughput.md").write_text(readable, "utf-8")
    print(readable)
    if not draw(result, options.out):
        say("no plots: matplotlib is not installed; pip install '.[bench]' installs it")


if __name__ == "__main__":
    main()
