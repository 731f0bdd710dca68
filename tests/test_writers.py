from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from toolkit import Row, ToolkitError, read_articles
from toolkit.article import field_names
from toolkit.writers import open_writer

ROWS = [
    Row(
        id="1",
        source="a.txt",
        title="“老”井, 出水",
        reporters=["王芳", "李强"],
        body="甲。\n乙。",
        theme="welfare",
        themes=["welfare", "volunteering"],
        scores={"welfare": 0.9},
        evidence={"welfare": {"补助": 1.5}},
        headline="老井出水",
        keywords=["老井"],
    ),
    Row(id="2", source="a.txt", position=1, body="丙。"),
]


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_articles_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out.{suffix}"
    with open_writer(path, None) as write:
        write(ROWS[:1])
        write(ROWS[1:])
    articles = list(read_articles(path))
    assert [(a.id, a.title, a.reporters, a.body) for a in articles] == [
        (r.id, r.title, r.reporters, r.body) for r in ROWS
    ]
    assert list(tmp_path.iterdir()) == [path]


def test_jsonl_has_every_field(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with open_writer(path, None) as write:
        write(ROWS)
    first, second = map(json.loads, path.read_text("utf-8").splitlines())
    assert tuple(first) == field_names(Row)
    assert first["evidence"] == {"welfare": {"补助": 1.5}}
    assert second["theme"] is None


def test_csv_opens_in_excel(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    with open_writer(path, None) as write:
        write(ROWS)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first, second = csv.DictReader(stream)
    assert first["reporters"] == "王芳、李强"
    assert json.loads(first["scores"]) == {"welfare": 0.9}
    assert second["theme"] == ""


def test_parquet_keeps_kinds(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    with open_writer(path, None) as write:
        write(ROWS)
    first, second = pq.read_table(path).to_pylist()
    assert first["themes"] == ["welfare", "volunteering"]
    assert dict(first["scores"]) == {"welfare": 0.9}
    assert second["theme"] is None
    assert second["position"] == 1


def test_nothing_is_left_of_a_failed_run(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError), open_writer(path, None) as write:
        write(ROWS)
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_unknown_suffix_and_folder(tmp_path: Path) -> None:
    with pytest.raises(ToolkitError, match="no writer"), open_writer(tmp_path / "out.doc", None):
        pass
    with (
        pytest.raises(ToolkitError, match="cannot be written"),
        open_writer(tmp_path / "no" / "out.csv", None),
    ):
        pass
