"""What every method of the leaderboard costs beside NLL: seconds, memory, what is paid once.

    python tests/benchmarks/method_cost.py [--rounds N] [--out FOLDER] [--quick]

Writes book/results/minitalks-method-cost.json (minitalks-method-cost-quick.json), which
`kd.results` reads. Teacher and student are those of `kdlab reproduce core` if they are in the run
store, else of their sizes and trained for 400 updates. A quarter of an hour on an idle core, a
few minutes with --quick.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import torch
from distilling.classroom import Classroom
from distilling.figures import row, summarised
from distilling.method_memory import memory_rows
from distilling.methods import REVERSE, Item, Search, Step, Written, bought, metrics, steps
from distilling.result_file import result_file, said
from distilling.steps import in_turn
from distilling.trained import PRESETS, Trained, trained

from kdlab.experiments import recipes
from kdlab.experiments.results import made
from kdlab.experiments.suites.leaderboard import ARMS
from kdlab.files import shipped, write_json

CORPUS = "minitalks"
QUESTION = "What does each method cost beside NLL, in seconds and memory?"
NOTE = (
    "Seconds are CPU seconds of one thread; 'seeds' counts rounds of timing, not trained models. "
    "In every round all were timed in turn, and a ratio is to NLL on gold in the same round. All "
    "students begin with the weights of one that was trained, so that what they sample ends; "
    "annealing's and on_policy's two kinds of update are timed apart and counted by their shares. "
    "once_updates is what is paid once, in updates of NLL, and the sum of: decoding_updates, "
    "targets written by a teacher, scaled up by sentences from a part of the training set; "
    "neighbours_updates, a datastore of the whole training set and a search in it, scaled up from "
    "a part of the positions; reverse_updates, the training of a model of the other direction. "
    "whole_ratio: all updates of an arm and of those it starts from, and what is paid once, over a "
    "student's number of updates of NLL; without evaluation, and without the teacher's own "
    "training, which is whole_ratio of 'teacher' (born_again's is 'baseline'). step_mib is the "
    "highest resident memory of an update on the largest batch of gold pairs, less that before it, "
    "which holds parameters, the teacher's among them, Adam's moments and libraries; the sixth "
    "such update of a new process, from untrained weights. It was measured once for each loss, "
    "since other targets make no larger batches; of two kinds of update the larger counts. What "
    "knn_kd keeps of all neighbours, table_mib, comes on top."
)


@dataclass(frozen=True)
class Plan:
    """How much is measured.

    part: training pairs for updates and decoding     warm: updates before, so that a queue is full
    every: one position in so many asks for its neighbours     peaks: rounds of memory
    """

    part: int
    warm: int
    rounds: int
    updates: int
    every: int
    peaks: int


FULL = Plan(part=1000, warm=300, rounds=5, updates=60, every=64, peaks=3)
QUICK = Plan(part=100, warm=5, rounds=3, updates=3, every=2048, peaks=1)


def measure(models: Trained, plan: Plan) -> dict[str, object]:
    """All rows and their summary."""
    both = recipes.teacher(PRESETS[CORPUS]), recipes.student(PRESETS[CORPUS])
    room = Classroom.of(models, both, plan.part)
    kinds = dict.fromkeys(step for arm in ARMS for step in steps(arm))
    sessions = {step: room.session(step) for step in kinds}
    records = {step: session.records() for step, session in sessions.items()}
    records["teacher"] = room.teacher_session(reverse=False).records()
    records[REVERSE] = room.teacher_session(reverse=True).records()
    for each in records.values():
        list(islice(each, plan.warm))
    said("warm")
    rows = []
    for number, seconds in enumerate(in_turn(records, plan.rounds, plan.updates), 1):
        rows += round_rows(room, number, seconds, once(room, seconds, plan.every))
        said(f"round {number}")
    rows += memory_rows(models, ARMS, room.said, sessions, plan.peaks)
    said("memory")
    return {"runs": rows, "summary": summarised(rows)}


def once(room: Classroom, seconds: Mapping, every: int) -> dict[Item, float]:
    """Seconds of everything that some arm pays for once, over the whole training set."""
    scale = len(room.models.corpus.train) / len(room.part.train)
    found: dict[Item, float] = {REVERSE: room.teacher.training.updates * seconds[REVERSE]}
    for item in set().union(*map(bought, ARMS)) - {REVERSE}:
        if isinstance(item, Written):
            found[item] = room.decoding_seconds(item) * scale
        else:
            found[item] = room.neighbour_seconds(item, every)
    return found


def round_rows(room: Classroom, number: int, seconds: Mapping, paid: Mapping) -> list[dict]:
    """A row of every arm, and of the teacher. paid: of `once`"""
    models, updates = room.models, room.student.training.updates
    rows = []
    for arm in ARMS:
        found = metrics(arm, seconds, paid, updates)
        for item in bought(arm):
            if isinstance(item, Search):
                found["table_mib"] = room.table_mib(item)
        rows.append(row(arm.system, number, models.student.params, "train", found))
    own = seconds["teacher"]
    ratio = own / seconds[Step()]
    whole = ratio * room.teacher.training.updates / updates
    found = {"step_ms": 1000 * own, "step_ratio": ratio, "whole_ratio": whole}
    return [*rows, row("teacher", number, models.teacher.params, "train", found)]


def main() -> None:
    """Measure all arms and write the result file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, help=f"of timing; {FULL.rounds} by default")
    parser.add_argument("--quick", action="store_true", help="less of everything, for a look")
    parser.add_argument("--out", type=Path, default=shipped("book/results"), help="folder")
    options = parser.parse_args()
    plan = QUICK if options.quick else FULL
    plan = replace(plan, rounds=options.rounds or plan.rounds)
    os.environ["TQDM_DISABLE"] = "1"
    torch.set_num_threads(1)
    began, models = time.perf_counter(), trained(CORPUS)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KDLAB_HOME"] = folder  # so that no list is found that was written before
        found = measure(models, plan)
    command = "python tests/benchmarks/method_cost.py" + (" --quick" if options.quick else "")
    command += f" --rounds {options.rounds}" if options.rounds else ""
    about = {"suite": "method-cost", "question": QUESTION, "note": NOTE}
    how = made(command, time.perf_counter() - began)
    name = f"{CORPUS}-method-cost{'-quick' if options.quick else ''}.json"
    write_json(options.out / name, result_file(about, models, found, how))
    for figure in found["summary"]:
        if figure["metric"].endswith(("_ratio", "once_updates")):
            middle = f"{figure['median']:.4g} ({figure['lowest']:.4g} to {figure['highest']:.4g})"
            print(f"{figure['system']:18} {figure['metric']:16} {middle}")


if __name__ == "__main__":
    main()
