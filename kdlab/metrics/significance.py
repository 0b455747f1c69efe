"""Is a difference more than chance? A paired bootstrap that draws seeds and sentences anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kdlab.errors import ShapeError
from kdlab.metrics.samples import Sample


@dataclass(frozen=True)
class Comparison:
    """Two systems on one measure, means over their seeds.

    a, b: the two figures     difference: a - factor * b, with low and high, its 95 % interval
    ratio: a / b, with ratio_low and ratio_high; nan where b may be 0 or less
    p: two-sided, of a true difference of 0; never below 2 / (draws + 1)
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


def paired_bootstrap(
    a: Sequence[Sample],
    b: Sequence[Sample],
    *,
    factor: float = 1.0,
    draws: int = 2000,
    seed: int = 1,
) -> Comparison:
    """Compare two systems on one test; each is given once per seed, in the order of the seeds.

    A draw takes n of the n test sentences with replacement, the same for all runs, and of S seeds
    S - 1 with replacement, the same for both systems if they have as many: so the seeds' part of
    the variance is right even of three (Rao & Wu, 1988); of one seed there is none to draw. Its
    tails are not: of three seeds that differ more than sentences do, the interval is too narrow.
    Raises ShapeError if the samples are of different tests.
    Source: Koehn (2004), section 3, with seeds drawn as well.
    """
    (drawn_a, drawn_b), (mean_a, mean_b) = _drawn_and_seen([a, b], draws, seed)
    differences = drawn_a - factor * drawn_b
    low, high = np.quantile(differences, (0.025, 0.975))
    ratio, ratio_low, ratio_high = np.nan, np.nan, np.nan
    if mean_b > 0 and (drawn_b > 0).all():
        ratio = mean_a / mean_b
        ratio_low, ratio_high = np.quantile(drawn_a / drawn_b, (0.025, 0.975))
    return Comparison(
        mean_a, mean_b, mean_a - factor * mean_b, float(low), float(high), _p_value(differences),
        float(ratio), float(ratio_low), float(ratio_high),
    )  # fmt: skip


@dataclass(frozen=True)
class Contrast:
    """A weighted sum of several systems' figures, or of one such sum the share in another.

    figure, with low and high, its 95 % interval; p: two-sided, of a true figure of `margin`
    """

    figure: float
    low: float
    high: float
    p: float


def contrast(
    systems: Mapping[str, Sequence[Sample]], top: Mapping[str, float],
    bottom: Mapping[str, float] | None = None, *, margin: float = 0.0, draws: int = 2000,
    seed: int = 1,
) -> Contrast:  # fmt: skip
    """sum_s top[s] m_s, or its share of sum_s bottom[s] m_s, with an interval as above.

    With top {c: 1, base: -1} and bottom {a: 1, base: -1}: the share of a's gain that c has. Where
    the lower sum is 0 or less in some draw the share is nan: of no gain there is none.
    margin: what p holds the figure against
    Raises ShapeError if the samples are of different tests.
    """
    drawn, seen = _drawn_and_seen(list(systems.values()), draws, seed)

    def total(weights: Mapping[str, float], values: Sequence) -> np.ndarray:
        return sum(weights.get(name, 0.0) * v for name, v in zip(systems, values, strict=True))

    each, figure = total(top, drawn), total(top, seen)
    if not bottom:
        p = _p_value(each - margin)
    else:
        below = total(bottom, drawn)
        p = _p_value(each - margin * below)
        if (below <= 0).any():
            return Contrast(np.nan, np.nan, np.nan, p)
        each, figure = each / below, figure / total(bottom, seen)
    low, high = np.quantile(each, (0.025, 0.975))
    return Contrast(float(figure), float(low), float(high), p)


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


def _drawn_and_seen(
    systems: Sequence[Sequence[Sample]], draws: int, seed: int
) -> tuple[list[np.ndarray], list[float]]:
    """Each system's figure in every draw [D], and as it was measured; both means over its seeds.

    Every draw is of the same sentences for all, and of the same seeds for all with as many.
    """
    sizes = {len(sample.parts) for system in systems for sample in system}
    if len(sizes) > 1:
        raise ShapeError(
            f"The runs were scored on {sorted(sizes)} sentences; compare them on one test."
        )
    (n,), draw = sizes, np.random.default_rng(seed)
    times, draw.bit_generator.state = _sentences(n, draws, seed)  # [D, n]
    seeds: dict[int, np.ndarray] = {}
    for S in map(len, systems):
        if S not in seeds:
            seeds[S] = draw.integers(S, size=(draws, max(1, S - 1)))  # [D, S - 1]
    drawn = [_drawn(system, times, seeds[len(system)]) for system in systems]
    return drawn, [float(np.mean([sample.value for sample in system])) for system in systems]


@lru_cache(maxsize=2)  # the longest part of a comparison, and the same in all of one test
def _sentences(n: int, draws: int, seed: int) -> tuple[np.ndarray, dict]:
    """How often each of n sentences is in each draw, [D, n]; and where the generator stands."""
    draw = np.random.default_rng(seed)
    times = draw.multinomial(n, np.full(n, 1 / n), size=draws).astype(float)
    return times, draw.bit_generator.state


def _drawn(system: Sequence[Sample], times: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The measure in each draw, mean over its seeds. times: [D, n]; seeds: [D, s]; returns [D]."""
    each = np.stack([sample.finish(times @ sample.parts) for sample in system], 1)  # [D, S]
    return np.take_along_axis(each, seeds, 1).mean(1)


def _p_value(differences: np.ndarray) -> float:
    """Twice the share of draws on the rarer side of 0, one draw added so that it is never 0."""
    if np.isnan(differences).any():
        return 1.0  # a measure that a draw may lack, such as the mode mass of no output
    rarer = min((differences <= 0).sum(), (differences >= 0).sum())
    return float(min(1.0, 2 * (rarer + 1) / (len(differences) + 1)))
