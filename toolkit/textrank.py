"""The sentence graph of each article and its ranks; the word graph and its own.

Both follow R. Mihalcea and P. Tarau, "TextRank: Bringing Order into Text", EMNLP 2004. All the
articles of a batch make one block-diagonal graph, so one power iteration ranks them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .article import Article
from .tokens import Flags, Ints, Kind, TokenBatch, Tokenizer

Floats = NDArray[np.float64]

_TURNS_BETWEEN_LOOKS = 5


@dataclass(frozen=True)
class Ranking:
    """The ranks of a batch.

    Attributes
    ----------
    batch : the articles' words and sentences.
    sentences : (S,) rank of each sentence of `batch.sentences`; an article's ranks sum to 1.
    sentence_of : (S,) the article of each sentence.
    terms : (K, 2) article and word of each candidate keyword.
    term_of : (T,) the term each token is an occurrence of, -1 for none.
    term_ranks : (K,) rank of each; an article's ranks sum to 1.
    likeness : (S, S) share of distinct content words that two sentences of an article have in
        common, of the smaller's; 0 between articles and on the diagonal.
    """

    batch: TokenBatch
    sentences: Floats
    sentence_of: Ints
    terms: Ints
    term_of: Ints
    term_ranks: Floats
    likeness: sp.csr_array

    @cached_property
    def place(self) -> Ints:
        """(S,) how many sentences of its article stand before each."""
        return places_within(self.sentence_of)

    @cached_property
    def relative(self) -> Floats:
        """(S,) the rank of each sentence as a share of the highest in its article."""
        highest = np.zeros(len(self.batch))
        np.maximum.at(highest, self.sentence_of, self.sentences)
        shares: Floats = self.sentences / highest[self.sentence_of]
        return shares


class TextRank:
    """Ranks the sentences and words of articles by how central they are.

    Titles play no part: what is ranked is the body alone.

    Parameters
    ----------
    damping : probability of following an edge rather than starting anew.
    position : how strongly a fresh start prefers early sentences: sentence i of an article is
        chosen in proportion to (i + 1) ** -position. 0 is the paper's uniform choice. News puts
        first what matters most, which the default uses. The bias is PositionRank's (C. Florescu
        and C. Caragea, ACL 2017), applied to sentences.
    window : words that stand at most this far apart are linked, for keywords.
    tolerance : iteration ends when no article's ranks move by more than this in all.
    max_iterations : iteration ends here at the latest.
    most_sentences : only so many of an article's sentences, the first, are linked with each other.
        Those after them keep what a fresh start gives, so that a text of any length is ranked in
        time and memory linear in its length.

    Notes
    -----
    Convergence is looked at every fifth turn.
    """

    def __init__(
        self,
        *,
        damping: float = 0.85,
        position: float = 1.0,
        window: int = 3,
        tolerance: float = 1e-4,
        max_iterations: int = 100,
        most_sentences: int = 200,
    ) -> None:
        self.damping = damping
        self.position = position
        self.window = window
        self.tolerance = tolerance
        self.max_iterations = max_iterations
        self.most_sentences = most_sentences

    def rank(self, articles: TokenBatch | Sequence[Article | str]) -> Ranking:
        """Rank every sentence and word of a batch: articles, bare bodies, or their tokens."""
        batch = articles if isinstance(articles, TokenBatch) else Tokenizer().batch(articles)
        sentence_of = batch.document_of[batch.sentences[:, 0]]
        place = places_within(sentence_of)
        early = np.power(place + 1.0, -self.position, dtype=np.float64)
        overlap, sizes = _overlap(batch, place < self.most_sentences)
        sentences = self._walk(_similarity(overlap, sizes), sentence_of, early)
        terms, term_of, graph = word_graph(batch, self.window)
        uniform = np.ones(len(terms))
        term_ranks = self._walk(graph, terms[:, 0], uniform)
        return Ranking(
            batch, sentences, sentence_of, terms, term_of, term_ranks, _likeness(overlap, sizes)
        )

    def _walk(self, graph: sp.csr_array, owner: Ints, start: Floats) -> Floats:
        """Ranks of the nodes of a block-diagonal graph, by power iteration.

        graph : (N, N) symmetric weights. owner : (N,) article of each node, ascending.
        start : (N,) how likely a fresh start is at each node, up to a factor an article.
        """

        if not len(owner):
            return start
        borders = np.flatnonzero(np.diff(owner, prepend=-1))
        lengths = np.diff(borders, append=len(owner))

        def per_article(values: Floats) -> Floats:
            totals: Floats = np.add.reduceat(values, borders)
            return np.repeat(totals, lengths)

        start = start / per_article(start)
        strength = graph.sum(axis=1)
        alone = strength == 0
        step = graph.copy()
        step.data *= (self.damping / np.where(alone, 1.0, strength))[step.indices]
        fresh = (1 - self.damping) * start
        # Without fresh starts, a walk on an undirected graph is where the edges are; to begin
        # there takes fewer turns than to begin anywhere.
        share = per_article(strength)
        ranks: Floats = fresh + self.damping * np.where(
            share > 0, strength / np.where(share > 0, share, 1.0), start
        )
        moving = np.ones(len(owner), bool)
        for turn in range(1, self.max_iterations + 1):
            moved: Floats = step @ ranks + fresh
            if alone.any():
                # A node without edges hands its rank back to the whole article.
                moved += self.damping * per_article(np.where(alone, ranks, 0.0)) * start
            if turn % _TURNS_BETWEEN_LOOKS == 0:
                # An article that has settled stays as it is: its ranks must not depend on how
                # long the others in its batch take.
                still = per_article(np.abs(moved - ranks)) >= self.tolerance
                ranks = np.where(moving, moved, ranks)
                moving &= still
                if not moving.any():
                    break
            else:
                ranks = np.where(moving, moved, ranks)
        return ranks


def sentence_graph(batch: TokenBatch) -> sp.csr_array:
    """(S, S) similarity of the sentences of each article, 0 between articles.

    The paper's measure: distinct content words in common, over the sum of the logarithms of
    both counts of distinct content words. A sentence of one word has the weight of two, since
    the paper's measure is not defined for it.
    """
    return _similarity(*_overlap(batch, np.ones(len(batch.sentences), bool)))


def _overlap(batch: TokenBatch, linked: Flags) -> tuple[sp.csr_array, Ints]:
    """(S, S) distinct content words in common, 0 on the diagonal; (S,) distinct content words.

    linked : (S,) the sentences that are looked at; the others have none in common with any.
    """
    sentences = batch.sentences
    count = len(sentences)
    sentence = np.repeat(np.arange(count), sentences[:, 1] - sentences[:, 0])
    tokens = ranges(sentences)
    terms, term_of = batch.terms
    term = term_of[tokens]
    content = np.flatnonzero((term >= 0) & linked[sentence])
    sentence, term = sentence[content], term[content]
    # A word that an article has once links nothing, and most are such.
    once = np.bincount(term, minlength=len(terms))[term] == 1
    again = ~once
    shape = (count, len(terms))
    indptr = np.append(0, np.cumsum(np.bincount(sentence[again], minlength=count)))
    ones = np.ones(int(indptr[-1]), np.float32)
    parts = (ones, term[again].astype(np.int32), indptr.astype(np.int32))
    words = sp.csr_array(parts, shape=shape)
    words.sum_duplicates()
    words.data[:] = 1.0
    sizes = np.bincount(sentence[once], minlength=count) + np.diff(words.indptr)
    overlap = words @ words.T
    overlap.setdiag(0)
    overlap.eliminate_zeros()
    return overlap.astype(np.float64), sizes.astype(np.int64)


def _similarity(overlap: sp.csr_array, sizes: Ints) -> sp.csr_array:
    weight = np.log(np.maximum(sizes, 2))
    first, second = _edges(overlap)
    return _divided(overlap, weight[first] + weight[second])


def _likeness(overlap: sp.csr_array, sizes: Ints) -> sp.csr_array:
    """(S, S) words in common as a share of the smaller sentence's."""
    first, second = _edges(overlap)
    return _divided(overlap, np.minimum(sizes[first], sizes[second]))


