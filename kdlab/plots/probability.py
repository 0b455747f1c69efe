"""Probability itself: how much a system gives to its sentences, and how it is spread over words."""

from collections.abc import Mapping, Sequence
from statistics import fmean

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from kdlab.errors import ShapeError
from kdlab.palette import LOOKS, look
from kdlab.plots.style import (
    LINE,
    MEAN,
    PALE,
    WIDTH,
    closed,
    legend_above,
    marks,
    shares_of_one,
    some,
    styled,
)

HATCHES = ("", "///", "...", "xxx", "\\\\\\", "+++")
GREYS = (PALE, "#a6a6a6", "#767676", "#f2f2f2", "#bfbfbf", "#e5e5e5")
LABELLED = 12  # bars that still have room for their number


def mode_masses(masses: Mapping[str, Sequence[float]], *, bins: int = 20) -> Figure:
    """How a system's mode mass is spread over sentences: one histogram a system, its mean marked.

    masses: by system, p of its own greedy output, one number a sentence, 0 to 1
    All rows share both axes, so that areas compare.
    Raises ShapeError for a system without sentences, or a value that is no probability.
    """
    some(masses, "one mass")
    for system, values in masses.items():
        shares_of_one(values, system)
    with styled():
        figure, grid = plt.subplots(
            len(masses), figsize=(WIDTH, 0.8 + 0.85 * len(masses)), layout="constrained",
            sharex=True, sharey=True, squeeze=False,
        )  # fmt: skip
        for axes, (system, values) in zip(grid[:, 0], masses.items(), strict=True):
            shown, mean = look(system), fmean(values)
            share, edges = np.histogram(np.clip(values, 0, 1), bins=bins, range=(0, 1))
            axes.stairs(share / len(values), edges, fill=True, color=shown.colour, alpha=0.45)
            axes.set_title(f"{shown.name}: mean {mean:.2f}", loc="left", fontsize=10)
            axes.axvline(mean, color=shown.colour, lw=1.5)
            mark = marks(shown, 1.2 * MEAN) | {"clip_on": False, "zorder": 5}
            axes.scatter(mean, 0, **mark)  # on the axis, where no bar's height matters
        axes.set(xlabel="probability of its own greedy output", xlim=(0, 1))
        figure.supylabel("share of sentences", fontsize=10)
    return closed(figure)


def distributions(
    probabilities: Mapping[str, Sequence[float]], words: Sequence[str], *,
    x: str = "next word", y: str = "probability",
) -> Figure:  # fmt: skip
    """Several distributions over the same words, as bars beside each other.

    probabilities: by label, one number a word. A label that is a system's name gets its colour; any
    other, such as a temperature, a grey; all are told apart by their hatches.
    Raises ShapeError for more than 6 labels, numbers that are no probabilities, or as many as there
    are not words.
    """
    some(probabilities, "one probability")
    if len(probabilities) > len(HATCHES):
        raise ShapeError(f"There are {len(probabilities)} distributions; draw {len(HATCHES)}.")
    for label, values in probabilities.items():
        shares_of_one(values, label)
        if len(values) != len(words):
            raise ShapeError(f"{label!r} has {len(values)} numbers for {len(words)} words.")
    width = 0.84 / len(probabilities)  # words are 1 apart
    with styled():
        figure, axes = plt.subplots(figsize=(WIDTH, 3.0), layout="constrained")
        for row, (label, values) in enumerate(probabilities.items()):
            at = np.arange(len(words)) + width * (row - (len(probabilities) - 1) / 2)
            name, colour = label, GREYS[row]
            if label in LOOKS:
                name, colour = look(label).name, look(label).colour
            bars = axes.bar(
                at, values, width, label=name, color=colour, edgecolor=LINE, lw=0.8,
                hatch=HATCHES[row],
            )  # fmt: skip
            if len(words) * len(probabilities) <= LABELLED:
                axes.bar_label(bars, fmt="%.2f", fontsize=8.5, padding=1)
        axes.set(xlabel=x, ylabel=y)
        axes.set_xticks(range(len(words)), words)
        axes.grid(axis="x", visible=False)
        legend_above(figure)
    return closed(figure)
