"""The parsers of documents, by format; they are run in a process of their own."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import IO

from .reading import Item, Reader, Reading


def _later(module: str, function: str) -> Reader:
    """A parser whose module, and the library it needs, is loaded when it is first used."""

    def parse(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
        parser: Reader = getattr(import_module(f".{module}", __package__), function)
        yield from parser(stream, source, reading)

    return parse


PARSERS: dict[str, Reader] = {
    "pdf": _later("pdf", "read_pdf"),
    "html": _later("web", "read_html"),
    "mhtml": _later("web", "read_mhtml"),
    "epub": _later("web", "read_epub"),
    "docx": _later("office", "read_docx"),
    "xlsx": _later("office", "read_xlsx"),
}
