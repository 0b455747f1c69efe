"""Pure arithmetic of the cost benchmark: a line, a break-even, factors of a ratio, rows."""

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from kdlab.experiments.results import summary

NOTE = (
    "All seconds are CPU seconds of one thread, which on an idle core are those of the clock. "
    "'seeds' counts rounds of timing, not trained models: one model of each size was timed, all "
    "systems in turn in every round, and mean, low and high are over rounds (95 % t-interval); "
    "median, lowest and highest stand beside them. A ratio is of one round. Thai has no spaces, so "
    "words_per_s counts words of the English reference and pieces_per_s pieces of the source; both "
    "give one ratio, since all systems read the same sentences. step_mib is the highest resident "
    "memory of the sixth update on the largest batch, less what was resident before it (so without "
    "parameters, Adam's moments and libraries), in a new process each time; the table of a cached "
    "teacher, cache_mib, comes on top. Its errors are means over target positions."
)


class Line(NamedTuple):
    """y = intercept + slope x; r_squared: the share of the variance of y that it explains."""

    slope: float
    intercept: float
    r_squared: float


def line(points: Sequence[tuple[float, float]]) -> Line:
    """The least-squares line through (x, y) points, of two different x at least.

    >>> line([(1, 12.0), (2, 14.0), (4, 18.0)])
    Line(slope=2.0, intercept=10.0, r_squared=1.0)
    """
    xs, ys = zip(*points, strict=True)
    slope, intercept = statistics.linear_regression(xs, ys)
    mean = statistics.fmean(ys)
    left = sum((y - intercept - slope * x) ** 2 for x, y in points)
    return Line(slope, intercept, 1 - left / sum((y - mean) ** 2 for y in ys))


def pays_after(cache: float, online: float, cached: float, updates: int) -> float:
    """Epochs after which a cache has cost less than the teacher online; nan if it never does.

    cache: seconds to make it     online, cached: seconds of an update     updates: of one epoch

    >>> pays_after(30.0, online=0.75, cached=0.25, updates=20)
    3.0
    """
    saved = (online - cached) * updates
    return cache / saved if saved > 0 else math.nan


def factors(seconds: Mapping[str, float]) -> dict[str, float]:
    """How many times faster the student's greedy search is than the teacher's beam 5, and why.

    speed_ratio = search_factor (beam 5 to greedy, teacher) x size_factor (teacher to student).
    """
    slow, greedy, fast = (
        seconds[name] for name in ("teacher_beam5", "teacher_greedy", "student_greedy")
    )
    return {
        "speed_ratio": slow / fast, "search_factor": slow / greedy, "size_factor": greedy / fast,
    }  # fmt: skip


def row(system: str, number: int, params: int, test: str, metrics: Mapping[str, float]) -> dict:
    """One round of one system, as a run of a result file; nan is left out."""
    kept = {name: value for name, value in metrics.items() if not math.isnan(value)}
    return {"system": system, "seed": number, "params": params, "metrics": {test: kept}}


def summarised(rows: Sequence[Mapping]) -> list[dict]:
    """The summary rows of a result file, with median, lowest and highest of the rounds."""
    found = []
    for figure in summary(rows):
        values = [
            run["params"] if figure["metric"] == "params" else metrics[figure["metric"]]
            for run in rows
            for test, metrics in run["metrics"].items()
            if (run["system"], test) == (figure["system"], figure["test"])
            and figure["metric"] in (*metrics, "params")
        ]
        middle = {"median": statistics.median(values)}
        found.append(figure | middle | {"lowest": min(values), "highest": max(values)})
    return found
