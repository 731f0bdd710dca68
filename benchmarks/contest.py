"""Headlines by all that write them, held against the printed ones."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toolkit import Article
from toolkit.evaluate import Measured
from toolkit.headline import HeadlineModel, Style, faults
from toolkit.pipeline import BATCH, batched

from .headliners import (
    BEST_CANDIDATE,
    BEST_RUN,
    BEST_SENTENCE,
    CEILING,
    OURS,
    SIMPLE,
    TWO_PART,
    Headliner,
    best,
    body_of,
    ceilings,
    cut,
    ours,
    tidy,
)
from .intervals import means
from .printed import MAX_CHARS
from .rouge import MEASURES, rouge, rouge_l

Done = Callable[[int], None]
WARM_UP = 16
# From this character ROUGE-L on, two printed headlines are taken for two of one series.
ALIKE = 0.5
# Ceilings are no way to a headline, and of what needs no library the loop is the most of it.
UNTIMED = (SIMPLE, CEILING)


@dataclass(frozen=True)
class Part:
    """Articles to be measured on.

    Attributes
    ----------
    model : what the toolkit's headlines of these are chosen by.
    learned : printed headlines of the same source that it learned from.
    """

    articles: Sequence[Article]
    model: HeadlineModel
    learned: Sequence[str] = ()


@dataclass
class Written:
    """What one of them wrote for N articles.

    Attributes
    ----------
    whole, short : (N,) the lines as they come, and at the budget that all are held to.
    seconds : of processor time.
    """

    name: str
    kind: str
    whole: list[str] = field(default_factory=list)
    short: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def take(self, rows: Sequence[int]) -> Written:
        """The lines for some of the articles."""
        whole, short = ([lines[row] for row in rows] for lines in (self.whole, self.short))
        share = len(rows) / max(len(self.whole), 1)
        return replace(self, whole=whole, short=short, seconds=self.seconds * share)


def write(parts: Sequence[Part], headliners: Sequence[Headliner], done: Done) -> list[Written]:
    """The lines of all that take part, then those of the best that a choice could do.

    done : told how many articles have been written of, headliner by headliner.
    """
    entries = [_by(headliner, parts, done) for headliner in headliners]
    best_ones = {name: Written(name, CEILING) for name in (BEST_SENTENCE, BEST_CANDIDATE, BEST_RUN)}
    for part in parts:
        for batch in batched(part.articles, BATCH):
            titles = [article.title for article in batch]
            choices = ceilings([body_of(article) for article in batch], titles, part.model)
            for name, entry in best_ones.items():
                for lines, title in zip(choices[name], titles, strict=True):
                    entry.whole.append(best(lines, title))
                    entry.short.append(best([cut(line) for line in lines], title))
            done(len(batch))
    return [*entries, *best_ones.values()]


def _by(headliner: Headliner, parts: Sequence[Part], done: Done) -> Written:
    entry = Written(headliner.name, headliner.kind)
    for part in parts:
        line_of = headliner.prepare(part.model)
        bodies = [body_of(article) for article in part.articles]
        line_of(bodies[:WARM_UP])
        for first in range(0, len(bodies), headliner.batch):
            batch = bodies[first : first + headliner.batch]
            start = process_time()
            lines = line_of(batch)
            entry.seconds += process_time() - start
            entry.whole += map(tidy, lines)
            entry.short += map(cut, lines)
            done(len(batch))
    return entry


def turns(parts: Sequence[Part], headliners: Sequence[Headliner]) -> int:
    """What `done` will have been told in all."""
    return (len(headliners) + 1) * sum(len(part.articles) for part in parts)


def of_no_series(parts: Sequence[Part]) -> list[int]:
    """The places, over all parts, of the articles whose printed headline is unlike all learned.

    News has series, the day's figures or the day's front line, whose headlines a model that has
    seen some of them can repeat.
    """
    unlike = [
        all(rouge_l(article.title, title) < ALIKE for title in part.learned)
        for part in parts
        for article in part.articles
    ]
    return [row for row, alone in enumerate(unlike) if alone]


def measured(entries: Sequence[Written], titles: Sequence[str]) -> list[dict[str, Any]]:
    """What was written, measured: by each, at either length, every one of `MEASURES`.

    Beside the means stand those of the differences to the toolkit's plain headlines at the
    budget, article by article.
    """
    # (N, entries, lengths, measures)
    scores: NDArray[np.float64] = np.array(
        [
            [
                [rouge(line, title) for line, title in zip(lines, titles, strict=True)]
                for lines in (entry.whole, entry.short)
            ]
            for entry in entries
        ]
    ).transpose(2, 0, 1, 3)
    own = next(number for number, entry in enumerate(entries) if entry.name == OURS)
    shape = scores.shape[1:]
    flat = scores.reshape(len(titles), -1)
    differences = (scores - scores[:, own : own + 1, 1:, :]).reshape(len(titles), -1)
    mean = np.array(means(flat), object).reshape(shape)
    less = np.array(means(differences), object).reshape(shape)
    return [
        {
            "name": entry.name,
            "kind": entry.kind,
            "articles/s": None if entry.kind in UNTIMED else len(titles) / entry.seconds,
            "empty": sum(not line for line in entry.whole),
            "whole": _length(entry.whole, mean[number, 0], less[number, 0]),
            "short": _length(entry.short, mean[number, 1], less[number, 1]),
        }
        for number, entry in enumerate(entries)
    ]


def _length(
    lines: Sequence[str], mean: Sequence[Measured], less: Sequence[Measured]
) -> dict[str, Any]:
    return {
        "characters": float(np.mean([len(line) for line in lines])),
        "rouge": dict(zip(MEASURES, mean, strict=True)),
        "less ours": dict(zip(MEASURES, less, strict=True)),
    }


def fault_counts(articles: Sequence[Article], model: HeadlineModel) -> list[dict[str, Any]]:
    """How many of the toolkit's headlines have no fault that it knows, and the faults of others."""
    found = []
    for name, style in ((OURS, Style.plain), (TWO_PART, Style.two_part)):
        line_of = ours(model, style)
        lines = [
            line
            for batch in batched(articles, BATCH)
            for line in line_of([article.body for article in batch])
        ]
        counts: Counter[str] = Counter()
        faulty = []
        for article, line in zip(articles, lines, strict=True):
            if own := faults(line, MAX_CHARS):
                faulty.append(article.id)
                # ends in '的' and ends in '了' are one fault.
                counts.update({re.sub(" '.*'", "", fault) for fault in own})
        found.append(
            {
                "name": name,
                "articles": len(articles),
                "without": len(articles) - len(faulty),
                "faults": dict(counts.most_common()),
                "ids": faulty,
            }
        )
    return found
