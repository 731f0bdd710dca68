"""One page that tells what a run found: its rows to a self-contained HTML file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from . import markup
from .charts import bars, lines
from .dates import Dates, When, date_of
from .errors import ToolkitError
from .findings import NONE, SLASH, Card, Findings, collect
from .kept import keep
from .markup import Html, code, escaped, joined, note, table, theme_cell, theme_name
from .rows import Rejected, read_rejected, read_rows

COMMAND = "toolkit report"
LISTED_SOURCES = 20
MONTHS_SHOWN = 36
DRAWN_THEMES = 8


def build(
    rows_path: Path, html_path: Path, *, dates: Dates | None = None, force: bool = False
) -> None:
    """Make the page of a run's output: one HTML file that needs no other.

    Parameters
    ----------
    rows_path : what `toolkit run` wrote as JSONL, CSV or Parquet. The list of what was left out
        is taken from beside it.
    dates : a row to when it was printed, or None; by default `date_of`.
    force : overwrite a file that is no earlier report.

    Raises
    ------
    InputError : the rows cannot be read, are none, or are not the output of a run.
    ToolkitError : the page cannot be written, or something else is in its place.
    """
    if html_path.resolve() == rows_path.resolve():
        raise ToolkitError(f"{html_path}: would replace the rows; give the page another name")
    keep([html_path], ours=markup.is_made_by(COMMAND, html_path), force=force)
    findings = collect(read_rows(rows_path), dates or date_of)
    rejected = read_rejected(rows_path.with_name(f"{rows_path.name}.rejected.jsonl"))
    markup.write(page(findings, rejected, rows_path.name), html_path)


def page(findings: Findings, rejected: Rejected, name: str) -> str:
    """The whole page as HTML."""
    themes = list(findings.themes)
    sections = [
        ("totals", "总览", _totals(findings, rejected)),
        ("time", "主题随时间的变化", _over_time(findings)),
        ("sources", "各来源的主题", _by_source(findings)),
        *(
            (f"theme-{k}", f"主题：{theme_name(theme)}", _theme(findings, theme))
            for k, theme in enumerate(themes)
        ),
        ("rejected", "未能读取的记录", _rejected(rejected)),
    ]
    return markup.page(f"主题报告：{name}", sections, COMMAND)


def _totals(findings: Findings, rejected: Rejected) -> Html:
    sources = f"{findings.sources:,}{' 或更多' if findings.more_sources else ''}"
    dated = findings.articles - findings.periods.get(None, Counter()).total()
    figures = [
        ("文章", f"{findings.articles:,}"),
        ("来源", sources),
        ("标有日期的文章", f"{dated:,}"),
        ("未能读取的记录", f"{rejected.total:,}"),
    ]
    rows = [[escaped(name), escaped(value)] for name, value in figures]
    shares = [
        [
            theme_cell(theme),
            *_count_and_share(findings.primary[theme], findings.articles),
            escaped(f"{findings.carried[theme]:,}" if theme else "—"),
        ]
        for theme in (*findings.themes, NONE)
    ]
    return joined(
        table("总数", ["项目", "数目"], rows, numbers={1}),
        table(
            "各主题的文章",
            ["主题", "以其为主要主题", "占全部文章", "含有该主题"],
            shares,
            numbers={1, 2, 3},
        ),
        note("一篇文章只有一个主要主题，但可含有几个主题；“无主题”指没有一个主题达到阈值。"),
    )


def _over_time(findings: Findings) -> Html:
    undated = findings.periods.get(None, Counter())
    parts = []
    if not findings.years:
        parts.append(note("没有一篇文章的编号或来源名含有日期。"))
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
    parts.append(note("日期取自文章编号；编号中没有的，取自来源的文件名或文件夹名。"))
    return joined(*parts)


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
        theme_name(theme): [float(counted[theme]) for counted in periods.values()]
        for theme in drawn
    }
    shares: dict[str, list[float | None]] = {
        theme_name(theme): [
            100 * counted[theme] / counted.total() if counted else None
            for counted in periods.values()
        ]
        for theme in drawn
    }
    charts = [bars(f"{span}以各主题为主要主题的篇数", labels, counts)]
    if len(labels) > 1:
        charts.append(lines(f"{span}各主题占当期全部文章的百分比", labels, shares))
    if len(drawn) < sum(findings.primary[theme] > 0 for theme in findings.themes):
        charts.append(note(f"图中只画文章最多的 {DRAWN_THEMES} 个主题，全部数字见表。"))
    return charts


def _time_table(findings: Findings, caption: str, periods: Mapping[str, Counter[str]]) -> Html:
    return _theme_table(findings, caption, "时间", [(escaped(k), v) for k, v in periods.items()])


def _theme_table(
    findings: Findings, caption: str, first: str, rows: Sequence[tuple[Html, Counter[str]]]
) -> Html:
    """A table of how many rows of each primary theme each group has, with the share."""
    themes = (*findings.themes, NONE)
    heads = [escaped(first), escaped("全部"), *map(theme_cell, themes)]
    cells = [
        [
            label,
            escaped(f"{counted.total():,}"),
            *(_count_with_share(counted[theme], counted.total()) for theme in themes),
        ]
        for label, counted in rows
    ]
    return table(caption, heads, cells, numbers=set(range(1, len(heads))))


def _by_source(findings: Findings) -> Html:
    many_files = len(findings.files.counts) > LISTED_SOURCES
    in_folders = many_files and len(findings.folders.counts) > 1
    groups, kind = (findings.folders, "文件夹") if in_folders else (findings.files, "文件")
    largest = groups.largest(LISTED_SOURCES)
    names = short_names([group for group, _ in largest])
    rows = [(escaped(name), counted) for name, (_, counted) in zip(names, largest, strict=True)]
    parts = [_theme_table(findings, f"文章最多的{kind}的主要主题", f"来源（{kind}）", rows)]
    left_out = len(groups.counts) - len(largest)
    if groups.pruned:
        parts.append(note("来源太多，只留较大的来源计数，所列数目可能略低。"))
    elif left_out:
        parts.append(note(f"另有 {left_out:,} 个{kind}没有列出。"))
    return joined(*parts)


def short_names(paths: Sequence[str]) -> list[str]:
    """The ends of the paths, of as few folders as tell them apart."""
    if len(set(paths)) < len(paths):
        return list(paths)
    split = [SLASH.split(path) for path in paths]
    for parts in range(1, max(map(len, split), default=1) + 1):
        names = ["/".join(path[-parts:]) for path in split]
        if len(set(names)) == len(names):
            break
    known = {"-": "标准输入", "": "（未注明）"}
    return [known.get(name, name) for name in names]


def _theme(findings: Findings, theme: str) -> Html:
    articles = findings.themes[theme]
    typical, near = articles.most_typical(), articles.least_certain()
    parts = [note(f"含有该主题的文章 {findings.carried[theme]:,} 篇。", code(theme))]
    if typical:
        heads = ["文章", "概率", "依据的词", "来源与编号"]
        rows = [
            [_titled(card), _probability(card), escaped("、".join(card.evidence)), _origin(card)]
            for card in typical
        ]
        parts.append(table("最典型的文章（概率最高）", heads, rows, numbers={1}, words={2}))
    if near:
        heads = ["文章", "概率", "是否给出", "来源与编号"]
        rows = [
            [
                _titled(card),
                _probability(card),
                escaped("是" if card.given else "否"),
                _origin(card),
            ]
            for card in near
        ]
        caption = f"最没有把握的文章（概率最接近阈值，约 {articles.threshold:.2f}）"
        parts.append(table(caption, heads, rows, numbers={1}))
    parts += _theme_words(findings, theme)
    return joined(*parts)


def _theme_words(findings: Findings, theme: str) -> list[Html]:
    words = findings.words.typical(theme, NONE)
    if not words:
        return [note("没有该主题特有的关键词。")]
    rows = [
        [
            escaped(word.text),
            escaped(f"{word.rows:,}"),
            escaped(f"{word.others:,}"),
            escaped(f"{word.log_odds:.2f}"),
        ]
        for word in words
    ]
    heads = ["词", "该主题的文章", "其他文章", "对数优势比"]
    parts = [table("最能代表该主题的关键词", heads, rows, numbers={1, 2, 3})]
    by_year = [
        [
            escaped(f"{year}年"),
            escaped(f"{findings.words_by_year.rows[theme, year]:,}"),
            escaped("、".join(word.text for word in typical)),
        ]
        for year in findings.years
        if (typical := findings.words_by_year.typical((theme, year), (NONE, year)))
    ]
    if by_year:
        heads = ["年份", "文章", "关键词"]
        caption = "各年最能代表该主题的关键词（与同年其他文章相比）"
        parts.append(table(caption, heads, by_year, numbers={1}, words={2}))
    parts.append(
        note("关键词按平滑的对数优势比与其标准误之比排列；文章很多时，罕见的词不计，数目可能略低。")
    )
    return parts


def _rejected(rejected: Rejected) -> Html:
    if not rejected.total:
        return note("没有。")
    rows = [
        [escaped(file), escaped(place or "整个文件"), escaped(reason)]
        for file, place, reason in rejected.first
    ]
    return table(
        f"未能读取的记录：共 {rejected.total:,} 条，列出前 {len(rows)} 条",
        ["文件", "位置", "原因"],
        rows,
        words={2},
    )


def _titled(card: Card) -> Html:
    return Html(f"<bdi>{escaped(card.title)}</bdi>")


def _origin(card: Card) -> Html:
    return Html(f"{escaped(card.source)}<br><code>{escaped(card.id)}</code>")


def _probability(card: Card) -> Html:
    return escaped(f"{card.probability:.4f}")


def _count_and_share(part: int, whole: int) -> tuple[Html, Html]:
    return escaped(f"{part:,}"), escaped(f"{part / whole:.1%}" if whole else "—")


def _count_with_share(part: int, whole: int) -> Html:
    number, share = _count_and_share(part, whole)
    return Html(f"{number}<br><code>{share}</code>") if part else number


def _all_between(numbers: Iterable[int]) -> range:
    known = list(numbers)
    return range(min(known), max(known) + 1) if known else range(0)


def _unless_empty(label: str, counted: Counter[str]) -> dict[str, Counter[str]]:
    return {label: counted} if counted else {}
