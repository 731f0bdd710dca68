"""The sentence graph of each article and its ranks; the word graph and its own.

Both follow R. Mihalcea and P. Tarau, "TextRank: Bringing Order into Text", EMNLP 2004. All the
articles of a batch make one graph in as many parts, so one iteration ranks them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import acosh, ceil

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .article import Article
from .tokens import Flags, Ints, Kind, TokenBatch, Tokenizer

Floats = NDArray[np.float64]

# A figure of each node to the sum of its neighbours', by weight of the links.
Links = Callable[[Floats], Floats]


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
    tolerance : what is left of the first guess's error when iteration ends, as a share of it.
    most_sentences : only so many of an article's sentences, the first, are linked with each other.
        Those after them keep what a fresh start gives, so that a text of any length is ranked in
        time and memory linear in its length.

    Raises
    ------
    ValueError : damping or tolerance is not between 0 and 1.
    """

    def __init__(
        self,
        *,
        damping: float = 0.85,
        position: float = 1.0,
        window: int = 3,
        tolerance: float = 1e-3,
        most_sentences: int = 200,
    ) -> None:
        if not 0 < damping < 1 or not 0 < tolerance < 1:
            raise ValueError("damping and tolerance must be between 0 and 1")
        self.damping = damping
        self.position = position
        self.window = window
        self.tolerance = tolerance
        self.most_sentences = most_sentences

    def rank(self, articles: TokenBatch | Sequence[Article | str]) -> Ranking:
        """Rank every sentence and word of a batch: articles, bare bodies, or their tokens."""
        batch = articles if isinstance(articles, TokenBatch) else Tokenizer().batch(articles)
        sentence_of = batch.document_of[batch.sentences[:, 0]]
        place = places_within(sentence_of)
        early = np.power(place + 1.0, -self.position, dtype=np.float64)
        overlap, sizes = _overlap(batch, place < self.most_sentences)
        sentences = self._walk(_similarity(overlap, sizes).dot, sentence_of, early)
        terms, term_of, linked = word_links(batch, self.window)
        term_ranks = self._walk(linked, terms[:, 0], np.ones(len(terms)))
        return Ranking(
            batch, sentences, sentence_of, terms, term_of, term_ranks, _likeness(overlap, sizes)
        )

    def _walk(self, linked: Links, owner: Ints, start: Floats) -> Floats:
        """Ranks of the nodes of a graph whose every part is an article; each sums to 1.

        linked : (N,) a figure of each node to the sum of its neighbours', by weight of the links.
        owner : (N,) article of each node, ascending.
        start : (N,) how likely a fresh start is at each node, up to a factor an article.

        A walk on a graph without directions has real eigenvalues, of at most the damping. That is
        what Chebyshev's iteration asks for (G. Golub and R. Varga, Numerische Mathematik 3, 1961),
        and it says beforehand how many turns a tolerance takes.
        """
        if not len(owner):
            return start
        borders = np.flatnonzero(np.diff(owner, prepend=-1))
        lengths = np.diff(borders, append=len(owner))

        def per_article(values: Floats) -> Floats:
            return np.repeat(np.add.reduceat(values, borders), lengths)

        strength = linked(np.ones(len(owner)))
        # A node without links hands its rank back to its article's fresh starts: all ranks grow by
        # one factor, which the sum of 1 takes out again.
        alone = strength == 0
        per_strength = self.damping / np.where(alone, 1.0, strength)

        def step(ranks: Floats) -> Floats:
            return linked(ranks * per_strength)

        start = start / per_article(start)
        # Without fresh starts a walk is where the links are; to begin there takes fewer turns.
        share = np.where(alone, 0.0, strength / np.maximum(per_article(strength), 1e-300))
        settled = per_article(np.where(alone, 0.0, start)) / (1 - self.damping)
        before: Floats = start + self.damping * settled * share
        ranks: Floats = start + step(before)
        weight = 2 / (2 - self.damping**2)
        for _ in range(1, self._turns()):
            before, ranks = ranks, before + weight * (start + step(ranks) - before)
            weight = 1 / (1 - self.damping**2 * weight / 4)
        return ranks / per_article(ranks)

    def _turns(self) -> int:
        """Turns after which the first guess's error is down to the tolerance."""
        return max(1, ceil(acosh(1 / self.tolerance) / acosh(1 / self.damping)))


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
    first, second = _edges(overlap)
    apart = first != second
    indptr = np.append(0, np.cumsum(apart))[overlap.indptr].astype(np.int32)
    parts = (overlap.data[apart].astype(np.float64), second[apart], indptr)
    return sp.csr_array(parts, shape=overlap.shape), sizes.astype(np.int64)


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


def word_links(batch: TokenBatch, window: int) -> tuple[Ints, Ints, Links]:
    """The nouns of each article's body, linked by how often they stand close together.

    The graph is never built: a product with it follows the text.

    Returns
    -------
    terms : (K, 2) article and word, in the order in which they first stand in the text.
    term_of : (T,) the term of each token, -1 for none.
    linked : the sum over each term's neighbours of (K,) figures, a neighbour counted as often as
        it stands within `window` nouns of the term.
    """
    all_terms, all_term_of = batch.terms
    noun = (batch.lexicon.kinds[all_terms[:, 1]] & np.uint16(Kind.NOUN)) > 0
    terms = all_terms[noun]
    count = len(terms)
    number = np.append(np.where(noun, np.cumsum(noun) - 1, -1), -1)
    term_of = number[all_term_of]
    tokens = np.flatnonzero(term_of >= 0)
    # Between articles stands a term of no rank, as often as it takes for none to reach over.
    gap = window - 1
    line = np.full(len(tokens) + gap * len(batch), count)
    line[np.arange(len(tokens)) + gap * batch.document_of[tokens]] = term_of[tokens]
    own = np.zeros(count + 1)
    for distance in range(1, window):
        same = line[distance:] == line[:-distance]
        own += 2 * np.bincount(line[distance:][same], minlength=count + 1)

    def linked(figures: Floats) -> Floats:
        along: Floats = np.append(figures, 0.0)[line]
        near: Floats = np.zeros_like(along)
        for distance in range(1, window):
            near[distance:] += along[:-distance]
            near[:-distance] += along[distance:]
        sums: Floats = np.bincount(line, near, count + 1)[:count].astype(np.float64)
        return sums - own[:count] * figures

    return terms, term_of, linked


def ranges(runs: Ints) -> Ints:
    """Every index that lies in one of the (R, 2) runs, run by run."""
    lengths = runs[:, 1] - runs[:, 0]
    ends = np.cumsum(lengths)
    starts = np.repeat(runs[:, 0] - (ends - lengths), lengths)
    indices: Ints = np.arange(len(starts)) + starts
    return indices
