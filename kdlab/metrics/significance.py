"""Is a difference, a ratio or a share more than chance? One test, and what it does not reject."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from scipy.special import stdtr, stdtrit

from kdlab.errors import RecipeError
from kdlab.metrics.samples import Sample
from kdlab.metrics.variance import ROUNDING, Spread, Systems

LEVEL = 0.05
DOUBLED = np.concatenate([[0], 2.0 ** np.arange(-4, 60)])  # where the end of a ratio's interval is
PARTS, ROUNDS = np.linspace(0, 1, 33), 9  # ... found to 2 ** (-5 * 8) of it
METHOD = "sentences and runs as crossed random factors (jackknife, analysis of variance, t)"


@dataclass(frozen=True)
class Comparison:
    """Two systems on one measure, means over their runs.

    a, b: the two figures     difference: a - b, with low and high, its 95 % interval
    ratio: a / b, with ratio_low and ratio_high; nan where b is not surely above 0
    p: two-sided, of a true difference of 0
    runs_share: how much of the difference's variance is between runs; nan if there is no telling
    given: what did not vary, such as "the one run of a"; what is said holds for it alone
    """

    a: float
    b: float
    difference: float
    low: float
    high: float
    p: float
    ratio: float
    ratio_low: float
    ratio_high: float
    runs_share: float
    given: str


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of several systems' figures, or of one such sum the share in another.

    figure, with low and high, its 95 % interval; p: two-sided, of a true figure of `margin`
    runs_share, given: see `Comparison`
    """

    figure: float
    low: float
    high: float
    p: float
    runs_share: float
    given: str


def comparison(a: Sequence[Sample], b: Sequence[Sample]) -> Comparison:
    """Compare two systems on one test; each is given once per run, in the order of the seeds.

    With as many runs of both, the s-th of one is paired with the s-th of the other; with other
    numbers their runs are independent. Of one run only sentences vary: `given`.
    Raises ShapeError if the samples are of different tests.
    """
    systems = Systems.of({"a": a, "b": b})
    found = _contrast(systems, np.array([1.0, -1.0]))
    ratio = _contrast(systems, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    mean_a, mean_b = map(float, systems.means)
    return Comparison(
        mean_a, mean_b, found.figure, found.low, found.high, found.p,
        ratio.figure, ratio.low, ratio.high, found.runs_share, found.given,
    )  # fmt: skip


def contrast(
    systems: Mapping[str, Sequence[Sample]], top: Mapping[str, float],
    bottom: Mapping[str, float] | None = None, *, margin: float = 0.0,
) -> Contrast:  # fmt: skip
    """sum_s top[s] m_s, or its share of sum_s bottom[s] m_s, with an interval as above.

    With top {c: 1, base: -1} and bottom {a: 1, base: -1}: the share of a's gain that c has. Its
    interval holds the margins m at which top - m * bottom is not surely apart from 0; where the
    lower sum is not surely above 0 the share is nan: of no gain there is none.
    margin: what p holds the figure against
    Raises ShapeError if the samples are of different tests, RecipeError for a weight of no system.
    Source: Fieller (1954).
    """
    measured = Systems.of(systems)
    below = _weights(bottom, measured.names) if bottom else None
    return _contrast(measured, _weights(top, measured.names), below, margin)


def half_width(spread: Spread) -> np.ndarray:
    """Half the width of the 95 % interval."""
    sure = spread.variance == 0
    return np.where(sure, 0.0, stdtrit(spread.df, 1 - LEVEL / 2) * np.sqrt(spread.variance))


def p_value(spread: Spread, margin: float = 0.0) -> np.ndarray:
    """Student's two tails; 1 for a measure that a run may lack, as the mode mass of no output."""
    far = np.abs(spread.value - margin)
    far = np.where(far <= ROUNDING * np.abs(margin), 0.0, far)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = 2 * stdtr(spread.df, -far / np.sqrt(spread.variance))
    p = np.where(spread.variance == 0, (far == 0).astype(float), p)
    return np.where(np.isnan(p), 1.0, p)


def holm(p_values: Sequence[float]) -> list[float]:
    """Each p-value corrected for all of them: the chance of one false alarm or more stays below it.

    The smallest of m is multiplied by m, the next by m - 1, and so on; none falls below the one
    before it.     Source: Holm (1979).

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    corrected, so_far, m = [0.0] * len(p_values), 0.0, len(p_values)
    for done, i in enumerate(sorted(range(m), key=p_values.__getitem__)):
        so_far = max(so_far, min(1.0, (m - done) * p_values[i]))
        corrected[i] = so_far
    return corrected


def _contrast(
    systems: Systems, top: np.ndarray, bottom: np.ndarray | None = None, margin: float = 0.0
) -> Contrast:
    """top, bottom: [K] weights."""
    given = _given(systems, np.abs(top) + (0 if bottom is None else np.abs(bottom)))
    if bottom is None:
        spread = systems.spread(top)
        figure, half = float(spread.value), float(half_width(spread))
        p = float(p_value(spread, margin))
        return Contrast(figure, figure - half, figure + half, p, float(spread.runs), given)
    apart = systems.spread(top - margin * bottom)
    figure, low, high = _ratio(systems, top, bottom)
    return Contrast(figure, low, high, float(p_value(apart)), float(apart.runs), given)


def _ratio(systems: Systems, top: np.ndarray, bottom: np.ndarray) -> tuple[float, float, float]:
    """The ratio of two weighted sums, and the ends of what is not rejected around it."""
    below = systems.spread(bottom)
    if not below.value - half_width(below) > 0:
        return np.nan, np.nan, np.nan
    figure = float(systems.spread(top).value / below.value)
    half = half_width(systems.spread(top - figure * bottom)) / below.value
    if not half > 0:
        return figure, float(figure + half), float(figure + half)
    # Far out all is rejected, as the lower sum is surely above 0; the first that is, is the end.
    far = np.stack([half * DOUBLED] * 2)  # [2, D] below the figure and above it
    for _ in range(ROUNDS):
        ends = figure + far * [[-1.0], [1.0]]
        out = p_value(systems.spread(top - ends[..., None] * bottom)) < LEVEL
        out[:, -1] = True
        first = np.maximum(1, out.argmax(1))[:, None]
        inside, outside = (np.take_along_axis(far, i, 1) for i in (first - 1, first))
        far = inside + (outside - inside) * PARTS
    return figure, float(figure - inside[0, 0]), float(figure + inside[1, 0])


def _weights(of: Mapping[str, float], names: Sequence[str]) -> np.ndarray:
    for name in of:
        if name not in names:
            near = get_close_matches(name, names, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise RecipeError(
                f"There is no system {name!r} to weigh; there are {', '.join(names)}.{hint}"
            )
    return np.array([of.get(name, 0.0) for name in names])


def _given(systems: Systems, weights: np.ndarray) -> str:
    """The systems of one run that have a weight."""
    pairs = zip(systems.names, weights, strict=True)
    single = [name for name, weight in pairs if weight and name in systems.single]
    return f"the one run of {', '.join(single)}" if single else ""
