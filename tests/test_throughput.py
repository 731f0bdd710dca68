from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from benchmarks.peers import ASSEMBLED
from benchmarks.targets import targets
from benchmarks.throughput import HEADED, Entry, Sample

CORE = {
    "rjieba.cut": 0.1,
    "toolkit run": 0.3,
    "toolkit run --workers 2": 0.15,
    HEADED: 0.15,
    ASSEMBLED: 30.0,
    "toolkit --help": 0.2,
    "toolkit run examples/page.txt": 1.5,
}
STAGES = {
    "rjieba.cut of the bodies": 50.0,
    "words, by number": 100.0,
    "themes and evidence": 20.0,
    "sentence and word ranks": 30.0,
    "headlines": 30.0,
}


def entry(name: str, seconds: float, articles: int, peak: float = 100.0) -> dict[str, Any]:
    sample = Sample(articles, 1.0, seconds, seconds, peak)
    return asdict(Entry(name, "step", True, rounds=[sample]))


def result(*, large: bool) -> dict[str, Any]:
    growth = [entry("10,000 articles", 4.0, 10_000, 150.0)]
    if large:
        growth.append(entry("1,000,000 articles", 420.0, 1_000_000, 250.0))
    throughput = [entry(name, seconds, 1000) for name, seconds in CORE.items()]
    return {"throughput": throughput, "growth": growth, "stages": [STAGES]}


def test_targets_are_met_or_not() -> None:
    found = {aim.name: aim for aim in targets(result(large=True))}
    measured = {name: aim.measured.median for name, aim in found.items() if aim.measured}
    assert measured == pytest.approx(
        {
            "time of toolkit run from file to file / rjieba.cut": 3.0,
            "time of tags + headlines in memory / rjieba.cut": 1.5,
            f"articles/s of tags + headlines / {ASSEMBLED}": 200.0,
            "articles/s of two workers / one, toolkit run": 2.0,
            "time an article at 1,000,000 articles / at 10,000 articles": 1.05,
            "peak memory of a run of any size, MB": 250.0,
            "toolkit --help, seconds": 0.2,
            "toolkit run examples/page.txt, seconds": 1.5,
            "time of headlines / of tags and ranks": 0.2,
        }
    )
    missed = [name for name, aim in found.items() if not aim.is_met]
    assert missed == [
        "time of toolkit run from file to file / rjieba.cut",
        "toolkit run examples/page.txt, seconds",
    ]


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    found = {aim.name: aim.is_met for aim in targets(result(large=False))}
    assert found["time an article at 1,000,000 articles / at 10,000 articles"] is None
    assert found["peak memory of a run of any size, MB"] is True
