"""Does the interval hold on real students? Twelve of one recipe, split three against three.

    python tests/benchmarks/same_recipe.py [--corpus NAME] [--preset NAME] [--out FOLDER]

Writes book/results/CORPUS-same-recipe.json. The students are trained once and then found in the
run store: a minute each with the preset tiny.
"""

import argparse
import math
import time
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

import kdlab as kd
from kdlab.experiments.results import made
from kdlab.files import shipped, write_json
from kdlab.metrics.outputs import outputs
from kdlab.metrics.samples import Sample, samples
from kdlab.metrics.significance import METHOD, comparison

SEEDS, S, BEAM = 12, 3, 5
QUESTION = "Are two groups of students of one recipe found to differ no oftener than is said?"
NOTE = (
    f"{SEEDS} students of one recipe that differ in their seed alone; every {S} of them against "
    f"every other {S}. 'pairs' counts these comparisons, which share students, so they say less "
    "than as many independent ones. false_alarms: the share of p < .05. width_ratio: half the "
    "interval over 1.96 true standard deviations; sd_ratio: the standard error over the true one, "
    "as root mean squares. True is that of a difference of two means of three students on these "
    "sentences and others: the variance between all twelve, less what of it is sentence by run "
    "counted twice, and the sentences'. On these very sentences the differences spread as "
    "spread_ratio says, beside the true one."
)


def splits(n: int, size: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every `size` of n against every other `size`; each pair once.

    >>> splits(4, 2)
    [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
    """
    groups = list(combinations(range(n), size))
    return [(a, b) for a in groups for b in groups if a < b and not set(a) & set(b)]


def measured(students: Sequence[Sample]) -> dict[str, float]:
    """The figures of one measure."""
    pairs = splits(len(students), S)
    found = [comparison([students[i] for i in a], [students[i] for i in b]) for a, b in pairs]
    differences = np.array([c.difference for c in found])
    # Two groups of S of one population: between runs, 2 s^2 / S, in which sentence by run is held.
    true = math.sqrt(2 * np.var([s.value for s in students], ddof=1) / S)
    widths = np.array([(c.high - c.low) / 2 for c in found])
    return {
        "false_alarms": float(np.mean([c.p < 0.05 for c in found])),
        "width_ratio": float(widths.mean() / 1.96 / true),
        "spread_ratio": float(np.sqrt(np.mean(differences**2)) / true),
        "true_sd": true,
        "pairs": len(pairs),
    }  # fmt: skip


def main() -> None:
    """Train or find the students, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", default="minitalks")
    parser.add_argument("--preset", default="tiny")
    parser.add_argument("--out", type=Path, default=shipped("book/results"), help="folder")
    options = parser.parse_args()
    begun = time.perf_counter()
    corpus = kd.load_corpus(options.corpus, preset=options.preset)
    test, pairs = next(iter(corpus.tests.items()))
    of: dict[str, list[Sample]] = {}
    for seed in range(1, SEEDS + 1):
        run = kd.train(kd.recipes.student(options.preset), corpus, seed=seed)
        for metric, sample in samples(outputs(run, pairs, BEAM), pairs).items():
            of.setdefault(metric, []).append(sample)
        print(f"{seed} of {SEEDS} students", flush=True)


if __name__ == "__main__":
    main()
