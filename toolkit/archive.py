"""A whole archive: read, process and write in batches, with progress and nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import perf_counter

from .article import Article, Row
from .pipeline import Pipeline
from .writers import Write


@dataclass
class Tally:
    """What a run did.

    Attributes
    ----------
    articles : how many were written.
    themes : primary theme, or None, to how many.
    seconds : how long it took.
    """

    articles: int = 0
    themes: Counter[str | None] = field(default_factory=Counter)
    seconds: float = 0.0


def run(
    articles: Iterable[Article],
    pipeline: Pipeline,
    write: Write,
    on_rows: Callable[[list[Row]], None] = lambda rows: None,
) -> Tally:
    """Process articles in batches and write their rows in order, in memory for one batch.

    on_rows : called with each batch of rows once it is written.
    """
    tally = Tally()
    started = perf_counter()
    for rows in pipeline.stream(articles):
        write(rows)
        tally.articles += len(rows)
        tally.themes.update(row.theme for row in rows)
        on_rows(rows)
    tally.seconds = perf_counter() - started
    return tally
