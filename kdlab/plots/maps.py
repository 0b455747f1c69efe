"""Where each position reads: attention weights as a map, a row for each position that reads."""

from collections.abc import Mapping, Sequence
from math import isclose

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kdlab.errors import ShapeError
from kdlab.plots.style import LINE, WIDTH, closed, shares_of_one, styled

COLOURS = "Purples"  # of no system in the palette
CELL = 0.22  # inches, the height of a row

Map = tuple[Sequence[Sequence[float]], Sequence[str], Sequence[str]]
"""Weights [T, S], the T names of who reads, the S names of what is read."""


def attention(maps: Mapping[str, Map], *, x: str = "is read", y: str = "reads") -> Figure:
    """Maps beside each other: the darker a cell, the more of its row's weight; a dot has the most.

    maps: by title, (weights, who reads, what is read); names that a map shares with the one on its
    left are written once     x, y: the axes
    Raises ShapeError for no map, for rows that are no shares of 1, or another number of names.
    """
    if not maps:
        raise ShapeError("There is no map to draw; give one or more.")
    for title, one in maps.items():
        _check(title, *one)
    rows = max(len(readers) for _, readers, _ in maps.values())
    longest = max(len(name) for _, _, read in maps.values() for name in read)
    wide = [len(read) for _, _, read in maps.values()]
    with styled():
        figure, grid = plt.subplots(
            1, len(maps), figsize=(WIDTH, 1.1 + CELL * rows + 0.06 * longest), squeeze=False,
            layout="constrained", width_ratios=wide,
        )  # fmt: skip
        before: Sequence[str] = ()
        for axes, (title, (weights, readers, read)) in zip(grid[0], maps.items(), strict=True):
            shown = _map(axes, np.asarray(weights, dtype=float))
            axes.set_title(title, loc="left", fontsize=10)
            axes.set_xticks(range(len(read)), read, rotation=90)
            axes.set_yticks(range(len(readers)), readers if readers != before else [""] * rows)
            before = readers
        grid[0, 0].set_ylabel(y)
        figure.supxlabel(x, fontsize=10)
        figure.colorbar(shown, ax=grid, label="weight", shrink=0.8, aspect=25)
    return closed(figure)


def _map(axes: Axes, weights: np.ndarray) -> object:
    axes.grid(visible=False)
    shown = axes.imshow(weights, cmap=COLOURS, vmin=0, vmax=1, aspect="auto")
    most = weights.argmax(1)
    light = [weight > 0.55 for weight in weights.max(1)]
    colours = ["white" if dark else LINE for dark in light]
    axes.scatter(most, range(len(weights)), s=14, c=colours, zorder=3)
    return shown


def _check(title: str, weights: Sequence, readers: Sequence[str], read: Sequence[str]) -> None:
    sizes = {len(row) for row in weights}
    if len(weights) != len(readers) or sizes != {len(read)}:
        raise ShapeError(
            f"The map {title!r} has {len(weights)} rows of {sorted(sizes)} weights; it has "
            f"{len(readers)} names of who reads and {len(read)} of what is read."
        )
    for reader, row in zip(readers, weights, strict=True):
        shares_of_one(row, title)
        if not isclose(total := float(sum(row)), 1, abs_tol=1e-3):
            raise ShapeError(f"The row {reader!r} of {title!r} adds up to {total:.3f}; expected 1.")
