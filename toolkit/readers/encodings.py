"""Bytes to text: which encoding a file is in, how sure that is, and lines that are in another."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from ..errors import InputError

# Big5 with the characters that Hong Kong and Windows add to it; GB18030 holds GBK and GB2312.
ENCODINGS = ("utf-8", "gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
DETECTION_BYTES = 1 << 16
ESCAPING = "toolkit-escape"
# What the handler below makes of a byte that does not decode.
ESCAPED_BYTE = re.compile("[\udc80-\udcff]")

_CONTROL = re.compile(rb"[^\t\n\v\f\r\x1a -~]")
# How the codecs of UTF-8, GB18030 and Big5, and UTF-16 call the half of a character.
_INCOMPLETE = ("unexpected end of data", "incomplete multibyte sequence", "truncated data")
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\x84\x31\x95\x33", "gb18030"),
)
# The characters that make up about half of any running text, in both scripts.
_COMMONEST = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之"
    "年过发后作里用道行所然家事成方多经去法学如都同现当没动面起看定天分还进好小部其些主样理心"
    "本前开但因只从想实日者意无力与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问"
    "最重并物手应向头文体政美相见利二等产新制加月化市区职员会"
    "這個們來為國說時會對後裡經學現當沒動還進樣開從實無與長機關點業將兩間問並應頭體見產區職員"
    "，。、：；“”《》（）「」！？"
)
# Log-odds of a character of each kind in running text over its chance in a wrong decoding.
_COMMONEST_WEIGHT = 3.0
_COMMON_WEIGHT = 1.0
_RARE_WEIGHT = -2.0
_FOREIGN_WEIGHT = -3.0
_BROKEN_WEIGHT = -6.0
# A guess is sure when the text is right in the mean and the next guess falls this far behind.
_SURE_MEAN = 0.5
_SURE_LEAD = 12.0
_LIKELY_MEAN = -0.5
_MOST_WRONG = 0.01


def _escape(error: UnicodeError) -> tuple[str, int]:
    """The codecs' "surrogateescape", which raises at the half of a UTF-16 character, without that.

    Raises
    ------
    UnicodeError : it was raised in encoding.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + (byte | 0x80)) for byte in wrong), error.end


