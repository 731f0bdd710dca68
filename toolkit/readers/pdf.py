"""PDF: each page's text in reading order, found by where its characters stand."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import IO, Any

from ..errors import InputError
from .encodings import is_likely
from .reading import Item, Reading
from .text import page

# All lengths are in ems, the size of the character that stands there.
_SAME_LINE = 0.5
_GAP_WITHIN_LINE = 0.35
_GUTTER = 0.5
_NARROWEST_COLUMN = 4.0
_INDENT = 0.8
_SHORT = 1.5
_PARAGRAPH_GAP = 0.8
_HEADING_SIZE = 1.15
# A title is this large, and this close to the lines above and below it, baseline to baseline.
_TITLE_SIZE = 1.5
_HEADING_LEADING = 2.0
_SENTENCE = re.compile("[，。]")
_STACKED_GAP = 0.6
_FEWEST_STACKED = 3
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\ufeff\ufffe\uffff]")
_CLOSED = re.compile(r"[。！？!?…][”’）)》」』】\s]*$")
_OCR = "recognise it first, such as with ocrmypdf -l chi_sim"


@dataclass(slots=True)
class _Run:
    """A run of characters in one line; y grows downwards.

    size : of its characters, in points.
    spaced : whether a space follows it.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    size: float
    text: str
    spaced: bool = False

    @property
    def is_stack(self) -> bool:
        """Whether its characters stand one below another."""
        return self.y1 - self.y0 > (_FEWEST_STACKED - 1) * self.size

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2

    def beside(self, other: _Run) -> bool:
        """Whether both stand in one line."""
        low, high = max(self.y0, other.y0), min(self.y1, other.y1)
        return high - low > _SAME_LINE * min(self.y1 - self.y0, other.y1 - other.y0)


