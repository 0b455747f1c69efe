"""Do the intervals hold on real students? Twelve of one recipe, every three against every three.

    python tests/benchmarks/same_recipe.py [--out FOLDER]

Writes book/results/minitalks-same-recipe.json, which `kd.results` reads. The students are trained
once and then found in the run store: ten minutes on an idle core, two without training.
"""

import argparse
import math
import time
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import numpy as np

import kdlab as kd
from kdlab.experiments.jobs import made_with
from kdlab.experiments.results import made
from kdlab.files import shipped, write_json
from kdlab.metrics.outputs import outputs
from kdlab.metrics.samples import Sample, samples
from kdlab.metrics.significance import LEVEL, METHOD, half_width, p_value
from kdlab.metrics.variance import Systems

CORPUS, PRESET, STUDENTS, S, BEAM, Z = "minitalks", "tiny", 12, 3, 5, 1.959964
QUESTION = "How often are two groups of students of one recipe found to differ?"
NOTE = (
    f"{STUDENTS} students that differ in their seed alone; every {S} of them against every other "
    f"{S}, by each measure, which is the 'system'. These comparisons ('pairs') share "
    "students and say less than as many independent ones. false_alarms: the share of p < .05, .05 "
    "if all is right. true_sd: of a difference, by the spread of all students; nothing that is "
    "sentence alone is in it, since the two groups are of one kind. sd_ratio: the root mean square "
    "of the standard errors over it. width_ratio: the mean width of an interval over that of who "
    "knew true_sd. runs_share: what of the variance is between runs, of all students together; the "
    "rest is sentence by run."
)


def halves(n: int, size: int) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Every `size` of n against every other `size`; each pair once.

    >>> halves(4, 2)
    [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
    """
    groups = list(combinations(range(n), size))
    return [(a, b) for a in groups for b in groups if a < b and not set(a) & set(b)]


def measured(students: Sequence[Sample], size: int = S) -> dict[str, float]:
    """The figures of one measure."""
    spreads = [
        Systems.of({"a": [students[i] for i in a], "b": [students[i] for i in b]}).spread(
            np.array([1.0, -1.0])
        )
        for a, b in halves(len(students), size)
    ]
    (all_runs,) = Systems.of({"all": students}).runs
    between, both = all_runs.between[0, 0], all_runs.both[0, 0]
    true = math.sqrt(2 * between * len(students) / size)
    return {
        "false_alarms": float(np.mean([p_value(s) < LEVEL for s in spreads])),
        "sd_ratio": math.sqrt(np.mean([s.variance for s in spreads])) / true,
        "width_ratio": float(np.mean([half_width(s) for s in spreads])) / (Z * true),
        "true_sd": true,
        "runs_share": float(max(0, between - both) / between),
    }


def main() -> None:
    """Train or find the students, compare, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=shipped("book/results"), help="folder")
    options = parser.parse_args()
    begun, corpus = time.perf_counter(), kd.load_corpus(CORPUS, preset=PRESET)
    test, pairs = next(iter(corpus.tests.items()))
    runs, of = [], {}
    for seed in range(1, STUDENTS + 1):
        run = kd.train(kd.recipes.student(PRESET), corpus, seed=seed)
        each = samples(outputs(run, pairs, BEAM), pairs)
        for metric, sample in each.items():
            of.setdefault(metric, []).append(sample)
        scores = {metric: sample.value for metric, sample in each.items()}
        runs.append({"system": "student", "seed": seed, "run": run.key, "metrics": {test: scores}})
        print(f"{seed} of {STUDENTS} students", flush=True)
    n = len(halves(STUDENTS, S))
    summary = [
        {"system": metric, "test": test, "metric": name, "mean": value}
        | {"low": None, "high": None, "seeds": 1, "pairs": n}
        for metric, students in of.items()
        for name, value in measured(students).items()
    ]
    how = made("python tests/benchmarks/same_recipe.py", time.perf_counter() - begun)
    how["made_with"] = made_with(BEAM)
    about = {"suite": "same-recipe", "question": QUESTION, "note": NOTE, "method": METHOD}
    file = about | {"made": how, "runs": runs, "summary": summary, "comparisons": []}
    write_json(options.out / f"{CORPUS}-same-recipe.json", file)


if __name__ == "__main__":
    main()
