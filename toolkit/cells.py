"""Cells of a table that a spreadsheet opens: no text may start a formula there.

A text that a spreadsheet could take for a formula is written with an apostrophe before it, and
read back without. Numbers stay as they are.
"""

from __future__ import annotations

import re

# OWASP's list (https://owasp.org/www-community/attacks/CSV_Injection), the full-width forms that
# spreadsheets in East Asian languages take for the same, and blanks that an import may trim off.
_STARTS_FORMULA = re.compile(r"'*(?:[\s\0\ufeff\u200b]*[=+\-@＝＋－＠]|[\t\r\n\0])")
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def defuse(text: str) -> str:
    """A text as a cell that starts no formula; one for each text, so that `restore` can undo it."""
    if _STARTS_FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def restore(cell: str) -> str:
    """The text that `defuse` made a cell of."""
    return cell[1:] if cell.startswith("'") and _STARTS_FORMULA.match(cell) else cell
