"""A page's text to its articles."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise, takewhile

import rjieba

from . import byline
from .article import Article, identifier
from .blocks import (
    LONGEST_SUBHEAD,
    Block,
    Byline,
    HeadingLine,
    Paragraph,
    blocks_of,
    starts_article,
)
from .headings import Heading, article_lines, assign, is_briefs_column
from .lines import CJK, Line, close_up, read_lines

_MOST_HEADING_LINES = 6
_SHORT_SUBHEAD = 8
# Cosine of the word sets of a section and the article above it. Sections of one article stand
# above this, neighbours on one page below, once the words of the rest of the page are left out.
_SAME_ARTICLE = 0.06
_FEWEST_SHARED = 3
_SURROGATES = re.compile("[\ud800-\udfff]")
_BULLET = re.compile(r"^[●◆■▲★☆◇○※]\s*")
_SUBHEAD_NUMBER = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|之[一二三四五])"
)


@dataclass(slots=True)
class _Draft:
    """An article in the making."""

    heading: Heading
    credit: byline.Credit
    paragraphs: list[str] = field(default_factory=list)
    ended: bool = False
    brief: bool = False

    def add_credit(self, credit: byline.Credit) -> None:
        self.credit = byline.Credit(
            self.credit.reporters + credit.reporters,
            self.credit.correspondents + credit.correspondents,
        )


def read_page(text: str, source: str = "") -> list[Article]:
    """Split the text of a newspaper page, or of a single article, into articles.

    Banners, column names, page furniture and picture captions are left out; paragraphs that a
    column break cut in mid-sentence are joined; bylines go to `reporters` and `correspondents`.

    Parameters
    ----------
    text : the page in reading order, as taken out of a PDF, an e-paper or by recognition.
    source : what the articles' `source` is to say; their ids are made of it.

    Returns
    -------
    The articles in the page's order; an empty list when the text holds none.
    """
    # A lone surrogate is no character; the segmenter takes only text.
    text = _SURROGATES.sub("\ufffd", text)
    drafts = _drafts(read_lines(text)) or _drafts(read_lines(text, captions=True))
    return [
        Article(
            id=identifier(source, position),
            source=source,
            position=position,
            kicker=draft.heading.kicker,
            title=draft.heading.title,
            subtitle=draft.heading.subtitle,
            reporters=draft.credit.reporters,
            correspondents=draft.credit.correspondents,
            body="\n".join(draft.paragraphs),
        )
        for position, draft in enumerate(drafts)
    ]


def _drafts(lines: Sequence[Line]) -> list[_Draft]:
    page = _Assembly(blocks_of(lines))
    return [draft for draft in page.drafts if draft.paragraphs]


class _Assembly:
    """Puts blocks together to articles, one after another."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.drafts: list[_Draft] = []
        self._blocks = blocks
        self._heads: list[Line] = []
        self._credit: byline.Credit | None = None
        self._in_briefs = False
        # What the current article is about so far, and what those before it are about.
        self._above = _Terms()
        self._elsewhere = _Terms()
        for number, block in enumerate(blocks):
            if isinstance(block, HeadingLine):
                self._take_heading(block, number)
            elif isinstance(block, Byline):
                self._take_byline(block)
            else:
                self._take_paragraph(block.text, number)

    def _take_heading(self, block: HeadingLine, number: int) -> None:
        self._heads.append(block.line)
        if self._is_verse(number):
            self._begin(_verse(self._heads, self._credit))
            self._heads, self._credit = [], None

    def _take_byline(self, block: Byline) -> None:
        if block.ends_article and self.drafts and not self._heads:
            self.drafts[-1].add_credit(block.credit)
            self.drafts[-1].ended = True
        else:
            self._credit = block.credit

    def _take_paragraph(self, text: str, number: int) -> None:
        heads = self._heads
        if heads:
            bullet_heading = bool(_BULLET.match(heads[0].text))
            self._in_briefs = is_briefs_column(heads[0].text) or (
                self._in_briefs and bullet_heading
            )
        brief = self._in_briefs and bool(_BULLET.match(text))
        if brief or self._starts_article(text, number):
            opened = byline.opening(text)
            heading, author = _heading(heads)
            draft = _Draft(heading, self._credit or byline.Credit(), brief=brief)
            if opened:
                draft.add_credit(opened[0])
                text = text[opened[1] :]
            draft.add_credit(author)
            self._begin(draft)
            text = _BULLET.sub("", text) if brief else text
        else:
            draft = self.drafts[-1]
            subheads = [close_up(line.text, heading=True) for line in heads]
            draft.paragraphs += subheads
            self._above.add("\n".join(subheads))
        self._heads, self._credit = [], None
        closed = byline.closing(text)
        if closed:
            draft.add_credit(closed[0])
            draft.ended = True
            text = text[: closed[1]]
        if text := close_up(text):
            draft.paragraphs.append(text)
            self._above.add(text)

    def _begin(self, draft: _Draft) -> None:
        if self.drafts:
            self._elsewhere.add("\n".join(self.drafts[-1].paragraphs))
            self._above = _Terms()
        self.drafts.append(draft)

    def _after(self, number: int) -> Iterator[Block]:
        return (self._blocks[each] for each in range(number + 1, len(self._blocks)))

    def _starts_article(self, text: str, number: int) -> bool:
        return (
            not self.drafts
            or self.drafts[-1].ended
            or self._credit is not None
            or any(line.titled for line in self._heads)
            or starts_article(text)
            or (bool(self._heads) and not self._is_subhead(number))
        )

    def _is_verse(self, number: int) -> bool:
        """Whether heading lines are too many to be a heading: a text in short lines, a poem.

        Its last line is the last before a gap that stands above the next article's heading.
        """
        if len(self._heads) <= _MOST_HEADING_LINES:
            return False
        if number + 1 == len(self._blocks):
            return True
        below = self._blocks[number + 1]
        return isinstance(below, HeadingLine) and below.line.gap and not self._gap_from[number + 2]

    @cached_property
    def _gap_from(self) -> list[bool]:
        """Whether, from each block on, a gap stands in an unbroken run of heading lines."""
        found = [False]
        for block in reversed(self._blocks):
            found.append(isinstance(block, HeadingLine) and (block.line.gap or found[-1]))
        return found[::-1]

    def _is_subhead(self, number: int) -> bool:
        """Whether headings without a byline divide the article above, and start no other."""
        current = self.drafts[-1]
        if len(self._heads) > 1:
            return False
        head = self._heads[0].text
        if _SUBHEAD_NUMBER.match(head):
            return True
        if _BULLET.match(head) or current.brief or len(head) > LONGEST_SUBHEAD:
            return False
        if self._is_one_text:
            return True
        paragraphs = takewhile(_is_paragraph, self._after(number - 1))
        section = "".join(block.text for block in paragraphs if isinstance(block, Paragraph))
        if len(head) <= _SHORT_SUBHEAD:
            # A name of three characters, or a term, comes up again: it is the same story.
            again = _triples(section) & self._above.triples
            return bool(again - self._elsewhere.triples)
        known = self._elsewhere.words
        after = _words(section) - known
        shared = len(after & self._above.words)
        before = len(self._above.words) - len(self._above.words & known)
        return shared >= max(_FEWEST_SHARED, _SAME_ARTICLE * math.sqrt(before * len(after)))

    @cached_property
    def _is_one_text(self) -> bool:
        """Whether nothing but short single lines divides the text: no byline, no long heading."""
        runs = [
            list(_heading_run(self._after(number)))
            for number, (block, below) in enumerate(pairwise(self._blocks))
            if isinstance(block, Paragraph) and isinstance(below, HeadingLine)
        ]
        paragraphs = [block.text for block in self._blocks if isinstance(block, Paragraph)]
        return (
            len(runs) >= 2
            and all(len(run) == 1 and len(run[0].line.text) <= LONGEST_SUBHEAD for run in runs)
            and not any(isinstance(block, Byline) for block in self._blocks)
            and not any(byline.opening(text) or byline.closing(text) for text in paragraphs)
        )


