"""What becomes of hostile files: each is read, processed and written in a process that may die.

    python -m benchmarks.endurance FOLDER

reads the files' names, one JSON string a line, and answers each with a line of JSON; the process
that watches it, `endure`, starts another when it dies or hangs.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
import resource
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from .peers import ROOT
from .throughput import environment

# For one file in every format. A document's parser is stopped after 60 seconds.
SECONDS = 90.0
# Peak of the process over all files. Arrow, the model and the dictionary take 150 MB of it.
MEGABYTES = 2000.0
# No test of its own: beyond it a bomb ends the process that reads it, and not the machine.
_ADDRESS_SPACE = 8 << 30
_FORMULA = re.compile(r"[\s\0]*[=+\-@＝＋－＠]|[\t\r\n\0]")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    Attributes
    ----------
    end : "read", "refused", "partly" for both, or else "crash", "hang" or "broken".
    detail : the first line that was said of it, or what went wrong.
    megabytes : the process's peak so far, that of its children too.
    """

    file: str
    end: str
    detail: str
    seconds: float
    megabytes: float


def endure(files: Sequence[Path], folder: Path) -> Iterator[Outcome]:
    """Read, process and write each file, and outlive whatever it does.

    Parameters
    ----------
    folder : where rows are written meanwhile.
    """
    child: subprocess.Popen[bytes] | None = None
    for file in files:
        child = child or _child(folder)
        started = perf_counter()
        answer = _ask(child, file)
        seconds = perf_counter() - started
        if answer is None:
            hung = child.poll() is None
            child.kill()
            child.wait()
            detail = f"no answer in {SECONDS:.0f} s" if hung else f"exit code {child.returncode}"
            yield Outcome(file.name, "hang" if hung else "crash", detail, seconds, 0.0)
            child = None
        else:
            yield Outcome(file.name, *answer[:2], seconds, answer[2])
    if child is not None and child.stdin is not None:
        child.stdin.close()
        child.wait()


def _child(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.endurance", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment(),
    )


def _ask(child: subprocess.Popen[bytes], file: Path) -> tuple[str, str, float] | None:
    assert child.stdin is not None and child.stdout is not None
    with selectors.DefaultSelector() as ready:
        ready.register(child.stdout, selectors.EVENT_READ)
        try:
            child.stdin.write(json.dumps(str(file)).encode() + b"\n")
            child.stdin.flush()
        except BrokenPipeError:
            return None
        if not ready.select(SECONDS):
            return None
    line = child.stdout.readline()
    return tuple(json.loads(line)) if line else None


def main() -> None:
    """Answer for one file after another."""
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    folder = Path(sys.argv[1])
    # Whatever a library prints must not pass for an answer.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin.buffer:
        file = Path(json.loads(line))
        try:
            answer = _judged(file, folder)
        except Exception as error:
            answer = "crash", f"{type(error).__name__}: {error}"[:300]
        answers.write(json.dumps([*answer, _peak()]).encode() + b"\n")


def _peak() -> float:
    kilobytes = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return round(kilobytes / 1024, 1)


def _judged(file: Path, folder: Path) -> tuple[str, str]:
    """Read, process, write and read back one file; what became of it."""
    from toolkit.archive import Job, deal, process
    from toolkit.article import Row, field_names
    from toolkit.errors import ToolkitError
    from toolkit.readers import Reading, entries
    from toolkit.writers import FORMATS

    names = field_names(Row)
    shards = list(deal(entries([file], Reading())))
    rows: list[dict[str, Any]] = []
    rejected: list[str] = []
    for name, form in FORMATS.items():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            collected, finished = Path(place) / "collected", Path(place) / f"out.{name}"
            done = [process(Job(names, output_format=name), shard) for shard in shards]
            collected.write_bytes(form.header(names) + b"".join(each.data for each in done))
            form.finish(collected, finished)
            count = sum(each.articles for each in done)
            rejected = [str(error) for each in done for error in each.rejected]
            if name == "jsonl":
                rows = [json.loads(line) for line in finished.read_bytes().splitlines()]
            broken = next(_broken(name, finished, rows, count, rejected, names), None)
            if broken:
                return "broken", f"{name}: {broken}"
            back = list(entries([finished], Reading()))
            if any(isinstance(each, ToolkitError) for each in back) and count:
                return "broken", f"{name}: the rows do not read back: {back[0]}"
    end = "partly" if rows and rejected else "read" if rows else "refused"
    return end, rejected[0][:300] if rejected else ""


def _broken(
    name: str,
    finished: Path,
    rows: Sequence[dict[str, Any]],
    count: int,
    rejected: Sequence[str],
    names: Sequence[str],
) -> Iterator[str]:
    """The promises that one file's rows break."""
    if not count and not rejected:
        yield "neither a row nor a word of it"
    for line in rejected:
        if "\n" in line or "Traceback" in line or not line.isprintable():
            yield f"not one line: {line[:200]!r}"
    if name == "csv":
        text = finished.read_bytes().decode("utf-8-sig")
        csv.field_size_limit(1 << 30)
        table = list(csv.reader(io.StringIO(text, newline="")))
        if len(table) != count + 1 or any(len(cells) != len(names) for cells in table):
            yield "the table has another shape"
        for cell in (cell for cells in table for cell in cells):
            if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell):
                yield f"a cell starts a formula: {cell[:40]!r}"
    if name == "parquet":
        import pyarrow.parquet as pq

        if count and pq.read_metadata(finished).num_rows != count:
            yield "rows are missing"
    if name == "jsonl":
        if len(rows) != count:
            yield "rows are missing"
        for row in rows:
            if not all(math.isfinite(p) and 0 <= p <= 1 for p in row["scores"].values()):
                yield f"scores out of bounds: {row['scores']}"
            # A blank stands where the sentence had a comma, and a mark for half a character.
            made = set(row["headline"]) - set(row["body"]) - {" ", "\ufffd"}
            if len(row["headline"]) > 24 or made:
                yield f"a headline that is not the article's: {row['headline']!r}"


if __name__ == "__main__":
    main()
