from __future__ import annotations

from pathlib import Path

import pytest

from toolkit import Pipeline

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def pipeline() -> Pipeline:
    return Pipeline.load()


def shared(name: str) -> Path:
    """A file of the folder beside the checkout; the test skips where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path
