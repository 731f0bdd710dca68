"""Which words a line keeps: the search against all there are, and what no line may do."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import fit_deletion
from benchmarks.fit_deletion import (
    COMPRESSIONS,
    Line,
    digest_of,
    read_compressions,
    text_of,
)
from benchmarks.fit_deletion import (
    fit_deletion as fit,
)
from benchmarks.printed import held_out, pairs
from toolkit import Article, TextRank, load_labelled
from toolkit.deletion import TABLES, WORDS, Deletion, Grid
from toolkit.headline import HeadlineModel, headlines
from toolkit.sentences import Sentences
from toolkit.strip import Strip

from .conftest import shared

BODIES = (
    "青山区总工会昨天在工人文化宫办了三十场招聘会，工友们高兴。",
    "市长王芳表示，将修建“暖心驿站（二期）”，方便工友。",
    "竞赛由市总主办，李四、张三等夺冠。",
)


def sentences_of(*bodies: str) -> Sentences:
    ranking = TextRank().rank(list(bodies))
    return Sentences.of(Strip.of(ranking, np.ones(len(ranking.sentence_of), bool)))


def place_of(sentences: Sentences, part: str, after: int = -1) -> int:
    """The first word after a place that has a part."""
    words = [sentences.batch.word(int(token)) for token in sentences.tokens]
    return next(place for place, word in enumerate(words) if part in word and place > after)


def weighed(seed: int) -> Deletion:
    """Weights at random."""
    random = np.random.default_rng(seed)
    tables = {name: random.normal(size=size) for name, size in TABLES.items()}
    return Deletion(tables, {name: {"总工会": 0.5, "，": 0.25} for name in WORDS})


def paths(grid: Grid, count: int) -> list[tuple[int, ...]]:
    """Every way through the first sentence that a line can take."""
    found = []
    for size in range(1, count + 1):
        for words in combinations(range(count), size):
            steps = np.array(list(pairwise(words)), np.int64).reshape(-1, 2)
            if (
                grid.opens[words[0]]
                and grid.closes[words[-1]]
                and grid.keeps[list(words)].all()
                and grid.joins(steps[:, 0], steps[:, 1]).all()
            ):
                found.append(words)
    return found


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 99), st.sampled_from(BODIES))
def test_the_best_line_of_each_length_is_found(seed: int, body: str) -> None:
    model, sentences = weighed(seed), sentences_of(body)
    grid = Grid(sentences)
    sums = model.weigh_words(grid)

    def score(words: Sequence[int]) -> float:
        total = sums["open"][words[0]] + sums["close"][words[-1]] + sums["keep"][list(words)].sum()
        for left, right in pairwise(words):
            if right > left + 1:
                gap = model.weigh_gaps(grid, np.array([left]), np.array([right]))[0]
                total += sums["leave"][left] + sums["enter"][right] + gap
        return float(total)

    best: dict[int, float] = {}
    for words in paths(grid, int(sentences.bounds[0, 1])):
        chars = int(sentences.lengths[list(words)].sum())
        if chars <= 14:
            best[chars] = max(best.get(chars, -np.inf), score(words))
    lines = model.lines(sentences, 14, 1, 99)
    assert dict(zip(lines.chars.tolist(), lines.scores.tolist(), strict=True)) == pytest.approx(
        best, abs=1e-3
    )
    for number, value in enumerate(lines.scores.tolist()):
        kept = lines.words_of(number).tolist()
        assert score(kept) == pytest.approx(value, abs=1e-3)
        assert kept == sorted(set(kept))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 999), st.integers(6, 30), st.integers(1, 8))
def test_a_line_keeps_to_its_sentence_and_to_what_fits(seed: int, most: int, count: int) -> None:
    sentences = sentences_of(*BODIES)
    lines = weighed(seed).lines(sentences, most, 6, count)
    assert (np.diff(lines.sentence) >= 0).all()
    for number, sentence in enumerate(lines.sentence.tolist()):
        start, end = sentences.bounds[sentence]
        kept = lines.words_of(number)
        assert start <= kept[0] and kept[-1] < end and (np.diff(kept) > 0).all()
        text = lines.text(sentences, number)
        assert 6 <= len(text) <= lines.chars[number] <= most
        assert text.count("“") == text.count("”") and text.count("（") == text.count("）")
    assert np.bincount(lines.sentence).max(initial=0) <= count
    for sentence in set(lines.sentence.tolist()):
        scores = lines.scores[lines.sentence == sentence]
        assert (np.diff(scores) <= 0).all()


@pytest.mark.parametrize(
    ("body", "left", "right"),
    [
        # Who says something does nothing of what is said.
        ("卫健委今天通报，新增病例三百例。", "卫健委", "新增"),
        # What has its verb is not run on into the next clause.
        ("俄军击退进攻，击落无人机。", "击退", "击落"),
        # A name is whole, and so is a stretch of time.
        ("书记李希19日至21日到青山调研。", "李希", "至"),
        # The last of several nouns is the one that does it.
        ("青山街道总工会组织职工学习。", "街道", "组织"),
        # 等 ends a list, and nothing else.
        ("宣讲团成员在青海、内蒙古等地宣讲。", "成员", "等"),
        # Of those who did it together none is left out, unless 等 stands for them.
        ("青山区和白云区昨天举办招聘会。", "青山区", "举办"),
        # 的 belongs to what stands before it.
        ("大会代表分组讨论主席所作的报告。", "大会", "的"),
        # What is done is done to something.
        ("昨天，职工们走进展览馆参观。", "走进", "参观"),
        # A list is left out up to its end.
        ("会见法国总统马克龙、委员会主席冯德莱恩。", "总统", "主席"),
        # Nothing within a quotation is left out.
        ("新华社播发《肩负光荣使命勇担历史重任》。", "肩负", "使命"),
    ],
)
def test_some_words_never_come_to_stand_side_by_side(body: str, left: str, right: str) -> None:
    sentences = sentences_of(body)
    first = place_of(sentences, left)
    second = place_of(sentences, right, first)
    assert not Grid(sentences).joins(np.array([first]), np.array([second]))[0]


@pytest.mark.parametrize(
    ("body", "last"),
    [
        # A time closes a line only where it closes the clause, and so does how it was done.
        ("互助中心完成2023年打款工作。", "年"),
        ("大赛昨天正式在青山开幕。", "正式"),
        # Nor does a verb without what was done.
        ("国务院近日印发《扩大内需战略规划纲要》。", "印发"),
        # Nor does one without by how much.
        ("本市出口额去年增长10.6%。", "增长"),
        # Nor does what was done about something, without what.
        ("习近平就青山大桥倒塌向市长致慰问电。", "倒塌"),
        # Nor does whom it was said to, without what.
        ("习近平就青山发生地震向市长致慰问电。", "市长"),
    ],
)
def test_some_words_never_close_a_line(body: str, last: str) -> None:
    sentences = sentences_of(body)
    assert not Grid(sentences).closes[place_of(sentences, last)]


@pytest.mark.parametrize(
    ("body", "first"),
    [
        # No line opens past the word that opens a place.
        ("青山区总工会在“工会加强年”专项工作中聚焦驿站建设。", "“"),
        # What two did together, one alone did not.
        ("31个省和建设兵团报告新增病例三百例。", "建设"),
        ("31个省（自治区、直辖市）和建设兵团报告新增病例三百例。", "建设"),
        # To whom something was done did not do it.
        ("俄军昨天对乌军阵地实施打击。", "乌军"),
    ],
)
def test_some_words_never_open_a_line(body: str, first: str) -> None:
    sentences = sentences_of(body)
    assert not Grid(sentences).opens[place_of(sentences, first)]


def test_weights_are_read_back_as_they_were_written() -> None:
    model = weighed(3)
    again = Deletion.from_json(model.to_json())
    for name, table in model.tables.items():
        assert np.abs(again.tables[name] - table).max() <= 0.005 + 1e-6
    assert again.words == model.words


def test_a_clause_without_a_word_has_no_part_in_a_line() -> None:
    assert headlines(TextRank().rank(["000A:0", "青山区总工会办招聘会：300"]))
    sentences = sentences_of("000A:0")
    assert [sentences.batch.word(int(token)) for token in sentences.tokens] == ["000A", ":"]


def test_how_an_article_ends_is_nothing_to_the_next() -> None:
    # 三|跑 is no measure, where 三 ends another article.
    body = "跑了十六年煤的司机郭二白得了救助。"
    sentences, alone = sentences_of("一共来了三", body), sentences_of(body)
    start = sentences.bounds[-1, 0]
    assert alone.verbs[0] and (sentences.verbs[start:] == alone.verbs).all()
    assert (Grid(sentences).opens[start:] == Grid(alone).opens).all()


def test_no_sentence_has_no_line() -> None:
    lines = weighed(0).lines(sentences_of(""), 24, 6, 6)
    assert len(lines.sentence) == len(lines.words) == 0


def made_of(article: Article, *parts: str) -> Line:
    """A line of an article, given its parts as runs that stand in the body."""
    runs = []
    for part in parts:
        spans, at = [], 0
        for run in part.split("|"):
            at = article.body.index(run, at)
            spans.append((at, at + len(run)))
        runs.append(spans)
    return Line(runs, 1.0)


def articles() -> list[Article]:
    names = ("青山", "绿水", "红岩", "白云", "黄河", "蓝田")
    return [
        Article(id=name, body=f"{name}区总工会昨天在工人文化宫隆重举办招聘会，工友们很高兴。")
        for name in names
    ]


def test_what_was_left_out_of_some_articles_is_left_out_of_another() -> None:
    *others, last = articles()
    lines = {a.id: [made_of(a, f"{a.id}区总工会|举办招聘会")] for a in others}
    assert text_of(others[0], lines[others[0].id][0]) == "青山区总工会举办招聘会"
    sentences = sentences_of(last.body)
    learned = fit(others, lines).lines(sentences, 24, 6, 1)
    assert learned.text(sentences, 0) == "蓝田区总工会举办招聘会"


def test_the_slope_is_that_of_the_likelihood() -> None:
    some = articles()[:2]
    lines = {a.id: [made_of(a, f"{a.id}区总工会|举办招聘会")] for a in some}
    [(batch, ranking)] = list(fit_deletion.rankings(some))
    grid, found = fit_deletion._learned_from(batch, ranking, lines)
    columns = fit_deletion._Columns(["总工会", "招聘会"])
    [chunk] = list(fit_deletion._chunks(grid, found, columns))
    random = np.random.default_rng(0)
    weights = random.normal(size=columns.count) / 10
    _, slope = fit_deletion._likelihood(chunk, weights)
    for column in random.choice(np.flatnonzero(slope), 5, replace=False):
        step = np.zeros(columns.count)
        step[column] = 1e-5
        above, _ = fit_deletion._likelihood(chunk, weights + step)
        below, _ = fit_deletion._likelihood(chunk, weights - step)
        assert (above - below) / 2e-5 == pytest.approx(slope[column], rel=1e-4, abs=1e-6)


def test_lines_of_a_body_that_has_changed_are_not_read(tmp_path: Path) -> None:
    article = articles()[0]
    path = tmp_path / "lines.csv"
    path.write_text(f"id,body,how,kept\n{article.id},{digest_of(article.body)},made,0-3 5-6|6-8\n")
    [line] = read_compressions(path, [article])[article.id]
    assert text_of(article, line) == "青山区会 昨天"
    assert not read_compressions(path, [Article(id=article.id, body=article.body + "。")])


def test_lines_were_made_of_no_article_that_is_measured_on() -> None:
    own = load_labelled(fit_deletion.COMPRESSIONS.parents[2] / "labelled", "train")
    items = pairs(shared("archive/tv-news-2022-2023.jsonl.gz"))
    lines = read_compressions(COMPRESSIONS, [*own, *items])
    assert len(lines) > 1000
    assert not {article.id for article in items if held_out(article)} & set(lines)


def test_the_model_that_ships_leaves_out_when_and_where() -> None:
    sentences = sentences_of("4月19日，国家副主席韩正在北京会见斯洛伐克国民议会议长科拉尔。")
    lines = HeadlineModel.load().finder.deletion.lines(sentences, 24, 6, 3)
    texts = [lines.text(sentences, number) for number in range(len(lines.sentence))]
    assert "韩正会见斯洛伐克国民议会议长科拉尔" in texts
