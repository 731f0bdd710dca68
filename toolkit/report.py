"""One page that tells what a run found: its rows to a self-contained HTML file.

The rows are read once. What is kept of them does not grow with their number: counters of themes,
periods and sources, bounded heaps of articles, and counts of words that are pruned of the rarest.
"""

from __future__ import annotations

import heapq
import json
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import chain, count
from pathlib import Path
from string import Template
from typing import Any, Generic, NamedTuple, NewType, TypeVar

from .article import Row, identifier
from .errors import InputError, ToolkitError
from .readers import Reading, Record, read

Html = NewType("Html", str)
Key = TypeVar("Key")
Item = TypeVar("Item")

LISTED_ARTICLES = 10
LISTED_WORDS = 20
LISTED_SOURCES = 20
LISTED_REJECTED = 50
MOST_THEMES = 100
MOST_SOURCES = 100_000
KEPT_SOURCES = 2_000
KEPT_WORDS = 100_000
KEPT_WORDS_BY_YEAR = 200_000
MONTHS_SHOWN = 36
DRAWN_THEMES = 8

NONE = ""
THEME_NAMES = {
    "worker-services": "职工服务",
    "welfare": "福利保障",
    "competitions": "竞赛比武",
    "volunteering": "志愿服务",
}

_NEEDED = (
    "id",
    "source",
    "position",
    "title",
    "body",
    "theme",
    "themes",
    "scores",
    "evidence",
    "headline",
    "keywords",
)
_MEND = "make the file with 'toolkit run INPUT -o FILE'"
_MONTH = "0[1-9]|1[0-2]"
_DATE = re.compile(
    rf"(?<![0-9])(19(?:49|[5-9][0-9])|20[0-9]{{2}})"
    rf"(?:({_MONTH})(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    rf"|[-_./]({_MONTH})(?![0-9])"
    rf"|年(?:(0?[1-9]|1[0-2])月)?)"
)
_SLASH = re.compile(r"[/\\]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class When(NamedTuple):
    """When an article was printed, as far as is known."""

    year: int
    month: int | None = None


Dates = Callable[[Row], When | None]


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


@dataclass(frozen=True, slots=True)
class Rejected:
    """What a run left out: how many, and the first of them as file, place and reason."""

    total: int = 0
    first: tuple[tuple[str, str, str], ...] = ()


def build(rows_path: Path, html_path: Path, *, dates: Dates | None = None) -> None:
    """Make the page of a run's output: one HTML file that needs no other.

    Parameters
    ----------
    rows_path : what `toolkit run` wrote as JSONL, CSV or Parquet. The list of what was left out
        is taken from beside it.
    dates : a row to when it was printed, or None; by default `date_of`.

    Raises
    ------
    InputError : the rows cannot be read, are none, or are not the output of a run.
    ToolkitError : the page cannot be written.
    """
    if html_path.resolve() == rows_path.resolve():
        raise ToolkitError(f"{html_path}: would replace the rows; give the page another name")
    findings = collect(read_rows(rows_path), dates or date_of)
    if not findings.articles:
        raise InputError(str(rows_path), f"holds no rows, so there is nothing to tell; {_MEND}")
    rejected = read_rejected(rows_path.with_name(f"{rows_path.name}.rejected.jsonl"))
    text = page(findings, rejected, rows_path.name)
    try:
        # Names that are not UTF-8, as some file systems have, must not stop the page.
        html_path.write_bytes(text.encode("utf-8", "replace"))
    except OSError as error:
        problem = f"cannot be written: {error.strerror or error}"
        raise ToolkitError(f"{html_path}: {problem}") from None


# Rows in


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a run's output, one at a time.

    Raises
    ------
    InputError : something in it is no row of a run.
    """
    if path.is_dir():
        raise InputError(str(path), "is a folder; give the one file that 'toolkit run -o' wrote")
    known: set[str] = set()
    for item in read(path):
        if not isinstance(item, Record):
            raise InputError(item.source, f"is a page of text, not rows; {_MEND}")
        row = row_of(item)
        known.update(row.scores, row.themes)
        if len(known) > MOST_THEMES:
            problem = f"more than {MOST_THEMES} themes, so not the output of a run; {_MEND}"
            raise InputError(item.source, problem, item.place)
        yield row


def row_of(record: Record) -> Row:
    """A record as a row, whichever format it was written in.

    Raises
    ------
    InputError : a field is missing or holds something else than a run writes.
    """
    values = record.values
    missing = [name for name in _NEEDED if name not in values]
    if missing:
        problem = f"not the output of 'toolkit run', no field {', '.join(missing)}; {_MEND}"
        raise InputError(record.source, problem, record.place)
    try:
        row = Row.from_mapping(values)
        row.theme = _optional("theme", values["theme"]) or None
        row.themes = _texts("themes", values["themes"])
        row.scores = {
            theme: _number("scores", score, 0, 1)
            for theme, score in _mapping("scores", values["scores"]).items()
        }
        row.evidence = {
            theme: {
                word: _number("evidence", weight, -math.inf, math.inf)
                for word, weight in _mapping("evidence", words).items()
            }
            for theme, words in _mapping("evidence", values["evidence"]).items()
        }
        row.headline = _optional("headline", values["headline"])
        row.keywords = _texts("keywords", values["keywords"])
    except ValueError as error:
        raise InputError(record.source, f"{error}; {_MEND}", record.place) from None
    if row.theme and row.theme not in row.themes:
        row.themes.insert(0, row.theme)
    return row


def read_rejected(path: Path) -> Rejected:
    """What a run left out, from the file beside its output; nothing when there is none.

    Raises
    ------
    InputError : the file is not such a list.
    """
    if not path.exists():
        return Rejected()
    total = 0
    first: list[tuple[str, str, str]] = []

    def add(*parts: str) -> None:
        nonlocal total
        total += 1
        if len(first) < LISTED_REJECTED:
            file, place, reason = (_short(part, 300) for part in parts)
            first.append((file, place, reason))

    def unread(error: InputError) -> None:
        # A line can fail to decode for the file name in it; it tells of something left out
        # all the same.
        if not error.place:
            raise error
        add(path.name, error.place, error.problem)

    for item in read(path, Reading("jsonl", "utf-8", on_error=unread)):
        values = item.values if isinstance(item, Record) else {}
        file, place, reason = (values.get(name) for name in ("file", "place", "reason"))
        if not (isinstance(file, str) and isinstance(place, str) and isinstance(reason, str)):
            problem = "not the list of what a run left out; delete it, or run again"
            raise InputError(str(path), problem, getattr(item, "place", ""))
        add(file, place, reason)
    return Rejected(total, tuple(first))


def date_of(row: Row) -> When | None:
    """When a row was printed, by its id, its file's name, or the three folders nearest to that.

    Dates are taken as 20220924, 2022-09-24, 2022_09, 2022年9月 and 2022年, from 1949 to 2099.
    """
    *folders, name = _SLASH.split(row.source)
    texts = [name, *("/".join(folders[-depth:]) for depth in (1, 2, 3))]
    # An id that is only the file's name and a number could pass for a date: 工会-2022 and 10.
    if row.id != identifier(row.source, row.position):
        texts.insert(0, row.id)
    return next((when for when in map(find_date, texts) if when), None)


def find_date(text: str) -> When | None:
    """The first date in a text, or None."""
    found = _DATE.search(text)
    if found is None:
        return None
    month = found[2] or found[3] or found[4]
    return When(int(found[1]), int(month) if month else None)


def _optional(name: str, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise ValueError(f"the field '{name}' holds {type(value).__name__}, not text")


def _texts(name: str, value: Any) -> list[str]:
    """A list, or the list that a cell of a table holds."""
    if isinstance(value, str):
        return [part for part in value.split("、") if part]
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return list(value)
    raise ValueError(f"the field '{name}' holds no list of texts")


def _mapping(name: str, value: Any) -> dict[str, Any]:
    """A mapping: as it is, as JSON in a cell of a table, or as Parquet's list of pairs."""
    if isinstance(value, str) and value:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError(f"the field '{name}' holds no JSON object") from None
    pairs = value.items() if isinstance(value, Mapping) else value or ()
    try:
        found = dict(pairs)
    except (TypeError, ValueError):
        found = {None: value}
    if all(isinstance(key, str) for key in found):
        return found
    raise ValueError(f"the field '{name}' holds no mapping")


def _number(name: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise ValueError(f"the field '{name}' holds {_short(repr(value), 40)}, not a number it can be")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


# What is kept of the rows


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
    words = tuple(_short(word, 40) for word in list(row.evidence.get(theme, ()))[:8])
    return Card(
        title=_short(row.title or row.headline or row.id, 200),
        id=_short(row.id, 200),
        source=_short(_SLASH.split(row.source)[-1], 200),
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
        words = {sys.intern(_short(word, 40)) for word in row.keywords}
        for theme in (NONE, *set(row.themes)):
            self.words.add(theme, words)
            if when is not None:
                self.words_by_year.add((theme, when.year), words)

    @property
    def sources(self) -> int:
        """How many sources there are; `MOST_SOURCES` stands for as many or more."""
        return len(self.source_hashes)

    @property
    def years(self) -> list[int]:
        """The years with articles, in order."""
        return sorted({when.year for when in self.periods if when})

    def _add_source(self, source: str, primary: str) -> None:
        if len(self.source_hashes) < MOST_SOURCES:
            self.source_hashes.add(hash(source))
        source = source[-1000:]
        self.files.add(source, primary)
        self.folders.add("/".join(_SLASH.split(source)[:-1]), primary)


def collect(rows: Iterable[Row], dates: Dates = date_of) -> Findings:
    """What there is to tell of the rows, in one pass."""
    findings = Findings()
    for row in rows:
        findings.add(row, dates(row))
    return findings


# The page


def page(findings: Findings, rejected: Rejected, name: str) -> str:
    """The whole page as HTML."""
    themes = list(findings.themes)
    sections = [
        ("totals", "总览", _totals(findings, rejected)),
        ("time", "主题随时间的变化", _over_time(findings)),
        ("sources", "各来源的主题", _by_source(findings)),
        *(
            (f"theme-{k}", f"主题：{_plain_name(theme)}", _theme(findings, theme))
            for k, theme in enumerate(themes)
        ),
        ("rejected", "未能读取的记录", _rejected(rejected)),
    ]
    contents = (f'<li><a href="#{key}">{_text(head)}</a></li>' for key, head, _ in sections)
    bodies = (
        f'<section id="{key}" aria-labelledby="{key}-h">\n<h2 id="{key}-h">{_text(head)}</h2>\n'
        f"{body}\n</section>"
        for key, head, body in sections
    )
    template = Template(Path(__file__).with_name("report.html").read_text("utf-8"))
    return template.substitute(
        title=_text(f"主题报告：{name}"), contents="".join(contents), sections="\n".join(bodies)
    )


def _totals(findings: Findings, rejected: Rejected) -> Html:
    sources = f"{findings.sources:,}"
    if findings.sources >= MOST_SOURCES:
        sources = f"{MOST_SOURCES:,} 或更多"
    dated = findings.articles - findings.periods.get(None, Counter()).total()
    figures = [
        ("文章", f"{findings.articles:,}"),
        ("来源", sources),
        ("标有日期的文章", f"{dated:,}"),
        ("未能读取的记录", f"{rejected.total:,}"),
    ]
    rows = [[_text(name), _text(value)] for name, value in figures]
    shares = [
        [
            _name(theme),
            *_count_and_share(findings.primary[theme], findings.articles),
            _text(f"{findings.carried[theme]:,}" if theme else "—"),
        ]
        for theme in (*findings.themes, NONE)
    ]
    return _joined(
        _table("总数", ["项目", "数目"], rows, numbers={1}),
        _table(
            "各主题的文章",
            ["主题", "以其为主要主题", "占全部文章", "含有该主题"],
            shares,
            numbers={1, 2, 3},
        ),
        _note("一篇文章只有一个主要主题，但可含有几个主题；“无主题”指没有一个主题达到阈值。"),
    )


def _over_time(findings: Findings) -> Html:
    undated = findings.periods.get(None, Counter())
    parts = []
    if not findings.years:
        parts.append(_note("没有一篇文章的编号或来源名含有日期。"))
    years: dict[str, Counter[str]] = {
        f"{year}年": Counter() for year in _all_between(findings.years)
    }
    for when, counted in findings.periods.items():
        if when is not None:
            years[f"{when.year}年"].update(counted)
    parts += _charts(findings, "各年", years)
    parts.append(
        _time_table(findings, "各年的主要主题", years | _unless_empty("未标日期", undated))
    )
    months = by_month(findings.periods)
    if months:
        parts += _charts(findings, "各月", months)
        vague = {
            f"{when.year}年，月份不明": counted
            for when, counted in sorted(
                (when, counted)
                for when, counted in findings.periods.items()
                if when is not None and when.month is None
            )
        }
        parts.append(_time_table(findings, "各月的主要主题", months | vague))
    parts.append(_note("日期取自文章编号；编号中没有的，取自来源的文件名或文件夹名。"))
    return _joined(*parts)


def by_month(periods: Mapping[When | None, Counter[str]]) -> dict[str, Counter[str]]:
    """Counts for each month from the first to the last; nothing if that is over three years."""
    numbered = {
        when.year * 12 + when.month - 1: counted
        for when, counted in periods.items()
        if when is not None and when.month is not None
    }
    years = [when.year for when in periods if when is not None]
    if not numbered or max(numbered) - min(numbered) >= MONTHS_SHOWN:
        return {}
    if max(years) - min(years) >= MONTHS_SHOWN // 12 + 1:
        return {}
    return {
        f"{number // 12}年{number % 12 + 1}月": numbered.get(number, Counter())
        for number in _all_between(numbered)
    }


def _charts(findings: Findings, span: str, periods: Mapping[str, Counter[str]]) -> list[Html]:
    drawn = [theme for theme in findings.themes if findings.primary[theme]]
    drawn = sorted(drawn, key=lambda theme: -findings.primary[theme])[:DRAWN_THEMES]
    # The colour of a theme is the same whatever is drawn beside it.
    drawn = [theme for theme in findings.themes if theme in drawn]
    if not drawn or len(periods) == 0:
        return []
    labels = list(periods)
    counts = {
        _plain_name(theme): [float(counted[theme]) for counted in periods.values()]
        for theme in drawn
    }
    shares: dict[str, list[float | None]] = {
        _plain_name(theme): [
            100 * counted[theme] / counted.total() if counted else None
            for counted in periods.values()
        ]
        for theme in drawn
    }
    charts = [bars(f"{span}以各主题为主要主题的篇数", labels, counts)]
    if len(labels) > 1:
        charts.append(lines(f"{span}各主题占当期全部文章的百分比", labels, shares))
    if len(drawn) < sum(findings.primary[theme] > 0 for theme in findings.themes):
        charts.append(_note(f"图中只画文章最多的 {DRAWN_THEMES} 个主题，全部数字见表。"))
    return charts


def _time_table(findings: Findings, caption: str, periods: Mapping[str, Counter[str]]) -> Html:
    return _theme_table(findings, caption, "时间", [(_text(k), v) for k, v in periods.items()])


def _theme_table(
    findings: Findings, caption: str, first: str, rows: Sequence[tuple[Html, Counter[str]]]
) -> Html:
    """A table of how many rows of each primary theme each group has, with the share."""
    themes = (*findings.themes, NONE)
    heads = [_text(first), _text("全部"), *map(_name, themes)]
    cells = [
        [
            label,
            _text(f"{counted.total():,}"),
            *(_count_with_share(counted[theme], counted.total()) for theme in themes),
        ]
        for label, counted in rows
    ]
    return _table(caption, heads, cells, numbers=set(range(1, len(heads))))


def _by_source(findings: Findings) -> Html:
    many_files = len(findings.files.counts) > LISTED_SOURCES
    in_folders = many_files and len(findings.folders.counts) > 1
    groups, kind = (findings.folders, "文件夹") if in_folders else (findings.files, "文件")
    largest = groups.largest(LISTED_SOURCES)
    names = short_names([group for group, _ in largest])
    rows = [(_text(name), counted) for name, (_, counted) in zip(names, largest, strict=True)]
    parts = [_theme_table(findings, f"文章最多的{kind}的主要主题", f"来源（{kind}）", rows)]
    left_out = len(groups.counts) - len(largest)
    if groups.pruned:
        parts.append(_note("来源太多，只留较大的来源计数，所列数目可能略低。"))
    elif left_out:
        parts.append(_note(f"另有 {left_out:,} 个{kind}没有列出。"))
    return _joined(*parts)


def short_names(paths: Sequence[str]) -> list[str]:
    """The ends of the paths, of as few folders as tell them apart."""
    if len(set(paths)) < len(paths):
        return list(paths)
    split = [_SLASH.split(path) for path in paths]
    for parts in range(1, max(map(len, split), default=1) + 1):
        names = ["/".join(path[-parts:]) for path in split]
        if len(set(names)) == len(names):
            break
    known = {"-": "标准输入", "": "（未注明）"}
    return [known.get(name, name) for name in names]


def _theme(findings: Findings, theme: str) -> Html:
    articles = findings.themes[theme]
    typical, near = articles.most_typical(), articles.least_certain()
    parts = [_note(f"含有该主题的文章 {findings.carried[theme]:,} 篇。", _id(theme))]
    if typical:
        heads = ["文章", "概率", "依据的词", "来源与编号"]
        rows = [
            [_titled(card), _probability(card), _text("、".join(card.evidence)), _origin(card)]
            for card in typical
        ]
        parts.append(_table("最典型的文章（概率最高）", heads, rows, numbers={1}, words={2}))
    if near:
        heads = ["文章", "概率", "是否给出", "来源与编号"]
        rows = [
            [_titled(card), _probability(card), _text("是" if card.given else "否"), _origin(card)]
            for card in near
        ]
        caption = f"最没有把握的文章（概率最接近阈值，约 {articles.threshold:.2f}）"
        parts.append(_table(caption, heads, rows, numbers={1}))
    parts += _theme_words(findings, theme)
    return _joined(*parts)


def _theme_words(findings: Findings, theme: str) -> list[Html]:
    words = findings.words.typical(theme, NONE)
    if not words:
        return [_note("没有该主题特有的关键词。")]
    rows = [
        [
            _text(word.text),
            _text(f"{word.rows:,}"),
            _text(f"{word.others:,}"),
            _text(f"{word.log_odds:.2f}"),
        ]
        for word in words
    ]
    heads = ["词", "该主题的文章", "其他文章", "对数优势比"]
    parts = [_table("最能代表该主题的关键词", heads, rows, numbers={1, 2, 3})]
    by_year = [
        [
            _text(f"{year}年"),
            _text(f"{findings.words_by_year.rows[theme, year]:,}"),
            _text("、".join(word.text for word in typical)),
        ]
        for year in findings.years
        if (typical := findings.words_by_year.typical((theme, year), (NONE, year)))
    ]
    if by_year:
        heads = ["年份", "文章", "关键词"]
        caption = "各年最能代表该主题的关键词（与同年其他文章相比）"
        parts.append(_table(caption, heads, by_year, numbers={1}, words={2}))
    parts.append(
        _note(
            "关键词按平滑的对数优势比与其标准误之比排列；文章很多时，罕见的词不计，数目可能略低。"
        )
    )
    return parts


def _rejected(rejected: Rejected) -> Html:
    if not rejected.total:
        return _note("没有。")
    rows = [
        [_text(file), _text(place or "整个文件"), _text(reason)]
        for file, place, reason in rejected.first
    ]
    return _table(
        f"未能读取的记录：共 {rejected.total:,} 条，列出前 {len(rows)} 条",
        ["文件", "位置", "原因"],
        rows,
        words={2},
    )


# Charts


WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 32
_BOX = '<rect class="s{k}" x="9" width="10" height="10"/>'
_DASH = '<path class="s{k}" d="M0 5H28"/>'


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]]) -> Html:
    """A chart of stacked bars, a bar a label."""
    ends = [sum(values) for values in zip(*series.values(), strict=True)]
    axis = ticks(max(ends, default=0), least=1)
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    wide = min(0.7 * step, 60)
    marks = []
    base = [0.0] * len(labels)
    for k, (name, values) in enumerate(series.items()):
        for place, value in enumerate(values):
            if value > 0:
                x = LEFT + step * (place + 0.5) - wide / 2
                top, bottom = _y(base[place] + value, axis), _y(base[place], axis)
                told = _text(f"{labels[place]} {name} {value:,.0f}")
                marks.append(
                    f'<rect class="s{k}" x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" '
                    f'height="{bottom - top:.1f}"><title>{told}</title></rect>'
                )
                base[place] += value
    return _figure(title, labels, list(series), axis, "".join(marks), _BOX)


