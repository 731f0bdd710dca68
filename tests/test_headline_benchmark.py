from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import judging
from benchmarks.contest import Part, Written, fault_counts, measured, of_no_series, write
from benchmarks.fit_deletion import digest
from benchmarks.fit_headlines import FOLDS, GRADES, fit_reading, fold_of, read_grades
from benchmarks.headliners import HEADLINERS, OURS, PEER, body_of, ceilings, cut
from benchmarks.intervals import means
from benchmarks.peers import ROOT
from benchmarks.printed import MAX_CHARS, fold, held_out, pairs
from benchmarks.rouge import MEASURES, greatest_difference, lcs, rouge, rouge_l
from toolkit import Article, TextRank, ToolkitError, load_labelled
from toolkit.headline import HeadlineModel
from toolkit.wording import Wording

from .conftest import shared

MODEL = HeadlineModel.load()
ARTICLES = [
    Article(
        id=str(number),
        title=f"{place}工会为环卫工人送清凉",
        body=f"本报讯（记者 王芳）昨天，{place}总工会给环卫工人送去了毛巾和凉茶。"
        f"天气炎热，{place}还开放了三十个户外劳动者驿站。工人们说，这份关心来得及时。",
    )
    for number, place in enumerate(("青山区", "河东县", "临江市"))
]


def test_rouge_by_hand() -> None:
    # Words: 工会 送 清凉 and 工会 送 毛巾. Two of three in common, and one of two pairs.
    found = dict(zip(MEASURES, rouge("工会送清凉", "工会 送毛巾"), strict=True))
    assert found["1 characters"] == pytest.approx(2 * 3 / 10)
    assert found["2 characters"] == pytest.approx(2 * 2 / 8)
    assert found["1 words"] == found["L words"] == pytest.approx(2 * 2 / 6)
    assert found["2 words"] == pytest.approx(2 * 1 / 4)
    # The order counts for L alone.
    assert rouge("乙甲", "甲乙")[:3] == [1.0, 0.0, 0.5]
    assert rouge("", "甲乙") == [0.0] * len(MEASURES)


@given(st.text("甲乙丙", max_size=9), st.text("甲乙丙", max_size=9))
def test_lcs_is_what_its_definition_gives(first: str, second: str) -> None:
    longest = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i, a in enumerate(first, 1):
        for j, b in enumerate(second, 1):
            kept = max(longest[i - 1][j], longest[i][j - 1])
            longest[i][j] = longest[i - 1][j - 1] + 1 if a == b else kept
    assert lcs(first, second) == longest[-1][-1]


def test_another_package_gives_the_same_figures() -> None:
    pytest.importorskip("rouge_score")
    lines = ["工会送清凉", "“工人先锋号” 2023年10月1日揭牌", "送，送，送", "", "A座B1层 工会"]
    looked_at = greatest_difference([(a, b) for a in lines for b in lines])
    assert looked_at is not None
    assert looked_at[0] == len(lines) ** 2
    assert looked_at[1] < 1e-12


def test_intervals_are_of_pairs() -> None:
    first = np.random.default_rng(1).random(400)
    both = np.stack([first, first - 0.1, np.full(400, 0.5)], axis=1)
    mean, lower, constant = means(both)
    assert mean.value == pytest.approx(first.mean())
    assert mean.low < mean.value < mean.high
    assert mean.high - mean.low == pytest.approx(2 * 1.96 * first.std() / 20, rel=0.1)
    assert lower.low == pytest.approx(mean.low - 0.1)
    assert constant.low == pytest.approx(constant.high)
    (gap,) = means(both[:, :1] - both[:, 1:2])
    assert [gap.low, gap.high] == pytest.approx([0.1, 0.1])


def test_pairs_leave_out_what_has_no_headline_of_its_own(tmp_path: Path) -> None:
    titles = ["工会为职工送清凉", "【劳动者】工会为职工送清凉", "国内联播快讯 一", "短标题"]
    archive = tmp_path / "archive.csv"
    with archive.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "title", "body"])
        writer.writerows([n, title, "工会送清凉。" * 30] for n, title in enumerate(titles))
        writer.writerow(["short", titles[0], "工会送清凉。"])
    assert [article.title for article in pairs(archive)] == titles[:1]


def test_halves_are_halves_and_do_not_hang_together() -> None:
    many = [Article(id=f"2022-{number}", body="无") for number in range(2000)]
    counts = np.zeros((2, 2))
    for article in many:
        counts[int(held_out(article)), fold(article)] += 1
    assert counts.min() > 400


