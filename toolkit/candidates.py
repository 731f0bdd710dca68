"""Possible headlines: the runs of clauses that fit a line, and the figures they are chosen by.

A candidate is a run of clauses from one version of a sentence. The times and connectives that open
it are taken off, and where it is too long for the line, attributes before it and verbs after it.
All candidates of a batch are rows of arrays.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .arrays import distinct
from .clauses import Clauses, retold, with_lines
from .compression import units, versions
from .deletion import Deletion
from .roles import Role, Sense
from .salience import Salience
from .selection import MOST_SENTENCES, Selection, likeliest
from .sentences import Sentences
from .strip import Part, Strip, Told, counts, following, preceding
from .textrank import Floats, Ranking, ranges
from .tokens import Flags, Ints, Kind, last_was, next_is

FEWEST_CHARS = 6
_SPACES = re.compile(r"\s+")
_LONGEST_RUN = 3
# As many lines of a sentence are looked at as were learned to be the likeliest.
_LINES = 8
_HOLLOW_CHARS = 6
_SAYS_CHARS = 3
# About the mean length of printed headlines, which the expected agreement with one depends on.
PRINTED_CHARS = 22


# What a line lacks that is no whole sentence, and by how much each thing mars it: a line that
# breaks off, or tells of nobody knows whom, is worse than a dull one.
_NEEDS = {"subject": 0.5, "verb": 0.5, "last_verb": 0.5}
_HARMS = {"cut": 1.25, "pronoun": 1.0, "trimmed": 0.5, "pivot": 0.5, "short": 0.5}


@dataclass(frozen=True)
class Candidates:
    """The possible headlines of a batch, N in all, article by article.

    Attributes
    ----------
    strip : the versions of the sentences they are runs of.
    article : (N,) whose headline it would be.
    start, end : (N,) its first token in the strip and the one after its last.
    chars : (N,) its characters.
    features : (N, M) the figures in `FEATURES` of each.
    """

    strip: Strip
    article: Ints
    start: Ints
    end: Ints
    chars: NDArray[np.int32]
    features: Floats

    @property
    def complete(self) -> Floats:
        """(N,) 1 for what can stand alone, a whole sentence; less for each thing that it lacks."""
        column = {name: self.features[:, n] > 0 for n, name in enumerate(FEATURES)}
        found: Floats = np.ones(len(self.features))
        for name, weight in _NEEDS.items():
            found -= weight * ~column[name]
        for name, weight in _HARMS.items():
            found -= weight * column[name]
        return found

    def texts(self, numbers: Ints | None = None) -> list[str]:
        """Some candidates as they would be printed, or all, clauses set apart by a space."""
        strip, batch = self.strip, self.strip.batch
        lines = np.stack([self.start, self.end], axis=1)
        lines = lines if numbers is None else lines[numbers]
        sizes = lines[:, 1] - lines[:, 0]
        first = np.cumsum(sizes) - sizes
        places = ranges(lines)
        tokens = strip.tokens[places]
        # A mark that is quoted is printed.
        quoted = np.cumsum(batch.member("“", tokens).astype(np.int64) - batch.member("”", tokens))
        quoted -= np.repeat(np.append(0, quoted)[first], sizes)
        marks = strip.breaks[places] & (quoted == 0)
        begin, end = batch.offsets[tokens], batch.offsets[tokens + 1]
        # What stands side by side in the text is taken from it at once.
        opens = np.ones(len(tokens), bool)
        opens[1:] = marks[1:] | marks[:-1] | (begin[1:] != end[:-1])
        opens[first] = True
        run = np.flatnonzero(opens)
        runs = list(
            zip(
                begin[run].tolist(),
                end[np.append(run[1:], len(tokens))[: len(run)] - 1].tolist(),
                marks[run].tolist(),
                strict=True,
            )
        )
        borders = np.searchsorted(run, np.append(first, len(tokens)))
        return [_line(batch.text, runs[a:b]) for a, b in pairwise(borders.tolist())]

    def text(self, number: int) -> str:
        """A candidate as it would be printed."""
        return self.texts(np.array([number]))[0]


def _line(text: str, runs: Sequence[tuple[int, int, bool]]) -> str:
    """What some runs of a text make; those that are marks are spaces."""
    line, last = "", len(text)
    for begin, end, mark in runs:
        if text[last:begin].isspace():
            line += " "
        line += " " if mark else text[begin:end].replace("\n", "")
        last = end
    return _SPACES.sub(" ", line).strip()


FEATURES = (
    "expected",  # agreement with a printed headline, by the salience of its words
    "salience",  # mean log odds of its words, relative to the best candidate's
    "salience_first",  # log odds of its first word
    "salience_last",  # and of its last
    "central",  # rank of its sentence, relative to the article's highest
    "sentence",  # log likelihood of a headline being made of its sentence
    "lead",  # 1 for the article's first sentence
    "early_sentence",  # 1 / (1 + place of the sentence)
    "early_clause",  # 1 / (1 + place of its first clause in the sentence)
    "coverage",  # rank of the words in it, relative to the best candidate
    "density",  # the same by character
    "length",  # characters, relative to what fits
    "short",  # 1 when under ten characters
    "noun_first",  # opens with a noun or a figure
    "verb_first",  # opens with a verb, so that the subject is missing
    "person_first",  # opens with a person's name
    "verb",  # has a main verb
    "clauses",  # how many clauses beyond the first
    "digits",
    "quotes",
    "pronoun",
    "trimmed",  # attributes before it were cut off
    "cut",  # verbs after it were cut off
    "compressed",  # units in it were dropped
    "subject",  # opens with a subject that a verb follows
    "last_verb",  # its last clause has a main verb
    "ends_in_verb",
    "goes_on",  # the clause after it has no subject of its own
    "pivot",  # what it has somebody do stands in the clause after it
    "lent",  # the subject was taken from a clause before
    "framed",  # opens with who spoke
    "general",  # its subject names nothing in particular
    "hollow",  # says only that a meeting was held or that somebody spoke
    "theme",  # share of what speaks for the article's theme
    "learned",  # a line that was made by leaving words out, whatever grammar says
    "likely",  # how likely its sentence is told so, beside the likeliest way
    "lost",  # characters left out inside it, by how likely a headline keeps them
)


# For each article, the words that spoke for its theme, and how strongly.
Evidence = Sequence[Mapping[str, float]]


@dataclass(frozen=True)
class Finder:
    """What possible headlines are found by, all of it learned.

    Attributes
    ----------
    selection : which sentences headlines are made of.
    deletion : which words of a sentence headlines keep.
    salience : how likely printed headlines are to keep each word.
    """

    selection: Selection
    deletion: Deletion
    salience: Salience

    def candidates(
        self,
        ranking: Ranking,
        max_chars: int,
        evidence: Evidence | None = None,
        *,
        throughout: Flags | None = None,
    ) -> Candidates:
        """Every run of clauses that fits a headline, with the figures it is chosen by.

        Parameters
        ----------
        evidence : for each article, the words that spoke for its theme and how strongly.
        throughout : (A,) the articles of which all sentences are looked at that can be, and no
            others; the likeliest of every article, if nothing is said.
        """
        log_shares = self.selection.log_shares(ranking)
        if throughout is None:
            wanted = likeliest(ranking, log_shares)
        else:
            wanted = throughout[ranking.sentence_of] & (ranking.place < MOST_SENTENCES)
        strip = Strip.of(ranking, wanted)
        if not len(strip):
            none = np.empty(0, np.int64)
            return Candidates(
                strip, none, none, none, none.astype(np.int32), np.empty((0, len(FEATURES)))
            )
        droppable = units(strip)
        log_odds = self.salience.log_odds(strip, droppable)
        shortened, place = versions(strip, droppable, log_odds, max_chars)
        told, again = retold(shortened)
        theme = _shares(strip, evidence or [])
        whole = Sentences.of(strip)
        lines = self.deletion.lines(whole, max_chars, FEWEST_CHARS, _LINES)
        told, origin, likely = with_lines(told, place[again], strip, lines, whole)
        figures = _Figures(log_shares, log_odds, theme, likely)
        return _Search(strip, told, origin, figures, max_chars).candidates()


def _shares(strip: Strip, evidence: Evidence) -> Floats:
    """(M,) what each token is of all that speaks for its article's theme."""
    lexicon = strip.batch.lexicon
    found = {
        article * len(lexicon.words) + lexicon[word]: weight / sum(words.values())
        for article, words in enumerate(evidence)
        for word, weight in words.items()
        if word in lexicon
    }
    if not found:
        return np.zeros(len(strip))
    keys = np.array([-1, *sorted(found)])
    shares = np.array([0.0, *map(found.__getitem__, sorted(found))])
    own = strip.article[strip.clause_of] * len(lexicon.words) + strip.ids
    at = np.searchsorted(keys, own, "right") - 1
    return np.where(keys[at] == own, shares[at], 0.0)


