"""A font to embed in test files, so that they are read alike whatever fonts a machine has."""

from __future__ import annotations

import io

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

FONT = "Squares"
_EM = 1000
_HALF = range(0x20, 0x7F)
_FULL = (range(0x2010, 0x2027), range(0x3000, 0x3020), range(0x4E00, 0xA000), range(0xFF01, 0xFFF0))


def squares() -> io.BytesIO:
    """A TrueType font with a square for every Chinese character, and half of one for a Latin."""
    builder = FontBuilder(_EM, isTTF=True)
    widths = {".notdef": _EM, "half": _EM // 2, "full": _EM}
    builder.setupGlyphOrder(list(widths))
    names = dict.fromkeys(_HALF, "half")
    for characters in _FULL:
        names |= dict.fromkeys(characters, "full")
    builder.setupCharacterMap(names)
    builder.setupGlyf({name: _box(width) for name, width in widths.items()})
    builder.setupHorizontalMetrics({name: (width, 0) for name, width in widths.items()})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": FONT, "styleName": "Regular", "psName": FONT})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    file = io.BytesIO()
    builder.save(file)
    file.seek(0)
    return file


def _box(width: int) -> object:
    pen = TTGlyphPen(None)
    left, right = 0.06 * width, 0.94 * width
    pen.moveTo((left, -80))
    for corner in ((left, 820), (right, 820), (right, -80)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()
