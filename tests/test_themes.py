from __future__ import annotations

import pickle
from copy import copy
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator

from toolkit import Article, ModelError, ThemeTagger, Tokenizer, load_labelled, models, training
from toolkit.learning import EVEN, OPENING, SURE, opening, threshold
from toolkit.themes import FEWEST, LONG, Features, count, letters, shortness

from .conftest import ROOT

TEXTS = [
    "工会送毛巾",
    "工会送药品",
    "工会办比赛",
    "车间办比赛",
    "送药品给比赛选手",
    "今天下雨",
    "明天下雨",
]
LABELS = [["送"], ["送"], ["赛"], ["赛"], ["送", "赛"], [], []]


@pytest.fixture(scope="module")
def tagger() -> ThemeTagger:
    return ThemeTagger(min_df=1, folds=2).fit(TEXTS, LABELS)


def test_scikit_learn_checks() -> None:
    """The tags say that input is text, so `check_estimator` runs what needs no table of numbers.

    What it would check on numbers, the tests below check on text.
    """
    results = check_estimator(ThemeTagger(), on_fail=None, on_skip=None)
    assert results
    assert [r["check_name"] for r in results if r["status"] != "passed"] == []


def test_parameters_are_attributes_and_nothing_else_is_set() -> None:
    tagger = ThemeTagger(C=1.0)
    assert vars(tagger) == tagger.get_params()
    assert tagger.set_params(C=2.0) is tagger
    assert tagger.C == 2.0


def test_fit_returns_self_and_leaves_parameters_and_input_alone() -> None:
    tagger = ThemeTagger(min_df=1, folds=2)
    before, texts, labels = tagger.get_params(), list(TEXTS), [list(own) for own in LABELS]
    assert tagger.fit(texts, labels) is tagger
    assert (tagger.get_params(), texts, labels) == (before, TEXTS, LABELS)


def test_predicting_changes_nothing(tagger: ThemeTagger) -> None:
    before = pickle.dumps(vars(tagger))
    tagger.predict(TEXTS)
    tagger.explain(TEXTS)
    assert pickle.dumps(vars(tagger)) == before


def test_fitting_again_gives_the_same(tagger: ThemeTagger) -> None:
    again = clone(tagger).fit(TEXTS, LABELS)
    assert np.array_equal(again.predict_proba(TEXTS), tagger.predict_proba(TEXTS))


def test_not_fitted() -> None:
    for method in (ThemeTagger().predict, ThemeTagger().predict_proba, ThemeTagger().explain):
        with pytest.raises(NotFittedError):
            method(TEXTS)


def test_pickle(tagger: ThemeTagger) -> None:
    copy = pickle.loads(pickle.dumps(tagger))
    assert np.array_equal(copy.predict_proba(TEXTS), tagger.predict_proba(TEXTS))


def test_neither_order_nor_company_matters(tagger: ThemeTagger) -> None:
    whole = tagger.predict_proba(TEXTS)
    assert tagger.predict_proba(TEXTS[::-1]) == pytest.approx(whole[::-1], abs=1e-12)
    alone = np.vstack([tagger.predict_proba([text]) for text in TEXTS])
    assert alone == pytest.approx(whole, abs=1e-12)


def test_fitted_state(tagger: ThemeTagger) -> None:
    assert list(tagger.classes_) == ["赛", "送"]
    assert tagger.coef_.shape == (2, len(tagger.features_)) == (2, len(tagger.idf_))
    assert tagger.features_ == sorted(tagger.features_)
    assert not hasattr(clone(tagger), "coef_")


def test_probabilities(tagger: ThemeTagger) -> None:
    probabilities = tagger.predict_proba(TEXTS)
    assert probabilities.shape == (len(TEXTS), 2)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    given = tagger.predict(TEXTS)
    assert (given == (probabilities >= tagger.thresholds_)).all()
    assert [set(names) for names in tagger.tag(TEXTS)] == [
        {str(tagger.classes_[k]) for k in np.flatnonzero(row)} for row in given
    ]


def test_likeliest_first(tagger: ThemeTagger) -> None:
    names = tagger.names(np.array([[0.99, 0.999], [0.999, 0.99], [0.0, 0.0]]))
    assert names == [["送", "赛"], ["赛", "送"], []]


def test_evidence_sums_to_the_log_odds() -> None:
    tagger = models.load()
    articles = load_labelled(ROOT / "labelled", "train")[:50]
    probabilities = tagger.predict_proba(articles)
    log_odds = np.log(probabilities / (1 - probabilities))
    batch = Tokenizer().batch(articles)
    short = shortness(letters(batch), batch)
    assert short.min() == 0 < short.max()
    for row, explained in enumerate(tagger.explain(articles)):
        intercept = tagger.intercept_ + short[row] * tagger.short_intercept_
        for k, theme in enumerate(tagger.classes_):
            total = sum(explained[theme].values()) + intercept[k]
            # Each of some hundreds of weights is rounded to four decimals.
            assert total == pytest.approx(log_odds[row, k], abs=0.02)


