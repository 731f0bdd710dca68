"""How well a digest folds reprints, and what it costs on a large archive.

    python -m benchmarks.digest [ARCHIVE]

Each body of the labelled corpus's train split of at least 200 characters is printed again as
another paper might: its end cut off, characters misread, lines broken anew. Counted are the
reprints folded with their original, and the articles folded with another that they are no reprint
of. With an archive of records, its articles are read again and again, each time under new ids, and
time and memory are measured.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path
from time import process_time

from toolkit import Article, Pipeline, load_labelled, make_digest, read_articles

CORPUS = Path(__file__).parent.parent / "labelled"
FEWEST_CHARS = 200
LINE = 37
# The share of the end that is cut off, and of characters that are misread.
REPRINTS = ((0.0, 0.0), (0.0, 0.02), (0.1, 0.01), (0.2, 0.0), (0.3, 0.0), (0.5, 0.0))
SIZES = (10_000, 40_000)


def reprint(body: str, cut: float, misread: float, chance: random.Random) -> str:
    """A body with its end cut off, some characters misread, and lines broken elsewhere."""
    kept = body.replace("\n", "")[: round(len(body) * (1 - cut))]
    chars = "".join("囗" if chance.random() < misread else char for char in kept)
    return "\n".join(chars[start : start + LINE] for start in range(0, len(chars), LINE))


def folding(cut: float, misread: float) -> dict[str, float | int]:
    """How many reprints were folded with their original, and how many articles wrongly."""
    chance = random.Random(0)
    originals = [
        Article(id=article.id, body=article.body)
        for article in load_labelled(CORPUS, "train")
        if len(article.body) >= FEWEST_CHARS
    ]
    again = [
        replace(article, id=f"{article.id}*", body=reprint(article.body, cut, misread, chance))
        for article in originals
    ]
    made = make_digest([*originals, *again], Pipeline(ranker=None), max_items=2 * len(originals))
    folded = wrong = 0
    for item in made.items:
        names = {id_.rstrip("*") for id_ in (item.id, *item.folded)}
        wrong += len(names) - 1
        folded += 1 + len(item.folded) - len(names)
    return {
        "end cut off": cut,
        "misread": misread,
        "reprints": len(again),
        "folded": folded,
        "folded wrongly": wrong,
    }


def cost(archive: Path, size: int, theme: str | None) -> dict[str, float | int | str | None]:
    """Time and memory of a digest of so many articles."""
    pipeline = Pipeline.load()
    begun = process_time()
    made = make_digest(repeated(archive, size), pipeline, theme=theme)
    seconds = process_time() - begun
    return {
        "articles": made.read,
        "theme": theme,
        "taken": made.articles,
        "seconds": round(seconds, 2),
        "articles a second": round(made.read / seconds),
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def repeated(archive: Path, size: int) -> Iterator[Article]:
    """So many articles: those of an archive again and again."""
    endless = (
        replace(article, id=f"{article.id}-{turn}")
        for turn in count()
        for article in read_articles(archive)
    )
    return islice(endless, size)


def main() -> None:
    """Print it as JSON lines."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path, nargs="?")
    archive = parser.parse_args().archive
    for cut, misread in REPRINTS:
        print(json.dumps(folding(cut, misread)), flush=True)
    # Memory only ever grows, so what takes least is measured first.
    for theme in ("volunteering", None) if archive else ():
        for size in SIZES:
            print(json.dumps(cost(archive, size, theme)), flush=True)


if __name__ == "__main__":
    main()
