"""The sentences that a headline may come from, token by token and clause by clause, as arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum, IntFlag, auto
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .arrays import bits
from .roles import Role, Sense
from .textrank import Ranking, places_within, ranges
from .tokens import EVERY, Flags, Ints, Kind
from .view import TokenView


class Part(IntFlag):
    """What a token is in its clause."""

    VERB = auto()  # a verb, or a noun that stands where a verb stands: 全面启动, 印发通知
    MAIN = auto()  # a verb that a clause can be about: not quoted, nor 举办 in 举办的比赛
    PREDICATE = auto()  # what may follow a subject: such a verb, a preposition or an adverb
    NOMINAL = auto()  # a noun or what may belong to one
    TELLS = auto()  # what may be a verb, or a figure that is no date
    DATE = auto()  # the figures and units of dates, and 当地时间 before them
    LEADS = auto()  # a time or a connective where a clause opens with it
    QUOTED = auto()


class Told(IntEnum):
    """How a clause stands in a strip."""

    AS_IS = 0
    LENT = auto()  # opens with the subject of a clause before it
    FRAME = auto()  # has the speaker and the verb alone
    AFTER = auto()  # follows one of these
    LEARNED = auto()  # is part of a line that was made of its sentence


@dataclass(frozen=True)
class Strip(TokenView):
    """The sentences of a batch that a headline may come from, M tokens and C clauses in all.

    Attributes
    ----------
    ranking : the batch and its ranks.
    tokens : (M,) place of each token in the batch.
    clauses : (C, 2) first place in the strip and end of each clause.
    sentence : (C,) the sentence of each clause, by its number in the batch.
    place : (C,) how many clauses of the sentence stand before it.
    version : (C,) how much was left out of the sentence: 0 for nothing.
    telling : (C,) which telling of its sentence it belongs to, in ascending order.
    told : (C,) the `Told` of each.
    parts : (M,) the bits of `Part` of each token, as it stands in the text.
    """

    clauses: Ints
    sentence: Ints
    place: Ints
    version: Ints
    telling: Ints
    told: Ints
    parts: NDArray[np.uint16]

    @classmethod
    def of(cls, ranking: Ranking, sentences: Flags) -> Strip:
        """Some sentences of a batch.

        sentences : (S,) those that are wanted.
        """
        batch = ranking.batch
        sentence = np.searchsorted(batch.sentences[:, 0], batch.clauses[:, 0], side="right") - 1
        chosen = sentences[sentence]
        clauses, sentence = batch.clauses[chosen], sentence[chosen]
        tokens = ranges(clauses)
        solid = ~batch.of(Kind.BLANK, tokens)
        tokens = tokens[solid]
        ends = counts(solid)[np.cumsum(clauses[:, 1] - clauses[:, 0])].astype(np.int64)
        own = np.stack([np.append(0, ends[:-1])[: len(ends)], ends], axis=1)
        place = places_within(sentence)
        none = np.zeros_like(place)
        unknown = np.zeros(len(tokens), np.uint16)
        bare = cls(ranking, tokens, own, sentence, place, none, sentence, none, unknown)
        return replace(bare, parts=_parts(bare))

    def __len__(self) -> int:
        """The number of tokens, M."""
        return len(self.tokens)

    @cached_property
    def lengths(self) -> Ints:
        """(M,) the characters of each."""
        return self.batch.lexicon.lengths[self.ids]

    @cached_property
    def clause_of(self) -> Ints:
        """(M,) the clause of each token."""
        return np.repeat(np.arange(len(self.clauses)), self.clauses[:, 1] - self.clauses[:, 0])

    @cached_property
    def article(self) -> Ints:
        """(C,) the article of each clause."""
        return self.ranking.sentence_of[self.sentence]

    @cached_property
    def sentence_place(self) -> Ints:
        """(C,) how many sentences of the article stand before that of a clause."""
        return self.ranking.place[self.sentence]

    @cached_property
    def clause_start(self) -> Ints:
        """(M,) where the clause of each token starts."""
        start: Ints = self.clauses[self.clause_of, 0]
        return start

    @cached_property
    def clause_end(self) -> Ints:
        """(M,) where the clause of each token ends."""
        end: Ints = self.clauses[self.clause_of, 1]
        return end

    @cached_property
    def chars_before(self) -> NDArray[np.int32]:
        """(M + 1,) the characters of all tokens before each place."""
        return counts(self.lengths)

    @cached_property
    def breaks(self) -> Flags:
        """(M,) the marks that a headline has a space for."""
        return self.is_a(Role.BREAK) & ~self.batch.hyphens[self.tokens]

    def next_is(self, flags: Flags) -> Flags:
        """(M,) whether the next token of the sentence is flagged."""
        return np.append(flags[1:] & ~self._opens[1:], False)[: len(flags)]

    def last_was(self, flags: Flags) -> Flags:
        """(M,) whether the token of the sentence before is flagged."""
        return np.append(False, flags[:-1])[: len(flags)] & ~self._opens

    @cached_property
    def _opens(self) -> Flags:
        """(M,) the first token of each telling of a sentence."""
        opens: Flags = np.diff(self.telling[self.clause_of], prepend=-1) != 0
        return opens

    @cached_property
    def dated(self) -> Flags:
        """(M,) figures that a unit of time follows: the 9 of 9 月."""
        return self.of_kind(Kind.NUMBER | Kind.NUMERAL) & self.next_is(self.is_a(Role.DATE_UNIT))

    def is_part(self, part: Part, at: Ints | slice = EVERY) -> Flags:
        """Whether each token, or each at some places, is a part, or any of several."""
        return (self.parts[at] & np.uint16(part)) > 0


def _parts(strip: Strip) -> NDArray[np.uint16]:
    """(M,) the bits of `Part` that hold for each token."""
    is_a, names, tagged = strip.is_a, strip.names, strip.tagged
    next_is, last_was = strip.next_is, strip.last_was
    number = strip.of_kind(Kind.NUMBER)
    de = is_a(Role.DE)
    opens = is_a(Role.OPENS_QUOTE)
    closes = is_a(Role.CLOSES_QUOTE)
    depth = counts(opens.astype(np.int8) - closes)
    quoted = depth[1:] > depth[strip.clause_start]
    local = names(Sense.LOCAL) & next_is(names(Sense.CLOCK))
    date = strip.dated | local | (names(Sense.CLOCK) & last_was(local))
    date |= is_a(Role.DATE_UNIT) & last_was(strip.dated)
    adverb = is_a(Role.ADVERB)
    acts = is_a(Role.ACTS) & ~last_was(de)
    acts |= tagged("vn") & (next_is(tagged("ul uz")) | last_was(adverb))
    # 36例 is no verb, whatever the dictionary says.
    measure = (strip.lengths == 1) & last_was(strip.of_kind(Kind.COUNT))
    approx = is_a(Role.APPROX) & next_is(strip.of_kind(Kind.NUMERAL))
    verb = (strip.of_kind(Kind.VERB) | acts) & ~is_a(Role.LINKS) & ~measure & ~approx
    main = verb & ~quoted & ~next_is(de)
    adverbial = adverb | is_a(Role.TIME | Role.MANNER) | date
    predicate = (main | adverbial | is_a(Role.LINKS) | tagged("p d ad t")) & ~quoted & ~approx
    nominal = tagged("n nr ns nt nz vn a b i j l m q eng f s k z r uj")
    nominal |= approx | opens | closes | is_a(Role.LIST_MARK | Role.AND | Role.ETC)
    nominal &= ~(verb | adverbial | is_a(Role.OF_ALL))
    # 今天出版的, where what was published says more.
    out = names(Sense.PUBLISHED) & next_is(de)
    opens_clause = np.arange(len(strip)) == strip.clause_start
    numbered = strip.of_kind(Kind.NUMERAL) & next_is(is_a(Role.LIST_MARK)) & opens_clause
    leads = numbered | is_a(Role.LEAD | Role.LEAD_MARK) | date | out | (de & last_was(out))
    held = {
        Part.VERB: verb,
        Part.MAIN: main,
        Part.PREDICATE: predicate,
        Part.NOMINAL: nominal | quoted,
        Part.TELLS: main | tagged("v vn l i a") | (number & ~date),
        Part.DATE: date,
        Part.LEADS: leads,
        Part.QUOTED: quoted,
    }
    return bits(held.items(), len(strip))


def counts(values: NDArray[np.generic]) -> NDArray[np.int32]:
    """(M + 1,) how much stands before each place: of flags, how many; of figures, their sum.

    In 32 bits, which NumPy sums up twice as fast as 64.
    """
    sums = np.zeros(len(values) + 1, np.int32)
    np.cumsum(values, dtype=np.int32, out=sums[1:])
    return sums


def following(flags: Flags) -> Ints:
    """(M + 1,) the first flagged place at or after each; M for none."""
    places = np.append(np.flatnonzero(flags), len(flags))
    return np.repeat(places, np.diff(places, prepend=-1))


def preceding(flags: Flags) -> Ints:
    """(M,) the last flagged place at or before each; -1 for none."""
    places = np.append(-1, np.flatnonzero(flags))
    lengths = np.diff(places, append=len(flags))
    # What stands before the first flagged place has none.
    lengths[0] -= 1
    return np.repeat(places, lengths)
