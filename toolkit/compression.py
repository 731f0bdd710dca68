"""What a sentence can do without, and the shorter versions of it that still stand.

Grammar says what may be left out: times, brackets, offices before a name, places given in
passing, attributes, adverbs, the middle of a list. How likely printed headlines are to keep the
words (see `salience`) says which of it goes first.

Sentence compression by deletion under grammatical constraints follows J. Clarke and M. Lapata,
"Global Inference for Sentence Compression", JAIR 31, 2008; here the constraint is that a unit is
dropped whole or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from .roles import Role
from .strip import Part, Strip, following, preceding
from .textrank import Floats
from .tokens import Flags, Ints, Kind, last_was, next_is

# A unit is dropped in a version when its words' mean log odds of being kept are below its figure.
_STRENGTHS = (-2.5, -1.5, np.inf)


# What may go.
UNITS = ("aside", "time", "office", "place", "about", "attribute", "adverb", "list", "region")


@dataclass(frozen=True)
class Units:
    """The U runs of words that may be dropped, each within one clause.

    Attributes
    ----------
    start, end : (U,) places in the strip.
    kind : (U,) place in `UNITS`.
    """

    start: Ints
    end: Ints
    kind: Ints

    def mask(self, size: int, chosen: Flags) -> Flags:
        """(size,) the tokens that lie in one of the chosen units."""
        edges = np.zeros(size + 1, np.int64)
        np.add.at(edges, self.start[chosen], 1)
        np.add.at(edges, self.end[chosen], -1)
        covered: Flags = np.cumsum(edges)[:-1] > 0
        return covered


def units(strip: Strip) -> Units:
    """What may be left out of the sentences of a strip."""
    grammar = _Grammar(strip)
    found = [getattr(grammar, name)() for name in UNITS] if len(strip) else []
    kind = np.repeat(np.arange(len(found)), [len(start) for start, _ in found])
    nothing = np.empty(0, np.int64)
    start = np.concatenate([nothing, *(start for start, _ in found)])
    end = np.concatenate([nothing, *(end for _, end in found)])
    good = start < end
    good[good] = end[good] <= strip.clause_end[start[good]]
    # What is quoted stays as it was said.
    good[good] = ~strip.is_part(Part.QUOTED, start[good])
    return Units(start[good], end[good], kind[good])


class _Grammar:
    """The arrays over a strip that units are found with; each method finds one kind."""

    def __init__(self, strip: Strip) -> None:
        self.strip = strip
        self.index = np.arange(len(strip))
        self.noun = strip.of_kind(Kind.NOUN)
        self.verb = strip.of_kind(Kind.VERB) | strip.is_part(Part.VERB)
        self.de = strip.is_a(Role.DE)

    def aside(self) -> tuple[Ints, Ints]:
        """（自治区、直辖市）"""
        opens = np.flatnonzero(self.strip.is_a(Role.OPENS_BRACKET))
        return opens, following(self.strip.is_a(Role.CLOSES_BRACKET))[opens] + 1

    def time(self) -> tuple[Ints, Ints]:
        """9月27日上午, 截至目前, 近日"""
        strip = self.strip
        number = strip.of_kind(Kind.NUMBER | Kind.NUMERAL)
        unit = strip.is_a(Role.DATE_UNIT)
        dated = strip.dated
        # 1—11月份, 18日至20日
        to = strip.is_a(Role.RANGE) & next_is(dated) & last_was(number | unit)
        dated = dated | (number & next_is(to))
        time = (
            dated | to | (unit & last_was(dated)) | strip.is_a(Role.TIME) | strip.is_part(Part.DATE)
        )
        time |= strip.is_a(Role.TO_TIME) & next_is(time)
        time |= strip.is_a(Role.FROM_TIME) & last_was(time)
        start, end = self._runs(time)
        # 11月1日向…, where 日向 was taken for a word: a date is dropped whole or not at all.
        good = ~np.append(number, False)[end]
        after_verb = last_was(self.verb | strip.tagged("ul"))[start]
        # 只交了七个月, 定于9月10日前报名: how long something was done, and what it was set for.
        ends = np.append(strip.of_kind(Kind.ENDS_CLAUSE), True)[end] | (
            end == strip.clause_end[start]
        )
        good &= ~(after_verb & (ends | strip.is_a(Role.TO_TIME)[start]))
        return start[good], self._with_de(end[good])

    def office(self) -> tuple[Ints, Ints]:
        """国务院总理 before a name"""
        strip = self.strip
        person = strip.of_kind(Kind.PERSON)
        name = np.flatnonzero(person & last_was(strip.is_a(Role.OFFICE)))
        titled = (self.noun & ~person & ~strip.tagged("vn")) | strip.is_a(Role.OFFICE_PREFIX)
        start = np.maximum(preceding(~titled)[name - 1] + 1, self.strip.clause_start[name])
        # 张三和时任会长李四
        start += strip.is_a(Role.AND)[start]
        # 习近平特别代表、国家副主席韩正: one name must not run into another.
        good = ~person[np.maximum(start - 1, 0)] | (start == self.strip.clause_start[name])
        return start[good], name[good]

    def place(self) -> tuple[Ints, Ints]:
        """在人民大会堂 before the verb"""
        at = np.flatnonzero(self.strip.is_a(Role.AT) & ~last_was(self.verb))
        inside = np.minimum(at + 1, len(self.index) - 1)
        verb = following(self.verb | self.strip.tagged("p d"))[inside]
        de = following(self.de)[at]
        good = (verb - at >= 2) & (verb - at <= 12) & (verb < self.strip.clause_end[at])
        # 在人民大会堂会见: what may be a verb or part of a name leaves the end unsure.
        good &= following(self.strip.tagged("vn"))[inside] >= verb
        # 在京召开的会议: what follows belongs to a noun, and the place with it.
        good &= (de < at) | (de > verb + 3) | (de >= self.strip.clause_end[at])
        # 在一处废弃厂房内查获: the place ends after what was taken for its verb.
        good &= following(self.strip.is_a(Role.WHERE))[verb] > verb + 3
        # 在澄钢冷轧车间举行: so does it where a noun and another verb follow that verb.
        after = np.minimum(verb + 1, len(self.index) - 1)
        again = following(self.verb)[after] < self.strip.clause_end[at]
        good &= ~(self.noun[after] & again & self.verb[np.minimum(verb, after)])
        good &= ~self._says_when[at]
        return at[good], verb[good]

    def about(self) -> tuple[Ints, Ints]:
        """关于全面加强保障的 before its noun; 以创新为主题的; 主题为“创新”的"""
        strip = self.strip
        topic, is_, de = strip.is_a(Role.TOPIC), strip.is_a(Role.IS), self._before_noun
        about = np.flatnonzero(strip.is_a(Role.ABOUT) & ~last_was(self._opens_quote))
        with_ = np.flatnonzero(strip.is_a(Role.WITH) & ~last_was(self._opens_quote))
        named = np.flatnonzero(topic & next_is(is_ & next_is(self._opens_quote)))
        closes = following(strip.is_a(Role.CLOSES_QUOTE))
        # Only with its 的 does a named topic stand before a noun.
        named = named[np.append(self.de, False)[closes[named] + 1 - (closes[named] == len(strip))]]
        ends = (
            following(de)[about] + 1,
            self._with_de(following(topic & last_was(is_))[with_] + 1),
            closes[named] + 2,
        )
        return np.concatenate([about, with_, named]), np.concatenate(ends)

    def attribute(self) -> tuple[Ints, Ints]:
        """历史性的 before its noun, where the verb before it can take the bare noun"""
        strip = self.strip
        head = (self.noun | strip.tagged("a vn b")) & ~strip.is_a(Role.LIGHT)
        de = np.flatnonzero(self.de & next_is(head))
        may_stand = strip.tagged("n nr ns nt nz a b i l j z vn eng f s t k") | self.de
        may_stand |= strip.is_a(Role.LIST_MARK)
        start = np.maximum(preceding(~may_stand)[de] + 1, self.strip.clause_start[de])
        opens_clause = start == self.strip.clause_start[de]
        before = np.maximum(start - 1, 0)
        takes = (self.verb | strip.tagged("ul c"))[before] & ~strip.is_a(Role.HEAVY)[before]
        # 一处安置房工地的: a verb after a measure word is part of what is counted.
        takes &= ~strip.tagged("m q", np.maximum(before - 1, 0))
        good = (start < de) & (opens_clause | takes)
        # 在学习贯彻会议上的, 关于加强保障的: the verb before belongs to what 在 or 关于 opens.
        good &= ~strip.tagged("p")[preceding(~self.verb)[before]]
        good &= preceding(strip.is_a(Role.ABOUT))[de] < self.strip.clause_start[de]
        return start[good], de[good] + 1

    def adverb(self) -> tuple[Ints, Ints]:
        """已经, 隆重"""
        opens = self.verb | self.noun | self.strip.tagged("d p")
        # 韩|正在北京: a surname alone has lost the rest of its name to the adverb.
        surname = self.noun & (self.strip.lengths == 1)
        return self._runs(self.strip.is_a(Role.ADVERB) & next_is(opens) & ~last_was(surname))

    def list(self) -> tuple[Ints, Ints]:
        """、顿涅茨克 between the first of a list and its 等"""
        first = np.flatnonzero(self.strip.is_a(Role.LIST_MARK))
        etc = following(self.strip.is_a(Role.ETC))[first]
        # Where no 等 follows, the end of the strip is no end of a list in its last clause.
        there = etc < len(self.index)
        return first[there], etc[there]

    def region(self) -> tuple[Ints, Ints]:
        """河南省 before 漯河市"""
        district = self.strip.of_kind(Kind.DISTRICT)
        return self._runs(district & next_is(district))

    @cached_property
    def _before_noun(self) -> Flags:
        """(M,) each 的 that a noun follows."""
        return self.de & next_is(self.noun)

    @cached_property
    def _opens_quote(self) -> Flags:
        return self.strip.is_a(Role.OPENS_QUOTE)

    @cached_property
    def _says_when(self) -> Flags:
        """(M,) whether the clause of each token ends by saying when."""
        closed = self.strip.of_kind(Kind.ENDS_CLAUSE)[self.strip.clause_end - 1]
        last = np.maximum(self.strip.clause_end - 1 - closed, 0)
        when: Flags = self.strip.is_a(Role.WHEN)[last]
        return when

    def _with_de(self, end: Ints) -> Ints:
        """The same ends, past a 的 that follows."""
        past: Ints = end + np.append(self.de, False)[np.minimum(end, len(self.de))]
        return past

    def _runs(self, flags: Flags) -> tuple[Ints, Ints]:
        """Start and end of each unbroken run of flagged tokens within a clause."""
        first = flags & (~last_was(flags) | (self.index == self.strip.clause_start))
        last = flags & (~next_is(flags) | (self.index + 1 == self.strip.clause_end))
        return np.flatnonzero(first), np.flatnonzero(last) + 1


def versions(strip: Strip, units: Units, log_odds: Floats) -> tuple[Strip, Ints]:
    """The sentences of a strip as they are and shortened more and more, side by side.

    Brackets are dropped from every version. A version that is no shorter than the one before is
    left out.

    Parameters
    ----------
    log_odds : (M,) of a headline keeping each token.

    Returns
    -------
    The strip of all versions, and (its M,) where each of its tokens stood in the one given.
    """
    weight = np.append(0.0, np.cumsum(log_odds * strip.lengths))
    chars = strip.chars_before
    mean = (weight[units.end] - weight[units.start]) / (chars[units.end] - chars[units.start])
    aside = units.kind == UNITS.index("aside")
    sentence = strip.sentence[strip.clause_of]
    kept = ~units.mask(len(strip), aside) & ~strip.of_kind(Kind.BLANK)
    places = [np.flatnonzero(kept)]
    total = len(strip.ranking.sentence_of)
    size = np.bincount(sentence[kept], minlength=total)
    for strength in _STRENGTHS:
        kept = kept & ~units.mask(len(strip), mean < strength)
        shorter = np.bincount(sentence[kept], minlength=total)
        places.append(np.flatnonzero(kept & (shorter < size)[sentence]))
        size = shorter
    place = np.concatenate(places)
    version = np.repeat(np.arange(len(places)), [len(each) for each in places])
    clause = strip.clause_of[place]
    start = np.flatnonzero(np.diff(version * len(strip.clauses) + clause, prepend=-1))
    runs = np.stack([start, np.append(start[1:], len(place))[: len(start)]], axis=1)
    own = clause[start]
    made = replace(
        strip,
        tokens=strip.tokens[place],
        clauses=runs,
        sentence=strip.sentence[own],
        place=strip.place[own],
        version=version[start],
        telling=version[start] * total + strip.sentence[own],
        told=strip.told[own],
        parts=strip.parts[place],
    )
    return made, place
