"""JSON and tables: a record is an article."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import IO, Any

import orjson

from ..cells import restore
from ..errors import InputError
from .encodings import DETECTION_BYTES, ESCAPED_BYTE, ESCAPING, detect, mostly_utf8
from .reading import Item, Reader, Reading, Record

_UNDECODABLE = "bytes that do not decode; try --encoding"


def read_jsonl(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read one record a line; a line that cannot be used is told and passed over."""
    position = 0
    for number, line in enumerate(_lines(stream, source, reading), 1):
        if not line.strip():
            continue
        place = f"line {number}"
        if _undecodable(line):
            reading.on_error(InputError(source, _UNDECODABLE, place))
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


def read_json(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read a list of records, or a single one.

    Raises
    ------
    InputError : it is not JSON, or too large to be held whole.
    """
    text = reading.text_of(reading.whole(stream, source), source)
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


def table(delimiter: str) -> Reader:
    """The reader of tables whose cells are set apart by this character, names in the first line."""

    def read_table(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
        csv.field_size_limit(reading.limits.record_chars)
        rows = csv.DictReader(_lines(stream, source, reading), delimiter=delimiter)
        try:
            for position, values in enumerate(rows):
                place = f"line {rows.line_num}"
                if None in values:
                    reading.on_error(
                        InputError(source, "more cells than the header has names", place)
                    )
                elif any(value and _undecodable(value) for value in values.values()):
                    reading.on_error(InputError(source, _UNDECODABLE, place))
                else:
                    plain = {name: value and restore(value) for name, value in values.items()}
                    yield Record(source, position, place, plain)
        except csv.Error as error:
            problem = f"not a table: {error}"
            if "field limit" in str(error):
                problem = reading.limits.refusal("record-chars", "a cell has more characters")
                problem += "; is a quotation mark left open?"
            raise InputError(source, problem, f"line {rows.line_num}") from None

    return read_table


def read_parquet(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read a Parquet file batch by batch.

    Raises
    ------
    InputError : it is not a Parquet file.
    """
    import pyarrow
    import pyarrow.parquet

    in_place = source != "-" and not reading.nesting.depth and stream.seekable()
    seekable = stream if in_place else io.BytesIO(reading.whole(stream, source))
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


def _lines(stream: Any, source: str, reading: Reading) -> Iterator[str]:
    """The lines of a file, none longer than the limit.

    Bytes that do not decode become surrogates, so that one bad line is one bad record; a line
    that is surely in another encoding than the rest is decoded in that.
    """
    head = stream.peek(DETECTION_BYTES)[:DETECTION_BYTES]
    used = reading.encoding or ("utf-8" if mostly_utf8(head) else reading.encoding_of(head, source))
    codec = "utf-8-sig" if used in ("utf-8", "utf_8") else used
    try:
        text = io.TextIOWrapper(stream, encoding=codec, errors=ESCAPING, newline="")
    except LookupError:
        raise InputError(source, f"no encoding is called '{used}'") from None
    most = reading.limits.record_chars
    number = 0
    mixed = False
    while line := text.readline(most + 1):
        number += 1
        if len(line) > most:
            problem = reading.limits.refusal("record-chars", "the line has more characters")
            reading.on_error(InputError(source, problem, f"line {number}"))
            while line and not line.endswith(("\n", "\r")):
                line = text.readline(most)
            line = "\n"
        if not reading.encoding and _undecodable(line):
            other = _in_another_encoding(line, codec)
            if other and not mixed:
                reading.on_encoding(source, f"{used} and {other[1]} by turns", False)
                mixed = True
            line = other[0] if other else line
        yield line


def _in_another_encoding(line: str, codec: str) -> tuple[str, str] | None:
    try:
        data = line.encode(codec.removesuffix("-sig"), "surrogateescape")
        guess = detect(data, "")
        return (data.decode(guess.encoding), guess.encoding) if guess.sure else None
    except (InputError, UnicodeError):
        return None


def _undecodable(text: str) -> bool:
    return ESCAPED_BYTE.search(text) is not None


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # The standard library is slower, but takes halves of characters and infinite numbers,
        # as some exports have them.
        return json.loads(text)
