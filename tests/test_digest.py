from __future__ import annotations

import json
import random

import pytest

from toolkit import Article, Digest, Pipeline, ToolkitError, load_labelled, make_digest
from toolkit.digest import markdown, told
from toolkit.digest import text as as_text

from .conftest import ROOT

CORPUS = load_labelled(ROOT / "labelled", "train")
LONG = [article for article in CORPUS if len(article.body) > 200][:120]
HEAT = "区总工会给{who}送去清凉，毛巾、药品和凉茶摆满了工地，工人都说高温天里有人惦记。"


@pytest.fixture(scope="module")
def plain() -> Pipeline:
    return Pipeline(summary_sentences=2)


def articles(*bodies: str) -> list[Article]:
    return [Article(id=str(number), body=body) for number, body in enumerate(bodies)]


def reprint(body: str, seed: int) -> str:
    """The body as another paper has it: shortened, set in other lines, a few errors in it."""
    chance = random.Random(seed)
    cut = body[: int(len(body) * 0.9)].replace("\n", "")
    return "\n".join(
        "".join("囗" if chance.random() < 0.01 else char for char in cut[start : start + 37])
        for start in range(0, len(cut), 37)
    )


def test_reprints_are_folded_and_nothing_else(plain: Pipeline) -> None:
    originals = [Article(id=article.id, body=article.body) for article in LONG]
    reprints = [
        Article(id=f"{article.id}-again", body=reprint(article.body, number))
        for number, article in enumerate(LONG)
    ]
    digest = make_digest([*originals, *reprints], plain, max_items=len(LONG) * 2)
    found = {frozenset([item.id, *item.folded]) for item in digest.items}
    pairs = {frozenset([article.id, f"{article.id}-again"]) for article in LONG}
    assert all(len(story) == 1 or story in pairs for story in found)
    assert len(found & pairs) >= 0.95 * len(pairs)
    assert digest.articles - digest.stories == len(found & pairs)


def test_articles_of_one_form_are_not_one_story(plain: Pipeline) -> None:
    body = "今天，气象台发布消息，{day}最高气温{high}度，最低气温{low}度，{wind}级风，注意防暑。"
    reports = [
        body.format(day=f"{day}日", high=20 + day, low=10 + day, wind=day % 5 + 1)
        for day in range(1, 9)
    ]
    assert make_digest(articles(*reports), plain).stories == 8


def test_the_most_central_comes_first_and_nothing_twice(plain: Pipeline) -> None:
    heat = [HEAT.format(who=who) for who in ("环卫工人", "建筑工人", "快递员")]
    bridge = ["大桥昨天通车，市民开车过江，省了半个小时。", "大桥通车以后，市民过江快了。"]
    digest = make_digest(articles("月饼上市了。", *bridge, *heat), plain, max_items=2)
    assert digest.items[0].id in {"3", "4", "5"}
    # The other two say nearly what the first says; the bridge says something else.
    assert digest.items[1].id in {"1", "2"}


def test_an_item_is_the_article_in_short(plain: Pipeline) -> None:
    article = Article(id="7", source="2022-09/24/a.txt", position=3, title="题", body=LONG[0].body)
    (item,) = make_digest([article], plain).items
    assert (item.id, item.source, item.position, item.title) == ("7", article.source, 3, "题")
    assert item.date == "2022-09-24"
    (row,) = plain.process([article])
    assert (item.headline, item.summary) == (row.headline, row.summary)


@pytest.mark.parametrize("max_chars", [1, 30, 100, 300])
def test_no_more_characters_than_asked_for(plain: Pipeline, max_chars: int) -> None:
    digest = make_digest(LONG[:20], plain, max_chars=max_chars)
    chars = sum(len(item.headline) + len(item.summary) for item in digest.items)
    assert chars <= max_chars
    assert bool(digest.items) == (max_chars > 24)
    whole = make_digest(LONG[:20], plain)
    assert [item.id for item in whole.items if item in digest.items] == [
        item.id for item in digest.items if item.summary
    ]


def test_a_theme(pipeline: Pipeline) -> None:
    assert pipeline.tagger is not None
    chosen = LONG[:60]
    of_theme = {
        article.id
        for article, themes in zip(chosen, pipeline.tagger.tag(chosen), strict=True)
        if "volunteering" in themes
    }
    digest = make_digest(chosen, pipeline, theme="volunteering", max_items=100)
    assert {item.id for item in digest.items} == of_theme
    assert 0 < len(of_theme) < 60
    assert (digest.read, digest.articles) == (60, len(of_theme))
    with pytest.raises(ToolkitError, match=r"no theme 'sport'.*volunteering"):
        make_digest(chosen, pipeline, theme="sport")


def test_a_time(plain: Pipeline) -> None:
    ids = ["20220924-1", "20220930-1", "2022-10-01", "2022年", "none"]
    given = [Article(id=id_, body=LONG[n].body) for n, id_ in enumerate(ids)]

    def within(since: str | None, until: str | None) -> tuple[set[str], int]:
        digest = make_digest(given, plain, since=since, until=until)
        return {item.id for item in digest.items}, digest.undated

    assert within(None, None) == (set(ids), 0)
    assert within("2022-09-30", None) == ({*ids[1:4]}, 1)
    assert within(None, "2022-09") == ({*ids[:2], ids[3]}, 1)
    assert within("2022-09-30", "2022-09-30") == ({ids[1], ids[3]}, 1)
    assert within("2023", None) == (set(), 1)
    with pytest.raises(ValueError, match="2022-13"):
        within("2022-13", None)


def test_batches_make_no_difference(plain: Pipeline, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = make_digest(LONG, plain)
    monkeypatch.setattr("toolkit.digest.BATCH", 7)
    seen: list[int] = []
    assert make_digest(iter(LONG), plain, on_done=seen.append) == expected
    assert sum(seen) == len(LONG)
    assert max(seen) == 7


def test_nothing_in_nothing_out(plain: Pipeline) -> None:
    assert make_digest([], plain) == Digest(None, [], 0, 0, 0, 0)
    digest = make_digest(articles("", "", "。"), plain)
    # Articles without words are no reprints of one another.
    assert (digest.articles, digest.stories) == (3, 3)
    assert "3 articles read" in told(digest)


def test_written_for_people(plain: Pipeline) -> None:
    body = LONG[0].body
    given = [Article(id=f"2022-09-24_{n}", title="一#二*", body=body) for n in range(3)]
    digest = make_digest(given, plain)
    assert len(digest.items) == 1
    page = markdown(digest)
    assert page.startswith("# digest\n\n3 articles read")
    assert f"## {digest.items[0].headline}\n" in page
    assert "一\\#二\\*" in page
    assert "2022-09-24, and 2 more like it" in page
    lines = as_text(digest).splitlines()
    assert lines[0] == f"1. {digest.items[0].headline}"
    assert lines[1] == digest.items[0].summary
    json.dumps(digest.items[0].folded)
