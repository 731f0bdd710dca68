"""How often a text's encoding is told, how often it is said to be sure, and how often wrongly.

    python -m benchmarks.encodings

Texts of 20 and 100 characters and whole articles, from the training split of the labelled corpus,
are encoded and told apart again; for Big5, as Windows writes it (cp950), they are put into
traditional characters first; the kana エ and ロ, in which Big5's tables differ, are made 工 and 口,
and texts with characters that it lacks are left out. Then what befalls files: two encodings by
turns in one, and the end cut off within a character.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from toolkit import InputError, load_labelled
from toolkit.readers import Reading, detect

from .peers import ROOT
from .plots import table

LENGTHS = (20, 100, None)
ENCODINGS = ("utf-8", "gb18030", "gbk", "cp950", "utf-16-le", "utf-16-be")


@dataclass(slots=True)
class Counts:
    """What came of one kind of text.

    Attributes
    ----------
    texts : how many there were.
    right : decoded to the text they were made of.
    asked : of the right ones, those that were not said to be sure.
    refused : said to be in no known encoding.
    wrong : decoded to another text, and said not to be sure.
    wrong_and_sure : decoded to another text, and nothing said.
    """

    encoding: str
    length: str
    texts: int = 0
    right: int = 0
    asked: int = 0
    refused: int = 0
    wrong: int = 0
    wrong_and_sure: int = 0

    def add(self, text: str, found: str | None, sure: bool) -> None:
        """Count one text, by what it was decoded to."""
        self.texts += 1
        if found is None:
            self.refused += 1
        elif found == text:
            self.right += 1
            self.asked += not sure
        else:
            self.wrong += not sure
            self.wrong_and_sure += sure


def ours(data: bytes) -> tuple[str | None, bool]:
    """Text and sureness by the toolkit; None for a refusal."""
    try:
        guess = detect(data, "")
        return data.decode(guess.encoding).removeprefix("\ufeff"), guess.sure
    except (InputError, UnicodeDecodeError):
        return None, True


def whole_file(data: bytes) -> tuple[str | None, bool]:
    """The same as files are read, mixed and cut ones too."""
    doubts: list[bool] = []
    reading = Reading(
        on_encoding=lambda source, encoding, sure: doubts.append(not sure),
        on_error=lambda error: doubts.append(True),
    )
    try:
        return reading.text_of(data, ""), not any(doubts)
    except InputError:
        return None, True


def measure(
    texts: Iterable[str],
    encoding: str,
    length: int | None,
    encode: Callable[[str], tuple[str, bytes]],
    detector: Callable[[bytes], tuple[str | None, bool]] = ours,
) -> Counts:
    """Count what comes of these texts; `encode` gives what is expected and the bytes."""
    counts = Counts(encoding, str(length or "whole"))
    for text in texts:
        if length is not None and len(text) < length:
            continue
        try:
            expected, data = encode(text[:length])
        except UnicodeEncodeError:
            continue
        counts.add(expected, *detector(data))
    return counts


def whole_in(encoding: str) -> Callable[[str], tuple[str, bytes]]:
    """A text in one encoding."""
    return lambda text: (text, text.encode(encoding))


def by_turns(text: str) -> tuple[str, bytes]:
    """Lines in UTF-8 and in GB18030 by turns."""
    lines = [line for line in text.replace("。", "。\n").split("\n") if line]
    data = [line.encode("gb18030" if number % 2 else "utf-8") for number, line in enumerate(lines)]
    return "\n".join(lines), b"\n".join(data)


def cut_short(encoding: str) -> Callable[[str], tuple[str, bytes]]:
    """A text without the last byte of its last character."""
    return lambda text: (text[:-1], text.encode(encoding)[:-1])


def measure_all(bodies: Sequence[str], traditional: Sequence[str] | None) -> list[Counts]:
    """Every kind of text; Big5 only when there are texts in traditional characters."""
    found = []
    for length in LENGTHS:
        for encoding in ENCODINGS:
            texts = traditional if encoding == "cp950" else bodies
            if texts is not None:
                found.append(measure(texts, encoding, length, whole_in(encoding)))
    found.append(measure(bodies, "utf-8 and gb18030 by turns", None, by_turns, whole_file))
    for encoding in ("utf-8", "gb18030"):
        name = f"{encoding}, cut short"
        found.append(measure(bodies, name, None, cut_short(encoding), whole_file))
    return found


def markdown(found: Sequence[Counts]) -> str:
    """The counts as Markdown."""
    rows = [[str(value) for value in asdict(counts).values()] for counts in found]
    return table(list(asdict(found[0])), rows).replace("_", " ").rstrip()


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    bodies = [article.body for article in load_labelled(ROOT / "labelled", "train")]
    try:
        from opencc import OpenCC

        # Recognition took some 工 and 口 for kana, in which the tables of Big5 differ.
        kana = str.maketrans("エロ", "工口")
        convert = OpenCC("s2tw").convert
        traditional: list[str] | None = [convert(body.translate(kana)) for body in bodies]
    except ImportError:
        traditional = None
    found = measure_all(bodies, traditional)
    print(json.dumps([asdict(c) for c in found], indent=1) if options.json else markdown(found))
    if traditional is None:
        print("Big5 left out: OpenCC is not installed; pip install '.[bench]' installs it")


if __name__ == "__main__":
    main()
