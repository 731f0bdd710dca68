"""The formats by their suffixes and by their first bytes, and what helps with those not read."""

from __future__ import annotations

from pathlib import PurePosixPath

SUFFIXES = {
    ".txt": "txt",
    ".md": "txt",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".shtml": "html",
    ".mht": "mhtml",
    ".mhtml": "mhtml",
    ".docx": "docx",
    ".xlsx": "xlsx",
    ".xls": "xlsx",
    ".epub": "epub",
    ".zip": "zip",
}
PACKINGS = (".gz", ".zst")
_SAVE_AS = "an old office file; save it as {} with LibreOffice or Word"
_MENDS = {
    ".doc": _SAVE_AS.format(".docx"),
    ".wps": _SAVE_AS.format(".docx"),
    ".rtf": _SAVE_AS.format(".docx"),
    ".odt": _SAVE_AS.format(".docx"),
    ".et": _SAVE_AS.format(".xlsx"),
    ".ods": _SAVE_AS.format(".xlsx"),
    ".caj": "a CAJ file; save it as .pdf with its own reader",
    **dict.fromkeys((".rar", ".7z", ".tar", ".tgz", ".bz2", ".xz"), "unpack it, or pack it as zip"),
    **dict.fromkeys(
        (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".gif", ".bmp", ".webp"),
        "a picture; recognise its text (OCR) and give that",
    ),
}
# The first bytes, the format's name in `READERS` or None, and what to call it.
_CONTENTS: tuple[tuple[bytes, str | None, str], ...] = (
    (b"%PDF-", "pdf", "a PDF"),
    (b"PK\x03\x04", "zip", "a zip, Word, spreadsheet or EPUB file"),
    (b"PAR1", "parquet", "a Parquet file"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None, "an old office file"),
    (b"{\\rtf", None, "an RTF file"),
    (b"\x1f\x8b\x08", None, "a gzip file"),
    (b"\x28\xb5\x2f\xfd", None, "a zstd file"),
    (b"\x89PNG\r\n", None, "a picture"),
    (b"\xff\xd8\xff", None, "a picture"),
    (b"GIF8", None, "a picture"),
    (b"Rar!\x1a", None, "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", None, "a 7z archive"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body")


def format_of(name: str) -> str | None:
    """The name in `READERS` of a file's format by its suffix, or None."""
    suffixes = [suffix.lower() for suffix in PurePosixPath(name).suffixes]
    if suffixes and suffixes[-1] in PACKINGS:
        suffixes.pop()
    return SUFFIXES.get(suffixes[-1]) if suffixes else None


def content_kind(head: bytes) -> tuple[str | None, str] | None:
    """The format's name in `READERS` and what to call it, by the first bytes; None for text."""
    for start, name, called in _CONTENTS:
        if head.startswith(start):
            return name, called
    text = head[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return ("html", "a web page") if text.startswith(_MARKUP) else None


def unreadable(name: str) -> str:
    """The line that says why no reader takes a file of this name, and what to do."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in _MENDS:
        return f"{_MENDS[suffix]} ({suffix} is not read)"
    known = ", ".join(SUFFIXES)
    packed = ", ".join(PACKINGS)
    return (
        f"no reader for '{suffix or name}'; use one of {known} (also {packed}), "
        "or give --input-format"
    )
