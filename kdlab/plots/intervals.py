"""Means with their intervals, row by row: systems by kind of position, and claims."""

from collections.abc import Mapping, Sequence
from textwrap import fill

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from kdlab.errors import ShapeError
from kdlab.palette import look
from kdlab.plots.style import (
    LINE,
    MEAN,
    WIDTH,
    Measured,
    closed,
    ends,
    legend_above,
    marks,
    some,
    styled,
)

Claim = Mapping[str, object] | tuple[str, float | None, float | None, float | None, str]

# How a verdict looks: mark, and whether it is filled.
VERDICTS = {"yes": ("o", True), "no": ("o", False), "not separated": ("D", False),
            "not testable": ("x", False)}  # fmt: skip


def agreement(
    shares: Mapping[str, Mapping[str, Measured]],
    *,
    x: str = "share where student and teacher say the same",
) -> Figure:
    """Top-1 agreement by kind of position, systems beside each other, each with its interval.

    shares: by system, by kind of position ("all", "teacher = y", "teacher ≠ y"), the share 0 to 1:
    a number with low and high, as a result file gives it, or (mean, low, high)
    Raises ShapeError for a system without values, or with other kinds than the first one's.
    """
    some(shares, "one share")
    kinds = list(next(iter(shares.values())))
    for system, by_kind in shares.items():
        if list(by_kind) != kinds:
            raise ShapeError(f"{system!r} has {list(by_kind)}; the first system has {kinds}.")
    values = {s: [ends(by_kind[kind], s) for kind in kinds] for s, by_kind in shares.items()}
    step = 0.8 / len(shares)  # rows are 1 apart
    with styled():
        size = (WIDTH, 1.1 + 0.3 * len(kinds) * max(2, len(shares)))
        figure, axes = plt.subplots(figsize=size, layout="constrained")
        for place, (system, each) in enumerate(values.items()):
            shown = look(system)
            rows = [row + step * (place - (len(shares) - 1) / 2) for row in range(len(kinds))]
            mean, low, high = zip(*each, strict=True)
            axes.hlines(rows, low, high, color=shown.colour, lw=2)
            axes.scatter(mean, rows, zorder=3, label=shown.name, **marks(shown, 0.6 * MEAN))
        for row in range(1, len(kinds)):
            axes.axhline(row - 0.5, color="#e5e5e5", lw=1)
        axes.set(xlabel=x, ylim=(len(kinds) - 0.45, -0.55))
        axes.set_yticks(range(len(kinds)), kinds)
        axes.grid(axis="y", visible=False)
        legend_above(figure)
    return closed(figure)


def shares(
    claims: Sequence[Claim], *, x: str, level: tuple[float, str] = (0.0, "no difference")
) -> Figure:
    """One row a claim: its figure with the interval; filled where it holds, hollow where not.

    claims: rows of a result file's `verdicts`, or (name, figure, low, high, holds); holds: "yes",
    "no" or "not separated"; a figure that is None (no sure gain) is said in words
    x: the axis; draw claims of one unit only     level: what the figures are held against
    Raises ShapeError for no claims, another verdict, or an interval that ends before it begins.
    """
    if not claims:
        raise ShapeError("There is no claim to draw; give one row or more.")
    rows = [_row(claim) for claim in claims]
    with styled():
        figure, axes = plt.subplots(figsize=(WIDTH, 1.3 + 0.42 * len(rows)), layout="constrained")
        named = set()
        axes.axvline(level[0], color=LINE, lw=1, ls="--", label=level[1])
        for place, (_, value, holds) in enumerate(rows):
            if value is None:
                said = "  no share (no sure gain)"
                axes.text(level[0], place, said, va="center", color=LINE)
                continue
            mean, low, high = value
            marker, is_filled = VERDICTS[holds]
            mark = {"edgecolor": LINE, "facecolor": LINE if is_filled else "white", "zorder": 3}
            axes.hlines(place, low, high, color=LINE, lw=2)
            label = {"yes": "holds", "no": "fails"}.get(holds, holds)
            label = None if label in named else label
            axes.scatter(mean, place, s=0.8 * MEAN, marker=marker, lw=1.5, label=label, **mark)
            named.add(label)
        axes.set(xlabel=x, ylim=(len(rows) - 0.4, -0.6))
        axes.set_yticks(range(len(rows)), [fill(name, 22) for name, _, _ in rows])
        axes.grid(axis="y", visible=False)
        legend_above(figure)
    return closed(figure)


def _row(claim: Claim) -> tuple[str, tuple[float, float, float] | None, str]:
    """(name, its figure with the interval or None, verdict)."""
    if isinstance(claim, Mapping):
        claim = tuple(claim[key] for key in ("name", "figure", "low", "high", "holds"))
    name, figure, low, high, holds = claim
    if holds not in VERDICTS:
        raise ShapeError(f"Claim {name!r} holds: {holds!r}; expected {', '.join(VERDICTS)}.")
    return name, None if None in (figure, low, high) else ends((figure, low, high), name), holds
