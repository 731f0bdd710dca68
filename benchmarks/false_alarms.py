"""How right the themes are on a real archive that is mostly about other things.

    python -m benchmarks.false_alarms ARCHIVE

Tags the archive and compares with what a reader found in it by the guide, blind to any model:
benchmarks/judged/<archive>-themes.csv with id, themes, sure (yes or no) and reason. An item that
is not on the sheet was judged to carry none.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

from toolkit import Pipeline, read_articles

SHEETS = Path(__file__).parent / "judged"


def compared(given: dict[str, set[str]], judged: dict[str, set[str]]) -> dict[str, Any]:
    """Precision and recall of the themes given, each pair of item and theme counted once."""
    pairs = {(item, theme) for item, themes in given.items() for theme in themes}
    true = {(item, theme) for item, themes in judged.items() for theme in themes}
    right = len(pairs & true)
    return {
        "given": len(pairs),
        "carried": len(true),
        "right": right,
        "precision": round(right / len(pairs), 3) if pairs else None,
        "recall": round(right / len(true), 3) if true else None,
    }


def main() -> None:
    """Print how many items are tagged, and how many rightly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    archive = parser.parse_args().archive
    name = archive.name.split(".")[0].removesuffix("-2022-2023")
    with (SHEETS / f"{name}-themes.csv").open(encoding="utf-8", newline="") as stream:
        sheet = list(csv.DictReader(stream))
    judged = {row["id"]: set(filter(None, row["themes"].split(";"))) for row in sheet}
    unsure = {row["id"] for row in sheet if row["sure"] != "yes"}
    articles = 0
    given: dict[str, set[str]] = {}
    for rows in Pipeline.load(ranker=None).stream(read_articles(archive)):
        articles += len(rows)
        given.update((row.id, set(row.themes)) for row in rows if row.themes)
    sure = {item: themes for item, themes in given.items() if item not in unsure}
    found = {
        "articles": articles,
        "tagged": len(given),
        "all items": compared(given, judged),
        "items judged surely": compared(
            sure, {item: themes for item, themes in judged.items() if item not in unsure}
        ),
        "wrongly given": sorted(
            f"{item} {theme}"
            for item, themes in given.items()
            for theme in themes - judged.get(item, set())
        ),
    }
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
