"""Peak memory of an update, each kind in a process of its own."""

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import torch

from distilling.figures import row
from distilling.steps import KEPT
from distilling.trained import Trained
from kdlab.batching import Encoded
from kdlab.experiments.recipes import Recipe
from kdlab.losses import NLL, WordKD
from kdlab.models import build
from kdlab.objectives import CachedTeacher, Plain, TeacherLogits, online
from kdlab.objectives.positions import position_starts
from kdlab.training import Session
from kdlab.training.epochs import epoch

What = TypeVar("What")
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Case:
    """What a new process needs: memory depends on sizes, so weights and a table are made up.

    lesson: "nll", "online", or k as text     sizes: source and target pieces     data: one batch
    """

    lesson: str
    recipe: Recipe
    teacher: Recipe
    sizes: tuple[int, int]
    data: Encoded


def memory_rows(models: Trained, part: Encoded, rounds: int) -> Iterator[dict]:
    """step_mib of nll, word_kd_online and word_kd_topK; nothing on a system without /proc."""
    if not RESET.exists():
        return
    recipe = models.student.recipe
    data = chosen(part, largest(part, recipe.training.batch_tokens))
    lessons = {"nll": "nll", "word_kd_online": "online"} | {f"word_kd_top{k}": str(k) for k in KEPT}
    for number in range(1, rounds + 1):
        found: Mapping[str, float] = {}
        for system, lesson in lessons.items():
            case = Case(lesson, recipe, models.teacher.recipe, models.sizes, data)
            found[system] = in_new_process(peak, case)
            metrics = {"step_mib": found[system], "step_mib_ratio": found[system] / found["nll"]}
            yield row(system, number, models.student.params, "train", metrics)


def largest(data: Encoded, batch_tokens: int) -> list[int]:
    """The rows of the first epoch's batch with the most padded target pieces."""
    batches = epoch(data, batch_tokens, 1, 0)
    return max(batches, key=lambda rows: len(rows) * max(len(data.target[i]) for i in rows))


def chosen(data: Encoded, rows: Sequence[int]) -> Encoded:
    """These sentences only."""
    return Encoded([data.source[i] for i in rows], [data.target[i] for i in rows])


def in_new_process(measured: Callable[[What], float], case: What) -> float:
    """measured(case), in a process that has done nothing before."""
    # glibc then gives back what is freed, so that an update after others shows what it takes.
    os.environ["MALLOC_MMAP_THRESHOLD_"] = str(2**16)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measured, case).result()


def peak(case: Case) -> float:
    """`step_peak` of a case."""
    torch.set_num_threads(1)
    teacher = _teacher(case)
    objective = Plain(NLL() if teacher is None else WordKD(), teacher)
    student = build(case.recipe.model, *case.sizes)
    session = Session(student, objective, case.data, case.recipe.training, seed=1)
    return step_peak(session)


def step_peak(session: Session) -> float:
    """MiB that an update on the session's one batch takes at most, beyond what others left behind.

    Five updates go before: they allocate Adam's moments and load the libraries' code.
    """
    list(islice(session.records(), 5))
    RESET.write_text("5")  # forget the highest value so far: proc(5)
    before = status("VmRSS")
    next(session.records())
    return status("VmHWM") - before


def status(name: str) -> float:
    """A line of the kernel's account of this process, in MiB; nan if it has none."""
    for text in STATUS.read_text().splitlines():
        if text.startswith(f"{name}:"):
            return int(text.split()[1]) / 1024
    return math.nan


def _teacher(case: Case) -> TeacherLogits | None:
    if case.lesson == "nll":
        return None
    if case.lesson == "online":
        return online(build(case.teacher.model, *case.sizes))
    starts = position_starts(case.data.target)
    k, positions = int(case.lesson), int(starts[-1])
    pieces = torch.arange(k, dtype=torch.int32).expand(positions, k).contiguous()
    log_q = torch.full((positions, k), 0.5 / k).log()
    return CachedTeacher(pieces, log_q, starts, case.sizes[1])
