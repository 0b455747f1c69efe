"""Runs opened again by name alone: the recipe from its JSON, the run from the store."""

import json
import shutil
from pathlib import Path

import pytest

import kdlab as kd
from kdlab.errors import CheckpointError, StoreError
from kdlab.experiments.recipes import PRESETS, describe, restore
from kdlab.experiments.runs import Run, RunStore
from kdlab.losses import LabelSmoothing
from kdlab.models import RNNConfig, build
from kdlab.tokenizer import Tokenizer, TokenizerConfig

LOSSES = (kd.losses.NLL(), kd.losses.WordKD(alpha=0.9, temperature=2.0), LabelSmoothing(0.2, "all"))


def through_json(value: object) -> object:
    return json.loads(json.dumps(describe(value)))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_teachers_recipe_comes_back_from_json(preset: str) -> None:
    recipe = kd.recipes.teacher(preset)
    assert restore(through_json(recipe)) == recipe


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: type(loss).__name__)
@pytest.mark.parametrize("preset", PRESETS)
def test_a_students_recipe_comes_back_from_json(preset: str, loss: object) -> None:
    recipe = kd.recipes.student(preset, loss=loss)
    assert restore(through_json(recipe)) == recipe


@pytest.mark.parametrize(
    ("described", "said"),
    [
        ({"is": "NewLoss", "beta": 1}, "'NewLoss' with beta"),
        ({"is": "WordKD", "gamma": 1}, "'WordKD' with gamma"),
        ({"alpha": 1}, "None with alpha"),
    ],
)
def test_a_part_of_another_version_is_named(described: dict, said: str) -> None:
    with pytest.raises(CheckpointError, match=said):
        restore(described)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """aa11 and aa22, which aa11 taught; a training under way; a lock."""
    store = RunStore(tmp_path / "runs")
    store.folder.mkdir()
    lines = ["a cat sat", "a dog sat", "a cat ran", "the dog ran"] * 4
    tokenizer = Tokenizer.train(lines, lines, TokenizerConfig("unigram", 16, 16))
    recipe = kd.recipes.Recipe("small", RNNConfig(1, 4), kd.training.Training())
    model = build(recipe.model, 16, 16)
    teacher = Run(model, tokenizer, "big", recipe, "aa11")
    store.save(teacher)
    store.save(Run(model, tokenizer, "small", recipe, "aa22", 7, "gold", (), teacher))
    (store.folder / "bb33.lock").touch()
    (store.folder / "bb33.ckpt").touch()
    return store


def test_a_run_is_found_by_the_beginning_of_its_key(store: RunStore) -> None:
    assert store.find("aa2") == "aa22"


def test_a_run_is_opened_with_all_that_was_saved(store: RunStore) -> None:
    run = store.open("aa22")
    assert (run.key, run.name, run.seed, run.recipe.model) == ("aa22", "small", 7, RNNConfig(1, 4))


def test_a_run_is_opened_with_its_teacher(store: RunStore) -> None:
    assert store.open("aa22").teacher.key == "aa11"


def test_a_run_whose_teacher_is_gone_is_opened_without(store: RunStore) -> None:
    shutil.rmtree(store.folder / "aa11")
    assert store.open("aa22").teacher is None


def test_a_folder_that_was_moved_keeps_its_key(store: RunStore, tmp_path: Path) -> None:
    shutil.copytree(store.folder / "aa22", tmp_path / "mine")
    assert store.open(str(tmp_path / "mine")).key == "aa22"


def test_an_unknown_key_names_the_nearest(store: RunStore) -> None:
    with pytest.raises(StoreError, match=r"no run 'aa29' in .*; the nearest are aa22 \(small"):
        store.open("aa29")


def test_an_ambiguous_beginning_names_all(store: RunStore) -> None:
    with pytest.raises(StoreError, match="2 runs begin with 'aa'.*aa11 .*aa22"):
        store.open("aa")


def test_an_empty_store_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no run 'aa' .*nothing was trained yet"):
        RunStore(tmp_path).open("aa")


@pytest.mark.parametrize("content", ["{", "[]", '{"key": "aa22"}'])
def test_a_damaged_run_is_named(store: RunStore, content: str) -> None:
    (store.folder / "aa22" / "run.json").write_text(content)
    with pytest.raises(CheckpointError, match="aa22"):
        store.open("aa22")
