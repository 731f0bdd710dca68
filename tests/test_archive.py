from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from toolkit import archive, load_labelled
from toolkit.archive import Job, Output, deal
from toolkit.article import Row, field_names
from toolkit.errors import InputError, ToolkitError
from toolkit.readers import Page, Reading, Record, entries

from .conftest import ROOT
from .test_cli import lines, toolkit

BODIES = [article.body for article in load_labelled(ROOT / "labelled", "train")]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten thousand records, every thousandth of them bad."""
    path = tmp_path_factory.mktemp("archive") / "in.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for number in range(10_000):
            body = BODIES[number % len(BODIES)][:300]
            record = {"id": str(number), "body": 7 if number % 1000 == 500 else body}
            stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


@pytest.fixture(scope="module")
def whole(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rows of a run that nothing disturbed."""
    path = tmp_path_factory.mktemp("whole") / "out.jsonl"
    done = toolkit("run", str(source), "-o", str(path))
    assert done.returncode == 1
    return path


def test_rows_are_in_order_and_rejects_are_listed(source: Path, whole: Path) -> None:
    rows = lines(whole.read_text("utf-8"))
    assert [row["id"] for row in rows] == [str(n) for n in range(10_000) if n % 1000 != 500]
    assert all(tuple(row) == field_names(Row) for row in rows)
    rejected = lines(whole.with_name("out.jsonl.rejected.jsonl").read_text("utf-8"))
    assert [each["place"] for each in rejected] == [
        f"line {n + 501}" for n in range(0, 10_000, 1000)
    ]
    assert {each["file"] for each in rejected} == {str(source)}
    assert sorted(path.name for path in whole.parent.iterdir()) == [
        "out.jsonl",
        "out.jsonl.rejected.jsonl",
    ]


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_random_and_resumed(source: Path, whole: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "toolkit", "run", str(source), "-o", str(out)]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    journal = out.with_name("out.jsonl.partial.json")
    kills = 0
    for _ in range(20):
        process = subprocess.Popen(command, env=env, stderr=subprocess.PIPE)
        seen = journal.stat().st_mtime_ns if journal.exists() else 0
        while process.poll() is None and (
            not journal.exists() or journal.stat().st_mtime_ns == seen
        ):
            time.sleep(0.005)
        time.sleep(chance.uniform(0, 0.8))
        if process.poll() is None and kills < 3:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            break
    assert process.returncode == 1
    assert kills > 0
    assert out.read_bytes() == whole.read_bytes()
    name = "out.jsonl.rejected.jsonl"
    assert (tmp_path / name).read_bytes() == whole.with_name(name).read_bytes()
    assert len(list(tmp_path.iterdir())) == 2


def test_interrupted_by_the_user(source: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "toolkit", "run", str(source), "-o", str(out)]
    process = subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE
    )
    journal = out.with_name("out.jsonl.partial.json")
    while not journal.exists() or json.loads(journal.read_text("utf-8"))["shards"] == 0:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    told = process.communicate()[1].decode()
    assert process.returncode == 130
    assert "goes on from here" in told
    assert not out.exists()
    again = toolkit("run", str(source), "-o", str(out))
    assert "going on after" in again.stderr
    assert out.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("suffix", ["jsonl", "csv", "parquet"])
def test_workers_write_the_same(source: Path, tmp_path: Path, suffix: str) -> None:
    small = tmp_path / "in.jsonl"
    small.write_text("".join(source.read_text("utf-8").splitlines(keepends=True)[:2500]), "utf-8")
    one, two = tmp_path / f"one.{suffix}", tmp_path / f"two.{suffix}"
    assert toolkit("run", str(small), "-o", str(one)).returncode == 1
    assert toolkit("run", str(small), "-o", str(two), "--workers", "2").returncode == 1
    if suffix == "parquet":
        assert pq.read_table(one).equals(pq.read_table(two))
        assert pq.ParquetFile(one).num_row_groups > 1
    else:
        assert one.read_bytes() == two.read_bytes()


def test_another_input_starts_over(source: Path, tmp_path: Path) -> None:
    job = Job(field_names(Row))
    out = tmp_path / "out.jsonl"
    first = Output(out, job, "one")
    first.add(archive.process(job, [Record("a", 0, "line 1", {"body": "桥通了。"})]))
    first.close()
    assert Output(out, job, "one").tally.articles == 1
    assert Output(out, job, "two").tally.articles == 0
    assert Output(out, job, None).tally.articles == 0


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null"])
def test_a_damaged_journal_starts_over(tmp_path: Path, damage: bytes) -> None:
    job = Job(field_names(Row))
    out = tmp_path / "out.jsonl"
    Output(out, job, "one").close()
    (tmp_path / "out.jsonl.partial.json").write_bytes(damage)
    assert Output(out, job, "one").shards == 0


def test_the_identity_of_a_run(tmp_path: Path) -> None:
    job = Job(field_names(Row))
    page = tmp_path / "a.txt"
    page.write_text("甲", "utf-8")
    first = archive.identity(job, [str(page)], None)
    assert first == archive.identity(job, [str(page)], None)
    assert first != archive.identity(job, [str(page)], "gbk")
    assert archive.identity(job, ["-"], None) is None
    page.write_text("乙丙", "utf-8")
    assert first != archive.identity(job, [str(page)], None)


def test_strict_stops_and_leaves_nothing(source: Path, tmp_path: Path) -> None:
    done = toolkit("run", str(source), "-o", str(tmp_path / "out.jsonl"), "--strict")
    assert done.returncode == 2
    assert "line 501" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("桥通了。", "utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "toolkit", "keywords", str(page)],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "No space left" in done.stderr.decode()


def test_an_unwritable_folder(tmp_path: Path) -> None:
    with pytest.raises(ToolkitError, match="cannot be written"):
        Output(tmp_path / "no" / "out.jsonl", Job(field_names(Row)), "x")


def test_shards_are_short_for_long_pages() -> None:
    long = [Page(str(n), "字" * 600_000) for n in range(4)]
    assert [len(shard) for shard in deal(long)] == [2, 2]
    assert [len(shard) for shard in deal([Page("", "字")] * 1500)] == [1024, 476]
    assert list(deal([])) == []


def test_errors_keep_their_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"body": "一"}\nbad\n{"body": "二"}\n', "utf-8")
    found = list(entries([path, tmp_path / "none"], Reading()))
    assert [type(each) for each in found] == [Record, InputError, Record, InputError]
