"""Processes that are killed in mid-work: `python killed.py HOME TASK STALL`, tests' own.

TASK: train-transformer, train-rnn or decode     STALL: at what the process says "here" and sleeps,
so that a test can kill it there: evaluate, save, nbest, or never
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import tiny

import kdlab.experiments.train as training
from kdlab.distill import nbest_lists
from kdlab.experiments.runs import Run, RunStore
from kdlab.translator import Translator

MODELS = {"train-transformer": tiny.TRANSFORMER, "train-rnn": tiny.FED_RNN}
LINES = tiny.text().train.source[:24]
CHUNK = 8


def train(home: Path, task: str) -> Run:
    """The run that a killed process left half done."""
    store = RunStore(Path(home) / "runs")
    return training.train(tiny.recipe(MODELS[task]), tiny.corpus(), seed=3, store=store)


def decode(home: Path) -> list:
    """The lists that a killed process left half done."""
    nbest_lists.CHUNK = CHUNK
    return nbest_lists.decoded_training_set(tiny.translator(), LINES, 2, folder=Path(home) / "d")


def stall(what: str, at: int = 2) -> None:
    """Make the `at`-th call of `what` sleep; a save does so with half of its bytes written."""
    owner, name = {
        "evaluate": (training, "dev_scores"), "nbest": (Translator, "nbest"),
        "save": (sys.modules["kdlab.tensors"], "save_file"),
    }[what]  # fmt: skip
    real, calls = getattr(owner, name), []

    def stalled(*arguments: object, **options: object) -> object:
        calls.append(0)
        if len(calls) < at:
            return real(*arguments, **options)
        if what == "save":
            real(*arguments, **options)
            os.truncate(arguments[1], arguments[1].stat().st_size // 2)
        print("here", flush=True)
        time.sleep(600)

    setattr(owner, name, stalled)


def start(home: Path, task: str, what: str) -> subprocess.Popen:
    """Such a process."""
    command = [sys.executable, __file__, str(home), task, what]
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )


def kill_nine(home: Path, task: str, what: str) -> None:
    """Run a task up to `what`, then SIGKILL."""
    process = start(home, task, what)
    assert process.stdout.readline() == "here\n"
    process.kill()
    process.wait()
    process.stdout.close()


if __name__ == "__main__":
    _, home, task, what = sys.argv
    if what != "never":
        stall(what)
    print(decode(home) if task == "decode" else train(home, task).history[-1]["seconds"])
