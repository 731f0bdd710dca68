"""A result for people to read: Markdown tables, and SVG plots by matplotlib."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .stages import SEGMENTATION
from .targets import Target, targets
from .throughput import Entry, Spread, entries_of, milliseconds, per_second, spread

OURS, PEER = "#0b6e4f", "#9aa5b1"
# A fixed salt gives the same file for the same figures.
_STYLE = {"svg.hashsalt": "toolkit", "svg.fonttype": "none", "font.size": 10}


def markdown(result: Mapping[str, Any]) -> str:
    """The whole result as Markdown."""
    floor = result["machine"]["measuring process mb"]
    parts = [
        "# Speed and memory\n",
        _conditions(result),
        "## Steps and peers\n",
        _throughput_table(entries_of(result, "throughput")),
    ]
    if result["against peers"]:
        parts += ["## Ratios\n", _ratio_table(result["against peers"])]
    if result["growth"]:
        parts += [
            "## Growth of `toolkit run`\n",
            _growth_table(entries_of(result, "growth"), floor),
        ]
    parts += ["## Cold start\n", _cold_table(entries_of(result, "throughput"), floor)]
    parts += ["## Where the time goes\n", _stage_table(result["stages"])]
    parts += ["## What was aimed at\n", _target_table(targets(result))]
    if "against" in result:
        parts += ["## Against an earlier result\n", _comparison_table(result["against"])]
    return "\n".join(parts)


def _conditions(result: Mapping[str, Any]) -> str:
    machine, settings = result["machine"], result["settings"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["packages"].items())
    return (
        f"{machine['date']}; {machine['cpu']}, {machine['cores']} cores, {machine['system']}; "
        f"Python {machine['python']}; load {machine['load before']} before, "
        f"{machine['load after']} after; toolkit source {machine['source']}.\n\n"
        f"Archive: {settings['archive']}, seed {settings['seed']}, checksum "
        f"{settings['checksum']}. Ours on {settings['articles']:,} articles, peers on "
        f"{settings['peer articles']:,} of them, evenly spaced by length; numerical threads: "
        f"{settings['threads']}; "
        f"{settings['rounds']} rounds in turns, of growth {settings['growth rounds']}. "
        "A figure is the median of the rounds, in brackets the least and the most. Memory is the "
        "whole process's peak, in memory with the texts of all articles, of several processes the "
        "largest one's; MB are millions of bytes "
        f"of UTF-8 in the bodies.\n\nPackages: {versions}.\n"
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, names: int = 2) -> str:
    """A Markdown table; every column but the first few, which hold names, holds figures."""
    rules = ["---" if column < names else "---:" for column in range(len(header))]
    lines = [header, rules, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def figure(value: float) -> str:
    """A number to three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def interval(values: Spread) -> str:
    """A median with the interval around it."""
    return f"{figure(values.median)} [{figure(values.low)}, {figure(values.high)}]"


def peaks(entry: Entry, floor: float) -> str:
    """Peak memory of a command, in MB.

    floor : of the process that started it, as which the system counts at least.
    """
    found = spread([sample.peak_mb for sample in entry.rounds])
    return f"at most {figure(found.high)}" if found.low <= floor + 1 else interval(found)


def _throughput_table(entries: Sequence[Entry]) -> str:
    rows = []
    steps = [entry for entry in entries if entry.task != "cold start"]
    for entry in sorted(steps, key=lambda e: _task_order(entries, e)):
        if not entry.rounds:
            rows.append([entry.task, entry.name, entry.status, "", "", "", ""])
            continue
        failed = max(sample.failed for sample in entry.rounds)
        articles = entry.rounds[0].articles
        rows.append(
            [
                entry.task,
                f"**{entry.name}**" if entry.ours else entry.name,
                interval(spread([per_second(s) for s in entry.rounds])),
                figure(statistics.median(s.mb / s.seconds for s in entry.rounds)),
                figure(statistics.median(s.cpu_seconds / s.seconds for s in entry.rounds)),
                interval(spread([s.peak_mb for s in entry.rounds])),
                f"{articles:,}" + f", {failed} failed" * bool(failed),
            ]
        )
    header = ["step", "by", "articles/s", "MB/s", "CPU per wall", "peak memory, MB", "articles"]
    return table(header, rows)


