"""Files in: any supported file, folder or stream to pages of text and records of fields."""

from __future__ import annotations

from .encodings import ENCODINGS, Guess, decode, detect
from .files import READERS, entries, files_in, read, root_of
from .formats import SUFFIXES, format_of
from .limits import Limits, time_limit
from .reading import Item, OnError, Page, Reader, Reading, Record, stop

__all__ = [
    "ENCODINGS",
    "READERS",
    "SUFFIXES",
    "Guess",
    "Item",
    "Limits",
    "OnError",
    "Page",
    "Reader",
    "Reading",
    "Record",
    "decode",
    "detect",
    "entries",
    "files_in",
    "format_of",
    "read",
    "root_of",
    "stop",
    "time_limit",
]
