"""What each clause says of whom: its subject and verbs, and clauses told with another's subject.

Chinese names a subject once and lets the clauses after it go without: 财政部下达资金，支持乡村建设.
A later clause is told here as if its subject stood in it, 财政部支持乡村建设, and what somebody
says after the name and the verb alone: 张三在会上强调，…… becomes 张三强调 …….
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .deletion import Lines
from .roles import Role, Sense
from .sentences import Sentences
from .strip import Part, Strip, Told, counts, following, preceding
from .textrank import Floats, places_within, ranges
from .tokens import Flags, Ints, Kind, next_is

_LEAD_TOKENS = 10
_LONGEST_SUBJECT_CHARS = 16
_FOLLOWING = 1
_ENDS_NOUN = Role.CLOSES_QUOTE | Role.ETC | Role.ALL


class Clauses:
    """Arrays over the clauses of a strip, C in all, and over its tokens, M."""

    def __init__(self, strip: Strip) -> None:
        self.strip = strip

    @cached_property
    def ends(self) -> Ints:
        """(C,) the end of each clause without the punctuation that closes it."""
        start, end = self.strip.clauses[:, 0], self.strip.clauses[:, 1].copy()
        mark = self.strip.is_a(Role.STOP)
        for _ in range(4):
            end -= (end > start) & mark[np.maximum(end - 1, 0)]
        return end

    @cached_property
    def starts(self) -> Ints:
        """(C,) the start of each clause past the times and connectives that open it."""
        return self.past_leads(self.strip.clauses[:, 0], self.strip.clauses[:, 1])

    def past_leads(self, start: Ints, limit: Ints) -> Ints:
        """The same places past the times and connectives that follow them."""
        past: Ints = np.minimum(self._next_said[start], np.minimum(start + _LEAD_TOKENS, limit))
        return past

    @cached_property
    def _next_said(self) -> Ints:
        """(M + 1,) the first place at or after each that is more than a time or a connective."""
        return following(~self.strip.is_part(Part.LEADS))

    @cached_property
    def first(self) -> Ints:
        """(C,) the first token of each that says more."""
        return np.minimum(self.starts, len(self.strip) - 1)

    @cached_property
    def last(self) -> Ints:
        """(C,) the last token of each that is no mark."""
        return np.maximum(self.ends - 1, 0)

    @cached_property
    def verbs_before(self) -> NDArray[np.int32]:
        """(M + 1,) the main verbs before each place."""
        return counts(self.strip.is_part(Part.MAIN))

    @cached_property
    def noun_end(self) -> Ints:
        """(M + 1,) where the run of nouns and what belongs to them ends that holds each place."""
        return following(~self.strip.is_part(Part.NOMINAL))

    def subject_end(self, start: Ints, limit: Ints) -> Ints:
        """Where the subject ends that opens at each start; the start itself where none does."""
        strip = self.strip
        end = np.minimum(self.noun_end[start], limit)
        last = np.maximum(end - 1, 0)
        at = np.minimum(end, len(strip) - 1)
        opens = np.minimum(start, len(strip) - 1)
        noun = strip.of_kind(Kind.NOUN, last) | strip.is_a(_ENDS_NOUN, last)
        noun |= strip.tagged("q m z", last)
        good = (end > start) & noun & ~strip.is_a(Role.NOT_FIRST | Role.PRONOUN, opens)
        good &= (end < limit) & strip.is_part(Part.PREDICATE, at)
        # 作出的指示 is a noun, whatever comes before it.
        good &= self.verbs_before[limit] > self.verbs_before[at]
        return np.where(good, end, start)

    @cached_property
    def subjects(self) -> Ints:
        """(C,) where the subject of each clause ends; its start where it has none."""
        return self.subject_end(self.starts, self.ends)

    @cached_property
    def sure(self) -> Flags:
        """(C,) whether what follows the subject can only be what it does.

        北京市职工 is no subject in 北京市职工互助保障服务中心完成…: the name goes on.
        """
        strip = self.strip
        at = np.minimum(self.subjects, len(strip) - 1)
        after = np.minimum(at + 1, len(strip) - 1)
        alone = self.verbs_before[self.ends] - self.verbs_before[at] == 1
        found: Flags = (
            ~strip.is_part(Part.VERB, at)
            | alone
            | strip.tagged("ul uz", after)
            | strip.of_kind(Kind.NUMBER | Kind.NUMERAL, after)
            | strip.is_a(Role.OPENS_QUOTE, after)
        )
        return found

    @cached_property
    def topics(self) -> Ints:
        """(C,) the same, and where a clause that opens a sentence names somebody and no deed.

        老张，今年种了三十亩; 交警大队从今日起，开展整治
        """
        strip = self.strip
        end = np.minimum(self.noun_end[self.starts], self.ends)
        verbs = self.verbs_before
        idle = verbs[self.ends] == verbs[np.minimum(end, self.ends)]
        after = np.minimum(end, len(strip) - 1)
        leads_on = strip.is_a(Role.TO_TIME | Role.LINKS | Role.TO_COME, after)
        idle &= (end == self.ends) | leads_on
        # 环卫处工会从5月14日开始，分12批…
        idle |= self.dates
        whole = (end > self.starts) & idle & strip.of_kind(Kind.NOUN, np.maximum(end - 1, 0))
        whole &= ~strip.is_a(Role.NOT_FIRST, self.first) & (strip.place == 0)
        return np.where(whole, end, self.subjects)

    @cached_property
    def dates(self) -> Flags:
        """(C,) clauses that of a deed say no more than when it was: 大队从今日起至月底."""
        strip = self.strip
        ends_so = strip.tagged("t", self.last) | strip.is_a(Role.DATE_UNIT, self.last)
        starts = strip.names(Sense.STARTS, self.last)
        since = counts(strip.is_a(Role.TO_TIME))
        opens = np.minimum(self.starts, self.last)
        starts &= since[self.ends] > since[opens]
        idle = self.verbs_before[self.last] == self.verbs_before[opens]
        found: Flags = (starts & idle) | (
            ends_so & (self.verbs_before[self.ends] == self.verbs_before[self.starts])
        )
        return found

    @cached_property
    def frames(self) -> Flags:
        """(C,) clauses that only say who spoke, or only when or under what something was."""
        strip = self.strip
        adverbial = strip.is_a(Role.ADVERBIAL, self.first)
        adverbial &= strip.is_a(Role.ADVERBIAL_END, self.last)
        breaks_off = strip.is_a(Role.NOT_LAST, self.last) & ~strip.is_a(Role.ENDS_OWN, self.last)
        found: Flags = (
            self.dates
            | breaks_off
            | strip.is_a(Role.SAYS | Role.WHEN, self.last)
            | adverbial
            | (self.starts >= self.ends)
        )
        return found

    @cached_property
    def says(self) -> Flags:
        """(C,) clauses with what may be a verb, or with a figure and what it counts."""
        tells = counts(self.strip.is_part(Part.TELLS))
        found: Flags = tells[self.ends] > tells[np.minimum(self.starts, self.ends)]
        return found

    @cached_property
    def depends(self) -> Flags:
        """(C,) clauses that need more to follow: where or under what it was, or who somebody is."""
        strip = self.strip
        is_, one = counts(strip.is_a(Role.IS)), counts(strip.names(Sense.ONE))
        starts = np.minimum(self.starts, self.ends)
        introduces = (is_[self.ends] > is_[starts]) & (one[self.ends] > one[starts])
        found: Flags = (
            introduces | strip.is_a(Role.DEPENDENT, self.first) | strip.is_a(Role.WHERE, self.last)
        )
        return found

    @cached_property
    def refers(self) -> Flags:
        """(C,) clauses of somebody whom the clause before names: 祝贺他就任总理."""
        strip = self.strip
        whose = next_is(strip.is_a(Role.THIRD | Role.TAKES_OFFICE))
        found: Flags = (whose & strip.of_kind(Kind.VERB))[self.first]
        return found


# How clauses are told, which they are, where the two runs before them start and end, and where each
# clause of the strip starts.
_Group = tuple[Told, Ints, tuple[Ints, Ints, Ints, Ints], Ints]


def retold(strip: Strip) -> tuple[Strip, Ints]:
    """The clauses of a strip, and after them those that can be told with another's subject.

    Returns
    -------
    The strip of all, and (its M,) where each of its tokens stood in the one given.
    """
    clauses = Clauses(strip)
    return _with_told(strip, _lent(clauses), _said(clauses))


def _last_before(flags: Flags, strip: Strip) -> Ints:
    """(C,) the last flagged clause before each in its telling; -1 for none."""
    opening = np.searchsorted(strip.telling, strip.telling)
    found = np.append(-1, preceding(flags)[:-1])
    return np.where(found >= opening, found, -1)


def _named(strip: Strip) -> Flags:
    """(M,) what may end somebody's name."""
    return strip.tagged("n nr ns nt nz j z eng") | strip.is_a(_ENDS_NOUN)