def _task_order(entries: Sequence[Entry], entry: Entry) -> int:
    return [other.task for other in entries].index(entry.task)


def _ratio_table(ratios: Sequence[Mapping[str, Any]]) -> str:
    return table(
        ["step", "ours over the peer's", "times as many articles/s"],
        (
            [
                ratio["task"],
                f"{ratio['ours']} / {ratio['peer']}",
                interval(Spread(ratio["median"], ratio["low"], ratio["high"])),
            ]
            for ratio in ratios
        ),
    )


def _growth_table(entries: Sequence[Entry], floor: float) -> str:
    rows = []
    for entry in entries:
        if not entry.rounds:
            rows.append([entry.name, "", entry.status, "", ""])
            continue
        rows.append(
            [
                entry.name,
                f"{entry.rounds[0].mb:,.1f}",
                interval(spread([s.seconds for s in entry.rounds])),
                interval(spread([milliseconds(s) for s in entry.rounds])),
                peaks(entry, floor),
            ]
        )
    return table(["archive", "MB", "seconds", "ms an article", "peak memory, MB"], rows)


def _cold_table(entries: Sequence[Entry], floor: float) -> str:
    return table(
        ["command", "", "seconds", "peak memory, MB"],
        (
            [
                f"`{entry.name}`",
                "" if entry.rounds else entry.status,
                interval(spread([s.seconds for s in entry.rounds])) if entry.rounds else "",
                peaks(entry, floor) if entry.rounds else "",
            ]
            for entry in entries
            if entry.task == "cold start"
        ),
    )


def _stage_table(rounds: Sequence[Mapping[str, float]]) -> str:
    """Microseconds an article by step, and the same in units of bare segmentation."""
    unit = [each[SEGMENTATION] for each in rounds]
    rows = []
    for step in rounds[0]:
        own = [each[step] for each in rounds]
        times = [time / cut for time, cut in zip(own, unit, strict=True)]
        rows.append([step, interval(spread(own)), interval(spread(times))])
    return table(["step", "microseconds an article", f"/ {SEGMENTATION}"], rows, names=1)


def _target_table(aims: Sequence[Target]) -> str:
    said = {True: "yes", False: "no", None: "not measured"}
    return table(
        ["figure", "met", "aimed at", "measured"],
        (
            [
                aim.name,
                said[aim.is_met],
                f"{'at least' if aim.at_least else 'at most'} {aim.limit:g}",
                interval(aim.measured) if aim.measured else "",
            ]
            for aim in aims
        ),
    )


def _comparison_table(against: Mapping[str, Any]) -> str:
    different = ", ".join(against["different"]) or "nothing"
    return (
        f"New over the result of {against['date']}, with the 95 % interval of a bootstrap over the "
        f"rounds; below 1 is less. Different besides the toolkit's code: {different}.\n\n"
    ) + table(
        ["step", "by", "time", "memory"],
        (
            [row["task"], row["name"], *(interval(Spread(**row[n])) for n in ("time", "memory"))]
            for row in against["compared"]
        ),
    )


