"""Figures of the book, from plain numbers: no function here knows a model or a corpus.

Each returns a closed figure: a notebook that ends a cell with it shows it once. The background is
white in light and dark pages alike; colours and shapes are those of `kdlab.palette`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from statistics import fmean

import matplotlib.pyplot as plt
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FormatStrFormatter, LogLocator, NullFormatter

from kdlab.errors import ShapeError
from kdlab.palette import look

STYLE = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "figure.dpi": 144,
    "figure.facecolor": "white",
    "font.size": 10,
    "grid.color": "#e5e5e5",
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "text.color": "#1a1a1a",
}
MEAN, ONE = 90, 22  # areas of a marker, in square points


@cache
def use_thai_font() -> list[str]:
    """Register Noto Sans Thai if its package is there; returns the font families to ask for.

    Before matplotlib 3.11 a tone mark over an upper vowel is drawn on top of it; where Thai is the
    point, an HTML table shows it better.
    """
    try:
        import fontpkg_noto_sans_thai as package
    except ImportError:
        return ["DejaVu Sans"]
    for path in Path(package.__file__).parent.rglob("*.ttf"):
        font_manager.fontManager.addfont(path)
    return ["DejaVu Sans", "Noto Sans Thai"]


def scatter(
    points: Mapping[str, Sequence[tuple[float, float]]], *, x: str, y: str, log_x: bool = False
) -> Figure:
    """Two measures of several systems: a small mark for each run, a big one for the mean.

    points: by system, one (x, y) a run     x, y: axis labels with units
    Raises ShapeError for a system without runs.
    """
    _some(points)
    with _style():
        figure, axes = plt.subplots(figsize=(6, 3.6), layout="constrained")
        for system, runs in points.items():
            xs, ys = zip(*runs, strict=True)
            shown = look(system)
            marks = {"color": shown.colour, "marker": shown.marker}
            axes.scatter(xs, ys, s=ONE, alpha=0.6, **marks)
            axes.scatter(fmean(xs), fmean(ys), s=MEAN, label=shown.name, zorder=3, **marks)
        axes.set(xlabel=x, ylabel=y)
        if log_x:
            _log(axes)
        axes.legend()
    return _closed(figure)


def dumbbell(
    runs: Mapping[str, Sequence[tuple[float, float]]], *, x: str, ends: tuple[str, str]
) -> Figure:
    """Two values of each system on one line, joined: how far apart they are.

    runs: by system, one (first, second) a run     x: the axis     ends: what the two values are,
    drawn hollow and filled
    Raises ShapeError for a system without runs.
    """
    _some(runs)
    with _style():
        figure, axes = plt.subplots(figsize=(6, 1 + 0.5 * len(runs)), layout="constrained")
        for row, (system, values) in enumerate(runs.items()):
            shown = look(system)
            first, second = zip(*values, strict=True)
            mark = {"marker": shown.marker, "color": shown.colour, "zorder": 3}
            axes.plot([fmean(first), fmean(second)], [row, row], color=shown.colour, lw=2, zorder=2)
            axes.scatter(fmean(first), row, s=MEAN, **mark | {"facecolor": "white"})
            axes.scatter(fmean(second), row, s=MEAN, **mark)
            for a, b in values:
                axes.scatter([a, b], [row + 0.28] * 2, s=ONE, alpha=0.5, **mark)
        axes.set(xlabel=f"{x} (hollow: {ends[0]}, filled: {ends[1]}; small: one run each)")
        axes.set_yticks(range(len(runs)), [look(system).name for system in runs])
        axes.set_ylim(len(runs) - 0.4, -0.6)
        axes.grid(axis="y", visible=False)
    return _closed(figure)


def curves(
    lines: Mapping[str, Sequence[tuple[float, float]]], *, x: str, y: str,
    level: tuple[float, str] | None = None,
) -> Figure:  # fmt: skip
    """One line a system, such as a measure along training.

    lines: by system, (x, y) from left to right     level: a height to mark, with its name
    Raises ShapeError for a system without points.
    """
    _some(lines)
    with _style():
        figure, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
        for system, points in lines.items():
            shown = look(system)
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, color=shown.colour, marker=shown.marker, ms=5, label=shown.name)
        if level:
            axes.axhline(level[0], color="#444444", lw=1, ls="--", label=level[1])
        axes.set(xlabel=x, ylabel=y)
        axes.legend()
    return _closed(figure)


def _style() -> object:
    return plt.rc_context({**STYLE, "font.family": use_thai_font()})


def _closed(figure: Figure) -> Figure:
    plt.close(figure)  # or a notebook would show it twice
    return figure


def _some(pairs: Mapping[str, Sequence[tuple[float, float]]]) -> None:
    for system, values in pairs.items():
        if not values:
            raise ShapeError(f"{system!r} has no values to draw; give one pair or more.")


def _log(axes: Axes) -> None:
    """A logarithmic x axis with plain numbers, also where it spans less than a power of ten."""
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(NullFormatter())
