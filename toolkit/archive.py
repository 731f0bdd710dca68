"""A whole archive: read, process and write shard by shard, on several cores, to be resumed.

The input is dealt into shards; workers turn each into the bytes of its rows; the bytes are
written in the shards' order. After each shard a journal beside the output notes how far the run
has come, so that the same command, given again after a crash, goes on from there and ends with
the rows of a run that was never interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from hashlib import sha256
from itertools import islice
from os.path import lexists
from pathlib import Path
from typing import IO, Any, Self

from filelock import FileLock, Timeout

from . import models
from .article import Row
from .errors import InputError, ToolkitError
from .kept import keep
from .pipeline import Pipeline, articles_of
from .readers import Item, Limits, Page, files_in
from .textrank import TextRank
from .writers import FORMATS, json_line

Entry = Item | InputError

SHARD_ITEMS = 1024
SHARD_CHARS = 1 << 20


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be done with each shard: all that a worker needs to know.

    Attributes
    ----------
    names : the fields to write.
    output_format : one of `toolkit.writers.FORMATS`.
    tag, write : whether themes are given, and headline, summary and keywords written.
    model : the folder of the model; None for the one that ships.
    fields : field and the name that records give it.
    limits : how much of a page or a record is taken.
    root : see `toolkit.article.identifier`.
    headline_chars and below : see `toolkit.Pipeline`.
    """

    names: tuple[str, ...]
    output_format: str = "jsonl"
    tag: bool = True
    write: bool = True
    model: str | None = None
    user_dict: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    headline_chars: int = 24
    headline_style: str = "plain"
    summary_chars: int | None = None
    summary_sentences: int | None = None
    keyword_count: int = 8
    limits: Limits = field(default_factory=Limits)
    root: str = ""

    def pipeline(self) -> Pipeline:
        """The pipeline that does it.

        Raises
        ------
        ModelError, InputError : the model or the user dictionary cannot be loaded.
        """
        return Pipeline(
            tagger=models.load(self.model) if self.tag else None,
            ranker=TextRank() if self.write else None,
            headline_chars=self.headline_chars,
            headline_style=self.headline_style,
            summary_chars=self.summary_chars,
            summary_sentences=self.summary_sentences,
            keyword_count=self.keyword_count,
            user_dict=self.user_dict,
        )


@dataclass(slots=True)
class Tally:
    """What a run has done so far.

    Attributes
    ----------
    articles : how many rows were written.
    rejected : how many files or records could not be read.
    themes : theme to how many rows have it as their primary one; "" for none.
    """

    articles: int = 0
    rejected: int = 0
    themes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Done:
    """One shard's result: the bytes of its rows, and what there is to tell."""

    data: bytes
    articles: int
    themes: Counter[str]
    rejected: list[InputError]


def run(
    job: Job,
    entries: Iterable[Entry],
    output: Output,
    *,
    workers: int = 1,
    strict: bool = False,
    on_done: Callable[[Done], None] = lambda done: None,
) -> Tally:
    """Process all entries and write their rows in order; memory holds a few shards at a time.

    Parameters
    ----------
    entries : what was read, and what could not be, in the input's order.
    workers : how many processes work side by side.
    strict : stop at the first entry that cannot be used.
    on_done : called with each shard's result once it is written.

    Raises
    ------
    InputError : `strict` is set and something could not be used.
    ToolkitError : the output cannot be written.
    """
    shards = islice(deal(entries), output.shards, None)
    for done in _results(job, shards, workers):
        if strict and done.rejected:
            raise done.rejected[0]
        output.add(done)
        on_done(done)
    output.finish()
    return output.tally


def process(job: Job, shard: Sequence[Entry]) -> Done:
    """Turn one shard into its result."""
    rejected: list[InputError] = []
    articles = []
    for entry in shard:
        if isinstance(entry, InputError):
            rejected.append(entry)
        else:
            articles += articles_of(entry, dict(job.fields), rejected.append, job.limits, job.root)
    rows = _pipeline(job).process(articles)
    data = FORMATS[job.output_format].encode(rows, job.names) if rows else b""
    return Done(data, len(rows), _themes(rows), rejected)


def prepare(job: Job) -> None:
    """Load what a job needs before any output is begun, so that what is wrong shows first.

    Raises
    ------
    ModelError, InputError : the model or the user dictionary cannot be loaded.
    """
    _pipeline(job)


