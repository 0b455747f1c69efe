"""Checkpoints: a training goes on bit for bit, and what is damaged or foreign is refused."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch
from safetensors.torch import save_file

from kdlab.errors import CheckpointError, StoreError
from kdlab.tensors import load_tensors, load_weights, save_tensors
from kdlab.training import SGD, Halving

CASES = {
    "transformer": (tiny.TRANSFORMER, tiny.SETTINGS),
    "rnn": (tiny.PLAIN_RNN, tiny.SETTINGS),
    "fed rnn": (tiny.FED_RNN, tiny.SETTINGS),
    "tied": (tiny.CONFIGS["transformer, tied"], tiny.SETTINGS),
    "the paper's way": (
        tiny.FED_RNN,
        replace(tiny.SETTINGS, optimiser=SGD(0.5), schedule=Halving(3, 2), patience=3),
    ),
}
every_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


@every_case
@pytest.mark.parametrize("stop", [2, 5, 8])  # at an evaluation, between two, at the end
def test_an_interrupted_training_ends_as_the_uninterrupted_one(
    case: tuple, stop: int, tmp_path: Path
) -> None:
    whole = tiny.session(case[0], settings=case[1])
    records = tiny.fitted(whole)
    tiny.fitted(tiny.session(case[0], settings=case[1]), tmp_path / "c", updates=stop)
    resumed = tiny.session(case[0], settings=case[1])
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


def test_a_training_may_be_interrupted_again_and_again(tmp_path: Path) -> None:
    whole = tiny.session()
    records = tiny.fitted(whole)
    for updates in (1, 2, 3, 5, 7):
        tiny.fitted(tiny.session(), tmp_path / "c", updates=updates)
    resumed = tiny.session()
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


def test_a_training_stopped_by_its_patience_stays_stopped(tmp_path: Path) -> None:
    settings = replace(tiny.SETTINGS, patience=1, optimiser=SGD(1e-9))  # rounds: never better
    first, again = (tiny.session(tiny.FED_RNN, settings=settings) for _ in range(2))
    records = tiny.fitted(first, tmp_path / "c")
    assert tiny.fitted(again, tmp_path / "c") == records
    assert again.update == first.update < settings.updates


def test_the_clock_of_a_resumed_training_goes_on(tmp_path: Path) -> None:
    tiny.fitted(tiny.session(), tmp_path / "c", updates=4)
    before = load_tensors(tmp_path / "c")[1]["seconds"]
    tiny.fitted(tiny.session(), tmp_path / "c")
    assert load_tensors(tmp_path / "c")[1]["seconds"] > before > 0


def test_a_checkpoint_of_another_run_is_refused_before_it_changes_anything(
    tmp_path: Path,
) -> None:
    tiny.fitted(tiny.session(), tmp_path / "c", updates=4, key="first")
    other = tiny.session(seed=2)
    before = tiny.weights(other)
    with pytest.raises(CheckpointError, match="belongs to run 'first', not 'second'"):
        tiny.fitted(other, tmp_path / "c", key="second")
    assert tiny.same(tiny.weights(other), before)


def test_a_checkpoint_of_another_configuration_is_refused_by_tensor_and_shapes(
    tmp_path: Path,
) -> None:
    tiny.fitted(tiny.session(tiny.PLAIN_RNN), tmp_path / "c", updates=2)
    wider = tiny.session(replace(tiny.PLAIN_RNN, hidden=10))
    with pytest.raises(CheckpointError, match=r"holds combine.weight \[8, 16\]; .* \[10, 20\]"):
        tiny.fitted(wider, tmp_path / "c")


def test_a_checkpoint_of_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    tiny.fitted(tiny.session(tiny.PLAIN_RNN), tmp_path / "c", updates=2)
    with pytest.raises(CheckpointError, match=r"holds combine.weight \[8, 16\]; .* absent"):
        tiny.fitted(tiny.session(), tmp_path / "c")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999])
def test_a_checkpoint_cut_short_is_refused_by_name(share: float, tmp_path: Path) -> None:
    tiny.fitted(tiny.session(), tmp_path / "cut.ckpt", updates=2)
    content = (tmp_path / "cut.ckpt").read_bytes()
    (tmp_path / "cut.ckpt").write_bytes(content[: int(share * len(content))])
    with pytest.raises(CheckpointError, match="cut.ckpt is not a whole checkpoint"):
        tiny.fitted(tiny.session(), tmp_path / "cut.ckpt")


def test_tensors_that_are_no_training_are_refused(tmp_path: Path) -> None:
    save_file({"weight": torch.zeros(2)}, tmp_path / "c")
    with pytest.raises(CheckpointError, match="belongs to run None, not 'k'"):
        tiny.fitted(tiny.session(), tmp_path / "c")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="absent is not a whole checkpoint"):
        load_tensors(tmp_path / "absent")


def test_what_is_noted_beside_tensors_comes_back(tmp_path: Path) -> None:
    about = {"ชื่อ": "น้ำ", "losses": [0.1, 1 / 3], "none": None}
    save_tensors(tmp_path / "t", {"x": torch.arange(6).view(2, 3).T}, about)
    tensors, noted = load_tensors(tmp_path / "t")
    assert noted == about
    assert torch.equal(tensors["x"], torch.arange(6).view(2, 3).T)


def test_a_damaged_note_is_refused(tmp_path: Path) -> None:
    save_file({"x": torch.zeros(1)}, tmp_path / "t", metadata={"about": json.dumps("x")[:-1]})
    with pytest.raises(CheckpointError, match="not a whole checkpoint"):
        load_tensors(tmp_path / "t")


def test_weights_of_another_vocabulary_are_refused_by_name_and_shapes() -> None:
    model, other = tiny.model(tiny.FED_RNN, V=6), tiny.model(tiny.FED_RNN, V=7)
    with pytest.raises(CheckpointError, match=r"here holds generator.bias \[7\]; .* \[6\]"):
        load_weights(model, other.state_dict(), Path("here"))


def test_a_full_disk_is_told_and_leaves_the_old_checkpoint(tmp_path: Path) -> None:
    tiny.fitted(tiny.session(), tmp_path / "c", updates=2)
    before = (tmp_path / "c").read_bytes()
    with pytest.raises(StoreError, match="c could not be written"), tiny.full_disk(4096):
        tiny.fitted(tiny.session(), tmp_path / "c")
    assert (tmp_path / "c").read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["c"]


def test_a_training_goes_on_after_a_full_disk(tmp_path: Path) -> None:
    whole = tiny.session()
    tiny.fitted(whole)
    tiny.fitted(tiny.session(), tmp_path / "c", updates=2)
    with pytest.raises(StoreError, match="could not be written"), tiny.full_disk(4096):
        tiny.fitted(tiny.session(), tmp_path / "c")
    resumed = tiny.session()
    tiny.fitted(resumed, tmp_path / "c")
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))
