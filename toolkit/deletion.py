"""Which words of a sentence a headline keeps: sentence compression by deletion, learned.

A line is a path through its sentence: it opens at one word, goes from each word kept to the next,
and closes after the last; a mark between clauses that is kept becomes a space. A path's score is a
sum of learned weights: of what is kept, of what a gap begins and ends beside, and of what lies in
the gap. To score the pairs of words that come to stand side by side follows R. McDonald,
"Discriminative Sentence Compression with Soft Syntactic Evidence", EACL 2006; the weights are those
of a conditional random field over the paths (J. Lafferty, A. McCallum and F. Pereira, ICML 2001).
The best path of every length is found at once, by dynamic programming over words and characters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .roles import Role, Sense
from .sentences import MOST_WORDS, Sentences
from .strip import counts, preceding
from .tags import TAGS
from .textrank import ranges
from .tokens import Flags, Ints, Kind
from .weights import Sums

Weights = NDArray[np.float32]
Counts = NDArray[np.int32]
_SPACES = re.compile(r"\s+")

_TAGS = len(TAGS) + 1
_CLAUSES = 5
_PLACES = 4
_LENGTHS = 7
_STATES = 6
_GAPS = (2, 3, 5, 9, 15)
_GAP_ENDS = 16
_GAP_KINDS = (len(_GAPS) + 1) * 3 * 4 * 4 * 2
# By how many words a gap reaches, and by how many verbs it holds: what these add to its kind.
_SIZES = (np.searchsorted(_GAPS, np.arange(MOST_WORDS) - 1, side="right") * 96).astype(np.int32)
_FEW = (np.minimum(np.arange(MOST_WORDS), 2) * 32).astype(np.int32)

# The tables of weights, and how many entries each has. The first word of a name says where the
# weight counts: for a word that is kept, for one that a line opens or closes with, for one that a
# gap begins after or ends before, and for what lies in the gap.
TABLES = {
    "keep tag": _TAGS,
    "keep tags before": _TAGS**2,
    "keep tags after": _TAGS**2,
    "keep tag by clause": _TAGS * _CLAUSES,
    "keep length": _LENGTHS,
    "keep verbs": 9 * 2,
    "open tag": _TAGS,
    "open tags before": _TAGS**2,
    "open tags past": _TAGS**2,
    "open tags after": _TAGS**2,
    "open place": _CLAUSES * _PLACES,
    "open tag by clause": _TAGS * _CLAUSES,
    "open tag by verbs": _TAGS * 6,
    "open verbs after": 8,
    "close tag": _TAGS,
    "close tags before": _TAGS**2,
    "close tags past": _TAGS**2,
    "close tags after": _TAGS**2,
    "close tag by verbs": _TAGS * 6,
    "close verbs before": 6,
    "keep state": _STATES * _TAGS,
    "open state": _STATES * _TAGS,
    "close state": _STATES * _TAGS,
    "leave state": _STATES * _TAGS,
    "enter state": _STATES * _TAGS,
    "gap states": _STATES**2,
    "leave tag": _TAGS,
    "leave tags before": _TAGS**2,
    "leave tags past": _TAGS**2,
    "leave tags after": _TAGS**2,
    "enter tag": _TAGS,
    "enter tags before": _TAGS**2,
    "enter tags past": _TAGS**2,
    "enter tags after": _TAGS**2,
    "gap kind": _GAP_KINDS,
    "gap tags": _TAGS**2,
    "gap tags by what ends it": _TAGS**2 * _GAP_ENDS,
}
# The words that have weights, by where they stand: that word (0), one before it (-1), one after.
WORDS = {
    "keep word": 0,
    "open word": 0,
    "open word before": -1,
    "close word": 0,
    "close word after": 1,
    "leave word": 0,
    "leave word after": 1,
    "enter word": 0,
    "enter word before": -1,
}
_STEPS = ("keep", "open", "close", "leave", "enter")
_NEVER = np.float32(-1e4)
_CHUNK = 128
# As many words on, a line may go on.
_FARTHEST = 25


class Grid:
    """What the words of some sentences, M in all, and the gaps between them are weighed by."""

    def __init__(self, sentences: Sentences) -> None:
        self.sentences = sentences
        self._tags = (sentences.tags + 1).astype(np.int32)
        self._marks = sentences.ends_clause
        self._clause = sentences.clauses.astype(np.int32)
        self._verb = sentences.verbs
        self._verbs = sentences.verbs_before
        ends = np.select(
            [sentences.is_a(Role.DE), sentences.is_a(Role.LIST_MARK | Role.ETC), self._marks],
            [1, 2, 3],
        )
        self._ends = ends.astype(np.int32)
        self._preps = counts(sentences.tagged("p"))

    def words(self, by: int) -> Ints:
        """(M,) the word so many words on, by its number in the lexicon; -1 past the sentence."""
        return self.sentences.shifted(self.sentences.ids + 1, by) - 1

    @cached_property
    def states(self) -> Ints:
        """(M,) how many 的 are still to come in the clause, and whether a preposition governs."""
        start, end = self.sentences.clause_bounds
        of = self._des
        ahead = np.minimum(of[end] - of[1:], 2)
        governed = preceding(self.sentences.tagged("p")) > np.maximum(
            preceding(self._verb), start - 1
        )
        states: Ints = ahead * 2 + governed
        return states

    def word_codes(self) -> dict[str, Ints]:
        """(M,) the entry of each table of words that holds for each."""
        tags, verb = self._tags, self._verb.astype(np.int64)
        past_before, before, after, past_after = (
            self.sentences.shifted(tags, by) for by in (-2, -1, 1, 2)
        )
        clause = np.minimum(self._clause, _CLAUSES - 1)
        place = np.minimum(self.sentences.places, _PLACES - 1)[self.sentences.sentence_of]
        verbs_before, verbs_after = (np.minimum(n, 2) for n in self.sentences.verbs_beside)
        opens, closes = self.sentences.opens_clause, self.sentences.closes_clause
        found = {
            "keep tag": tags,
            "keep tags before": before * _TAGS + tags,
            "keep tags after": tags * _TAGS + after,
            "keep tag by clause": clause * _TAGS + tags,
            "keep length": np.minimum(self.sentences.lengths, _LENGTHS - 1),
            "keep verbs": (verbs_before * 3 + verbs_after) * 2 + verb,
            "open place": clause * _PLACES + place,
            "open tag by clause": clause * _TAGS + tags,
            "open tag by verbs": (verbs_before * 2 + opens) * _TAGS + tags,
            "open verbs after": verbs_after * 2 + verb,
            "close tag by verbs": (verbs_after * 2 + closes) * _TAGS + tags,
            "close verbs before": np.minimum(verbs_before + verb, 2) * 2 + closes,
        }
        for step in _STEPS:
            found[f"{step} state"] = self.states * _TAGS + tags
        for step in ("open", "enter"):
            found[f"{step} tag"] = tags
            found[f"{step} tags before"] = before * _TAGS + tags
            found[f"{step} tags past"] = past_before * _TAGS + before
            found[f"{step} tags after"] = tags * _TAGS + after
        for step in ("close", "leave"):
            found[f"{step} tag"] = tags
            found[f"{step} tags before"] = before * _TAGS + tags
            found[f"{step} tags past"] = after * _TAGS + past_after
            found[f"{step} tags after"] = tags * _TAGS + after
        return found

    def gap_codes(self, left: Ints, right: Ints) -> dict[str, Ints]:
        """The entries of the tables of gaps for gaps between two words each, of any shape."""
        size = _SIZES[np.maximum(right - left, 0)]
        verbs = _FEW[np.maximum(self._verbs[right] - self._verbs[left + 1], 0)]
        clauses = np.minimum(np.abs(self._clause[right] - self._clause[left]), 3)
        preps = self._preps[right] > self._preps[left + 1]
        ends = self._ends[right - 1] * 2 + preps
        kind = size + verbs + clauses * 8 + ends
        tags = self._tags[left] * _TAGS + self._tags[right]
        by_end = tags * _GAP_ENDS + (verbs > 0) * 8 + ends
        return {
            "gap kind": kind,
            "gap tags": tags,
            "gap tags by what ends it": by_end,
            "gap states": self.states[left] * _STATES + self.states[right],
        }

    def joins(self, left: Ints, right: Ints) -> Flags:
        """Whether a line can go from one word to another, for two words each, of any shape.

        No quotation and no name is cut in two; a list is left out up to its end; a space stands
        for the last of several marks; and a clause that has its verb ends with a space. One that
        has none takes the first verb of a later clause, unless it says who spoke.
        """
        depth, marks = self.sentences.depth, self._marks
        gap = right > left + 1
        # 《纲要（2022—2035年）》: what stands in brackets is no part of the quotation.
        aside = self._opens_bracket[left + 1] & self._closes_bracket[right - 1]
        whole = (depth[left + 1] == depth[right]) & (~gap | aside | self._outside[left])
        crossed = self._clause[right] - self._clause[left]
        last_mark = ~marks[left] | (crossed <= 1) & ~marks[right]
        listed = self._listed[right] > self._listed[left + 1]
        cuts = self._joined[left] | self._joined[right - 1]
        cuts |= listed & self._noun[left] & self._noun[right]
        # 走进|参观: what is done is done to something.
        cuts |= self._takes[left] & self._verb[right] & (crossed == 0)
        # 主题为|活动; 在“加强年”|聚焦: what 为 and 在 belong to is left out with them.
        closed = self._where[right] > self._where[left + 1]
        cuts |= self._is[left] | closed & (self._at[right] == self._at[left + 1])
        # 卫健委通报，|新增: who says something does nothing of what is said.
        said = self._said[right] > self._said[left]
        cuts |= said & (crossed > 0) & ~marks[right] & ~marks[left]
        # 宣讲团成员|等地: what 等 ends is no list.
        cuts |= self._etc[right] & ~self._in_list[left]
        # 31个省|和兵团|报告: of those who did it together, none is left out without 等.
        whole_list = self._ends_list[left] & ~self._noun[right]
        cuts |= whole_list & (self._etcs[right + 1] == self._etcs[left + 1])
        dropped = self._verbs[right] > self._verbs[left + 1]
        # 出席党|的报告: 的 belongs to what stands before it.
        cuts |= self._de[right] & (dropped | (self._des[right] > self._des[left + 1]))
        # 习近平主席的讲话，引发反响: what has no verb at all is one subject.
        told = self._told[left]
        verbs_before, verbs_after = self.sentences.verbs_beside
        lends = ~told & ((verbs_after[left] > 0) | ~self._of[left]) & (verbs_before[right] == 0)
        runs = np.where(marks[right], told | ~dropped, marks[left] | (crossed == 0) | lends)
        # 西城区陶然亭街道总工会|组织: the last of several nouns is the one that does it.
        cuts |= self._goes_on[left] & ~self._noun[right]
        joined: Flags = whole & last_mark & runs & ~(gap & cuts)
        return joined & self.keeps[left] & self.keeps[right]

    @cached_property
    def _noun(self) -> Flags:
        """(M,) nouns and names."""
        return self.sentences.of_kind(Kind.NOUN | Kind.PERSON | Kind.PLACE)

    @cached_property
    def _opens_bracket(self) -> Flags:
        """(M + 1,) what opens a bracket; past the last word, nothing does."""
        return np.append(self.sentences.is_a(Role.OPENS_BRACKET), False)

    @cached_property
    def _closes_bracket(self) -> Flags:
        """(M,) what closes a bracket."""
        return self.sentences.is_a(Role.CLOSES_BRACKET)

    @cached_property
    def _etc(self) -> Flags:
        """(M,) 等."""
        return self.sentences.is_a(Role.ETC)

    @cached_property
    def _de(self) -> Flags:
        """(M,) 的."""
        return self.sentences.is_a(Role.DE)

    @cached_property
    def _des(self) -> Counts:
        """(M + 1,) how often 的 stands before each word."""
        return counts(self._de)

    @cached_property
    def _etcs(self) -> Counts:
        """(M + 1,) how often 等 stands before each word."""
        return counts(self._etc)

    @cached_property
    def _ends_list(self) -> Flags:
        """(M,) whether a noun is followed by another that stands beside it: A、B, A和B."""
        follows: Flags = self._noun & self.sentences.next_is(self.sentences.is_a(Role.AND))
        return follows

    @cached_property
    def _in_list(self) -> Flags:
        """(M,) whether a word has a mark of a list beside it, or is one."""
        mark = self.sentences.is_a(Role.LIST_MARK)
        in_list: Flags = mark | self.sentences.next_is(mark) | self.sentences.last_was(mark)
        return in_list

    @cached_property
    def _takes(self) -> Flags:
        """(M,) whether a word is a verb that a noun follows."""
        takes: Flags = self._verb & self.sentences.next_is(self._noun)
        return takes

    @cached_property
    def _told(self) -> Flags:
        """(M,) whether the clause of a word has a verb up to it."""
        before, _ = self.sentences.verbs_beside
        told: Flags = (before > 0) | self._verb
        return told

    @cached_property
    def _is(self) -> Flags:
        """(M,) 为 and 是."""
        return self.sentences.is_a(Role.IS)

    @cached_property
    def _where(self) -> Counts:
        """(M + 1,) how often what ends a place or a time, 中, stands before each word."""
        return counts(self.sentences.is_a(Role.WHERE))

    @cached_property
    def _at(self) -> Counts:
        """(M + 1,) how often what opens a place or a time, 在, stands before each word."""
        return counts(self.sentences.is_a(Role.AT))

    @cached_property
    def _goes_on(self) -> Flags:
        """(M,) whether a noun is followed by one that it belongs to, and that names nobody."""
        after = self.sentences.next_is(self._noun & ~self.sentences.of_kind(Kind.PERSON))
        goes_on: Flags = self._noun & after
        return goes_on

    @cached_property
    def _of(self) -> Flags:
        """(M,) whether 的 stands after a word in its clause."""
        of = self._des
        found: Flags = of[self.sentences.clause_bounds[1]] > of[1:]
        return found

    @cached_property
    def _listed(self) -> Counts:
        """(M + 1,) how many marks of lists stand before each word."""
        return counts(self.sentences.is_a(Role.LIST_MARK))

    @cached_property
    def _said(self) -> Counts:
        """(M + 1,) how many words that end a clause on who spoke stand before each."""
        return counts(self.sentences.is_a(Role.SAYS))

    @cached_property
    def _joined(self) -> Flags:
        """(M,) whether a word and the next are of one name, or of one stretch of time."""
        name = self.sentences.of_kind(Kind.PERSON)
        joint = self.sentences.is_a(Role.NAME_DOT | Role.RANGE)
        joined: Flags = (
            (name & self.sentences.next_is(name)) | joint | self.sentences.next_is(joint)
        )
        return joined

    @cached_property
    def _outside(self) -> Flags:
        """(M,) the words after which no quotation is open."""
        outside: Flags = self.sentences.depth[1:] == self.sentences.depth[self.sentences.first]
        return outside

    @cached_property
    def keeps(self) -> Flags:
        """(M,) what a line can keep: not 我 and 他, which name nobody, and not why it was done."""
        sentences = self.sentences
        # 我市 is a place.
        ours = sentences.shifted(sentences.names(Sense.OURS).astype(np.int64), 1) > 0
        # 祝贺他当选: 他 is whom the clause before names.
        named = sentences.is_a(Role.THIRD) & sentences.next_is(sentences.is_a(Role.TAKES_OFFICE))
        someone = sentences.is_a(Role.ME | Role.THIRD) & ~sentences.quoted & ~ours & ~named
        # 为了服务劳动者，: why something is done is not what is done.
        kept: Flags = ~someone & ~sentences.names(Sense.CAUSE)[sentences.clause_bounds[0]]
        return kept

    @cached_property
    def opens(self) -> Flags:
        """(M,) the words that a line can open with."""
        sentences = self.sentences
        outside = sentences.depth[:-1] == sentences.depth[sentences.first]
        bad = self._marks | sentences.is_a(Role.NOT_FIRST | Role.LIST_MARK)
        bad |= sentences.last_was(self._joined)
        # 31个省和|兵团报告: they did it together.
        named = self._noun | sentences.is_a(Role.CLOSES_BRACKET | Role.CLOSES_QUOTE)
        bad |= sentences.last_was(sentences.is_a(Role.AND) & sentences.last_was(named))
        # 俄军对|阵地实施打击: whom something was done to does not do it.
        bad |= sentences.last_was(sentences.is_a(Role.TO_WHOM))
        # 在|“加强年”工作中: no line opens past the word that opens a place.
        at, ended = (preceding(sentences.is_a(role)) for role in (Role.AT, Role.WHERE))
        at, ended = (sentences.shifted(last + 1, -1) - 1 for last in (at, ended))
        start, end = sentences.clause_bounds
        bad |= (at >= start) & (at > ended) & (self._where[end] > self._where[:-1])
        can: Flags = self.keeps & outside & ~bad
        return can

    @cached_property
    def closes(self) -> Flags:
        """(M,) the words that a line can close with."""
        sentences = self.sentences
        own = sentences.is_a(Role.ENDS_OWN) & sentences.closes_clause
        breaks_off = sentences.is_a(Role.NOT_LAST) & ~own
        # 职工在专项工作中|打造驿站: who and where is no line without what.
        _, verbs_after = sentences.verbs_beside
        breaks_off |= ~self._told & (verbs_after > 0)
        # 就灾害向总统|致慰问电: nor what a preposition opens without what was done.
        breaks_off |= (self.states % 2 > 0) & (verbs_after > 0)
        # 完成2023年|打款工作: a time closes a line only where it closes the clause.
        # 如约|而至: nor what only says when or how something is done.
        time = sentences.tagged("t d") | sentences.is_a(Role.DATE_UNIT)
        breaks_off |= time & ~sentences.closes_clause
        # 印发|《意见》: nor a verb without what it was done to.
        breaks_off |= self._verb & sentences.next_is(sentences.is_a(Role.OPENS_QUOTE))
        # 增长|10.6%: nor one without by how much.
        figure = sentences.of_kind(Kind.NUMERAL) & ~sentences.names(Sense.ORDINAL)
        breaks_off |= self._verb & sentences.next_is(figure)
        # 就大桥倒塌|致慰问电: nor what something was done about, without what.
        about = preceding(sentences.is_a(Role.OVER)) >= sentences.clause_bounds[0]
        breaks_off |= about & (verbs_after > 0)
        breaks_off |= self._goes_on
        bad = self._marks | sentences.is_a(Role.LIST_MARK) | self._joined
        can: Flags = self.keeps & self._outside & ~breaks_off & ~bad
        return can


@dataclass(frozen=True)
class Lines:
    """Shortened sentences, N of them with K words and spaces in all.

    Attributes
    ----------
    sentence : (N,) the sentence of each, by its place in the `Sentences`.
    scores : (N,) the score of each.
    chars : (N,) its characters.
    words : (K,) the words and marks kept, by their place in the `Sentences`, line by line.
    bounds : (N + 1,) where the words of each line start, and K.
    """

    sentence: Ints
    scores: Weights
    chars: Ints
    words: Ints
    bounds: Ints

    def words_of(self, number: int) -> Ints:
        """The words and marks of a line, by their place in the `Sentences`."""
        return self.words[slice(*self.bounds[number : number + 2].tolist())]

    def text(self, sentences: Sentences, number: int) -> str:
        """A line as it would be printed."""
        batch, words = sentences.batch, self.words_of(number)
        tokens = sentences.tokens[words]
        begins, ends = batch.offsets[tokens].tolist(), batch.offsets[tokens + 1].tolist()
        marks, spaced = sentences.ends_clause[words], sentences.spaced[words]
        # A mark that is quoted is printed.
        marks &= ~sentences.quoted[words]
        pieces = (
            " " if mark else (" " if space else "") + batch.text[begin:end]
            for begin, end, mark, space in zip(begins, ends, marks, spaced, strict=True)
        )
        return _SPACES.sub(" ", "".join(pieces)).strip()


class Deletion(Sums):
    """Learned weights of what headlines keep."""

    SIZES = TABLES
    NAMES = WORDS
    DECIMALS = 2

    def lines(self, sentences: Sentences, max_chars: int, fewest_chars: int, most: int) -> Lines:
        """The best lines of each sentence, best first: at most one of each length.

        Parameters
        ----------
        most : as many lines of a sentence are found.
        """
        if not len(sentences):
            return _in_order([])
        grid = Grid(sentences)
        sums = self.weigh_words(grid)
        sizes = np.diff(sentences.bounds, axis=1)[:, 0]
        # Sentences of about the same length are searched together.
        order = np.argsort(sizes, kind="stable")
        found = [
            _Search(self, grid, sums, order[start : start + _CHUNK], max_chars).lines(
                fewest_chars, most
            )
            for start in range(0, len(order), _CHUNK)
        ]
        return _in_order(found)

    def weigh_words(self, grid: Grid) -> dict[str, Weights]:
        """(M,) for each step that a path can take at a word, the sum of its weights."""
        sums = {step: np.zeros(len(grid.sentences.tokens), np.float32) for step in _STEPS}
        for name, entries in grid.word_codes().items():
            sums[name.split()[0]] += self._tables[name][entries]
        lexicon = grid.sentences.batch.lexicon
        for name, offset in WORDS.items():
            weights = self.of_words(lexicon, name).astype(np.float32)
            sums[name.split()[0]] += np.append(weights, np.float32(0))[grid.words(offset)]
        return sums

    def weigh_gaps(self, grid: Grid, left: Ints, right: Ints) -> Weights:
        """The sums of the weights of what lies between two words each, of any shape."""
        codes = grid.gap_codes(left, right)
        total: Weights = self._tables["gap kind"][codes["gap kind"]]
        total += self._gap_tags[codes["gap tags by what ends it"]]
        total += self._tables["gap states"][codes["gap states"]]
        return total

    @cached_property
    def _tables(self) -> dict[str, Weights]:
        """The tables in 32 bits, which are added up twice as fast as in 64."""
        return {name: table.astype(np.float32) for name, table in self.tables.items()}

    @cached_property
    def _gap_tags(self) -> Weights:
        """The weights of the tags beside a gap by what ends it, those of the tags alone added."""
        alone = np.repeat(self._tables["gap tags"], _GAP_ENDS)
        total: Weights = self._tables["gap tags by what ends it"] + alone
        return total


class _Search:
    """The best paths through B sentences of up to W words.

    best : (W, B, L + 1) the score of the best path that ends with a word and has so many
        characters, of at most L.
    """

    def __init__(
        self,
        model: Deletion,
        grid: Grid,
        sums: Mapping[str, Weights],
        chosen: Ints,
        max_chars: int,
    ) -> None:
        starts, ends = grid.sentences.bounds[chosen].T
        sizes = ends - starts
        words = np.arange(int(sizes.max(initial=0)))
        inside = (words < sizes[:, None]).T
        self.chosen, self.max_chars = chosen, max_chars
        self.place = np.where(inside, starts + words[:, None], starts).astype(np.int32)
        lengths = grid.sentences.lengths[self.place]
        fits = inside & (lengths <= max_chars)
        self.lengths = np.where(fits, lengths, 0)

        def of(step: str, where: Flags) -> Weights:
            return np.where(where & fits, sums[step][self.place], _NEVER)

        self.keep = of("keep", grid.keeps[self.place])
        self.opens = of("open", grid.opens[self.place])
        self.closes = of("close", grid.closes[self.place])
        self.steps = self._steps(model, grid, sums, inside)
        self.best = self._forward()

    def _steps(
        self, model: Deletion, grid: Grid, sums: Mapping[str, Weights], inside: Flags
    ) -> Weights:
        """(W, W, B) the score of going from one word to another."""
        joins = grid.joins(self.place[:, None, :], self.place[None, :, :])
        ahead = np.arange(len(inside)) - np.arange(len(inside))[:, None]
        joins &= ((ahead > 0) & (ahead <= _FARTHEST))[:, :, None] & inside
        come, to, own = np.nonzero(joins)
        left, right = self.place[come, own], self.place[to, own]
        gaps = model.weigh_gaps(grid, left, right)
        gaps += sums["leave"][left] + sums["enter"][right]
        steps = np.full(joins.shape, _NEVER)
        steps[come, to, own] = np.where(right == left + 1, np.float32(0), gaps)
        return steps

    def _forward(self) -> Weights:
        width, count = self.place.shape
        best = np.empty((width, count, self.max_chars + 1), np.float32)
        span = np.arange(self.max_chars + 1)
        rows = np.arange(count)[:, None]
        for word in range(width):
            come = np.full((count, self.max_chars + 1), _NEVER, np.float32)
            if word:
                since = max(word - _FARTHEST, 0)
                np.max(best[since:word] + self.steps[since:word, word, :, None], axis=0, out=come)
            come[:, 0] = self.opens[word]
            had = span - self.lengths[word][:, None]
            reached = np.where(had >= 0, come[rows, np.maximum(had, 0)], _NEVER)
            best[word] = reached + self.keep[word][:, None]
        return best

    def lines(self, fewest_chars: int, most: int) -> Lines:
        """The best paths, followed from where they close to where they open."""
        ended = self.best + self.closes[:, :, None]
        final = ended.max(axis=0)
        final[:, :fewest_chars] = _NEVER
        chars = np.argsort(-final, axis=1, kind="stable")[:, :most]
        row = np.repeat(np.arange(len(final)), chars.shape[1])
        chars = chars.ravel()
        scores = final[row, chars]
        good = scores > _NEVER / 2
        row, chars, scores = row[good], chars[good], scores[good]
        word = ended[:, row, chars].argmax(axis=0)
        line, left = np.arange(len(row)), chars
        kept = []
        while len(line):
            own = row[line]
            kept.append((line, self.place[word, own]))
            left = left - self.lengths[word, own]
            goes_on = left > 0
            line, word, own, left = line[goes_on], word[goes_on], own[goes_on], left[goes_on]
            word = (self.best[:, own, left] + self.steps[:, word, own]).argmax(axis=0)
        nothing = np.empty(0, np.int64)
        of = np.concatenate([nothing, *(line for line, _ in kept)])
        words = np.concatenate([nothing, *(words for _, words in kept)])
        order = np.lexsort((words, of))
        bounds = np.searchsorted(of[order], np.arange(len(row) + 1))
        return Lines(self.chosen[row], scores, chars, words[order], bounds)


def _in_order(parts: list[Lines]) -> Lines:
    """Several groups of lines as one, in the order of their sentences."""
    nothing = np.empty(0, np.int64)
    none = Lines(nothing, nothing.astype(np.float32), nothing, nothing, np.zeros(1, np.int64))
    parts = [none, *parts]
    sentence = np.concatenate([part.sentence for part in parts])
    sizes = np.concatenate([np.diff(part.bounds) for part in parts])
    ends = np.cumsum(sizes)
    order = np.argsort(sentence, kind="stable")
    words = ranges(np.stack([ends - sizes, ends], axis=1)[order])
    return Lines(
        sentence[order],
        np.concatenate([part.scores for part in parts])[order],
        np.concatenate([part.chars for part in parts])[order],
        np.concatenate([part.words for part in parts])[words],
        np.append(0, np.cumsum(sizes[order])),
    )
