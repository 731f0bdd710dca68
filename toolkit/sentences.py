"""The sentences that a headline may come from, each as one run of words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .roles import Role
from .strip import Part, Strip, counts
from .textrank import places_within
from .tokens import Flags, Ints, Kind
from .view import TokenView

# What a headline says stands near the start of even the longest sentence.
MOST_WORDS = 44


@dataclass(frozen=True)
class Sentences(TokenView):
    """Some sentences of a batch, S of them with M words and marks in all, white space left out.

    Attributes
    ----------
    ranking : the batch and its ranks.
    tokens : (M,) place of each word in the batch.
    place : (M,) place of each word in the strip that the sentences were taken of.
    bounds : (S, 2) first word of each sentence and the one after its last.
    numbers : (S,) each sentence by its number in the batch.
    verbs : (M,) the verbs that a clause can be about.
    """

    place: Ints
    bounds: Ints
    numbers: Ints
    verbs: Flags

    @classmethod
    def of(cls, strip: Strip) -> Sentences:
        """The first words of each sentence of a strip that tells them as they stand."""
        # A clause can run on over marks that open the next sentence: 。——.
        sentence = np.searchsorted(strip.batch.sentences[:, 0], strip.tokens, side="right") - 1
        place = np.flatnonzero(np.isin(sentence, strip.sentence))
        place = place[places_within(sentence[place]) < MOST_WORDS]
        sentence = sentence[place]
        start = np.flatnonzero(np.diff(sentence, prepend=-1))
        end = np.append(start[1:], len(place))[: len(start)]
        bounds = np.stack([start, end], axis=1)
        verbs = strip.is_part(Part.MAIN, place)
        return cls(strip.ranking, strip.tokens[place], place, bounds, sentence[start], verbs)

    def __len__(self) -> int:
        """The number of sentences, S."""
        return len(self.numbers)

    def next_is(self, flags: Flags) -> Flags:
        """(M,) whether the next word of the sentence is flagged."""
        return np.append(flags[1:], False)[: len(flags)] & ~self.ends_sentence

    def last_was(self, flags: Flags) -> Flags:
        """(M,) whether the word of the sentence before is flagged."""
        return np.append(False, flags[:-1])[: len(flags)] & ~self.opens_sentence

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
    def first(self) -> Ints:
        """(M,) the first word of the sentence of each."""
        first: Ints = self.bounds[self.sentence_of, 0]
        return first

    @cached_property
    def last(self) -> Ints:
        """(M,) the last word of the sentence of each."""
        last: Ints = self.bounds[self.sentence_of, 1] - 1
        return last

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
    def opens_sentence(self) -> Flags:
        """(M,) whether each word is the first of its sentence."""
        opens: Flags = np.arange(len(self.tokens)) == self.first
        return opens

    @cached_property
    def opens_clause(self) -> Flags:
        """(M,) whether each word is the first of its clause."""
        opens: Flags = self.opens_sentence | self.last_was(self.ends_clause)
        return opens

    @cached_property
    def ends_sentence(self) -> Flags:
        """(M,) whether each word is the last of its sentence."""
        ends: Flags = np.arange(len(self.tokens)) == self.last
        return ends

    @cached_property
    def closes_clause(self) -> Flags:
        """(M,) whether each word is the last of its clause before the mark, or of the sentence."""
        closes: Flags = self.ends_sentence | self.next_is(self.ends_clause)
        return closes

    @cached_property
    def clauses(self) -> Ints:
        """(M,) how many clauses of the sentence stand before that of each word."""
        ends: Ints = np.cumsum(self.ends_clause) - self.ends_clause
        own: Ints = ends - ends[self.first]
        return own

    @cached_property
    def depth(self) -> Ints:
        """(M + 1,) how many quotations and brackets are open before each word."""
        opens = self.is_a(Role.OPENS_QUOTE | Role.OPENS_BRACKET).astype(np.int64)
        return counts(opens - self.is_a(Role.CLOSES_QUOTE | Role.CLOSES_BRACKET)).astype(np.int64)

    @cached_property
    def clause_bounds(self) -> tuple[Ints, Ints]:
        """(M,) the first word of the clause of each, and the one after its last."""
        borders = np.flatnonzero(self.opens_clause)
        lengths = np.diff(borders, append=len(self.tokens))
        return np.repeat(borders, lengths), np.repeat(borders + lengths, lengths)

    @cached_property
    def quoted(self) -> Flags:
        """(M,) whether a quotation or a bracket is open before each word."""
        quoted: Flags = self.depth[:-1] > self.depth[self.first]
        return quoted

    @cached_property
    def verbs_before(self) -> NDArray[np.int32]:
        """(M + 1,) the verbs before each place."""
        return counts(self.verbs)

    @cached_property
    def verbs_beside(self) -> tuple[Ints, Ints]:
        """(M,) the verbs of the clause of each word before it, and after it."""
        start, end = self.clause_bounds
        before = self.verbs_before
        return before[:-1] - before[start], before[end] - before[1:]

    def shifted(self, values: NDArray[np.signedinteger], by: int) -> Ints:
        """(M,) the value of the word so many words on, 0 past the sentence."""
        at = np.arange(len(self.tokens)) + by
        inside = (at >= self.first) & (at <= self.last)
        return np.where(inside, values[np.clip(at, 0, len(values) - 1)], 0)
