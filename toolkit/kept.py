"""The rule of every command that writes files: what is there already is kept."""

from __future__ import annotations

from collections.abc import Iterable
from os.path import lexists
from pathlib import Path

from .errors import ToolkitError


def keep(files: Iterable[Path], *, ours: bool, force: bool) -> None:
    """Refuse to write over files that are there.

    Parameters
    ----------
    ours : whether the command that is to write now wrote them.
    force : whether its user said that they may go.

    Raises
    ------
    ToolkitError : one of them is there, and neither is so.
    """
    found = next(filter(lexists, files), None)
    if found and not ours and not force:
        raise ToolkitError(f"{found}: is there already; --force overwrites it")
