"""A measure along something: updates, a student's size, a share of noise or of pruned weights."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from matplotlib.transforms import offset_copy

from kdlab.palette import Look, look
from kdlab.plots.style import (
    LINE,
    ONE,
    WIDTH,
    Measured,
    closed,
    ends,
    is_letter,
    legend_above,
    log_axis,
    marks,
    short,
    some,
    styled,
)

ASIDE = 4  # points between two systems that stand at one x
FEW = 6  # places that an axis can name one by one


def curves(
    lines: Mapping[str, Sequence[tuple[float, float]]], *, x: str, y: str,
    level: tuple[float, str] | None = None, names: Mapping[str, str] | None = None,
) -> Figure:  # fmt: skip
    """One line a system, such as a measure along training.

    lines: by system, (x, y) from left to right     level: a height to mark, with its name
    names: of systems that have another one in this figure
    Raises ShapeError for a system without points.
    """
    some(lines, "one pair")
    with styled():
        figure, axes = plt.subplots(figsize=(WIDTH, 3.2), layout="constrained")
        for system, points in lines.items():
            xs, ys = zip(*points, strict=True)
            shown = look(system)
            _line(axes, xs, ys, replace(shown, name=(names or {}).get(system, shown.name)))
        _level(axes, level)
        axes.set(xlabel=x, ylabel=y)
        legend_above(figure)
    return closed(figure)


def sweep(
    lines: Mapping[str, Sequence[tuple[float, Measured, Sequence[float]]]], *, x: str, y: str,
    log_x: bool = False, level: tuple[float, str] | None = None,
) -> Figure:  # fmt: skip
    """One line a system through means with their intervals, and a small mark for each run.

    lines: by system, (x, value, its runs) from left to right; value: a number with low and high, as
    a result file gives it, or (mean, low, high); runs may be empty
    level: a height to mark, with its name. Systems that share an x stand a little aside.
    Raises ShapeError for a system without points, or an interval that ends before it begins.
    """
    some(lines, "one (x, value, runs)")
    means = {
        system: [ends(value, system) for _, value, _ in points] for system, points in lines.items()
    }
    with styled():
        figure, axes = plt.subplots(figsize=(WIDTH, 3.4), layout="constrained")
        for row, (system, points) in enumerate(lines.items()):
            shown = look(system)
            aside = ASIDE * (row - (len(lines) - 1) / 2)
            place = offset_copy(axes.transData, figure, x=aside, units="points")
            xs = [at for at, _, _ in points]
            middle, low, high = zip(*means[system], strict=True)
            _line(axes, xs, middle, shown, transform=place)
            axes.vlines(xs, low, high, color=shown.colour, lw=1.5, transform=place)
            runs = [(at, one) for at, _, each in points for one in each]
            if runs:
                small = marks(shown, ONE) | {"alpha": 0.5, "transform": place}
                axes.scatter(*zip(*runs, strict=True), **small)
        # What stands aside, matplotlib measures wrongly: the limits come from the numbers.
        axes.dataLim.update_from_data_xy(_all(lines, means), ignore=True)
        _level(axes, level)
        axes.set(xlabel=x, ylabel=y)
        if log_x:
            log_axis(axes)
        _name_places(axes, {at for points in lines.values() for at, _, _ in points})
        legend_above(figure)
    return closed(figure)


def _line(
    axes: Axes, xs: Sequence[float], ys: Sequence[float], shown: Look, **where: object
) -> None:
    """A line with its marks, ten or twenty of them where there are more points."""
    mark = {"marker": shown.marker, "ms": 5, "markevery": max(1, len(xs) // 10)}
    mark["ls"] = "--" if shown.dashed else "-"
    if is_letter(shown):
        mark |= {"ms": 8, "mew": 0}
    axes.plot(xs, ys, color=shown.colour, label=shown.name, **mark, **where)


def _all(lines: Mapping, means: Mapping) -> list[tuple[float, float]]:
    """Every (x, y) that a sweep shows: ends of intervals, and runs."""
    found = []
    for system, points in lines.items():
        for (at, _, runs), interval in zip(points, means[system], strict=True):
            found += [(at, value) for value in (*interval, *runs)]
    return found


def _level(axes: Axes, level: tuple[float, str] | None) -> None:
    if level:
        axes.axhline(level[0], color=LINE, lw=1, ls="--", label=level[1])


def _name_places(axes: Axes, places: set[float]) -> None:
    """Ticks at what was measured, if that is little."""
    if len(places) <= FEW:
        axes.set_xticks(sorted(places), [short(place) for place in sorted(places)])
        axes.xaxis.set_minor_locator(NullLocator())
