"""How fast the toolkit is, and how much memory it takes, alone and against its peers.

python -m benchmarks.throughput NAME ARCHIVE COUNT     one measurement of one contestant, as JSON

Every measurement has a process of its own, so that no contestant's memory or caches are counted
to another, and the contestants take turns round by round, so that what else the machine does
falls on all of them alike. What is compared was measured in the same round.
"""

from __future__ import annotations

import json
import os
import platform
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from hashlib import file_digest, sha256
from importlib import metadata
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from .peers import PEERS, ROOT, Contestant, Work

if TYPE_CHECKING:
    from toolkit import Article

# Nothing heavy is imported at the top: a child's peak memory, as the system tells it, starts from
# that of the process that started it, so the one that measures has to stay small.

BATCH = 256
WARM_UP = 16
STAGED = 20_000
HEADED = "toolkit tags + headlines"
RESAMPLES = 2000
ONE_THREAD = {
    f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
}


# What is measured


def segmentation() -> Work:
    """Bare segmentation of the bodies."""
    import rjieba

    def work(articles: Sequence[Article]) -> int:
        for article in articles:
            rjieba.cut(article.body)
        return 0

    return work


def tags() -> Work:
    """Themes, probabilities and evidence."""
    from toolkit import Pipeline

    return _through(Pipeline.load(ranker=None))


def ranking() -> Work:
    """Ranks of sentences and words, from the text on."""
    from toolkit import TextRank, Tokenizer

    tokenizer, ranker = Tokenizer(), TextRank()

    def work(articles: Sequence[Article]) -> int:
        for batch in batches(articles):
            ranker.rank(tokenizer.batch(batch))
        return 0

    return work


def headline() -> Work:
    """A headline for each article, from the text on."""
    from toolkit import TextRank, Tokenizer, headlines

    tokenizer, ranker = Tokenizer(), TextRank()

    def work(articles: Sequence[Article]) -> int:
        for batch in batches(articles):
            headlines(ranker.rank(tokenizer.batch(batch)))
        return 0

    return work


def tags_and_headlines() -> Work:
    """Themes, evidence and a headline, from one segmentation of the text."""
    from toolkit import TextRank, Tokenizer, headlines, models
    from toolkit.pipeline import EVIDENCE_WORDS

    tokenizer, ranker, tagger = Tokenizer(), TextRank(), models.load()

    def work(articles: Sequence[Article]) -> int:
        for batch in batches(articles):
            tokens = tokenizer.batch(batch)
            tagger.with_evidence(tokens, EVIDENCE_WORDS)
            headlines(ranker.rank(tokens))
        return 0

    return work


def everything() -> Work:
    """Whole rows in memory: themes, headline, summary, keywords."""
    from toolkit import Pipeline

    return _through(Pipeline.load())


def _through(pipeline: Any) -> Work:
    def work(articles: Sequence[Article]) -> int:
        # Row by row to nowhere: what the rows would take when kept is the caller's affair.
        for _ in pipeline.stream(articles, BATCH):
            pass
        return 0

    return work


OURS = (
    Contestant("rjieba.cut", "segmentation", segmentation, "rjieba", ours=True),
    Contestant("toolkit tags", "tags", tags, "toolkit", ours=True),
    Contestant("toolkit ranking", "ranking", ranking, "toolkit", ours=True),
    Contestant("toolkit headlines", "headlines", headline, "toolkit", ours=True),
    Contestant(HEADED, "tags + headlines", tags_and_headlines, "toolkit", ours=True),
    Contestant("toolkit rows", "rows in memory", everything, "toolkit", ours=True),
)


# One measurement


@dataclass(frozen=True)
class Sample:
    """One measurement.

    Attributes
    ----------
    mb : millions of bytes of UTF-8 in the bodies.
    seconds, cpu_seconds : wall and processor time.
    peak_mb : the most memory held at once, in millions of bytes; of several processes, the
        largest one's.
    failed : how many of the articles could not be done.
    """

    articles: int
    mb: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    failed: int = 0


@dataclass
class Entry:
    """One contestant's samples, a round each; `status` tells why there are none."""

    name: str
    task: str
    ours: bool
    status: str = "measured"
    rounds: list[Sample] = field(default_factory=list)


class UnavailableError(Exception):
    """A contestant that cannot take part; the text tells why."""


Measure = Callable[[], Sample]


def batches(articles: Sequence[Article]) -> Iterator[Sequence[Article]]:
    """The articles in the pipeline's batches."""
    return (articles[start : start + BATCH] for start in range(0, len(articles), BATCH))


