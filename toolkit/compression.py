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

from .clauses import Clauses
from .roles import Role, Sense
from .strip import Part, Strip, counts, following, preceding
from .textrank import Floats
from .tokens import Flags, Ints, Kind, last_was, next_is

# A unit is dropped in a version when its words' mean log odds of being kept are below its figure.
_STRENGTHS = (-1.5, np.inf)

_LONGEST_OFFICE_CHARS = 12
# Dropped only where the clause is too long for a line: they say which one of several it is.
_LAST_RESORT = ("body", "ordinal", "partner", "title")

# What may go.
UNITS = (
    "aside",
    "time",
    "office",
    "place",
    "about",
    "attribute",
    "adverb",
    "list",
    "region",
    "relative",
    "way",
    "name",
    "body",
    "ordinal",
    "partner",
    "title",
)


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
    if found:
        office, name = UNITS.index("office"), UNITS.index("name")
        found[office], found[name] = _one_of(strip, found[office], found[name])
    kind = np.repeat(np.arange(len(found)), [len(start) for start, _ in found])
    nothing = np.empty(0, np.int64)
    start = np.concatenate([nothing, *(start for start, _ in found)])
    end = np.concatenate([nothing, *(end for _, end in found)])
    good = start < end
    good[good] = end[good] <= strip.clause_end[start[good]]
    # What is quoted stays as it was said, but for a title's marks and what it has in brackets.
    may = np.isin(kind[good], (UNITS.index("aside"), UNITS.index("title")))
    good[good] = may | ~strip.is_part(Part.QUOTED, start[good])
    return Units(start[good], end[good], kind[good])


def _one_of(
    strip: Strip, office: tuple[Ints, Ints], name: tuple[Ints, Ints]
) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    """Offices and names that may go, so that not both of one person do: the longer of the two."""
    chars = strip.chars_before
    long = chars[office[1]] - chars[office[0]] > _LONGEST_OFFICE_CHARS
    both = np.isin(office[1], name[0])
    named = ~np.isin(name[0], office[1][long])
    keeps = ~both | long
    return (office[0][keeps], office[1][keeps]), (name[0][named], name[1][named])


