"""What an article and a finished row are: the only module that knows their field names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any, Self

_SLASH = re.compile(r"[/\\]+")
_NAME_SEPARATORS = re.compile(r"[、,，;；\s]+")


@dataclass(slots=True, kw_only=True)
class Article:
    """One article as the paper printed it.

    Attributes
    ----------
    id : unique within a run; made of source and position when the input gives none.
    source : the file it came from, "-" for standard input, "" when made in code.
    position : its place in that file, counted from 0.
    kicker, title, subtitle : the lines above the body, as printed; "" when absent.
    reporters, correspondents : names from the byline.
    body : paragraphs separated by one newline, without the byline.
    """

    id: str = ""
    source: str = ""
    position: int = 0
    kicker: str = ""
    title: str = ""
    subtitle: str = ""
    reporters: list[str] = field(default_factory=list)
    correspondents: list[str] = field(default_factory=list)
    body: str = ""

    @property
    def heading(self) -> str:
        """Kicker, title and subtitle, separated by newlines."""
        return "\n".join(part for part in (self.kicker, self.title, self.subtitle) if part)

    def to_dict(self) -> dict[str, Any]:
        """Every field by name, in the order of the schema."""
        return {name: getattr(self, name) for name in field_names(type(self))}

    def to_flat(self) -> dict[str, str | int]:
        """Every field as one spreadsheet cell: lists joined by 、 and mappings as JSON."""
        return {name: _cell(value) for name, value in self.to_dict().items()}

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any]) -> Self:
        """Make an article from a record's values by field name; other names are left out.

        Raises
        ------
        ValueError : there is no body, or a value is not of its field's kind.
        """
        if not isinstance(values.get("body"), str):
            raise ValueError("no text in the field 'body'")
        known: dict[str, Any] = {
            name: _FROM_VALUE[name](name, values[name])
            for name in field_names(cls)
            if name in _FROM_VALUE and values.get(name) is not None
        }
        return cls(**known)


@dataclass(slots=True, kw_only=True)
class Row(Article):
    """An article with all that the pipeline says of it.

    Attributes
    ----------
    theme : the primary theme, or None when none is likely enough.
    themes : every theme at or over its threshold, likeliest first.
    scores : theme to calibrated probability, 0 to 1.
    evidence : theme to the content words that spoke for it most, with weights in log-odds.
    headline : written from the body alone.
    summary : sentences of the body, in their order.
    keywords : words and phrases of the body, most central first.
    """

    theme: str | None = None
    themes: list[str] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    evidence: dict[str, dict[str, float]] = field(default_factory=dict)
    headline: str = ""
    summary: str = ""
    keywords: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, article: Article) -> Row:
        """A row with the article's fields and nothing said of it yet."""
        return cls(**{name: getattr(article, name) for name in field_names(Article)})


def identifier(source: str, position: int, root: str = "") -> str:
    """An id for an article that came without one: its file's name and its place there from 1.

    The pages of a document, whose sources end in #page=N, come between the two: paper-p3-1. The
    folders between `root`, where it is given, and the file come first: 2003-05-paper-1.
    """
    file, _, page = source.partition("#page=")
    try:
        below = str(PurePath(file).relative_to(root)) if root else ""
    except ValueError:  # it does not lie there
        below = ""
    parts = _SLASH.split(below or file)
    name = "-".join(part.split(".")[0] for part in (parts if below else parts[-1:]))
    number = f"p{page}-" if page else ""
    return f"{'stdin' if source == '-' else name or 'article'}-{number}{position + 1}"


def field_names(kind: type[Article]) -> tuple[str, ...]:
    """The names of the fields of `Article` or `Row`, in the order of the schema."""
    return tuple(kind.__dataclass_fields__)


def _cell(value: Any) -> str | int:
    if isinstance(value, list):
        return "、".join(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else value


def _text(name: str, value: Any) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"the field '{name}' holds {type(value).__name__}, not text")


def whole_number(name: str, value: Any) -> int:
    """A field's value as an integer of 64 bits; ValueError names the field when it is none."""
    try:
        number = int(value)
        if -(2**63) <= number < 2**63:
            return number
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(f"the field '{name}' holds {repr(value)[:40]}, not a whole number")


def _names(name: str, value: Any) -> list[str]:
    if isinstance(value, str):
        return [part for part in _NAME_SEPARATORS.split(value) if part]
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return value
    raise ValueError(f"the field '{name}' holds neither text nor a list of names")


_FROM_VALUE = {
    "id": _text,
    "source": _text,
    "position": whole_number,
    "kicker": _text,
    "title": _text,
    "subtitle": _text,
    "reporters": _names,
    "correspondents": _names,
    "body": _text,
}
