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
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from . import models
from .article import Row
from .errors import InputError, ToolkitError
from .pipeline import Pipeline, articles_of
from .readers import Item, Page
from .textrank import TextRank
from .writers import FORMATS

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
            articles += articles_of(entry, dict(job.fields), rejected.append)
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
    """

    def __init__(self, path: Path | None, job: Job, identity: str | None = None) -> None:
        self.path = path
        self.shards = 0
        self.tally = Tally()
        self._format = FORMATS[job.output_format]
        self._identity = identity
        try:
            if path is None:
                self._stream: IO[bytes] = sys.stdout.buffer
                self._stream.write(self._format.header(job.names))
            elif not self._go_on(path):
                self._stream = _open_at(self._partial, 0)
                self._rejected = _open_at(self._rejects, 0)
                self._stream.write(self._format.header(job.names))
                self._note()
        except OSError as error:
            raise self._cannot(error) from None

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
                    line = json.dumps(
                        {"file": error.source, "place": error.place, "reason": error.problem},
                        ensure_ascii=False,
                    )
                    self._rejected.write(f"{line}\n".encode("utf-8", "surrogateescape"))
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
        self.close()
        rejects = self.path.with_name(f"{self.path.name}.rejected.jsonl")
        try:
            if self.tally.rejected:
                self._rejects.replace(rejects)
            else:
                self._rejects.unlink()
                rejects.unlink(missing_ok=True)
            self._format.finish(self._partial, self.path)
            self._journal.unlink()
        except OSError as error:
            raise self._cannot(error) from None

    def close(self) -> None:
        """Close what is open, leaving what was noted for a later run."""
        if self.path is not None:
            self._stream.close()
            self._rejected.close()

    def discard(self) -> None:
        """Leave nothing behind."""
        if self.path is not None:
            self.close()
            for file in (self._journal, self._partial, self._rejects):
                file.unlink(missing_ok=True)

    def _go_on(self, path: Path) -> bool:
        self._partial = path.with_name(f"{path.name}.partial")
        self._journal = path.with_name(f"{path.name}.partial.json")
        self._rejects = path.with_name(f"{path.name}.partial.rejected")
        if self._identity is None or not self._journal.exists():
            return False
        try:
            noted = json.loads(self._journal.read_text("utf-8"))
            if noted["identity"] != self._identity:
                return False
            sizes = self._partial.stat().st_size, self._rejects.stat().st_size
            if sizes[0] < noted["bytes"] or sizes[1] < noted["rejected_bytes"]:
                return False
        except (OSError, ValueError, KeyError, TypeError):
            return False
        # What stands past the noted ends was being written when the run broke off.
        self._stream = _open_at(self._partial, noted["bytes"])
        self._rejected = _open_at(self._rejects, noted["rejected_bytes"])
        self.shards = noted["shards"]
        self.tally = Tally(noted["articles"], noted["rejected"], Counter(noted["themes"]))
        return True

    def _note(self) -> None:
        for stream in (self._stream, self._rejected):
            stream.flush()
            os.fsync(stream.fileno())
        noted = {
            "identity": self._identity,
            "shards": self.shards,
            "bytes": self._stream.tell(),
            "rejected_bytes": self._rejected.tell(),
            "articles": self.tally.articles,
            "rejected": self.tally.rejected,
            "themes": dict(self.tally.themes),
        }
        new = self._journal.with_name(f"{self._journal.name}.new")
        new.write_text(json.dumps(noted, ensure_ascii=False), "utf-8")
        new.replace(self._journal)

    def _cannot(self, error: OSError) -> ToolkitError:
        return ToolkitError(
            f"{self.path or 'standard output'}: cannot be written: {error.strerror or error}"
        )


def identity(job: Job, paths: Sequence[str], encoding: str | None) -> str | None:
    """What makes two runs the same: inputs, settings, model and version; None for a stream."""
    if "-" in paths:
        return None
    from importlib.metadata import version

    model = models.describe(job.model or models.default_path())["sha256"] if job.tag else None
    files = [
        (str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns)
        for path in map(Path, paths)
        for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
        if file.is_file()
    ]
    told: list[Any] = [version("article-toolkit"), asdict(job), encoding, model, files]
    return sha256(json.dumps(told).encode()).hexdigest()


def _open_at(path: Path, place: int) -> IO[bytes]:
    stream = path.open("r+b" if path.exists() else "wb")
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