def deal(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Entries in lists of at most 1,024, shorter when they are long pages."""
    shard: list[Entry] = []
    chars = 0
    for entry in entries:
        shard.append(entry)
        chars += len(entry.text) if isinstance(entry, Page) else 0
        if len(shard) >= SHARD_ITEMS or chars >= SHARD_CHARS:
            yield shard
            shard, chars = [], 0
    if shard:
        yield shard


class Output:
    """Where rows go: standard output, or a file that grows under another name until it is whole.

    Parameters
    ----------
    path : the file, or None for standard output.
    job : what is written.
    identity : what the run reads and with what; a run left unfinished by the same identity is
        gone on with. None never goes on.
    force : overwrite files of these names that no unfinished run left.

    Raises
    ------
    ToolkitError : the file cannot be written, is there already, or another run is writing it.
    """

    def __init__(
        self, path: Path | None, job: Job, identity: str | None = None, *, force: bool = False
    ) -> None:
        self.path = path
        self.shards = 0
        self.restarted = False
        self.tally = Tally()
        self._format = FORMATS[job.output_format]
        self._identity = identity
        try:
            if path is None:
                self._stream: IO[bytes] = sys.stdout.buffer
                self._stream.write(self._format.header(job.names))
                return
            self._files = OutputFiles.of(path)
            self._lock = _locked(self._files)
            try:
                self._begin(job, force)
            except BaseException:
                self._unlock()
                raise
        except OSError as error:
            raise self._cannot(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def resumed(self) -> bool:
        """Whether this goes on with a run that was interrupted."""
        return self.shards > 0

    def add(self, done: Done) -> None:
        """Write a shard's result, and note that it is written.

        Raises
        ------
        ToolkitError : it cannot be written; what was noted before is safe.
        """
        try:
            self._stream.write(done.data)
            if self.path is None:
                self._stream.flush()
            else:
                for error in done.rejected:
                    self._rejected.write(
                        json_line(
                            {"file": error.source, "place": error.place, "reason": error.problem}
                        )
                    )
            self.shards += 1
            self.tally.articles += done.articles
            self.tally.rejected += len(done.rejected)
            self.tally.themes.update(done.themes)
            if self.path is not None:
                self._note()
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._cannot(error) from None

    def finish(self) -> None:
        """Put the finished file in its place.

        Raises
        ------
        ToolkitError : it cannot be written.
        """
        if self.path is None:
            return
        try:
            self._stream.close()
            self._rejected.close()
            if self.tally.rejected:
                self._files.rejects.replace(self._files.rejected)
            else:
                self._files.rejects.unlink()
                self._files.rejected.unlink(missing_ok=True)
            self._format.finish(self._files.partial, self.path)
            self._files.journal.unlink()
        except OSError as error:
            raise self._cannot(error) from None
        self.close()

    def close(self) -> None:
        """Close what is open, leaving what was noted for a later run."""
        if self.path is not None:
            for stream in (self._stream, self._rejected):
                # On a full disk closing fails too; only what was noted counts.
                with suppress(OSError):
                    stream.close()
            self._unlock()

    def discard(self) -> None:
        """Leave nothing behind."""
        if self.path is not None:
            for file in (self._files.journal, self._files.partial, self._files.rejects):
                file.unlink(missing_ok=True)
            self.close()

    def _begin(self, job: Job, force: bool) -> None:
        files = self._files
        if lexists(files.finished) and not files.finished.is_file():
            raise ToolkitError(f"{self.path}: not a file; for standard output leave out -o")
        noted = self._noted()
        left = lexists(files.journal)
        ours = noted is not None and noted.get("identity") == self._identity is not None
        kept = [files.finished, files.rejected]
        if not left:
            kept += [files.partial, files.rejects]
        keep(kept, ours=ours, force=force)
        if noted is not None and ours and self._go_on(noted):
            return
        self.restarted = left and not ours
        # The journal comes first: where none is, no file of these names is a run's own.
        self._write_journal(0, 0)
        self._stream = _created(files.partial)
        self._rejected = _created(files.rejects)
        self._stream.write(self._format.header(job.names))
        self._note()

    def _noted(self) -> dict[str, Any] | None:
        try:
            noted = json.loads(self._files.journal.read_text("utf-8"))
        except (FileNotFoundError, ValueError, RecursionError):
            return None
        return noted if isinstance(noted, dict) else None

    def _go_on(self, noted: dict[str, Any]) -> bool:
        try:
            ends = noted["bytes"], noted["rejected_bytes"]
            tally = Tally(noted["articles"], noted["rejected"], Counter(noted["themes"]))
            shards = noted["shards"]
            written = self._files.partial.stat().st_size, self._files.rejects.stat().st_size
            if not shards or not all(0 <= e <= size for e, size in zip(ends, written, strict=True)):
                return False
        except (FileNotFoundError, KeyError, TypeError, ValueError):
            return False
        # What stands past the noted ends was being written when the run broke off.
        self._stream = _open_at(self._files.partial, ends[0])
        self._rejected = _open_at(self._files.rejects, ends[1])
        self.shards, self.tally = shards, tally
        return True

    def _note(self) -> None:
        for stream in (self._stream, self._rejected):
            stream.flush()
            os.fsync(stream.fileno())
        self._write_journal(self._stream.tell(), self._rejected.tell())

    def _write_journal(self, end: int, rejected_end: int) -> None:
        noted = {
            "identity": self._identity,
            "shards": self.shards,
            "bytes": end,
            "rejected_bytes": rejected_end,
            "articles": self.tally.articles,
            "rejected": self.tally.rejected,
            "themes": dict(self.tally.themes),
        }
        with self._files.new_journal.open("w", encoding="utf-8") as stream:
            json.dump(noted, stream, ensure_ascii=False)
            stream.flush()
            os.fsync(stream.fileno())
        self._files.new_journal.replace(self._files.journal)

    def _unlock(self) -> None:
        if self._lock.is_locked:
            # Removed while it is held: whoever waits for it sees that, and takes a new one.
            with suppress(OSError):
                self._files.lock.unlink(missing_ok=True)
            self._lock.release()

    def _cannot(self, error: OSError) -> ToolkitError:
        problem = f"{self.path or 'standard output'}: cannot be written: {error.strerror or error}"
        if self.shards and self._identity is not None and self._files.partial.exists():
            problem += "; what is done is kept, and the same command goes on from there"
        return ToolkitError(problem)


@dataclass(frozen=True, slots=True)
class OutputFiles:
    """The files that a run to a file writes, all beside it.

    Attributes
    ----------
    finished, rejected : the rows, and what could not be used; there when the run is done.
    partial, rejects, journal : the same and how far they are whole, while it is not.
    new_journal, finishing : what the journal and the rows are replaced with.
    lock : held while a run writes.
    """

    finished: Path
    rejected: Path
    partial: Path
    rejects: Path
    journal: Path
    new_journal: Path
    finishing: Path
    lock: Path

    @classmethod
    def of(cls, path: Path) -> Self:
        """The files of a run to this path."""
        name = path.name
        return cls(
            path,
            path.with_name(f"{name}.rejected.jsonl"),
            path.with_name(f"{name}.partial"),
            path.with_name(f"{name}.partial.rejected"),
            path.with_name(f"{name}.partial.json"),
            path.with_name(f"{name}.partial.json.new"),
            path.with_name(f".{name}.finishing"),
            path.with_name(f"{name}.partial.lock"),
        )

    def all(self) -> frozenset[Path]:
        """Every one of them, resolved."""
        folder = self.finished.parent.resolve()
        return frozenset(folder / getattr(self, each.name).name for each in fields(self))


def identity(
    job: Job, paths: Sequence[str], encoding: str | None, skip: Collection[Path] = ()
) -> str | None:
    """What makes two runs the same: inputs, settings, model and version; None for a stream.

    Parameters
    ----------
    skip : files of the folders among the paths that are not read.
    """
    if "-" in paths:
        return None
    from importlib.metadata import version

    model = models.describe(job.model or models.default_path())["sha256"] if job.tag else None
    files = [_stamp(file) for path in map(Path, paths) for file in files_in(path, skip)]
    told: list[Any] = [version("article-toolkit"), asdict(job), encoding, model, files]
    return sha256(json.dumps(told).encode()).hexdigest()


def _stamp(file: Path) -> tuple[str, int, int] | None:
    try:
        status = file.stat()
    except OSError:  # it went since the folder was listed
        return None
    return str(file.resolve()), status.st_size, status.st_mtime_ns


def _locked(files: OutputFiles) -> FileLock:
    files.lock.parent.stat()  # FileLock would make a folder that is missing
    lock = FileLock(files.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise ToolkitError(
            f"{files.finished}: another run is writing it; wait for that, or give another name"
        ) from None
    return lock


def _created(path: Path) -> IO[bytes]:
    # What another run left is not opened but replaced, so that no link is followed.
    path.unlink(missing_ok=True)
    return path.open("xb")


def _open_at(path: Path, place: int) -> IO[bytes]:
    stream = path.open("r+b")
    stream.truncate(place)
    stream.seek(place)
    return stream


def _results(job: Job, shards: Iterable[list[Entry]], workers: int) -> Iterator[Done]:
    if workers == 1:
        yield from (process(job, shard) for shard in shards)
        return
    from joblib import Parallel, delayed

    # Results come in the shards' order, and only so many shards are read ahead.
    parallel = Parallel(n_jobs=workers, return_as="generator", pre_dispatch=2 * workers)
    yield from parallel(delayed(process)(job, shard) for shard in shards)


@cache
def _pipeline(job: Job) -> Pipeline:
    return job.pipeline()


def _themes(rows: Sequence[Row]) -> Counter[str]:
    return Counter(row.theme or "" for row in rows)
