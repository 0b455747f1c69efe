"""What all figures share: style and width, how an axis is marked, what values they accept."""

import math
from collections.abc import Mapping, Sequence, Sized
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import matplotlib.pyplot as plt
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from kdlab.errors import ShapeError
from kdlab.palette import Look

STYLE = {
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "figure.dpi": 144,
    "figure.facecolor": "white",
    "font.size": 10,
    "grid.color": "#e5e5e5",
    "hatch.linewidth": 0.6,
    "legend.frameon": False,
    "savefig.facecolor": "white",
    "text.color": "#1a1a1a",
}
WIDTH = 5.0  # inches: on a phone of 390 px the 10 points of a label are about as many pixels
MEAN, ONE = 90, 22  # areas of a marker, in square points
NARROW = 27  # characters of a name that fits half the width
LINE = "#444444"  # of what is no system: a level, a claim
PALE = "#d9d9d9"  # the ground of a bar without a system, behind dark hatches

Measured = float | tuple[float, float, float]
"""A mean that may carry its interval as `low` and `high`, as a result file's does; or all three."""


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


def styled() -> AbstractContextManager:
    """The book's style, within a `with` block only."""
    return plt.rc_context({**STYLE, "font.family": use_thai_font()})


def closed(figure: Figure) -> Figure:
    """The figure, which pyplot forgets: or a notebook would show it twice."""
    plt.close(figure)
    return figure


def legend_above(figure: Figure) -> None:
    """A legend over the axes, where it hides no mark; in two columns if the names leave room."""
    names = [name for axes in figure.axes for name in axes.get_legend_handles_labels()[1]]
    ncols = 2 if max(map(len, names)) <= NARROW else 1
    figure.legend(loc="outside upper left", ncols=ncols, columnspacing=1.2, handletextpad=0.5)


def is_letter(shown: Look) -> bool:
    """Whether the mark is a character: drawn larger, and without the edge that would fill it."""
    return shown.marker.startswith("$")


def marks(shown: Look, size: float) -> dict[str, object]:
    """What `Axes.scatter` asks for to draw a system. size: in square points."""
    how = {"color": shown.colour, "marker": shown.marker, "s": size}
    return how | {"s": 1.5 * size, "linewidths": 0} if is_letter(shown) else how


def log_axis(axes: Axes) -> None:
    """A logarithmic x axis with plain numbers, also where it spans less than a power of ten."""
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value)))
    axes.xaxis.set_minor_formatter(NullFormatter())


def short(value: float) -> str:
    """A number as a tick says it.

    >>> short(0.2), short(811_624), short(999_700), short(7_916_600)
    ('0.2', '812k', '1M', '7.92M')
    """
    if abs(value) >= 999_500:
        return f"{value / 1e6:.3g}M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:.3g}k"
    return f"{value:g}"


def some(values: Mapping[str, Sized], what: str) -> None:
    """Raise ShapeError unless there is a system, and each has values. what: one of them, named."""
    if not values:
        raise ShapeError(f"There is no system to draw; give one with {what} or more.")
    for system, of in values.items():
        if not len(of):
            raise ShapeError(f"{system!r} has no values to draw; give {what} or more.")


def ends(value: Measured, name: str) -> tuple[float, float, float]:
    """(mean, low, high); a number that carries no interval, or nan as one, is its own.

    Raises ShapeError.
    """
    mean, low, high = (
        value
        if isinstance(value, tuple)
        else (value, getattr(value, "low", value), getattr(value, "high", value))
    )
    if math.isnan(low) and math.isnan(high):  # of a single seed
        low = high = mean
    if not low <= high:
        raise ShapeError(f"The interval of {name!r} is [{low}, {high}]; give (mean, low, high).")
    return float(mean), float(low), float(high)


def shares_of_one(values: Sequence[float], name: str) -> None:
    """Raise ShapeError unless every value is a probability."""
    for value in values:
        if not 0 <= value <= 1 + 1e-6:  # a sum of floats
            raise ShapeError(f"{name!r} has {value}; expected probabilities, 0 to 1.")
