from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import average_precision_score

from toolkit import LabelledArticle, ModelError, ThemeModel, ToolkitError, heldout
from toolkit import evaluation_page as pages
from toolkit.calibration import gaps, reliability
from toolkit.charts import Dot, against_diagonal, curves
from toolkit.diagnosis import ALL, Subject, confusion, curve, diagnose, slices_of
from toolkit.evaluate import Predictions, measure, predict
from toolkit.heldout import cross_validate, deal, learning_curve
from toolkit.learning import ThemeTagger
from toolkit.markup import escaped
from toolkit.noise import traces

from .test_cli import toolkit
from .test_report import HOSTILE, Tables, table

SUBJECT = Subject("语料", "test", "", False)


class Judge(ThemeModel):
    """A model that gives themes from a half on, and finds the same words in every article."""

    def __init__(self, themes: int = 2, words: dict[str, float] | None = None) -> None:
        self.thresholds_ = np.full(themes, 0.5)
        self.words = words or {"井": 1.5, "桥": -0.5}

    def explain(self, X: Any, n: int | None = None) -> list[dict[str, dict[str, float]]]:
        return [dict.fromkeys(("水", "路", HOSTILE), self.words) for _ in X]


def judged(
    labels: Sequence[Sequence[str]],
    probabilities: Sequence[Sequence[float]],
    names: Sequence[str] = ("水", "路"),
    **values: Any,
) -> Predictions:
    articles = [
        LabelledArticle(**({"id": str(n), "body": "老井出水。", "themes": list(each)} | values))
        for n, each in enumerate(labels)
    ]
    return Predictions(
        articles,
        list(names),
        np.array(probabilities, float).reshape(len(labels), len(names)),
        np.full((len(labels), len(names)), 0.5),
        [Judge(len(names))],
        np.zeros(len(labels), np.int64),
    )


FOUR = judged([["水"], ["水", "路"], [], ["路"]], [[0.9, 0.1], [0.6, 0.4], [0.7, 0.2], [0.2, 0.8]])


def test_measures_by_hand() -> None:
    result = measure(FOUR)
    water, road = result.themes["水"], result.themes["路"]
    # 水 is given to the first three, and carried by the first two.
    assert water.articles == 2
    assert water.precision.value == pytest.approx(2 / 3)
    assert water.recall.value == 1
    assert water.f1.value == pytest.approx(4 / 5)
    # Ranked: right, wrong, right.
    assert water.average_precision.value == pytest.approx((1 + 2 / 3) / 2)
    assert water.ece.value == pytest.approx((0.1 + 0.4 + 0.7 + 0.2) / 4)
    assert water.brier.value == pytest.approx((0.01 + 0.16 + 0.49 + 0.04) / 4)
    # 路 is given to the last, and carried by the second and the last.
    assert (road.precision.value, road.recall.value) == (1, 0.5)
    assert road.f1.value == pytest.approx(2 / 3)
    assert road.average_precision.value == 1
    assert road.ece.value == pytest.approx((0.1 + 0.6 + 0.2 + 0.2) / 4)
    assert result.macro_f1.value == pytest.approx((4 / 5 + 2 / 3) / 2)
    assert result.macro_precision.value == pytest.approx((2 / 3 + 1) / 2)
    assert result.macro_recall.value == pytest.approx(3 / 4)
    # Four given, three of them of the four carried.
    assert result.micro_precision.value == result.micro_recall.value == 3 / 4
    assert result.micro_f1.value == 3 / 4
    # The two 0.2 share a bin, 0.4 between them; all others stand alone.
    assert result.ece.value == pytest.approx((0.1 + 0.1 + 0.4 + 0.6 + 0.7 + 0.4 + 0.2) / 8)
    assert result.brier.value == pytest.approx((0.70 + 0.45) / 8)
    assert (result.exact.value, result.primary.value) == (0.5, 1)
    assert (result.none_articles, result.none_tagged.value) == (1, 1)


def test_intervals_hold_the_figure_and_are_the_same_each_time() -> None:
    result = measure(FOUR)
    assert result == measure(FOUR)
    assert result != measure(FOUR, seed=1)
    f1 = result.micro_f1
    assert 0 <= f1.low < f1.value < f1.high <= 1
    # Resampled, the sole article of none is there or not, and is always tagged when it is.
    assert (result.none_tagged.low, result.none_tagged.high) == (0, 1)


