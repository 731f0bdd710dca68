"""When an article was printed, by the dates in its id and in the names of files and folders."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from .article import Article, Row, identifier

_MONTH = "0[1-9]|1[0-2]"
_DAY = "0[1-9]|[12][0-9]|3[01]"
_DATE = re.compile(
    rf"(?<![0-9])(19(?:49|[5-9][0-9])|20[0-9]{{2}})"
    rf"(?:({_MONTH})({_DAY})(?![0-9])"
    rf"|[-_./]({_MONTH})(?![0-9])(?:[-_./]({_DAY})(?![0-9]))?"
    rf"|年(?:(0?[1-9]|1[0-2])月(?:(0?[1-9]|[12][0-9]|3[01])日)?)?)"
)
_SLASH = re.compile(r"[/\\]")
_ISO = re.compile(rf"[0-9]{{4}}(?:-(?:{_MONTH})(?:-(?:{_DAY}))?)?")


class When(NamedTuple):
    """When an article was printed, as far as is known."""

    year: int
    month: int | None = None


Dates = Callable[[Row], When | None]


def date_of(row: Article) -> When | None:
    """When a row was printed, by its id, its file's name, or the three folders nearest to that.

    Dates are taken as 20220924, 2022-09-24, 2022_09, 2022年9月 and 2022年, from 1949 to 2099.
    """
    return _when(iso_date_of(row))


def find_date(text: str) -> When | None:
    """The first date in a text, or None."""
    return _when(find_iso_date(text))


def iso_date_of(article: Article) -> str:
    """The same to the day: "2022-09-24", or "2022-09" or "2022" if no more is known, or ""."""
    *folders, name = _SLASH.split(article.source)
    texts = [name, *("/".join(folders[-depth:]) for depth in (1, 2, 3))]
    # An id that is only the file's name and a number could pass for a date: 工会-2022 and 10.
    if not article.id.endswith(identifier(article.source, article.position)):
        texts.insert(0, article.id)
    return next(filter(None, map(find_iso_date, texts)), "")


def find_iso_date(text: str) -> str:
    """The first date in a text as far as it tells, such as "2022-09-24" or "2022"; "" for none."""
    found = _DATE.search(text)
    if found is None:
        return ""
    year, *rest = (part for part in found.groups() if part)
    return "-".join([year, *(part.zfill(2) for part in rest)])


def is_iso_date(text: str) -> bool:
    """Whether a text is a date in this form."""
    return _ISO.fullmatch(text) is not None


def is_within(date: str, since: str | None, until: str | None) -> bool:
    """Whether a date can be between two others, both included, as far as it is known."""
    after = since is None or date >= since[: len(date)]
    return after and (until is None or date[: len(until)] <= until)


def _when(date: str) -> When | None:
    year, _, rest = date.partition("-")
    return When(int(year), int(rest[:2]) if rest else None) if year else None
