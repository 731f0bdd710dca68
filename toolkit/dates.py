"""When an article was printed, by the dates in its id and in the names of files and folders."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from .article import Row, identifier

_MONTH = "0[1-9]|1[0-2]"
_DATE = re.compile(
    rf"(?<![0-9])(19(?:49|[5-9][0-9])|20[0-9]{{2}})"
    rf"(?:({_MONTH})(?:0[1-9]|[12][0-9]|3[01])(?![0-9])"
    rf"|[-_./]({_MONTH})(?![0-9])"
    rf"|年(?:(0?[1-9]|1[0-2])月)?)"
)
_SLASH = re.compile(r"[/\\]")


class When(NamedTuple):
    """When an article was printed, as far as is known."""

    year: int
    month: int | None = None


Dates = Callable[[Row], When | None]


def date_of(row: Row) -> When | None:
    """When a row was printed, by its id, its file's name, or the three folders nearest to that.

    Dates are taken as 20220924, 2022-09-24, 2022_09, 2022年9月 and 2022年, from 1949 to 2099.
    """
    *folders, name = _SLASH.split(row.source)
    texts = [name, *("/".join(folders[-depth:]) for depth in (1, 2, 3))]
    # An id that is only the file's name and a number could pass for a date: 工会-2022 and 10.
    if row.id != identifier(row.source, row.position):
        texts.insert(0, row.id)
    return next((when for when in map(find_date, texts) if when), None)


def find_date(text: str) -> When | None:
    """The first date in a text, or None."""
    found = _DATE.search(text)
    if found is None:
        return None
    month = found[2] or found[3] or found[4]
    return When(int(found[1]), int(month) if month else None)
