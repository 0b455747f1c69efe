"""Where each position reads: attention weights as a map, a row for each position that reads."""

from collections.abc import Mapping, Sequence
from math import isclose
from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kdlab.errors import ShapeError
from kdlab.plots.style import LINE, WIDTH, closed, shares_of_one, styled

COLOURS = "Purples"  # of no system in the palette
CELL = 0.22  # inches, the height of a row
ABREAST = 12  # columns, of all maps together, whose names have room beside each other
NARROW = 14  # characters of a name on one line

Map = tuple[Sequence[Sequence[float]], Sequence[str], Sequence[str]]
"""Weights [T, S], the T names of who reads, the S names of what is read."""


def attention(maps: Mapping[str, Map], *, x: str = "is read", y: str = "reads") -> Figure:
    """Maps of weights: the darker a cell, the more of its row's weight; a dot has the most.

    maps: by title, (weights, who reads, what is read). They stand beside each other, where names
    that a map shares with the one on its left are written once; wide ones stand below each other.
    x, y: the axes
    Raises ShapeError for no map, for rows that are no shares of 1, or another number of names.
    """
    if not maps:
        raise ShapeError("There is no map to draw; give one or more.")
    for title, one in maps.items():
        _check(title, *one)
    rows = [len(readers) for _, readers, _ in maps.values()]
    columns = [len(read) for _, _, read in maps.values()]
    names = [max(min(NARROW, len(name)) for name in read) for _, _, read in maps.values()]
    heights = [1.0 + CELL * row + 0.07 * name for row, name in zip(rows, names, strict=True)]
    abreast = sum(columns) <= ABREAST
    with styled():
        if abreast:
            figure, grid = plt.subplots(
                1, len(maps), figsize=(WIDTH, max(heights)), squeeze=False,
                layout="constrained", width_ratios=columns,
            )  # fmt: skip
        else:
            figure, grid = plt.subplots(
                len(maps), figsize=(WIDTH, sum(heights)), squeeze=False,
                layout="constrained", height_ratios=rows,
            )  # fmt: skip
        before: Sequence[str] = ()
        for axes, (title, (weights, readers, read)) in zip(grid.flat, maps.items(), strict=True):
            shown = _map(axes, np.asarray(weights, dtype=float))
            axes.set_title(title, loc="left", fontsize=10)
            axes.set_xticks(range(len(read)), [fill(name, NARROW) for name in read], rotation=90)
            written = [""] * len(readers) if abreast and readers == before else readers
            axes.set_yticks(range(len(readers)), written)
            before = readers
        figure.supylabel(y, fontsize=10)
        figure.supxlabel(x, fontsize=10)
        figure.colorbar(shown, ax=grid, label="weight", shrink=0.8 if abreast else 0.4, aspect=25)
    return closed(figure)


def _map(axes: Axes, weights: np.ndarray) -> object:
    axes.grid(visible=False)
    shown = axes.imshow(weights, cmap=COLOURS, vmin=0, vmax=1, aspect="auto")
    most = weights.argmax(1)
    colours = ["white" if weight > 0.55 else LINE for weight in weights.max(1)]
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