def lines(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> Html:
    """A chart of lines, broken where a value is None."""
    known = [value for values in series.values() for value in values if value is not None]
    axis = ticks(max(known, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    marks = []
    for k, (name, values) in enumerate(series.items()):
        drawn, path, dots = False, "", []
        for place, value in enumerate(values):
            if value is not None:
                x, y = LEFT + step * (place + 0.5), _y(value, axis)
                path += f"{'L' if drawn else 'M'}{x:.1f} {y:.1f}"
                told = _text(f"{labels[place]} {name} {value:.2f}%")
                dots.append(
                    f'<circle class="s{k}" cx="{x:.1f}" cy="{y:.1f}" r="2">'
                    f"<title>{told}</title></circle>"
                )
            drawn = value is not None
        marks.append(f'<path class="s{k}" d="{path}"/>{"".join(dots)}')
    return _figure(title, labels, list(series), axis, "".join(marks), _DASH, unit="%")


def ticks(top: float, least: float = 0) -> list[float]:
    """Round numbers from 0 to at least `top`, some five of them, at least so far apart."""
    if not top > 0:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(top / 5))
    step = next(power * each for each in (1, 2, 5, 10) if power * each * 5 >= top * (1 - 1e-9))
    step = max(step, least)
    number = math.ceil(top / step - 1e-9)
    return [step * each for each in range(number + 1)]


def _y(value: float, axis: Sequence[float]) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / axis[-1]


def _figure(
    title: str,
    labels: Sequence[str],
    names: Sequence[str],
    axis: Sequence[float],
    marks: str,
    key: str,
    unit: str = "",
) -> Html:
    """A chart's marks with axes, title and legend.

    key : the mark that stands for series k in the legend.
    """
    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(at, axis):.1f}" '
        f'y2="{_y(at, axis):.1f}"/><text x="{LEFT - 6}" y="{_y(at, axis) + 4:.1f}" '
        f'text-anchor="end">{at:,.10g}{unit}</text>'
        for at in axis
    )
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    every = math.ceil(len(labels) / 9)
    under = "".join(
        f'<text x="{LEFT + step * (place + 0.5):.1f}" y="{HEIGHT - 10}" '
        f'text-anchor="middle">{_text(label)}</text>'
        for place, label in enumerate(labels)
        if place % every == 0
    )
    legend = "".join(
        f'<li><svg class="key" viewBox="0 0 28 10" aria-hidden="true">{key.format(k=k)}</svg>'
        f"{_text(name)}</li>"
        for k, name in enumerate(names)
    )
    return Html(
        f"<figure><figcaption><strong>{_text(title)}</strong></figcaption>"
        f'<ul class="legend">{legend}</ul><div class="wide" tabindex="0" role="group" '
        f'aria-label="{_text(title)}"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{_text(f"{title}，数字见下表")}">{grid}{under}{marks}</svg></div></figure>'
    )


