"""Charts as inline SVG, drawn with the colours of `markup.html`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .markup import Html, escaped

WIDTH, HEIGHT = 720, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 12, 12, 32
MOST_DOTS = 60
_BOX = '<rect class="s{k}" x="9" width="10" height="10"/>'
_DASH = '<path class="s{k}" d="M0 5H28"/>'


class Dot(NamedTuple):
    """One point of a chart, with the range it was expected in and what is told of it."""

    x: float
    y: float
    low: float
    high: float
    told: str


def bars(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float]]) -> Html:
    """A chart of stacked bars, a bar a label."""
    ends = [sum(values) for values in zip(*series.values(), strict=True)]
    axis = ticks(max(ends, default=0), least=1)
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    wide = min(0.7 * step, 60)
    marks = []
    base = [0.0] * len(labels)
    for k, (name, values) in enumerate(series.items()):
        for place, value in enumerate(values):
            if value > 0:
                x = LEFT + step * (place + 0.5) - wide / 2
                top, bottom = _y(base[place] + value, axis), _y(base[place], axis)
                told = escaped(f"{labels[place]} {name} {value:,.0f}")
                marks.append(
                    f'<rect class="s{k}" x="{x:.1f}" y="{top:.1f}" width="{wide:.1f}" '
                    f'height="{bottom - top:.1f}"><title>{told}</title></rect>'
                )
                base[place] += value
    return _figure(title, _labelled(labels), list(series), axis, "".join(marks), _BOX)


def lines(title: str, labels: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> Html:
    """A chart of lines in per cent, a place a label, broken where a value is None."""
    known = [value for values in series.values() for value in values if value is not None]
    axis = ticks(max(known, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    marks = []
    for k, (name, values) in enumerate(series.items()):
        points = [
            None
            if value is None
            else (
                LEFT + step * (place + 0.5),
                _y(value, axis),
                f"{labels[place]} {name} {value:.2f}%",
            )
            for place, value in enumerate(values)
        ]
        marks.append(_line(k, points))
    return _figure(title, _labelled(labels), list(series), axis, "".join(marks), _DASH, unit="%")


def curves(
    title: str,
    xs: Sequence[float],
    series: Mapping[str, Sequence[float | None]],
    marked: tuple[str, float] | None = None,
) -> Html:
    """A chart of shares, 0 to 1, over a number, broken where a value is None.

    Parameters
    ----------
    xs : where the values of each series stand, none below 0.
    marked : the name and place of an upright line.
    """
    across, axis = ticks(max(xs, default=0)), ticks(1)
    marks = []
    for k, (name, values) in enumerate(series.items()):
        points = [
            None
            if value is None
            else (_x(x, across), _y(value, axis), f"{x:,.10g} {name} {value:.3f}")
            for x, value in zip(xs, values, strict=True)
        ]
        marks.append(_line(k, points))
    if marked is not None:
        x = _x(marked[1], across)
        side, shift = ("end", -4) if marked[1] > across[-1] / 2 else ("start", 4)
        marks.append(
            f'<line class="mark" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
            f'<text x="{x + shift:.1f}" y="{_y(0.5, axis):.1f}" text-anchor="{side}">'
            f"{escaped(marked[0])}</text>"
        )
    return _figure(title, _numbered(across), list(series), axis, "".join(marks), _DASH)


def against_diagonal(title: str, names: tuple[str, str], dots: Sequence[Dot]) -> Html:
    """A chart of dots of 0 to 1 both ways, with the diagonal they ought to lie on.

    Parameters
    ----------
    names : what the diagonal is called, and the dots.
    dots : each with the range that it would be in if all were well.
    """
    axis = ticks(1)
    ideal = f"M{_x(0, axis):.1f} {_y(0, axis):.1f}L{_x(1, axis):.1f} {_y(1, axis):.1f}"
    marks = [f'<path class="s7" d="{ideal}"/>']
    for dot in dots:
        x = _x(dot.x, axis)
        marks.append(
            f'<line class="range" x1="{x:.1f}" x2="{x:.1f}" y1="{_y(dot.low, axis):.1f}" '
            f'y2="{_y(dot.high, axis):.1f}"/><circle class="s0" cx="{x:.1f}" '
            f'cy="{_y(dot.y, axis):.1f}" r="5"><title>{escaped(dot.told)}</title></circle>'
        )
    key = '<circle class="s0" cx="14" cy="5" r="5"/>'
    legend = _key(_DASH.format(k=7), names[0]) + _key(key, names[1])
    return _drawn(title, _numbered(axis), legend, axis, "".join(marks))


def ticks(top: float, least: float = 0) -> list[float]:
    """Round numbers from 0 to at least `top`, some five of them, at least so far apart."""
    if not top > 0:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(top / 5))
    step = next(power * each for each in (1, 2, 5, 10) if power * each * 5 >= top * (1 - 1e-9))
    step = max(step, least)
    number = math.ceil(top / step - 1e-9)
    return [step * each for each in range(number + 1)]


def _x(value: float, axis: Sequence[float]) -> float:
    # Half a label's room on either side, so that the first and the last are not cut.
    return LEFT + 20 + (WIDTH - LEFT - RIGHT - 40) * value / axis[-1]


def _y(value: float, axis: Sequence[float]) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / axis[-1]


def _line(k: int, points: Sequence[tuple[float, float, str] | None]) -> str:
    """Series k: a path through the points, and a dot with its text at each of not too many."""
    drawn, path, dots = False, "", []
    # Dots close by each other hide what they stand on.
    dotted = len(points) <= MOST_DOTS
    for point in points:
        if point is not None:
            x, y, told = point
            path += f"{'L' if drawn else 'M'}{x:.1f} {y:.1f}"
            if dotted:
                dots.append(
                    f'<circle class="s{k}" cx="{x:.1f}" cy="{y:.1f}" r="2">'
                    f"<title>{escaped(told)}</title></circle>"
                )
        drawn = point is not None
    return f'<path class="s{k}" d="{path}"/>{"".join(dots)}'


def _labelled(labels: Sequence[str]) -> str:
    """Labels under a chart, as many as there is room for."""
    step = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    every = math.ceil(len(labels) / 9)
    return "".join(
        _under(LEFT + step * (place + 0.5), label)
        for place, label in enumerate(labels)
        if place % every == 0
    )


def _numbered(axis: Sequence[float]) -> str:
    """The numbers of an axis under a chart."""
    return "".join(_under(_x(at, axis), f"{at:,.10g}") for at in axis)


def _under(x: float, label: str) -> str:
    return f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{escaped(label)}</text>'


def _figure(
    title: str,
    under: str,
    names: Sequence[str],
    axis: Sequence[float],
    marks: str,
    key: str,
    unit: str = "",
) -> Html:
    """A chart's marks with axes, title and legend.

    key : the mark that stands for series k in the legend.
    """
    legend = "".join(_key(key.format(k=k), name) for k, name in enumerate(names))
    return _drawn(title, under, legend, axis, marks, unit)


def _key(mark: str, name: str) -> str:
    return (
        f'<li><svg class="key" viewBox="0 0 28 10" aria-hidden="true">{mark}</svg>'
        f"{escaped(name)}</li>"
    )


def _drawn(
    title: str, under: str, legend: str, axis: Sequence[float], marks: str, unit: str = ""
) -> Html:
    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(at, axis):.1f}" '
        f'y2="{_y(at, axis):.1f}"/><text x="{LEFT - 6}" y="{_y(at, axis) + 4:.1f}" '
        f'text-anchor="end">{at:,.10g}{unit}</text>'
        for at in axis
    )
    return Html(
        f"<figure><figcaption><strong>{escaped(title)}</strong></figcaption>"
        f'<ul class="legend">{legend}</ul><div class="wide" tabindex="0" role="group" '
        f'aria-label="{escaped(title)}"><svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escaped(f"{title}，数字见下表")}">{grid}{under}{marks}</svg></div></figure>'
    )
