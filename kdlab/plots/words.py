"""Word by word: which ones get the teacher, and what a memory's neighbours say next."""

from collections.abc import Mapping, Sequence
from math import ceil

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kdlab.errors import RecipeError, ShapeError
from kdlab.palette import look
from kdlab.plots.style import LINE, PALE, WIDTH, closed, legend_above, styled

FEW = 6  # words that stand side by side without being turned
CHOSEN, QUEUED = "///", "..."


def partition_point(
    losses: Sequence[float], share: float, *, words: Sequence[str] = (), queue: Sequence[float] = ()
) -> Figure:
    """Words from the hardest to the easiest; those of the hardest share get the teacher as well.

    losses: -log p of each gold word under the student, nats     share: r, above 0, up to 1
    words: one a loss, to be named below its bar     queue: losses of earlier words, if there is
    one; the threshold is then that of queue and batch together, the batch pushed first
    Raises ShapeError for no losses or as many words as there are not losses, RecipeError for a
    share out of range.
    Source: Wang et al. (2021), both levels of selection.
    """
    _check_words(losses, words, share)
    pool = [(c, kind) for kind, these in enumerate((losses, queue)) for c in these]
    order = sorted(range(len(pool)), key=lambda i: -pool[i][0])
    values = np.array([pool[i][0] for i in order])
    threshold = values[ceil(share * len(values) - 1e-9) - 1]  # in floats 0.07 * 100 is above 7
    queued = np.array([pool[i][1] == 1 for i in order])
    with styled():
        figure, axes = plt.subplots(figsize=(WIDTH, 3.2), layout="constrained")
        colour = look("selective_batch").colour
        for where, label, fill, hatch in (
            (~queued & (values >= threshold), "gold and teacher", colour, CHOSEN),
            (~queued & (values < threshold), "gold alone", PALE, ""),
            (queued, "earlier words, in the queue", "white", QUEUED),
        ):
            if where.any():
                kind = {"label": label, "facecolor": fill, "edgecolor": LINE, "hatch": hatch}
                _bars(axes, values, where, kind, apart=bool(words))
        name = f"threshold {threshold:.2f}, r = {share:.2g}"
        axes.axhline(threshold, color=LINE, lw=1, ls="--", label=name)
        axes.set(xlabel="words, the hardest first", ylabel="loss on gold, nats")
        axes.set_xticks([])
        if words:
            named = {at: words[i] for at, i in enumerate(order) if i < len(words)}
            turned = 0 if len(order) <= FEW else 60
            axes.set_xticks(list(named), list(named.values()), rotation=turned)
        axes.grid(axis="x", visible=False)
        legend_above(figure)
    return closed(figure)


def neighbours(found: Sequence[tuple[float, str]], temperature: float) -> Figure:
    """Above, a memory's neighbours with their weights; below, the words' sums: p_kNN.

    found: (squared distance, the word that followed), in any order     temperature: tau > 0, in the
    unit of the distances. Weights are exp(-d / tau) as shares of all.
    Raises ShapeError for no neighbours or a distance below 0, RecipeError for the temperature.
    Source: Khandelwal et al. (2021), section 2, as recalled; check the paper.
    """
    if not found or any(d < 0 for d, _ in found):
        raise ShapeError(f"The neighbours are {list(found)}; give one or more, distances >= 0.")
    if not temperature > 0:
        raise RecipeError(f"temperature is {temperature}; expected a number above 0.")
    found = sorted(found)
    distances = np.array([d for d, _ in found])
    weights = np.exp(-(distances - distances[0]) / temperature)  # the nearest first: no 0 / 0
    weights /= weights.sum()
    of_word: dict[str, list[float]] = {}
    for (_, word), weight in zip(found, weights, strict=True):
        of_word.setdefault(word, []).append(weight)
    of_word = dict(sorted(of_word.items(), key=lambda item: -sum(item[1])))
    with styled():
        rows = len(found), len(of_word)
        figure, (above, below) = plt.subplots(
            2, figsize=(WIDTH, 1.6 + 0.28 * sum(rows)), layout="constrained", sharex=True,
            height_ratios=rows,
        )  # fmt: skip
        near = [f"{word}, d = {d:g}" for d, word in found]
        _stacks(above, near, [[w] for w in weights])
        title = f"neighbours at squared distance d: exp(-d / {temperature:g})"
        above.set_title(title, loc="left", fontsize=10)
        _stacks(below, list(of_word), list(of_word.values()))
        below.set_title("words: their neighbours' weights added up", loc="left", fontsize=10)
        below.set(xlabel="share of all weight", xlim=(0, 1.12 * max(map(sum, of_word.values()))))
    return closed(figure)


def _check_words(losses: Sequence[float], words: Sequence[str], share: float) -> None:
    if not len(losses) or len(words) not in (0, len(losses)):
        raise ShapeError(f"There are {len(losses)} losses and {len(words)} words; give one each.")
    if not 0 < share <= 1:
        raise RecipeError(f"share is {share}; expected a number above 0, up to 1.")


def _bars(
    axes: Axes, values: np.ndarray, where: np.ndarray, kind: Mapping[str, str], apart: bool
) -> None:
    """Bars of some places: single ones, or one outline, which thousands of values need."""
    if apart:
        axes.bar(np.flatnonzero(where), values[where], 0.8, lw=0.8, **kind)
    else:
        edges = np.arange(len(values) + 1) - 0.5
        axes.stairs(np.where(where, values, np.nan), edges, fill=True, lw=0, **kind)


def _stacks(axes: Axes, names: Sequence[str], parts: Sequence[Sequence[float]]) -> None:
    """One bar a name, of parts end to end, with its sum at the end."""
    colour = look("knn_kd").colour
    for row, pieces in enumerate(parts):
        lefts = np.cumsum([0.0, *pieces[:-1]])
        axes.barh(row, pieces, left=lefts, color=colour, edgecolor="white", lw=1.5, height=0.75)
        axes.text(sum(pieces), row, f" {sum(pieces):.3f}", va="center", fontsize=9)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