@settings(max_examples=60, deadline=None)
@given(
    arrays(bool, st.integers(1, 12)),
    st.data(),
)
def test_average_precision_is_that_of_scikit_learn(truth: np.ndarray[Any, Any], data: Any) -> None:
    # Few levels, so that articles of one probability are common.
    levels = data.draw(arrays(np.int64, len(truth), elements=st.integers(0, 4)))
    predictions = judged([["水"] if each else [] for each in truth], (levels / 4)[:, None], ["水"])
    ours = measure(predictions).themes["水"].average_precision
    expected = average_precision_score(truth, levels) if truth.any() else 0
    assert ours.value == pytest.approx(expected)
    assert 0 <= ours.low <= ours.high <= 1


def test_nothing_to_divide_by() -> None:
    result = measure(judged([[], []], [[0.1, 0.2], [0.3, 0.4]]))
    assert result.themes["水"].f1.value == result.macro_f1.value == result.primary.value == 0
    assert (result.none_tagged.value, result.exact.value) == (0, 1)


def test_what_cannot_be_measured() -> None:
    tagger = ThemeTagger(min_df=1).fit(
        ["老井出水", "新井出水", "新路通车", "老路通车"], [["水"]] * 2 + [["路"]] * 2
    )
    with pytest.raises(ModelError, match="no labelled articles"):
        predict(tagger, [])
    with pytest.raises(ModelError, match="does not know the themes: 桥"):
        predict(tagger, [LabelledArticle(body="桥通了", themes=["桥"])])


# Calibration


def test_reliability_by_hand() -> None:
    probabilities = np.array([0.02, 0.04, 0.81, 0.83, 0.85, 1.0])
    truth = np.array([False, False, True, True, False, True])
    found = reliability(probabilities, truth)
    assert [(each.low, each.high, each.count) for each in found.bins] == [
        (0, 0.1, 2),
        (0.8, 0.9, 3),
        (0.9, 1, 1),
    ]
    assert [each.predicted for each in found.bins] == pytest.approx([0.03, 0.83, 1])
    assert [each.observed for each in found.bins] == pytest.approx([0, 2 / 3, 1])
    # What is certain always comes true.
    assert (found.bins[2].right_low, found.bins[2].right_high) == (1, 1)
    ece = np.abs(gaps(probabilities, truth).sum(axis=0)).sum() / 6
    assert ece == pytest.approx((0.06 + (2.49 - 2)) / 6)


def test_right_probabilities_are_within_chance_and_wrong_ones_are_not() -> None:
    rng = np.random.default_rng(5)
    probabilities = rng.random(2000)
    right = reliability(probabilities, rng.random(2000) < probabilities)
    assert all(each.right_low <= each.observed <= each.right_high for each in right.bins)
    wrong = reliability(probabilities, rng.random(2000) < probabilities**3)
    assert sum(each.right_low <= each.observed <= each.right_high for each in wrong.bins) < 3


@settings(max_examples=40, deadline=None)
@given(arrays(float, st.integers(1, 30), elements=st.floats(0, 1)), st.data())
def test_reliability_ranges(probabilities: np.ndarray[Any, Any], data: Any) -> None:
    truth = data.draw(arrays(bool, len(probabilities)))
    found = reliability(probabilities, truth)
    assert sum(each.count for each in found.bins) == len(probabilities)
    for each in found.bins:
        assert each.low - 1e-9 <= each.predicted <= each.high + 1e-9
        assert 0 <= each.right_low <= each.right_high <= 1
    # A mean may lie above 97.5 of 100: one rare label can cost more than all others together.
    assert 0 <= found.right_ece <= 1
    assert 0 <= found.right_ece_high <= 1
    ece = np.abs(gaps(probabilities, truth).sum(axis=0)).sum() / len(probabilities)
    assert ece == pytest.approx(
        sum(each.count * abs(each.predicted - each.observed) for each in found.bins) / truth.size
    )


# Diagnosis