def _edges(graph: sp.csr_array) -> tuple[Ints, Ints]:
    """Row and column of each entry, in their order."""
    return np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr)), graph.indices


def _divided(graph: sp.csr_array, by: Floats | Ints) -> sp.csr_array:
    """The same graph with each entry divided by a figure of its own."""
    return sp.csr_array((graph.data / by, graph.indices, graph.indptr), shape=graph.shape)


def places_within(owner: Ints) -> Ints:
    """How many of the same owner stand before each, the owners in ascending order."""
    place: Ints = np.arange(len(owner)) - np.searchsorted(owner, owner)
    return place


def word_graph(batch: TokenBatch, window: int) -> tuple[Ints, Ints, sp.csr_array]:
    """The nouns of each article's body, linked by how often they stand close together.

    Returns
    -------
    terms : (K, 2) article and word, in the order in which they first stand in the text.
    term_of : (T,) the term of each token, -1 for none.
    graph : (K, K) symmetric counts of the pairs within `window` nouns of each other.
    """
    all_terms, all_term_of = batch.terms
    noun = (batch.lexicon.kinds[all_terms[:, 1]] & np.uint16(Kind.NOUN)) > 0
    terms = all_terms[noun]
    number = np.append(np.where(noun, np.cumsum(noun) - 1, -1), -1)
    term_of = number[all_term_of]
    tokens = np.flatnonzero(term_of >= 0)
    document, term = batch.document_of[tokens], term_of[tokens]
    first: list[Ints] = []
    second: list[Ints] = []
    for distance in range(1, window):
        near = document[distance:] == document[:-distance]
        first.append(term[:-distance][near])
        second.append(term[distance:][near])
    rows = np.concatenate(first + second) if first else np.empty(0, np.int64)
    columns = np.concatenate(second + first) if first else np.empty(0, np.int64)
    apart = rows != columns
    edges = (rows[apart].astype(np.int32), columns[apart].astype(np.int32))
    graph = sp.csr_array((np.ones(len(edges[0])), edges), shape=(len(terms), len(terms)))
    return terms, term_of, graph


def ranges(runs: Ints) -> Ints:
    """Every index that lies in one of the (R, 2) runs, run by run."""
    lengths = runs[:, 1] - runs[:, 0]
    ends = np.cumsum(lengths)
    starts = np.repeat(runs[:, 0] - (ends - lengths), lengths)
    indices: Ints = np.arange(len(starts)) + starts
    return indices
