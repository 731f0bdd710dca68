"""The sentences that a headline may come from, word by word, as arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .roles import Role, Sense, roles_of, senses_of
from .textrank import Ranking, places_within, ranges
from .tokens import Flags, Ints, Kind, TokenBatch

# What a headline says stands near the start of even the longest sentence.
MOST_WORDS = 56


@dataclass(frozen=True)
class Sentences:
    """Some sentences of a batch, S of them with M words and marks in all, white space left out.

    Attributes
    ----------
    ranking : the batch and its ranks.
    tokens : (M,) place of each word in the batch.
    bounds : (S, 2) first word of each sentence and the one after its last.
    numbers : (S,) each sentence by its number in the batch.
    """

    ranking: Ranking
    tokens: Ints
    bounds: Ints
    numbers: Ints

    @classmethod
    def of(cls, ranking: Ranking, wanted: Flags) -> Sentences:
        """The first words of some sentences of a batch.

        wanted : (S,) which of its sentences.
        """
        numbers = np.flatnonzero(wanted)
        runs = ranking.batch.sentences[numbers]
        tokens = ranges(runs)
        sentence = np.repeat(np.arange(len(runs)), runs[:, 1] - runs[:, 0])
        solid = ~ranking.batch.of(Kind.BLANK, tokens)
        # A clause without a word, 0 after 000A:, is none.
        clauses = ranking.batch.clauses
        if len(clauses):
            clause = np.maximum(np.searchsorted(clauses[:, 0], tokens, "right") - 1, 0)
            solid &= (clauses[clause, 0] <= tokens) & (tokens < clauses[clause, 1])
        tokens, sentence = tokens[solid], sentence[solid]
        early = places_within(sentence) < MOST_WORDS
        tokens, sentence = tokens[early], sentence[early]
        borders = np.searchsorted(sentence, np.arange(len(runs) + 1))
        return cls(ranking, tokens, np.stack([borders[:-1], borders[1:]], axis=1), numbers)

    def __len__(self) -> int:
        """The number of sentences, S."""
        return len(self.numbers)

    @property
    def batch(self) -> TokenBatch:
        """The batch that the sentences belong to."""
        return self.ranking.batch

    @cached_property
    def ids(self) -> Ints:
        """(M,) each word by its number in the lexicon."""
        return self.batch.ids[self.tokens]

    @cached_property
    def tags(self) -> Ints:
        """(M,) the part of speech of each word, as its place in `TAGS`."""
        return self.batch.lexicon.tags[self.ids].astype(np.int64)

    @cached_property
    def kinds(self) -> NDArray[np.uint16]:
        """(M,) the bits of `Kind` of each word."""
        return self.batch.lexicon.kinds[self.ids]

    @cached_property
    def roles(self) -> NDArray[np.uint64]:
        """(M,) the bits of `Role` of each word."""
        return self.batch.lexicon.facts("roles", roles_of, np.uint64)[self.ids]

    @cached_property
    def spaced(self) -> Flags:
        """(M,) whether white space that belongs to the line stands before a word: China Daily."""
        batch = self.batch
        before = np.maximum(self.tokens - 1, 0)
        blank = batch.of(Kind.BLANK, before) & (self.tokens > 0)
        return blank & ~batch.of(Kind.ENDS_CLAUSE, before)

    @cached_property
    def lengths(self) -> Ints:
        """(M,) the characters that each word takes in a line, where a space is one."""
        lengths = self.batch.lexicon.lengths[self.ids] + self.spaced
        return np.where(self.ends_clause, 1, lengths)

    @cached_property
    def sentence_of(self) -> Ints:
        """(M,) the sentence of each word, by its place here."""
        return np.repeat(np.arange(len(self)), self.bounds[:, 1] - self.bounds[:, 0])

    @cached_property
    def articles(self) -> Ints:
        """(S,) the article of each sentence."""
        return self.ranking.sentence_of[self.numbers]

    @cached_property
    def places(self) -> Ints:
        """(S,) how many sentences of the article stand before each."""
        return self.ranking.place[self.numbers]

    @cached_property
    def ends_clause(self) -> Flags:
        """(M,) the marks that a headline has a space for, or ends before."""
        ends = self.is_a(Role.STOP) & ~self.is_a(Role.LIST_MARK) | self.of_kind(Kind.ENDS_CLAUSE)
        return ends & ~self.batch.hyphens[self.tokens]

    @cached_property
    def clauses(self) -> Ints:
        """(M,) how many clauses of the sentence stand before that of each word."""
        ends: Ints = np.cumsum(self.ends_clause) - self.ends_clause
        own: Ints = ends - ends[self.bounds[:, 0]][self.sentence_of]
        return own

    @cached_property
    def depth(self) -> Ints:
        """(M + 1,) how many quotations and brackets are open before each word."""
        opens = self.is_a(Role.OPENS_QUOTE | Role.OPENS_BRACKET).astype(np.int64)
        closes = self.is_a(Role.CLOSES_QUOTE | Role.CLOSES_BRACKET)
        return np.append(0, np.cumsum(opens - closes))

    def of_kind(self, kind: Kind) -> Flags:
        """(M,) whether each word is of a kind, or of any of several."""
        return (self.kinds & np.uint16(kind)) > 0

    def names(self, sense: Sense) -> Flags:
        """(M,) whether each word has a sense, or any of several."""
        senses = self.batch.lexicon.facts("senses", senses_of, np.uint64)[self.ids]
        return (senses & np.uint64(sense)) > 0

    def is_a(self, role: Role) -> Flags:
        """(M,) whether each word can play a role, or any of several."""
        return (self.roles & np.uint64(role)) > 0
