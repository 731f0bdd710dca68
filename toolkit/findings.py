"""What a report keeps of a run's rows; it does not grow with their number.

The rows are read once, into counters of themes, periods and sources, bounded heaps of articles,
and counts of words that are pruned of the rarest.
"""

from __future__ import annotations

import heapq
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Generic, NamedTuple, TypeVar

from .article import Row
from .dates import Dates, When, date_of
from .rows import short

Key = TypeVar("Key")
Item = TypeVar("Item")

LISTED_ARTICLES = 10
LISTED_WORDS = 20
MOST_SOURCES = 100_000
KEPT_SOURCES = 2_000
KEPT_WORDS = 100_000
KEPT_WORDS_BY_YEAR = 200_000

NONE = ""
SLASH = re.compile(r"[/\\]")


class Card(NamedTuple):
    """What the page shows of one article."""

    title: str
    id: str
    source: str
    probability: float
    given: bool
    evidence: tuple[str, ...]


class Word(NamedTuple):
    """A word that is typical of some rows.

    Attributes
    ----------
    rows, others : how many of these rows, and of the others, have it among their keywords.
    log_odds : smoothed log-odds ratio of the two.
    """

    text: str
    rows: int
    others: int
    log_odds: float


class Best(Generic[Item]):
    """The items of the greatest keys, at most `size`; of equals, the earlier stay."""

    def __init__(self, size: int = LISTED_ARTICLES) -> None:
        self.size = size
        self._heap: list[tuple[float, int, Item]] = []
        self._number = count(0, -1)

    def __len__(self) -> int:
        return len(self._heap)

    def offer(self, key: float, make: Callable[[], Item]) -> None:
        """Keep an item if its key is great enough; only then is it made."""
        if len(self._heap) < self.size:
            heapq.heappush(self._heap, (key, next(self._number), make()))
        elif key > self._heap[0][0]:
            heapq.heapreplace(self._heap, (key, next(self._number), make()))

    def items(self) -> list[Item]:
        """The items, greatest key first."""
        ranked = sorted(self._heap, key=lambda entry: entry[:2], reverse=True)
        return [item for _, _, item in ranked]


