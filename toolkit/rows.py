"""A run's output read back: its rows, and the list of what it left out."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .article import Row
from .errors import InputError
from .readers import Reading, Record, read

LISTED_REJECTED = 50
MOST_THEMES = 100
MEND = "make the file with 'toolkit run INPUT -o FILE'"

_NEEDED = (
    "id",
    "source",
    "position",
    "title",
    "body",
    "theme",
    "themes",
    "scores",
    "evidence",
    "headline",
    "keywords",
)


@dataclass(frozen=True, slots=True)
class Rejected:
    """What a run left out: how many, and the first of them as file, place and reason."""

    total: int = 0
    first: tuple[tuple[str, str, str], ...] = ()


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a run's output, one at a time.

    Raises
    ------
    InputError : something in it is no row of a run.
    """
    if path.is_dir():
        raise InputError(str(path), "is a folder; give the one file that 'toolkit run -o' wrote")
    known: set[str] = set()
    for item in read(path):
        if not isinstance(item, Record):
            raise InputError(item.source, f"is a page of text, not rows; {MEND}")
        row = row_of(item)
        known.update(row.scores, row.themes)
        if len(known) > MOST_THEMES:
            problem = f"more than {MOST_THEMES} themes, so not the output of a run; {MEND}"
            raise InputError(item.source, problem, item.place)
        yield row


def row_of(record: Record) -> Row:
    """A record as a row, whichever format it was written in.

    Raises
    ------
    InputError : a field is missing or holds something else than a run writes.
    """
    values = record.values
    missing = [name for name in _NEEDED if name not in values]
    if missing:
        problem = f"not the output of 'toolkit run', no field {', '.join(missing)}; {MEND}"
        raise InputError(record.source, problem, record.place)
    try:
        row = Row.from_mapping(values)
        row.theme = _optional("theme", values["theme"]) or None
        row.themes = _texts("themes", values["themes"])
        row.scores = {
            theme: _number("scores", score, 0, 1)
            for theme, score in _mapping("scores", values["scores"]).items()
        }
        row.evidence = {
            theme: {
                word: _number("evidence", weight, -math.inf, math.inf)
                for word, weight in _mapping("evidence", words).items()
            }
            for theme, words in _mapping("evidence", values["evidence"]).items()
        }
        row.headline = _optional("headline", values["headline"])
        row.keywords = _texts("keywords", values["keywords"])
    except ValueError as error:
        raise InputError(record.source, f"{error}; {MEND}", record.place) from None
    if row.theme and row.theme not in row.themes:
        row.themes.insert(0, row.theme)
    return row


def read_rejected(path: Path) -> Rejected:
    """What a run left out, from the file beside its output; nothing when there is none.

    Raises
    ------
    InputError : the file is not such a list.
    """
    if not path.exists():
        return Rejected()
    total = 0
    first: list[tuple[str, str, str]] = []

    def add(*parts: str) -> None:
        nonlocal total
        total += 1
        if len(first) < LISTED_REJECTED:
            file, place, reason = (short(part, 300) for part in parts)
            first.append((file, place, reason))

    def unread(error: InputError) -> None:
        # A line can fail to decode for the file name in it; it tells of something left out
        # all the same.
        if not error.place:
            raise error
        add(path.name, error.place, error.problem)

    for item in read(path, Reading("jsonl", "utf-8", on_error=unread)):
        values = item.values if isinstance(item, Record) else {}
        file, place, reason = (values.get(name) for name in ("file", "place", "reason"))
        if not (isinstance(file, str) and isinstance(place, str) and isinstance(reason, str)):
            problem = "not the list of what a run left out; delete it, or run again"
            raise InputError(str(path), problem, getattr(item, "place", ""))
        add(file, place, reason)
    return Rejected(total, tuple(first))


def _optional(name: str, value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    raise ValueError(f"the field '{name}' holds {type(value).__name__}, not text")


def _texts(name: str, value: Any) -> list[str]:
    """A list, or the list that a cell of a table holds."""
    if isinstance(value, str):
        return [part for part in value.split("、") if part]
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return list(value)
    raise ValueError(f"the field '{name}' holds no list of texts")


def _mapping(name: str, value: Any) -> dict[str, Any]:
    """A mapping: as it is, as JSON in a cell of a table, or as Parquet's list of pairs."""
    if isinstance(value, str) and value:
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            raise ValueError(f"the field '{name}' holds no JSON object") from None
    pairs = value.items() if isinstance(value, Mapping) else value or ()
    try:
        found = dict(pairs)
    except (TypeError, ValueError):
        found = {None: value}
    if all(isinstance(key, str) for key in found):
        return found
    raise ValueError(f"the field '{name}' holds no mapping")


def _number(name: str, value: Any, low: float, high: float) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise ValueError(f"the field '{name}' holds {short(repr(value), 40)}, not a number it can be")


def short(text: str, most: int) -> str:
    """A text of at most so many characters, its end cut off."""
    return text if len(text) <= most else f"{text[: most - 1]}…"
