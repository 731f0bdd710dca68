from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from toolkit import InputError, Row, ToolkitError, charts, dates, findings, markup, report
from toolkit.article import field_names, identifier
from toolkit.dates import When
from toolkit.findings import Best, Findings, Groups, Vocabularies
from toolkit.rows import Rejected, read_rejected
from toolkit.writers import FORMATS

from .test_cli import toolkit

NAMES = field_names(Row)
HOSTILE = "<script>alert('1')</script>&\"$title ${x}\x00\u202e"
VOID = {"meta", "br"}


def row(number: int, score: float = 0.0, **values: Any) -> Row:
    """A row that carries welfare when its score for it is over a half."""
    given = score > 0.5
    made: dict[str, Any] = {
        "id": f"20220{number % 9 + 1}01-{number}",
        "source": "报纸/甲.jsonl",
        "position": number,
        "title": f"第{number}篇",
        "body": "正文。",
        "theme": "welfare" if given else None,
        "themes": ["welfare"] if given else [],
        "scores": {"competitions": 0.0, "welfare": score},
        "evidence": {"welfare": {"补助": 1.5, "慰问": 0.7}} if given else {},
        "headline": "标题",
        "keywords": ["补助", "困难"] if given else ["大桥"],
    }
    return Row(**(made | values))


def written(folder: Path, rows: list[Row], name: str = "jsonl") -> Path:
    """A file of rows as a run writes it."""
    form = FORMATS[name]
    collected, finished = folder / "collected", folder / f"out.{name}"
    collected.write_bytes(form.header(NAMES) + form.encode(rows, NAMES))
    form.finish(collected, finished)
    return finished


def built(folder: Path, rows: list[Row], name: str = "jsonl", **settings: Any) -> str:
    page = folder / "page.html"
    report.build(written(folder, rows, name), page, **settings)
    return page.read_text("utf-8")


