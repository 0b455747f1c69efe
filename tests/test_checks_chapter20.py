"""Chapter 20's exercises: a paired interval passes, its mistakes have names, the cell is right."""

from statistics import fmean, stdev

import numpy as np

from kdlab.checks import exercise


def test_a_paired_interval_passes():
    def difference(a, b, draws):
        apart = np.array(a) - np.array(b)
        drawn = [apart[list(rows)].mean() for rows in draws]
        return tuple(
            round(float(x), 6) for x in (apart.mean(), *np.quantile(drawn, (0.025, 0.975)))
        )

    assert exercise("ch20-difference").judge(difference).ok


def test_quantiles_of_each_system_are_named():
    def difference(a, b, draws):
        ends = []
        for each in (a, b):
            means = [np.mean([each[i] for i in rows]) for rows in draws]
            ends.append(np.quantile(means, (0.025, 0.975)))
        low, high = ends[0] - ends[1]
        return tuple(round(float(x), 6) for x in (np.mean(a) - np.mean(b), low, high))

    assert "in every draw first" in exercise("ch20-difference").judge(difference).says


def test_the_key_of_the_cell():
    scores = [57.0, 58.0, 57.3]
    half = 4.303 * stdev(scores) / 3**0.5
    said = {"mean": fmean(scores), "low": fmean(scores) - half, "high": fmean(scores) + half}
    assert exercise("ch20-cell").judge(said).ok
