"""Learns which sentences headlines are made of, from lines that people made of them.

Where no line was made of an article, the sentence that has most of its printed headline stands for
one. The weights are those under which these sentences are likeliest among all of their articles,
small ones preferred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.feature_extraction.text import CountVectorizer

from toolkit import Article
from toolkit.selection import MOST_SENTENCES, TABLES, WORDS, Selection, codes, considered
from toolkit.sentences import Sentences
from toolkit.strip import Strip
from toolkit.textrank import Ranking

from .fit_deletion import WEIGHTS, MadeLines, paths_of, rankings
from .rouge import lcs

# A sentence with so much of the printed headline is what it was made of.
LEAST_SHARED = 0.6
PENALTY = 15.0
TURNS = 150
FEWEST_USES = 3
_TRIED_CHARS = 120


@dataclass(frozen=True)
class _Sentence:
    """One to learn from.

    Attributes
    ----------
    article : its number, one for each.
    lines : how many lines were made of it.
    entries : of each of `TABLES`, the entry that holds.
    words : its words, each with the name of the weights that it has.
    """

    article: int
    lines: float
    entries: tuple[int, ...]
    words: list[tuple[str, str]]


def fit_selection(articles: Sequence[Article], lines: MadeLines) -> Selection:
    """Weights under which the sentences that lines were made of are likeliest."""
    found = list(_learned_from(articles, lines))
    counted = CountVectorizer(analyzer=lambda sentence: sentence.words, min_df=FEWEST_USES)
    by_word = counted.fit_transform(found)
    base = np.cumsum([0, *TABLES.values()])
    columns = np.array([sentence.entries for sentence in found]) + base[:-1]
    rows = np.repeat(np.arange(len(found)), len(TABLES))
    ones = np.ones(columns.size)
    by_entry = sp.csr_array((ones, (rows, columns.ravel())), shape=(len(found), base[-1]))
    X = sp.hstack([by_entry, by_word]).tocsr()
    _, own = np.unique([sentence.article for sentence in found], return_inverse=True)
    goal = np.array([sentence.lines for sentence in found])
    mass = np.bincount(own, goal)

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = X @ weights
        highest = np.full(len(mass), -np.inf)
        np.maximum.at(highest, own, scores)
        parts = np.exp(scores - highest[own])
        total = np.bincount(own, parts)
        log_shares = scores - (np.log(total) + highest)[own]
        slope = X.T @ (goal - mass[own] * parts / total[own])
        return PENALTY / 2 * weights @ weights - goal @ log_shares, PENALTY * weights - slope

    start = np.zeros(X.shape[1])
    learned = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": TURNS}).x
    words: dict[str, dict[str, float]] = {name: {} for name in WORDS}
    for (name, word), column in counted.vocabulary_.items():
        words[name][word] = float(learned[base[-1] + column])
    tables = {name: learned[base[n] : base[n + 1]] for n, name in enumerate(TABLES)}
    return Selection(tables, words)


def _learned_from(articles: Sequence[Article], lines: MadeLines) -> Iterator[_Sentence]:
    """The sentences of those articles of which it is known which a headline is made of."""
    first = 0
    for batch, ranking in rankings(articles):
        sentences = considered(ranking)
        own = ranking.sentence_of[sentences]
        goal = _made_of(batch, ranking, lines)[sentences]
        known = np.bincount(own, goal, len(batch)) > 0
        for article in np.flatnonzero(~known).tolist():
            places = np.flatnonzero(own == article)
            goal[places] = _printed(batch[article].title, ranking, sentences[places])
        known = np.bincount(own, goal, len(batch)) > 0
        held = codes(ranking, sentences)
        words, ids = ranking.batch.lexicon.words, ranking.batch.ids
        for place in np.flatnonzero(known[own]).tolist():
            start, end = ranking.batch.sentences[sentences[place]]
            said = [words[word] for word in ids[start:end].tolist()]
            yield _Sentence(
                first + int(own[place]),
                float(goal[place]),
                tuple(int(held[name][place]) for name in TABLES),
                [(WORDS[1], said[0]), *((WORDS[0], word) for word in said)],
            )
        first += len(batch)


def _made_of(
    articles: Sequence[Article], ranking: Ranking, lines: MadeLines
) -> NDArray[np.float64]:
    """(S,) how many of the lines made by hand were made of each sentence; halves of two."""
    by_hand = {
        article.id: [line for line in lines.get(article.id, ()) if line.weight == WEIGHTS["made"]]
        for article in articles
    }
    found = Sentences.of(Strip.of(ranking, ranking.place < MOST_SENTENCES))
    counts = np.zeros(len(ranking.place))
    for path in paths_of(found, articles, by_hand):
        counts[found.numbers[path.sentence]] += path.weight
    return counts


def _printed(title: str, ranking: Ranking, sentences: NDArray[np.int64]) -> NDArray[np.float64]:
    """(N,) 1 for the first of some sentences that has the most of a title, if that is enough."""
    batch, title = ranking.batch, "".join(title.split())
    shared = [
        lcs(title, batch.text_of(*batch.sentences[number].tolist())[:_TRIED_CHARS])
        for number in sentences.tolist()
    ]
    found = np.zeros(len(sentences))
    if shared and max(shared) >= LEAST_SHARED * len(title):
        found[int(np.argmax(shared))] = 1.0
    return found