def _lends(clauses: Clauses) -> Flags:
    """(C,) clauses that surely have the subject that they seem to have."""
    strip, start, end = clauses.strip, clauses.starts, clauses.subjects
    chars = strip.chars_before
    lends = (clauses.topics > start) & _named(strip)[np.maximum(clauses.topics - 1, 0)]
    lends &= chars[clauses.topics] - chars[start] <= _LONGEST_SUBJECT_CHARS
    lends &= clauses.sure | (clauses.topics != end)
    # 总书记近日作出的重要指示，引发…: the clause is one long noun, and 总书记 no subject.
    of, did = preceding(strip.is_a(Role.DE)), preceding(strip.is_part(Part.MAIN))
    of, last = of[clauses.last], clauses.last
    long_noun = (strip.of_kind(Kind.NOUN, last) & (of > did[last])) | (last - of <= 2)
    lends &= ~long_noun | (of < clauses.topics)
    # 技术含量较高的制造业…: nor is 技术含量.
    at = np.minimum(clauses.topics, len(strip) - 1)
    acts = strip.is_part(Part.MAIN, at) | strip.tagged("p", at)
    lends &= acts | (of < clauses.topics) | (did[last] < of)
    # Who says a thing does not do what is said. But in 区总工会在专项工作中，为了…，聚焦…, the
    # clause that needs another names who it was.
    lends &= ~clauses.frames | clauses.dates
    surely: Flags = lends & (~clauses.depends | (clauses.topics != end))
    return surely


