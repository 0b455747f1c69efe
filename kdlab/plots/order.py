"""Which pairs of words a student ranks against its teacher, and what each of them pays."""

from collections.abc import Sequence
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kdlab.errors import RecipeError, ShapeError
from kdlab.palette import look
from kdlab.plots.style import LINE, WIDTH, closed, legend_above, shares_of_one, styled


class Pair(NamedTuple):
    """Two words in the wrong order, by index, and what they pay in each part of the loss.

    above: what p puts first; below: what q does     in_first: to the teacher's best word;
    in_order: as a pair
    """

    above: int
    below: int
    in_first: float
    in_order: float


def ranking(
    words: Sequence[str], student: Sequence[float], teacher: Sequence[float], *, k: int
) -> Figure:
    """Above, student's and teacher's probability of their k best words, with an arrow for each pair
    in the wrong order; below, what each pair pays in the hierarchical ranking loss.

    words: names     student, teacher: p and q of each     k: how many words have a rank
    Raises ShapeError unless there is one probability a word in both, RecipeError for k.
    Source: Zhang et al. (2023), as `kdlab.losses.ranking.hierarchical_ranking`.
    """
    for name, values in (("student", student), ("teacher", teacher)):
        shares_of_one(values, name)
        if len(values) != len(words):
            raise ShapeError(f"The {name} has {len(values)} numbers for {len(words)} words.")
    if not 1 <= k <= len(words):
        raise RecipeError(f"k is {k}; expected 1 to {len(words)}, the number of words.")
    hers, mine = _best(teacher, k), _best(student, k)
    pairs = _wrong_pairs(student, teacher, hers, mine)
    drawn = hers + [v for v in _best(teacher, len(words)) if v in mine and v not in hers]
    with styled():
        rows = max(1, len(pairs))
        figure, (above, below) = plt.subplots(
            2, figsize=(WIDTH, 3.7 + 0.3 * rows), layout="constrained",
            height_ratios=(2.4, 0.5 + 0.3 * rows),
        )  # fmt: skip
        _probabilities(above, [words[i] for i in drawn], teacher, student, drawn)
        for pair in pairs:
            _arrow(above, drawn, student, pair)
        _payments(below, [f"{words[p.above]} over {words[p.below]}" for p in pairs], pairs)
        legend_above(figure)
    return closed(figure)


def _best(values: Sequence[float], k: int) -> list[int]:
    return sorted(range(len(values)), key=lambda i: -values[i])[:k]


def _wrong_pairs(
    p: Sequence[float], q: Sequence[float], hers: Sequence[int], mine: Sequence[int]
) -> list[Pair]:
    """Every pair with a positive term, the dearest first."""
    first: dict[tuple[int, int], float] = {
        (u, hers[0]): p[u] - p[hers[0]] for u in hers if q[u] > 0 and p[u] > p[hers[0]]
    }
    order = {(v, u): p[v] - p[u] for u in hers for v in mine if q[u] > q[v] and p[v] > p[u]}
    pairs = [Pair(*two, first.get(two, 0.0), order.get(two, 0.0)) for two in first | order]
    return sorted(pairs, key=lambda pair: -(pair.in_first + pair.in_order))


def _probabilities(
    axes: Axes, names: Sequence[str], q: Sequence[float], p: Sequence[float], drawn: Sequence[int]
) -> None:
    at = np.arange(len(drawn))
    grey, colour = look("teacher").colour, look("ranking").colour
    style = {"width": 0.4, "edgecolor": LINE, "lw": 0.8}
    axes.bar(at - 0.2, [q[i] for i in drawn], color=grey, hatch="///", label="teacher", **style)
    axes.bar(at + 0.2, [p[i] for i in drawn], color=colour, label="student", **style)
    axes.set_xticks(at, names)
    axes.set(ylabel="probability")
    axes.grid(axis="x", visible=False)
    axes.margins(y=0.2)  # room for the arrows


def _arrow(axes: Axes, drawn: Sequence[int], p: Sequence[float], pair: Pair) -> None:
    """From the student's bar that is too high to the one that is too low."""
    start, end = ((drawn.index(i) + 0.2, p[i]) for i in (pair.above, pair.below))
    bend = 0.35 if start[0] > end[0] else -0.35  # over the bars, either way
    how = {"arrowstyle": "->", "connectionstyle": f"arc3,rad={bend}", "color": LINE, "lw": 1.5}
    axes.annotate("", end, start, arrowprops=how)


def _payments(axes: Axes, names: Sequence[str], pairs: Sequence[Pair]) -> None:
    first, order = ([getattr(pair, part) for pair in pairs] for part in ("in_first", "in_order"))
    total = f"ranking loss {sum(first) + sum(order):.3f}"
    axes.set_title(total if pairs else f"{total}: no pair in the wrong order", loc="left", size=10)
    style = {"edgecolor": LINE, "height": 0.7, "lw": 0.8}
    rows = range(len(pairs))
    if not pairs:
        axes.set_axis_off()
    else:
        axes.barh(rows, first, color="white", hatch="...", label="over the teacher's best", **style)
        axes.barh(rows, order, left=first, color=LINE, label="pair in the wrong order", **style)
    axes.set_yticks(rows, names)
    axes.set(xlabel="pays, in probability", ylim=(max(1, len(pairs)) - 0.4, -0.6))
    axes.grid(axis="y", visible=False)