def test_the_words_of_a_theme_are_whole() -> None:
    words = dict(zip(models.load().classes_, models.load().words_, strict=True))
    assert {"志愿者", "献血"} <= set(words["volunteering"])
    assert {"竞赛", "选手"} <= set(words["competitions"])
    # A pair of characters that is no word of its own where it stands.
    assert not any("愿者" in own for own in words.values())


def test_explain_keeps_the_greatest(tagger: ThemeTagger) -> None:
    (whole,), (short,) = tagger.explain(TEXTS[:1]), tagger.explain(TEXTS[:1], 2)
    for theme, words in short.items():
        assert list(words.items()) == list(whole[theme].items())[:2]
        sizes = [abs(weight) for weight in whole[theme].values()]
        assert sizes == sorted(sizes, reverse=True)


def test_headings_count(tagger: ThemeTagger) -> None:
    body = "今天下雨。"
    plain = tagger.predict_proba([Article(body=body)])
    titled = tagger.predict_proba([Article(title="工会送毛巾送药品", body=body)])
    k = list(tagger.classes_).index("送")
    assert titled[0, k] > plain[0, k]


def test_features_are_characters_and_pairs_within_a_line() -> None:
    tagger = ThemeTagger(folds=2).fit(["甲乙\n丙 Ａ7", "甲乙", "丁", "戊"], [["x"], ["x"], [], []])
    assert tagger.features_ == sorted(
        ["甲", "乙", "甲乙", "丙", "丙 ", " ", " a", "a", "a0", "0", "丁", "戊"]
    )
    few = ThemeTagger(folds=2, max_features=3)
    assert few.fit(["甲乙", "甲乙", "丁", "戊"], [["x"], ["x"], [], []]).features_ == [
        "乙",
        "甲",
        "甲乙",
    ]


def test_counts_are_those_of_the_text() -> None:
    tagger = ThemeTagger(folds=2).fit(TEXTS, LABELS)
    bodies = ["工会送工会", "", "下雨下雨下雨。工", "本报讯（记者 王芳）工会"]
    batch = Tokenizer().batch(bodies)
    found = count(Features(tagger.features_).at(letters(batch)), batch, len(tagger.features_))
    dense = found.toarray()
    for row, body in enumerate(bodies):
        body = body.removeprefix("本报讯（记者 王芳）")
        for column, feature in enumerate(tagger.features_):
            times = sum(body.startswith(feature, place) for place in range(len(body)))
            assert dense[row, column] == times, (body, feature)


def test_traditional_characters_and_full_width_make_no_difference(tagger: ThemeTagger) -> None:
    simplified = ["工会给车间送药品，办比赛", "ABC12"]
    other = ["工會給車間送藥品，辦比賽", "ＡＢＣ３４"]
    assert np.array_equal(tagger.predict_proba(other), tagger.predict_proba(simplified))


def test_evidence_quotes_the_article() -> None:
    tagger = models.load()
    article = Article(
        body="廠工會舉辦職工技能競賽，選手們同場比武，前三名獲得獎金，評委當場打分。" * 3
    )
    _, (evidence,) = tagger.with_evidence(Tokenizer().batch([article]), 6)
    assert 0 < len(evidence["competitions"]) <= 6
    assert all(word in article.body for word in evidence["competitions"])
    assert list(evidence["competitions"].values()) == sorted(
        evidence["competitions"].values(), reverse=True
    )


def test_the_threshold_keeps_false_alarms() -> None:
    none = np.linspace(0, 0.8, 101)
    for share in (0.0, 0.01, 0.05):
        chosen = threshold(none, share)
        assert (none >= chosen).mean() <= share
        # No higher than it must be: a ten-thousandth less would let one more pass.
        assert (none >= chosen - 1e-4).mean() > (none >= chosen).mean()
    assert threshold(none, 1.0) == EVEN
    assert threshold(np.array([]), 0.0) == EVEN
    assert threshold(np.full(50, 0.99), 0.02) == SURE


def test_the_threshold_holds_on_articles_that_were_held_out() -> None:
    rng = np.random.default_rng(0)
    words = ["工会", "车间", "比赛", "毛巾", "下雨", "公路", "大桥", "水泵", "集市", "药品"]
    texts = ["".join(rng.choice(words, 6)) for _ in range(300)]
    # Chance decides half of the labels, so no model can tell the false alarms by learning.
    labels = [["赛"] if "比赛" in text and rng.random() < 0.5 else [] for text in texts]
    tagger = ThemeTagger(folds=3).fit(texts, labels)
    none = np.array([not own for own in labels])
    (given,) = (tagger.held_out_ >= tagger.held_out_thresholds_).T
    assert given[none].mean() < 0.06
    # Each fold has the threshold that the other folds chose.
    assert 1 < len(np.unique(tagger.held_out_thresholds_)) <= 3