def _lent(clauses: Clauses) -> _Group:
    """The clauses without a subject, each with that of the last clause before it that lends one."""
    strip, start, end = clauses.strip, clauses.starts, clauses.subjects
    lends = _lends(clauses)
    # 去年全国筹集…: what opens with a time may have a subject after it.
    said = following(~strip.is_part(Part.LEADS) & ~strip.tagged("t"))[start]
    said = np.minimum(said, np.maximum(clauses.ends - 1, 0))
    lacks = (end == start) & strip.is_part(Part.PREDICATE, said) & ~clauses.frames
    lacks &= clauses.subject_end(said, clauses.ends) == said
    # What opens with a noun has a subject of its own, known or not, and is told of no other.
    other = ~lacks & ~clauses.frames & ~clauses.depends
    bars = (clauses.frames & ~strip.is_a(Role.WHEN, clauses.last)) | other | lends
    lender = _last_before(bars, strip)
    of_all = strip.is_a(Role.OF_ALL)
    of_all |= strip.is_a(Role.NOT_YET) & next_is(of_all)
    lacks &= ~of_all[clauses.first] & ~clauses.refers
    # What was done to somebody, was done to what the clause before tells of, not to who did that.
    passive = counts(strip.is_a(Role.PASSIVE))
    lacks &= passive[clauses.ends] == passive[np.minimum(start, clauses.ends)]
    lacks &= ~clauses.depends | strip.is_a(Role.MEANS, clauses.first)
    borrower = np.flatnonzero(lacks & (lender >= 0) & lends[lender])
    lender = lender[borrower]
    nothing = np.zeros_like(borrower)
    return Told.LENT, borrower, (start[lender], clauses.topics[lender], nothing, nothing), start


def _said(clauses: Clauses) -> _Group:
    """The clauses that somebody says, each after who it is and the verb."""
    strip, start, end = clauses.strip, clauses.starts, clauses.subjects
    chars = strip.chars_before
    speaks = strip.is_a(Role.SPEAKS, clauses.last) & (end > start)
    # 国家反恐委员会宣布: a noun before the verb may be the rest of a name that was cut in two.
    before = np.maximum(clauses.ends - 2, 0)
    speaks &= (before < end) | ~strip.of_kind(Kind.NOUN, before) | strip.names(Sense.DATA, before)
    # 俄军辐射防护部队宣布: what opens with a verb is the rest of the name.
    after = np.minimum(end, len(strip) - 1)
    speaks &= (end == clauses.ends - 1) | ~strip.is_part(Part.MAIN, after)
    speaks &= (chars[end] - chars[start] <= _LONGEST_SUBJECT_CHARS) & _named(strip)[end - 1]
    # 世界知识产权组织发布的《…报告》显示: the report does.
    shown = strip.is_a(Role.CLOSES_QUOTE, before) & strip.is_a(Role.SPEAKS, clauses.last)
    opened = np.maximum(preceding(strip.is_a(Role.OPENS_QUOTE))[before], strip.clauses[:, 0])
    shown &= chars[clauses.ends] - chars[opened] <= _LONGEST_SUBJECT_CHARS + 4
    speaker = _last_before(speaks | shown, strip)
    # What is said must be whole without what was said before it.
    figures = counts(strip.of_kind(Kind.NUMBER))
    next_to = speaker == np.arange(len(strip.clauses)) - 1
    whole = (end > start) | next_to | strip.is_a(Role.MUST, clauses.first)
    whole |= figures[clauses.ends] > figures[np.minimum(start, clauses.ends)]
    whole &= ~clauses.frames & ~clauses.depends & clauses.says
    whole &= ~strip.is_a(Role.NOT_FIRST | Role.OF_ALL, clauses.first)
    said = np.flatnonzero(whole & (speaker >= 0))
    speaker = speaker[said]
    says = clauses.ends[speaker] - 1
    # 数据显示
    says -= (says - 1 >= end[speaker]) & strip.names(Sense.DATA, says - 1)
    who = np.where(shown, opened, start)[speaker], np.where(shown, before + 1, end)[speaker]
    return Told.FRAME, said, (*who, says, strip.clauses[speaker, 1]), start


