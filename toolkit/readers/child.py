"""The process in which documents are parsed: `isolated` starts it and speaks to it."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from ..errors import InputError
from .documents import PARSERS
from .limits import Limits
from .reading import Item, Page, Reading


def main() -> None:
    """Answer one request after another until there are no more."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    # What a library prints must not get among the answers.
    sys.stdout = sys.stderr
    while line := requests.readline():
        request = json.loads(line)
        data = requests.read(request["size"])
        limits = Limits(**request["limits"])
        _limit_memory(limits.memory)
        _end_after(limits.seconds + 5)
        for answer in _answers(request, data, limits):
            _end_after(0)
            answers.write(json.dumps(answer).encode() + b"\n")
            answers.flush()
            _end_after(limits.seconds + 5)
        _end_after(0)


def _answers(request: dict[str, Any], data: bytes, limits: Limits) -> Iterator[dict[str, Any]]:
    source = request["source"]
    told: list[dict[str, Any]] = []
    reading = Reading(
        encoding=request["encoding"],
        on_encoding=lambda _, encoding, sure: told.append({"encoding": encoding, "sure": sure}),
        on_error=lambda error: told.append(_problem(error)),
        limits=limits,
    )
    stream: IO[bytes] = io.BytesIO(data)
    try:
        for item in PARSERS[request["name"]](stream, source, reading):
            yield from told
            told.clear()
            yield _item(item)
        yield from told
    except InputError as error:
        yield from told
        yield _problem(error)
    except ModuleNotFoundError as error:
        problem = f"reading it needs {error.name}; pip install 'article-toolkit[formats]'"
        yield _problem(InputError(source, problem))
    except MemoryError:
        problem = limits.refusal("memory", "parsing it takes more bytes of memory")
        yield _problem(InputError(source, problem))
    except Exception as error:
        # The libraries meet damage with errors of every kind.
        said = " ".join(str(error).split())[:200] or type(error).__name__
        yield _problem(InputError(source, f"damaged, or no {request['name']} file: {said}"))
    yield {}


def _item(item: Item) -> dict[str, Any]:
    if isinstance(item, Page):
        return {"source": item.source, "page": item.text}
    return {"position": item.position, "place": item.place, "values": item.values}


def _problem(error: InputError) -> dict[str, Any]:
    return {"source": error.source, "place": error.place, "problem": error.problem}


def _end_after(seconds: int) -> None:
    """Die if nobody stops this process, because the one that watches it has died itself."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _limit_memory(size: int) -> None:
    # No such module on Windows, and no such limit on macOS.
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))


if __name__ == "__main__":
    main()
