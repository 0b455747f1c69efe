"""Seconds of an update with and without a teacher, and what a cached teacher costs and loses."""

import time
from collections.abc import Hashable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TypeVar

import torch

from distilling.cache_error import cache_error
from distilling.figures import pays_after, row
from distilling.trained import Trained
from kdlab.batching import Encoded
from kdlab.distill import cache_top_k
from kdlab.losses import NLL, WordKD
from kdlab.models import build
from kdlab.objectives import Plain, TeacherLogits, online
from kdlab.training import Record, Session
from kdlab.training.epochs import epoch

KEPT = (8, 32)
Name = TypeVar("Name", bound=Hashable)


def step_rows(
    models: Trained, part: Encoded, rounds: int, updates: int, folder: Path
) -> Iterator[dict]:
    """Rows of nll, word_kd_online and word_kd_topK.

    part: the training pairs on which all is measured; a cache's seconds and size are scaled up to
    the whole training set by target pieces     folder: for the caches
    """
    recipe, teacher = models.student.recipe, models.teacher
    pairs = models.corpus.train
    whole = teacher.encode(pairs.source, pairs.target)
    scale = sum(map(len, whole.target)) / sum(map(len, part.target))
    caches, costs = {}, {}
    for k in KEPT:
        path = folder / f"{k}.safetensors"
        began = time.process_time()
        caches[k] = cache_top_k(teacher, part, k, path=path)
        seconds = time.process_time() - began
        costs[k] = {"cache_seconds": seconds * scale}
        costs[k] |= {"cache_mib": path.stat().st_size * scale / 2**20}
        costs[k] |= cache_error(online(teacher.model), caches[k], part)
    lessons = {"nll": None, "word_kd_online": online(teacher.model)}
    lessons |= {f"word_kd_top{k}": cache for k, cache in caches.items()}
    epoch_updates = len(epoch(whole, recipe.training.batch_tokens, 1, 0))
    for number, seconds in enumerate(timed(models, part, lessons, (rounds, updates)), 1):
        for system, each in seconds.items():
            metrics = {"step_ms": 1000 * each, "step_ratio": each / seconds["nll"]}
            for k in KEPT:
                if system == f"word_kd_top{k}":
                    made = costs[k]["cache_seconds"]
                    epochs = pays_after(made, seconds["word_kd_online"], each, epoch_updates)
                    metrics |= {"pays_after_epochs": epochs} | (costs[k] if number == 1 else {})
            yield row(system, number, models.student.params, "train", metrics)


def timed(
    models: Trained,
    part: Encoded,
    lessons: Mapping[str, TeacherLogits | None],
    how_many: tuple[int, int],
) -> Iterator[dict[str, float]]:
    """Seconds per update of each lesson, once a round: all over the same batches, in turn.

    how_many: rounds, and updates of each lesson in a round
    """
    recipe, (rounds, updates) = models.student.recipe, how_many
    sessions = {}
    for name, teacher in lessons.items():
        torch.manual_seed(1)
        objective = Plain(NLL() if teacher is None else WordKD(), teacher)
        student = build(recipe.model, *models.sizes)
        session = Session(student, objective, part, recipe.training, seed=1)
        sessions[name] = session.records()
        list(islice(sessions[name], 5))  # the first updates allocate
    yield from in_turn(sessions, rounds, updates)


def in_turn(
    sessions: Mapping[Name, Iterator[Record]], rounds: int, updates: int
) -> Iterator[dict[Name, float]]:
    """CPU seconds per update of each training, once a round, all in turn."""
    names = list(sessions)
    for number in range(rounds):
        shift = number % len(names)  # so that none is always the one after the teacher
        seconds = {}
        for name in [*names[shift:], *names[:shift]]:
            began = time.process_time()
            list(islice(sessions[name], updates))
            seconds[name] = (time.process_time() - began) / updates
        yield {name: seconds[name] for name in names}
