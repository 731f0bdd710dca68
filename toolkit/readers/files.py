"""Files, folders and streams in: each to the reader of its format."""

from __future__ import annotations

import io
import os
import sys
import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO
from zipfile import BadZipFile, ZipFile

from ..errors import InputError
from . import archives
from .encodings import DETECTION_BYTES
from .formats import content_kind, format_of, unreadable
from .isolated import isolated
from .reading import Item, Nesting, Reader, Reading
from .records import read_json, read_jsonl, read_parquet, table
from .text import read_text


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
    A `Page` for a text file or each page of a document, a `Record` for each record of any other.
    What is in a zip is told by the zip's name and its own: archive.zip/inner/page.txt.
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
    if not there:
        reading.on_error(InputError(str(path), "no such file or folder; check the name"))
        return
    try:
        with path.open("rb") as stream:
            reading.on_open(stream)
            yield from _read_named(stream, str(path), reading)
    except OSError as error:
        reading.on_error(InputError(str(path), f"cannot be read: {error.strerror or error}"))


def root_of(paths: Iterable[str | Path]) -> str:
    """The folder that holds all of some files and folders; "" where there is none."""
    files = [Path(path) for path in paths if str(path) != "-"]
    try:
        folders = [file if file.is_dir() else file.parent for file in files]
        return os.path.commonpath(folders) or "."
    except (OSError, ValueError):  # none at all, on several drives, or not to be looked at
        return ""


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


def _read_named(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    """Read what has a name, on the disk or in an archive."""
    file_name = PurePosixPath(source.replace("\\", "/")).name
    name = reading.input_format or format_of(file_name)
    if name is None:
        reading.on_error(InputError(source, unreadable(file_name)))
        return
    suffix = PurePosixPath(file_name).suffix.lower()
    with archives.unpacked(stream, suffix, source, reading) as inner:
        yield from _read_stream(inner, source, name, reading)


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
    except UnicodeError as error:
        problem = f"not text in the encoding given ({error}); give the right one with --encoding"
        reading.on_error(InputError(source, problem))
    except (EOFError, zlib.error, BadZipFile, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the system's, and not of the packing
        problem = f"the compressed file is damaged or cut short ({error})"
        reading.on_error(InputError(source, problem))


def _sniff(head: bytes) -> str:
    kind = content_kind(head)
    if kind and kind[0]:
        return kind[0]
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return {b"{": "jsonl", b"[": "json"}.get(start, "txt")


def _read_zip(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
    nesting = reading.nesting
    if nesting.depth >= reading.limits.zip_depth:
        problem = reading.limits.refusal("zip-depth", "archives stand deeper one within another")
        raise InputError(source, problem)
    in_place = source != "-" and not nesting.depth and stream.seekable()
    seekable = stream if in_place else io.BytesIO(reading.whole(stream, source))
    with ZipFile(seekable) as archive:
        kind = archives.document_kind(archive)
        if kind:
            seekable.seek(0)
            yield from READERS[kind](seekable, source, reading)
            return
        found = False
        with nesting.within() if nesting.depth else nullcontext(Nesting(1)) as deeper:
            inside = replace(reading, input_format=None, nesting=deeper)
            for name, member in archives.members(archive, source, inside):
                found = True
                yield from _read_named(member, name, inside)
    if not found:
        reading.on_error(InputError(source, "the archive holds no files"))


READERS: dict[str, Reader] = {
    "txt": read_text,
    "jsonl": read_jsonl,
    "json": read_json,
    "csv": table(","),
    "tsv": table("\t"),
    "parquet": read_parquet,
    "zip": _read_zip,
    **{name: isolated(name) for name in ("pdf", "html", "mhtml", "docx", "xlsx", "epub")},
}
