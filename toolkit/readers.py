"""Files in: any supported file, folder or stream to pages of text and records of fields."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import orjson

from .cells import restore
from .errors import InputError

ENCODINGS = ("utf_8", "gb18030", "big5", "utf_16", "utf_16_le", "utf_16_be")
DETECTION_BYTES = 1 << 16
# What "surrogateescape" makes of a byte that does not decode.
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
# A spreadsheet cell may hold a whole article; the csv module stops at 128 KiB.
csv.field_size_limit(1 << 30)


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one text file, still to be split into articles."""

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


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read.

    Attributes
    ----------
    input_format : one of `READERS`; None goes by the suffix.
    encoding : a codec name; detected when None.
    on_encoding : called with a source's name and the encoding found, when it is not UTF-8.
    on_error : called for each file or record that cannot be read; reading then goes on.
    on_open : called with each file that is opened, to follow how far it is read.
    skip : files of a folder that are left out, such as those that a run itself writes there.
    """

    input_format: str | None = None
    encoding: str | None = None
    on_encoding: Callable[[str, str], None] = lambda source, encoding: None
    on_error: OnError = stop
    on_open: Callable[[IO[bytes]], None] = lambda stream: None
    skip: Collection[Path] = ()

    def encoding_of(self, data: bytes, source: str) -> str:
        """The encoding to decode a source in, by its first bytes.

        Raises
        ------
        InputError : none of the known ones fits.
        """
        if self.encoding:
            return self.encoding
        found = detect(data, source)
        if found != "utf-8":
            self.on_encoding(source, found)
        return found


Reader = Callable[[IO[bytes], str, Reading], Iterator[Item]]


def entries(paths: Iterable[str | Path], reading: Reading) -> Iterator[Item | InputError]:
    """Read one source after another, each error in the place of what could not be read."""
    errors: list[InputError] = []
    reading = replace(reading, on_error=errors.append)
    for path in paths:
        for item in read(path, reading):
            yield from errors
            errors.clear()
            yield item
        yield from errors
        errors.clear()


def read(path: str | Path, reading: Reading | None = None) -> Iterator[Item]:
    """Read a file, a folder of files in the order of their names, or standard input ("-").

    Yields
    ------
    A `Page` for a text file, a `Record` for each record of any other.
    """
    reading = reading or Reading()
    if str(path) == "-":
        yield from _read_stream(sys.stdin.buffer, "-", reading.input_format, reading)
        return
    path = Path(path)
    try:
        folder, there = path.is_dir(), path.exists()
    except OSError as error:
        reading.on_error(InputError(str(path), f"cannot be read: {error.strerror}"))
        return
    if folder:
        files = files_in(path, reading.skip)
        if not files:
            reading.on_error(InputError(str(path), "the folder holds no files"))
        for file in files:
            yield from read(file, reading)
        return
    name = reading.input_format or format_of(path)
    if name is None and there:
        known = ", ".join(SUFFIXES)
        problem = f"no reader for '{path.suffix or path.name}'; use one of {known} (also .gz, .zst)"
        reading.on_error(InputError(str(path), f"{problem}, or give --input-format"))
        return
    try:
        with path.open("rb") as packed, _unpacked(packed, path.suffix.lower()) as stream:
            reading.on_open(packed)
            yield from _read_stream(stream, str(path), name, reading)
    except FileNotFoundError:
        reading.on_error(InputError(str(path), "no such file or folder; check the name"))
    except OSError as error:
        reading.on_error(InputError(str(path), f"cannot be read: {error.strerror or error}"))


def files_in(path: Path, skip: Collection[Path] = ()) -> list[Path]:
    """The files of a folder in the order of their names, or the one file itself.

    Hidden files and folders are left out, and `skip`, whose paths are resolved. What is not there
    or cannot be looked at gives none: reading it tells why.
    """
    try:
        return [
            file
            for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
            if file.is_file()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
            and not (skip and file.resolve() in skip)
        ]
    except OSError:
        return []


def format_of(path: Path) -> str | None:
    """The name in `READERS` of a file's format by its suffix, or None."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".zst"):
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def decode(data: bytes, source: str, encoding: str) -> str:
    """Text of a file's bytes, without a byte-order mark.

    Raises
    ------
    InputError : the bytes are not text in this encoding, or no encoding has this name.
    """
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        problem = f"not text in {encoding}; give the right one with --encoding"
        raise InputError(source, problem, f"byte {error.start}") from None
    except LookupError:
        raise InputError(source, f"no encoding is called '{encoding}'") from None


def detect(data: bytes, source: str) -> str:
    """The likeliest of `ENCODINGS` for these bytes.

    Raises
    ------
    InputError : none of them fits.
    """
    from charset_normalizer import from_bytes

    # What is valid UTF-8 is UTF-8; the detector's statistics need more text than a headline has.
    try:
        data.decode("utf-8")
        return "utf-8"
    except UnicodeDecodeError as error:
        cut_by_sampling = error.end >= len(data) - 3 and len(data) == DETECTION_BYTES
        if cut_by_sampling and error.reason == "unexpected end of data":
            return "utf-8"
    best = from_bytes(data, cp_isolation=list(ENCODINGS), threshold=0.9).best()
    if best is None:
        raise InputError(source, "not text in a known encoding; give one with --encoding")
    return best.encoding.replace("_", "-")


def _unpacked(stream: IO[bytes], suffix: str) -> IO[bytes]:
    if suffix == ".gz":
        return cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    if suffix == ".zst":
        import pyarrow

        # Unlike the zstandard package, Arrow says when the file is cut short.
        return cast(IO[bytes], pyarrow.CompressedInputStream(pyarrow.PythonFile(stream), "zstd"))
    return stream


