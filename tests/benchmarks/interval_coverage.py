"""Are the intervals right? False alarms, power and width in worlds whose truth is known.

    python tests/benchmarks/interval_coverage.py [--times N] [--out FOLDER]

Writes book/results/coverage.json, which `kd.results` reads. A few minutes on an idle core.
"""

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from kdlab.experiments.results import made
from kdlab.files import shipped, write_json
from kdlab.metrics.samples import Sample
from kdlab.metrics.significance import LEVEL, METHOD, half_width, p_value
from kdlab.metrics.variance import Spread, Systems

N, RUNS, TIMES, OLD_TIMES, DRAWS = 200, (1, 2, 3, 5), 4000, 500, 400
Z, POWER = 1.959964, 0.80
EFFECT = Z + 0.841621  # in standard errors: what who knew them would find with that power
QUESTION = "How often does an interval miss the truth, and how much wider is it than it must be?"
NOTE = (
    f"Two systems of S runs on {N} sentences, drawn anew 'seeds' times. false_alarms: the share of "
    "p < .05 where they do not differ; of one run, where these runs do not, and "
    "false_alarms_others where no others do. power: the share of p < .05 of a difference that a "
    f"test with known variances finds with power {POWER:.2f}, the most that is possible. "
    "width_ratio: the mean width of the interval over that test's. false_alarms_before: of the "
    f"bootstrap that this book used before ({OLD_TIMES} times, {DRAWS} draws). low, high: where "
    "the share itself lies, 95 % (normal). In each world the three shares are those of the "
    "variance of the difference: sentences, runs, sentence by run. shared: sentences are also "
    "harder or easier for both, with 16 times the variance of the difference. counts: the measure "
    "is no mean but the geometric mean of two ratios of sums, as BLEU is, of sentences of unequal "
    "length. worst: a mix that was sought, not met, in which three runs deceive most."
)


@dataclass(frozen=True)
class World:
    """Shares of the variance of a difference of two means: sentences, runs, sentence by run.

    shared: variance of what a sentence adds to both systems     counts: a measure that is no mean
    """

    sentences: float
    runs: float
    both: float
    shared: float = 0.0
    counts: bool = False


WORLDS = {
    "sentences": World(1, 0, 0),
    "runs": World(0, 1, 0),
    "sentence by run": World(0, 0, 1),
    "mix": World(1 / 3, 1 / 3, 1 / 3),
    "mix, shared": World(1 / 3, 1 / 3, 1 / 3, shared=16),
    "mix, counts": World(1 / 3, 1 / 3, 1 / 3, shared=16, counts=True),
    "worst": World(0, 0.8, 0.2),
}


def drawn(world: World, S: int, draw: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Figures of both systems [2, S, N], of expectation 0; and by how much these runs differ.

    The difference of the means over runs and sentences has variance 1.
    """
    scale = np.sqrt([world.sentences * N / 2, world.runs * S / 2, world.both * N * S / 2])
    sentence, run, both = (
        sd * draw.standard_normal(shape)
        for sd, shape in zip(scale, [(2, 1, N), (2, S, 1), (2, S, N)], strict=True)
    )
    shared = math.sqrt(world.shared * N) * draw.standard_normal(N)
    return sentence + run + both + shared, run.mean((1, 2)) @ [1, -1]


def sampled(figures: np.ndarray, world: World, draw: np.random.Generator) -> list[list[Sample]]:
    """figures: [2, S, N]; as samples of a measure of which they are the sentences' figures."""
    if not world.counts:
        return [[Sample(np.stack([f, np.ones(N)], 1), _mean) for f in each] for each in figures]
    length = np.ceil(draw.lognormal(2.2, 0.5, N))
    hits = [length * (share + 0.004 * figures) for share in (0.6, 0.4)]  # [2, S, N] each
    return [
        [
            Sample(np.stack([one, two, length], 1), _bleu_like)
            for one, two in zip(*each, strict=True)
        ]
        for each in zip(*hits, strict=True)
    ]


def _mean(sums: np.ndarray) -> np.ndarray:
    return sums[..., 0] / sums[..., 1]


def _bleu_like(sums: np.ndarray) -> np.ndarray:
    return 100 * np.sqrt(np.maximum(0, sums[..., 0] * sums[..., 1])) / sums[..., 2]


def bootstrap_alarm(figures: np.ndarray, draw: np.random.Generator) -> bool:
    """Whether percentiles of a bootstrap over sentences, and S - 1 of S runs, leave 0 out."""
    differences = figures[0] - figures[1]  # [S, N]
    S = len(differences)
    each = draw.multinomial(N, np.full(N, 1 / N), size=DRAWS) @ differences.T / N  # [D, S]
    runs = draw.integers(S, size=(DRAWS, max(1, S - 1)))
    low, high = np.quantile(np.take_along_axis(each, runs, 1).mean(1), (LEVEL / 2, 1 - LEVEL / 2))
    return bool(low > 0 or high < 0)


def measured(name: str, S: int, times: int) -> Iterator[tuple[str, np.ndarray]]:
    """(metric, one figure a time)."""
    world, draw = WORLDS[name], np.random.default_rng([S, *name.encode()])
    spreads, these, before = [], [], []
    for t in range(times):
        figures, apart = drawn(world, S, draw)
        a, b = sampled(figures, world, draw)
        spreads.append(Systems.of({"a": a, "b": b}).spread(np.array([1.0, -1.0])))
        these.append(apart)
        if t < OLD_TIMES and not world.counts:
            before.append(bootstrap_alarm(figures, draw))
    each = Spread(*(np.array([getattr(s, f.name) for s in spreads]) for f in fields(Spread)))
    sd = each.value.std() if world.counts else 1.0
    if S > 1:
        yield "false_alarms", p_value(each) < LEVEL
        yield "power", p_value(each, EFFECT * sd) < LEVEL
        yield "width_ratio", half_width(each) / (Z * sd)
    else:
        yield "false_alarms_others", p_value(each) < LEVEL
        if not world.counts:
            yield "false_alarms", p_value(each, np.array(these)) < LEVEL
    if before:
        yield "false_alarms_before", np.array(before)


def rows(times: int) -> Iterator[dict[str, object]]:
    """`summary` of the result file: a world is a system, a number of runs a test."""
    for name in WORLDS:
        for S in RUNS:
            for metric, each in measured(name, S, times):
                mean, half = float(each.mean()), Z * float(each.std()) / math.sqrt(len(each))
                ends = {"low": mean - half, "high": mean + half, "seeds": len(each)}
                yield {"system": name, "test": runs(S), "metric": metric, "mean": mean} | ends
        print(f"{time.strftime('%H:%M:%S')} {name}", flush=True)


def runs(S: int) -> str:
    """What a number of runs is called as a test of the file."""
    return f"{S} run{'s' * (S > 1)}"


def main() -> None:
    """Simulate and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=TIMES, help="how often each world is drawn")
    parser.add_argument("--out", type=Path, default=shipped("book/results"), help="folder")
    options = parser.parse_args()
    begun = time.perf_counter()
    found = list(rows(options.times))
    how = made("python tests/benchmarks/interval_coverage.py", time.perf_counter() - begun)
    about = {"suite": "coverage", "question": QUESTION, "note": NOTE, "method": METHOD}
    worlds = {name: vars(world) for name, world in WORLDS.items()}
    file = about | {"made": how, "worlds": worlds, "runs": [], "summary": found, "comparisons": []}
    write_json(options.out / "coverage.json", file)


if __name__ == "__main__":
    main()
