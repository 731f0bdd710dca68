from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from toolkit import InputError, Row, ToolkitError, read_articles
from toolkit.article import field_names
from toolkit.writers import FORMATS, format_name

NAMES = field_names(Row)
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


def written(folder: Path, name: str) -> Path:
    """The rows in two batches, as an archive run writes them."""
    form = FORMATS[name]
    collected, finished = folder / "collected", folder / f"out.{name}"
    batches = [form.header(NAMES), form.encode(ROWS[:1], NAMES), form.encode(ROWS[1:], NAMES)]
    collected.write_bytes(b"".join(batches))
    form.finish(collected, finished)
    assert list(folder.iterdir()) == [finished]
    return finished


@pytest.mark.parametrize("name", FORMATS)
def test_articles_read_back(tmp_path: Path, name: str) -> None:
    articles = list(read_articles(written(tmp_path, name)))
    assert [(a.id, a.title, a.reporters, a.body) for a in articles] == [
        (r.id, r.title, r.reporters, r.body) for r in ROWS
    ]


def test_jsonl_has_every_field(tmp_path: Path) -> None:
    text = written(tmp_path, "jsonl").read_text("utf-8")
    first, second = map(json.loads, text.splitlines())
    assert tuple(first) == NAMES
    assert first["evidence"] == {"welfare": {"补助": 1.5}}
    assert second["theme"] is None


def test_csv_opens_in_excel(tmp_path: Path) -> None:
    data = written(tmp_path, "csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    first, second = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert tuple(first) == NAMES
    assert first["reporters"] == "王芳、李强"
    assert json.loads(first["scores"]) == {"welfare": 0.9}
    assert second["theme"] == ""


def test_parquet_keeps_kinds(tmp_path: Path) -> None:
    first, second = pq.read_table(written(tmp_path, "parquet")).to_pylist()
    assert first["themes"] == ["welfare", "volunteering"]
    assert dict(first["scores"]) == {"welfare": 0.9}
    assert second["theme"] is None
    assert second["position"] == 1


@pytest.mark.parametrize("name", FORMATS)
def test_no_rows(tmp_path: Path, name: str) -> None:
    form = FORMATS[name]
    (tmp_path / "collected").write_bytes(form.header(NAMES))
    form.finish(tmp_path / "collected", tmp_path / f"out.{name}")
    with pytest.raises(InputError, match="holds no rows"):
        list(read_articles(tmp_path / f"out.{name}"))


def test_format_names() -> None:
    assert format_name(None, None) == "jsonl"
    assert format_name(Path("a.CSV"), None) == "csv"
    assert format_name(Path("a.doc"), "csv") == "csv"
    with pytest.raises(ToolkitError, match="no writer"):
        format_name(Path("a.doc"), None)


def test_a_lone_surrogate_is_kept_in_json() -> None:
    line = FORMATS["jsonl"].encode([Row(title="井\ud800")], NAMES)
    assert json.loads(line)["title"] == "井\ud800"
    assert line.count(b"\n") == 1
    assert "井?" in FORMATS["csv"].encode([Row(title="井\ud800")], NAMES).decode()
