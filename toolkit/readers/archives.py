"""What is packed: gzip and zstd streams, and the files within a zip, within bounds."""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Callable, Iterator
from typing import IO, Any, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from ..errors import InputError
from .formats import PACKINGS
from .limits import Limits
from .reading import Nesting, Reading

# Below this, a high ratio is no danger.
_ALWAYS_UNPACKED = 1 << 24
_ENCRYPTED = 0x1
_NAMED_IN_UTF8 = 0x800
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


class _Bounded(io.RawIOBase):
    """An unpacked stream that stops when it grows past all measure.

    Parameters
    ----------
    stream : what is unpacked.
    source : its name.
    packed : how many packed bytes have been taken for it so far.
    reading : whose limits hold, and whose nesting counts what is unpacked of a zip.
    """

    def __init__(
        self, stream: IO[bytes], source: str, packed: Callable[[], int], reading: Reading
    ) -> None:
        self._stream = stream
        self._source = source
        self._packed = packed
        self._limits = reading.limits
        self._nesting = reading.nesting
        self._unpacked = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._unpacked

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._unpacked += len(data)
        self._nesting.unpacked += len(data)
        problem = _burst(self._limits, self._nesting, self._unpacked, self._packed())
        if problem:
            raise InputError(self._source, problem)
        return len(data)


def _burst(limits: Limits, nesting: Nesting, unpacked: int, packed: int) -> str | None:
    if unpacked > max(_ALWAYS_UNPACKED, limits.unpacked_ratio * packed):
        return limits.refusal("unpacked-ratio", "it unpacks to more times its size")
    if nesting.depth and nesting.unpacked > limits.unpacked_size:
        return limits.refusal("unpacked-size", "the archive unpacks to more bytes")
    return None


def unpacked(stream: IO[bytes], suffix: str, source: str, reading: Reading) -> IO[bytes]:
    """The stream that a .gz or .zst holds, and any other stream as it is."""
    if suffix not in PACKINGS:
        return stream
    packed = stream.tell
    if suffix == ".gz":
        inner = cast(IO[bytes], gzip.GzipFile(fileobj=stream))
    else:
        import pyarrow

        # Unlike the zstandard package, Arrow says when the file is cut short.
        inner = cast(IO[bytes], pyarrow.CompressedInputStream(pyarrow.PythonFile(stream), "zstd"))
    return cast(IO[bytes], _Bounded(inner, source, packed, reading))


def members(archive: ZipFile, source: str, reading: Reading) -> Iterator[tuple[str, IO[bytes]]]:
    """The files of a zip in the order of their names, each by the name it is told by.

    What cannot be opened is told to `reading.on_error`. Nothing is written to the disk, and names
    lead nowhere: they are only told.

    Raises
    ------
    InputError : the zip is too large, or holds zips too deep.
    """
    limits = reading.limits
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > limits.zip_files:
        raise InputError(source, limits.refusal("zip-files", "the archive holds more files"))
    named = [(f"{source}/{_safe(_name(info))}", info) for info in infos]
    named.sort(key=lambda pair: pair[0])
    for name, info in named:
        problem = _burst(limits, reading.nesting, 0, 0)
        if problem:
            raise InputError(source, problem)
        if _hidden(name.removeprefix(source)):
            continue
        if info.flag_bits & _ENCRYPTED:
            reading.on_error(InputError(name, "locked with a password; unpack it by hand"))
            continue
        try:
            with archive.open(info) as stream:
                yield name, cast(IO[bytes], _Bounded(stream, name, _size(info), reading))
        except (BadZipFile, RuntimeError) as error:  # the latter for packings zipfile does not know
            reading.on_error(InputError(name, f"cannot be unpacked: {error}"))


def check_expansion(archive: ZipFile, source: str, limits: Limits) -> None:
    """Refuse a document that is a zip if all its parts together unpack past all measure.

    Raises
    ------
    InputError : they do, by the sizes the zip states; no reader takes more than those.
    """
    infos = archive.infolist()
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    problem = _burst(limits, Nesting(1, total), total, packed)
    if problem:
        raise InputError(source, problem)


def document_kind(archive: ZipFile) -> str | None:
    """The format's name in `READERS` when a zip is a Word file, a spreadsheet or an EPUB."""
    names = set(archive.namelist())
    if "META-INF/container.xml" in names:
        return "epub"
    if "[Content_Types].xml" in names:
        return "docx" if any(name.startswith("word/") for name in names) else "xlsx"
    return None


def _name(info: ZipInfo) -> str:
    """A file's name; Chinese Windows writes GBK where the format has an old American set."""
    if info.flag_bits & _NAMED_IN_UTF8:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _safe(name: str) -> str:
    parts = _CONTROL.sub("", name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..")) or "unnamed"


def _hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _size(info: ZipInfo) -> Callable[[], int]:
    return lambda: info.compress_size
