"""Word files, a page each, and spreadsheets, a record a row; macros and formulas are not run."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import IO, Any
from zipfile import ZipFile, is_zipfile

from ..errors import InputError
from . import archives
from .reading import Item, Reading, Record
from .text import page

_TITLES = ("Title", "Heading 1", "heading 1")
_FEWEST_NAMES = 2


def read_docx(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read a Word file's paragraphs in their order, those in tables and text boxes too.

    Raises
    ------
    InputError : it holds no text, or too much.
    """
    import docx

    _check(stream, source, reading)
    document = docx.Document(stream)
    titles = {style.style_id for style in document.styles if style.name in _TITLES}
    text = "\n".join(_paragraphs(document.element.body, titles))
    if not text.strip():
        raise InputError(source, "the document holds no text")
    yield page(source, text, reading)


def _paragraphs(body: Any, titles: set[str]) -> Iterator[str]:
    from docx.oxml.ns import qn

    # Word writes a text box twice, the second time for readers that know only the older form.
    older = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
    marks = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n"}
    for paragraph in body.iter(qn("w:p")):
        if next(paragraph.iterancestors(older), None) is not None:
            continue
        parts = []
        for node in paragraph.iter(qn("w:t"), *marks):
            own = next(node.iterancestors(qn("w:p"))) is paragraph
            hidden = node.getparent().find(f"{qn('w:rPr')}/{qn('w:vanish')}") is not None
            # A tab may also be a stop in the paragraph's settings, which is no text.
            if own and not hidden and node.getparent().tag != qn("w:tabs"):
                parts.append(marks.get(node.tag) or node.text or "")
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        titled = style is not None and style.get(qn("w:val")) in titles
        text = "".join(parts)
        yield f"\n# {text}" if titled and text.strip() else text


def read_xlsx(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read a spreadsheet's rows; the first with two cells or more names the columns.

    Raises
    ------
    InputError : it unpacks to too much.
    """
    from python_calamine import CalamineWorkbook

    _check(stream, source, reading)
    position = 0
    workbook = CalamineWorkbook.from_filelike(stream)
    for sheet_name in workbook.sheet_names:
        names: list[str] = []
        for number, cells in enumerate(_rows(workbook, sheet_name), 1):
            place = f"{sheet_name}, line {number}"
            if not names:
                names = cells if sum(map(bool, cells)) >= _FEWEST_NAMES else []
            elif any(cell and not name for name, cell in zip_longest(names, cells, fillvalue="")):
                reading.on_error(InputError(source, "a cell under no name in the header", place))
            elif any(cells):
                values = {name: cell for name, cell in zip(names, cells, strict=False) if name}
                yield Record(source, position, place, values)
                position += 1
    if not position:
        reading.on_error(InputError(source, "the spreadsheet holds no rows below a header"))


def _rows(workbook: Any, sheet: str) -> Iterator[list[str]]:
    data = workbook.get_sheet_by_name(sheet)
    first = data.start[0] if data.start else 0
    yield from ([] for _ in range(first))
    rows: Sequence[Sequence[Any]] = data.to_python(skip_empty_area=True)
    yield from ([_cell(value) for value in row] for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()


def _check(stream: IO[bytes], source: str, reading: Reading) -> None:
    if is_zipfile(stream):
        with ZipFile(stream) as archive:
            archives.check_expansion(archive, source, reading.limits)
    stream.seek(0)