def test_curves_by_hand() -> None:
    found = curve(
        np.array([0.9, 0.6, 0.7, 0.2]),
        np.array([True, True, False, False]),
        np.array([False, False, True, False]),
        chosen=0.655,
    )
    assert len(found.thresholds) == 102
    at = {each: place for place, each in enumerate(found.thresholds)}
    place = at[0.655]
    assert (found.precision[place], found.recall[place], found.f1[place]) == (0.5, 0.5, 0.5)
    assert found.false_alarms[place] == 1
    assert (found.precision[at[0]], found.recall[at[0]], found.false_alarms[at[0]]) == (0.5, 1, 1)
    assert (found.precision[at[1]], found.recall[at[1]], found.false_alarms[at[1]]) == (None, 0, 0)
    empty = curve(np.array([0.5]), np.array([False]), np.array([False]), 0.5)
    assert set(empty.recall) == set(empty.f1) == set(empty.false_alarms) == {None}


@settings(max_examples=40, deadline=None)
@given(arrays(float, 8, elements=st.floats(0, 1)), arrays(bool, 8), st.floats(0, 1))
def test_raising_a_threshold_gives_less(
    probabilities: np.ndarray[Any, Any], truth: np.ndarray[Any, Any], chosen: float
) -> None:
    found = curve(probabilities, truth, ~truth, chosen)
    for shares in (found.recall, found.false_alarms):
        known = [share for share in shares if share is not None]
        assert known == sorted(known, reverse=True)
        assert all(0 <= share <= 1 for share in known)
    assert found.thresholds == sorted(found.thresholds)
    assert chosen in found.thresholds


