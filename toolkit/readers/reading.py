"""What is read and how: pages of text, records of fields, and the settings of every reader."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, NoReturn, Self

from ..errors import InputError
from .encodings import (
    DETECTION_BYTES,
    Guess,
    decode,
    decode_damaged,
    decode_mixed,
    detect,
    half_character,
)
from .limits import Limits


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one text file or one page of a document, still to be split into articles."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a table or a JSON file: an article's fields by name."""

    source: str
    position: int
    place: str
    values: Mapping[str, Any]


Item = Page | Record
OnError = Callable[[InputError], None]


def stop(error: InputError) -> NoReturn:
    """The strictest `OnError`: raise the error."""
    raise error


@dataclass(slots=True)
class Nesting:
    """How deep in archives a reader is, and how much has come out of the outermost."""

    depth: int = 0
    unpacked: int = 0

    @contextmanager
    def within(self) -> Iterator[Self]:
        """The same, one archive deeper."""
        self.depth += 1
        try:
            yield self
        finally:
            self.depth -= 1


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read.

    Attributes
    ----------
    input_format : one of `READERS`; None goes by the suffix.
    encoding : a codec name; detected when None.
    on_encoding : called with a source's name, the encoding found and whether that is sure, when
        it is not UTF-8.
    on_error : called for each file or record that cannot be read; reading then goes on.
    on_open : called with each file that is opened, to follow how far it is read.
    limits : where to stop.
    skip : files of a folder that are left out, such as those that a run itself writes there.
    nesting : for the readers of archives, which hand it on to the readers of what is in them.
    """

    input_format: str | None = None
    encoding: str | None = None
    on_encoding: Callable[[str, str, bool], None] = lambda source, encoding, sure: None
    on_error: OnError = stop
    on_open: Callable[[IO[bytes]], None] = lambda stream: None
    limits: Limits = field(default_factory=Limits)
    skip: Collection[Path] = ()
    nesting: Nesting = field(default_factory=Nesting)

    def encoding_of(self, data: bytes, source: str) -> str:
        """The encoding to decode a source in, by its first bytes.

        Raises
        ------
        InputError : none of the known ones fits.
        """
        if self.encoding:
            return self.encoding
        guess = detect(data[:DETECTION_BYTES], source)
        self._tell(guess, source)
        return guess.encoding

    def _tell(self, guess: Guess, source: str) -> None:
        if guess != Guess("utf-8", True):
            self.on_encoding(source, guess.encoding, guess.sure)

    def text_of(self, data: bytes, source: str) -> str:
        """The text of a whole file, in one encoding or in two by turns.

        A file that ends in half a character is read without it, and one of which a few bytes are
        wrong with marks in their place; `on_error` is told.

        Raises
        ------
        InputError : it is text in no known encoding, or not in the one asked for.
        """
        if self.encoding:
            return self._decoded(data, source, self.encoding)
        found = self._guessed(data, source)
        if isinstance(found, InputError) or not found[1].sure:
            found = decode_mixed(data, source) or found
        if isinstance(found, InputError):
            damaged = decode_damaged(data)
            if damaged is None:
                raise found
            problem = f"{damaged[2]} places do not decode and are marked \ufffd; the rest is read"
            self.on_error(InputError(source, problem))
            found = damaged[:2]
        text, guess = found
        self._tell(guess, source)
        return text

    def _guessed(self, data: bytes, source: str) -> tuple[str, Guess] | InputError:
        try:
            guess = detect(data[:DETECTION_BYTES], source)
            return self._decoded(data, source, guess.encoding), guess
        except InputError as error:
            return error

    def _decoded(self, data: bytes, source: str, encoding: str) -> str:
        half = half_character(data, encoding)
        if half:
            problem = "the file ends in half a character and may be cut short; the rest is read"
            self.on_error(InputError(source, problem))
        return decode(data.removesuffix(half), source, encoding)

    def whole(self, stream: IO[bytes], source: str, size: int | None = None) -> bytes:
        """All bytes of a file that must be held whole.

        Parameters
        ----------
        size : the most bytes, when that is less than the limit on a file's size.

        Raises
        ------
        InputError : there are more than the limit.
        """
        most = self.limits.file_size
        data = stream.read(min(size or most, most) + 1)
        if len(data) > most:
            raise InputError(source, self.limits.refusal("file-size", "the file has more bytes"))
        return data


Reader = Callable[[IO[bytes], str, Reading], Iterator[Item]]
