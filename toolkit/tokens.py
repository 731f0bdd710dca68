"""Words and sentences: the text of a batch of articles to integer arrays, once for every use.

A `Lexicon` numbers the words as they are met and keeps what is known of each, so that a word is
looked at once however often it comes; all else is arithmetic on the numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntFlag, auto
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import rjieba
from numpy.typing import ArrayLike, NDArray

from .arrays import bits, distinct
from .article import Article
from .byline import credit_length
from .characters import simplify
from .errors import InputError
from .roles import Sense, senses_of
from .tags import tag_of, tag_place

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
EVERY = slice(None)
Number = TypeVar("Number", bound=np.generic)

SENTENCE_ENDS = frozenset("。！？!?…\n\r") | {"\r\n", "……"}
CLAUSE_ENDS = frozenset("，；：,;:—") | {"——"} | SENTENCE_ENDS
# What closes a sentence may stand after its stop: “……。” or （……。）
CLOSERS = frozenset("”’」』）)》】")
_NOUN_TAGS = ("n", "vn", "an", "j", "l", "i", "eng", "s")
# Nouns that jieba's dictionary has as verbs.
_NOUNS = frozenset("外卖 快递 环卫 保洁 代驾 家政 志愿".split())
_NO_DISTRICTS = frozenset(
    """城市 小区 社区 园区 地区 市区 山区 景区 校区 厂区 辖区 片区 街区 牧区 灾区 老区 库区 超市
    上市 门市 都市 夜市 集市 股市 楼市 郊区 城区 新区 矿区 林区 战区 全市 全省 全县 全区 各省
    各市 各县 各区 外省 宿舍区 生活区 工业区 开发区 高新区 示范区 试验区 自贸区""".split()
)
# After a figure the dictionary's model takes these for words: 25|日称, 7|日至.
_GLUED = frozenset(unit + after for unit in "年月日时点" for after in "称至到向为有在与同对将随")
_FIGURES = frozenset("一二三四五六七八九十百千万亿两几零〇0123456789.")
_IN_BEIJING = ("举行", "召开", "开幕", "闭幕", "发布")
# A lexicon is begun anew past this size, so that memory stays flat over an archive.
_MOST_WORDS = 1 << 18
_SURROGATES = re.compile("[\ud800-\udfff]")
# Words that say nothing of what an article is about.
STOPWORDS = frozenset(
    """的 了 和 与 及 或 在 是 为 以 对 从 向 到 由 被 把 将 让 使 给 比
    跟 同 于 自 至 并 而 且 但 也 都 就 又 还 再 很 更 最 只 不 没 没有
    有 这 那 此 其 该 每 各 某 个 位 名 次 种 等 等等 之 所 者 着 过 地
    得 们 我 你 他 她 它 我们 你们 他们 她们 它们 自己 大家 这个 那个 这些
    那些 这里 那里 这样 那样 什么 怎么 如何 多少 几 一 二 三 两 一个 一些
    一种 一次 一位 上 下 中 内 外 前 后 里 间 时 年 月 日 时候 以及 以后
    以前 之后 之前 其中 同时 通过 根据 按照 为了 由于 因为 所以 如果 虽然 但是
    不过 而且 并且 或者 还是 只要 只有 可以 能够 可能 应该 需要 已经 正在 曾经
    将要 目前 近日 日前 今天 昨天 明天 今年 去年 明年 当天 当日 记者 通讯员
    本报讯 本报 报道 据悉 据了解 介绍 表示 说 称 认为 指出 来 去 做 要 会 能
    想 看 用 人 吧 呢 吗 啊 呀 嘛 哦""".split()
)


class Lexicon(dict[str, int]):
    """The words met so far, each with its number, and what is known of each by that number.

    Looking up a word that is not there gives it the next number. Knowledge is brought up to date
    by `learn`.

    Attributes
    ----------
    words : (W,) the words in the order of their numbers.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._lengths = _Column(np.int64)
        self._tags = _Column(np.uint8)
        self._kinds = _Column(np.uint16)
        self._facts: dict[Hashable, _Column[Any]] = {}

    def __missing__(self, word: str) -> int:
        self[word] = number = len(self.words)
        self.words.append(word)
        return number

    @property
    def lengths(self) -> Ints:
        """(W,) the characters of each word."""
        return self._lengths.values

    @property
    def tags(self) -> NDArray[np.uint8]:
        """(W,) the part of speech of each word, as its place in `TAGS`."""
        return self._tags.values

    @property
    def kinds(self) -> NDArray[np.uint16]:
        """(W,) the bits of `Kind` that hold for each word."""
        return self._kinds.values

    def learn(self) -> None:
        """Find out what is known of the words that were added since the last time."""
        new = self.words[len(self.lengths) :]
        if new:
            tags = list(map(tag_of, new))
            self._lengths.extend(list(map(len, new)))
            self._tags.extend(list(map(tag_place, tags)))
            self._kinds.extend(_kinds(new, tags))

    def facts(
        self, name: Hashable, of: Callable[[Sequence[str]], ArrayLike], dtype: type[Number]
    ) -> NDArray[Number]:
        """(W,) what a function says of each word, asked once a word.

        Parameters
        ----------
        name : tells this function's answers from those of others.
        of : words in the order of their numbers to an answer for each.
        """
        known: _Column[Number] = self._facts.setdefault(name, _Column(dtype))
        new = self.words[len(known.values) :]
        if new:
            known.extend(of(new))
        return known.values