class _Grammar:
    """The arrays over a strip that units are found with; each method finds one kind."""

    def __init__(self, strip: Strip) -> None:
        self.strip = strip
        self.index = np.arange(len(strip))
        self.noun = strip.of_kind(Kind.NOUN)
        self.verb = strip.of_kind(Kind.VERB) | strip.is_part(Part.VERB)
        self.de = strip.is_a(Role.DE)
        self.clauses = Clauses(strip)

    def aside(self) -> tuple[Ints, Ints]:
        """（自治区、直辖市）"""
        strip = self.strip
        opens = np.flatnonzero(strip.is_a(Role.OPENS_BRACKET))
        closes = following(strip.is_a(Role.CLOSES_BRACKET))[opens]
        # 中欧班列（西安）开行量: which one it is.
        which = strip.tagged("ns", np.minimum(opens + 1, len(strip) - 1)) & (closes == opens + 2)
        which &= np.append(~strip.of_kind(Kind.JOINT), False)[np.minimum(closes + 1, len(strip))]
        return opens[~which], closes[~which] + 1

    def time(self) -> tuple[Ints, Ints]:
        """9月27日上午, 截至目前, 近日"""
        strip = self.strip
        number = strip.of_kind(Kind.NUMBER | Kind.NUMERAL)
        unit = strip.is_a(Role.DATE_UNIT)
        dated = strip.dated
        base = dated | (unit & last_was(dated)) | strip.is_a(Role.TIME) | strip.is_part(Part.DATE)
        # 1—11月份, 18日至20日
        span = strip.is_a(Role.RANGE)
        to = span & next_is(dated) & last_was(number | unit)
        to |= span & last_was(base) & next_is(base)
        dated = dated | (number & next_is(to))
        time = base | dated | to
        # 明年|1月1日, 周日|上午
        time |= strip.tagged("t") & next_is(time)
        time |= strip.is_a(Role.TO_TIME) & next_is(time)
        time |= strip.is_a(Role.FROM_TIME) & last_was(time)
        start, end = self._runs(time)
        # 11月1日向…, where 日向 was taken for a word: a date is dropped whole or not at all.
        good = ~np.append(number, False)[end]
        good &= ~last_was(strip.is_a(Role.SET_FOR) & ~strip.is_a(Role.TO_TIME))[start]
        # 一晚上, 两年
        good &= dated[start] | ~last_was(strip.of_kind(Kind.NUMERAL))[start]
        after_verb = last_was(self.verb | strip.tagged("ul"))[start]
        # 只交了七个月, 定于9月10日前报名: how long something was done, and what it was set for.
        ends = np.append(strip.of_kind(Kind.ENDS_CLAUSE), True)[end] | (
            end == strip.clause_end[start]
        )
        # 周日|上午, 今年|1—3月, 10日|至20日: what is left would be another time.
        day = dated | unit | strip.tagged("t")
        after = strip.tagged("t") | (strip.is_a(Role.RANGE) & next_is(day))
        closes = strip.is_a(Role.CLOSES_BRACKET)
        before = strip.tagged("t") | (strip.is_a(Role.RANGE) & last_was(day | closes))
        opens = np.append(strip.is_a(Role.OPENS_BRACKET), False)[end]
        past = np.minimum(np.where(opens, following(closes)[end] + 1, end), len(strip))
        good &= ~last_was(before)[start] & ~np.append(after, False)[past]
        # 1989年 says which year, as no day does.
        year = strip.of_kind(Kind.NUMBER) & (strip.lengths == 4)
        good &= ~(year[start] & (end - start == 2))
        # 年|会
        good &= ~np.append(self.noun & (strip.lengths == 1), False)[end]
        # 从22日|开始|受到影响
        since = strip.is_a(Role.TO_TIME, start) & np.append(strip.names(Sense.STARTS), False)[end]
        good &= ~since | np.append(next_is(self.verb), False)[end]
        end = end + since
        good &= ~(after_verb & (ends | strip.is_a(Role.TO_TIME)[start]))
        return start[good], self._with_de(end[good])

    def office(self) -> tuple[Ints, Ints]:
        """国务院总理 before a name"""
        strip = self.strip
        person = strip.of_kind(Kind.PERSON)
        name = np.flatnonzero(person & last_was(strip.names(Sense.OFFICE)))
        titled = self.noun & ~person & ~strip.tagged("vn") & ~self.verb
        titled |= strip.names(Sense.OFFICE_PREFIX)
        start = np.maximum(preceding(~titled)[name - 1] + 1, self.strip.clause_start[name])
        # 张三和时任会长李四
        start += strip.is_a(Role.AND)[start]
        # 习近平特别代表、国家副主席韩正: one name must not run into another.
        good = ~person[np.maximum(start - 1, 0)] | (start == self.strip.clause_start[name])
        # 厂长张三、副书记李四
        joined = strip.is_a(Role.LIST_MARK | Role.AND, np.maximum(start - 1, 0))
        good &= ~(joined & person[np.maximum(start - 2, 0)])
        return start[good], name[good]

    def place(self) -> tuple[Ints, Ints]:
        """在人民大会堂 before the verb"""
        strip = self.strip
        place = strip.is_a(Role.AT) & ~last_was(self.verb)
        at = np.flatnonzero(place & ~next_is(strip.is_a(Role.TIME) | strip.dated))
        inside = np.minimum(at + 1, len(self.index) - 1)
        verb = following(self.verb | strip.tagged("p d"))[inside]
        de = self._next_de[at]
        good = (verb - at >= 2) & (verb - at <= 12) & (verb < strip.clause_end[at])
        # 在人民大会堂会见: what may be a verb or part of a name leaves the end unsure.
        good &= following(strip.tagged("vn"))[inside] >= verb
        # 在京召开的会议: what follows belongs to a noun, and the place with it.
        good &= (de < at) | (de > verb + 3) | (de >= strip.clause_end[at])
        # 在澄钢冷轧车间举行: the place ends after what was taken for its verb where a noun and
        # another verb follow that verb.
        after = np.minimum(verb + 1, len(self.index) - 1)
        again = following(self.verb)[after] < strip.clause_end[at]
        sure = strip.is_a(Role.ACTS | Role.MEETS, np.minimum(verb, len(self.index) - 1))
        good &= sure | ~(
            self.noun[after] & again & self.verb[np.minimum(verb, len(self.index) - 1)]
        )
        # 在一处废弃厂房内查获
        where = following(strip.is_a(Role.WHERE) & next_is(self.verb | strip.tagged("p d")))[at]
        within = (where - at <= 14) & (where + 1 < strip.clause_end[at])
        verb, good = np.where(within, where + 1, verb), good | within
        good &= ~self._says_when[at]
        return at[good], verb[good]

    def about(self) -> tuple[Ints, Ints]:
        """关于全面加强保障的 before its noun; 以创新为主题的; 主题为“创新”的"""
        strip = self.strip
        topic, is_, de = strip.names(Sense.TOPIC), strip.is_a(Role.IS), self._before_noun
        about = np.flatnonzero(strip.is_a(Role.ABOUT) & ~last_was(self._opens_quote))
        with_ = np.flatnonzero(strip.is_a(Role.WITH) & ~last_was(self._opens_quote))
        named = np.flatnonzero(topic & next_is(is_ & next_is(self._opens_quote)))
        closes = following(strip.is_a(Role.CLOSES_QUOTE))
        over = np.flatnonzero(
            strip.is_a(Role.OVER) & last_was(self.noun) & next_is(self.noun | self.verb)
        )
        # 各级工会|围绕重点工程和节能减排|开展竞赛
        around = np.flatnonzero(strip.is_a(Role.AROUND) & last_was(self.noun))
        what = around + 1 + np.append(strip.is_a(Role.MANNER), False)[around + 1]
        goes_to = self.clauses.noun_end[np.minimum(what, len(strip))]
        at = np.minimum(goes_to, len(strip) - 1)
        around, goes_to = (a[strip.is_part(Part.MAIN, at)] for a in (around, goes_to))
        done = strip.is_a(Role.TO_WHOM | Role.DOES | Role.APART)
        # Only with its 的 does a named topic stand before a noun.
        named = named[np.append(self.de, False)[closes[named] + 1 - (closes[named] == len(strip))]]
        ends = (
            following(de)[about] + 1,
            self._with_de(following(topic & last_was(is_))[with_] + 1),
            closes[named] + 2,
            following(done)[over],
            goes_to,
        )
        return np.concatenate([about, with_, named, over, around]), np.concatenate(ends)

    def attribute(self) -> tuple[Ints, Ints]:
        """历史性的 before its noun, where the verb before it can take the bare noun"""
        strip = self.strip
        head = (self.noun | strip.tagged("a vn b")) & ~strip.names(Sense.LIGHT)
        de = np.flatnonzero(self.de & next_is(head))
        may_stand = strip.tagged("n nr ns nt nz a b i l j z vn eng f s t k m q r") | self.de
        may_stand |= strip.is_a(Role.LIST_MARK)
        start = np.maximum(preceding(~may_stand)[de] + 1, self.strip.clause_start[de])
        opens_clause = start == self.strip.clause_start[de]
        before = np.maximum(start - 1, 0)
        takes = (self.verb | strip.tagged("ul c"))[before] & ~strip.is_a(Role.HEAVY)[before]
        good = (start < de) & (opens_clause | takes)
        # 在学习贯彻会议上的, 关于加强保障的: the verb before belongs to what 在 or 关于 opens.
        good &= opens_clause | ~strip.tagged("p")[preceding(~self.verb)[before]]
        good &= preceding(strip.is_a(Role.ABOUT))[de] < self.strip.clause_start[de]
        # 停了|七年的|锣鼓: how long it was is told of the verb.
        more = counts(~strip.tagged("m q t"))
        good &= more[de] > more[np.minimum(start, de)]
        # 搭载|飞船的|火箭发射: what opens the clause is told of the rocket.
        first = ~opens_clause & (before == self.clauses.starts[strip.clause_of[before]])
        verbs = counts(strip.is_part(Part.MAIN))
        good &= ~first | (verbs[strip.clause_end[de]] == verbs[de])
        return start[good], de[good] + 1

    def relative(self) -> tuple[Ints, Ints]:
        """来华进行访问的 after 会见, 在上海举办的 after 出席, 由市总主办的 before its noun"""
        strip = self.strip
        starts = self._opens_relative
        verb = following(self.verb)[starts]
        head = (self.noun | strip.tagged("a vn b") | strip.of_kind(Kind.NUMERAL)) & ~strip.names(
            Sense.LIGHT
        )
        de = self._next_de[np.minimum(verb, len(strip))]
        good = (de < strip.clause_end[starts]) & (de - starts <= 25)
        # 市总主办的比赛, 在京举行的会议: here the verb must stand before 的.
        by_preposition = strip.tagged("p", starts)
        met = last_was(strip.is_a(Role.TO_WHOM | Role.MEETS))[starts]
        bare = (~self.verb[starts] & ~by_preposition) | strip.is_a(Role.OPENS_SO, starts)
        bare &= ~(met & by_preposition)
        good &= ~bare | self.verb[np.minimum(de, len(strip)) - 1]
        # 参加|他所在的|代表团
        his = np.flatnonzero(strip.is_a(Role.THIRD) & next_is(strip.is_a(Role.WHAT)))
        his = his[(self._next_de[his] - his <= 3)]
        starts, de = starts[good], de[good]
        # 打击了为乌军提供燃料的企业: a bare noun says too little without what was left out.
        follows = np.minimum(de + 1, len(strip) - 1)
        # 2023年年会
        after = follows + 2 * strip.is_part(Part.DATE, follows)
        rest = self.clauses.noun_end[np.minimum(after, len(strip))]
        says = strip.chars_before[rest] - strip.chars_before[np.minimum(after, rest)] >= 3
        says |= strip.tagged("vn", follows)
        says |= strip.is_part(Part.VERB, np.minimum(after, len(strip) - 1))
        good = says & next_is(head | self._opens_quote)[de]
        ends = de[good] + 1
        return np.append(starts[good], his), np.append(ends, self._next_de[his] + 1)

    @cached_property
    def _opens_relative(self) -> Ints:
        """Where what a verb is said of may open: a second verb or a preposition after the first."""
        strip = self.strip
        after = last_was(strip.is_a(Role.MEETS | Role.TO_WHOM))
        after |= last_was(strip.tagged("ul") & last_was(self.verb))
        opens = self.verb | strip.tagged("p")
        # 播发|全国政协会议通过的《…》
        opens |= last_was(strip.is_a(Role.MEETS)) & self.noun
        first = strip.is_a(Role.BY | Role.OPENS_SO)
        first &= self.index == self.clauses.starts[strip.clause_of]
        return np.flatnonzero((after & opens) | first)

    def way(self) -> tuple[Ints, Ints]:
        """以视频方式"""
        start = np.flatnonzero(self.strip.is_a(Role.WITH))
        way = following(self.strip.names(Sense.WAY))[start]
        good = (way < self.strip.clause_end[start]) & (way - start <= 8)
        return start[good], way[good] + 1

    def name(self) -> tuple[Ints, Ints]:
        """科拉尔 after 议长, who is met and does not act"""
        strip = self.strip
        named = strip.of_kind(Kind.PERSON)
        dot = strip.is_a(Role.NAME_DOT)
        piece = named | strip.tagged("nz") | (self.noun & (strip.lengths == 1))
        piece |= dot | next_is(dot) | last_was(dot)
        # 埃|尔多|安
        closes = np.append(strip.of_kind(Kind.JOINT | Kind.ENDS_CLAUSE), True)[1:]
        piece |= last_was(piece) & (strip.lengths == 1) & closes & ~strip.of_kind(Kind.JOINT)
        # 习近平主席贺信
        office = strip.names(Sense.OFFICE) & ~last_was(named)
        start = np.flatnonzero(piece & ~dot & last_was(office))
        end = following(~piece)[start]
        verbs = counts(strip.is_part(Part.MAIN) | strip.is_a(Role.TO_WHOM))
        good = verbs[start] > verbs[strip.clause_start[start]]
        # 议长科拉尔的, 总统邦戈一行
        good &= ~np.append(self.de | self.noun, False)[end]
        return start[good], end[good]

    def body(self) -> tuple[Ints, Ints]:
        """中国国际进口博览会 before 虹桥国际经济论坛: whose a body or an event is"""
        strip = self.strip
        joint = (strip.of_kind(Kind.JOINT) | strip.is_a(Role.AND)) & ~strip.is_a(Role.NAME_DOT)
        plain = strip.is_part(Part.NOMINAL) & ~joint & ~self.de
        starts, ends = self._runs(plain)
        owner = strip.names(Sense.BODY) | strip.tagged("nt ns")
        noun = self.noun & (strip.lengths > 1) & ~strip.names(Sense.OFFICE | Sense.LIGHT)
        ordinal = strip.of_kind(Kind.NUMERAL) & ~strip.of_kind(Kind.NUMBER)
        split = owner & next_is((noun | ordinal) & plain & ~strip.names(Sense.TENET))
        chars = strip.chars_before
        place = np.flatnonzero(split & plain)
        own = np.searchsorted(starts, place, "right") - 1
        start, end = starts[own], ends[own]
        # 第二次会议: nobody knows of what.
        good = chars[end] - chars[place + 1] >= np.where(ordinal[place + 1], 8, 5)
        # A city or a country is left out of a long name alone.
        good &= ~strip.tagged("ns", place) | (chars[end] - chars[place + 1] >= 8)
        other = counts(strip.names(Sense.OFFICE) | strip.of_kind(Kind.PERSON))
        good &= other[end] == other[place + 1]
        # 11家德国企业
        good &= ~strip.tagged("m q", start)
        # 完成|暖心|“二次报销”工作
        named = next_is(self._opens_quote)[np.maximum(ends - 1, 0)]
        after = strip.is_part(Part.MAIN | Part.DATE) | strip.is_a(Role.TIME)
        named &= after[np.maximum(starts - 1, 0)]
        named &= ~strip.tagged("m q", np.minimum(starts, len(strip) - 1))
        return np.append(start[good], starts[named]), np.append(place[good] + 1, ends[named])

    def ordinal(self) -> tuple[Ints, Ints]:
        """第七届 before a long name"""
        strip = self.strip
        start = np.flatnonzero(
            strip.names(Sense.ORDINAL) & ~last_was(self.noun & (strip.lengths < 2))
        )
        end = start + 1 + np.append(strip.tagged("q"), False)[start + 1]
        rest = self.clauses.noun_end[end]
        good = strip.chars_before[rest] - strip.chars_before[end] >= 5
        return start[good], end[good]

    def partner(self) -> tuple[Ints, Ints]:
        """、国务院办公厅 after 中共中央办公厅, that did a thing together"""
        strip = self.strip
        body = strip.tagged("nt") & (strip.lengths > 2)
        mark = np.flatnonzero(
            strip.is_a(Role.LIST_MARK | Role.AND) & last_was(body) & next_is(body)
        )
        first = mark[mark - 1 == self.clauses.starts[strip.clause_of[mark]]]
        good = ~strip.is_a(Role.LIST_MARK | Role.AND, np.minimum(first + 2, len(strip) - 1))
        return first[good], first[good] + 2

    def title(self) -> tuple[Ints, Ints]:
        """《关于 and 》 of 印发《关于推进养老服务的意见》"""
        opens = np.flatnonzero(self._opens_quote & next_is(self.strip.is_a(Role.ABOUT)))
        closes = following(self.strip.is_a(Role.CLOSES_QUOTE))[opens]
        there = closes < len(self.index)
        return np.append(opens, closes[there]), np.append(opens + 2, closes[there] + 1)

    def adverb(self) -> tuple[Ints, Ints]:
        """已经, 隆重"""
        opens = self.verb | self.noun | self.strip.tagged("d p")
        # 韩|正在北京: a surname alone has lost the rest of its name to the adverb.
        surname = self.noun & (self.strip.lengths == 1)
        last = self.strip.of_kind(Kind.ENDS_CLAUSE) | (self.index + 1 == self.strip.clause_end)
        adverb = self.strip.is_a(Role.ADVERB) & next_is(opens)
        # 可持续, 还没, and 正在进行 where nothing follows
        adverb &= ~last_was(self.strip.is_a(Role.MAY)) & ~next_is(self.strip.is_a(Role.NOT_YET))
        adverb &= ~next_is(self.verb & next_is(last))
        # 一意孤行推进
        adverb |= (
            self.strip.tagged("i") & next_is(self.strip.is_part(Part.MAIN)) & last_was(self.noun)
        )
        # 祝贺|他|就任总理
        named = self.strip.is_a(Role.THIRD) & next_is(self.strip.is_a(Role.TAKES_OFFICE))
        adverb |= named & last_was(self.verb)
        # 当选|连任
        office = self.strip.is_a(Role.TAKES_OFFICE)
        adverb |= office & next_is(office)
        return self._runs(adverb & ~last_was(surname))

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
    def _next_de(self) -> Ints:
        """(M + 1,) the first 的 at or after each place; M for none."""
        return following(self.de)

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


def versions(strip: Strip, units: Units, log_odds: Floats, max_chars: int) -> tuple[Strip, Ints]:
    """The sentences of a strip as they are and shortened more and more, side by side.

    Brackets are dropped from every version. A version that is no shorter than the one before is
    left out.

    Parameters
    ----------
    log_odds : (M,) of a headline keeping each token.
    max_chars : what a line holds.

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
    last_resort = [units.kind == UNITS.index(name) for name in _LAST_RESORT]
    last_resort.append(np.logical_or.reduce(last_resort))
    ordinary = ~last_resort[-1]
    for strength in _STRENGTHS:
        kept = kept & ~units.mask(len(strip), ordinary & (mean < strength))
        shorter = np.bincount(sentence[kept], minlength=total)
        places.append(np.flatnonzero(kept & (shorter < size)[sentence]))
        size = shorter
    clauses = strip.clause_of
    long = (np.bincount(clauses, strip.lengths * kept, len(strip.clauses)) > max_chars + 1)[clauses]
    for step in last_resort:
        left_out = units.mask(len(strip), step) & kept & long
        if left_out.any():
            changed = np.bincount(sentence[left_out], minlength=total) > 0
            places.append(np.flatnonzero(kept & ~left_out & changed[sentence]))
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
