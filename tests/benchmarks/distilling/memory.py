"""Peak memory of an update, each kind in a process of its own."""

import math
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import torch

from distilling.figures import row
from distilling.steps import KEPT
from distilling.trained import Trained
from kdlab.batching import Encoded, epoch
from kdlab.experiments.recipes import Recipe
from kdlab.losses import NLL, WordKD
from kdlab.models import build
from kdlab.objectives import CachedTeacher, Plain, TeacherLogits, online
from kdlab.training import Session

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
    batches = epoch(part, recipe.training.batch_tokens, 1, 0)
    largest = max(batches, key=lambda rows: len(rows) * max(len(part.target[i]) for i in rows))
    data = Encoded([part.source[i] for i in largest], [part.target[i] for i in largest])
    lessons = {"nll": "nll", "word_kd_online": "online"} | {f"word_kd_top{k}": str(k) for k in KEPT}
    for number in range(1, rounds + 1):
        found: Mapping[str, float] = {}
        for system, lesson in lessons.items():
            case = Case(lesson, recipe, models.teacher.recipe, models.sizes, data)
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
                found[system] = process.submit(peak, case).result()
            metrics = {"step_mib": found[system], "step_mib_ratio": found[system] / found["nll"]}
            yield row(system, number, models.student.params, "train", metrics)


def peak(case: Case) -> float:
    """MiB that an update on the batch takes at most, beyond what one on one sentence left behind.

    The update before allocates Adam's moments and loads the libraries' code, the same for all.
    """
    torch.set_num_threads(1)
    teacher = _teacher(case)
    objective = Plain(NLL() if teacher is None else WordKD(), teacher)
    student = build(case.recipe.model, *case.sizes)
    one = Encoded(case.data.source[:1], case.data.target[:1])
    session = Session(student, objective, one, case.recipe.training, seed=1)
    list(islice(session.records(), 2))
    session.data, session.position = case.data, (0, 0)
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
    starts = torch.tensor([0, *map(len, case.data.target)]).cumsum(0)
    k, positions = int(case.lesson), int(starts[-1])
    pieces = torch.arange(k, dtype=torch.int32).expand(positions, k).contiguous()
    log_q = torch.full((positions, k), 0.5 / k).log()
    return CachedTeacher(pieces, log_q, starts, case.sizes[1])