def spread_sample(articles: Sequence[Article], count: int) -> list[Article]:
    """So many of the articles, evenly spaced by length, in the order they had.

    A small sample then has the lengths of the whole, and articles a second can be compared.
    """
    order = sorted(range(len(articles)), key=lambda number: len(articles[number].body))
    count = min(count, len(order))
    chosen = sorted(order[int((n + 0.5) * len(order) / count)] for n in range(count))
    return [articles[number] for number in chosen]


def measure_work(contestant: Contestant, archive: Path, count: int) -> Sample:
    """Measure one contestant in this process."""
    articles = spread_sample(read(archive), count)
    work = contestant.prepare()
    work(articles[:WARM_UP])
    forget_peak()
    wall, cpu = perf_counter(), process_time()
    failed = work(articles)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    mb = sum(len(article.body.encode()) for article in articles) / 1e6
    return Sample(len(articles), mb, wall, cpu, peak_mb(), failed)


def read(archive: Path) -> list[Article]:
    """The articles of a JSONL file, without what the toolkit's own reading would load.

    That would be counted to a peer's memory.
    """
    from toolkit import Article

    with archive.open(encoding="utf-8") as lines:
        return [Article.from_mapping(json.loads(line)) for line in lines]


def forget_peak() -> None:
    """Count the peak from now on, so that training and imports are not in it; on Linux alone."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def peak_mb() -> float:
    """The most memory that this process has held at once."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return kept_mb(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    found = re.search(r"VmHWM:\s*(\d+) kB", status)
    return int(found[1]) * 1024 / 1e6 if found else 0.0


def kept_mb(maxrss: int) -> float:
    """A peak as `getrusage` tells it, which is in bytes on a Mac and else in KiB."""
    return maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


def measure_apart(contestant: Contestant, archive: Path, count: int) -> Sample:
    """Measure one contestant in a process of its own.

    Raises
    ------
    UnavailableError : it is not installed, or does not run.
    """
    if find_spec(contestant.module) is None:
        raise UnavailableError("not installed")
    command = [sys.executable, "-m", __name__, contestant.name, str(archive), str(count)]
    done = subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise UnavailableError(f"does not run: {last}")
    return Sample(**json.loads(done.stdout.splitlines()[-1]))


def measure_command(command: Sequence[str], articles: int = 0, mb: float = 0.0) -> Sample:
    """Measure a whole command, as the system counts it.

    Raises
    ------
    UnavailableError : it fails.
    """
    with tempfile.TemporaryFile() as errors:
        start = perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise UnavailableError(f"exit code {process.returncode}: {last_line(errors.read())}")
    cpu = usage.ru_utime + usage.ru_stime
    return Sample(articles, mb, seconds, cpu, kept_mb(usage.ru_maxrss))


def last_line(output: bytes) -> str:
    """The last line of what a command said."""
    return (output.decode("utf-8", "replace").strip().splitlines() or ["no message"])[-1]


def measure_run(archive: Path, articles: int, mb: float, workers: int = 1) -> Sample:
    """Measure `toolkit run` from file to file."""
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        command = [*toolkit(), "run", str(archive), "-o", str(Path(folder) / "rows.jsonl")]
        if workers > 1:
            command += ["--workers", str(workers)]
        return measure_command(command, articles, mb)