def read_pdf(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read the text layer of each page: columns from left to right, each from top to bottom.

    A page is cut where white space divides it, across or down, and its parts cut again (recursive
    X-Y cut: Nagy and Seth, "Hierarchical representation of optically scanned documents", 1984).
    Pages set in vertical lines are read from right to left.

    Raises
    ------
    InputError : it is locked, damaged, has too many pages, or none with text.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(stream.read())
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(source, "locked with a password; save it without one") from None
        raise InputError(source, f"damaged, or no PDF ({error})") from None
    with closing(document):
        count = len(document)
        if count > reading.limits.pdf_pages:
            raise InputError(source, reading.limits.refusal("pdf-pages", "it has more pages"))
        refused = []
        for number in range(count):
            name = source if count == 1 else f"{source}#page={number + 1}"
            try:
                text = _text(_runs(document[number]))
                if not text:
                    raise InputError(name, f"the page holds no text, only pictures; {_OCR}")
                if not is_likely(text):
                    raise InputError(name, f"the page's fonts hide what its text is; {_OCR}")
                yield page(name, text, reading)
            except InputError as error:
                refused.append(error)
            except pypdfium2.PdfiumError as error:
                refused.append(InputError(name, f"the page is damaged ({error})"))
        if count > 1 and len(refused) == count and len({error.problem for error in refused}) == 1:
            raise InputError(source, refused[0].problem.replace("the page", "every page", 1))
        for each in refused:
            reading.on_error(each)


def _runs(leaf: Any) -> list[_Run]:
    """The runs of a page in the order it draws them, and whole lines put together."""
    import pypdfium2.raw as pdfium

    runs: list[_Run] = []
    with closing(leaf), closing(leaf.get_textpage()) as textpage:
        turn = leaf.get_rotation()
        box = pdfium.FS_RECTF()
        chars: list[_Run] = []
        for i in range(textpage.count_chars()):
            if pdfium.FPDFText_IsGenerated(textpage, i) == 1:
                continue
            code = pdfium.FPDFText_GetUnicode(textpage, i)
            char = chr(code) if code < 0x110000 else ""
            if char.isspace() and chars:
                chars[-1].spaced = True
            if not char.strip() or _NO_TEXT.match(char):
                continue
            if pdfium.FPDFText_GetLooseCharBox(textpage, i, ctypes.byref(box)):
                x0, y0, x1, y1 = _turned((box.left, box.bottom, box.right, box.top), turn)
                chars.append(_Run(x0, y0, x1, y1, y1 - y0 or 1.0, char))
    if _is_vertical(chars):
        chars = [_Run(c.y0, -c.x1, c.y1, -c.x0, c.size, c.text, c.spaced) for c in chars]
    for char_run in chars:
        if not (runs and _append(runs[-1], char_run)):
            runs.append(char_run)
    return _stacked(_merged(runs))


def _turned(
    sides: tuple[float, float, float, float], turn: int
) -> tuple[float, float, float, float]:
    """Left, top, right and bottom as seen, y growing downwards, of a box on a page that is turned.

    sides : left, bottom, right, top, y growing upwards; turn : in degrees clockwise.
    """
    left, bottom, right, top = sides
    return {
        0: (left, -top, right, -bottom),
        90: (bottom, left, top, right),
        180: (-right, bottom, -left, top),
        270: (-top, -right, -bottom, -left),
    }[turn]


def _is_vertical(chars: Sequence[_Run]) -> bool:
    """Whether lines run downwards, by where each character stands to the one before it."""
    down = across = 0
    for before, char in pairwise(chars):
        dx, dy = char.x0 - before.x0, char.y0 - before.y0
        em = before.size
        down += abs(dx) < 0.2 * em and 0.5 * em < dy < 1.6 * em
        across += abs(dy) < 0.2 * em and 0.3 * em < dx < 1.6 * em
    return down > across


def _append(run: _Run, char: _Run) -> bool:
    """Lengthen a run by what stands right after it; whether it does."""
    em = min(run.size, char.size)
    widest = (_GUTTER if run.spaced else _GAP_WITHIN_LINE) * em
    near = -_SAME_LINE * em < char.x0 - run.x1 < widest
    alike = max(run.size, char.size) < _HEADING_SIZE * em or not (
        run.text[-1] > "\u2e80" and char.text[0] > "\u2e80"
    )
    if not (near and alike and run.beside(char)):
        return False
    run.text += (" " if run.spaced else "") + char.text
    run.spaced = char.spaced
    run.x1 = max(run.x1, char.x1)
    run.y0, run.y1 = min(run.y0, char.y0), max(run.y1, char.y1)
    return True


def _merged(runs: Sequence[_Run]) -> list[_Run]:
    """Runs that touch in one line as one, in whatever order they were drawn."""
    merged: list[_Run] = []
    for row in _rows(runs):
        last: _Run | None = None
        for run in row:
            if last is None or not _append(last, run):
                merged.append(run)
                last = run
    return merged


def _stacked(runs: Sequence[_Run]) -> list[_Run]:
    """Runs of one character that stand one below another, as vertical headlines do, as one."""
    single = sorted((run for run in runs if len(run.text) == 1), key=lambda r: (r.x0, r.y0))
    stacks: list[list[_Run]] = []
    for run in single:
        above = stacks[-1][-1] if stacks else None
        if (
            above is not None
            and abs(run.x0 - above.x0) < 0.3 * above.size
            and 0 <= run.y0 - above.y0 < (1 + _STACKED_GAP) * above.size
            and abs(run.size - above.size) < 0.1 * above.size
        ):
            stacks[-1].append(run)
        else:
            stacks.append([run])
    found = [stack for stack in stacks if len(stack) >= _FEWEST_STACKED]
    taken = {id(run) for stack in found for run in stack}
    return [run for run in runs if id(run) not in taken] + [
        _Run(
            min(run.x0 for run in stack),
            stack[0].y0,
            max(run.x1 for run in stack),
            stack[-1].y1,
            stack[0].size,
            "".join(run.text for run in stack),
        )
        for stack in found
    ]


def _rows(runs: Sequence[_Run]) -> list[list[_Run]]:
    """Runs that stand in one line, lines from top to bottom, each from left to right."""
    rows: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: run.middle):
        if rows and rows[-1][0].beside(run):
            rows[-1].append(run)
        else:
            rows.append([run])
    return [sorted(row, key=lambda run: run.x0) for row in rows]


def _text(runs: Sequence[_Run]) -> str:
    if not runs:
        return ""
    sizes = sorted((run.size, len(run.text)) for run in runs)
    half, passed, body = sum(length for _, length in sizes) / 2, 0, sizes[-1][0]
    for size, length in sizes:
        passed += length
        if passed >= half:
            body = size
            break
    paragraphs = [line for part in _in_order(runs) for line in _paragraphs(part, body)]
    text = "\n".join(_marked(paragraphs, body)).strip("\n")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _in_order(runs: Sequence[_Run]) -> Iterator[list[_Run]]:
    """The parts of a page that are one column each, in reading order."""
    waiting = [list(runs)]
    while waiting:
        part = waiting.pop()
        if len(part) == 1:
            yield part
            continue
        em = median(run.size for run in part)
        rows = _rows(part)
        gutter, columns = _split_down(part, em)
        space, halves = _split_across(rows)
        if len(columns) > 1 and gutter >= space:
            waiting.extend(reversed(columns))
        elif all(len(row) == 1 or _is_one_line(row, em) for row in rows):
            yield part
        elif halves and (space > 0 or len(columns) < 2):
            waiting.extend(reversed(halves))
        else:
            # Something stands across all cuts: the headline, which comes first.
            widest = max(part, key=lambda run: (run.x1 - run.x0, -run.y0))
            waiting.append([run for run in part if run is not widest])
            waiting.append([widest])


def _is_one_line(row: Sequence[_Run], em: float) -> bool:
    """Whether runs in one line are letter-spaced words, and not lines of several columns."""
    return all(run.x1 - run.x0 < _NARROWEST_COLUMN * em for run in row)


