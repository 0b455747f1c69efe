"""The stages of `kdlab reproduce`, timed where the library does them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

from kdlab.experiments.jobs import Job
from kdlab.translator import Translator
from whole.clock import Clock

EXPERIMENTS = "kdlab.experiments."


@contextmanager
def watched(clock: Clock) -> Iterator[None]:
    """Inside the block these are stages of the clock.

    read, tokenizer: of each `load_corpus`     taught TARGETS: before students ask for them
    SYSTEM, SYSTEM/training, its encode and dev, SYSTEM/scoring
    """
    with ExitStack() as stack:
        for module, name, stage in (
            ("corpus", "_text", "read"),
            ("corpus", "_tokenizer", "tokenizer"),
            ("reproduce", "taught", lambda job: f"taught {job.arm.targets.__name__}"),
            ("reproduce", "run_job", lambda job: job.system),
            ("train", "_trained", "training"),
            ("train", "dev_scores", "dev"),
            ("jobs", "score", "scoring"),
        ):
            _replace(stack, import_module(EXPERIMENTS + module), name, clock, stage)
        _replace(stack, Translator, "encode", clock, "encode")
        yield


@contextmanager
def estimates(path: Path) -> Iterator[None]:
    """Inside the block the first estimate of the command is kept in `path`.

    As {said, seconds_an_update: {size: seconds}}, size "teacher" or "student"; one of a command
    that was begun again, which has less to do, is not kept.
    """
    told, timing = import_module("kdlab.cli.reproduce"), import_module(EXPERIMENTS + "estimate")
    real, timed, speeds = told.estimate, timing.seconds_an_update, {}

    def seconds_an_update(job: Job) -> float:
        speeds[job.arm.size] = timed(job)
        return speeds[job.arm.size]

    def estimate(jobs: Sequence[Job], processes: int = 1) -> str:
        said = real(jobs, processes)
        if not path.exists():
            path.write_text(json.dumps({"said": said, "seconds_an_update": speeds}))
        return said

    with (
        patch.object(told, "estimate", estimate),
        patch.object(timing, "seconds_an_update", seconds_an_update),
    ):
        yield


def _replace(stack: ExitStack, owner: object, name: str, clock: Clock, stage: object) -> None:
    wrapped = clock.wrapped(getattr(owner, name), stage)
    stack.enter_context(patch.object(owner, name, wrapped))