def _read_stream(
    stream: IO[bytes], source: str, input_format: str | None, reading: Reading
) -> Iterator[Item]:
    found = False

    def on_error(error: InputError) -> None:
        nonlocal found
        found = True
        reading.on_error(error)

    buffered = io.BufferedReader(stream, DETECTION_BYTES)  # type: ignore[type-var]
    try:
        name = input_format or _sniff(buffered.peek(DETECTION_BYTES))
        for item in READERS[name](buffered, source, replace(reading, on_error=on_error)):
            found = True
            yield item
        if not found:
            reading.on_error(InputError(source, "the file holds no rows"))
    except InputError as error:
        reading.on_error(error)
    except (EOFError, zlib.error, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the system's, and not of the packing
        problem = f"the compressed file is damaged or cut short ({error})"
        reading.on_error(InputError(source, problem))


def _sniff(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {b"{": "jsonl", b"[": "json"}.get(start, "txt")


def _read_text(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    text = _whole_text(stream, source, reading)
    if text.strip():
        yield Page(source, text)
    else:
        reading.on_error(InputError(source, "the file is empty"))


def _whole_text(stream: IO[bytes], source: str, reading: Reading) -> str:
    data = stream.read()
    return decode(data, source, reading.encoding_of(data, source))


def _text_lines(stream: Any, source: str, reading: Reading) -> io.TextIOWrapper:
    head = stream.peek(DETECTION_BYTES)[:DETECTION_BYTES]
    used = reading.encoding or (
        "utf-8" if _mostly_utf8(head) else reading.encoding_of(head, source)
    )
    codec = "utf-8-sig" if used in ("utf-8", "utf_8") else used
    try:
        # Bytes that do not decode become surrogates, so that one bad line is one bad record.
        return io.TextIOWrapper(stream, encoding=codec, errors="surrogateescape", newline="")
    except LookupError:
        raise InputError(source, f"no encoding is called '{used}'") from None


def _mostly_utf8(data: bytes) -> bool:
    """Whether half or more of the lines are UTF-8 beyond ASCII: the others are then damaged."""
    lines = [line for line in data.split(b"\n")[:-1] if not line.isascii()]
    return 2 * sum(line.decode("utf-8", "ignore").encode() == line for line in lines) >= len(lines)


def _undecodable(text: str) -> bool:
    return _ESCAPED_BYTE.search(text) is not None


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # The standard library is slower, but takes halves of characters and infinite numbers,
        # as some exports have them.
        return json.loads(text)


def _read_jsonl(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    position = 0
    for number, line in enumerate(_text_lines(stream, source, reading), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        if _undecodable(line):
            reading.on_error(InputError(source, "bytes that do not decode; try --encoding", place))
            continue
        try:
            values = _json(line)
        except (ValueError, RecursionError) as error:
            reading.on_error(InputError(source, f"not JSON: {error}", place))
            continue
        if not isinstance(values, dict):
            reading.on_error(InputError(source, "a line must be one JSON object", place))
            continue
        yield Record(source, position, place, values)
        position += 1


def _read_json(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    text = _whole_text(stream, source, reading)
    try:
        loaded = _json(text)
    except (ValueError, RecursionError) as error:
        raise InputError(source, f"not JSON: {error}") from None
    for position, values in enumerate(loaded if isinstance(loaded, list) else [loaded]):
        place = f"record {position + 1}"
        if isinstance(values, dict):
            yield Record(source, position, place, values)
        else:
            reading.on_error(InputError(source, "a record must be a JSON object", place))


def _table(delimiter: str) -> Reader:
    def read_table(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
        rows = csv.DictReader(_text_lines(stream, source, reading), delimiter=delimiter)
        try:
            for position, values in enumerate(rows):
                place = f"line {rows.line_num}"
                if None in values:
                    reading.on_error(
                        InputError(source, "more cells than the header has names", place)
                    )
                elif any(value and _undecodable(value) for value in values.values()):
                    reading.on_error(
                        InputError(source, "bytes that do not decode; try --encoding", place)
                    )
                else:
                    plain = {name: value and restore(value) for name, value in values.items()}
                    yield Record(source, position, place, plain)
        except csv.Error as error:
            raise InputError(source, f"not a table: {error}", f"line {rows.line_num}") from None

    return read_table


def _read_parquet(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    import pyarrow
    import pyarrow.parquet

    seekable = stream if source != "-" and stream.seekable() else io.BytesIO(stream.read())
    position = 0
    try:
        for batch in pyarrow.parquet.ParquetFile(seekable).iter_batches(batch_size=1024):
            for values in _rows(batch):
                place = f"record {position + 1}"
                if isinstance(values, Exception):
                    reading.on_error(InputError(source, f"cannot be read: {values}", place))
                else:
                    yield Record(source, position, place, values)
                position += 1
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(source, f"not a Parquet file: {str(error).splitlines()[0]}") from None


def _rows(batch: Any) -> Iterator[dict[str, Any] | Exception]:
    """The rows of an Arrow batch; for one that is no text, or a date beyond dates, the error."""
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError) as error:
        if batch.num_rows == 1:
            yield error
        else:
            for row in range(batch.num_rows):
                yield from _rows(batch.slice(row, 1))


READERS: dict[str, Reader] = {
    "txt": _read_text,
    "jsonl": _read_jsonl,
    "json": _read_json,
    "csv": _table(","),
    "tsv": _table("\t"),
    "parquet": _read_parquet,
}
SUFFIXES = {
    ".txt": "txt",
    ".md": "txt",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
}