class _Terms:
    """The words and the strings of three characters of texts, found when they are asked for."""

    def __init__(self) -> None:
        self._new_for_words: list[str] = []
        self._new_for_triples: list[str] = []
        self._words: set[str] = set()
        self._triples: set[str] = set()

    def add(self, text: str) -> None:
        self._new_for_words.append(text)
        self._new_for_triples.append(text)

    @property
    def words(self) -> set[str]:
        while self._new_for_words:
            self._words |= _words(self._new_for_words.pop())
        return self._words

    @property
    def triples(self) -> set[str]:
        while self._new_for_triples:
            self._triples |= _triples(self._new_for_triples.pop())
        return self._triples


def _heading_run(blocks: Iterator[Block]) -> Iterator[HeadingLine]:
    for block in blocks:
        if not isinstance(block, HeadingLine):
            return
        yield block


def _is_paragraph(block: Block) -> bool:
    return isinstance(block, Paragraph)


def _verse(lines: Sequence[Line], credit: byline.Credit | None) -> _Draft:
    start = next((n for n, line in enumerate(lines) if n and line.gap), 1)
    heading, author = _heading(lines[:start])
    text = [close_up(line.text, heading=True) for line in lines[start:]]
    return _Draft(heading, credit or author, text, ended=True)


def _heading(lines: Sequence[Line]) -> tuple[Heading, byline.Credit]:
    """The heading of an article, and the author when a bare name stands below it."""
    kept = article_lines(lines)
    author: list[str] = []
    if len(kept) > 1 and byline.is_name(kept[-1].text) and rjieba.tag(kept[-1].text)[0][1] == "nr":
        author = [kept.pop().text]
    return assign([line.text for line in kept]), byline.Credit(author)


def _triples(text: str) -> set[str]:
    return {
        "".join(three)
        for run in re.findall(f"[{CJK}]+", text)
        for three in zip(run, run[1:], run[2:], strict=False)
    }


def _words(text: str) -> set[str]:
    return {word for word in rjieba.cut(text) if len(word) > 1 and not re.search(r"\d", word)}