# Pieces of HTML; whatever came from outside goes through `_text`


def _text(value: str) -> Html:
    """A value as text of the page: escaped, and without characters that no page may hold."""
    return Html(escape(_UNPRINTABLE.sub("\ufffd", value)))


def _table(
    caption: str,
    heads: Sequence[str | Html],
    rows: Sequence[Sequence[Html]],
    *,
    numbers: Collection[int] = (),
    words: Collection[int] = (),
) -> Html:
    """A table with a caption, whose first column names the rows.

    numbers, words : the columns that hold figures, and those that need room for words.
    """

    def kind(column: int) -> str:
        name = "number" if column in numbers else "words" if column in words else ""
        return f' class="{name}"' if name else ""

    top = "".join(f'<th scope="col"{kind(k)}>{head}</th>' for k, head in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{kind(k)}>{cell}</td>" for k, cell in enumerate(row[1:], 1))
        + "</tr>\n"
        for row in rows
    )
    return Html(
        f'<div class="wide" tabindex="0" role="group" aria-label="{_text(caption)}"><table>'
        f"<caption>{_text(caption)}</caption><thead><tr>{top}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>"
    )


def _note(text: str, *more: Html) -> Html:
    return Html(f'<p class="note">{_text(text)}{"".join(more)}</p>')