class _Column(Generic[Number]):
    """An array that grows at its end, and is seldom copied for it."""

    def __init__(self, dtype: type[Number]) -> None:
        self._room = np.empty(1024, dtype)
        self.values: NDArray[Number] = self._room[:0]

    def extend(self, new: ArrayLike) -> None:
        added = np.asarray(new, self._room.dtype)
        size = len(self.values) + len(added)
        if size > len(self._room):
            grown = np.empty(2 * size, self._room.dtype)
            grown[: len(self.values)] = self.values
            self._room = grown
        self._room[len(self.values) : size] = added
        self.values = self._room[:size]


class Kind(IntFlag):
    """What a token can be."""

    WORD = auto()  # has a letter or a Chinese character
    CONTENT = auto()  # a word of two characters or more that is no stopword
    NUMBER = auto()  # opens and ends with a digit
    NUMERAL = auto()  # a number in figures or characters
    COUNT = auto()  # such a number without what it counts: 三, not 三名
    NOUN = auto()  # a noun or used as one: names, abbreviations, idioms too
    VERB = auto()  # a verb and no verbal noun
    PERSON = auto()  # a person's name
    JOINT = auto()  # a conjunction or a mark
    ENDS_SENTENCE = auto()
    ENDS_CLAUSE = auto()
    CLOSES = auto()  # what may stand after the stop that ends a sentence
    BLANK = auto()
    PLACE = auto()  # the name of a place or of a body
    DISTRICT = auto()  # a short name of a province, city, district or county


def _kinds(words: Sequence[str], tags: Sequence[str]) -> NDArray[np.uint16]:
    """(W,) the bits of `Kind` that hold for each of some words."""

    def each(holds: Callable[[str], bool], of: Sequence[str] = words) -> Flags:
        return np.fromiter(map(holds, of), bool, len(words))

    word = each(lambda word: any(map(str.isalpha, word)))
    figure = each(lambda word: word[-1].isdigit() or _FIGURES.issuperset(word))
    noun = each(lambda tag: tag.startswith(_NOUN_TAGS), tags) | each(_NOUNS.__contains__)
    holds = {
        Kind.WORD: word,
        Kind.CONTENT: word & each(lambda word: len(word) > 1 and word not in STOPWORDS),
        Kind.NUMBER: each(lambda word: word[0].isdigit() and word[-1].isdigit()),
        Kind.NUMERAL: each(lambda tag: tag[0] == "m", tags) | figure,
        Kind.COUNT: figure,
        Kind.NOUN: noun,
        Kind.VERB: each(lambda tag: tag[0] == "v", tags) & ~noun,
        Kind.PERSON: each(lambda tag: tag.startswith("nr"), tags),
        Kind.JOINT: each(lambda tag: tag[0] in "cx", tags),
        Kind.ENDS_SENTENCE: each(SENTENCE_ENDS.__contains__),
        Kind.ENDS_CLAUSE: each(CLAUSE_ENDS.__contains__),
        Kind.CLOSES: each(CLOSERS.__contains__),
        Kind.BLANK: each(str.isspace),
        Kind.PLACE: each(lambda tag: tag in ("ns", "nt", "nz", "j"), tags),
        Kind.DISTRICT: each(
            lambda word: word[-1] in "省市区县" and 1 < len(word) <= 4 and word not in _NO_DISTRICTS
        ),
    }
    return bits(holds.items(), len(words))