def test_shortness() -> None:
    bodies = ["工" * LONG, "工" * (2 * LONG), "工" * (LONG // 2), "工，\n" * (LONG // 4), "", "工"]
    batch = Tokenizer().batch([Article(title="", body=body) for body in bodies])
    found = shortness(letters(batch), batch)
    half = np.log(2)
    most = np.log(LONG / FEWEST)
    assert found == pytest.approx([0, 0, half, half, most, most])


def test_the_opening_is_what_stands_above_a_body_and_its_first_characters() -> None:
    body = "工会办" * OPENING
    articles = [Article(title="送毛巾", body=f"本报讯（记者 王芳）{body}"), Article(body="短。")]
    batch = Tokenizer().batch(articles)
    kept = "".join(np.array(list(batch.text))[opening(batch)])
    assert kept == f"送毛巾\n本报讯（记者 王芳）{body[:OPENING]}短。\n"


def test_short_articles_have_weights_of_their_own() -> None:
    tagger = models.load()
    body = "昨天，市总工会举办职工技能竞赛，选手们同场比武。"
    bare = copy(tagger)
    bare.short_coef_ = np.zeros_like(tagger.short_coef_)
    bare.short_intercept_ = np.zeros_like(tagger.short_intercept_)
    bare.prepare()
    long = [Article(body=body * 30)]
    assert np.array_equal(bare.predict_proba(long), tagger.predict_proba(long))
    assert not np.allclose(bare.predict_proba([body]), tagger.predict_proba([body]))


def test_tokens_articles_and_texts_are_one(tagger: ThemeTagger) -> None:
    batch = Tokenizer().batch(TEXTS)
    assert np.array_equal(tagger.predict_proba(batch), tagger.predict_proba(TEXTS))
    articles = [Article(body=text) for text in TEXTS]
    assert np.array_equal(tagger.predict_proba(articles), tagger.predict_proba(TEXTS))


def test_arrays_of_labels() -> None:
    labels = np.array([["送" in own, "赛" in own] for own in LABELS], int)
    tagger = ThemeTagger(min_df=1, folds=2).fit(TEXTS, labels)
    assert list(tagger.classes_) == [0, 1]
    assert tagger.predict(TEXTS).shape == labels.shape
    scores = cross_val_score(
        ThemeTagger(min_df=1, folds=2), TEXTS * 3, np.tile(labels, (3, 1)), cv=2
    )
    assert ((scores >= 0) & (scores <= 1)).all()


def test_a_text_of_unknown_words(tagger: ThemeTagger) -> None:
    assert np.isfinite(tagger.predict_proba(["ABC", "", "龘"])).all()
    assert tagger.predict_proba([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("texts", "labels", "message"),
    [
        ([], [], "no labelled articles"),
        (["甲"], [[]], "no labelled articles"),
        (TEXTS, [["送"], *[[]] * 6], "carried by 1 of 7"),
        (["甲甲", "乙乙", "丙丙", "丁丁"], [["送"], ["送"], [], []], "no character stands in 2"),
    ],
)
def test_too_little_to_learn_from(texts: list[str], labels: list[list[str]], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        ThemeTagger(min_df=2).fit(texts, labels)


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match="7 articles but 1 labels"):
        ThemeTagger().fit(TEXTS, [["送"]])
    with pytest.raises(ValueError, match="collection of theme names"):
        ThemeTagger().fit(TEXTS, ["送"] * 7)
    with pytest.raises(ValueError, match="not one text"):
        ThemeTagger().fit("工会", [[]])
    with pytest.raises(ValueError, match="not int"):
        ThemeTagger().fit([1, 2], [[], []])  # type: ignore[list-item]


def test_the_shipped_model_can_be_made_again(tmp_path: Path) -> None:
    training.train(ROOT / "labelled", tmp_path)
    for name in ("model.json", "features.txt", "idf.npy", "coef.npy", "short_coef.npy"):
        again, shipped = tmp_path / name, models.default_path() / name
        assert again.read_bytes() == shipped.read_bytes(), name


def test_the_shipped_model_knows_the_themes() -> None:
    known = set(models.load().classes_)
    carried = {theme for article in load_labelled(ROOT / "labelled") for theme in article.themes}
    assert known == carried == {"worker-services", "welfare", "competitions", "volunteering"}
