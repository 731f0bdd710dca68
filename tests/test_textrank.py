from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit import TextRank, Tokenizer
from toolkit.textrank import sentence_graph
from toolkit.tokens import Kind

BODIES = [
    "老井重新出水。老井的水很甜。村里人挑水排队。记者去看老井出水。今天下雨。",
    "工会送来毛巾和药品。毛巾发给司机。司机说毛巾药品都用得上。",
    "天晴。",
    "",
]


def reference_ranks(body: str, damping: float, position: float) -> np.ndarray:
    """The ranks of one body straight from the papers' formulas, with dense loops."""
    batch = Tokenizer().batch([body])
    sets = [
        {int(batch.ids[t]) for t in range(first, last) if batch.of(Kind.CONTENT)[t]}
        for first, last in batch.sentences
    ]
    n = len(sets)
    weight = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            if i != j:
                size = log(max(len(sets[i]), 2)) + log(max(len(sets[j]), 2))
                weight[i, j] = len(sets[i] & sets[j]) / size
    start = np.array([(i + 1.0) ** -position for i in range(n)])
    start /= start.sum()
    ranks = start.copy()
    for _ in range(500):
        moved = (1 - damping) * start
        for j in range(n):
            out = weight[j].sum()
            moved = moved + damping * ranks[j] * (weight[j] / out if out else start)
        ranks = moved
    return ranks


@pytest.mark.parametrize("position", [0.0, 1.0])
def test_ranks_are_the_papers(position: float) -> None:
    ranker = TextRank(position=position, tolerance=1e-13)
    ranking = ranker.rank(BODIES)
    for number, body in enumerate(BODIES):
        ours = ranking.sentences[ranking.sentence_of == number]
        assert ours == pytest.approx(reference_ranks(body, 0.85, position), abs=1e-9)


def test_ranks_sum_to_one() -> None:
    ranking = TextRank().rank(BODIES)
    sums = np.bincount(ranking.sentence_of, ranking.sentences, len(BODIES))
    assert sums == pytest.approx([1, 1, 1, 0])


@given(
    st.text(alphabet="老井出水毛巾司机工会药品天晴，。\n", max_size=80),
    st.lists(st.sampled_from(BODIES), max_size=3),
)
@settings(deadline=None)
def test_a_batch_is_its_articles(body: str, others: list[str]) -> None:
    alone = TextRank().rank([body])
    together = TextRank().rank([*others, body])
    own = together.sentence_of == len(others)
    assert together.sentences[own] == pytest.approx(alone.sentences, abs=1e-9)


def test_similarity_by_hand() -> None:
    batch = Tokenizer().batch(["老井 出水 甜水。老井 出水。"])
    graph = sentence_graph(batch).toarray()
    assert graph[0, 1] == graph[1, 0] == pytest.approx(2 / (log(3) + log(2)))
    assert graph[0, 0] == graph[1, 1] == 0


def test_early_sentences_lead() -> None:
    body = "工会发毛巾。工会发毛巾。工会发毛巾。"
    first, *_, last = TextRank(position=1.0).rank([body]).sentences
    assert first > last
    even = TextRank(position=0.0).rank([body]).sentences
    assert even == pytest.approx([1 / 3] * 3)


def test_a_text_of_any_length_is_ranked_in_linear_space() -> None:
    body = "。".join(f"第{number}号工会驿站为职工送来清凉饮料和毛巾" for number in range(5000))
    ranker = TextRank(most_sentences=50)
    ranking = ranker.rank([body])
    assert ranking.likeness.nnz <= 50 * 50
    assert ranking.sentences.sum() == pytest.approx(1)
    first = "。".join(body.split("。")[:50])
    short = ranker.rank([first])
    assert list(np.argsort(-short.sentences[:5])) == list(np.argsort(-ranking.sentences[:5]))
