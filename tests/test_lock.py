"""The lock file is what pyproject.toml asks for, with a checksum for every file."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from .conftest import ROOT

EXTRAS = {"formats", "test", "lint", "audit"}
PINS = re.sub(r"\\\n\s*", "", (ROOT / "requirements.lock").read_text("utf-8")).splitlines()
LOCKED = [pin for pin in PINS if not pin.startswith("#")]


def test_every_pin_has_checksums() -> None:
    assert len(LOCKED) > 40
    for pin in LOCKED:
        assert re.match(r"[a-z0-9-]+==[^ ]+ ", pin), pin[:60]
        assert "--hash=sha256:" in pin, pin[:60]


def test_the_pins_fit_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = list(project["dependencies"])
    for extra, more in project["optional-dependencies"].items():
        wanted += more if extra in EXTRAS else []
    pinned: dict[str, list[str]] = {}
    for pin in LOCKED:
        name, version = pin.split(" ")[0].split("==")
        pinned.setdefault(canonicalize_name(name), []).append(version)
    for requirement in map(Requirement, wanted):
        if requirement.name == project["name"]:
            continue
        versions = pinned.get(canonicalize_name(requirement.name), [])
        assert versions, f"{requirement}: not locked; run .ci/lock"
        for version in versions:
            assert requirement.specifier.contains(version), f"{requirement}: run .ci/lock"
