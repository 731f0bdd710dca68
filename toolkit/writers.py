"""Files out: batches of rows to bytes, and bytes to a finished file.

A format turns a batch of rows into bytes that can stand after those of the batch before, so that
any process can do it, and a run that stopped can go on from the last whole batch.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from .article import Article, Row, field_names
from .cells import defuse
from .errors import ToolkitError


@dataclass(frozen=True, slots=True)
class Format:
    """One form of output.

    Attributes
    ----------
    header : the fields' names to the bytes that open the output.
    encode : rows and the fields' names to the bytes of a batch.
    finish : makes the finished file, the second path, of the collected bytes, the first.
    """

    header: Callable[[Sequence[str]], bytes]
    encode: Callable[[Sequence[Article], Sequence[str]], bytes]
    finish: Callable[[Path, Path], None]


def format_name(path: Path | None, given: str | None) -> str:
    """The key in `FORMATS` for an output file, or for standard output.

    Raises
    ------
    ToolkitError : the file's suffix names no format and none is given.
    """
    if given is not None:
        return given
    if path is None:
        return "jsonl"
    name = path.suffix.lower().removeprefix(".")
    if name not in FORMATS:
        known = ", .".join(FORMATS)
        raise ToolkitError(
            f"{path}: no writer for '{path.suffix}'; end the name in .{known}, or give --format"
        )
    return name


def _nothing(names: Sequence[str]) -> bytes:
    return b""


def _move(collected: Path, finished: Path) -> None:
    collected.replace(finished)


def _jsonl(rows: Sequence[Article], names: Sequence[str]) -> bytes:
    return b"".join(json_line({name: getattr(row, name) for name in names}) for row in rows)


def json_line(values: dict[str, Any]) -> bytes:
    """Values as a line of JSON."""
    try:
        return orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a lone surrogate, which JSON of Python's own can still carry
        return json.dumps(values).encode() + b"\n"


def _csv_header(names: Sequence[str]) -> bytes:
    # Excel takes a CSV file for UTF-8 only when it opens with a byte-order mark.
    return f"\ufeff{','.join(names)}\r\n".encode()


def _csv(rows: Sequence[Article], names: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, names, extrasaction="ignore")
    table.writerows(
        {
            name: defuse(cell) if isinstance(cell, str) else cell
            for name, cell in row.to_flat().items()
        }
        for row in rows
    )
    return text.getvalue().encode("utf-8", "replace")


def _arrow(rows: Sequence[Article], names: Sequence[str]) -> bytes:
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())
    weights = pa.map_(text, pa.float64())
    kinds: dict[str, Any] = dict.fromkeys(field_names(Row), text) | {
        "position": pa.int64(),
        "reporters": texts,
        "correspondents": texts,
        "themes": texts,
        "keywords": texts,
        "scores": weights,
        "evidence": pa.map_(text, weights),
    }
    schema = pa.schema([(name, kinds[name]) for name in names])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        values = [_with_pairs(row) for row in rows]
        try:
            batch = pa.RecordBatch.from_pylist(values, schema)
        except UnicodeEncodeError:  # a lone surrogate, which Parquet cannot carry
            batch = pa.RecordBatch.from_pylist(_whole_characters(values), schema)
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def _with_pairs(row: Article) -> dict[str, Any]:
    """A row's fields with mappings as lists of pairs, the form Arrow takes for maps."""
    return {
        name: [(k, list(v.items()) if isinstance(v, dict) else v) for k, v in value.items()]
        if isinstance(value, dict)
        else value
        for name, value in row.to_dict().items()
    }


def _whole_characters(value: Any) -> Any:
    """The same with ? for every lone surrogate in its texts."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole_characters(key): _whole_characters(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_whole_characters, value))
    return value


def _parquet(collected: Path, finished: Path) -> None:
    """One Parquet file, a row group a batch, of the Arrow streams that stand one after another."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    unfinished = finished.with_name(f".{finished.name}.finishing")
    writer = None
    with collected.open("rb") as source:
        size = collected.stat().st_size
        while source.tell() < size:
            batch = pa.ipc.open_stream(source).read_all()
            writer = writer or pq.ParquetWriter(unfinished, batch.schema, compression="zstd")
            writer.write_table(batch)
    if writer is None:
        unfinished.write_bytes(b"")
    else:
        writer.close()
    with unfinished.open("r+b") as stream:
        os.fsync(stream.fileno())
    unfinished.replace(finished)
    collected.unlink()


FORMATS = {
    "jsonl": Format(_nothing, _jsonl, _move),
    "csv": Format(_csv_header, _csv, _move),
    "parquet": Format(lambda names: _arrow([], names), _arrow, _parquet),
}