@dataclass(frozen=True)
class TokenBatch:
    """The words of a batch of articles, D articles and T tokens in all.

    Every token stands here, punctuation and white space too, so that any run of tokens can be
    turned back into the text it came from.

    Attributes
    ----------
    text : headings and bodies of all articles, each followed by a newline.
    lexicon : the words that the tokens are numbers of; of an article in traditional characters
        the simplified words, as long as those in `text`.
    ids : (T,) the tokens, article by article, heading before body.
    offsets : (T + 1,) where each token starts in `text`, in characters.
    documents : (D + 1,) the first token of each article, and T.
    credits : (D,) the first token of each article's body.
    bodies : (D,) the first token of the body past any byline that opens it.
    """

    text: str
    lexicon: Lexicon
    ids: Ints
    offsets: Ints
    documents: Ints
    credits: Ints
    bodies: Ints

    def __len__(self) -> int:
        """The number of articles, D."""
        return len(self.bodies)

    def text_of(self, first: int, last: int) -> str:
        """The text of the tokens from `first` up to, not including, `last`."""
        return self.text[self.offsets[first] : self.offsets[last]]

    def word(self, token: int) -> str:
        """The word that a token is, in simplified characters."""
        return self.lexicon.words[int(self.ids[token])]

    def member(self, words: Iterable[str], at: Ints | slice = EVERY) -> Flags:
        """Whether each token, or each at some places, is one of `words`."""
        chosen = np.zeros(len(self.lexicon.words), bool)
        chosen[[self.lexicon[word] for word in words if word in self.lexicon]] = True
        return chosen[self.ids[at]]

    def of(self, kind: Kind, at: Ints | slice = EVERY) -> Flags:
        """Whether each token, or each at some places, is of a kind, or of any of several."""
        return (self.kinds[at] & np.uint16(kind)) > 0

    @cached_property
    def kinds(self) -> NDArray[np.uint16]:
        """(T,) the bits of `Kind` that hold for each token."""
        return self.lexicon.kinds[self.ids]

    @cached_property
    def document_of(self) -> Ints:
        """(T,) the article each token belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.documents))

    @cached_property
    def in_body(self) -> Flags:
        """(T,) whether a token belongs to its article's body."""
        return np.arange(len(self.ids)) >= self.bodies[self.document_of]

    @cached_property
    def in_credit(self) -> Flags:
        """(T,) whether a token belongs to a byline that opens a body."""
        return (np.arange(len(self.ids)) >= self.credits[self.document_of]) & ~self.in_body

    @cached_property
    def terms(self) -> tuple[Ints, Ints]:
        """The distinct content words of each body, and where they stand.

        Returns
        -------
        (K, 2) article and word, in the order in which they first stand in the text, so that
        nothing made of them depends on the rest of the batch; (T,) the term of each token, -1
        for none.
        """
        tokens = np.flatnonzero(self.of(Kind.CONTENT) & self.in_body)
        document, word = self.document_of[tokens], self.ids[tokens]
        first, number = distinct(document * len(self.lexicon.words) + word)
        is_first = np.zeros(len(tokens), bool)
        is_first[first] = True
        term_of = np.full(len(self.ids), -1)
        term_of[tokens] = (np.cumsum(is_first) - 1)[first][number]
        return np.stack([document[is_first], word[is_first]], axis=1), term_of

    @cached_property
    def hyphens(self) -> Flags:
        """(T,) dashes within a name or between figures: 中国—中亚峰会, 1—11月."""
        dash = self.member("—-－")
        joined = self.of(Kind.NUMBER) | self.of(Kind.PLACE)
        found: Flags = dash & last_was(joined) & next_is(joined)
        return found

    @cached_property
    def sentences(self) -> Ints:
        """(S, 2) first token and end of each sentence of the bodies that holds a word."""
        return self._runs(Kind.ENDS_SENTENCE)

    @cached_property
    def clauses(self) -> Ints:
        """(C, 2) the same for clauses: sentences cut at commas, semicolons and colons too."""
        return self._runs(Kind.ENDS_CLAUSE)

    def _runs(self, ends: Kind) -> Ints:
        total = len(self.ids)
        if not total:
            return np.empty((0, 2), np.int64)
        # A comma or colon within a number, 1,200 or 3:2, ends nothing.
        number = self.of(Kind.NUMBER)
        stops = self.of(ends) & ~(last_was(number) & next_is(number)) & ~self.hyphens
        closes = self.of(Kind.CLOSES)
        closes[self.bodies[self.bodies < total]] = False
        # A closer directly after a stop, or after such a closer, still belongs to the sentence.
        index = np.arange(total)
        last_other = np.maximum.accumulate(np.where(closes, -1, index))
        ended = stops | (closes & (last_other >= 0) & stops[np.maximum(last_other, 0)])
        cut_after = ended & ~next_is(ended)
        starts = np.zeros(total + 1, bool)
        starts[1:] = cut_after
        starts[self.documents] = True
        starts[self.bodies] = True
        borders = np.flatnonzero(starts)
        runs = np.stack([borders[:-1], borders[1:]], axis=1)
        words_before = np.append(0, np.cumsum(self.of(Kind.WORD)))
        holds_word = words_before[runs[:, 1]] > words_before[runs[:, 0]]
        return runs[holds_word & self.in_body[runs[:, 0]]]