def test_a_series_is_dealt_to_one_fold() -> None:
    series = [f"青山河{month}月水质通报" for month in range(1, 13)]
    others = ["环卫工人领到清凉包", "区总工会办起夜校", "老井重新出水", "驿站添了两台冰箱"]
    folds = fold_of([*series, *others])
    assert len(set(folds[: len(series)])) == 1
    assert set(folds[len(series) :]).isdisjoint(folds[:1])
    assert set(folds) == set(range(FOLDS))


def test_no_method_sees_title_or_credit() -> None:
    titleless = [Article(id=a.id, body=a.body) for a in ARTICLES]
    assert all("王芳" not in body_of(article) for article in ARTICLES)
    simple = [h for h in HEADLINERS if h.kind != PEER]
    first, second = (
        write([Part(articles, MODEL)], simple, lambda _: None) for articles in (ARTICLES, titleless)
    )
    own = {entry.name: entry.whole for entry in first if entry.kind != "ceiling"}
    assert own == {entry.name: entry.whole for entry in second if entry.kind != "ceiling"}
    assert own["first clause"] == ["昨天"] * 3
    assert own["first sentence"][0] == "昨天，青山区总工会给环卫工人送去了毛巾和凉茶"


def test_the_budget_holds_and_ceilings_are_above_what_is_chosen() -> None:
    simple = [h for h in HEADLINERS if h.kind != PEER]
    told: list[int] = []
    entries = write([Part(ARTICLES[:2], MODEL), Part(ARTICLES[2:], MODEL)], simple, told.append)
    assert sum(told) == 3 * (len(simple) + 1)
    titles = [article.title for article in ARTICLES]
    by = {each["name"]: each for each in measured(entries, titles)}
    for entry in entries:
        assert all(0 < len(line) <= MAX_CHARS for line in entry.short)
    ours = by[OURS]["short"]
    assert ours["less ours"]["L characters"].high == 0
    for low, high in ((OURS, "best candidate"), ("first sentence", "best sentence")):
        for length in ("short", "whole"):
            reached = by[high][length]["rouge"]["L characters"].value
            assert reached >= by[low][length]["rouge"]["L characters"].value
    assert by[OURS]["articles/s"] > 0
    assert by["first sentence"]["articles/s"] is None


def test_runs_of_clauses_are_whole_and_fit() -> None:
    body = "天气炎热，驿站开放，工人歇脚。" + "很" * 30 + "热，水很凉。"
    runs = ceilings([body], [""], MODEL)["best run of clauses"][0]
    assert "天气炎热 驿站开放" in runs
    assert "天气炎热 驿站开放 工人歇脚" in runs
    assert runs[-1] == "水很凉"
    assert all(len(run) <= MAX_CHARS for run in runs)


def test_a_perfect_line_and_an_empty_one() -> None:
    titles = [article.title for article in ARTICLES]
    perfect, empty = Written(OURS, "toolkit", titles, titles, 1.0), Written("none", "peer")
    empty.whole = empty.short = ["", "", ""]
    empty.seconds = 1.0
    first, second = measured([perfect, empty], titles)
    assert first["short"]["rouge"]["2 words"].value == 1
    assert second["short"]["rouge"]["1 characters"].value == 0
    assert second["whole"]["less ours"]["L words"].value == -1
    assert second["empty"] == 3


def test_series_are_known_by_their_headlines() -> None:
    part = Part(ARTICLES, MODEL, ["青山区工会为快递员送清凉", "县医院开诊"])
    alike = [rouge_l(article.title, part.learned[0]) >= 0.5 for article in ARTICLES]
    assert of_no_series([part]) == [n for n, same in enumerate(alike) if not same]
    assert of_no_series([Part(ARTICLES[:1], MODEL, part.learned)]) == []
    assert of_no_series([Part(ARTICLES, MODEL)]) == [0, 1, 2]


def test_faults_are_counted_by_what_they_are() -> None:
    bad = [Article(id="a", title="", body="他们的"), Article(id="b", title="", body="。")]
    plain, _ = fault_counts([*ARTICLES, *bad], MODEL)
    assert plain["articles"] == 5
    assert plain["without"] == 3
    assert plain["ids"] == ["a", "b"]
    assert plain["faults"]["too short to say anything"] == 2


@pytest.fixture
def sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(judging, "METHODS", (OURS, "first sentence"))
    return judging.draw(ARTICLES, 7, tmp_path / "sheets" / "one.csv")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def fill(sheet: Path, judge: dict[str, str], good: str) -> None:
    rows = rows_of(sheet)
    for row in rows:
        row |= judge | {"printable": "yes" if row["text"] == good else "no"}
    with sheet.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_sheet_is_blind_and_its_key_tells(sheet: Path) -> None:
    rows, key = rows_of(sheet), rows_of(judging.key_of(sheet))
    text = sheet.read_text("utf-8-sig")
    assert "printed" not in text and OURS not in text and "first sentence" not in text
    lines = {(row["id"], row["line"]): row["text"] for row in rows}
    assert len(key) == 3 * 3
    for row in key:
        if row["method"] == "printed":
            assert lines[row["id"], row["line"]] == ARTICLES[int(row["id"])].title
    assert len(set(lines.values())) == len(lines)
    with pytest.raises(ToolkitError, match="another --seed"):
        judging.draw(ARTICLES, 7, sheet)


