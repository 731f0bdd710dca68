"""Possible headlines: the runs of clauses that fit a line, and the figures they are chosen by.

A candidate is a run of clauses from one sentence. Times, connectives and brackets are taken off,
and where the run is too long for the line, attributes before it and verbs after it. All
candidates of a batch are rows of arrays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .textrank import Ranking
from .tokens import Flags, Ints, Kind, TokenBatch

Floats = NDArray[np.float64]
Number = TypeVar("Number", np.int64, np.float64)

FEWEST_CHARS = 6
_LONGEST_RUN = 3
_NEAR = 4

_LEADS = frozenset(
    """
    近日 日前 近期 最近 不久前 目前 截至 截至目前 连日来 昨日 昨天 今日 今天 前天 前日 当天
    当日 昨晚 今晨 眼下 如今 近年来 一直以来 清晨 凌晨 一早 一大早 早上 上午 中午 下午 傍晚
    晚上 晚间 夜里 夜间 深夜 据悉 据了解 据介绍 据统计 此外 另外 与此同时 同时 其中 随后 接下来
    下一步 未来 今后 因此 为此 于是 但 但是 而 而且 并 并且 也 还 则 又 就 已 还有 再 对此 会上
    现场 本报讯 记者 起 来 以来 即日起 期间
    """.split()
)
_DATE_UNITS = frozenset("年 月 日 号 时 点 分 年度 季度 月份".split())
_FRAME_ENDS = frozenset(
    """
    获悉 了解到 看到 注意到 表示 介绍 说 说道 称 指出 认为 强调 坦言 回忆 透露 告诉 回忆说
    介绍说 笑着说 感慨 告诉记者 提醒 建议 了解
    """.split()
)
_BAD_STARTS = frozenset(
    """
    的 了 和 与 及 并 也 还 但 而 则 又 就 都 这 那 该 其 他 她 它 我 你 您 咱 我们 你们 他们
    她们 它们 咱们 大家 自己 同时 此外 其中 以及 或 因 由于 因为 如果 虽然 不仅 不但 只要 只有
    随着 通过 根据 按照 为了 为 作为 近日 日前 据 对此 对于 让 使 把 被 给 从而 进而 以便 以此
    由此 这里 这个 那里 那个 这些 那些 此次 此 本次 这次 当时 所以 然后 却 才 只 更 最 很 即 若
    便 另 另一 于 至 等 不过 除了 除 围绕 针对 本 这位 那位 这样 那样 这是 那是 某 每 以 将 向
    从 由 到 地 得 着 过 吗 呢 吧 啊 后 前 经 当
    """.split()
)
_BAD_ENDS = frozenset(
    """
    的 地 得 和 与 及 并 在 为 以 对 从 向 到 由 被 把 将 让 使 给 比 于 是 有 等 或 而 但 因
    就 也 都 还 了解到 获悉 表示 介绍 认为 以及 通过 包括 进行 开展 举办 组织 其中 称 说 一个
    之 更 最 不 很 再 又 所 各 每 该 这 那 其 某 第 约 近 超 共 仅 如 像 按 跟 同 至 自 起 并且
    而且 因为 由于 如果 预计 来自 成为 做到 实现 时 后 中 里 期间
    """.split()
)
_PRONOUNS = frozenset("他 她 它 他们 她们 我 我们 你 你们 您 咱 咱们 这 那 该 其 此".split())
_ADVERBIAL_STARTS = frozenset("在 当 随着 自 自从 经过 经".split())
_ADVERBIAL_ENDS = frozenset(
    "中 下 上 里 内 时 后 前 期间 之际 之后 之前 同时 以来 之中 之下 间 起".split()
)


@dataclass(frozen=True)
class Candidates:
    """The possible headlines of a batch, N in all, article by article.

    Attributes
    ----------
    article : (N,) whose headline it would be.
    start, end : (N,) its first token and the one after its last.
    kept : (T,) whether a token is printed.
    features : (N, M) the figures in `FEATURES` of each.
    """

    batch: TokenBatch
    article: Ints
    start: Ints
    end: Ints
    kept: Flags
    features: Floats

    @property
    def complete(self) -> Flags:
        """(N,) whether a candidate can stand alone: whole clauses with subject and verb."""
        column = {name: self.features[:, n] > 0 for n, name in enumerate(FEATURES)}
        lacks = column["person_first"] | column["trimmed"] | column["short"]
        has_all = column["noun_first"] & column["verb"] & column["whole"]
        return has_all & ~lacks

    def text(self, number: int) -> str:
        """A candidate as it would be printed, clauses set apart by a space."""
        start, end = int(self.start[number]), int(self.end[number])
        words = self.batch.lexicon.words
        parts = [words[self.batch.ids[token]] for token in range(start, end) if self.kept[token]]
        quoted = 0
        line = ""
        for part in parts:
            quoted += part.count("“") - part.count("”")
            space = part in ("，", "；", "：", ",", ";", "—", "——") and not quoted
            line += " " if space else part.strip("\n")
        return re.sub(r"\s+", " ", line).strip()


FEATURES = (
    "central",  # rank of its sentence, relative to the article's highest
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
    "verb",  # has a verb
    "whole",  # nothing but verbs was cut off the clause it ends in
    "sentence_end",  # ends where the sentence ends
    "clauses",  # how many clauses beyond the first
    "digits",
    "quotes",
    "pronoun",
    "trimmed",  # attributes before it were cut off
)


def candidates(ranking: Ranking, max_chars: int) -> Candidates:
    """Every run of clauses that fits a headline, with the figures it is chosen by."""
    return _Search(ranking, max_chars).candidates()


class _Search:
    """The arrays over tokens and clauses that candidates are found with."""

    def __init__(self, ranking: Ranking, max_chars: int) -> None:
        self.ranking = ranking
        self.batch = ranking.batch
        self.max_chars = max_chars

    def candidates(self) -> Candidates:
        first, last = self._runs()
        starts, ends, runs, trimmed = [], [], [], []
        end = self.clause_ends[last]
        wanted = np.ones(len(last), bool)
        for offset, begins in enumerate(self._starts(first)):
            fits = self._chars(begins, end) <= self.max_chars
            cut = self._cut(begins, end)
            for choice, end_at in ((fits, end), (~fits & (cut > begins), cut)):
                good = choice & (begins < end_at) & wanted
                starts.append(begins[good])
                ends.append(end_at[good])
                runs.append(np.flatnonzero(good))
                trimmed.append(np.full(int(good.sum()), float(offset > 0)))
            if offset == 0:
                # A run that fits as it is needs no trimming.
                wanted = ~fits
        start, end, run = np.concatenate(starts), np.concatenate(ends), np.concatenate(runs)
        trim = np.concatenate(trimmed)
        good = self._printable(start, end)
        start, end, run, trim = start[good], end[good], run[good], trim[good]
        article = self.batch.document_of[start]
        order = np.lexsort((end, start, article))
        start, end, run, article = (a[order] for a in (start, end, run, article))
        features = self._features(start, end, first[run], last[run], trim[order], article)
        return Candidates(self.batch, article, start, end, self.kept, features)

    @cached_property
    def kept(self) -> Flags:
        """(T,) tokens outside brackets and outside 主题为“…”的."""
        opened = np.cumsum(self.batch.member("（("))
        closed = np.cumsum(self.batch.member("）)"))
        kept = (opened <= closed) & ~self.batch.member("）)")
        words, ids = self.batch.lexicon.words, self.batch.ids
        for topic in np.flatnonzero(self.batch.member({"主题"})).tolist():
            around = [words[i] for i in ids[topic : topic + 30]]
            if around[1:3] in (["为", "“"], ["是", "“"]) and "”" in around:
                close = around.index("”")
                if around[close + 1 : close + 2] == ["的"]:
                    kept[topic : topic + close + 2] = False
        return kept

    @cached_property
    def _char_sum(self) -> Ints:
        return _sums(np.where(self.kept, np.diff(self.batch.offsets), 0))

    def _chars(self, start: Ints, end: Ints) -> Ints:
        return self._char_sum[end] - self._char_sum[start]

    @cached_property
    def clause_sentence(self) -> Ints:
        starts = self.batch.sentences[:, 0]
        return np.searchsorted(starts, self.batch.clauses[:, 0], side="right") - 1

    @cached_property
    def clause_ends(self) -> Ints:
        """(C,) the end of each clause without the punctuation that closes it."""
        end = self.batch.clauses[:, 1].copy()
        start = self.batch.clauses[:, 0]
        mark = self.batch.member("，。；：！？!?…,;:、—\n\r \u3000") | self.batch.member(
            {"……", "——"}
        )
        for _ in range(4):
            end -= (end > start) & mark[np.maximum(end - 1, 0)]
        return end

    @cached_property
    def clause_starts(self) -> Ints:
        """(C,) the start of each clause past the times and connectives that open it."""
        return self._past_leads(self.batch.clauses[:, 0], self.batch.clauses[:, 1])

    def _past_leads(self, start: Ints, limit: Ints) -> Ints:
        at = start.copy()
        for _ in range(10):
            at += (at < limit) & self._lead[np.minimum(at, len(self._lead) - 1)]
        return at

    @cached_property
    def _lead(self) -> Flags:
        batch = self.batch
        number = batch.of(Kind.NUMBER | Kind.NUMERAL)
        unit = batch.member(_DATE_UNITS)
        dated = number & np.append(unit[1:], False)
        marks = batch.member("，、：；,·")
        leads = batch.member(_LEADS) | batch.of(Kind.BLANK) | marks | ~self.kept
        after_date = unit & np.append(False, dated[:-1])
        found: Flags = leads | dated | after_date
        return found

    def _runs(self) -> tuple[Ints, Ints]:
        """First and last clause of each run of at most three clauses of one sentence.

        Only an article's first sentences and those of the highest rank are looked at.
        """
        clause = np.arange(len(self.batch.clauses))
        frame = self._frames | ~self._near[self.clause_sentence]
        first, last = [clause[~frame]], [clause[~frame]]
        for more in range(1, _LONGEST_RUN):
            start, end = clause[:-more], clause[more:]
            good = self.clause_sentence[start] == self.clause_sentence[end]
            for inner in range(more + 1):
                good &= ~frame[inner : len(clause) - more + inner]
            first.append(start[good])
            last.append(end[good])
        return np.concatenate(first), np.concatenate(last)

    @cached_property
    def _near(self) -> Flags:
        """(S,) the first sentences of each article and those of the highest rank."""
        owner = self.ranking.sentence_of
        place = np.arange(len(owner)) - np.searchsorted(owner, owner)
        order = np.lexsort((-self.ranking.sentences.round(9), owner))
        above = np.empty(len(owner), np.int64)
        above[order] = place
        near: Flags = np.minimum(place, above) < _NEAR
        return near

    @cached_property
    def _frames(self) -> Flags:
        """(C,) clauses that only say who spoke, or only when or under what something was."""
        last = np.maximum(self.clause_ends - 1, 0)
        first = np.minimum(self.clause_starts, max(len(self.batch.ids) - 1, 0))
        says = self.batch.member(_FRAME_ENDS, last)
        adverbial = self.batch.member(_ADVERBIAL_STARTS, first) & self.batch.member(
            _ADVERBIAL_ENDS, last
        )
        ends_in_time = self.batch.member({"同时", "以来", "之际", "期间", "后"}, last)
        return says | adverbial | ends_in_time | (self.clause_starts >= self.clause_ends)

    def _starts(self, first: Ints) -> list[Ints]:
        """Where runs may start: past the leads, past a quoted banner, past an attribute."""
        batch = self.batch
        start, limit = self.clause_starts[first], self.clause_ends[first]
        after_quote = _next(batch.member("”"))[start] + 1
        opens = batch.member("“", np.minimum(start, len(batch.ids) - 1))
        banner = np.where(opens & (after_quote < limit), after_quote, limit)
        banner = self._past_leads(banner, limit)
        attribute = _next(batch.member({"的"}))[start] + 1
        district = batch.of(Kind.DISTRICT, np.minimum(start, len(batch.ids) - 1))
        place = np.where(district, start + 1, limit)
        past_it = batch.clauses[first, 1]
        others = (banner, attribute, place)
        return [start, *(np.where(other < limit, other, past_it) for other in others)]

    @cached_property
    def _can_end(self) -> Flags:
        """(T + 1,) places where an object ends: a noun, and then a mark, 和, or verbs alone."""
        batch = self.batch
        noun = batch.of(Kind.NOUN) | batch.member("”》")
        can = np.zeros(len(batch.ids) + 1, bool)
        can[1:-1] = noun[:-1] & batch.of(Kind.JOINT)[1:]
        nouns = _counts(batch.of(Kind.NOUN))
        clause = np.searchsorted(batch.clauses[:, 0], np.arange(len(noun)), side="right") - 1
        ends = self.clause_ends[np.maximum(clause, 0)] if len(batch.clauses) else clause
        only_verbs = nouns[np.maximum(ends, np.arange(len(noun)))] == nouns[:-1]
        can[1:-1] |= noun[:-1] & (batch.of(Kind.VERB) & only_verbs)[1:]
        return can

    @cached_property
    def _last_can_end(self) -> Ints:
        """(T + 1,) the last place at or before each where a run can end; 0 when there is none."""
        return np.maximum.accumulate(np.where(self._can_end, np.arange(len(self._can_end)), 0))

    def _cut(self, start: Ints, end: Ints) -> Ints:
        """The last place where a run that is too long can end and still fit; its start if none."""
        fits = np.searchsorted(self._char_sum, self._char_sum[start] + self.max_chars, "right") - 1
        latest = self._last_can_end[np.minimum(fits, end)]
        verbs = self._verb_sum
        good = (latest > start) & (
            verbs[np.maximum(latest - 1, 0)] > verbs[np.minimum(start + 1, len(verbs) - 1)]
        )
        return np.where(good, latest, start)

    @cached_property
    def _verb_sum(self) -> Ints:
        return _counts(self.batch.of(Kind.VERB))

    def _printable(self, start: Ints, end: Ints) -> Flags:
        batch = self.batch
        last = np.maximum(end - 1, 0)
        first = np.minimum(start, len(batch.ids) - 1)
        chars = self._chars(start, end)
        level = _sums(batch.member("“《‘（").astype(np.int64) - batch.member("”》’）"))
        printable: Flags = (
            (end > start)
            & (chars >= FEWEST_CHARS)
            & (chars <= self.max_chars)
            & ~batch.member(_BAD_STARTS, first)
            & ~batch.member(_BAD_ENDS, last)
            & ~batch.member("，、：；‘”’）》。", first)
            & (level[end] == level[start])
        )
        return printable

    @cached_property
    def _quoted(self) -> Ints:
        """(T,) how many quotation marks are open at each token."""
        opened = self.batch.member("“《").astype(np.int64) - self.batch.member("”》")
        return np.cumsum(opened)

    @cached_property
    def _subject(self) -> Flags:
        """(T,) tokens that can open a headline: nouns, figures, a quotation mark before either."""
        opens = self.batch.of(Kind.NOUN | Kind.NUMBER)
        quoted = self.batch.member("“《") & np.append(opens[1:], False)
        found: Flags = opens | quoted
        return found

    def _features(
        self, start: Ints, end: Ints, first: Ints, last: Ints, trimmed: Floats, article: Ints
    ) -> Floats:
        batch, ranking = self.batch, self.ranking
        sentence = self.clause_sentence[first]
        highest = np.zeros(len(batch))
        np.maximum.at(highest, ranking.sentence_of, ranking.sentences)
        place = sentence - np.searchsorted(ranking.sentence_of, article)
        clause = first - np.searchsorted(self.clause_sentence, sentence)
        rank = np.append(ranking.term_ranks, 0.0)[ranking.term_of]
        covered = _sums(np.where(self.kept, rank, 0.0))
        coverage = covered[end] - covered[start]
        best = np.full(len(batch), 1e-12)
        np.maximum.at(best, article, coverage)
        chars = self._chars(start, end)
        density = coverage / np.maximum(chars, 1)
        densest = np.full(len(batch), 1e-12)
        np.maximum.at(densest, article, density)

        def has(flags: Flags) -> Floats:
            sums = _counts(flags)
            return (sums[end] > sums[start]).astype(float)

        nouns = _counts(batch.of(Kind.NOUN))
        columns = {
            "central": ranking.sentences[sentence] / highest[article],
            "lead": (place == 0).astype(float),
            "early_sentence": 1 / (1 + place),
            "early_clause": 1 / (1 + clause),
            "coverage": coverage / best[article],
            "density": density / densest[article],
            "length": chars / self.max_chars,
            "short": (chars < 10).astype(float),
            "noun_first": self._subject[start].astype(float),
            "verb_first": batch.of(Kind.VERB, start).astype(float),
            "person_first": batch.of(Kind.PERSON, start).astype(float),
            "verb": has(batch.of(Kind.VERB) & (self._quoted == 0)),
            "whole": (nouns[self.clause_ends[last]] == nouns[end]).astype(float),
            "sentence_end": (batch.clauses[last, 1] == batch.sentences[sentence, 1]).astype(float),
            "clauses": (last - first).astype(float),
            "digits": has(batch.of(Kind.NUMBER)),
            "quotes": has(batch.member("“《")),
            "pronoun": has(batch.member(_PRONOUNS)),
            "trimmed": trimmed,
        }
        return np.stack([columns[name] for name in FEATURES], axis=1)


def _counts(flags: Flags) -> Ints:
    """(T + 1,) how many places before each are flagged."""
    return _sums(flags.astype(np.int64))


def _sums(values: NDArray[Number]) -> NDArray[Number]:
    """(T + 1,) sums of all values before each place."""
    sums = np.zeros(len(values) + 1, values.dtype)
    np.cumsum(values, out=sums[1:])
    return sums


def _next(flags: Flags) -> Ints:
    """(T + 1,) the first flagged place at or after each place; T + 1 when there is none."""
    places = np.full(len(flags) + 1, len(flags) + 1)
    places[:-1][flags] = np.flatnonzero(flags)
    return np.minimum.accumulate(places[::-1])[::-1]
