"""What distilling costs: seconds and memory of a Word-KD step, cached teachers, decoding.

    python tests/benchmarks/distilling_cost.py --corpus minitalks|real [--quick]

Writes book/results/CORPUS-cost.json (CORPUS-cost-quick.json), which `kd.results` reads. The models
are those of `kdlab reproduce core` if they are in the run store, else of their sizes and trained
for 400 updates: the file says which, and how long their outputs are. Three minutes for minitalks
and six for real on one idle core, about one with --quick.
"""

import argparse
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from distilling.decoding import Growth, growth_rows, speed_rows
from distilling.figures import NOTE, summarised
from distilling.memory import memory_rows
from distilling.result_file import result_file, said
from distilling.steps import step_rows
from distilling.trained import BRIEF, PRESETS, Trained, trained

from kdlab.experiments.results import made
from kdlab.files import shipped, write_json

QUESTION = "What does distilling cost, in seconds and memory, and what does the student save?"


@dataclass(frozen=True)
class Plan:
    """How much is measured. part: training sentences for steps and caches; alone: one at a time"""

    part: int
    rounds: int
    updates: int
    sentences: int
    alone: int
    growth: Growth


FULL = Plan(4000, 9, 15, 1000, 30, Growth((250, 500, 1000, 2000, 4000), (1, 2, 5, 10, 20), 250))
QUICK = Plan(500, 3, 5, 200, 10, Growth((50, 100, 200), (1, 2, 5, 10), 50))


def measure(models: Trained, plan: Plan) -> dict[str, object]:
    """All rows, their summary, and the points of the two lines."""
    pairs = models.corpus.train.spread(plan.part)
    part = models.teacher.encode(pairs.source, pairs.target)
    with tempfile.TemporaryDirectory() as folder:
        rows = list(step_rows(models, part, plan.rounds, plan.updates, Path(folder)))
    said("steps")
    rows += memory_rows(models, part, rounds=2)
    said("memory")
    rows += speed_rows(models, plan.rounds // 2 + 1, plan.sentences, plan.alone)
    said("speed")
    grown, points = growth_rows(models, plan.growth, max(2, plan.rounds // 3))
    said("growth")
    return {"runs": rows + grown, "summary": summarised(rows + grown), "points": points}


def main() -> None:
    """Measure one corpus and write its result file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", choices=PRESETS, required=True, help="what text")
    parser.add_argument("--quick", action="store_true", help="less of everything, for a look")
    parser.add_argument("--out", type=Path, default=shipped("book/results"), help="folder")
    options = parser.parse_args()
    os.environ["TQDM_DISABLE"] = "1"
    torch.set_num_threads(1)
    began, models = time.perf_counter(), trained(options.corpus)
    if models.student.updates <= BRIEF:
        print("No Seq-KD student is stored, so its outputs have no natural lengths: run the core")
        print("suite first (kdlab reproduce core), or compare by output_pieces.")
    found = measure(models, QUICK if options.quick else FULL)
    command = f"python tests/benchmarks/distilling_cost.py --corpus {options.corpus}"
    how = made(command + (" --quick" if options.quick else ""), time.perf_counter() - began)
    name = f"{options.corpus}-cost{'-quick' if options.quick else ''}.json"
    about = {"suite": "cost", "question": QUESTION, "note": NOTE}
    write_json(options.out / name, result_file(about, models, found, how))
    for row in found["summary"]:
        figures = f"{row['mean']:.4g} ({row['lowest']:.4g} to {row['highest']:.4g})"
        print(f"{row['test']:6} {row['system']:32} {row['metric']:26} {figures}")


if __name__ == "__main__":
    main()
