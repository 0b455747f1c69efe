"""How long a suite will take here, told before it starts."""

import time
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

import torch

from kdlab.batching import Encoded
from kdlab.experiments.jobs import Job
from kdlab.losses.nll import NLL
from kdlab.models.build import build
from kdlab.objectives.plain import Plain
from kdlab.training.loop import Session

WARM, TIMED = 1, 3  # updates


def estimate(jobs: Sequence[Job], processes: int = 1) -> str:
    """One line: runs, hours of training on this machine, and what was timed.

    Three updates of each size of model are timed on 2,000 sentences of the corpus, with the plain
    loss. Not counted: methods that run a teacher (2 to 4 times an update; TIE-KD, which asks it
    three times, 7), decoding of training sets and scoring (together about as much again on a small
    corpus, less on a large one).
    """
    if not jobs:
        return "Every run is there already."
    torch.set_num_threads(1)  # as a run has
    speeds: dict[object, float] = {}
    seconds = 0.0
    for job in jobs:
        if job.arm.averages:  # trains nothing
            continue
        recipe = job.arm.recipe(job.plan.recipe_preset)
        size = (recipe.model, recipe.training.batch_tokens)
        if size not in speeds:
            speeds[size] = seconds_an_update(job)
        seconds += speeds[size] * recipe.training.updates
    each = ", ".join(f"{1000 * s:.0f}" for s in sorted(speeds.values()))
    hours = seconds / 3600 / processes
    return (
        f"{len(jobs)} runs, about {hours:.1f} hours of training with {processes} at a time on this "
        f"machine (updates of {each} ms, timed now); methods that run a teacher (2 to 7 times an "
        "update), decoding and scoring come on top."
    )


def seconds_an_update(job: Job) -> float:
    """Of the job's model with the plain loss, on this machine, measured."""
    corpus, recipe = job.gold, job.arm.recipe(job.plan.recipe_preset)
    few, pieces = corpus.train.spread(2000), corpus.tokenizer
    data = Encoded(pieces.encode_source(few.source), pieces.encode_target(few.target))
    with torch.random.fork_rng():
        model = build(recipe.model, pieces.source_size, pieces.target_size)
        training = replace(recipe.training, updates=WARM + TIMED)
        records = Session(model, Plain(NLL()), data, training, seed=1).records()
        list(islice(records, WARM))
        began = time.perf_counter()
        done = len(list(records))
    return (time.perf_counter() - began) / done
