from __future__ import annotations

from itertools import accumulate
from pathlib import Path

import jieba
import numpy as np
import pytest
import rjieba
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import Article, InputError, Tokenizer, load_labelled

from .conftest import ROOT

CHINESE = st.text(alphabet="老井重新出水了，。！？；：“”（）\n 本报讯记者王芳1200A", max_size=60)


def sentences(body: str) -> list[str]:
    batch = Tokenizer().batch([body])
    return [batch.text_of(*run).strip() for run in batch.sentences]


@given(st.lists(st.builds(Article, title=CHINESE, body=CHINESE), max_size=5))
@settings(deadline=None)
def test_tokens_are_the_text(articles: list[Article]) -> None:
    batch = Tokenizer().batch(articles)
    assert len(batch) == len(articles)
    assert "".join(batch.word(t) for t in range(len(batch.ids))) == batch.text
    for number, article in enumerate(articles):
        whole = batch.text_of(*batch.documents[number : number + 2])
        assert whole.endswith(f"{article.body}\n")
        body = batch.text_of(batch.credits[number], batch.documents[number + 1])
        assert body == f"{article.body}\n"


@given(CHINESE, st.lists(CHINESE, max_size=4))
@settings(deadline=None)
def test_sentences_do_not_depend_on_the_batch(body: str, others: list[str]) -> None:
    batch = Tokenizer().batch([*others, body])
    own = batch.document_of[batch.sentences[:, 0]] == len(others)
    assert [batch.text_of(*run).strip() for run in batch.sentences[own]] == sentences(body)


def test_sentences() -> None:
    assert sentences("“水甜吗？”“甜！”老人说。井修好了……明天再来。") == [
        "“水甜吗？”",
        "“甜！”",
        "老人说。",
        "井修好了……",
        "明天再来。",
    ]
    assert sentences("第一行\n第二行") == ["第一行", "第二行"]
    assert sentences("。！？") == []


def test_clauses_leave_numbers_whole() -> None:
    batch = Tokenizer().batch(["共1,200人，比分3:2。"])
    assert [batch.text_of(*run).strip() for run in batch.clauses] == ["共1,200人，", "比分3:2。"]


def test_title_and_credit_are_no_body() -> None:
    article = Article(title="老井出水。", body="本报讯（记者 王芳）水是甜的。")
    batch = Tokenizer().batch([article])
    assert [batch.text_of(*run).strip() for run in batch.sentences] == ["水是甜的。"]
    assert batch.in_credit.any()


def test_lone_surrogates() -> None:
    assert Tokenizer().batch(["水\ud800甜。"]).text == "水\ufffd甜。\n"


def test_same_words_as_jieba() -> None:
    same = both = 0
    for article in load_labelled(ROOT / "labelled"):
        ours = set(accumulate(map(len, rjieba.cut(article.body))))
        theirs = set(accumulate(map(len, jieba.cut(article.body))))
        same += len(ours & theirs)
        both += len(ours | theirs)
    print(f"equal word boundaries: {same / both:.5f} of {both}")
    assert same / both >= 0.999


def test_user_dictionary(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("云帆驿站 100 n\n小哥之家\n", "utf-8")
    batch = Tokenizer(words).batch(["云帆驿站和小哥之家。"])
    assert [batch.word(t) for t in range(len(batch.ids))] == [
        "云帆驿站",
        "和",
        "小哥之家",
        "。",
        "\n",
    ]
    words.write_text("云帆 驿站 名词 多余\n", "utf-8")
    with pytest.raises(InputError, match="line 1"):
        Tokenizer(words)
    with pytest.raises(InputError, match="cannot be read"):
        Tokenizer(tmp_path / "missing.txt")


def test_an_empty_batch() -> None:
    batch = Tokenizer().batch([])
    assert len(batch) == 0
    assert batch.sentences.shape == (0, 2)
    assert np.array_equal(batch.documents, [0])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("国防部25日称，", ["国防部", "25", "日", "称", "，"]),
        ("7日至8日", ["7", "日", "至", "8", "日"]),
        ("国家副主席韩正在北京会见", ["国家", "副", "主席", "韩正", "在", "北京", "会见"]),
        ("大会25日在京举行", ["大会", "25", "日", "在", "京", "举行"]),
        ("中方愿同各方合作", ["中方", "愿", "同", "各方", "合作"]),
    ],
)
def test_words_are_told_apart_by_what_stands_before_them(text: str, words: list[str]) -> None:
    batch = Tokenizer().batch([text])
    assert [batch.word(token) for token in range(len(batch.ids) - 1)] == words
    assert batch.text_of(0, len(words)) == text


def test_a_dash_within_a_name_ends_no_clause() -> None:
    batch = Tokenizer().batch(["中国—中亚峰会今天开幕—记者在现场。"])
    clauses = [batch.text_of(first, last) for first, last in batch.clauses]
    assert clauses == ["中国—中亚峰会今天开幕—", "记者在现场。\n"]
