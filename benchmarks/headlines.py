"""Headlines against printed ones: character ROUGE-L, and the weights learned from such pairs.

python -m benchmarks.headlines ARCHIVE            measure on the held-out part
python -m benchmarks.headlines ARCHIVE --fit      learn the weights from the other part
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from toolkit import Article, TextRank, Tokenizer, headlines, load_labelled, read_articles
from toolkit.candidates import FEATURES, candidates
from toolkit.headline import faults
from toolkit.pipeline import batched
from toolkit.textrank import Ranking

ROOT = Path(__file__).parent.parent
MAX_CHARS = 24
BATCH = 256


def lcs(first: str, second: str) -> int:
    """Length of the longest common subsequence, a machine word's bits at a time (Hyyrö, 2004)."""
    places: dict[str, int] = {}
    for place, char in enumerate(first):
        places[char] = places.get(char, 0) | 1 << place
    everything = (1 << len(first)) - 1
    row = everything
    for char in second:
        matched = row & places.get(char, 0)
        row = ((row + matched) | (row - matched)) & everything
    return len(first) - row.bit_count()


def rouge_l(line: str, printed: str) -> float:
    """Character ROUGE-L F1 of a line against the printed headline, spaces aside (Lin, 2004)."""
    line, printed = "".join(line.split()), "".join(printed.split())
    return 2 * lcs(line, printed) / max(len(line) + len(printed), 1)


def pairs(archive: Path) -> list[Article]:
    """The archive's items with a headline of their own and a body of 150 to 3,000 characters."""
    return [
        article
        for article in read_articles(archive)
        if 150 <= len(article.body) <= 3000
        and "快讯" not in article.title
        and not re.search("【.*】", article.title)
        and len(article.title) >= 6
    ]


def held_out(article: Article) -> bool:
    """Whether an item is kept for measuring: half of them are, by a hash of the id."""
    return sha256(article.id.encode()).digest()[0] % 2 == 1


def rankings(articles: Sequence[Article]) -> Iterator[tuple[list[Article], Ranking]]:
    """The articles in batches, each with its ranks."""
    tokenizer, ranker = Tokenizer(), TextRank()
    for batch in batched(articles, BATCH):
        yield batch, ranker.rank(tokenizer.batch(batch))


def fit(articles: Sequence[Article], strength: float = 30.0) -> dict[str, float]:
    """Weights by ridge regression of a candidate's ROUGE-L on its features, within each article."""
    rows: list[NDArray[np.float64]] = []
    goals: list[NDArray[np.float64]] = []
    for batch, ranking in rankings(articles):
        found = candidates(ranking, MAX_CHARS)
        scores = np.array(
            [rouge_l(found.text(n), batch[a].title) for n, a in enumerate(found.article.tolist())]
        )
        for article in range(len(batch)):
            own = found.article == article
            if own.sum() > 1:
                rows.append(found.features[own] - found.features[own].mean(axis=0))
                goals.append(scores[own] - scores[own].mean())
    X, y = np.concatenate(rows), np.concatenate(goals)
    learned = np.linalg.solve(X.T @ X + strength * np.eye(X.shape[1]), X.T @ y)
    return {name: round(float(value), 4) for name, value in zip(FEATURES, learned, strict=True)}


def measure(articles: Sequence[Article]) -> dict[str, float]:
    """Mean ROUGE-L of ours, of simple rivals, and of the best a choice could do, in per cent."""
    scores: dict[str, list[float]] = {}
    faulty = 0
    for batch, ranking in rankings(articles):
        lines = headlines(ranking, max_chars=MAX_CHARS)
        found = candidates(ranking, MAX_CHARS)
        best = np.zeros(len(batch))
        for number, article in enumerate(found.article.tolist()):
            best[article] = max(best[article], rouge_l(found.text(number), batch[article].title))
        tokens = ranking.batch
        for number, (article, line) in enumerate(zip(batch, lines, strict=True)):
            faulty += bool(faults(line, MAX_CHARS))
            at = int(np.searchsorted(ranking.sentence_of, number))
            sentence = tokens.text_of(*tokens.sentences[at])
            rivals = {
                "ours": line,
                "first sentence": sentence,
                f"first {MAX_CHARS} characters": sentence[:MAX_CHARS],
            }
            for name, text in rivals.items():
                scores.setdefault(name, []).append(rouge_l(text, article.title))
            scores.setdefault("best candidate", []).append(float(best[number]))
    means = {name: 100 * float(np.mean(values)) for name, values in scores.items()}
    return means | {"articles": len(articles), "with faults": faulty}


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    parser.add_argument("--fit", action="store_true", help="learn the weights and write them")
    parser.add_argument("--developing", action="store_true", help="measure on the part fitted on")
    options = parser.parse_args()
    articles = pairs(options.archive)
    part = [a for a in articles if held_out(a) == (not (options.fit or options.developing))]
    if options.fit:
        own = [a for a in load_labelled(ROOT / "labelled", "train") if len(a.title) >= 6]
        learned = fit([*part, *own])
        trained_on = f"{len(part)} items of {options.archive.name}, {len(own)} of labelled/"
        text = json.dumps({"weights": learned, "trained_on": trained_on}, indent=1) + "\n"
        (ROOT / "models" / "headline.json").write_text(text, "utf-8")
        print(text)
    else:
        print(json.dumps({name: round(value, 2) for name, value in measure(part).items()}))


if __name__ == "__main__":
    main()
