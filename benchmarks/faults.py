"""What hostile files and a failing machine do to a run: `python -m benchmarks.faults`.

First every file of `benchmarks.hostile` is read, processed and written in every format; then one
run takes all of them at once; then runs are killed, starved of disk, raced and cheated, and what
they leave is compared, byte for byte, with what a run leaves that nothing disturbed. Prints a
table, writes benchmarks/results/faults.json, and ends with 1 when anything crashed, hung, was
lost or doubled.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toolkit import load_labelled
from toolkit.archive import OutputFiles

from . import hostile
from .endurance import MEGABYTES, SECONDS, endure
from .peers import ROOT
from .throughput import environment, machine

RECORDS = 4000
BODY_CHARS = 200
KILLS_A_RUN = 3
FORMATS = ("jsonl", "csv", "parquet")
# A start takes some 0.6 s and the whole run some 3 s.
LONGEST_LIFE = 3.0
MOST_STARTS = 40
# Python code that makes the clock jump by years, forwards and backwards, at every look at it.
_CLOCK = """
import random, time
chance, now, now_ns = random.Random({seed}), time.time, time.time_ns
time.time = lambda: now() + chance.uniform(-1e9, 1e9)
time.time_ns = lambda: now_ns() + chance.randint(-10**18, 10**18)
from toolkit.cli import main
main()
"""


@dataclass(slots=True)
class Fault:
    """A kind of fault, and how runs bore it.

    Attributes
    ----------
    tried, survived : how many times it was done to a run, and how many ended as promised.
    lost, doubled : rows that were missing or there twice, over all tries.
    failures : what went otherwise than promised.
    """

    name: str
    tried: int = 0
    survived: int = 0
    lost: int = 0
    doubled: int = 0
    failures: list[str] = field(default_factory=list)

    def check(self, held: bool, what: str) -> None:
        """Count a try, and whether its promise held."""
        self.tried += 1
        self.survived += held
        if not held:
            self.failures.append(what[:400])


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder to work in, an archive, and its rows when nothing disturbs."""

    folder: Path
    archive: Path
    whole: dict[str, Path]
    chance: random.Random
    tries: int

    def new(self) -> Path:
        """A new empty folder."""
        return Path(tempfile.mkdtemp(dir=self.folder))

    def compare(self, fault: Fault, out: Path, what: str, undisturbed: Path | None = None) -> None:
        """Count a try: whether the rows, and what was left out, are those of the quiet run."""
        undisturbed = undisturbed or self.whole[out.suffix[1:]]
        wanted, found = Counter(_ids(undisturbed)), Counter(_ids(out))
        fault.lost += sum((wanted - found).values())
        fault.doubled += sum((found - wanted).values())
        same = out.exists() and out.read_bytes() == undisturbed.read_bytes()
        rejected = [OutputFiles.of(path).rejected for path in (out, undisturbed)]
        same = same and rejected[0].read_bytes() == rejected[1].read_bytes()
        left = sorted(path.name for path in out.parent.iterdir() if "partial" in path.name)
        problem = f"left {left}" if same else "the rows differ"
        fault.check(same and not left, f"{what}: {problem}")


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended: exit code and what it said."""

    code: int
    said: str

    def refused(self, *words: str) -> bool:
        """Whether it ended with 2, and its last line, with one of these words, says why."""
        last = self.said.strip().splitlines()[-1:]
        return (
            self.code == 2
            and "Traceback" not in self.said
            and any(word in line for word in words or ("toolkit: ",) for line in last)
        )


def command(*arguments: str | Path) -> list[str]:
    """The toolkit's command line."""
    return [sys.executable, "-m", "toolkit", *map(str, arguments)]


def start(*arguments: str | Path, **options: Any) -> subprocess.Popen[bytes]:
    """Start a run."""
    return subprocess.Popen(
        command("run", *arguments),
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **options,
    )


def ended(process: subprocess.Popen[bytes]) -> End:
    """Wait for its end."""
    try:
        said = process.communicate(timeout=300)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        return End(-1, "no end in 300 s")
    return End(process.returncode, said.decode("utf-8", "replace"))


def run(*arguments: str | Path, **options: Any) -> End:
    """Run and wait."""
    return ended(start(*arguments, **options))


