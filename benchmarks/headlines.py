"""Headlines against printed ones: character ROUGE-L.

python -m benchmarks.headlines ARCHIVE
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np

from toolkit import Article, TextRank, Tokenizer, headlines, read_articles
from toolkit.candidates import candidates
from toolkit.headline import HeadlineModel, faults
from toolkit.pipeline import batched
from toolkit.textrank import Ranking

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


def measure(articles: Sequence[Article]) -> dict[str, float]:
    """Mean ROUGE-L of ours, of simple rivals, and of the best a choice could do, in per cent."""
    scores: dict[str, list[float]] = {}
    faulty = 0
    for batch, ranking in rankings(articles):
        lines = headlines(ranking, max_chars=MAX_CHARS)
        found = candidates(ranking, MAX_CHARS, HeadlineModel.load().salience)
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
    parser.add_argument("--developing", action="store_true", help="measure on the part fitted on")
    options = parser.parse_args()
    articles = pairs(options.archive)
    part = [a for a in articles if held_out(a) != options.developing]
    print(json.dumps({name: round(value, 2) for name, value in measure(part).items()}))


if __name__ == "__main__":
    main()
