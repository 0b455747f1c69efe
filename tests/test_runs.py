"""Runs: trained once, found again, whole or not there, through kills and full disks."""

import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path

import killed
import pytest
import tiny
import torch

import kdlab.experiments.train as training
from kdlab.distill import sequence_level
from kdlab.errors import CheckpointError, RecipeError, StoreError
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.runs import RUN_VERSION, Run, RunStore, run_key
from kdlab.experiments.train import train
from kdlab.files import read_json
from kdlab.losses import LabelSmoothing, WordKD
from kdlab.tokenizer import Tokenizer, TokenizerConfig

CONFIGS = {"transformer": tiny.TRANSFORMER, "rnn": tiny.FED_RNN, "plain rnn": tiny.PLAIN_RNN}
every_model = pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


@pytest.fixture(scope="module")
def teacher(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("teacher")
    return train(tiny.recipe(), tiny.corpus(), seed=7, store=RunStore(folder))


def history(run: Run) -> list[dict]:
    """Without the clock."""
    return [{k: v for k, v in entry.items() if k != "seconds"} for entry in run.history]


def same(a: Run, b: Run) -> bool:
    return tiny.same(a.model.state_dict(), b.model.state_dict()) and history(a) == history(b)


def never(*_: object, **__: object) -> None:
    raise AssertionError("this should not have been called")


@every_model
def test_a_run_is_trained_once_and_found_again(config, store: RunStore, monkeypatch) -> None:
    first = train(tiny.recipe(config), tiny.corpus(), store=store)
    monkeypatch.setattr(training, "_trained", never)
    again = train(tiny.recipe(config), tiny.corpus(), store=store)
    assert same(first, again)
    assert (first.key, first.seconds) == (again.key, again.seconds)


def test_a_run_says_how_it_came_about(teacher: Run) -> None:
    assert (teacher.updates, teacher.seed, teacher.targets) == (8, 7, "gold")
    assert [entry["update"] for entry in teacher.history] == [2, 4, 6, 8]
    assert teacher.selected_on == teacher.history[-1]["scores"]
    assert teacher.seconds == teacher.history[-1]["seconds"] > 0
    assert not teacher.model.training


def test_a_run_translates_as_it_did_when_it_was_trained(store: RunStore) -> None:
    lines = tiny.text().dev.source
    first = train(tiny.recipe(), tiny.corpus(), store=store)
    again = train(tiny.recipe(), tiny.corpus(), store=store)
    assert first.translate(lines, beam=3) == again.translate(lines, beam=3)


@every_model
def test_an_interrupted_run_ends_as_the_uninterrupted_one(
    config, tmp_path: Path, store: RunStore, monkeypatch
) -> None:
    whole = train(tiny.recipe(config), tiny.corpus(), store=RunStore(tmp_path / "other"))
    scored, real = [], training.dev_scores

    def interrupted(*arguments: object) -> dict:
        scored.append(0)
        if len(scored) == 3:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(training, "dev_scores", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(tiny.recipe(config), tiny.corpus(), store=store)
    assert same(train(tiny.recipe(config), tiny.corpus(), store=store), whole)


@pytest.mark.parametrize(("task", "at"), [("train-transformer", "save"), ("train-rnn", "evaluate")])
def test_a_run_killed_in_mid_training_ends_as_the_uninterrupted_one(
    tmp_path: Path, task: str, at: str
) -> None:
    killed.kill_nine(tmp_path / "killed", task, at)
    left = {path.suffix for path in (tmp_path / "killed" / "runs").glob("[!.]*")}
    assert left == {".ckpt", ".lock"}
    resumed, whole = (killed.train(tmp_path / home, task) for home in ("killed", "whole"))
    assert same(resumed, whole)


def test_two_processes_train_a_run_once_and_both_get_it(tmp_path: Path) -> None:
    processes = [killed.start(tmp_path, "train-transformer", "never") for _ in range(2)]
    first, second = (process.communicate()[0] for process in processes)
    assert first == second != ""  # the seconds of one and the same training


def test_the_checkpoint_is_gone_once_the_run_is_whole(store: RunStore) -> None:
    run = train(tiny.recipe(), tiny.corpus(), store=store)
    assert store.has(run.key)
    assert {path.name for path in store.folder.iterdir()} == {run.key, f"{run.key}.lock"}


def test_a_checkpoint_cut_short_is_refused_by_name(store: RunStore, monkeypatch) -> None:
    key = run_key(tiny.recipe(), tiny.corpus().fingerprint, "", 1)
    store.folder.mkdir()
    store.checkpoint(key).write_bytes(b"half")
    with pytest.raises(CheckpointError, match=f"{key}.ckpt is not a whole checkpoint"):
        train(tiny.recipe(), tiny.corpus(), store=store)


@pytest.mark.usefixtures("capsys")  # the progress bar goes to no file
@pytest.mark.parametrize("allowed", [200, 6000])  # not even its JSON, not its weights
def test_a_full_disk_is_told_and_the_run_can_be_trained_later(
    store: RunStore, allowed: int
) -> None:
    store.folder.mkdir()
    with pytest.raises(StoreError, match="could not be written"), tiny.full_disk(allowed):
        train(tiny.recipe(), tiny.corpus(), store=store)
    assert not [path for path in store.folder.iterdir() if path.is_dir()]
    assert train(tiny.recipe(), tiny.corpus(), store=store).updates == 8


def test_a_disk_too_full_for_a_folder_is_told(store: RunStore, monkeypatch) -> None:
    def full(*_: object, **__: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(StoreError, match="could not be written .No space left on device"):
        train(tiny.recipe(), tiny.corpus(), store=store)
    assert len(list(store.folder.glob("*.ckpt"))) == 1


def test_a_run_can_be_read_by_others_who_share_the_store(store: RunStore) -> None:
    run = train(tiny.recipe(), tiny.corpus(), store=store)
    assert (store.folder / run.key).stat().st_mode & 0o777 == 0o755


def test_a_store_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"file/runs/\w+.lock cannot be made"):
        train(tiny.recipe(), tiny.corpus(), store=RunStore(tmp_path / "file" / "runs"))


def test_a_lock_that_cannot_be_taken_is_told(store: RunStore) -> None:
    key = run_key(tiny.recipe(), tiny.corpus().fingerprint, "", 1)
    (store.folder / f"{key}.lock").mkdir(parents=True)
    with pytest.raises(StoreError, match=f"{key}.lock cannot be made"):
        train(tiny.recipe(), tiny.corpus(), store=store)


def test_a_folder_in_the_runs_place_is_told(store: RunStore) -> None:
    key = run_key(tiny.recipe(), tiny.corpus().fingerprint, "", 1)
    (store.folder / key).mkdir(parents=True)
    (store.folder / key / "stray").touch()
    with pytest.raises(StoreError, match=f"{key} holds stray and no run.json.* Delete the folder"):
        train(tiny.recipe(), tiny.corpus(), store=store)
    assert (store.folder / key / "stray").exists()


def test_what_scoring_kept_of_a_run_that_is_gone_does_not_stand_in_the_way(store: RunStore) -> None:
    key = run_key(tiny.recipe(), tiny.corpus().fingerprint, "", 1)
    (store.folder / key).mkdir(parents=True)
    (store.folder / key / "outputs-of-old.json").touch()
    assert train(tiny.recipe(), tiny.corpus(), store=store).key == key
    assert store.has(key)


@pytest.mark.parametrize("damage", ["model.safetensors", "run.json", "tokenizer/source.model"])
def test_a_damaged_run_is_refused(store: RunStore, teacher: Run, damage: str) -> None:
    run = train(tiny.recipe(), tiny.corpus(), store=store)
    path = store.folder / run.key / damage
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(CheckpointError, match=run.key):
        train(tiny.recipe(), tiny.corpus(), store=store)


def test_a_run_of_another_version_is_refused(store: RunStore) -> None:
    run = train(tiny.recipe(), tiny.corpus(), store=store)
    path = store.folder / run.key / "run.json"
    path.write_text(path.read_text().replace(f'"version": {RUN_VERSION}', '"version": 99'))
    with pytest.raises(CheckpointError, match="trained by version 99 of kdlab's training"):
        store.open(run.key)


def test_a_run_without_a_version_is_of_the_first(store: RunStore) -> None:
    run = train(tiny.recipe(), tiny.corpus(), store=store)
    path = store.folder / run.key / "run.json"
    about = read_json(path)
    path.write_text(json.dumps({k: v for k, v in about.items() if k not in ("version", "sum")}))
    with pytest.raises(CheckpointError, match="trained by version 1 of kdlab's training"):
        store.open(run.key)


def test_a_run_that_cannot_be_read_does_not_hide_the_others(store: RunStore, teacher: Run) -> None:
    train(tiny.recipe(), tiny.corpus(), store=store)
    (store.folder / "0123456789abcdef").mkdir()
    (store.folder / "0123456789abcdef" / "run.json").write_text("{}")
    with pytest.raises(StoreError, match=r"no run 'zz'.*nearest.*\(not readable by this version\)"):
        store.open("zz")


def test_a_training_without_clipping_is_saved(store: RunStore) -> None:
    loose = replace(tiny.SETTINGS, clip=float("inf"))
    run = train(tiny.recipe(training=loose), tiny.corpus(), store=store)
    assert store.open(run.key).recipe.training.clip == float("inf")


def test_weights_of_another_run_are_refused_by_tensor(store: RunStore) -> None:
    run = train(tiny.recipe(), tiny.corpus(), store=store)
    other = train(tiny.recipe(tiny.PLAIN_RNN), tiny.corpus(), store=store)
    name = "model.safetensors"
    shutil.copy(store.folder / other.key / name, store.folder / run.key / name)
    with pytest.raises(CheckpointError, match=r"holds combine.weight \[8, 16\]; .* absent"):
        train(tiny.recipe(), tiny.corpus(), store=store)


def test_the_callers_generator_is_left_as_it_was(store: RunStore) -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    train(tiny.recipe(), tiny.corpus(), store=store)
    assert torch.equal(torch.rand(3), expected)


KEY = run_key(tiny.recipe(), "text", "teacher", 1)


@pytest.mark.parametrize(
    "other",
    [
        run_key(tiny.recipe(tiny.FED_RNN), "text", "teacher", 1),
        run_key(tiny.recipe(loss=LabelSmoothing()), "text", "teacher", 1),
        run_key(tiny.recipe(training=replace(tiny.SETTINGS, updates=9)), "text", "teacher", 1),
        run_key(tiny.recipe(), "other text", "teacher", 1),
        run_key(tiny.recipe(), "text", "other teacher", 1),
        run_key(tiny.recipe(), "text", "teacher", 2),
        run_key(tiny.recipe(), "text", "teacher", 1, "start"),
        run_key(tiny.recipe(), "text", "teacher", 1, processes=2),
    ],
)
def test_a_key_changes_with_whatever_decides_the_result(other: str) -> None:
    assert other != KEY
    assert len(other) == 16


def test_a_key_is_the_same_in_every_process() -> None:
    assert run_key(tiny.recipe(), "text", "teacher", 1) == KEY
    assert run_key(tiny.recipe(training=replace(tiny.SETTINGS)), "text", "teacher", 1) == KEY


def test_a_teacher_that_the_loss_does_not_read_does_not_change_the_run(
    store: RunStore, teacher: Run
) -> None:
    alone = train(tiny.recipe(), tiny.corpus(), store=store)
    judged = train(tiny.recipe(), tiny.corpus(), teacher, store=store)
    assert (judged.key, judged.teacher) == (alone.key, teacher)


def test_word_kd_learns_from_its_teacher(store: RunStore, teacher: Run) -> None:
    recipe = tiny.recipe(tiny.PLAIN_RNN, WordKD(0.5))
    student = train(recipe, tiny.corpus(), teacher, store=store)
    assert student.teacher is teacher
    assert student.key != train(tiny.recipe(tiny.PLAIN_RNN), tiny.corpus(), store=store).key


def test_word_kd_does_not_change_its_teacher(store: RunStore, teacher: Run) -> None:
    before = {name: w.clone() for name, w in teacher.model.state_dict().items()}
    train(tiny.recipe(tiny.PLAIN_RNN, WordKD(1.0)), tiny.corpus(), teacher, store=store)
    assert tiny.same(teacher.model.state_dict(), before)


def test_a_teachers_best_pieces_are_stored_once_for_all_seeds(
    store: RunStore, teacher: Run, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path))
    recipe = tiny.recipe(tiny.PLAIN_RNN, WordKD(0.9))
    first = train(recipe, tiny.corpus(), teacher, top_k=5, store=store)
    (path,) = (tmp_path / "cached").iterdir()
    monkeypatch.setattr(teacher.model, "forward", never)
    second = train(recipe, tiny.corpus(), teacher, seed=2, top_k=5, store=store)
    assert list((tmp_path / "cached").iterdir()) == [path]
    assert first.key != second.key


def test_nearly_all_stored_pieces_teach_as_the_teacher_does(store: RunStore, teacher: Run) -> None:
    recipe = tiny.recipe(tiny.PLAIN_RNN, WordKD(0.9))
    online, stored = (
        train(recipe, tiny.corpus(), teacher, top_k=k, store=store) for k in (None, 23)
    )
    assert online.key != stored.key
    for name, weight in online.model.state_dict().items():
        assert torch.allclose(weight, stored.model.state_dict()[name], atol=1e-3)


@pytest.mark.parametrize("k", [0, -1, 24])
def test_a_number_of_pieces_out_of_range_is_refused_though_the_online_run_is_there(
    store: RunStore, teacher: Run, k: int
) -> None:
    recipe = tiny.recipe(tiny.PLAIN_RNN, WordKD(0.9))
    train(recipe, tiny.corpus(), teacher, store=store)
    with pytest.raises(RecipeError, match=f"k is {k}; expected 1 to 23"):
        train(recipe, tiny.corpus(), teacher, top_k=k, store=store)


def test_word_kd_without_a_teacher_is_refused(store: RunStore) -> None:
    with pytest.raises(RecipeError, match=r"WordKD\(alpha=0.5, temperature=1.0\) needs a teacher"):
        train(tiny.recipe(loss=WordKD()), tiny.corpus(), store=store)


def test_word_kd_between_two_tokenizers_is_refused_with_both_sizes(
    store: RunStore, teacher: Run
) -> None:
    pairs = tiny.text().train
    pieces = Tokenizer.train(pairs.source, pairs.target, TokenizerConfig("bpe", 24, 30))
    with pytest.raises(RecipeError, match=r"'invented' has 24 target pieces .*\(30\)"):
        train(tiny.recipe(loss=WordKD()), Corpus(tiny.text(), pieces), teacher, store=store)


def test_a_student_of_distilled_data_is_judged_by_who_wrote_them(
    store: RunStore, teacher: Run, tmp_path: Path
) -> None:
    distilled = sequence_level(teacher, tiny.corpus(), beam=2, folder=tmp_path)
    student = train(tiny.recipe(tiny.PLAIN_RNN), distilled, store=store)
    assert student.teacher is teacher
    assert student.targets == "Seq-KD beam 2"


def test_runs_are_kept_in_the_store_of_the_environment(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path))
    run = train(tiny.recipe(), tiny.corpus())
    assert (tmp_path / "runs" / run.key / "run.json").exists()