codecs.register_error(ESCAPING, _escape)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a file's bytes are taken for.

    Attributes
    ----------
    encoding : a codec name.
    sure : whether no other encoding comes near.
    """

    encoding: str
    sure: bool


def detect(data: bytes, source: str) -> Guess:
    """The likeliest of `ENCODINGS` for these bytes.

    A byte-order mark decides. Else each encoding that decodes the bytes without an error is
    scored by the characters it gives: the commonest of Chinese, those on the first level of
    GB 2312 or Big5, rarer ones, and what no paper prints (after the code-scheme and
    character-distribution methods of Li and Momoi, "A composite approach to language/encoding
    detection", 2001).

    Raises
    ------
    InputError : none of them fits.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Guess(encoding, True)
    if data.isascii() and not _CONTROL.search(data):
        return Guess("utf-8", True)
    scores: dict[str, tuple[float, float]] = {}
    likely = False
    for encoding in ENCODINGS:
        text = _strictly(data, encoding)
        if text is not None:
            scores[encoding] = total, mean = _score(text)
            if encoding == "utf-8" and mean > 0:
                return Guess(encoding, True)
            likely = likely or total >= _LIKELY_MEAN * len(text)
    if not likely:
        raise InputError(source, "not text in a known encoding; give one with --encoding")
    ranked = sorted(scores, key=lambda encoding: -scores[encoding][0])
    total, mean = scores[ranked[0]]
    lead = total - scores[ranked[1]][0] if len(ranked) > 1 else _SURE_LEAD
    return Guess(ranked[0], mean >= _SURE_MEAN and lead >= _SURE_LEAD)


def decode(data: bytes, source: str, encoding: str) -> str:
    """Text of a file's bytes, without a byte-order mark.

    Raises
    ------
    InputError : the bytes are not text in this encoding, or no encoding has this name.
    """
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeError as error:
        problem = f"not text in {encoding}; give the right one with --encoding"
        raise InputError(source, problem, f"byte {getattr(error, 'start', 0)}") from None
    except LookupError:
        raise InputError(source, f"no encoding is called '{encoding}'") from None


def decode_mixed(data: bytes, source: str) -> tuple[str, Guess] | None:
    """Text of a file whose lines are some in UTF-8 and some in another encoding.

    Returns
    -------
    The text and both encodings; None when it is no such file, or not surely.
    """
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    in_utf8 = [_decodes(line) for line in lines]
    ours = b"\n".join(line for line, right in zip(lines, in_utf8, strict=True) if right)
    others = b"\n".join(line for line, right in zip(lines, in_utf8, strict=True) if not right)
    try:
        other = detect(others[:DETECTION_BYTES], source)
        if ours.isascii() or not other.sure or _score(ours.decode())[1] <= 0:
            return None
        texts = [
            line.decode() if right else decode(line, source, other.encoding)
            for line, right in zip(lines, in_utf8, strict=True)
        ]
    except InputError:
        return None
    return "\n".join(texts), Guess(f"utf-8 and {other.encoding} by turns", False)


def decode_damaged(data: bytes) -> tuple[str, Guess, int] | None:
    """Text of a file of which a few bytes are wrong.

    Returns
    -------
    The text with \N{REPLACEMENT CHARACTER} for what is wrong, its encoding, and how often; None
    when more than one character in a hundred is wrong.
    """
    best: tuple[str, Guess, int] | None = None
    for encoding in ENCODINGS:
        text = data.decode(encoding, "replace").removeprefix("\ufeff")
        wrong = text.count("\ufffd")
        if wrong <= _MOST_WRONG * len(text) and is_likely(text) and (not best or wrong < best[2]):
            best = text, Guess(encoding, encoding == "utf-8"), wrong
    return best


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def mostly_utf8(data: bytes) -> bool:
    """Whether half or more of the lines are UTF-8 beyond ASCII: the others are then damaged."""
    lines = data.split(b"\n")
    if len(lines) > 1:  # the last may have been cut by sampling
        lines.pop()
    lines = [line for line in lines if not line.isascii()]
    return 2 * sum(line.decode("utf-8", "ignore").encode() == line for line in lines) >= len(lines)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        # A sample, or a file cut short, may end within a character.
        return data[: error.start].decode(encoding) if _is_cut(error) else None


def half_character(data: bytes, encoding: str) -> bytes:
    """The bytes at the end that are half a character, when all before them decode."""
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        return data[error.start :] if _is_cut(error) else b""
    except (LookupError, UnicodeError):
        pass
    return b""


def _is_cut(error: UnicodeDecodeError) -> bool:
    return error.start > 0 and error.reason in _INCOMPLETE


def _score(text: str) -> tuple[float, float]:
    """The sum of the log-odds of a text's characters and their mean, ASCII left out of it."""
    total = 0.0
    counted = 0
    for char, count in Counter(text).items():
        weight = _weight(char)
        total += weight * count
        counted += count if weight else 0
    return total, total / max(counted, 1)


def is_likely(text: str) -> bool:
    """Whether a text has the characters that running text has, and not the wreck of an encoding."""
    return _score(text)[0] >= _LIKELY_MEAN * len(text)


@cache
def _weight(char: str) -> float:
    if char in _COMMONEST:
        return _COMMONEST_WEIGHT
    if "\x20" <= char < "\x7f" or char in "\t\n\r\u3000\ufeff":
        return 0.0
    if char in _common():
        return _COMMON_WEIGHT
    if "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff":
        return _RARE_WEIGHT
    if char < "\x20" or "\x7f" <= char < "\xa0" or "\ud800" <= char <= "\uf8ff" or char == "\ufffd":
        return _BROKEN_WEIGHT
    return _FOREIGN_WEIGHT


@cache
def _common() -> frozenset[str]:
    """The characters on the first level of GB 2312 and of Big5, and full-width ASCII."""
    gb = bytes(b for lead in range(0xB0, 0xD8) for t in range(0xA1, 0xFF) for b in (lead, t))
    trails = (*range(0x40, 0x7F), *range(0xA1, 0xFF))
    big5 = bytes(b for lead in range(0xA4, 0xC7) for t in trails for b in (lead, t))
    hanzi = gb.decode("gb2312", "ignore") + big5.decode("big5", "ignore")
    return frozenset(hanzi) | {chr(code) for code in range(0xFF01, 0xFF5F)} | set("·—…‘’【】")