def measure_stages(archive: Path, count: int) -> dict[str, float]:
    """Microseconds an article of each step, by the processor's clock."""
    command = [sys.executable, "-m", "benchmarks.stages", str(archive), str(count)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(), capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def toolkit() -> list[str]:
    """The command as a user starts it."""
    script = Path(sys.executable).with_name("toolkit")
    return [str(script)] if script.exists() else [sys.executable, "-m", "toolkit"]


def has_workers() -> bool:
    """Whether `toolkit run` can use several processes."""
    command = [*toolkit(), "run", "--help"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return "--workers" in shown.stdout


def environment() -> dict[str, str]:
    """The environment of what is measured: one core's figures need one numerical thread."""
    return {**os.environ, **ONE_THREAD}


# Rounds


def take_turns(
    entrants: Iterable[tuple[Entry, Measure]], rounds: int, say: Callable[[str], None]
) -> list[Entry]:
    """Measure all entrants once a round; one that cannot take part is not asked again."""
    entrants = list(entrants)
    for number in range(1, rounds + 1):
        for entry, measure in entrants:
            if entry.status != "measured":
                continue
            try:
                entry.rounds.append(measure())
            except UnavailableError as error:
                entry.status = str(error)
                entry.rounds.clear()
            say(f"round {number} of {rounds}: {entry.name}: {last_said(entry)}")
    return [entry for entry, _ in entrants]


def last_said(entry: Entry) -> str:
    """An entry's newest figure in words."""
    if not entry.rounds:
        return entry.status
    return f"{entry.rounds[-1].seconds:.2f} s"


def contests(
    archive: Path, count: int, peer_count: int, peers: bool
) -> list[tuple[Entry, Measure]]:
    """The steps in memory, ours and the peers', on one archive."""
    return [
        (
            Entry(c.name, c.task, c.ours),
            partial(measure_apart, c, archive, count if c.ours else peer_count),
        )
        for c in (*OURS, *(PEERS if peers else ()))
    ]


def commands(
    archive: Path, articles: int, mb: float, workers: Sequence[int]
) -> list[tuple[Entry, Measure]]:
    """The whole command on the same archive, and how long it takes to start."""
    cold = {
        "toolkit --help": ["--help"],
        "toolkit run examples/page.txt": ["run", "examples/page.txt"],
    }
    return [
        *(
            (
                Entry("toolkit run" + f" --workers {n}" * (n > 1), "file to file", True),
                partial(measure_run, archive, articles, mb, n),
            )
            for n in workers
        ),
        *(
            (
                Entry(name, "cold start", True),
                partial(measure_command, [*toolkit(), *arguments]),
            )
            for name, arguments in cold.items()
        ),
    ]


def make_archive(path: Path, count: int, seed: int, archive: Path | None) -> None:
    """Write an archive, in another process, whose memory is not counted to what is measured."""
    command = [sys.executable, "-m", "benchmarks.archive_maker", "-n", str(count)]
    command += ["-o", str(path), "--seed", str(seed)]
    if archive:
        command += ["--archive", str(archive.resolve())]
    subprocess.run(command, cwd=ROOT, check=True)


def head(source: Path, count: int, target: Path) -> float:
    """Copy the first records of an archive; millions of bytes in their bodies."""
    size = 0
    with source.open("rb") as lines, target.open("wb") as stream:
        for line in islice(lines, count):
            stream.write(line)
            size += len(json.loads(line)["body"].encode())
    return size / 1e6


def measure_all(
    *,
    articles: int,
    peer_articles: int,
    rounds: int,
    sizes: Sequence[int],
    growth_rounds: int,
    workers: Sequence[int],
    seed: int,
    archive: Path | None,
    peers: bool,
    work_dir: Path | None,
    say: Callable[[str], None],
) -> dict[str, Any]:
    """The whole suite: a result ready to be saved as JSON.

    Parameters
    ----------
    articles, peer_articles : how many articles ours and the peers are given.
    sizes : the archives on which growth is measured.
    workers : numbers of worker processes of the whole command.
    archive : a real archive to repeat; None makes one.
    work_dir : where archives and rows are written meanwhile.
    """
    facts = machine()
    if not has_workers():
        workers = [1]
    with tempfile.TemporaryDirectory(dir=work_dir) as folder:
        largest = Path(folder) / "largest.jsonl"
        say("writing the archive")
        make_archive(largest, max(articles, *sizes, 1), seed, archive)
        main_part = Path(folder) / "archive.jsonl"
        mb = head(largest, articles, main_part)
        # Read piece by piece: what this process holds is counted to the commands that it starts.
        with main_part.open("rb") as stream:
            checksum = file_digest(stream, "sha256").hexdigest()[:12]
        entrants = contests(main_part, articles, peer_articles, peers)
        entrants += commands(main_part, articles, mb, workers)
        throughput = take_turns(entrants, rounds, say)
        shares = []
        for number in range(1, rounds + 1):
            say(f"round {number} of {rounds}: where the time goes")
            shares.append(measure_stages(main_part, min(articles, STAGED)))
        growing = []
        for size in sorted(sizes):
            part = Path(folder) / f"archive-{size}.jsonl"
            entry = Entry(f"{size:,} articles", "growth", True)
            growing.append((entry, partial(measure_run, part, size, head(largest, size, part))))
        growth = take_turns(growing, growth_rounds, say)
    if source() != facts["source"]:
        say("the toolkit's code changed meanwhile: the rounds did not measure the same thing")
        facts["source"] = "changed while it was measured"
    return {
        "machine": facts | {"load after": load(), "measuring process mb": round(peak_mb(), 1)},
        "settings": {
            "articles": articles,
            "peer articles": peer_articles if peers else 0,
            "rounds": rounds,
            "growth rounds": growth_rounds,
            "seed": seed,
            "archive": archive.name if archive else "made of the labelled corpus",
            "checksum": checksum,
            "threads": 1,
        },
        "throughput": [asdict(entry) for entry in throughput],
        "against peers": against_peers(throughput),
        "stages": shares,
        "growth": [asdict(entry) for entry in growth],
    }


def machine() -> dict[str, Any]:
    """What was measured on, and with which packages."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": cpu_model(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": packages(),
        "source": source(),
        "load before": load(),
    }


def load() -> float:
    """How many processes wanted a core in the last minute."""
    return round(os.getloadavg()[0], 2)


def cpu_model() -> str:
    """The processor's name."""
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.processor() or "unknown"


def packages() -> dict[str, str]:
    """The versions of the toolkit, and of all that it and the peers are built on."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"].get("bench", [])]
    versions = {}
    for requirement in (project["name"], *wanted):
        name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return versions


def source() -> str:
    """A checksum of the toolkit's code and models: what exactly was measured."""
    files = [*(ROOT / "toolkit").rglob("*.py"), *(ROOT / "models").rglob("*")]
    contents = (path.read_bytes() for path in sorted(files) if path.is_file())
    return sha256(b"".join(contents)).hexdigest()[:12]


# Figures


@dataclass(frozen=True)
class Spread:
    """A median and the interval around it."""

    median: float
    low: float
    high: float


def spread(values: Sequence[float]) -> Spread:
    """The median of some rounds, with the least and the most."""
    return Spread(statistics.median(values), min(values), max(values))


def per_second(sample: Sample) -> float:
    """Articles a second."""
    return sample.articles / sample.seconds


def milliseconds(sample: Sample) -> float:
    """Time an article, or of the whole command when there are no articles."""
    return 1000 * sample.seconds / max(sample.articles, 1)


def differences(result: Mapping[str, Any], old: Mapping[str, Any]) -> list[str]:
    """What was not the same when two results were measured, besides the toolkit's code."""
    alike = (
        ("machine", ("cpu", "cores", "system", "python", "packages")),
        ("settings", ("articles", "archive", "checksum", "threads")),
    )
    return [
        name for part, names in alike for name in names if result[part][name] != old[part][name]
    ]


def held(sample: Sample) -> float:
    """Peak memory."""
    return sample.peak_mb


def ratios(ours: Sequence[Sample], theirs: Sequence[Sample]) -> list[float]:
    """Our rate over a peer's, each of the same round."""
    return [per_second(o) / per_second(p) for o, p in zip(ours, theirs, strict=True)]


def against_peers(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """Our rate over each peer's, round by round."""
    return [
        {"task": own.task, "ours": own.name, "peer": peer.name}
        | asdict(spread(ratios(own.rounds, peer.rounds)))
        for own in entries
        for peer in entries
        if own.ours and not peer.ours and own.task == peer.task and own.rounds and peer.rounds
    ]


def bootstrap_ratio(new: Sequence[float], old: Sequence[float], seed: int = 0) -> Spread:
    """The ratio of two runs' medians with its 95 % interval, by drawing rounds anew."""
    rng = random.Random(seed)
    ratios = sorted(
        statistics.median(rng.choices(new, k=len(new)))
        / statistics.median(rng.choices(old, k=len(old)))
        for _ in range(RESAMPLES)
    )
    low, high = ratios[int(0.025 * RESAMPLES)], ratios[int(0.975 * RESAMPLES)]
    return Spread(statistics.median(new) / statistics.median(old), low, high)


def entries_of(result: Mapping[str, Any], part: str) -> list[Entry]:
    """The entries of a part of a saved result."""
    return [
        Entry(**{**saved, "rounds": [Sample(**sample) for sample in saved["rounds"]]})
        for saved in result[part]
    ]


def compare(result: Mapping[str, Any], old: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What both results measured: new over old, of time and of memory."""
    compared = []
    for part in ("throughput", "growth"):
        before = {(e.task, e.name): e.rounds for e in entries_of(old, part)}
        for entry in entries_of(result, part):
            earlier = before.get((entry.task, entry.name))
            if not earlier or not entry.rounds:
                continue
            ratios_of = {
                what: asdict(
                    bootstrap_ratio([of(s) for s in entry.rounds], [of(s) for s in earlier])
                )
                for what, of in (("time", milliseconds), ("memory", held))
            }
            compared.append({"task": entry.task, "name": entry.name} | ratios_of)
    return compared


def main(name: str, archive: str, count: str) -> None:
    """Measure one contestant and print its sample."""
    contestant = next(c for c in (*OURS, *PEERS) if c.name == name)
    print(json.dumps(asdict(measure_work(contestant, Path(archive), int(count)))))


if __name__ == "__main__":
    main(*sys.argv[1:])