def draw(result: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write the plots as SVG; none without matplotlib."""
    if find_spec("matplotlib") is None:
        return []
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("svg")
    pyplot: Any = import_module("matplotlib.pyplot")
    written = []
    with pyplot.rc_context(_STYLE):
        steps = [e for e in entries_of(result, "throughput") if e.rounds and e.task != "cold start"]
        sizes = [e for e in entries_of(result, "growth") if e.rounds]
        plots = {
            "throughput.svg": (_throughput_plot, steps),
            "growth.svg": (_growth_plot, sizes),
        }
        for name, (plot, entries) in plots.items():
            if not entries:
                continue
            drawn = plot(pyplot, entries)
            drawn.savefig(folder / name, metadata={"Date": None}, bbox_inches="tight")
            pyplot.close(drawn)
            written.append(folder / name)
    return written


def _throughput_plot(pyplot: Any, entries: Sequence[Entry]) -> Any:
    """Bars of articles a second, fastest first in each step, on a logarithmic axis."""
    rates = {id(entry): spread([per_second(s) for s in entry.rounds]) for entry in entries}
    ordered = sorted(entries, key=lambda e: (_task_order(entries, e), -rates[id(e)].median))
    drawn, axes = pyplot.subplots(figsize=(8, 0.32 * len(ordered) + 1.6))
    places: list[float] = []
    last = ""
    for entry in ordered:
        gap = 1.7 if entry.task != last and places else 1.0
        places.append(places[-1] + gap if places else 0.0)
        last = entry.task
    medians = [rates[id(entry)].median for entry in ordered]
    errors = [
        [rates[id(entry)].median - rates[id(entry)].low for entry in ordered],
        [rates[id(entry)].high - rates[id(entry)].median for entry in ordered],
    ]
    colours = [OURS if entry.ours else PEER for entry in ordered]
    axes.barh(places, medians, xerr=errors, color=colours, ecolor="#333333", capsize=2)
    for place, entry in zip(places, ordered, strict=True):
        rate = rates[id(entry)]
        axes.text(rate.high * 1.12, place, figure(rate.median), va="center", fontsize=9)
    axes.set_yticks(places, [f"{entry.task}: {entry.name}" for entry in ordered])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(min(medians) / 3, max(rate.high for rate in rates.values()) * 4)
    axes.set_xlabel("articles a second (logarithmic); median, least and most of the rounds")
    axes.spines[["top", "right"]].set_visible(False)
    legend = [pyplot.Rectangle((0, 0), 1, 1, color=colour) for colour in (OURS, PEER)]
    axes.legend(legend, ["this toolkit", "peers"], loc="lower right", frameon=False)
    return drawn


def _growth_plot(pyplot: Any, entries: Sequence[Entry]) -> Any:
    """Time an article and peak memory against the size of the archive."""
    sizes = [entry.rounds[0].articles for entry in entries]
    drawn, both = pyplot.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    drawings = (
        ("milliseconds an article", [[milliseconds(s) for s in e.rounds] for e in entries]),
        ("peak memory, MB", [[s.peak_mb for s in e.rounds] for e in entries]),
    )
    for axes, (label, values) in zip(both, drawings, strict=True):
        spreads = [spread(rounds) for rounds in values]
        axes.errorbar(
            sizes,
            [s.median for s in spreads],
            yerr=[[s.median - s.low for s in spreads], [s.high - s.median for s in spreads]],
            color=OURS,
            marker="o",
            capsize=3,
        )
        axes.set_xscale("log")
        axes.set_ylim(0, 1.15 * max(s.high for s in spreads))
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.set_xlabel("articles in the archive")
        axes.set_ylabel(label)
        axes.spines[["top", "right"]].set_visible(False)
    drawn.suptitle("toolkit run, file to file")
    return drawn


def curves(settings: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Write macro-F1 against labels, a plot a setting, median and quartiles of the rounds."""
    if find_spec("matplotlib") is None:
        return
    matplotlib: Any = import_module("matplotlib")
    matplotlib.use("svg")
    pyplot: Any = import_module("matplotlib.pyplot")
    with pyplot.rc_context(_STYLE):
        drawn, places = pyplot.subplots(
            1, len(settings), figsize=(4.5 * len(settings), 3.4), sharey=True, squeeze=False
        )
        for axes, setting in zip(places[0], settings, strict=True):
            for (name, rounds), colour in zip(
                setting["macro_f1"].items(), (PEER, OURS), strict=True
            ):
                quarters = [statistics.quantiles(each, n=4) for each in zip(*rounds, strict=True)]
                low, middle, high = zip(*quarters, strict=True)
                axes.plot(setting["labels"], middle, color=colour, marker="o", ms=3, label=name)
                axes.fill_between(setting["labels"], low, high, color=colour, alpha=0.2, lw=0)
            axes.set_title(f"from {setting['setting']}", fontsize=10)
            axes.set_xlabel("labels")
            axes.spines[["top", "right"]].set_visible(False)
        places[0][0].set_ylabel("macro-F1 on articles held out")
        places[0][0].legend(frameon=False, loc="lower right")
        drawn.savefig(file, metadata={"Date": None}, bbox_inches="tight")
        pyplot.close(drawn)