def _joined(*parts: Html) -> Html:
    return Html("\n".join(parts))


def _plain_name(theme: str) -> str:
    """A theme as text: its Chinese name, where we know one, and its id."""
    if theme == NONE:
        return "无主题"
    return f"{THEME_NAMES[theme]} {theme}" if theme in THEME_NAMES else theme


def _name(theme: str) -> Html:
    if theme in THEME_NAMES:
        return Html(f"{_text(THEME_NAMES[theme])}<br>{_id(theme)}")
    return _id(theme) if theme else _text("无主题")


def _id(theme: str) -> Html:
    return Html(f"<code>{_text(theme)}</code>")


def _titled(card: Card) -> Html:
    return Html(f"<bdi>{_text(card.title)}</bdi>")


def _origin(card: Card) -> Html:
    return Html(f"{_text(card.source)}<br><code>{_text(card.id)}</code>")


def _probability(card: Card) -> Html:
    return _text(f"{card.probability:.4f}")


def _count_and_share(part: int, whole: int) -> tuple[Html, Html]:
    return _text(f"{part:,}"), _text(f"{part / whole:.1%}" if whole else "—")


def _count_with_share(part: int, whole: int) -> Html:
    number, share = _count_and_share(part, whole)
    return Html(f"{number}<br><code>{share}</code>") if part else number


def _all_between(numbers: Iterable[int]) -> range:
    known = list(numbers)
    return range(min(known), max(known) + 1) if known else range(0)


def _unless_empty(label: str, counted: Counter[str]) -> dict[str, Counter[str]]:
    return {label: counted} if counted else {}
