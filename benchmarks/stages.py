"""Where an article's time goes, from its line of JSON to its row's, in units of bare segmentation.

    python -m benchmarks.stages ARCHIVE COUNT

does each step of `toolkit run` on the same batches, one after the other, and beside them the
segmentation of the bodies alone. It prints microseconds an article, by the processor's clock, as
JSON for `python -m benchmarks`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from time import process_time

from .throughput import BATCH

SEGMENTATION = "rjieba.cut of the bodies"


class Stopwatch:
    """Processor seconds by step."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what happens within to a step."""
        start = process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + process_time() - start


def measure(archive: Path, count: int) -> dict[str, float]:
    """Microseconds an article that each step takes over the first articles of an archive."""
    import rjieba

    from toolkit import Pipeline, TextRank, Tokenizer, headlines, keywords, models, summaries
    from toolkit.article import Row, field_names
    from toolkit.pipeline import EVIDENCE_WORDS, read_articles
    from toolkit.writers import FORMATS

    tokenizer, ranker, tagger = Tokenizer(), TextRank(), models.load()
    pipeline = Pipeline.load()
    articles = iter(read_articles(archive))
    # What is loaded at first use is no article's time.
    pipeline.process(list(islice(articles, BATCH)))
    watch = Stopwatch()
    names = field_names(Row)
    done = 0
    while done < count:
        with watch.step("lines of JSON to articles"):
            batch = list(islice(articles, BATCH))
        if not batch:
            break
        done += len(batch)
        with watch.step(SEGMENTATION):
            [rjieba.cut(article.body) for article in batch]
        with watch.step("words, by number"):
            tokens = tokenizer.batch(batch)
        with watch.step("themes and evidence"):
            tagger.with_evidence(tokens, EVIDENCE_WORDS)
        with watch.step("sentence and word ranks"):
            ranking = ranker.rank(tokens)
        with watch.step("headlines"):
            headlines(ranking)
        with watch.step("summaries"):
            summaries(ranking)
        with watch.step("keywords"):
            keywords(ranking)
        with watch.step("all of the steps in memory"):
            rows = pipeline.process(batch)
        with watch.step("rows to lines of JSON"):
            FORMATS["jsonl"].encode(rows, names)
    return {step: 1e6 * seconds / done for step, seconds in watch.seconds.items()}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