class Tokenizer:
    """Segments articles into words with jieba's dictionary and model.

    The dictionary is of simplified characters, so articles in traditional ones are simplified for
    it, character by character.

    Parameters
    ----------
    user_dict : a file in jieba's form, a word a line with an optional frequency and tag.

    Raises
    ------
    InputError : the dictionary cannot be read.
    """

    def __init__(self, user_dict: str | Path | None = None) -> None:
        self.user_dict = user_dict
        self._cut = rjieba.cut if user_dict is None else _with_words(Path(user_dict)).cut
        self._lexicon = Lexicon()

    def batch(self, articles: Sequence[Article | str]) -> TokenBatch:
        """Segment articles, or bare bodies, into one batch in the order given."""
        if len(self._lexicon) > _MOST_WORDS:
            self._lexicon = Lexicon()
        lexicon = self._lexicon
        parts: list[str] = []
        heading_lengths: list[int] = []
        credit_lengths: list[int] = []
        for article in articles:
            heading, body = (
                ("", article) if isinstance(article, str) else (article.heading, article.body)
            )
            heading = f"{heading}\n" if heading else ""
            parts.append(f"{heading}{body}\n")
            heading_lengths.append(len(heading))
            credit_lengths.append(credit_length(body))
        try:
            ids = self._numbers(parts)
        except UnicodeEncodeError:
            # A lone surrogate is no character; the segmenter takes only text.
            parts = [_SURROGATES.sub("\ufffd", part) for part in parts]
            ids = self._numbers(parts)
        ids = self._mended(ids)
        offsets = np.zeros(len(ids) + 1, np.int64)
        np.cumsum(lexicon.lengths[ids], out=offsets[1:])
        borders = np.append(0, np.cumsum(list(map(len, parts)), dtype=np.int64))
        starts = borders[:-1] + np.asarray(heading_lengths, np.int64)
        documents, credits, bodies = (
            np.searchsorted(offsets, places)
            for places in (borders, starts, starts + np.asarray(credit_lengths, np.int64))
        )
        return TokenBatch("".join(parts), lexicon, ids, offsets, documents, credits, bodies)

    def _numbers(self, parts: Sequence[str]) -> Ints:
        """(T,) the words of all parts by number."""
        # Each part's words are looked up as soon as they are made, while they are near.
        words = chain.from_iterable(map(self._cut, simplify(parts)))
        return np.fromiter(map(self._lexicon.__getitem__, words), np.int64)

    def _mended(self, ids: Ints) -> Ints:
        """The same words, where what stands before one shows that it was cut wrong."""
        lexicon = self._lexicon
        lexicon.learn()
        words = lexicon.words
        number = (lexicon.kinds[ids] & np.uint16(Kind.NUMBER)) > 0
        # 副主席|韩|正在|北京: after an office, a surname alone has lost its name to the next word.
        busy = np.flatnonzero(ids[2:] == lexicon.get("正在", -1)) + 2
        lone = lexicon.lengths[ids[busy - 1]] == 1
        lone &= (
            lexicon.facts("senses", senses_of, np.uint64)[ids[busy - 2]] & np.uint64(Sense.OFFICE)
            > 0
        )
        for place in busy[lone].tolist():
            ids[place - 1 : place + 1] = lexicon[words[ids[place - 1]] + "正"], lexicon["在"]
        glued = lexicon.facts("glued", lambda new: [word in _GLUED for word in new], np.bool_)
        ids = self._cut_at(ids, np.where(glued[ids] & last_was(number), 1, 0))
        for _ in range(2):
            ids = self._cut_at(ids, lexicon.facts("joined", _joined, np.int64)[ids])
        lexicon.learn()
        return ids

    def _cut_at(self, ids: Ints, lengths: Ints) -> Ints:
        """The words with each cut after so many characters; 0 leaves it whole."""
        lexicon = self._lexicon
        places = np.flatnonzero(lengths)
        words = [lexicon.words[number] for number in ids[places].tolist()]
        halves = [
            (word[:length], word[length:])
            for word, length in zip(words, lengths[places].tolist(), strict=True)
        ]
        ids[places] = [lexicon[first] for first, _ in halves]
        return np.insert(ids, places + 1, [lexicon[second] for _, second in halves])


