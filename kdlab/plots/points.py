"""Two measures of a system: as a point, or as the two ends of a line."""

from collections.abc import Mapping, Sequence
from statistics import fmean
from textwrap import fill

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from kdlab.palette import look
from kdlab.plots.style import (
    MEAN,
    ONE,
    WIDTH,
    closed,
    is_letter,
    legend_above,
    log_axis,
    marks,
    some,
    styled,
)

INSIDE = 6  # systems that a legend can name inside the axes


def scatter(
    points: Mapping[str, Sequence[tuple[float, float]]], *, x: str, y: str, log_x: bool = False
) -> Figure:
    """Two measures of several systems: a small mark for each run, a big one for the mean.

    points: by system, one (x, y) a run     x, y: axis labels with units
    More than 6 systems are named over the axes, since a legend inside would hide them.
    Raises ShapeError for a system without runs.
    """
    some(points, "one pair")
    with styled():
        above = 0.1 * len(points) if len(points) > INSIDE else 0.0
        figure, axes = plt.subplots(figsize=(WIDTH, 3.4 + above), layout="constrained")
        for system, runs in points.items():
            xs, ys = zip(*runs, strict=True)
            shown = look(system)
            axes.scatter(xs, ys, alpha=0.6, **marks(shown, ONE))
            middle = fmean(xs), fmean(ys)
            axes.scatter(*middle, label=shown.name, zorder=3, **marks(shown, MEAN))
        axes.set(xlabel=x, ylabel=y)
        if log_x:
            log_axis(axes)
        if above:
            legend_above(figure)
        else:
            axes.legend()
    return closed(figure)


def dumbbell(
    runs: Mapping[str, Sequence[tuple[float, float]]], *, x: str, ends: tuple[str, str]
) -> Figure:
    """Two values of each system on one line, joined: how far apart they are.

    runs: by system, one (first, second) a run     x: the axis     ends: what the two values are,
    drawn hollow and filled
    Raises ShapeError for a system without runs.
    """
    some(runs, "one pair")
    with styled():
        figure, axes = plt.subplots(figsize=(WIDTH, 1 + 0.5 * len(runs)), layout="constrained")
        for row, (system, values) in enumerate(runs.items()):
            shown = look(system)
            first, second = zip(*values, strict=True)
            big, small = marks(shown, MEAN) | {"zorder": 3}, marks(shown, ONE)
            hollow = big | {"facecolor": "white", "linewidths": 0.7 if is_letter(shown) else 1.5}
            axes.plot([fmean(first), fmean(second)], [row, row], color=shown.colour, lw=2, zorder=2)
            axes.scatter(fmean(first), row, **hollow)
            axes.scatter(fmean(second), row, **big)
            for a, b in values:
                axes.scatter([a, b], [row + 0.28] * 2, alpha=0.5, **small)
        how = f"{x} (hollow: {ends[0]}, filled: {ends[1]}; small: one run each)"
        figure.supxlabel(fill(how, 64), fontsize=10)  # of the figure's width, not of the axes'
        axes.set_yticks(range(len(runs)), [look(system).name for system in runs])
        axes.set_ylim(len(runs) - 0.4, -0.6)
        axes.grid(axis="y", visible=False)
    return closed(figure)