def _with_told(strip: Strip, *groups: _Group) -> tuple[Strip, Ints]:
    """The clauses of a strip, those told with tokens before them, and what follows each."""
    count = len(strip.clauses)
    zero = np.zeros(count, np.int64)
    own = [np.arange(count)]
    pieces = [np.stack([zero, zero, zero, zero, *strip.clauses.T], axis=1)]
    telling, told = [strip.telling], [strip.told]
    thread = int(strip.telling.max(initial=-1)) + 1
    for kind, clause, before, start in groups:
        threads = thread + np.arange(len(clause))
        thread += len(clause)
        own.append(clause)
        pieces.append(np.stack([*before, start[clause], strip.clauses[clause, 1]], axis=1))
        telling.append(threads)
        told.append(np.full(len(clause), int(kind)))
        for more in range(1, _FOLLOWING + 1):
            after = np.minimum(clause + more, count - 1)
            good = (clause + more < count) & (strip.telling[after] == strip.telling[clause])
            after = after[good]
            own.append(after)
            pieces.append(pieces[0][after])
            telling.append(threads[good])
            told.append(np.full(len(after), int(Told.AFTER)))
    clause, piece = np.concatenate(own), np.concatenate(pieces)
    thread_of, how = np.concatenate(telling), np.concatenate(told)
    order = np.lexsort((strip.place[clause], thread_of))
    clause, piece, thread_of, how = clause[order], piece[order], thread_of[order], how[order]
    place = ranges(piece.reshape(-1, 2))
    ends = np.cumsum((piece[:, 1::2] - piece[:, ::2]).sum(axis=1))
    made = replace(
        strip,
        tokens=strip.tokens[place],
        clauses=np.stack([np.append(0, ends[:-1])[: len(ends)], ends], axis=1),
        sentence=strip.sentence[clause],
        place=strip.place[clause],
        version=strip.version[clause],
        telling=thread_of,
        told=how,
        parts=strip.parts[place],
    )
    return made, place


def with_lines(
    told: Strip, origin: Ints, text: Strip, lines: Lines, sentences: Sentences
) -> tuple[Strip, Ints, Floats]:
    """The clauses of a strip, and after them the clauses of lines made of the same sentences.

    Parameters
    ----------
    origin : (M,) where each token of the strip stands in the text.
    text : the sentences as they stand.

    Returns
    -------
    The strip of all; where each of its tokens stands in the text; for each of its clauses the score
    of its line beside that of the likeliest of its sentence, 0 where it is of no line.
    """
    place = sentences.place[lines.words]
    opens = np.append(True, sentences.ends_clause[lines.words[:-1]])[: len(place)]
    opens[lines.bounds[:-1]] = True
    start = np.flatnonzero(opens)
    ends = np.append(start[1:], len(place))[: len(start)]
    line = np.searchsorted(lines.bounds, start, side="right") - 1
    first = text.clause_of[place[lines.bounds[:-1]]]
    best = lines.scores[np.searchsorted(lines.sentence, lines.sentence)]
    likely = (lines.scores - best)[line]
    thread = int(told.telling.max(initial=-1)) + 1
    made = replace(
        told,
        tokens=np.concatenate([told.tokens, text.tokens[place]]),
        clauses=np.concatenate([told.clauses, np.stack([start, ends], axis=1) + len(told)]),
        sentence=np.concatenate([told.sentence, text.sentence[first][line]]),
        place=np.concatenate([told.place, text.place[first][line] + places_within(line)]),
        version=np.concatenate([told.version, np.ones_like(line)]),
        telling=np.concatenate([told.telling, thread + line]),
        told=np.concatenate([told.told, np.full(len(line), int(Told.LEARNED))]),
        parts=np.concatenate([told.parts, text.parts[place]]),
    )
    scores = np.concatenate([np.zeros(len(told.clauses)), likely])
    return made, np.concatenate([origin, place]), scores