def _split_down(part: Sequence[_Run], em: float) -> tuple[float, list[list[_Run]]]:
    """The width of the widest white gutter, and the columns that gutters set apart, left first."""
    columns: list[list[_Run]] = []
    widest, edge = 0.0, float("-inf")
    for run in sorted(part, key=lambda run: run.x0):
        if run.x0 - edge >= _GUTTER * em:
            if len(columns) > 1 and not _is_column(columns[-1], em):
                narrow = columns.pop()
                columns[-1] += narrow
            if len(columns) == 1 and not _is_column(columns[0], em):
                columns[0].append(run)
            else:
                widest = max(widest, run.x0 - edge if columns else 0.0)
                columns.append([run])
        else:
            columns[-1].append(run)
        edge = max(edge, run.x1)
    if len(columns) > 1 and not _is_column(columns[-1], em):
        narrow = columns.pop()
        columns[-1] += narrow
    stacks = [number for number, column in enumerate(columns) if column[0].is_stack]
    if stacks == [len(columns) - 1]:
        # A headline that runs downwards stands on either side of what it heads.
        columns.insert(0, columns.pop())
    return widest if len(columns) > 1 else 0.0, columns


def _is_column(part: Sequence[_Run], em: float) -> bool:
    """Whether runs are wide enough to be a column, or are a headline that runs downwards."""
    width = max(run.x1 for run in part) - min(run.x0 for run in part)
    return width >= _NARROWEST_COLUMN * em or all(run.is_stack for run in part)


def _split_across(rows: Sequence[Sequence[_Run]]) -> tuple[float, list[list[_Run]]]:
    """The height of the white space that divides best, and the parts above and below it.

    Space that runs through several columns, whose lines happen to be level, counts as none: it is
    to be cut only when nothing else is left.
    """
    edge = float("-inf")
    best: tuple[float, float] | None = None
    place = 0
    for number, row in enumerate(rows):
        top = min(run.y0 for run in row)
        if number and top >= edge:
            through = len(row) > 1 and len(rows[number - 1]) > 1
            rank = (0.0 if through else top - edge, top - edge)
            if best is None or rank > best:
                best, place = rank, number
        edge = max(edge, *(run.y1 for run in row))
    if best is None:
        return 0.0, []
    halves = rows[:place], rows[place:]
    return best[0], [[run for row in half for run in row] for half in halves]


def _paragraphs(part: Sequence[_Run], body: float) -> list[_Run]:
    """The lines of one column, those of one paragraph joined.

    body : the size of the characters that most of the page is set in.
    """
    lines = [_line(row) for row in _rows(part)]
    plain = [line for line in lines if line.size < _HEADING_SIZE * body] or lines
    left, right = min(line.x0 for line in plain), max(line.x1 for line in plain)
    found: list[_Run] = []
    above: _Run | None = None
    for line in lines:
        em = line.size
        goes_on = (
            above is not None
            and max(em, above.size) < _HEADING_SIZE * body
            and line.x0 - left < _INDENT * em
            and not (right - above.x1 > _SHORT * em and _CLOSED.search(above.text))
            and line.y0 - above.y1 < _PARAGRAPH_GAP * em
            and abs(em - above.size) < 0.1 * em
        )
        if goes_on:
            latin = (found[-1].text[-1] + line.text[0]).isalpha() and line.text[0].isascii()
            found[-1].text += (" " if latin else "") + line.text
        else:
            found.append(replace(line))
        above = line
    return found


def _marked(paragraphs: Sequence[_Run], body: float) -> Iterator[str]:
    """Paragraphs as a page of text has them: headings set apart, and the title of each marked.

    A title is the largest line of those that stand together right above a paragraph.
    """
    heads: list[_Run] = []
    for line in paragraphs:
        if line.size >= _HEADING_SIZE * body:
            if heads and not 0 <= line.y0 - heads[-1].y0 <= _HEADING_LEADING * heads[-1].size:
                yield "\n" + "\n".join(head.text for head in heads)
                heads = []
            heads.append(line)
            continue
        if heads:
            title = max(heads, key=lambda head: head.size)
            sure = title.size >= _TITLE_SIZE * body and _SENTENCE.search(line.text) is not None
            yield "\n" + "\n".join(
                f"# {head.text}" if sure and head is title else head.text for head in heads
            )
            heads = []
        yield line.text
    if heads:
        yield "\n" + "\n".join(head.text for head in heads)


def _line(row: Sequence[_Run]) -> _Run:
    text = row[0].text
    for before, run in pairwise(row):
        text += (" " if run.x0 - before.x1 > _GUTTER * run.size else "") + run.text
    return _Run(
        row[0].x0,
        min(run.y0 for run in row),
        row[-1].x1,
        max(run.y1 for run in row),
        max(run.size for run in row),
        text,
    )
