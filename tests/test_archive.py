from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from functools import partial
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


def noted_shards(journal: Path) -> int:
    try:
        return int(json.loads(journal.read_text("utf-8"))["shards"])
    except FileNotFoundError:
        return 0


def test_interrupted_by_the_user(source: Path, whole: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    command = [sys.executable, "-m", "toolkit", "run", str(source), "-o", str(out)]
    process = subprocess.Popen(
        command,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        # A shell that runs the tests in the background has them ignore the signal.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    journal = out.with_name("out.jsonl.partial.json")
    while process.poll() is None and not noted_shards(journal):
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
# Without PYTHONUNBUFFERED the last of what is printed is written when Python ends.
@pytest.mark.parametrize(
    ("command", "unbuffered"), [("keywords", ""), ("keywords", "1"), ("explain", "")]
)
def test_a_full_disk_is_one_line(command: str, unbuffered: str, tmp_path: Path) -> None:
    page = tmp_path / "a.txt"
    page.write_text("桥通了。", "utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "toolkit", command, str(page)],
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.decode().count("\n") == 1
    assert "No space left" in done.stderr.decode()


@pytest.mark.parametrize("name", ["", ".rejected.jsonl", ".partial", ".partial.rejected"])
def test_what_is_there_is_kept(tmp_path: Path, name: str) -> None:
    page, out = tmp_path / "a.txt", tmp_path / "out" / "rows.csv"
    page.write_text("桥通了。", "utf-8")
    out.parent.mkdir()
    mine = out.with_name(out.name + name)
    mine.write_bytes(b"mine")
    refused = toolkit("keywords", str(page), "-o", str(out))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert f"{mine}: is there already; --force overwrites it" in refused.stderr
    assert mine.read_bytes() == b"mine"
    assert list(out.parent.iterdir()) == [mine]
    assert toolkit("keywords", str(page), "-o", str(out), "--force").returncode == 0
    assert "桥" in out.read_text("utf-8")
    assert list(out.parent.iterdir()) == [out]


def test_an_output_that_is_no_file(tmp_path: Path) -> None:
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(ToolkitError, match="not a file"):
            Output(path, Job(field_names(Row)), "x", force=True)


def test_the_second_run_on_one_output_is_refused(tmp_path: Path) -> None:
    job, out = Job(field_names(Row)), tmp_path / "out.jsonl"
    with Output(out, job, "x") as first:
        for force in (False, True):
            with pytest.raises(ToolkitError, match="another run is writing it"):
                Output(out, job, "x", force=force)
        first.add(archive.process(job, [Record("a", 0, "line 1", {"body": "桥通了。"})]))
        first.finish()
    assert len(lines(out.read_text("utf-8"))) == 1
    assert list(tmp_path.iterdir()) == [out]


def test_a_run_left_by_a_link_is_not_followed(tmp_path: Path) -> None:
    job, out, other = Job(field_names(Row)), tmp_path / "out.jsonl", tmp_path / "other"
    other.write_bytes(b"mine")
    Output(out, job, "one").close()
    files = archive.OutputFiles.of(out)
    files.partial.unlink()
    files.partial.symlink_to(other)
    Output(out, job, "two").close()
    assert other.read_bytes() == b"mine"


def test_the_output_in_the_input_s_folder_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("桥昨天通了车，赶集的人都来看。", "utf-8")
    out = tmp_path / "rows.jsonl"
    for options in ([], ["--force"]):
        done = toolkit("run", str(tmp_path), "-o", str(out), *options)
        assert (done.returncode, len(lines(out.read_text("utf-8")))) == (0, 1), done.stderr
    job = Job(field_names(Row))
    skip = archive.OutputFiles.of(out).all()
    before = archive.identity(job, [str(tmp_path)], None, skip)
    out.write_text("x", "utf-8")
    assert before == archive.identity(job, [str(tmp_path)], None, skip)


def test_a_finish_that_was_killed(tmp_path: Path) -> None:
    """The rows are in their place and the journal is still there: the same run may be repeated."""
    job, out = Job(field_names(Row)), tmp_path / "out.jsonl"
    with Output(out, job, "one") as first:
        first.add(archive.process(job, [Record("a", 0, "line 1", {"body": "桥通了。"})]))
    files = archive.OutputFiles.of(out)
    files.partial.replace(out)
    with pytest.raises(ToolkitError, match="is there already"):
        Output(out, job, "two")
    Output(out, job, "one").close()


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
