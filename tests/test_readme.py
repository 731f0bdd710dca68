from __future__ import annotations

import doctest
import re
import shlex
from pathlib import Path

import pytest

from .conftest import ROOT
from .test_cli import toolkit

READMES = ["README.md", "README.zh.md"]


@pytest.mark.parametrize("name", READMES)
def test_python_examples(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(str(ROOT / name), module_relative=False, encoding="utf-8")
    assert result.attempted >= 10
    assert result.failed == 0


@pytest.mark.parametrize("name", READMES)
def test_command_examples(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "labelled").symlink_to(ROOT / "labelled")
    monkeypatch.chdir(tmp_path)
    (block,) = re.findall(r"```sh\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S)
    for line in block.splitlines():
        done = toolkit(*shlex.split(line)[1:])
        assert done.returncode == 0, (line, done.stderr)
        assert done.stdout or "-o" in line


def test_both_say_the_same() -> None:
    english, chinese = ((ROOT / name).read_text("utf-8") for name in READMES)
    code = re.compile(r"^(?:    |>>> |\.\.\. |toolkit ).*$", re.M)
    assert code.findall(english) == code.findall(chinese)
    number = re.compile(r"\d[\d,.]*\d|\d")
    assert sorted(number.findall(english)) == sorted(number.findall(chinese))
