"""How much of an input is read before it is refused: the defaults, and their names for users."""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from types import FrameType
from typing import Self

_UNITS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}
_AMOUNT = re.compile(r"(\d+)\s*([kmg]?)b?", re.I)


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that is taken from one input.

    A newspaper's page has some ten thousand characters and a book half a million: the defaults
    stop only what is no article, and keep a run's memory and time within bounds.

    Attributes
    ----------
    file_size : bytes of a file that must be held whole: JSON, PDF, Word, spreadsheets, web pages.
        JSON lines, CSV and Parquet are read bit by bit and may be of any size.
    record_chars : characters of one line of JSON, or of one cell of a table.
    page_chars : characters of one page of text.
    page_articles : articles of one page.
    article_chars : characters of one article's body.
    pdf_pages : pages of one PDF.
    zip_files : files in one zip.
    zip_depth : how many archives may stand one within another.
    unpacked_size : bytes that one zip may unpack to, with the zips in it.
    unpacked_ratio : how many times its packed size something may unpack to; text takes a few.
    seconds : for one page or one record to be parsed.
    memory : bytes for the process that parses documents, where the system can limit it.
    """

    file_size: int = 256 * 10**6
    record_chars: int = 4 * 10**6
    page_chars: int = 2 * 10**6
    page_articles: int = 5000
    article_chars: int = 500_000
    pdf_pages: int = 5000
    zip_files: int = 100_000
    zip_depth: int = 3
    unpacked_size: int = 20 * 10**9
    unpacked_ratio: int = 200
    seconds: int = 30
    memory: int = 2 * 10**9

    def but(self, settings: Iterable[str]) -> Self:
        """These limits with some set anew, each as NAME=NUMBER, such as file-size=1GB.

        Raises
        ------
        ValueError : one is not in that form, or no limit has its name.
        """
        changed: dict[str, int] = {}
        for setting in settings:
            name, _, amount = setting.partition("=")
            match = _AMOUNT.fullmatch(amount.strip())
            if name not in names() or not match or int(match[1]) == 0:
                raise ValueError(
                    f"'{setting}' is not NAME=NUMBER with NAME one of {', '.join(names())}"
                )
            changed[_field(name)] = int(match[1]) * _UNITS[match[2].lower()]
        return replace(self, **changed)

    def refusal(self, name: str, found: str) -> str:
        """The line that says what is over a limit, and how to raise it.

        Parameters
        ----------
        name : a limit, as users name it.
        found : what was found, such as "the line has more characters".
        """
        limit = getattr(self, _field(name))
        return f"{found} than {limit:,}; --limit {name}=NUMBER sets another limit"


def names() -> list[str]:
    """The limits as users name them."""
    return [field.name.replace("_", "-") for field in fields(Limits)]


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeoutError` from what runs within for longer; in a thread or on Windows, nothing."""
    if not hasattr(signal, "SIGALRM") or threading.current_thread() != threading.main_thread():
        yield
        return

    def too_late(number: int, frame: FrameType | None) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _field(name: str) -> str:
    return name.replace("-", "_")
