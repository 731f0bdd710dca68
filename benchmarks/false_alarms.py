"""How right the themes are on a real archive that is mostly about other things.

    python -m benchmarks.false_alarms ARCHIVE

Tags the archive and judges each theme given by a sheet that a person filled in after reading the
article by the guide: benchmarks/judged/<archive>.csv with id, theme, right (1 or 0) and a reason.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from pathlib import Path

from toolkit import Pipeline, read_articles

SHEETS = Path(__file__).parent / "judged"


def main() -> None:
    """Print how many articles are tagged, and the share of given themes judged right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    archive = parser.parse_args().archive
    sheet = SHEETS / f"{archive.name.split('.')[0]}.csv"
    with sheet.open(encoding="utf-8", newline="") as stream:
        verdicts = {
            (row["id"], row["theme"]): row["right"] == "1" for row in csv.DictReader(stream)
        }
    pipeline = Pipeline.load(ranker=None)
    articles = tagged = 0
    right: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    open_cases = []
    for rows in pipeline.stream(read_articles(archive)):
        articles += len(rows)
        for row in rows:
            tagged += bool(row.themes)
            for theme in row.themes:
                verdict = verdicts.get((row.id, theme))
                if verdict is None:
                    open_cases.append((row.id, theme))
                    continue
                judged[theme] += 1
                right[theme] += verdict
    found = {
        "articles": articles,
        "tagged": tagged,
        "themes judged": sum(judged.values()),
        "right": sum(right.values()),
        "precision": round(sum(right.values()) / max(sum(judged.values()), 1), 3),
        "by theme": {theme: f"{right[theme]} of {judged[theme]}" for theme in sorted(judged)},
        "not judged": open_cases,
    }
    print(json.dumps(found, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
