"""Documents are parsed in a process of their own, that can be stopped.

A damaged or hostile PDF may crash its parser, keep it busy for ever or make it take all memory.
The parsers therefore run in a child process: it is given bytes and gives back pages and records
as JSON; it is killed when one takes too long, and what kills it is told as any other bad input.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from ..errors import InputError
from .reading import Item, Page, Reader, Reading, Record

_WATCH_SECONDS = 0.2
_idle: list[_Child] = []


def isolated(name: str) -> Reader:
    """The reader of a format in `documents.PARSERS`, run in a child process."""

    def read_document(stream: IO[bytes], source: str, reading: Reading) -> Iterator[Item]:
        data = reading.whole(stream, source)
        yield from _parsed(name, data, source, reading)

    return read_document


def _parsed(name: str, data: bytes, source: str, reading: Reading) -> Iterator[Item]:
    request = {
        "name": name,
        "source": source,
        "size": len(data),
        "encoding": reading.encoding,
        "limits": asdict(reading.limits),
    }
    child = _borrow()
    finished = False
    try:
        child.send(request, data, reading.limits.seconds)
        while (answer := child.receive(reading.limits.seconds)) is not None:
            if "page" in answer:
                yield Page(answer["source"], answer["page"])
            elif "values" in answer:
                yield Record(source, answer["position"], answer["place"], answer["values"])
            elif "encoding" in answer:
                reading.on_encoding(source, answer["encoding"], answer["sure"])
            elif "problem" in answer:
                reading.on_error(InputError(answer["source"], answer["problem"], answer["place"]))
            else:
                finished = True
                return
        reading.on_error(InputError(source, child.cause_of_death(reading)))
    finally:
        if finished:
            _idle.append(child)
        else:
            child.kill()


class _Child:
    """A process that parses documents, one after another."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            # -P: nothing is imported from the folder that the user happens to be in.
            [sys.executable, "-P", "-m", f"{__package__}.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(_import_path())},
        )
        self._deadline: float | None = None
        self._late = False
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def send(self, request: dict[str, Any], data: bytes, seconds: float) -> None:
        assert self._process.stdin is not None
        self._deadline = time.monotonic() + seconds
        # One that died in the meantime is found out by what it does not answer.
        with suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.write(data)
            self._process.stdin.flush()
        self._deadline = None

    def receive(self, seconds: float) -> dict[str, Any] | None:
        """The next answer; None when the process is no more."""
        assert self._process.stdout is not None
        self._deadline = time.monotonic() + seconds
        line = self._process.stdout.readline()
        self._deadline = None
        return json.loads(line) if line.endswith(b"\n") else None

    def cause_of_death(self, reading: Reading) -> str:
        code = self._process.wait()
        if self._late:
            return reading.limits.refusal("seconds", "parsing it takes more seconds")
        return f"damaged: it crashes its parser (exit {code})"

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]

    def _watch(self) -> None:
        while self.alive:
            deadline = self._deadline
            if deadline is not None and time.monotonic() > deadline:
                self._late = True
                self._process.kill()
            time.sleep(_WATCH_SECONDS)


def _import_path() -> list[str]:
    """Where this process imports from, without the folder it happens to be in."""
    found = [entry for entry in sys.path if entry]
    home = str(Path(__file__).parents[2])
    return found if home in found else [home, *found]


def _borrow() -> _Child:
    while _idle:
        child = _idle.pop()
        if child.alive:
            return child
        child.kill()
    return _Child()


@atexit.register
def _end() -> None:
    while _idle:
        _idle.pop().kill()
