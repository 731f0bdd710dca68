"""Characters: code points as arrays, and traditional characters told apart and simplified.

All goes by tables, one character for one, so that every place in a text stays where it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint16]

# Stands for every character beyond the basic plane; Unicode keeps it free.
BEYOND = 0xFFFF
# An article is taken as traditional when this share of its characters is. In traditional text it
# is about a third; simplified text has some too, such as the 乾 of 乾隆, which are not to change.
TRADITIONAL_SHARE = 0.05


def codes(text: str) -> Codes:
    """(n,) the code point of each character, `BEYOND` for those beyond the basic plane."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    small: Codes = np.minimum(points, BEYOND).astype(np.uint16)
    return small


def simplify(texts: Sequence[str]) -> list[str]:
    """Texts with those in traditional characters simplified, each as long as it was.

    Every character has one simplified form here, the commonest, whatever the word it stands in.
    """
    traditional = _is_traditional()[codes("".join(texts))]
    if not traditional.any():
        return list(texts)
    ends = np.cumsum([len(text) for text in texts])
    found = np.diff(np.append(0, np.cumsum(traditional))[ends], prepend=0)
    much = found > TRADITIONAL_SHARE * np.diff(ends, prepend=0)
    table = str.maketrans(*_pairs())
    return [text.translate(table) if own else text for text, own in zip(texts, much, strict=True)]


@cache
def folded() -> Codes:
    """(65536,) code point to that of the letter it is a form of, and 0 for a line's end.

    Traditional characters are simplified, full width is made half and capitals small; one digit
    is as good as another and counts as 0.
    """
    table = np.arange(BEYOND + 1, dtype=np.uint16)
    traditional, simplified = map(codes, _pairs())
    table[traditional] = simplified
    table[0xFF01:0xFF5F] = np.arange(0x21, 0x7F)
    table[(table >= ord("A")) & (table <= ord("Z"))] += ord("a") - ord("A")
    table[(table >= ord("0")) & (table <= ord("9"))] = ord("0")
    table[[point for point in range(BEYOND) if chr(point).isspace()]] = ord(" ")
    table[[*range(ord(" ")), 0x85, 0x2028, 0x2029, BEYOND]] = 0
    return table


@cache
def _is_traditional() -> NDArray[np.bool_]:
    table = np.zeros(BEYOND + 1, bool)
    table[codes(_pairs()[0])] = True
    return table


@cache
def _pairs() -> tuple[str, str]:
    """Traditional characters, and their simplified forms in the same order."""
    lines = Path(__file__).with_name("traditional.txt").read_text("utf-8").splitlines()
    traditional, simplified = (line for line in lines if not line.startswith("#"))
    return traditional, simplified
