"""What the toolkit set out to reach in speed and memory, and whether a result reaches it."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .peers import ASSEMBLED
from .throughput import HEADED, Entry, Spread, entries_of, milliseconds, ratios, spread

SMALL, LARGE = "10,000 articles", "1,000,000 articles"


@dataclass(frozen=True)
class Target:
    """One figure that was aimed at.

    Attributes
    ----------
    measured : None where the result does not have what it takes.
    limit : the most it may be, or the least where `at_least` is set.
    """

    name: str
    measured: Spread | None
    limit: float
    at_least: bool = False

    @property
    def is_met(self) -> bool | None:
        """Whether the median keeps to the limit; None when it was not measured."""
        if self.measured is None:
            return None
        median = self.measured.median
        return median >= self.limit if self.at_least else median <= self.limit


def targets(result: Mapping[str, Any]) -> list[Target]:
    """The targets, with what a result measured of each."""
    steps = {entry.name: entry for entry in entries_of(result, "throughput")}
    growth = {entry.name: entry for entry in entries_of(result, "growth")}

    def times(own: str, other: str) -> Spread | None:
        return _over(steps.get(own), steps.get(other))

    cut, run = "rjieba.cut", "toolkit run"
    cold, page = "toolkit --help", f"{run} examples/page.txt"
    stack, two = times(HEADED, ASSEMBLED), times(f"{run} --workers 2", run)
    return [
        Target(f"time of {run} from file to file / {cut}", times(cut, run), 2.5),
        Target(f"time of tags + headlines in memory / {cut}", times(cut, HEADED), 1.7),
        Target(f"articles/s of tags + headlines / {ASSEMBLED}", stack, 200, True),
        Target(f"articles/s of two workers / one, {run}", two, 1.8, True),
        Target(f"time an article at {LARGE} / at {SMALL}", _growth(growth), 1.1),
        Target("peak memory of a run of any size, MB", _peak(growth), 400),
        Target(f"{cold}, seconds", _seconds(steps, cold), 0.25),
        Target(f"{page}, seconds", _seconds(steps, page), 1.0),
        Target("time of headlines / of tags and ranks", _share_of_headlines(result), 0.3),
    ]


def _over(own: Entry | None, other: Entry | None) -> Spread | None:
    """The articles a second of one over those of another, of the same rounds."""
    if not own or not other or not own.rounds or not other.rounds:
        return None
    return spread(ratios(own.rounds, other.rounds))


def _growth(growth: Mapping[str, Entry]) -> Spread | None:
    if not all(name in growth and growth[name].rounds for name in (SMALL, LARGE)):
        return None
    before = statistics.median(map(milliseconds, growth[SMALL].rounds))
    return spread([milliseconds(sample) / before for sample in growth[LARGE].rounds])


def _peak(growth: Mapping[str, Entry]) -> Spread | None:
    peaks = [sample.peak_mb for entry in growth.values() for sample in entry.rounds]
    return Spread(max(peaks), min(peaks), max(peaks)) if peaks else None


def _seconds(steps: Mapping[str, Entry], name: str) -> Spread | None:
    rounds = steps[name].rounds if name in steps else []
    return spread([sample.seconds for sample in rounds]) if rounds else None


def _share_of_headlines(result: Mapping[str, Any]) -> Spread | None:
    before = ("words, by number", "themes and evidence", "sentence and word ranks")
    stages: Sequence[Mapping[str, float]] = result["stages"]
    shares = [each["headlines"] / sum(each[step] for step in before) for each in stages]
    return spread(shares) if shares else None