@dataclass(frozen=True)
class _Figures:
    """What is known of the sentences that candidates come from.

    Attributes
    ----------
    log_shares : (S,) of a headline being made of each sentence of the batch.
    log_odds : (L,) of a headline keeping each token of the text.
    theme : (L,) what each says of the theme.
    likely : (C,) how likely each clause as told is to be told so.
    """

    log_shares: Floats
    log_odds: Floats
    theme: Floats
    likely: Floats


class _Search:
    """The arrays over tokens and clauses that candidates are found with.

    text, strip : the sentences as they stand, L tokens in all, and as they are told, M tokens.
    origin : (M,) where each token of the strip stands in the text.
    """

    def __init__(
        self, text: Strip, strip: Strip, origin: Ints, figures: _Figures, max_chars: int
    ) -> None:
        self.strip = strip
        self.clauses = Clauses(strip)
        self.text = text
        self.origin = origin
        self.figures = figures
        self.log_odds = figures.log_odds[origin]
        self.theme = figures.theme[origin]
        self.max_chars = max_chars

    def candidates(self) -> Candidates:
        first, last = self._runs()
        starts, ends, runs, trimmed, cuts = [], [], [], [], []
        run = np.arange(len(first))
        for offset, begins in enumerate(self._starts(first)):
            start, end = begins[run], self.clauses.ends[last[run]]
            fits = self._chars(start, end) <= self.max_chars
            long = np.flatnonzero(~fits & (start < end))
            cut = self._cut(start[long], end[long], self.clauses.starts[last[run[long]]])
            whole = np.flatnonzero(fits & (start < end))
            shorter = cut > start[long]
            starts += [start[whole], start[long][shorter]]
            ends += [end[whole], cut[shorter]]
            runs += [run[whole], run[long][shorter]]
            trimmed.append(np.full(len(whole) + np.count_nonzero(shorter), float(offset > 0)))
            cuts += [np.zeros(len(whole)), np.ones(np.count_nonzero(shorter))]
            if offset == 0:
                # A run that fits as it is needs no trimming.
                run = run[~fits]
        start, stop, run = np.concatenate(starts), np.concatenate(ends), np.concatenate(runs)
        trim, was = np.concatenate(trimmed), np.concatenate(cuts)
        good = np.flatnonzero(self._printable(start, stop, self.clauses.starts[last[run]]))
        good = good[self._first_alike(start[good], stop[good])]
        article = self.strip.article[first[run]]
        order = good[np.lexsort((stop[good], start[good], article[good]))]
        start, stop, run, article = (a[order] for a in (start, stop, run, article))
        features = self._features(
            start, stop, first[run], last[run], trim[order], was[order], article
        )
        return Candidates(self.strip, article, start, stop, self._chars(start, stop), features)

    def _first_alike(self, start: Ints, end: Ints) -> Ints:
        """Which candidates to keep of those that several versions of a sentence have alike."""
        tokens, size = self.strip.tokens, len(self.strip.batch.ids) + 1
        ends = tokens[start] * size + tokens[end - 1]
        alike = ends * (self.max_chars + 1) + self._chars(start, end)
        return distinct(alike)[0]

    def _chars(self, start: Ints, end: Ints) -> NDArray[np.int32]:
        return self.strip.chars_before[end] - self.strip.chars_before[start]

    def _runs(self) -> tuple[Ints, Ints]:
        """First and last clause of each run of a few clauses of one sentence."""
        strip = self.strip
        clause = np.arange(len(strip.clauses))
        frame = self.clauses.frames
        stands = ~frame & ~self.clauses.depends & self.clauses.says
        begins = (strip.told != Told.AFTER) & ~self.clauses.refers
        frame = frame & (strip.told != Told.FRAME)
        alone = stands & begins
        first, last = [clause[alone]], [clause[alone]]
        # Clauses of one telling of one sentence, none left out between them.
        key, most = strip.telling, self.max_chars
        for more in range(1, _LONGEST_RUN):
            start, end = clause[:-more], clause[more:]
            good = (key[start] == key[end]) & (strip.place[end] - strip.place[start] == more)
            good &= stands[end] & begins[start]
            for inner in range(more):
                good &= ~frame[inner : len(clause) - more + inner]
            # Trimming and cutting leave all but the first clause and the last as they are.
            good &= self._chars(self.clauses.ends[start], self.clauses.starts[end]) <= most
            first.append(start[good])
            last.append(end[good])
        return np.concatenate(first), np.concatenate(last)

    def _starts(self, first: Ints) -> list[Ints]:
        """Where runs may start: past the leads, past a quoted banner, past an attribute."""
        strip = self.strip
        start, limit = self.clauses.starts[first], self.clauses.ends[first]
        at = np.minimum(start, len(strip) - 1)
        after_quote = following(strip.is_a(Role.CLOSES_QUOTE))[start] + 1
        banner = np.where(strip.is_a(Role.OPENS_QUOTE, at), after_quote, limit)
        banner = self.clauses.past_leads(np.minimum(banner, limit), limit)
        attribute = following(strip.is_a(Role.DE))[start] + 1
        # 对位于边境的机场发动袭击: what 对 opens does not end with 的.
        opened = following(strip.tagged("p"))[start] < attribute
        attribute = np.where(opened, limit, attribute)
        place = np.where(strip.of_kind(Kind.DISTRICT, at), start + 1, limit)
        past_it = strip.clauses[first, 1]
        # 了乌军的|进攻: what is left of the clause must still have a verb, and one after its noun.
        verbs = self.clauses.verbs_before
        keeps_verb = [
            verbs[limit] > verbs[np.minimum(other + 1, limit)]
            for other in (banner, attribute, place)
        ]
        return [
            start,
            *(
                np.where((other < limit) & keeps, other, past_it)
                for other, keeps in zip((banner, attribute, place), keeps_verb, strict=True)
            ),
        ]

    @cached_property
    def _can_end(self) -> Flags:
        """(M + 1,) places where an object ends: a noun, and then a mark or verbs alone."""
        strip = self.strip
        noun = strip.of_kind(Kind.NOUN) | strip.is_a(Role.CLOSES_QUOTE)
        joint = strip.of_kind(Kind.JOINT) & ~strip.is_a(Role.OPENS_QUOTE | Role.OPENS_BRACKET)
        can = np.zeros(len(strip) + 1, bool)
        # 总书记、国家主席某某: of several offices the first alone is somebody else's.
        can[1:-1] = noun[:-1] & joint[1:] & ~strip.names(Sense.OFFICE)[:-1]
        # 中国－东盟会议
        can[1:-1] &= ~strip.is_a(Role.RANGE)[1:]
        # 重要文章《…》
        titled = strip.names(Sense.GENERAL)[:-1] & strip.is_a(Role.OPENS_QUOTE)[1:]
        can[1:-1] |= titled & ~strip.is_part(Part.QUOTED)[:-1]
        verbal = strip.is_part(Part.MAIN)
        others = counts(~verbal)
        ends = self.clauses.ends[strip.clause_of]
        only_verbs = others[np.maximum(ends, np.arange(len(strip)))] == others[:-1]
        can[1:-1] |= noun[:-1] & (verbal & only_verbs)[1:]
        return can

    @cached_property
    def _last_can_end(self) -> Ints:
        """(M + 1,) the last place at or before each where a run can end; 0 when there is none."""
        return np.maximum(preceding(self._can_end), 0)

    def _cut(self, start: Ints, end: Ints, last: Ints) -> Ints:
        """The last place where a run that is too long can end and still fit; its start if none."""
        opening, chars = start, self.strip.chars_before
        fits = np.searchsorted(chars, chars[start] + self.max_chars, "right") - 1
        latest = self._last_can_end[np.minimum(fits, end)]
        # What is left of the last clause must still have its verb, and the verb of who spoke is
        # none: 卫健委通报 31个省.
        framed = self.strip.told[self.strip.clause_of[np.minimum(start, len(self.strip) - 1)]]
        said = following(self.strip.of_kind(Kind.ENDS_CLAUSE))[start] + 1
        start = np.where(framed == Told.FRAME, np.minimum(said, end), start)
        since = np.maximum(start, self.strip.clause_start[np.maximum(latest - 1, 0)]) + 1
        verbs = self.clauses.verbs_before
        good = (latest > np.maximum(start, last)) & (
            verbs[np.maximum(latest - 1, 0)] > verbs[np.minimum(since, len(verbs) - 1)]
        )
        return np.where(good, latest, opening)

    def _printable(self, start: Ints, end: Ints, last_clause: Ints) -> Flags:
        strip = self.strip
        last = np.maximum(end - 1, 0)
        first = np.minimum(start, len(strip) - 1)
        chars = self._chars(start, end)
        # 我市 is a place.
        me = strip.is_a(Role.ME | Role.THIRD) & ~strip.is_part(Part.QUOTED)
        me &= ~next_is(strip.names(Sense.OURS))
        # 签署、、主席令: the list that stood there was left out.
        bare = strip.is_a(Role.STOP) & next_is(strip.is_a(Role.LIST_MARK))
        bad = counts(me | bare)
        opens = strip.is_a(Role.OPENS_QUOTE | Role.OPENS_BRACKET).astype(np.int8)
        level = counts(opens - strip.is_a(Role.CLOSES_QUOTE | Role.CLOSES_BRACKET))
        marked = np.append(strip.of_kind(Kind.ENDS_CLAUSE), True)[end]
        breaks_off = strip.is_a(Role.NOT_LAST, last) & ~(strip.is_a(Role.ENDS_OWN, last) & marked)
        several = counts(strip.is_a(Role.AND | Role.LIST_MARK | Role.ETC))
        apart = counts(strip.is_a(Role.APART))
        alone = (apart[end] > apart[start]) & (several[end] == several[start])
        tells = counts(strip.tagged("v vn a i l") | strip.is_part(Part.VERB))
        listed = counts(strip.is_a(Role.LIST_MARK))
        alone |= (tells[end] == tells[start]) & (listed[end] > listed[start])
        # A line that was learned is no heading: it tells of something.
        verbs = self.clauses.verbs_before
        learned = strip.told[strip.clause_of[first]] == Told.LEARNED
        numeral = strip.of_kind(Kind.NUMERAL)
        figure = numeral | last_was(numeral)
        alone |= learned & (verbs[end] == verbs[start]) & ~figure[last]
        # 公布条例 施行: the time is gone, which was what the clause said.
        alone |= (last_clause > start) & (self._chars(last_clause, end) < _SAYS_CHARS)
        printable: Flags = (
            (end > start)
            & (chars >= FEWEST_CHARS)
            & (chars <= self.max_chars)
            & ~strip.is_a(Role.NOT_FIRST | Role.SPEAKS, first)
            & ~breaks_off
            & ~alone
            & ~strip.is_a(Role.STOP, last)
            & (level[end] == level[start])
            & (bad[end] == bad[start])
        )
        return printable

    def _features(
        self,
        start: Ints,
        end: Ints,
        first: Ints,
        last: Ints,
        trimmed: Floats,
        cut: Floats,
        article: Ints,
    ) -> Floats:
        strip = self.strip
        ranking = strip.ranking
        count = len(strip.batch)
        chars = self._chars(start, end)
        rank = np.append(ranking.term_ranks, 0.0)[ranking.term_of[strip.tokens]]
        coverage = _within(rank, start, end)
        density = coverage / np.maximum(chars, 1)
        chance = strip.lengths / (1 + np.exp(-self.log_odds))
        kept = _within(chance, start, end)
        mean = _within(self.log_odds * strip.lengths, start, end) / np.maximum(chars, 1)
        best_mean = np.full(count, -np.inf)
        np.maximum.at(best_mean, article, mean)
        verb = strip.is_part(Part.VERB)
        opens = strip.of_kind(Kind.NOUN | Kind.NUMBER)
        subject = opens | (strip.is_a(Role.OPENS_QUOTE) & next_is(opens))
        quote = strip.is_a(Role.OPENS_QUOTE)
        columns = {
            "expected": 2 * kept / (chars + PRINTED_CHARS),
            "salience": mean - best_mean[article],
            "salience_first": self.log_odds[start],
            "salience_last": self.log_odds[end - 1],
            "central": ranking.relative[strip.sentence[first]],
            "sentence": self.figures.log_shares[strip.sentence[first]],
            "lead": strip.sentence_place[first] == 0,
            "early_sentence": 1 / (1 + strip.sentence_place[first]),
            "early_clause": 1 / (1 + strip.place[first]),
            "coverage": _relative(coverage, article, count),
            "density": _relative(density, article, count),
            "length": chars / self.max_chars,
            "short": chars < 10,
            "noun_first": subject[start],
            "verb_first": verb[start],
            "person_first": strip.of_kind(Kind.PERSON, start),
            "verb": self.clauses.verbs_before[end] > self.clauses.verbs_before[start],
            "clauses": last - first,
            "digits": _holds(strip.of_kind(Kind.NUMBER), start, end),
            "quotes": _holds(quote, start, end),
            "pronoun": _holds(strip.is_a(Role.PRONOUN), start, end),
            "trimmed": trimmed,
            "cut": cut,
            "compressed": strip.version[first] > 0,
            "theme": np.minimum(_within(self.theme, start, end), 1.0),
            "learned": strip.told[first] == Told.LEARNED,
            "likely": self.figures.likely[first],
            "lost": self._lost(start, end, kept),
            **self._grammar(start, end, first, last),
        }
        return np.stack([columns[name].astype(float) for name in FEATURES], axis=1)

    def _lost(self, start: Ints, end: Ints, kept: Floats) -> Floats:
        """(N,) characters that were left out between the ends, each by its chance to be kept."""
        first, last = self.origin[start], self.origin[end - 1]
        chance = self.text.lengths / (1 + np.exp(-self.figures.log_odds))
        told = self.strip.told[self.strip.clause_of[start]] == Told.AS_IS
        lost: Floats = np.where(
            told, _within(chance, first, np.maximum(last + 1, first)) - kept, 0.0
        )
        return np.maximum(lost, 0.0) / self.max_chars

    def _hollow(self, since: Ints, end: Ints) -> Flags:
        """(N,) whether a line ends with 举行发布会 or 发表重要讲话 and does not say on what."""
        strip = self.strip
        did = preceding(strip.is_part(Part.MAIN))[np.maximum(end - 2, 0)]
        bare = (did >= since) & (self._chars(np.maximum(did, 0) + 1, end) <= _HOLLOW_CHARS)
        alone = counts(strip.is_a(Role.TO_WHOM | Role.OVER | Role.OPENS_QUOTE))
        hollow: Flags = strip.names(Sense.HOLLOW, end - 1) & bare & (alone[end] == alone[since])
        return hollow

    def _general(self, start: Ints, limit: Ints) -> Flags:
        """(N,) whether a line opens with 会议 or 《意见》 and no word that says which."""
        strip = self.strip
        quoted = strip.is_a(Role.OPENS_QUOTE, start)
        noun = np.minimum(start + quoted, limit - 1)
        after = np.minimum(noun + 1 + quoted, limit - 1)
        closed = ~quoted | strip.is_a(Role.CLOSES_QUOTE, np.minimum(noun + 1, limit - 1))
        general: Flags = strip.names(Sense.GENERAL, noun) & closed
        return general & strip.is_part(Part.PREDICATE, after)

    def _grammar(self, start: Ints, end: Ints, first: Ints, last: Ints) -> dict[str, Flags]:
        """Whether a line is a whole sentence."""
        strip, clauses = self.strip, self.clauses
        limit = np.minimum(clauses.ends[first], end)
        verbs = clauses.verbs_before
        since = np.maximum(start, clauses.starts[last])
        after = np.minimum(last + 1, len(strip.clauses) - 1)
        more = (strip.telling[after] == strip.telling[last]) & (after > last)
        goes_on = more & strip.is_part(Part.PREDICATE, clauses.first[after])
        pivots = counts(strip.is_a(Role.PIVOT) & strip.is_part(Part.MAIN))
        return {
            "general": self._general(start, limit),
            "hollow": self._hollow(since, end),
            "subject": clauses.subject_end(start, limit) > start,
            "last_verb": verbs[end] > verbs[since],
            "ends_in_verb": strip.is_part(Part.VERB, end - 1),
            "goes_on": goes_on,
            "pivot": goes_on
            & (
                ((pivots[end] > pivots[since]) & (verbs[end] - verbs[since] == 1))
                | strip.names(Sense.HOLLOW, end - 1)
            ),
            "lent": strip.told[first] == Told.LENT,
            "framed": strip.told[first] == Told.FRAME,
        }


def _within(values: Floats, start: Ints, end: Ints) -> Floats:
    """(N,) the sum of values from each start up to its end."""
    sums = np.append(0.0, np.cumsum(values))
    total: Floats = sums[end] - sums[start]
    return total


def _holds(flags: Flags, start: Ints, end: Ints) -> Flags:
    """(N,) whether any place from each start up to its end is flagged."""
    sums = counts(flags)
    held: Flags = sums[end] > sums[start]
    return held


def _relative(values: Floats, article: Ints, count: int) -> Floats:
    """(N,) each value as a share of its article's greatest."""
    greatest = np.full(count, 1e-12)
    np.maximum.at(greatest, article, values)
    share: Floats = values / greatest[article]
    return share