class Tables(HTMLParser):
    """Every table of a page by its caption, as rows of cells; and whether tags are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self._open: list[str] = []
        self._rows: list[list[str]] = []
        self._caption = ""
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs
        if tag not in VOID:
            self._open.append(tag)
        if tag == "table":
            self._rows, self._caption = [], ""
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("td", "th"):
            self._rows[-1].append("")
            assert tag == "td" or dict(attrs)["scope"] in ("row", "col")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        if tag == "table":
            assert self._caption
            self.tables[self._caption] = self._rows

    def handle_data(self, data: str) -> None:
        if "caption" in self._open:
            self._caption += data
        elif {"td", "th"} & set(self._open):
            self._rows[-1][-1] += data


def table(text: str, start: str) -> list[list[str]]:
    """The body of the one table whose caption starts so."""
    (found,) = (rows for name, rows in Tables(text).tables.items() if name.startswith(start))
    return found[1:]


@pytest.mark.parametrize("name", FORMATS)
def test_totals(tmp_path: Path, name: str) -> None:
    rows = [row(n, 0.9 if n < 3 else 0.2) for n in range(8)]
    rows[0].themes = ["welfare", "competitions"]
    rows[7].source = "报纸/乙.jsonl"
    text = built(tmp_path, rows, name)
    assert table(text, "总数") == [
        ["文章", "8"],
        ["来源", "2"],
        ["标有日期的文章", "8"],
        ["未能读取的记录", "0"],
    ]
    assert table(text, "各主题的文章") == [
        ["竞赛比武competitions", "0", "0.0%", "1"],
        ["福利保障welfare", "3", "37.5%", "3"],
        ["无主题", "5", "62.5%", "—"],
    ]
    assert table(text, "文章最多的文件的主要主题") == [
        ["甲.jsonl", "7", "0", "342.9%", "457.1%"],
        ["乙.jsonl", "1", "0", "0", "1100.0%"],
    ]


def test_all_formats_make_the_same_page(tmp_path: Path) -> None:
    rows = [row(n, n / 10) for n in range(10)]
    pages = {built(tmp_path, rows, name).replace(f"out.{name}", "out") for name in FORMATS}
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("20220924-0", When(2022, 9)),
        ("nw.D110000gmrb_20220924_1-01", When(2022, 9)),
        ("2022-09-24", When(2022, 9)),
        ("2022-09/24", When(2022, 9)),
        ("2022_09", When(2022, 9)),
        ("2022年9月", When(2022, 9)),
        ("工会报2022年12月3日", When(2022, 12)),
        ("2022年", When(2022)),
        ("2022年13月", When(2022)),
        ("1949-01", When(1949, 1)),
        ("2099-12", When(2099, 12)),
        ("1948-01", None),
        ("2100-01", None),
        ("tv-news-2022-2023", None),
        ("2022-13", None),
        ("2022-9", None),
        ("20221301", None),
        ("20220932", None),
        ("120220924", None),
        ("202209245", None),
        ("99999999 2003-05", When(2003, 5)),
        ("２０２２-０９", None),
        ("", None),
    ],
)
def test_dates_in_texts(text: str, when: When | None) -> None:
    assert dates.find_date(text) == when


@pytest.mark.parametrize(
    ("source", "identity", "when"),
    [
        ("a.txt", "20220924-1", When(2022, 9)),
        ("2001-01.txt", "20220924-1", When(2022, 9)),
        ("html/2022-09/24/content_1.txt", "x", When(2022, 9)),
        ("C:\\报纸\\1998年\\a.txt", "x", When(1998)),
        ("2024-01-01/报纸/1998-03/03.txt", "x", When(1998, 3)),
        ("1998-03/2001-04.txt", "x", When(2001, 4)),
        ("2024-01/a/b/c/d.txt", "x", None),
        ("-", "stdin-1", None),
    ],
)
def test_dates_of_rows(source: str, identity: str, when: When | None) -> None:
    assert dates.date_of(Row(id=identity, source=source)) == when


@pytest.mark.parametrize(
    ("source", "identity", "date"),
    [
        ("a.txt", "20220924-1", "2022-09-24"),
        ("a.txt", "2022-09-24 x", "2022-09-24"),
        ("html/2022-09/24/content_1.txt", "x", "2022-09-24"),
        ("工会报2022年12月3日.txt", "x", "2022-12-03"),
        ("工会报2022年9月.txt", "x", "2022-09"),
        ("2022-09-32.txt", "x", "2022-09"),
        ("C:\\报纸\\1998年\\a.txt", "x", "1998"),
        ("-", "stdin-1", ""),
    ],
)
def test_dates_to_the_day(source: str, identity: str, date: str) -> None:
    assert dates.iso_date_of(Row(id=identity, source=source)) == date


@pytest.mark.parametrize(
    ("date", "since", "until", "within"),
    [
        ("2022-09-24", "2022-09-24", "2022-09-24", True),
        ("2022-09-24", "2022-09-25", None, False),
        ("2022-09-24", None, "2022-09-23", False),
        ("2022-09-24", "2022", "2022-09", True),
        ("2022-10-01", None, "2022-09", False),
        ("2022", "2022-09", "2022-10", True),
        ("2021", "2022-09", None, False),
        ("2022-09", None, "2022-09-01", True),
    ],
)
def test_a_date_within_others(
    date: str, since: str | None, until: str | None, within: bool
) -> None:
    assert dates.is_within(date, since, until) is within


def test_a_number_in_its_file_is_no_month() -> None:
    article = Row(id=identifier("工会-2022.txt", 9), source="工会-2022.txt", position=9)
    assert article.id == "工会-2022-10"
    assert dates.date_of(article) is None
    assert dates.date_of(Row(id="工会-2022-10", source="b.txt")) == When(2022, 10)


def test_years_are_complete_and_the_undated_stand_last(tmp_path: Path) -> None:
    rows = [row(0, 0.9, id="20100101-a"), row(1, id="2013-05-b"), row(2, id="x")]
    text = built(tmp_path, rows)
    assert [cells[:2] + cells[3:] for cells in table(text, "各年的主要主题")] == [
        ["2010年", "1", "1100.0%", "0"],
        ["2011年", "0", "0", "0"],
        ["2012年", "0", "0", "0"],
        ["2013年", "1", "0", "1100.0%"],
        ["未标日期", "1", "0", "1100.0%"],
    ]
    assert "各月的主要主题" not in text


def test_months_within_three_years(tmp_path: Path) -> None:
    ids = ["20201201", "2021-02", "2022年", "20231130"]
    text = built(tmp_path, [row(n, id=each) for n, each in enumerate(ids)])
    months = [cells[0] for cells in table(text, "各月的主要主题")]
    assert months[:3] == ["2020年12月", "2021年1月", "2021年2月"]
    assert months[-2:] == ["2023年11月", "2022年，月份不明"]
    assert len(months) == 37
    assert report.by_month({When(2020, 12): Counter("a"), When(2023, 12): Counter("a")}) == {}
    assert report.by_month({When(2020): Counter("a"), None: Counter("a")}) == {}
    assert report.by_month({When(2020, 1): Counter("a"), When(1999): Counter("a")}) == {}


def test_without_any_date(tmp_path: Path) -> None:
    text = built(tmp_path, [row(0, 0.9, id="x")])
    assert table(text, "各年的主要主题") == [["未标日期", "1", "0", "1100.0%", "0"]]
    assert "<rect" not in text
    assert "没有一篇文章的编号或来源名含有日期" in text


def test_other_dates_can_be_given(tmp_path: Path) -> None:
    text = built(tmp_path, [row(0)], dates=lambda row: When(1999, 4))
    assert table(text, "各年的主要主题")[0][0] == "1999年"


def test_most_typical_and_least_certain(tmp_path: Path) -> None:
    scores = [0.99, 0.98, 0.97, 0.60, 0.58, *[0.9] * 20, 0.40, 0.44, *[0.01] * 20]
    text = built(tmp_path, [row(n, score) for n, score in enumerate(scores)])
    typical = table(text, "最典型的文章")
    assert [cells[0] for cells in typical] == [f"第{n}篇" for n in (0, 1, 2, *range(5, 12))]
    assert typical[0] == ["第0篇", "0.9900", "补助、慰问", "甲.jsonl20220101-0"]
    near = table(_section(text, "theme-1"), "最没有把握的文章")
    # Half-way between 0.58, the lowest given, and 0.44, the highest not given.
    assert "约 0.51" in text
    assert [(cells[0], cells[1], cells[2]) for cells in near[:4]] == [
        ("第4篇", "0.5800", "是"),
        ("第26篇", "0.4400", "否"),
        ("第3篇", "0.6000", "是"),
        ("第25篇", "0.4000", "否"),
    ]
    assert len(near) == 10


def _section(text: str, key: str) -> str:
    return text.split(f'<section id="{key}"')[1].split("</section>")[0].split(">", 1)[1]


def test_thresholds_when_one_side_is_missing() -> None:
    def threshold(*scores: float) -> float:
        return findings.collect(row(0, score) for score in scores).themes["welfare"].threshold

    assert threshold(0.9, 0.3) == pytest.approx(0.6)
    assert threshold(0.9) == 0.5
    assert threshold(0.3) == 0.5
    found = findings.collect([row(0, 0.3, themes=["welfare"], theme="welfare")])
    assert found.themes["welfare"].threshold == 0.3


def test_typical_words_by_hand() -> None:
    (word, *others) = findings.typical_words({"补助": 3, "大桥": 1}, 4, {"补助": 4, "大桥": 9}, 20)
    assert others == []
    assert (word.text, word.rows, word.others) == ("补助", 3, 1)
    # (3.5 / 1.5) / (1.5 / 15.5)
    assert word.log_odds == pytest.approx(3.1827, abs=1e-4)


def test_frequent_words_come_before_single_ones() -> None:
    own = {"一次": 1, "补助": 40}
    words = findings.typical_words(own, 50, {"一次": 1, "补助": 42}, 1000)
    assert [word.text for word in words] == ["补助", "一次"]


def test_keywords_overall_and_by_year(tmp_path: Path) -> None:
    rows = [row(n, 0.9, id=f"2019010{n}") for n in range(1, 4)]
    rows += [row(n, 0.9, id=f"2020010{n}", keywords=["疫情", "补助"]) for n in range(1, 3)]
    rows += [row(n, id=f"2019020{n}") for n in range(1, 4)]
    rows += [row(n, id=f"2020020{n}") for n in range(1, 4)]
    text = _section(built(tmp_path, rows), "theme-1")
    words = {cells[0]: cells[1:3] for cells in table(text, "最能代表该主题的关键词")}
    assert words == {"补助": ["5", "0"], "困难": ["3", "0"], "疫情": ["2", "0"]}
    assert table(text, "各年最能代表该主题的关键词") == [
        ["2019年", "3", "困难、补助"],
        ["2020年", "2", "疫情、补助"],
    ]


@pytest.mark.parametrize("name", FORMATS)
def test_everything_is_escaped(tmp_path: Path, name: str) -> None:

    rows = [
        row(
            n,
            score,
            id=HOSTILE + str(n),
            source=HOSTILE,
            title=HOSTILE,
            theme=HOSTILE,
            themes=[HOSTILE],
            scores={HOSTILE: score},
            evidence={HOSTILE: {HOSTILE: 1.0}},
            keywords=[HOSTILE],
        )
        for n, score in enumerate([0.9, 0.1])
    ] + [row(3)]
    (tmp_path / f"out.{name}.rejected.jsonl").write_text(
        json.dumps({"file": HOSTILE, "place": HOSTILE, "reason": HOSTILE}), "utf-8"
    )
    text = built(tmp_path, rows, name)
    assert "<script" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    assert (
        text.count("&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;&quot;$title ${x}") > 10
    )
    tags = Tables(text).tags
    assert tags["script"] == 0


def test_a_hostile_file_name(tmp_path: Path) -> None:
    rows = tmp_path / "<b>.jsonl"
    written(tmp_path, [row(0)]).rename(rows)
    report.build(rows, tmp_path / "page.html")
    assert "<title>主题报告：&lt;b&gt;.jsonl</title>" in (tmp_path / "page.html").read_text("utf-8")


def test_lone_surrogates_do_not_stop_the_page(tmp_path: Path) -> None:
    path = written(tmp_path, [row(0, 0.9)])
    path.write_text(path.read_text("utf-8").replace("第0篇", "\\ud800"), "utf-8")
    report.build(path, tmp_path / "page.html")
    assert "<bdi>?</bdi>" in (tmp_path / "page.html").read_text("utf-8")


def test_the_page_needs_nothing_else(tmp_path: Path) -> None:
    text = built(tmp_path, [row(n, n / 10) for n in range(10)])
    parsed = Tables(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(parsed.tags)
    assert not re.search(r"url\(|@import|https?:", text)
    links = [value for name, value in parsed.attributes if name in ("href", "src")]
    ids = {value for name, value in parsed.attributes if name == "id"}
    assert links
    assert all(link and link[0] == "#" and link[1:] in ids for link in links)
    labels = [value for name, value in parsed.attributes if name == "aria-labelledby"]
    assert set(labels) <= ids
    assert 'lang="zh-CN"' in text
    assert "prefers-color-scheme: dark" in text
    assert "@media print" in text


def test_rejected_are_listed(tmp_path: Path) -> None:
    listed = tmp_path / "out.jsonl.rejected.jsonl"
    records = [{"file": f"{n}.txt", "place": "", "reason": "空"} for n in range(70)]
    records[1]["place"] = "line 3"
    listed.write_text("".join(json.dumps(each) + "\n" for each in records), "utf-8")
    text = built(tmp_path, [row(0)])
    rows = table(text, "未能读取的记录：共 70 条，列出前 50 条")
    assert len(rows) == 50
    assert rows[:2] == [["0.txt", "整个文件", "空"], ["1.txt", "line 3", "空"]]
    assert ["未能读取的记录", "70"] in table(text, "总数")


def test_rejected_with_a_name_that_is_not_utf8(tmp_path: Path) -> None:
    listed = tmp_path / "out.jsonl.rejected.jsonl"
    listed.write_bytes(b'{"file": "\xd6\xd0.txt", "place": "", "reason": "empty"}\n')
    assert read_rejected(listed).total == 1
    assert read_rejected(tmp_path / "none") == Rejected()


@pytest.mark.parametrize("line", ['{"file": "a"}', '{"file": "a", "place": 1, "reason": ""}'])
def test_a_list_of_something_else(tmp_path: Path, line: str) -> None:
    (tmp_path / "out.jsonl.rejected.jsonl").write_text(line + "\n", "utf-8")
    with pytest.raises(InputError, match=r"rejected\.jsonl: line 1: not the list .*; delete it"):
        built(tmp_path, [row(0)])


def _but(**values: Any) -> str:
    return json.dumps(row(0, 0.9).to_dict() | values)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "holds no rows"),
        ('{"id": "1", "body": "文"}', "line 1: not the output of 'toolkit run', no field source, "),
        ("nothing", "line 1: not JSON"),
        (_but(body=None), "line 1: no text in the field 'body'; make"),
        (_but(theme=3), "line 1: the field 'theme' holds int, not text; make"),
        (_but(themes=[1]), "'themes' holds no list"),
        (_but(scores={"welfare": 1.5}), "'scores' holds 1.5, not a number"),
        (_but(scores={"welfare": float("nan")}), "'scores' holds nan, not a number"),
        (_but(scores="{"), "'scores' holds no JSON object"),
        (_but(scores=7), "'scores' holds no mapping"),
        (_but(evidence={"welfare": [1]}), "'evidence' holds no mapping"),
        (_but(evidence={"welfare": {"词": "x"}}), "'evidence' holds 'x', not a number"),
        (_but(scores={str(n): 0.5 for n in range(101)}), "more than 100 themes"),
    ],
)
def test_what_is_no_output_of_a_run(tmp_path: Path, content: str, told: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError) as caught:
        report.build(path, tmp_path / "page.html")
    assert str(caught.value).startswith(f"{path}: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "page.html").exists()


def test_files_that_are_no_rows(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    (tmp_path / "a.txt").write_text("桥通了。", "utf-8")
    for path, told in [
        (tmp_path / "a.txt", "is a page of text"),
        (tmp_path / "none.jsonl", "no such file"),
        (tmp_path, "is a folder"),
        (written(tmp_path, [], "csv"), "holds no rows"),
        (written(tmp_path, [], "parquet"), "holds no rows"),
    ]:
        with pytest.raises(InputError, match=told):
            report.build(path, out)


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    path = written(tmp_path, [row(0)])
    with pytest.raises(ToolkitError, match=r"page\.html: cannot be written"):
        report.build(path, tmp_path / "no" / "page.html")
    before = path.read_bytes()
    with pytest.raises(ToolkitError, match="would replace the rows"):
        report.build(path, path)
    assert path.read_bytes() == before


def test_what_is_there_is_kept_but_for_an_earlier_report(tmp_path: Path) -> None:
    rows, page = written(tmp_path, [row(0)]), tmp_path / "page.html"
    page.write_text("<title>mine</title>", "utf-8")
    with pytest.raises(ToolkitError, match=r"page\.html: is there already; --force overwrites it"):
        report.build(rows, page)
    assert page.read_text("utf-8") == "<title>mine</title>"
    report.build(rows, page, force=True)
    first = page.read_text("utf-8")
    report.build(written(tmp_path, [row(0), row(1)]), page)
    assert page.read_text("utf-8") != first
    # Another command's page is no report of a run.
    page.write_text(markup.page("", [], "toolkit evaluate"), "utf-8")
    with pytest.raises(ToolkitError, match="is there already"):
        report.build(rows, page)


def test_the_command_keeps_what_is_there(tmp_path: Path) -> None:
    rows = written(tmp_path, [row(0)])
    page = rows.with_suffix(".html")
    page.write_text("mine", "utf-8")
    refused = toolkit("report", str(rows))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert f"{page}: is there already; --force overwrites it" in refused.stderr
    assert page.read_text("utf-8") == "mine"
    for options in (["--force"], []):
        done = toolkit("report", str(rows), *options)
        assert (done.returncode, done.stdout) == (0, f"{page}\n")


def test_a_theme_set_by_hand_counts(tmp_path: Path) -> None:
    rows = [row(0, theme="自定", themes=[])]
    text = built(tmp_path, rows, "csv")
    assert ["自定", "1", "100.0%", "1"] in table(text, "各主题的文章")


def test_best_is_bounded_and_makes_only_what_it_keeps() -> None:
    made: list[int] = []

    def make(number: int) -> int:
        made.append(number)
        return number

    best: Best[int] = Best(3)
    for number in range(1000):
        best.offer(-float(number % 500), lambda number=number: make(number))  # type: ignore[misc]
        assert len(best) <= 3
    assert best.items() == [0, 500, 1]
    assert len(made) < 10


def test_groups_keep_the_largest() -> None:
    groups: Groups[int] = Groups(10)
    for number in range(1000):
        groups.add(number, "a")
        groups.add(-1, "b")
        assert len(groups.counts) <= 20
    assert groups.largest(1) == [(-1, Counter(b=1000))]
    assert groups.pruned


def test_vocabularies_are_bounded_over_all_groups() -> None:
    words: Vocabularies[int] = Vocabularies(400)
    for number in range(2000):
        words.add(number % 10, {f"词{number}", f"语{number}", "常见"})
        assert sum(map(len, words.counts.values())) <= 2 * 400 + 3
    assert all(words.counts[group]["常见"] == 200 for group in range(10))
    assert words.rows == Counter(dict.fromkeys(range(10), 200))


def test_what_is_kept_does_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "KEPT_WORDS", 300)
    monkeypatch.setattr(findings, "KEPT_WORDS_BY_YEAR", 300)
    monkeypatch.setattr(findings, "KEPT_SOURCES", 10)
    monkeypatch.setattr(findings, "MOST_SOURCES", 50)

    def size(found: Findings) -> int:
        words = (found.words.counts, found.words_by_year.counts)
        return (
            sum(len(counted) for each in words for counted in each.values())
            + len(found.files.counts)
            + len(found.folders.counts)
            + len(found.source_hashes)
            + len(found.periods)
        )

    found = Findings()
    for number in range(5000):
        made = row(number, number % 10 / 10, source=f"{number}/a", keywords=[f"词{number}"])
        found.add(made, When(1949 + number % 20, number % 12 + 1))
        # 40 groups of 20 words and 2 of 150, up to twice as many; 60 periods; the sources.
        assert size(found) <= 2 * (40 * 20 + 2 * 150) + 60 + 2 * (10 + 10) + 50
    assert found.articles == 5000
    assert found.sources == 50
    assert found.files.pruned
    text = report.page(found, Rejected(), "x")
    assert ["来源", "50 或更多"] in table(text, "总数")


def test_sources_by_folder_when_files_are_many(tmp_path: Path) -> None:
    rows = [row(n, source=f"报/{n % 2 + 1}版/{n}.txt") for n in range(50)]
    assert [cells[:2] for cells in table(built(tmp_path, rows), "文章最多的文件夹")] == [
        ["1版", "25"],
        ["2版", "25"],
    ]
    rows = [row(n, source=f"报/{n}.txt") for n in range(50)]
    text = built(tmp_path, rows)
    assert len(table(text, "文章最多的文件的")) == 20
    assert "另有 30 个文件没有列出" in text


@pytest.mark.parametrize(
    ("paths", "names"),
    [
        (["a/b/c.txt", "a/b/d.txt"], ["c.txt", "d.txt"]),
        (["a/1/c.txt", "a/2/c.txt"], ["1/c.txt", "2/c.txt"]),
        (["c.txt", "a/c.txt"], ["c.txt", "a/c.txt"]),
        (["-", ""], ["标准输入", "（未注明）"]),
        ([], []),
    ],
)
def test_short_names(paths: list[str], names: list[str]) -> None:
    assert report.short_names(paths) == names


@pytest.mark.parametrize(
    ("top", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (7, [0, 2, 4, 6, 8]),
        (80, [0, 20, 40, 60, 80]),
        (100, [0, 20, 40, 60, 80, 100]),
    ],
)
def test_ticks(top: float, expected: list[float]) -> None:
    assert charts.ticks(top) == pytest.approx(expected)
    assert charts.ticks(3, least=1) == [0, 1, 2, 3]


def _svg(figure: str) -> ET.Element:
    found = re.search(r'<svg viewBox="0 0 720.*?</svg>', figure, re.S)
    assert found
    return ET.fromstring(found[0])


def test_bars_stand_on_each_other() -> None:
    chart = _svg(charts.bars("图", ["一", "二"], {"甲": [1, 0], "乙": [3, 4]}))
    boxes = [
        tuple(float(each.attrib[name]) for name in ("x", "y", "height"))
        for each in chart.iter("rect")
    ]
    assert len(boxes) == 3
    (x, y, height), (x2, y2, height2), (_, y3, height3) = boxes
    assert x == x2
    assert y == pytest.approx(y2 + height2)
    assert y + height == pytest.approx(charts.HEIGHT - charts.BOTTOM)
    assert height2 == pytest.approx(3 * height)
    assert y3 == y2
    assert height3 == pytest.approx(4 * height)


def test_lines_break_where_nothing_is_known() -> None:
    chart = _svg(charts.lines("图", ["一", "二", "三", "四"], {"<甲>": [1.0, None, 2.0, 0.0]}))
    (path,) = (each.attrib["d"] for each in chart.iter("path"))
    assert re.sub(r"[\d. ]", "", path) == "MML"
    assert len(list(chart.iter("circle"))) == 3
