"""Two processes (gloo, on this machine's CPU) learn and decode what one does."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch
from accelerate import debug_launcher

from kdlab.distill import decoded_training_set
from kdlab.experiments.runs import RunStore
from kdlab.experiments.train import train
from kdlab.losses import WordKD

QUIET = replace(tiny.TRANSFORMER, dropout=0.0)


def job(folder: str) -> None:
    """Train a student by Word-KD, decode with it, and let the first process write both down."""
    torch.set_num_threads(1)
    teacher, store = tiny.translator(QUIET, seed=5), RunStore(Path(folder) / "runs")
    recipe = replace(tiny.recipe(QUIET), loss=WordKD())
    run = train(recipe, tiny.corpus(), teacher, store=store)
    lists = decoded_training_set(run, tiny.text().train.source[:41], 2, folder=Path(folder))
    said = {"losses": [r["loss"] for r in run.history], "key": run.key, "lists": lists}
    if int(os.environ.get("RANK", "0")) == 0:
        (Path(folder) / "said.json").write_text(json.dumps(said))


def said(folder: Path) -> dict:
    return json.loads((folder / "said.json").read_text())


def test_two_processes_learn_and_say_what_one_does(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.mkdir()
    two.mkdir()
    job(str(one))
    debug_launcher(job, (str(two),), num_processes=2)
    alone, together = said(one), said(two)
    assert together["key"] == alone["key"]
    assert together["losses"] == pytest.approx(alone["losses"], abs=1e-5)
    assert [[t for t, _ in best] for best in together["lists"]] == [
        [t for t, _ in best] for best in alone["lists"]
    ]
    assert len(alone["lists"]) == 41