def _ids(rows: Path) -> Iterator[str]:
    from toolkit.readers import Reading, Record, entries

    for entry in entries([rows], Reading()) if rows.exists() else ():
        if isinstance(entry, Record):
            yield str(entry.values["id"])


def _wait_for_shards(out: Path, process: subprocess.Popen[bytes], count: int = 1) -> None:
    while process.poll() is None:
        try:
            journal = json.loads(OutputFiles.of(out).journal.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            journal = {}
        if journal.get("shards", 0) >= count:
            return
        time.sleep(0.005)


# The faults, each a function that does it some times and counts


def killed(bench: Bench) -> Fault:
    """Killed at random, up to three times, and started again until it is done."""
    fault = Fault("killed (SIGKILL, SIGTERM) at random, then resumed")
    for number in range(bench.tries):
        name = FORMATS[number % len(FORMATS)]
        out = bench.new() / f"out.{name}"
        options = ["--workers", "2"] if number % 6 == 5 else []
        kills = 0
        for _ in range(MOST_STARTS):
            process = start(bench.archive, "-o", out, *options)
            if kills < KILLS_A_RUN:
                time.sleep(bench.chance.uniform(0, LONGEST_LIFE))
            if kills < KILLS_A_RUN and process.poll() is None:
                process.send_signal(bench.chance.choice([signal.SIGKILL, signal.SIGTERM]))
                kills += 1
            end = ended(process)
            if end.code >= 0:
                break
        bench.compare(fault, out, f"{name}, {kills} kills: {end}")
    return fault


def at_once(bench: Bench) -> Fault:
    """All hostile files in one run: each has rows or is listed, and none goes without a word."""
    fault = Fault("all hostile files in one run")
    place = bench.new()
    made = hostile.make(place / "in", bench.chance.randrange(1000))
    out = place / "out.jsonl"
    end = run(place / "in", "-o", out)
    fault.check(end.code == 1 and "Traceback" not in end.said, str(end)[-400:])
    told = {
        json.loads(line)[name]
        for path, name in ((out, "source"), (OutputFiles.of(out).rejected, "file"))
        if path.exists()
        for line in path.read_bytes().splitlines()
    }
    # Their records name a source of their own, which stands in the rows.
    own = {"sources.jsonl", "source-of-any-kind.jsonl"}
    for file in (file for files in made.values() for file in files):
        # What is in an archive is told by the archive's name and its own.
        named = str(file) in told or any(each.startswith(f"{file}/") for each in told)
        if file.name.split("-", 1)[1] not in own:
            fault.check(named, f"{file.name}: not a word of it")
    return fault


def full_disk(bench: Bench) -> Fault:
    """No more bytes may be written after some; then they may, and the run goes on."""
    fault = Fault("disk full (file size limit), then resumed")
    for name in FORMATS:
        out = bench.new() / f"out.{name}"
        size = bench.chance.randrange(bench.whole[name].stat().st_size // 2)

        def starve(size: int = size) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

        end = run(bench.archive, "-o", out, preexec_fn=starve)
        fault.check(end.refused("cannot be written") and not out.exists(), f"{name}: {end}")
        run(bench.archive, "-o", out)
        bench.compare(fault, out, name)
    return fault


def full_file_system(bench: Bench) -> Fault:
    """The same on a file system that is too small, and then grows."""
    fault = Fault("disk full (small file system), then resumed")
    for name in FORMATS:
        with _mounted(bench.new(), "size=1m") as place:
            if place is None:
                return fault
            out = place / f"out.{name}"
            end = run(bench.archive, "-o", out)
            fault.check(end.refused("No space left") and not out.exists(), f"{name}: {end}")
            _mount("-o", "remount,size=100m", place)
            run(bench.archive, "-o", out)
            bench.compare(fault, out, name)
    return fault


def full_output(bench: Bench) -> Fault:
    """Standard output on a full disk."""
    fault = Fault("standard output full")
    if Path("/dev/full").exists():
        with Path("/dev/full").open("wb") as full:
            process = subprocess.Popen(
                command("run", bench.archive),
                cwd=ROOT,
                env=environment(),
                stdout=full,
                stderr=subprocess.PIPE,
            )
            end = ended(process)
        fault.check("No space left" in end.said and "Traceback" not in end.said, str(end))
    return fault


def read_only(bench: Bench) -> Fault:
    """The output's folder, or its file system, cannot be written; or it is none."""
    fault = Fault("output read-only or missing")
    with _mounted(bench.new(), "ro") as place:
        if place is not None:
            end = run(bench.archive, "-o", place / "out.jsonl")
            fault.check(end.refused("Read-only"), str(end))
    if os.getuid():
        locked = bench.new()
        locked.chmod(0o500)
        end = run(bench.archive, "-o", locked / "out.jsonl")
        fault.check(end.refused("Permission denied"), str(end))
    for path in (bench.folder / "none" / "out.jsonl", bench.archive / "out.jsonl"):
        end = run(bench.archive, "-o", path)
        fault.check(end.refused("cannot be written"), str(end))
    return fault


def vanished(bench: Bench) -> Fault:
    """Input files go while a run reads, and a whole output folder goes."""
    fault = Fault("input or output vanished during the run")
    lines = bench.archive.read_bytes().splitlines(keepends=True)
    for _ in range(max(1, bench.tries // 6)):
        place = bench.new()
        (place / "in").mkdir()
        for number in range(40):
            part = b"".join(lines[number * 100 : (number + 1) * 100])
            (place / "in" / f"{number:02}.jsonl").write_bytes(part)
        out = place / "out.jsonl"
        process = start(place / "in", "-o", out)
        _wait_for_shards(out, process)
        for number in bench.chance.sample(range(30, 40), 4):
            (place / "in" / f"{number:02}.jsonl").unlink()
        end = ended(process)
        told = OutputFiles.of(out).rejected.read_text("utf-8").count("no such file")
        found = Counter(_ids(out))
        gone = sum(f"{number:02}.jsonl: no such file" in end.said for number in range(40))
        sound = sum(len(line) > 0 for line in lines[: 100 * 40]) - _bad(lines)
        fault.doubled += sum(count - 1 for count in found.values())
        held = end.code == 1 and told == gone and len(found) >= sound - 100 * gone
        fault.check(held, f"{len(found)} rows, {gone} files gone: {end}")

        place = bench.new()
        process = start(bench.archive, "-o", place / "out.jsonl")
        _wait_for_shards(place / "out.jsonl", process)
        shutil.rmtree(place)
        fault.check((end := ended(process)).refused("cannot be written"), str(end))
    end = run(bench.folder / "none.jsonl", "-o", bench.new() / "out.jsonl")
    fault.check(end.code == 2 and "no such file" in end.said, str(end))
    return fault


def _bad(lines: Sequence[bytes]) -> int:
    return sum(b'"body": 7' in line for line in lines)


def changed(bench: Bench) -> Fault:
    """The input changes, or its journal or rows are damaged, between a kill and the next start."""
    fault = Fault("input, journal or rows changed between kill and resume")
    lines = bench.archive.read_bytes().splitlines(keepends=True)
    damages: dict[str, Callable[[OutputFiles], object]] = {
        "journal empty": lambda files: files.journal.write_bytes(b""),
        "journal cut": lambda files: files.journal.write_bytes(files.journal.read_bytes()[:40]),
        "journal noise": lambda files: files.journal.write_bytes(bench.chance.randbytes(200)),
        "journal deep": lambda files: files.journal.write_bytes(b"[" * 100_000),
        "journal of lies": lambda files: files.journal.write_text(
            json.dumps(json.loads(files.journal.read_text("utf-8")) | {"bytes": 10**12})
        ),
        "rows cut": lambda files: os.truncate(files.partial, 10),
        "rows gone": lambda files: files.partial.unlink(),
        "rejects gone": lambda files: files.rejects.unlink(),
    }
    for what, damage in damages.items():
        out = _half_done(bench, bench.archive)
        damage(OutputFiles.of(out))
        run(bench.archive, "-o", out)
        bench.compare(fault, out, what)
    for what, data in {"longer": lines + lines[:10], "shorter": lines[:-10]}.items():
        archive = bench.new() / bench.archive.name
        archive.write_bytes(bench.archive.read_bytes())
        out = _half_done(bench, archive)
        archive.write_bytes(b"".join(data))
        quiet = bench.new() / out.name
        run(archive, "-o", quiet)
        end = run(archive, "-o", out)
        fault.check("begun anew" in end.said, f"{what}: {end}")
        bench.compare(fault, out, what, quiet)
    return fault


def _half_done(bench: Bench, archive: Path) -> Path:
    out = bench.new() / "out.jsonl"
    process = start(archive, "-o", out)
    _wait_for_shards(out, process)
    process.kill()
    ended(process)
    return out


def clock(bench: Bench) -> Fault:
    """The clock jumps by years at every look, and files are from 1970 or 2100."""
    fault = Fault("clock jumps, and files from 1970 and 2100")
    for seed, name in enumerate(FORMATS):
        out = bench.new() / f"out.{name}"
        code = _CLOCK.format(seed=seed)
        done = subprocess.run(
            [sys.executable, "-c", code, "run", str(bench.archive), "-o", str(out)],
            cwd=ROOT,
            env=environment(),
            capture_output=True,
            check=False,
        )
        bench.compare(fault, out, f"{name}: {done.stderr[-200:]!r}")
    for moment in (0, 4_102_444_800):
        out = _half_done(bench, bench.archive)
        for path in out.parent.iterdir():
            os.utime(path, (moment, moment))
        run(bench.archive, "-o", out)
        bench.compare(fault, out, f"files of {moment}")
    return fault


def raced(bench: Bench) -> Fault:
    """Several runs to one output: one writes it, and the others say so."""
    fault = Fault("two to four runs on one output")
    for number in range(max(1, bench.tries // 4)):
        out = bench.new() / f"out.{FORMATS[number % len(FORMATS)]}"
        racers = [start(bench.archive, "-o", out) for _ in range(2 + number % 3)]
        ends = [ended(each) for each in racers]
        winners = [end for end in ends if end.code == 1]
        held = len(winners) == 1 and all(
            end.refused("another run is writing", "is there already")
            for end in ends
            if end not in winners
        )
        fault.check(held, str(ends))
        bench.compare(fault, out, str(ends))
    return fault


def not_ours(bench: Bench) -> Fault:
    """Files of the output's names that no run wrote are left as they are, unless --force."""
    fault = Fault("output there already, not overwritten unless --force")
    for name in FORMATS:
        files = OutputFiles.of(Path(f"out.{name}"))
        for other in (files.finished, files.rejected, files.partial, files.rejects):
            out = bench.new() / f"out.{name}"
            mine = out.parent / other
            mine.write_bytes(b"mine")
            end = run(bench.archive, "-o", out)
            held = end.refused("--force") and mine.read_bytes() == b"mine"
            fault.check(held and len(list(out.parent.iterdir())) == 1, f"{other}: {end}")
        end = run(bench.archive, "-o", out, "--force")
        bench.compare(fault, out, f"{name}, --force: {end}")
    return fault


def models(bench: Bench) -> Fault:
    """A model that is missing, damaged or full of noise."""
    fault = Fault("model missing or damaged")
    for file in ("model.json", "features.txt", "idf.npy", "coef.npy"):
        for damage in (
            lambda data: b"",
            lambda data: data[: len(data) // 2],
            lambda data: data[::-1],
        ):
            model = bench.new() / "model"
            shutil.copytree(ROOT / "models" / "themes", model)
            (model / file).write_bytes(damage((model / file).read_bytes()))
            out = bench.new() / "out.jsonl"
            end = run(bench.archive, "-o", out, "--model", model)
            fault.check(end.refused() and not any(out.parent.iterdir()), f"{file}: {end}")
    return fault


FAULTS: tuple[Callable[[Bench], Fault], ...] = (
    at_once,
    killed,
    full_disk,
    full_file_system,
    full_output,
    read_only,
    vanished,
    changed,
    clock,
    raced,
    not_ours,
    models,
)


def _mount(*arguments: str | Path) -> bool:
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def _mounted(place: Path, options: str) -> Iterator[Path | None]:
    """A small file system of its own, or None where that is not allowed."""
    allowed = sys.platform.startswith("linux") and not os.getuid()
    if not allowed or not _mount("-t", "tmpfs", "-o", options, "tmpfs", place):
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


def prepare(folder: Path, seed: int, tries: int) -> Bench:
    """Make the archive, one record in five hundred of it bad, and run it undisturbed."""
    bodies = [article.body[:BODY_CHARS] for article in load_labelled(ROOT / "labelled", "train")]
    records = (
        {"id": str(n), "body": 7 if n % 500 == 250 else bodies[n % len(bodies)]}
        for n in range(RECORDS)
    )
    archive = folder / "archive.jsonl"
    archive.write_bytes(hostile.jsonl(records))
    whole = {}
    for name in FORMATS:
        whole[name] = folder / f"whole.{name}"
        end = run(archive, "-o", whole[name])
        if end.code != 1:
            raise SystemExit(f"the undisturbed run failed: {end.said}")
    return Bench(folder, archive, whole, random.Random(seed), tries)


def read_hostile(folder: Path, seed: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Make the hostile files, and read, process and write each in every format.

    Returns
    -------
    Counts, and the peak of memory in megabytes, that of the process over all files.
    """
    made = hostile.make(folder / "hostile", seed)
    rows = folder / "rows"
    rows.mkdir()
    # Where the paths in the files lead, from any folder that they could be taken to start from.
    starts = [ROOT, Path.home(), *(folder / "hostile" / "any").parents, rows]
    elsewhere = [start / "outside" for start in starts]
    before = [path.exists() for path in elsewhere]
    families, failures, peak, slowest = {}, [], 0.0, 0.0
    for family, files in made.items():
        ends: Counter[str] = Counter()
        for outcome in endure(files, rows):
            ends[outcome.end] += 1
            peak, slowest = max(peak, outcome.megabytes), max(slowest, outcome.seconds)
            if outcome.end in ("crash", "hang", "broken"):
                failures.append(f"{family}: {outcome.end}: {outcome.file}: {outcome.detail}")
                say(failures[-1])
        families[family] = {"inputs": len(files), **ends}
        say(f"{family}: {dict(ends)}")
    total = Counter[str]()
    for ends_of_family in families.values():
        total.update(ends_of_family)
    return {
        "inputs": total["inputs"],
        "crashes": total["crash"],
        "hangs": total["hang"],
        "broken promises": total["broken"],
        "read": total["read"] + total["partly"],
        "refused": total["refused"],
        "peak memory, MB": peak,
        "limit, MB": MEGABYTES,
        "slowest, s": round(slowest, 1),
        "limit, s": SECONDS,
        "files written elsewhere": sum(path.exists() for path in elsewhere) - sum(before),
        "failures": failures,
        "families": families,
    }


def table(reading: dict[str, Any], faults: Sequence[Fault]) -> str:
    """The result for people, in Markdown."""
    keys = [key for key in reading if key not in ("failures", "families")]
    lines = ["| hostile files | |", "| --- | ---: |"]
    lines += [f"| {key} | {reading[key]} |" for key in keys]
    lines += ["", "| fault | tried | survived | rows lost | doubled |", "| --- |" + " ---: |" * 4]
    lines += [
        f"| {fault.name} | {fault.tried or 'not possible here'} | {fault.survived} "
        f"| {fault.lost} | {fault.doubled} |"
        for fault in faults
    ]
    failures = [*reading["failures"], *(f"{f.name}: {what}" for f in faults for what in f.failures)]
    lines += ["", f"{len(failures)} failures", *(f"- {failure}" for failure in failures)]
    return "\n".join(lines)


def main() -> None:
    """Run all, print the table and write the result."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--tries", type=int, default=12, help="runs that are killed")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks/results/faults.json")
    parser.add_argument("--only", help="only the faults with this word in their function's name")
    options = parser.parse_args()

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reading = read_hostile(folder, options.seed, say) if not options.only else None
        bench = prepare(folder, options.seed, options.tries)
        faults = []
        for do in FAULTS:
            if options.only in (None, do.__name__):
                faults.append(do(bench))
                say(f"{faults[-1].name}: {faults[-1].survived} of {faults[-1].tried}")
    if reading is None:
        for fault in faults:
            print(fault)
        return
    failed = (
        reading["failures"]
        or reading["files written elsewhere"]
        or reading["peak memory, MB"] > MEGABYTES
        or any(fault.failures or fault.lost or fault.doubled for fault in faults)
    )
    result = {
        "machine": machine(),
        "seed": options.seed,
        "hostile files": reading,
        "faults": [
            {name: getattr(fault, name) for name in Fault.__dataclass_fields__} for fault in faults
        ],
    }
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", "utf-8")
    print(table(reading, faults))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
