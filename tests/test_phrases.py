from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import TextRank, keywords, load_labelled

from .conftest import ROOT

BODIES = [article.body for article in load_labelled(ROOT / "labelled", "train")][:300]


def found(body: str, n: int = 8) -> list[str]:
    return keywords(TextRank().rank([body]), n)[0]


def test_keywords_of_the_corpus_stand_in_the_body() -> None:
    for body, words in zip(BODIES, keywords(TextRank().rank(BODIES), 6), strict=True):
        assert len(words) == len(set(words)) == 6
        assert all(len(word) > 1 and word in body for word in words)


def test_nouns_that_stand_together_twice_are_one_phrase() -> None:
    body = "失业保险基金发了补贴。职工领到失业保险待遇，很高兴。"
    words = found(body)
    assert "失业保险" in words
    assert not {"失业", "保险"} & set(words)


def test_nouns_that_met_once_are_two_words() -> None:
    body = "失业保险发了。失业以后怎么办？保险很重要。"
    words = found(body)
    assert {"失业", "保险"} <= set(words)
    assert "失业保险" not in words


def test_the_longest_phrase_wins() -> None:
    body = "职业技能竞赛开赛。职业技能竞赛落幕。选手都说好。"
    assert "职业技能竞赛" in found(body)
    assert not {"职业技能", "技能竞赛", "竞赛", "职业", "技能"} & set(found(body))


def test_a_word_that_mostly_stands_alone_stays_alone() -> None:
    alone = "企业请来老师。企业买了图书。企业修了球场。企业种了果树。食堂买了图书。食堂请来老师。"
    more = "企业里有图书。企业来了老师。企业有球场。"
    body = f"企业食堂很大。企业食堂干净。{alone}{more}"
    assert "企业" in found(body)
    assert "企业食堂" not in found(body)


@pytest.mark.parametrize(
    ("body", "phrase"),
    [
        ("车队办了“夜归小屋”，司机很高兴。", "夜归小屋"),
        ("读者借走《工人诗歌选集》，很高兴。", "工人诗歌选集"),
        ("昨天，海淀区总工会送来毛巾，司机很高兴。", "海淀区总工会"),
        ("新时代的新征程开始了，工人走上新征程。", "新征程"),
    ],
)
def test_quoted_terms_and_names_are_phrases(body: str, phrase: str) -> None:
    assert phrase in found(body)


@pytest.mark.parametrize(
    ("body", "phrase"),
    [
        ("他说“毛巾药品来了，司机高兴”，大家都笑。", "毛巾药品来了"),
        ("选手彭国栋到了。选手彭国栋走了。", "选手彭国栋"),
        ("7月份物流很忙。8月份物流更忙。", "月份物流"),
        ("毛巾。药品来了。毛巾。药品来了。", "毛巾。药品"),
    ],
)
def test_what_is_no_phrase(body: str, phrase: str) -> None:
    assert found(body)
    assert not any(phrase in word for word in found(body))


@given(
    st.text(alphabet="新老井出水毛巾司机工会药品天晴7“”《》，。\n", max_size=80),
    st.lists(st.sampled_from(BODIES[:40]), max_size=3),
)
@settings(max_examples=200, deadline=None)
def test_keywords_do_not_depend_on_the_batch(body: str, others: list[str]) -> None:
    (*_, together) = keywords(TextRank().rank([*others, body]), 5)
    assert together == found(body, 5)
    assert all(word in body for word in together)
    assert len(set(together)) == len(together)


def test_nothing_in_nothing_out() -> None:
    assert keywords(TextRank().rank([])) == []
    assert keywords(TextRank().rank(["", "。", "“我们”"])) == [[], [], []]