def _joined(words: Sequence[str]) -> list[int]:
    """After how many characters each word ends that was joined to the next; 0 where none was."""

    def end(word: str) -> int:
        if word[0] == "在" and word[1:2] == "京" and word[2:] in _IN_BEIJING:
            return 1
        if word[0] == "京" and word[1:] in _IN_BEIJING:
            return 1
        if len(word) < 2 or word.isascii() or rjieba.has_word(word):
            return 0
        # 愿|同, 队|以; 演讲|时; 同|塞方
        if len(word) == 2 and (word[1] in "以向同与为由将说称" or word[0] == "据"):
            return 1
        if len(word) == 3 and word[2] == "时" and rjieba.has_word(word[:2]):
            return 2
        return int(len(word) > 2 and word[0] in "同由")

    return list(map(end, words))


def next_is(flags: Flags) -> Flags:
    """Whether the token after each is flagged; false for the last."""
    return np.append(flags[1:], False)


def last_was(flags: Flags) -> Flags:
    """Whether the token before each is flagged; false for the first."""
    return np.append(False, flags[:-1])


def _with_words(path: Path) -> rjieba.Jieba:
    segmenter = rjieba.Jieba()
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"the user dictionary cannot be read: {error}") from None
    for number, line in enumerate(lines, 1):
        word, *rest = line.split()[:3] or [""]
        if not word:
            continue
        frequency = int(rest.pop(0)) if rest and rest[0].isdigit() else None
        if len(rest) > 1:
            raise InputError(str(path), "write: word frequency tag", f"line {number}")
        segmenter.add_word(word, frequency, rest[0] if rest else None)
    return segmenter