def test_verdicts_are_summed_and_kept_without_text(sheet: Path, tmp_path: Path) -> None:
    fill(sheet, dict.fromkeys(judging.SCALES, "4"), ARTICLES[0].title)
    verdicts = judging.read(sheet)
    result = judging.summed(verdicts)
    assert result["items"] == 3
    printed = result["methods"]["printed"]
    assert printed["mean"]["printable"].value == pytest.approx(1 / 3)
    assert printed["mean"]["fidelity"].value == 4
    assert printed["less ours"]["printable"].value == pytest.approx(1 / 3)
    assert "| printed | 33.3 [" in judging.markdown(result)
    kept = tmp_path / "kept.csv"
    judging.keep(verdicts, kept)
    assert set(rows_of(kept)[0]) == {"id", "method", *judging.FIGURES}
    assert judging.summed(judging.read(kept)) == result


@pytest.mark.parametrize(
    ("judge", "told"),
    [
        ({"fidelity": "6"}, "record 1: column 'fidelity' holds '6'; it takes 1, 2, 3, 4, 5"),
        ({"fluency": ""}, "record 1: column 'fluency' holds ''"),
    ],
)
def test_a_wrong_verdict_is_named(sheet: Path, judge: dict[str, str], told: str) -> None:
    fill(sheet, dict.fromkeys(judging.SCALES, "4") | judge, "")
    with pytest.raises(ToolkitError, match=told) as caught:
        judging.read(sheet)
    assert sheet.name in str(caught.value)


def test_a_sheet_without_its_key_or_with_a_line_gone(sheet: Path) -> None:
    fill(sheet, dict.fromkeys(judging.SCALES, "4"), "")
    whole = sheet.read_text("utf-8")
    sheet.write_text("\n".join(whole.splitlines()[:-1]) + "\n", "utf-8")
    with pytest.raises(ToolkitError, match="in its key, but not here"):
        judging.read(sheet)
    judging.key_of(sheet).unlink()
    with pytest.raises(ToolkitError, match=r"key\.csv: cannot be read"):
        judging.read(sheet)


def test_a_cut_is_tidy() -> None:
    assert cut("。 工会 \n 送清凉，") == "工会 送清凉"
    assert cut("工" * 23 + "，会") == "工" * 23


def test_no_judged_line_is_of_an_article_that_headlines_are_measured_on() -> None:
    grades = read_grades(GRADES)
    assert {grade for lines in grades.values() for grade in lines.values()} == {0, 1, 2}
    known = {article.id for article in load_labelled(ROOT / "labelled", "train")}
    assert len(known & grades.keys()) > 600
    kept = pairs(shared("archive/tv-news-2022-2023.jsonl.gz"))
    known |= {article.id for article in kept if not held_out(article)}
    assert known >= grades.keys()


def test_how_a_line_reads_is_learned_from_what_was_judged() -> None:
    bodies = [
        f"{place}总工会昨天给环卫工人送去了毛巾和凉茶。三百名志愿者打扫了两条老街。"
        for place in ("青山区", "河东县", "临江市", "白水县")
    ]
    articles = [Article(id=str(n), body=body) for n, body in enumerate(bodies)]
    ranking = TextRank().rank(bodies)
    found = MODEL.finder.candidates(ranking, MAX_CHARS)
    lines = list(zip(found.article.tolist(), found.texts(), strict=True))
    grades: dict[str, dict[str, int]] = {article.id: {} for article in articles}
    for article, line in lines:
        grades[str(article)][digest(line)] = 2 if "凉茶" in line else 0
    _, wording = fit_reading([(articles, MODEL.finder)], grades)
    reads = wording.scores(found.strip, found.start, found.end)
    good = np.array(["凉茶" in line for _, line in lines])
    assert good.any() and not good.all()
    assert reads[good].min() > reads[~good].max()
    # What rounding leaves of it reads as before.
    again = Wording.from_json(wording.to_json())
    assert again.scores(found.strip, found.start, found.end) == pytest.approx(reads, abs=0.01)
    _, nothing = fit_reading([(articles, MODEL.finder)], {})
    assert not nothing.scores(found.strip, found.start, found.end).any()
