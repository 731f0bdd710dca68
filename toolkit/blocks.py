"""Printed lines to blocks: headings, bylines, and paragraphs joined across column breaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import rjieba

from . import byline
from .headings import is_column
from .lines import CLOSED, SIGNATURE_DATE, Line

LONGEST_SUBHEAD = 14
_LONGEST_HEADING = 36
_LINES_AHEAD = 12
_ENUMERATED = re.compile(
    r"^(?:[●◆■▲★☆◇○※]|\d{1,2}\s*[.．、）)]|[（(][一二三四五六七八九十\d]{1,3}[）)]|"
    r"[一二三四五六七八九十]{1,3}、|[①-⑳])"
)
_CANNOT_OPEN = re.compile(r"[，。、；：！？”’）》】]")
_DISPATCH = re.compile(
    r"[本中新][报刊台网华工].{0,12}?(?:讯|电|消息)|[（(](?:本报)?记者|据[\u4e00-\u9fff]{1,5}社.{0,8}电"
)
_SPEAKER = re.compile(r"^(?:问|答|记者|笔者|编者|主持人)[：:]")
_LATIN_BREAK = re.compile(r"(?<=[A-Za-z])-$")


@dataclass(frozen=True, slots=True)
class HeadingLine:
    """A line above a body, or between the parts of one."""

    line: Line


@dataclass(frozen=True, slots=True)
class Byline:
    """A line that is nothing but a byline.

    ends_article : whether it is in brackets, as bylines below an article are.
    """

    credit: byline.Credit
    ends_article: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A whole paragraph, joined across the breaks within it."""

    text: str


Block = HeadingLine | Byline | Paragraph


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
        and (byline.line(below.text) is not None or starts_article(below.text))
    ]
    runs = [line for line, below in pairwise(lines) if len(line.text) > _LONGEST_HEADING]
    gaps = sum(line.gap for line in runs)
    gapped = len(sure) >= 2 and len(runs) >= 4 and gaps <= 0.25 * len(runs)
    return _Style(width if wrapped else None, indented, gapped and not wrapped)


def _columns(text: str) -> int:
    """The width of a line in Chinese characters; two ASCII characters are as wide as one."""
    return (len(text) + sum(not char.isascii() for char in text) + 1) // 2


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """Sort a page's lines into headings, bylines and whole paragraphs."""
    style = _style(lines)
    blocks: list[Block] = []
    paragraph: list[str] = []
    previous: Line | None = None

    def end_paragraph() -> None:
        if paragraph:
            blocks.append(Paragraph(_join(paragraph)))
            paragraph.clear()

    for number, line in enumerate(lines):
        below = lines[number + 1 : number + 1 + _LINES_AHEAD]
        credit = byline.line(line.text)
        if credit is not None:
            end_paragraph()
            blocks.append(Byline(credit, line.text.startswith(("（", "("))))
        elif paragraph and previous and _continues(paragraph, previous, line, below, style):
            paragraph.append(line.text)
        else:
            end_paragraph()
            if _is_heading(line, below, blocks, style):
                blocks.append(HeadingLine(line))
            else:
                paragraph.append(line.text)
        if line.breaks_off:
            end_paragraph()
        previous = line
    end_paragraph()
    return blocks


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
    if byline.opening(line.text) and (CLOSED.search(previous.text) or starts_article(line.text)):
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
            and starts_article(following.text)
        )
    if width is None or line.indent or line.gap:
        return False
    reaches_edge = _columns(previous.text) + previous.indent // 2 >= width - 1
    if style.indented:
        return reaches_edge and not (_could_head(line) and _leads_to_body(below))
    return reaches_edge and (_columns(line.text) >= width - 2 or bool(CLOSED.search(line.text)))


def starts_article(text: str) -> bool:
    """Whether a paragraph opens as only an article's first does, with an agency's credit."""
    return bool(_DISPATCH.match(text)) and byline.opening(text) is not None


def _could_head(line: Line) -> bool:
    text = line.text
    return (
        len(text) <= _LONGEST_HEADING
        and not re.search(r"。|[；:]$", text)
        and (line.indent == 0 or line.indent >= 8)
    )


def _is_heading(line: Line, below: Sequence[Line], blocks: Sequence[Block], style: _Style) -> bool:
    """Whether a line that starts anew is a heading, not a paragraph."""
    following = below[0] if below else None
    within_heading = not blocks or not isinstance(blocks[-1], Paragraph)
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
    if blocks and _SPEAKER.match(text):
        return isinstance(blocks[-1], HeadingLine) and is_column(blocks[-1].line.text)
    if following is None or (blocks and SIGNATURE_DATE.match(following.text)):
        return False
    if re.search(r"[，、：]$", text):
        return len(text) <= 16 and len(following.text) <= 30
    if re.search(r"[！？!?…][”’]?$", text):
        quoted = text.startswith(("“", "‘"))
        return not blocks or ((line.gap or within_heading) and not quoted)
    if _ENUMERATED.match(text) and re.search(r"[；;]$", text):
        return False
    return within_heading or not _breaks_off(text, following.text)


def _breaks_off(text: str, following: str) -> bool:
    """Whether a line runs on into the next in mid-word, mid-number or mid-clause."""
    if re.search(r"\d$", text) and re.match(r"[\d%‰．.万亿多余]", following):
        return True
    if len(text) <= LONGEST_SUBHEAD or "。" not in following:
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
