"""How a figure would vary over other sentences and other runs: two crossed random factors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kdlab.errors import ShapeError
from kdlab.metrics.samples import Sample

LEAST = 0.75  # of V_both, that V_run is taken to be
ROUNDING = 1e-12  # what a sum of floats may be off by, of its size


@dataclass(frozen=True)
class Spread:
    """A weighted sum of systems' figures, and how it varies.

    value, variance: of the mean over runs     df: degrees of freedom of the variance
    runs: the share of the variance that is between runs, 0 to 1; nan if no system has two
    """

    value: np.ndarray
    variance: np.ndarray
    df: np.ndarray
    runs: np.ndarray


@dataclass(frozen=True)
class Runs:
    """What the runs of those of K systems that have as many of them, S, add to the variance.

    between: [K, K] covariance of the means over runs, of their spread from run to run
    both: [K, K] the part of it that is sentence by run, as the spread of sentences shows
    """

    S: int
    between: np.ndarray
    both: np.ndarray


@dataclass(frozen=True)
class Systems:
    """K systems on one test of n sentences, each given once a run.

    means: [K] over runs     sentences: [K, K] covariance of the means, of the spread of sentences
    runs: one for each number of runs above 1     single: the systems of a single run
    """

    n: int
    names: tuple[str, ...]
    means: np.ndarray
    sentences: np.ndarray
    runs: tuple[Runs, ...]
    single: frozenset[str]

    @classmethod
    def of(cls, systems: Mapping[str, Sequence[Sample]]) -> "Systems":
        """Measure them. Systems with as many runs are paired: their s-th runs belong together.

        Raises ShapeError if the samples are of different tests, or a system has none.
        """
        if absent := [name for name, samples in systems.items() if not samples]:
            raise ShapeError(f"There is no run of {absent[0]!r} to compare.")
        sizes = {len(sample.parts) for samples in systems.values() for sample in samples}
        if len(sizes) > 1:
            raise ShapeError(
                f"The runs were scored on {sorted(sizes)} sentences; compare them on one test."
            )
        (n,) = sizes
        each = [np.stack([s.influence for s in samples]) for samples in systems.values()]
        values = [np.array([s.value for s in samples]) for samples in systems.values()]
        of_sentence = np.stack([e.mean(0) for e in each])  # [K, n], mean over runs
        with np.errstate(divide="ignore", invalid="ignore"):  # one sentence does not vary: nan
            sentences = np.divide(of_sentence @ of_sentence.T, n * (n - 1))
        counts = [len(e) for e in each]
        runs = tuple(_runs(S, each, values, counts) for S in sorted(set(counts)) if S > 1)
        single = frozenset(k for k, S in zip(systems, counts, strict=True) if S == 1)
        means = np.array([v.mean() for v in values])
        return cls(n, tuple(systems), means, sentences, runs, single)

    def spread(self, weights: np.ndarray) -> Spread:
        """Of sum_k weights[k] m_k. weights: [..., K]

        variance = V_sent - V_both + max(V_run, LEAST V_both), the last two summed over groups: both
        V_sent and V_run hold what is sentence by run, and it counts once; and a V_run that is small
        by luck is not believed. 1 / df is the mean of the parts' 1 / df, n - 1 and S - 1, each
        weighted with its share of the variance, a run's part being what V_run has above a quarter
        of V_both, which sentences tell as well; Satterthwaite (1946) weights with the shares'
        squares, which with three runs or fewer gives too many.
        Source: Searle, Casella & McCulloch (1992), two-way crossed classification, random; the
        bounds are ours, chosen so that no mixture of the three has many false alarms.
        """
        value, total = weights @ self.means, _form(self.sentences, weights)
        between = [_form(r.between, weights) for r in self.runs]
        both = [_form(r.both, weights) for r in self.runs]
        held = [np.maximum(b, LEAST * i) for b, i in zip(between, both, strict=True)]
        runs = [np.maximum(0, b - (1 - LEAST) * i) for b, i in zip(between, both, strict=True)]
        variance = np.maximum(0, total - sum(both)) + sum(held)
        sentences = variance - sum(runs)
        rounding = ROUNDING * (np.abs(weights) @ np.abs(self.means))
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = [
                (sentences, self.n - 1),
                *((R, r.S - 1) for R, r in zip(runs, self.runs, strict=True)),
            ]
            df = variance / sum(np.divide(part, of) for part, of in parts)
            share = sum(runs) / variance if runs else np.full_like(variance, np.nan)
        return Spread(
            np.where(np.abs(value) <= rounding, 0.0, value),
            np.where(variance <= rounding**2, 0.0, variance), df, share,
        )  # fmt: skip


def _runs(S: int, each: list, values: list, counts: list[int]) -> Runs:
    """each: [S_k, n] influences and values: [S_k], of all K; those with another S_k add nothing."""
    n = each[0].shape[1]
    here = [e if c == S else np.zeros((S, n)) for e, c in zip(each, counts, strict=True)]
    figures = np.stack([v if c == S else np.zeros(S) for v, c in zip(values, counts, strict=True)])
    between = figures - figures.mean(1, keepdims=True)  # [K, S]
    both = np.stack([e - e.mean(0) for e in here]).reshape(len(here), -1)  # [K, S * n]
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.divide(both @ both.T, (n - 1) * (S - 1) * n * S)
    return Runs(S, between @ between.T / (S * (S - 1)), inner)


def _form(matrix: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """w' M w for each of many w."""
    return np.einsum("...i,ij,...j->...", weights, matrix, weights)
