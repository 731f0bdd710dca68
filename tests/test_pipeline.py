from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import Article, Pipeline, Row, TextRank, read_articles

from .conftest import ROOT

ARTICLES = list(read_articles(ROOT / "examples" / "page.txt"))
TEXT = st.text(max_size=80)
ANY_ARTICLE = st.builds(Article, id=TEXT, title=TEXT, kicker=TEXT, body=TEXT)


def test_rows_in_the_order_given(pipeline: Pipeline) -> None:
    rows = pipeline.process(reversed(ARTICLES))
    assert [row.id for row in rows] == [article.id for article in reversed(ARTICLES)]


def test_a_body_is_enough(pipeline: Pipeline) -> None:
    (row,) = pipeline.process([Article(id="7", body="区总工会给环卫工人送去毛巾和凉茶。")])
    assert isinstance(row, Row)
    assert row.id == "7"
    assert set(row.scores) == {"worker-services", "welfare", "competitions", "volunteering"}
    assert row.headline


def test_one_article_is_a_batch_of_one(pipeline: Pipeline) -> None:
    together = pipeline.process(ARTICLES)
    for article, row in zip(ARTICLES, together, strict=True):
        (alone,) = pipeline.process([article])
        assert alone.scores == pytest.approx(row.scores, abs=1e-9)
        assert (alone.headline, alone.summary, alone.keywords, alone.themes) == (
            row.headline,
            row.summary,
            row.keywords,
            row.themes,
        )


def test_small_batches_are_the_same(pipeline: Pipeline) -> None:
    streamed = [row for rows in pipeline.stream(ARTICLES, size=2) for row in rows]
    assert streamed == pipeline.process(ARTICLES)


def test_articles_are_left_as_they_were(pipeline: Pipeline) -> None:
    before = [article.to_dict() for article in ARTICLES]
    pipeline.process(ARTICLES)
    assert [article.to_dict() for article in ARTICLES] == before


def test_parts_can_be_left_out() -> None:
    (row, *_) = Pipeline(ranker=TextRank(position=0)).process(ARTICLES)
    assert row.scores == {}
    assert row.headline
    (row, *_) = Pipeline(ranker=None).process(ARTICLES)
    assert row.headline == ""


def test_nothing_in_nothing_out(pipeline: Pipeline) -> None:
    assert pipeline.process([]) == []


@given(st.lists(ANY_ARTICLE, max_size=4))
@settings(max_examples=100, deadline=None)
def test_any_article_gives_a_row(articles: list[Article]) -> None:
    rows = Pipeline.load().process(articles)
    assert len(rows) == len(articles)
    for row in rows:
        assert all(0 <= score <= 1 for score in row.scores.values())
        assert row.theme == (row.themes[0] if row.themes else None)
        assert set(row.evidence) == set(row.themes)
        assert len(row.headline) <= 24
