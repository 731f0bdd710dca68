"""Files out: rows to JSONL, CSV or Parquet, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from .article import Article, Row, field_names
from .errors import ToolkitError

Write = Callable[[Sequence[Article]], None]
"""Writes the next rows; called any number of times."""


@contextmanager
def open_writer(
    path: Path | None, output_format: str | None, names: Sequence[str] = field_names(Row)
) -> Iterator[Write]:
    """Open a file, or standard output for None, to write rows to.

    A file is written under a temporary name beside it and moved into place when the block ends
    without an error, so a reader never sees half of it.

    Parameters
    ----------
    output_format : one of `WRITERS`; None takes the file's suffix, or JSONL.
    names : the fields to write, in this order.

    Raises
    ------
    ToolkitError : the format is unknown or the file cannot be written.
    """
    make = WRITERS[output_format or _format_of(path)]
    if path is None:
        with make(sys.stdout.buffer, names) as write:
            yield write
        sys.stdout.buffer.flush()
        return
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise ToolkitError(f"{path}: cannot be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as stream, make(stream, names) as write:
            yield write
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)  # mkstemp's files are for their owner alone
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _format_of(path: Path | None) -> str:
    if path is None:
        return "jsonl"
    name = path.suffix.lower().removeprefix(".")
    if name not in WRITERS:
        raise ToolkitError(
            f"{path}: no writer for '{path.suffix}'; "
            f"end the name in .{', .'.join(WRITERS)}, or give --format"
        )
    return name


@contextmanager
def _jsonl(stream: IO[bytes], names: Sequence[str]) -> Iterator[Write]:
    def write(rows: Sequence[Article]) -> None:
        for row in rows:
            values = row.to_dict()
            line = json.dumps({name: values[name] for name in names}, ensure_ascii=False)
            stream.write(line.encode("utf-8", "surrogatepass") + b"\n")

    yield write


@contextmanager
def _csv(stream: IO[bytes], names: Sequence[str]) -> Iterator[Write]:
    # Excel takes a CSV file for UTF-8 only when it opens with a byte-order mark.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    table = csv.DictWriter(text, names, extrasaction="ignore")
    table.writeheader()
    yield lambda rows: table.writerows(row.to_flat() for row in rows)
    text.flush()
    text.detach()


@contextmanager
def _parquet(stream: IO[bytes], names: Sequence[str]) -> Iterator[Write]:
    import pyarrow as pa
    import pyarrow.parquet as pq

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
    with pq.ParquetWriter(stream, schema, compression="zstd") as table:

        def write(rows: Sequence[Article]) -> None:
            values = [_with_pairs(row.to_dict()) for row in rows]
            table.write_table(pa.Table.from_pylist(values, schema))

        yield write


def _with_pairs(value: Any) -> Any:
    """Mappings below the top level as lists of pairs, the form Arrow takes for maps."""
    return {
        name: [
            (key, list(inner.items()) if isinstance(inner, dict) else inner)
            for key, inner in field.items()
        ]
        if isinstance(field, dict)
        else field
        for name, field in value.items()
    }


WRITERS = {"jsonl": _jsonl, "csv": _csv, "parquet": _parquet}
