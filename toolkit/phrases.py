"""Keywords: the most central words of each article, as the phrases they stand in.

R. Mihalcea and P. Tarau, "TextRank: Bringing Order into Text", EMNLP 2004, make one keyword of
ranked words that are adjacent. Here words belong together only if the article has them together
twice, or sets them apart in quotation marks, or they make a name: that two words met once is no
sign of a phrase.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag, auto
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .arrays import bits, distinct
from .tags import TAGS
from .textrank import Floats, Ranking
from .tokens import STOPWORDS, Flags, Ints, Kind, Lexicon, TokenBatch

_MOST_WORDS = 6
_OPENS = "“《「『"
_CLOSES = "”》」』"
# What a name ends in that opens with a place or another name: 海淀区 总工会.
_ORGANISATIONS = frozenset(
    """总工会 工会 公司 分公司 集团 学校 大学 学院 中学 小学 幼儿园 医院 银行 协会 联合会
    委员会 研究院 研究所 街道 社区 车站 机场 广场 公园 大桥 自治区 自治州""".split()
)


@dataclass(frozen=True)
class _Units:
    """Words alone (the terms of a ranking) or phrases of one length, U in all.

    Attributes
    ----------
    words : how many words each has.
    document : (U,) the article of each.
    first : (U,) the token it first stands at, outside longer phrases.
    score : (U,) the rank of its words, as far as they stand in it.
    parts : (2, U) its first and its last words, one fewer, as numbers among the units that are one
        word shorter; -1 where these are no units.
    """

    words: int
    document: Ints
    first: Ints
    score: Floats
    parts: Ints


def keywords(ranking: Ranking, n: int = 8) -> list[list[str]]:
    """The `n` most central words and phrases of each article, most central first.

    Every one stands in the body as it is; no word or phrase is given beside one that holds it. A
    word's rank is shared out over its occurrences, and a phrase, or a word alone, has the shares of
    its own.
    """
    batch = ranking.batch
    levels = _units(ranking)
    kept = [np.flatnonzero(keep) for keep in _without_parts(levels)]
    chosen = list(zip(levels, kept, strict=True))
    document = np.concatenate([level.document[units] for level, units in chosen])
    first = np.concatenate([level.first[units] for level, units in chosen])
    score = np.concatenate([level.score[units] for level, units in chosen])
    last = first + np.repeat([level.words for level in levels], [len(units) for units in kept])
    # By article and score, which is over 0 and at most 1, then the one that stands first.
    order = np.lexsort((first, document - score))
    borders = np.searchsorted(document[order], np.arange(len(batch) + 1))
    best = order[np.arange(len(order)) - borders[document[order]] < n]
    starts, ends = batch.offsets[first[best]].tolist(), batch.offsets[last[best]].tolist()
    texts = [batch.text[start:end] for start, end in zip(starts, ends, strict=True)]
    counts = np.append(0, np.cumsum(np.minimum(np.diff(borders), n)))
    return [texts[start:end] for start, end in pairwise(counts.tolist())]


def _units(ranking: Ranking) -> list[_Units]:
    """The words alone, then the phrases of two words, of three and so on."""
    batch = ranking.batch
    places, joined, named = _links(batch)
    term = ranking.term_of[places]
    known = term >= 0
    often = np.bincount(term[known], minlength=len(ranking.terms))
    share = np.zeros(len(places))
    share[known] = (ranking.term_ranks / often)[term[known]]
    covered = np.zeros(len(places), bool)
    levels = []
    # Two words are together twice only if each is there twice.
    again = ~known
    again[known] = often[term[known]] > 1
    joined[:-1] &= named[:-1] | (again[:-1] & again[1:])
    for runs in reversed(_runs(batch, places, joined, named, term)):
        free = ~np.logical_or.reduce([covered[runs.start + k] for k in range(runs.words)])
        free[1:] &= ~free[:-1] | (np.diff(runs.start) >= runs.words)
        start, number = runs.start[free], runs.number[free]
        within = np.zeros(len(start))
        for k in range(runs.words):
            covered[start + k] = True
            within += share[start + k]
        score = _sums(number, within, runs.count)
        first = _firsts(places[start], number, runs.count)
        parts = np.full((2, runs.count), -1)
        parts[:, runs.number] = runs.parts
        levels.append(_Units(runs.words, batch.document_of[first], first, score, parts))
    alone = np.flatnonzero(known & ~covered)
    score = _sums(term[alone], share[alone], len(often))
    first = _firsts(places[alone], term[alone], len(often))
    levels.append(_Units(1, ranking.terms[:, 0], first, score, np.empty((2, 0), np.int64)))
    return levels[::-1]


@dataclass(frozen=True)
class _Runs:
    """Where phrases of one length stand.

    Attributes
    ----------
    words : their length.
    start : (R,) the first word of each occurrence, as a place among those that can be in phrases.
    number : (R,) which phrase it is, below `count`.
    parts : (2, R) see `_Units.parts`.
    """

    words: int
    start: Ints
    number: Ints
    parts: Ints
    count: int


def _runs(batch: TokenBatch, places: Ints, joined: Flags, named: Flags, term: Ints) -> list[_Runs]:
    """The runs of words that belong together: of two words, of three and so on.

    As in the search for frequent item sets (R. Agrawal and R. Srikant, VLDB 1994), a run is only
    looked at if both the runs in it that are one word shorter belong together.
    """
    found = []
    start = np.flatnonzero(joined)
    named = named[start]
    width = max(len(batch.lexicon.words), 1)
    left = batch.document_of[places[start]] * width + batch.ids[places[start]]
    right = batch.ids[places[start + 1]]
    parts = np.stack([term[start], term[start + 1]])
    for words in range(2, _MOST_WORDS + 1):
        key: Ints = left * width + right
        first, number = distinct(key)
        often = np.bincount(number, minlength=len(first))
        together = (often[number] > 1) | named
        start, number, named = start[together], number[together], named[together]
        if not len(start):
            break
        found.append(_Runs(words, start, number, parts[:, together], len(often)))
        on = np.flatnonzero(np.diff(start) == 1)
        left, right, width = number[on], number[on + 1], len(often)
        start, named, parts = start[on], named[on] & named[on + 1], np.stack([left, right])
    return found


def _sums(number: Ints, values: Floats, count: int) -> Floats:
    """(count,) the sum of the values of each number; equal but for rounding is equal."""
    sums: Floats = np.bincount(number, values, count).astype(np.float64).round(9)
    return sums


def _firsts(places: Ints, number: Ints, count: int) -> Ints:
    """(count,) the first place of each number; 0 for one without any."""
    first = np.zeros(count, np.int64)
    first[number[::-1]] = places[::-1]
    return first


class _Part(IntFlag):
    """What part a word can play in a phrase."""

    FITS = auto()  # a noun, or an adjective of one character
    ADJECTIVE = auto()
    PERSON = auto()
    PROPER = auto()  # a name of a place or of another thing
    ORGANISATION = auto()
    PLAIN = auto()  # a word or a numeral, not a mark
    FIGURE = auto()
    OPENS = auto()
    CLOSES = auto()


def _parts(lexicon: Lexicon) -> NDArray[np.uint16]:
    """(W,) the bits of `_Part` that hold for each word."""

    def part(words: Sequence[str]) -> NDArray[np.uint16]:
        numbers = [lexicon[word] for word in words]
        kinds, tags = lexicon.kinds[numbers], [TAGS[tag] for tag in lexicon.tags[numbers]]
        lone = np.array([len(word) == 1 and word not in STOPWORDS for word in words])
        holds = {
            _Part.FITS: ((kinds & Kind.NOUN) > 0) & (((kinds & Kind.CONTENT) > 0) | lone),
            _Part.FITS | _Part.ADJECTIVE: lone & [tag in ("a", "b") for tag in tags],
            _Part.PERSON: (kinds & Kind.PERSON) > 0,
            _Part.PROPER: [tag in ("ns", "nt", "nz") for tag in tags],
            _Part.ORGANISATION: [word in _ORGANISATIONS for word in words],
            _Part.PLAIN: (kinds & (Kind.WORD | Kind.NUMERAL)) > 0,
            _Part.FIGURE: (kinds & Kind.NUMBER) > 0,
            _Part.OPENS: [word in _OPENS for word in words],
            _Part.CLOSES: [word in _CLOSES for word in words],
        }
        return bits(holds.items(), len(words))

    return lexicon.facts("phrases", part, np.uint16)


def _links(batch: TokenBatch) -> tuple[Ints, Flags, Flags]:
    """The words that phrases are made of, and which of them belong to the next.

    Returns
    -------
    (P,) the tokens: nouns of the bodies, adjectives of one character, and what is in quotation
    marks; (P,) whether the next of them follows directly and can be of one phrase with it; (P,)
    whether it makes a name or a quoted term with it.
    """
    part = _parts(batch.lexicon)[batch.ids]
    quoted = _quoted(part)
    places = np.flatnonzero((_is(part, _Part.FITS) | quoted) & batch.in_body)
    after = np.append(places[1:], places[-1:])
    own, following = part[places], part[after]
    in_quotes = quoted[places] & quoted[after]
    # A name and what its bearer is, 选手 彭国栋, are no phrase; nor are a noun and an adjective
    # said of it, 质量 好; nor what a figure stands before, 7 月份, and the next word.
    unlike = _is(own ^ following, _Part.PERSON) | _is(following, _Part.ADJECTIVE)
    unlike |= _is(part[places - 1], _Part.FIGURE)
    joined = (after == places + 1) & (in_quotes | ~unlike)
    name = _is(own & following, _Part.PERSON)
    name |= _is(own, _Part.PROPER) & _is(following, _Part.ORGANISATION)
    return places, joined, joined & (in_quotes | name)


def _is(part: NDArray[np.uint16], bits: _Part) -> Flags:
    return (part & np.uint16(bits)) > 0


def _quoted(part: NDArray[np.uint16]) -> Flags:
    """(T,) whether a token is a word between marks that hold a few words and nothing else."""
    opens = np.flatnonzero(_is(part, _Part.OPENS))
    marks = np.append(np.flatnonzero(~_is(part, _Part.PLAIN)), len(part) - 1)
    end = marks[np.searchsorted(marks[:-1], opens, "right")]
    good = _is(part[end], _Part.CLOSES) & (end - opens - 1 <= _MOST_WORDS)
    borders = np.zeros(len(part), np.int64)
    borders[opens[good] + 1] += 1
    borders[end[good]] -= 1
    return np.cumsum(borders) > 0


def _without_parts(levels: Sequence[_Units]) -> list[Flags]:
    """Which units to keep, so that none holds another: of two, the one of the higher score."""
    scores = [levels[0].score]
    inner = np.zeros(len(scores[0]))
    for level in levels[1:]:
        # A part that is no unit is -1, and finds the zero at the end.
        inner = np.append(np.maximum(scores[-1], inner), 0.0)[level.parts].max(axis=0)
        scores.append(np.where(level.score >= inner, level.score, 0.0))
    outer = np.zeros(len(scores[-1]))
    keep = [scores[-1] > outer]
    for level, score, shorter in zip(levels[:0:-1], scores[:0:-1], scores[-2::-1], strict=True):
        reached = np.zeros(len(shorter) + 1)
        for part in level.parts:
            np.maximum.at(reached, part, np.maximum(score, outer))
        outer = reached[:-1]
        keep.append(shorter > outer)
    return keep[::-1]
