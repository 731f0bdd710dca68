"""What a text shows of scanning and conversion.

A wrong character that is itself a character, 己 for 已, leaves no trace that can be told from
the text alone: the share of words of a single character, say, is the same in texts with one
character in a hundred swapped as in texts without. So only these traces are looked for; a text
without any may still be misread.
"""

from __future__ import annotations

import re

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
TRACES = {
    # Spaces inside a line; those that indent one, or stand around numbers and letters, are style.
    "spaces": re.compile(rf"(?<=[{_HAN}，、。；：])[ \t\u00a0\u3000]+(?=[{_HAN}，、。；：])"),
    "half-width": re.compile(rf"(?<=[{_HAN}])[,.;:!?](?=[{_HAN}])"),
    "full-width": re.compile(r"[０-９Ａ-Ｚａ-ｚ]"),
    # A line of some length that stops in mid-sentence; short ones are headings and signatures.
    "broken": re.compile(rf"(?m)^.{{19,}}[{_HAN}，、]\n(?=[{_HAN}])"),
    "unreadable": re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
}


def traces(text: str) -> dict[str, int]:
    """How often each kind of trace stands in a text; kinds that do not are left out.

    Kinds are: spaces between characters; half-width punctuation between characters; full-width
    digits and letters; lines broken in mid-sentence; characters that cannot be read.
    """
    found = {kind: len(pattern.findall(text)) for kind, pattern in TRACES.items()}
    return {kind: number for kind, number in found.items() if number}
