"""Plain text and Markdown: a file is a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from ..errors import InputError
from .formats import content_kind
from .reading import Item, Page, Reading

_MOST_BYTES_A_CHARACTER = 4


def read_text(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read a text file as one page.

    Raises
    ------
    InputError : it is empty, too long, in no known encoding, or not text but another format.
    """
    most = reading.limits.page_chars
    data = reading.whole(stream, source, _MOST_BYTES_A_CHARACTER * most)
    kind = content_kind(data)
    if kind:
        problem = f"not text but {kind[1]}, by its first bytes; give it its right suffix"
        raise InputError(source, problem)
    if len(data) > _MOST_BYTES_A_CHARACTER * most:
        raise InputError(source, reading.limits.refusal("page-chars", "it has more characters"))
    text = reading.text_of(data, source)
    if not text.strip():
        raise InputError(source, "the file is empty")
    yield page(source, text, reading)


def page(source: str, text: str, reading: Reading) -> Page:
    """A page of text.

    Raises
    ------
    InputError : it is too long.
    """
    if len(text) > reading.limits.page_chars:
        raise InputError(source, reading.limits.refusal("page-chars", "it has more characters"))
    return Page(source, text)
