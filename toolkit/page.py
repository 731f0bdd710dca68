"""A page's text to its articles."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise, takewhile
from typing import TypeGuard

import rjieba

from . import byline
from .article import Article, identifier
from .headings import Heading, article_lines, assign, is_briefs_column, is_column
from .lines import CJK, CLOSED, SIGNATURE_DATE, Line, close_up, read_lines

_LONGEST_HEADING = 36
_MOST_HEADING_LINES = 6
_LINES_AHEAD = 12
_LONGEST_SUBHEAD = 14
_SHORT_SUBHEAD = 8
# Cosine of the word sets of a section and the article above it. Sections of one article stand
# above this, neighbours on one page below, once the words of the rest of the page are left out.
_SAME_ARTICLE = 0.06
_FEWEST_SHARED = 3
_BULLET = re.compile(r"^[●◆■▲★☆◇○※]\s*")
_ENUMERATED = re.compile(
    r"^(?:[●◆■▲★☆◇○※]|\d{1,2}\s*[.．、）)]|[（(][一二三四五六七八九十\d]{1,3}[）)]|"
    r"[一二三四五六七八九十]{1,3}、|[①-⑳])"
)
_SUBHEAD_NUMBER = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|之[一二三四五])"
)
_CANNOT_OPEN = re.compile(r"[，。、；：！？”’）》】]")
_DISPATCH = re.compile(
    r"[本中新][报刊台网华工].{0,12}?(?:讯|电|消息)|[（(](?:本报)?记者|据[\u4e00-\u9fff]{1,5}社.{0,8}电"
)
_SPEAKER = re.compile(r"^(?:问|答|记者|笔者|编者|主持人)[：:]")
_LATIN_BREAK = re.compile(r"(?<=[A-Za-z])-$")


@dataclass(slots=True)
class _Draft:
    """An article in the making."""

    heading: Heading
    credit: byline.Credit
    paragraphs: list[str] = field(default_factory=list)
    ended: bool = False
    brief: bool = False


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
    drafts = _split(read_lines(text)) or _split(read_lines(text, captions=True))
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


def _split(lines: Sequence[Line]) -> list[_Draft]:
    return _drafts(_items(lines, _style(lines)))


@dataclass(frozen=True, slots=True)
class _HeadingLine:
    line: Line


@dataclass(frozen=True, slots=True)
class _Byline:
    credit: byline.Credit
    ends_article: bool


@dataclass(frozen=True, slots=True)
class _Paragraph:
    text: str
    gap: bool


_Item = _HeadingLine | _Byline | _Paragraph


@dataclass(frozen=True, slots=True)
class _Style:
    """How a page is set.

    width : the column's width in characters when paragraphs run over many lines of it.
    indented : whether an indent opens every paragraph.
    gapped : whether headings stand after a gap and paragraphs do not.
    """

    width: int | None
    indented: bool
    gapped: bool


def _style(lines: Sequence[Line]) -> _Style:
    widths = sorted(_columns(line.text) + line.indent // 2 for line in lines)
    width = widths[int(len(widths) * 0.9)] if widths else 0
    full = sum(width - 2 <= each <= width + 1 for each in widths)
    wrapped = len(lines) >= 8 and 14 <= width <= 60 and full >= 0.4 * len(lines)
    indented = wrapped and sum(line.indent > 0 for line in lines) >= 0.1 * len(lines)
    # The lines directly above a byline are headings for sure; the long ones are not.
    sure = [
        line
        for line, below in pairwise(lines)
        if len(line.text) <= _LONGEST_HEADING
        and (byline.line(below.text) is not None or _starts_article(below.text))
    ]
    runs = [line for line, below in pairwise(lines) if len(line.text) > _LONGEST_HEADING]
    gaps = sum(line.gap for line in runs)
    gapped = len(sure) >= 2 and len(runs) >= 4 and gaps <= 0.25 * len(runs)
    return _Style(width if wrapped else None, indented, gapped and not wrapped)


def _columns(text: str) -> int:
    """The width of a line in Chinese characters; two ASCII characters are as wide as one."""
    return (len(text) + sum(not char.isascii() for char in text) + 1) // 2


def _items(lines: Sequence[Line], style: _Style) -> list[_Item]:
    """Lines to headings, bylines and whole paragraphs."""
    items: list[_Item] = []
    paragraph: list[str] = []
    gap = False
    previous: Line | None = None

    def end_paragraph() -> None:
        if paragraph:
            items.append(_Paragraph(_join(paragraph), gap))
            paragraph.clear()

    for number, line in enumerate(lines):
        below = lines[number + 1 : number + 1 + _LINES_AHEAD]
        credit = byline.line(line.text)
        if credit is not None:
            end_paragraph()
            items.append(_Byline(credit, line.text.startswith(("（", "("))))
        elif paragraph and previous and _continues(paragraph, previous, line, below, style):
            paragraph.append(line.text)
        else:
            end_paragraph()
            if _is_heading(line, below, items, style):
                items.append(_HeadingLine(line))
            else:
                paragraph.append(line.text)
                gap = line.gap
        if line.breaks_off:
            end_paragraph()
        previous = line
    end_paragraph()
    return items


def _join(parts: Sequence[str]) -> str:
    text = ""
    for part in parts:
        if _LATIN_BREAK.search(text) and re.match(r"[A-Za-z]", part):
            text = text[:-1]
        text += part
    return text


def _continues(
    paragraph: Sequence[str], previous: Line, line: Line, below: Sequence[Line], style: _Style
) -> bool:
    """Whether a line goes on with the paragraph above it."""
    following = below[0] if below else None
    if _CANNOT_OPEN.match(line.text):
        return True
    width = style.width
    if style.indented and line.indent and not line.gap:
        return False
    if byline.opening(line.text) and (CLOSED.search(previous.text) or _starts_article(line.text)):
        return False
    if _ENUMERATED.match(line.text) and re.search(r"[。；：:;]$", previous.text):
        return False
    if SIGNATURE_DATE.match(line.text):
        return False
    if not CLOSED.search(_join(paragraph[-2:])) and byline.closing(_join(paragraph)) is None:
        # The stop at the end of an article may be lost.
        return not (
            line.gap
            and following is not None
            and _could_head(line)
            and len(line.text) <= 24
            and _starts_article(following.text)
        )
    if width is None or line.indent or line.gap:
        return False
    reaches_edge = _columns(previous.text) + previous.indent // 2 >= width - 1
    if style.indented:
        return reaches_edge and not (_could_head(line) and _leads_to_body(below))
    return reaches_edge and (_columns(line.text) >= width - 2 or bool(CLOSED.search(line.text)))


def _starts_article(text: str) -> bool:
    return bool(_DISPATCH.match(text)) and byline.opening(text) is not None


def _could_head(line: Line) -> bool:
    text = line.text
    return (
        len(text) <= _LONGEST_HEADING
        and not re.search(r"。|[；:]$", text)
        and (line.indent == 0 or line.indent >= 8)
    )


def _is_heading(line: Line, below: Sequence[Line], items: Sequence[_Item], style: _Style) -> bool:
    """Whether a line that starts anew is a heading, not a paragraph."""
    following = below[0] if below else None
    within_heading = not items or not isinstance(items[-1], _Paragraph)
    if line.indent and not line.gap and not within_heading and line.indent < 8:
        return False
    if not _could_head(line) and not (within_heading and line.indent and _slogan_like(line)):
        return False
    if style.gapped and not line.gap and not within_heading:
        return False
    if style.width and following and _columns(line.text) >= style.width - 1:
        full_too = _columns(following.text) >= style.width - 1
        if full_too or not _could_head(following):
            return False
    if style.indented and not line.indent and not _leads_to_body(below):
        return False
    text = line.text
    if byline.opening(text):
        return False
    if items and _SPEAKER.match(text):
        return isinstance(items[-1], _HeadingLine) and is_column(items[-1].line.text)
    if following is None or (items and SIGNATURE_DATE.match(following.text)):
        return False
    if re.search(r"[，、：]$", text):
        return len(text) <= 16 and len(following.text) <= 30
    if re.search(r"[！？!?…][”’]?$", text):
        quoted = text.startswith(("“", "‘"))
        return not items or ((line.gap or within_heading) and not quoted)
    if _ENUMERATED.match(text) and re.search(r"[；;]$", text):
        return False
    return within_heading or not _breaks_off(text, following.text)


def _breaks_off(text: str, following: str) -> bool:
    """Whether a line runs on into the next in mid-word, mid-number or mid-clause."""
    if re.search(r"\d$", text) and re.match(r"[\d%‰．.万亿多余]", following):
        return True
    if len(text) <= _LONGEST_SUBHEAD or "。" not in following:
        return False
    return _splits_word(text, following) or bool(
        re.match(r"[^，。；：、]{1,3}[，。；：、]", following)
    )


def _leads_to_body(below: Sequence[Line]) -> bool:
    """Whether what stands below a heading on a page with indents opens a paragraph."""
    for line in below:
        if line.indent or byline.line(line.text) is not None or byline.opening(line.text):
            return True
        if not _could_head(line):
            return line.gap
    return True


def _splits_word(first: str, second: str) -> bool:
    """Whether a word runs from the end of one text into the start of the next."""
    words = rjieba.cut(first[-8:] + second[:8])
    return len(first[-8:]) not in accumulate(map(len, words))


def _slogan_like(line: Line) -> bool:
    return " " in line.text and len(line.text) <= 24 and not CLOSED.search(line.text)


def _drafts(items: Sequence[_Item]) -> list[_Draft]:
    drafts: list[_Draft] = []
    heads: list[Line] = []
    credit: byline.Credit | None = None
    briefs = False
    for number, item in enumerate(items):
        current = drafts[-1] if drafts else None
        if isinstance(item, _HeadingLine):
            heads.append(item.line)
            if _is_verse(heads, items, number):
                drafts.append(_verse_draft(heads, credit))
                heads, credit = [], None
        elif isinstance(item, _Byline):
            if item.ends_article and current and not heads:
                _add_credit(current, item.credit)
                current.ended = True
            else:
                credit = item.credit
        else:
            text = item.text
            opened = byline.opening(text)
            if heads:
                briefs = is_briefs_column(heads[0].text) or (
                    briefs and bool(_BULLET.match(heads[0].text))
                )
            bullet = briefs and bool(_BULLET.match(text))
            starts = (
                current is None
                or current.ended
                or credit is not None
                or bullet
                or any(line.titled for line in heads)
                or (opened is not None and _starts_article(text))
                or (bool(heads) and not _is_subhead(heads, items, number, drafts))
            )
            if starts:
                heading, name = _heading(heads)
                found = opened[0] if opened else byline.Credit()
                current = _Draft(heading, credit or byline.Credit(), brief=bullet)
                _add_credit(current, found)
                current.credit.reporters.extend(name)
                drafts.append(current)
                if opened:
                    text = text[opened[1] :]
                text = _BULLET.sub("", text) if bullet else text
            elif heads:
                assert current is not None
                current.paragraphs += [close_up(line.text, heading=True) for line in heads]
            heads, credit = [], None
            closed = byline.closing(text)
            if closed:
                assert current is not None
                _add_credit(current, closed[0])
                current.ended = True
                text = text[: closed[1]]
            text = close_up(text)
            if text:
                assert current is not None
                current.paragraphs.append(text)
    return [draft for draft in drafts if draft.paragraphs]


def _is_verse(heads: Sequence[Line], items: Sequence[_Item], number: int) -> bool:
    """Whether heading lines are too many to be a heading: a text in short lines, such as a poem.

    Its last line is the last before a gap that stands above the next article's heading.
    """
    if len(heads) <= _MOST_HEADING_LINES:
        return False
    rest = items[number + 1 :]
    following = [item.line for item in takewhile(_is_heading_line, rest) if _is_heading_line(item)]
    if any(line.gap for line in following[1:]):
        return False
    return not rest or bool(following and following[0].gap)


def _is_heading_line(item: _Item) -> TypeGuard[_HeadingLine]:
    return isinstance(item, _HeadingLine)


def _verse_draft(lines: Sequence[Line], credit: byline.Credit | None) -> _Draft:
    start = next((n for n, line in enumerate(lines) if n and line.gap), 1)
    heading, author = _heading(lines[:start])
    text = [close_up(line.text, heading=True) for line in lines[start:]]
    return _Draft(heading, credit or byline.Credit(author), text, ended=True)


def _add_credit(draft: _Draft, credit: byline.Credit) -> None:
    draft.credit = byline.Credit(
        draft.credit.reporters + credit.reporters,
        draft.credit.correspondents + credit.correspondents,
    )


def _heading(lines: Sequence[Line]) -> tuple[Heading, list[str]]:
    """The heading of an article, and the author when a bare name stands below it."""
    kept = article_lines(lines)
    author: list[str] = []
    if len(kept) > 1 and byline.is_name(kept[-1].text) and rjieba.tag(kept[-1].text)[0][1] == "nr":
        author = [kept.pop().text]
    return assign([line.text for line in kept]), author


def _is_subhead(
    heads: Sequence[Line], items: Sequence[_Item], number: int, drafts: Sequence[_Draft]
) -> bool:
    """Whether headings without a byline divide the article above instead of starting another."""
    current = drafts[-1]
    if len(heads) > 1:
        return False
    if _SUBHEAD_NUMBER.match(heads[0].text):
        return True
    if _BULLET.match(heads[0].text) or current.brief:
        return False
    if len(heads[0].text) <= _LONGEST_SUBHEAD and _is_one_text(items):
        return True
    section = ""
    for item in items[number:]:
        if not isinstance(item, _Paragraph):
            break
        section += item.text
    above = "\n".join(current.paragraphs)
    elsewhere = "\n".join(text for draft in drafts[:-1] for text in draft.paragraphs)
    if len(heads[0].text) <= _SHORT_SUBHEAD:
        # A name of three characters, or a term, comes up again: it is the same story.
        return bool(_triples(section) & _triples(above) - _triples(elsewhere))
    before = _words(above) - _words(elsewhere)
    after = _words(section) - _words(elsewhere)
    shared = len(before & after)
    return (
        len(heads[0].text) <= _LONGEST_SUBHEAD
        and shared >= _FEWEST_SHARED
        and shared >= _SAME_ARTICLE * math.sqrt(len(before) * len(after))
    )


def _is_one_text(items: Sequence[_Item]) -> bool:
    """Whether nothing but short single lines divides a text: no byline, no longer heading."""
    if any(isinstance(item, _Byline) for item in items):
        return False
    heads = [
        item.line
        for last, item in pairwise(items)
        if isinstance(item, _HeadingLine) and isinstance(last, _Paragraph)
    ]
    pairs = any(
        isinstance(last, _HeadingLine) and isinstance(item, _HeadingLine)
        for last, item in pairwise(items[items.index(_HeadingLine(heads[0])) :])
    )
    paragraphs = [item.text for item in items if isinstance(item, _Paragraph)]
    return (
        len(heads) >= 2
        and not pairs
        and all(len(line.text) <= _LONGEST_SUBHEAD for line in heads)
        and not any(byline.opening(text) or byline.closing(text) for text in paragraphs)
    )


def _triples(text: str) -> set[str]:
    return {
        "".join(three)
        for run in re.findall(f"[{CJK}]+", text)
        for three in zip(run, run[1:], run[2:], strict=False)
    }


def _words(text: str) -> set[str]:
    return {word for word in rjieba.cut(text) if len(word) > 1 and not re.search(r"\d", word)}