class Groups(Generic[Key]):
    """How many rows of each primary theme each group has; only the largest groups are kept.

    When there are more than twice `limit`, the smallest go. A group that comes back is counted
    from nothing, so that the counts of small groups can be too low, and `pruned` says so.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.counts: dict[Key, Counter[str]] = {}
        self.pruned = False

    def add(self, group: Key, theme: str) -> None:
        """Count one row."""
        self.counts.setdefault(group, Counter())[theme] += 1
        if len(self.counts) > 2 * self.limit:
            self.counts = dict(self.largest(self.limit))
            self.pruned = True

    def largest(self, number: int) -> list[tuple[Key, Counter[str]]]:
        """The groups of the most rows, largest first."""
        return heapq.nlargest(number, self.counts.items(), key=lambda each: each[1].total())


class Vocabularies(Generic[Key]):
    """In how many rows of each group each word stands; rare words are pruned to bound the memory.

    All groups together keep some `room` words, each group its even share, yet enough to list. A
    group with more than twice its share is cut back to its most frequent words. A word that was
    cut and comes back is counted from nothing, so that counts near the least frequent kept are
    too low; those of words frequent enough to be typical of anything are exact or nearly so.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self.counts: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        self.rows: Counter[Key] = Counter()

    def add(self, group: Key, words: Iterable[str]) -> None:
        """Count one row's words, each once."""
        grown = [group] if group in self.counts else None
        self.counts[group].update(words)
        self.rows[group] += 1
        share = max(LISTED_WORDS, self.room // len(self.counts))
        # A new group makes everyone's share smaller.
        for each in grown or list(self.counts):
            if len(self.counts[each]) > 2 * share:
                self.counts[each] = Counter(dict(self.counts[each].most_common(share)))

    def typical(self, group: Key, everything: Key, number: int = LISTED_WORDS) -> list[Word]:
        """The words most typical of a group against the other rows of all."""
        return typical_words(
            self.counts.get(group, Counter()),
            self.rows[group],
            self.counts.get(everything, Counter()),
            self.rows[everything],
            number,
        )


def typical_words(
    own: Mapping[str, int],
    own_rows: int,
    everything: Mapping[str, int],
    all_rows: int,
    number: int = LISTED_WORDS,
) -> list[Word]:
    """The words that stand in some rows more than in the others, most typical first.

    They are ranked by the log-odds ratio, a half added to each count, over its standard error:
    the ratio alone would put words first that stand in a single row.
    """
    ranked = []
    for text, rows in own.items():
        others = max(everything.get(text, 0) - rows, 0)
        four = [rows, own_rows - rows, others, all_rows - own_rows - others]
        a, b, c, d = (max(each, 0) + 0.5 for each in four)
        log_odds = math.log(a / b) - math.log(c / d)
        if log_odds > 0:
            certainty = log_odds / math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
            ranked.append((-certainty, text, Word(text, rows, others, log_odds)))
    return [word for _, _, word in heapq.nsmallest(number, ranked)]


class ThemeArticles:
    """The articles to show for one theme.

    A row tells a theme's score and whether it was given, not the threshold. It lies between the
    lowest score given and the highest not given, so that the articles nearest to it are among
    the lowest of the ones and the highest of the others.
    """

    def __init__(self) -> None:
        self._highest: Best[Card] = Best()
        self._lowest_given: Best[Card] = Best()
        self._highest_not: Best[Card] = Best()

    def add(self, row: Row, theme: str) -> None:
        """Offer one row, by its score for the theme."""
        score = row.scores[theme]

        def made() -> Card:
            return card_of(row, theme)

        if theme in row.themes:
            self._highest.offer(score, made)
            self._lowest_given.offer(-score, made)
        else:
            self._highest_not.offer(score, made)

    @property
    def threshold(self) -> float:
        """Half-way between what was given and what was not; 0.5 if that fits and one is missing."""
        given = [card.probability for card in self._lowest_given.items()[:1]]
        others = [card.probability for card in self._highest_not.items()[:1]]
        if given and others:
            return (given[0] + others[0]) / 2
        return min([0.5, *given]) if given else max([0.5, *others])

    def most_typical(self) -> list[Card]:
        """The articles of the highest scores, of those given the theme."""
        return self._highest.items()

    def least_certain(self) -> list[Card]:
        """The articles whose scores are nearest to the threshold, on either side."""
        near = chain(self._lowest_given.items(), self._highest_not.items())
        at = self.threshold
        return sorted(near, key=lambda card: abs(card.probability - at))[:LISTED_ARTICLES]


def card_of(row: Row, theme: str) -> Card:
    """What the page shows of a row for one theme; long values are cut, so that a card is small."""
    words = tuple(short(word, 40) for word in list(row.evidence.get(theme, ()))[:8])
    return Card(
        title=short(row.title or row.headline or row.id, 200),
        id=short(row.id, 200),
        source=short(SLASH.split(row.source)[-1], 200),
        probability=row.scores.get(theme, 0.0),
        given=theme in row.themes,
        evidence=words,
    )


@dataclass(slots=True)
class Findings:
    """All that the page tells of the rows; its size does not grow with their number.

    Attributes
    ----------
    primary : theme to the rows that have it as their primary one; `NONE` for none.
    carried : theme to the rows that carry it at all.
    periods : at most 13 a year, and None for the undated.
    words, words_by_year : by theme, and by theme and year; `NONE` for all rows.
    """

    articles: int = 0
    primary: Counter[str] = field(default_factory=Counter)
    carried: Counter[str] = field(default_factory=Counter)
    themes: dict[str, ThemeArticles] = field(default_factory=dict)
    periods: dict[When | None, Counter[str]] = field(default_factory=dict)
    source_hashes: set[int] = field(default_factory=set)
    files: Groups[str] = field(default_factory=lambda: Groups(KEPT_SOURCES))
    folders: Groups[str] = field(default_factory=lambda: Groups(KEPT_SOURCES))
    words: Vocabularies[str] = field(default_factory=lambda: Vocabularies(KEPT_WORDS))
    words_by_year: Vocabularies[tuple[str, int]] = field(
        default_factory=lambda: Vocabularies(KEPT_WORDS_BY_YEAR)
    )

    def add(self, row: Row, when: When | None) -> None:
        """Take in one row."""
        primary = row.theme or NONE
        self.articles += 1
        self.primary[primary] += 1
        self.carried.update(set(row.themes))
        self.periods.setdefault(when, Counter())[primary] += 1
        self._add_source(row.source, primary)
        for theme in chain(row.scores, row.themes):
            self.themes.setdefault(theme, ThemeArticles())
        for theme in row.scores:
            self.themes[theme].add(row, theme)
        # Interned, so that the many counters share one object for each word.
        words = {sys.intern(short(word, 40)) for word in row.keywords}
        for theme in (NONE, *set(row.themes)):
            self.words.add(theme, words)
            if when is not None:
                self.words_by_year.add((theme, when.year), words)

    @property
    def sources(self) -> int:
        """How many sources there are, or as many as are told apart."""
        return len(self.source_hashes)

    @property
    def more_sources(self) -> bool:
        """Whether there may be more sources than were told apart."""
        return self.sources >= MOST_SOURCES

    @property
    def years(self) -> list[int]:
        """The years with articles, in order."""
        return sorted({when.year for when in self.periods if when})

    def _add_source(self, source: str, primary: str) -> None:
        if len(self.source_hashes) < MOST_SOURCES:
            self.source_hashes.add(hash(source))
        source = source[-1000:]
        self.files.add(source, primary)
        self.folders.add("/".join(SLASH.split(source)[:-1]), primary)


def collect(rows: Iterable[Row], dates: Dates = date_of) -> Findings:
    """What there is to tell of the rows, in one pass."""
    findings = Findings()
    for row in rows:
        findings.add(row, dates(row))
    return findings
