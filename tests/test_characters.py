from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit import Article, Tokenizer
from toolkit.characters import BEYOND, codes, folded, simplify

TEXT = st.text(alphabet="乾隆後來職工會工会ABＡ１ \n\U00020000\ud800", max_size=40)


@given(TEXT)
def test_codes_are_the_characters(text: str) -> None:
    assert codes(text).tolist() == [min(ord(letter), BEYOND) for letter in text]


def test_folded() -> None:
    text = "Ａb９3會\u3000\n\U00020000"
    assert "".join(map(chr, folded()[codes(text)])) == "ab00会 \0\0"


@given(st.lists(TEXT, max_size=4))
def test_simplified_texts_keep_their_length(texts: list[str]) -> None:
    assert list(map(len, simplify(texts))) == list(map(len, texts))


def test_only_traditional_texts_are_simplified() -> None:
    simplified = "乾隆年间的职工会馆修好了，工会请来讲解员，带大家看看当年的样子。"
    assert simplify([simplified, "職工會館修好了", ""]) == [simplified, "职工会馆修好了", ""]
    assert simplify([]) == []


def test_traditional_text_is_cut_like_simplified_and_kept() -> None:
    body = "區總工會舉辦職工技能競賽。"
    batch = Tokenizer().batch([Article(title="後勤職工比武", body=body), "工会"])
    plain = Tokenizer().batch(
        [Article(title="后勤职工比武", body="区总工会举办职工技能竞赛。"), "工会"]
    )
    assert batch.text == f"後勤職工比武\n{body}\n工会\n"
    assert np.array_equal(batch.offsets, plain.offsets)
    assert [batch.word(t) for t in range(len(batch.ids))] == [
        plain.word(t) for t in range(len(plain.ids))
    ]


def test_the_table_is_what_its_script_makes() -> None:
    if not find_spec("opencc"):
        pytest.skip("opencc is not installed")
    from benchmarks.traditional import TABLE, table

    assert TABLE.read_text("utf-8") == table()
