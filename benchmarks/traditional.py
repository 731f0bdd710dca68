"""Makes toolkit/traditional.txt, which tells traditional characters and their simplified forms.

    python -m benchmarks.traditional

It asks OpenCC about every Chinese character of the basic plane, alone, and keeps those that change.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .peers import ROOT

TABLE = ROOT / "toolkit" / "traditional.txt"
_HEADER = """\
# Traditional characters, and in the next line their simplified forms in the same order.
# Made by `python -m benchmarks.traditional` from the character dictionaries of OpenCC
# (https://github.com/BYVoid/OpenCC), Apache License 2.0, see LICENSE-OpenCC: one form a
# character, characters of the basic plane only.
"""


def table() -> str:
    """The file's text."""
    opencc: Any = import_module("opencc")
    convert = opencc.OpenCC("t2s").convert
    # The Chinese characters of the basic plane, with extension A, and those for compatibility.
    blocks = (range(0x3400, 0x4DC0), range(0x4E00, 0xA000), range(0xF900, 0xFB00))
    pairs = [(chr(point), convert(chr(point))) for block in blocks for point in block]
    changed = [
        (old, new) for old, new in pairs if old != new and len(new) == 1 and new < "\U00010000"
    ]
    return _HEADER + "".join("".join(side) + "\n" for side in zip(*changed, strict=True))


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8", newline="\n")
