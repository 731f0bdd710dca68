"""Where what was trained and ships with the package is."""

from __future__ import annotations

from pathlib import Path


def shipped(name: str) -> Path:
    """The file or folder of this name: in the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "_models" / name
    return installed if installed.exists() else package.parent / "models" / name
