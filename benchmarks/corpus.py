"""How varied the labelled corpus is: near-duplicates and phrases that recur.

python -m benchmarks.corpus
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from toolkit import load_labelled
from toolkit.similarity import overlaps

ROOT = Path(__file__).parent.parent
# Two briefs on the same kind of notice share the fixed terms of law and office, up to 0.2 of
# their strings; a paraphrase shares more.
NEAREST_ALLOWED = 0.25
LONGEST_SHARED = 12
_MOST_ARTICLES = 5
# What the genre itself repeats: the law's words for how a union elects.
_FIXED = ("以无记名投票方式选举产生",)


def nearest(bodies: Sequence[str]) -> list[float]:
    """For each body, the share of five-character strings it has in common with its nearest.

    The measure is the overlap over the smaller set, so that a brief cut from a feature counts.
    """
    pairs, shared = overlaps(bodies)
    closest = np.zeros(len(bodies))
    for of_pair in pairs.T:
        np.maximum.at(closest, of_pair, shared)
    return [float(value) for value in closest]


def recurring(bodies: Sequence[str]) -> dict[str, int]:
    """Strings of 12 characters that stand in more than 5 bodies, with how many they stand in.

    Fixed phrases of the genre are left out.
    """
    found: dict[str, set[int]] = defaultdict(set)
    for number, body in enumerate(bodies):
        solid = re.sub(r"\W", "", body)
        for i in range(len(solid) - LONGEST_SHARED + 1):
            found[solid[i : i + LONGEST_SHARED]].add(number)
    return {
        text: len(own)
        for text, own in found.items()
        if len(own) > _MOST_ARTICLES and text not in _FIXED
    }


def main() -> None:
    """Print the corpus's make-up and the distribution of the measure."""
    corpus = load_labelled(ROOT / "labelled")
    bodies = [article.body for article in corpus]
    closest = np.array(nearest(bodies))
    lengths = np.array([len(body) for body in bodies])
    print(
        json.dumps(
            {
                "articles": len(corpus),
                "themes": Counter(t for a in corpus for t in a.themes),
                "two themes": sum(len(a.themes) == 2 for a in corpus),
                "none": sum(not a.themes for a in corpus),
                "test": sum(a.split == "test" for a in corpus),
                "genres": Counter(a.genre for a in corpus),
                "cities": len({a.city for a in corpus}),
                "years": [min(a.year or 0 for a in corpus), max(a.year or 0 for a in corpus)],
                "length quantiles 0 25 50 75 100": np.percentile(
                    lengths, [0, 25, 50, 75, 100]
                ).tolist(),
                "nearest-neighbour overlap quantiles 50 90 99 100": np.percentile(
                    closest, [50, 90, 99, 100]
                )
                .round(4)
                .tolist(),
                f"strings of {LONGEST_SHARED} in more than {_MOST_ARTICLES} articles": recurring(
                    bodies
                ),
            },
            ensure_ascii=False,
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
