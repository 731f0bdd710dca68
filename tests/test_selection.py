"""Tests for the choice of the sentences that headlines are made of."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fit_deletion import Line
from benchmarks.fit_selection import fit_selection
from toolkit import Article, TextRank
from toolkit.headline import HeadlineModel
from toolkit.selection import MOST_SENTENCES, Selection, likeliest

SHIPPED = HeadlineModel.load().finder.selection
SENTENCES = st.lists(
    st.sampled_from(
        [
            "青山区总工会昨天举办招聘会。",
            "天刚亮，老李就推着车出了门。",
            "“等了三年。”他说。",
            "今年以来，全区新建驿站20家！",
            "下雨了；",
        ]
    ),
    max_size=20,
).map("".join)


@settings(max_examples=30, deadline=None)
@given(st.lists(SENTENCES, min_size=1, max_size=5))
def test_an_articles_first_sentences_share_one_headline(bodies: list[str]) -> None:
    ranking = TextRank().rank(bodies)
    log_shares = SHIPPED.log_shares(ranking)
    early = ranking.place < MOST_SENTENCES
    assert (log_shares[~early] == -np.inf).all()
    shares = np.bincount(ranking.sentence_of, np.exp(log_shares), len(bodies))
    there = np.bincount(ranking.sentence_of, minlength=len(bodies)) > 0
    assert shares == pytest.approx(there.astype(float))
    chosen = likeliest(ranking, log_shares)
    counts = np.bincount(ranking.sentence_of[chosen], minlength=len(bodies))
    assert ((counts >= 1) == there).all() and (counts <= 2).all()
    for article in np.flatnonzero(there):
        own = ranking.sentence_of == article
        left_out = log_shares[own & ~chosen]
        assert left_out.max(initial=-np.inf) <= log_shares[own & chosen].min()


def test_what_an_article_is_about_is_learned_from_where_lines_were_made() -> None:
    opening = "天刚亮，菜市场就热闹起来。老李推着车出了门。"
    news = "{}区总工会昨天举办专场招聘会。"
    closing = "大家都说好。"
    articles = [
        Article(id=place, body=opening + news.format(place) + closing)
        for place in ("青山", "绿水", "红岩", "白云", "黄河", "蓝田")
    ]
    start = len(opening)
    made = {article.id: [Line([[(start, start + 6)]], 1.0)] for article in articles[:-1]}
    learned = fit_selection(articles[:-1], made)
    ranking = TextRank().rank([articles[-1].body])
    assert learned.log_shares(ranking).argmax() == 2
    again = Selection.from_json(learned.to_json())
    assert again.log_shares(ranking) == pytest.approx(learned.log_shares(ranking), abs=0.2)


def test_a_printed_headline_stands_in_for_lines() -> None:
    articles = [
        Article(id=place, title=f"{place}区举办招聘会", body=f"天亮了。{place}区举办招聘会。好。")
        for place in ("青山", "绿水", "红岩", "白云")
    ]
    learned = fit_selection(articles, {})
    ranking = TextRank().rank(["天亮了。蓝田区举办招聘会。好。"])
    assert learned.log_shares(ranking).argmax() == 1


def test_no_sentence_has_no_share() -> None:
    assert not len(SHIPPED.log_shares(TextRank().rank([""])))
