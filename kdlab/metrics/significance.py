"""Is a difference more than chance? A paired bootstrap that draws seeds and sentences anew."""

from collections.abc import Sequence
from dataclasses import dataclass

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
    the variance is right even of three (Rao & Wu, 1988); of one seed there is none to draw.
    Raises ShapeError if the samples are of different tests.
    Source: Koehn (2004), section 3, with seeds drawn as well.
    """
    n = len(a[0].parts)
    if any(len(sample.parts) != n for sample in (*a, *b)):
        sizes = sorted({len(sample.parts) for sample in (*a, *b)})
        raise ShapeError(f"The runs were scored on {sizes} sentences; compare them on one test.")
    draw = np.random.default_rng(seed)
    times = draw.multinomial(n, np.full(n, 1 / n), size=draws).astype(float)  # [D, n]
    seeds_a = draw.integers(len(a), size=(draws, max(1, len(a) - 1)))  # [D, S - 1]
    seeds_b = (
        seeds_a if len(a) == len(b) else draw.integers(len(b), size=(draws, max(1, len(b) - 1)))
    )
    drawn_a, drawn_b = _drawn(a, times, seeds_a), _drawn(b, times, seeds_b)  # [D]
    mean_a, mean_b = (float(np.mean([sample.value for sample in each])) for each in (a, b))
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


def _drawn(system: Sequence[Sample], times: np.ndarray, seeds: np.ndarray) -> np.ndarray:
    """The measure in each draw, mean over its seeds. times: [D, n]; seeds: [D, s]; returns [D]."""
    each = np.stack([sample.finish(times @ sample.parts) for sample in system], 1)  # [D, S]
    return np.take_along_axis(each, seeds, 1).mean(1)


def _p_value(differences: np.ndarray) -> float:
    """Twice the share of draws on the rarer side of 0, one draw added so that it is never 0."""
    rarer = min((differences <= 0).sum(), (differences >= 0).sum())
    return float(min(1.0, 2 * (rarer + 1) / (len(differences) + 1)))