def test_confusion_by_hand() -> None:
    primary, given_first = np.array([0, 0, 1, -1, -1]), np.array([0, -1, 0, -1, 1])
    assert confusion(primary, given_first, 2).tolist() == [[1, 0, 1], [1, 0, 0], [0, 1, 1]]
    assert diagnose(SUBJECT, FOUR).confusion == [[2, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_mistakes_surest_first() -> None:
    labels = [[], ["水"], [], ["水"], ["路", "水"]]
    scores = [[0.9, 0.1], [0.4, 0.1], [0.6, 0.1], [0.01, 0.2], [0.8, 0.9]]
    found = diagnose(SUBJECT, judged(labels, scores, note="看标题"))
    assert [(m.theme, m.given, m.id) for m in found.mistakes] == [
        ("水", True, "0"),
        ("水", True, "2"),
        ("水", False, "3"),
        ("水", False, "1"),
    ]
    assert found.mistakes_made == {"水": (2, 2), "路": (0, 0)}
    first = found.mistakes[0]
    assert (first.labelled, first.predicted, first.note) == ([], ["水"], "看标题")
    assert (first.words_for, first.words_against) == ({"井": 1.5}, {"桥": -0.5})


def test_slices() -> None:
    articles = [
        LabelledArticle(body="水" * 199, year=2009, genre="news"),
        LabelledArticle(body="水" * 200, year=2010, genre="brief"),
        LabelledArticle(body="水 " * 399 + "水,水", genre="news"),
        LabelledArticle(body="水" * 800, year=2014, genre=""),
    ]
    assert slices_of(articles) == {
        "length": {"-199": [0], "200-399": [1], "800-": [2, 3]},
        "year": {ALL: [2], "2005-2009": [0], "2010-2014": [1, 3]},
        "noise": {ALL: [0, 1, 3], "spaces": [2], "half-width": [2]},
        "genre": {"news": [0, 2], "brief": [1], "": [3]},
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("工会送来毛巾，凉茶。", {}),
        ("工会送 来 毛巾", {"spaces": 2}),
        ("工会　送来", {"spaces": 1}),
        ("　　工会有 12 人、WIFI 和 A座。\n　　又来了。", {}),
        ("工会送毛巾,凉茶.", {"half-width": 1}),
        ("比分3:2，1,200元，县(市)", {}),
        ("共１８６人", {"full-width": 3}),
        ("工会昨天上午给环卫工人和快递员送去了毛巾\n和凉茶。", {"broken": 1}),
        ("工会昨天上午给环卫工人和快递员送去了毛巾。\n还有凉茶。", {}),
        ("小标题\n工会送凉茶。", {}),
        ("工会\ufffd毛巾\ue000", {"unreadable": 2}),
        ("", {}),
    ],
)
def test_traces(text: str, found: dict[str, int]) -> None:
    assert traces(text) == found


# Held out


def corpus(number: int, split: str = "train") -> list[LabelledArticle]:
    """Articles of two themes and of none, alike in all but a word."""
    kinds = [(["水"], "老井出水很甜"), (["路"], "新路通车很平"), ([], "今天下了小雨")]
    return [
        LabelledArticle(id=f"{split}-{n}", body=f"{body}，第{n}天。", themes=themes, split=split)
        for n in range(number)
        for themes, body in kinds[n % 3 : n % 3 + 1]
    ]


def test_folds_share_out_each_theme() -> None:
    articles = [LabelledArticle(themes=["甲"]) for _ in range(10)]
    articles += [LabelledArticle(themes=["乙", "丙"]) for _ in range(5)]
    articles += [LabelledArticle(themes=["甲", "丙"]) for _ in range(5)]
    articles += [LabelledArticle() for _ in range(20)]
    fold = deal(articles, 5)
    assert np.bincount(fold).tolist() == [8] * 5
    for theme, each in (("甲", 3), ("乙", 1), ("丙", 2)):
        carried = Counter(f for f, a in zip(fold, articles, strict=True) if theme in a.themes)
        assert set(carried.values()) == {each}
    assert (deal(articles, 5) == fold).all()
    assert (deal(articles, 5, seed=1) != fold).any()


def test_no_article_is_judged_by_a_model_that_saw_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Recording(ThemeTagger):
        def fit(self, X: Any, y: Any) -> Recording:
            self.seen_ = {article.id for article in X}
            super().fit(X, y)
            return self

    monkeypatch.setattr(heldout, "ThemeTagger", Recording)
    articles = corpus(60)
    done = []
    found = cross_validate(articles, on_fit=lambda: done.append(1))
    assert len(done) == len(found.taggers) == 5
    for article, number in zip(articles, found.tagger_of, strict=True):
        seen = found.taggers[number].seen_
        assert article.id not in seen
        assert len(seen) == 48
    assert found.names == ["水", "路"]
    assert measure(found).micro_f1.value == 1
    alone = found.take(np.array([3, 4]))
    expected = found.taggers[found.tagger_of[3]].predict_proba([articles[3]])
    assert alone.probabilities[:1] == pytest.approx(expected)


def test_too_few_to_cross_validate() -> None:
    articles = corpus(30)
    articles[0].themes = ["水", "桥"]
    articles[1].themes = ["路", "桥"]
    with pytest.raises(ModelError, match="桥"):
        cross_validate(articles)


@pytest.mark.parametrize("on_folds", [True, False])
def test_learning_curve(on_folds: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heldout, "SHARES", (0.1, 0.6, 1.0))
    done = []
    learned, other = corpus(60), corpus(30, "test")
    points = learning_curve(learned, None if on_folds else other, on_fit=lambda: done.append(1))
    assert [point.share for point in points] == list(heldout.SHARES)
    most = 48 if on_folds else 60
    assert [point.articles for point in points] == [
        -(-most * tenths // 10) for tenths in (1, 6, 10)
    ]
    last = points[-1].evaluation
    assert last is not None
    assert (last.articles, last.macro_f1.value) == (60 if on_folds else 30, 1)
    assert len(done) <= heldout.fits(on_folds)
    tiny = learning_curve(corpus(9), None if on_folds else other)
    assert tiny[0].evaluation is None


# The page


def told(predictions: Predictions, subject: Subject = SUBJECT) -> str:
    return pages.page(diagnose(subject, predictions), "r.html")


def test_page_tells_the_figures() -> None:
    text = told(FOUR)
    themes = table(text, "各主题的成绩")
    assert [cells[:2] for cells in themes[:2]] == [["水", "2"], ["路", "2"]]
    assert [cell[:5] for cell in themes[0][2:]] == ["0.667", "1.000", "0.800", "0.833"]
    assert [cell[:5] for cell in themes[2][2:]] == ["0.833", "0.750", "0.733", "0.917"]
    assert [cell[:5] for cell in themes[3][2:]] == ["0.750", "0.750", "0.750", "—"]
    whole = {cells[0]: cells[1][:5] for cells in table(text, "整篇来看")}
    assert list(whole.values()) == ["0.500", "1.000", "1.000"]
    assert [cells[1:] for cells in table(text, "主要主题与给出的")] == [
        ["2", "0", "0"],
        ["0", "1", "0"],
        ["1", "0", "0"],
    ]
    chosen = [cells for cells in table(text, "水：各阈值") if cells[0].startswith("0.50")]
    assert chosen == [["0.50（现用）", "0.667", "1.000", "0.800", "1.000"]]
    bins = table(text, "水：各段")
    assert ["0.9—1.0", "1", "0.900", "1.000"] in [cells[:4] for cells in bins]
    assert "toolkit evaluate 语料 --split test --no-cross-validate --report r.html" in (
        text.replace("&#x27;", "")
    )
    assert text == told(FOUR)


def test_page_of_a_theme_that_nobody_carries() -> None:
    text = told(judged([["水"], []], [[0.9, 0.1], [0.3, 0.4]]))
    assert table(text, "各主题的成绩")[1] == ["路", "0", "—", "—", "—", "—"]
    assert "在宏平均里算作 0" in text
    assert "在宏平均里算作 0" not in told(FOUR)


def test_page_needs_nothing_else_and_escapes_everything() -> None:
    predictions = judged(
        [[HOSTILE], [], [HOSTILE]],
        [[0.1], [0.9], [0.8]],
        [HOSTILE],
        id=HOSTILE,
        title=HOSTILE,
        body=HOSTILE * 9,
        genre=HOSTILE,
        note=HOSTILE,
        source=HOSTILE,
    )
    predictions.taggers[0].words = {HOSTILE: 1.0, "alert": -1.0}  # type: ignore[attr-defined]
    text = told(predictions, Subject(HOSTILE, HOSTILE, HOSTILE, True))
    parsed = Tables(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(parsed.tags)
    assert "<script" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    assert not re.search(r"url\(|@import|https?:", text)
    assert not [name for name, _ in parsed.attributes if name.startswith("on") or name == "src"]
    links = {value for name, value in parsed.attributes if name == "href"}
    ids = [value for name, value in parsed.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert links == {f"#{value}" for value in ids if value and not value.endswith("-h")}


class Words(Tables):
    """All the text of a page."""

    def handle_data(self, data: str) -> None:
        self.attributes.append(("text", data))


def plain(html: str) -> str:
    return "".join(value or "" for name, value in Words(html).attributes if name == "text")


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_what_is_escaped_reads_as_it_was(text: str) -> None:
    assert plain(f"<p>{escaped(text)}</p>") == text


MISTAKE = diagnose(SUBJECT, judged([[]], [[0.9, 0.1]])).mistakes[0]


@given(
    st.text("<&>ab\"'", max_size=12),
    st.lists(st.text("<&>ab", min_size=1, max_size=3), max_size=3),
    st.lists(st.text("<&>ab", min_size=1, max_size=3), max_size=3),
)
def test_marked_words_leave_the_text_as_it_was(
    body: str, words_for: list[str], words_against: list[str]
) -> None:
    mistake = replace(
        MISTAKE,
        words_for=dict.fromkeys(words_for, 1.0),
        words_against=dict.fromkeys(words_against, -1.0),
    )
    assert plain(pages._marked(body, mistake)) == body


def test_words_are_marked_longest_first() -> None:
    mistake = replace(
        MISTAKE, words_for={"井": 1.0, "井水": 0.5, "雨": 1.0}, words_against={"桥": -1.0}
    )
    assert pages._marked("老井井水<桥>", mistake) == (
        '<p class="body">老<mark>井</mark><mark>井水</mark>&lt;<u>桥</u>&gt;</p>'
    )


def test_charts_stand_where_they_should() -> None:
    chart = curves("图", [0.0, 0.5, 1.0], {"甲": [0.0, None, 1.0]}, ("线", 0.5))
    dots = re.findall(r'<circle class="s0" cx="([\d.]+)" cy="([\d.]+)"', chart)
    assert len(dots) == 2
    (x0, y0), (x1, y1) = ((float(x), float(y)) for x, y in dots)
    assert x0 < x1
    assert y0 > y1
    (mark,) = re.findall(r'class="mark" x1="([\d.]+)" x2="([\d.]+)"', chart)
    assert float(mark[0]) == float(mark[1]) == pytest.approx((x0 + x1) / 2)
    (path,) = re.findall(r'<path class="s0" d="(M[^"]*)"/><circle', chart)
    assert re.sub(r"[\d. ]", "", path) == "MM"
    chart = against_diagonal("图", ("全准", "实际"), [Dot(0.5, 0.5, 0.25, 1, "<甲>")])
    assert "&lt;甲&gt;" in chart
    ((x, y),) = re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="5"><title>', chart)
    start, end = re.findall(r"[ML]([\d.]+) ([\d.]+)", chart.split('class="s7" d="')[-1])[:2]
    assert float(x) == pytest.approx((float(start[0]) + float(end[0])) / 2)
    assert float(y) == pytest.approx((float(start[1]) + float(end[1])) / 2)
    (span,) = re.findall(r'class="range" [^>]*y1="([\d.]+)" y2="([\d.]+)"', chart)
    assert float(span[0]) > float(y) > float(span[1])


# The command


def labels(folder: Path) -> Path:
    path = folder / "labels.jsonl"
    records = [*corpus(60), *corpus(30, "test")]
    lines = ({"id": a.id, "body": a.body, "themes": a.themes, "split": a.split} for a in records)
    path.write_text("".join(json.dumps(each) + "\n" for each in lines), "utf-8")
    return path


def test_the_command_writes_a_report(tmp_path: Path) -> None:
    path, model = labels(tmp_path), tmp_path / "model"
    assert toolkit("train", str(path), "--out", str(model)).returncode == 0
    page = tmp_path / "r.html"
    arguments = ["evaluate", str(path), "-m", str(model), "--report", str(page)]
    done = toolkit(*arguments)
    assert done.returncode == 0, done.stderr
    assert str(page) in done.stderr
    beside = json.loads(page.with_suffix(".json").read_text("utf-8"))
    assert (beside["format"], beside["version"]) == (pages.FORMAT, pages.VERSION)
    assert beside["evaluation"] == json.loads(done.stdout)
    assert beside["evaluation"]["articles"] == 30
    assert beside["subject"]["cross_validated"] is False
    assert beside["learning_curve"] == []
    Tables(page.read_text("utf-8"))

    again = toolkit(*arguments, "--split", "train", "--learning-curve")
    assert again.returncode == 0, again.stderr
    assert "cross-validated" in again.stderr
    beside = json.loads(page.with_suffix(".json").read_text("utf-8"))
    assert beside["evaluation"]["articles"] == 60
    assert beside["subject"]["cross_validated"] is True
    assert len(beside["learning_curve"]) == len(heldout.SHARES)
    assert "用多少文章训练，就有多好" in page.read_text("utf-8")

    fitted = toolkit(*arguments, "--split", "train", "--no-cross-validate")
    assert fitted.returncode == 0
    assert "cross-validated" not in fitted.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--report", "r.txt"], "r.txt: the report is a page; end its name in .html"),
        (["--report", "no/r.html"], "no/r.html: cannot be written: no folder no"),
        (["--report", "mine.html"], "mine.json: is not an earlier report and would be replaced"),
        (["--learning-curve"], "name one with --report"),
        (["--card", "--split", "train"], "not with --cross-validate"),
        (["--split", "dev"], "no articles of the split 'dev', there are: test, train; choose"),
    ],
)
def test_mistakes_in_the_command(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = labels(tmp_path)
    (tmp_path / "mine.json").write_text("{}", "utf-8")
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    done = toolkit("evaluate", str(path), *arguments, COLUMNS="300")
    assert done.returncode == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert "Traceback" not in done.stderr
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_the_articles_are_not_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "mine.html"
    with pytest.raises(ToolkitError, match="would replace the articles"):
        pages.check(mine, mine)
    assert pages.check(mine, tmp_path / "other.jsonl") == tmp_path / "mine.json"
