"""A store that is not one's own to write, was edited by hand, or was left by a killed process."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import tiny
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from kdlab.distill import decoded_training_set
from kdlab.errors import CheckpointError, KdlabError, RecipeError, ResultError, StoreError
from kdlab.experiments.corpus import _tokenizer
from kdlab.experiments.runs import Run, RunStore
from kdlab.experiments.scoring import read_outputs
from kdlab.experiments.train import train
from kdlab.files import locked, read_json
from kdlab.losses import WordKD
from kdlab.tensors import load_tensors, save_tensors
from kdlab.tokenizer import TokenizerConfig

LINES = tuple(f"line {i}" for i in range(6))


class Echo:
    """A teacher that says what it is told; asked: how many lines that were."""

    key = "echo"

    def __init__(self) -> None:
        self.asked = 0

    def nbest(self, lines: list[str], beam: int, rule: object) -> list:
        self.asked += len(lines)
        return [[(f"{line}!", -1.0)] for line in lines]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """Where a run lies that is only copied from."""
    return RunStore(tmp_path_factory.mktemp("shelf"))


@pytest.fixture(scope="module")
def made(shelf: RunStore) -> Run:
    return train(tiny.recipe(), tiny.corpus(), store=shelf)


@pytest.fixture
def store(shelf: RunStore, made: Run, tmp_path: Path) -> RunStore:
    """A store that holds a copy of the run."""
    shutil.copytree(shelf.folder / made.key, tmp_path / "runs" / made.key)
    return RunStore(tmp_path / "runs")


def edit(path: Path, change: Callable[[dict], object], *, keep_sum: bool = True) -> None:
    """Change a run.json as an editor would; without a sum it is like one of an older version."""
    about = read_json(path)
    change(about)
    if not keep_sum:
        about.pop("sum")
    path.write_text(json.dumps(about))


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No lock and no folder can be made, as on a read-only file system; root is bound by it too."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr("kdlab.files.FileLock.acquire", refuse)
    monkeypatch.setattr("os.mkdir", refuse)


def test_a_finished_run_is_found_where_nothing_can_be_written(
    made: Run, store: RunStore, frozen: None
) -> None:
    assert train(tiny.recipe(), tiny.corpus(), store=store).key == made.key


def test_a_run_that_is_not_there_is_refused_where_nothing_can_be_written(
    store: RunStore, frozen: None
) -> None:
    with pytest.raises(StoreError, match=r"lock cannot be made \(Read-only file system\)"):
        train(tiny.recipe(), tiny.corpus(), seed=2, store=store)


def test_decoded_lists_are_read_where_nothing_can_be_written(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before = decoded_training_set(Echo(), LINES, 1, folder=tmp_path)
    request.getfixturevalue("frozen")
    assert decoded_training_set(Echo(), LINES, 1, folder=tmp_path) == before


def test_pieces_are_read_where_nothing_can_be_written(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path))
    before = _tokenizer(tiny.text(), TokenizerConfig("unigram", 24, 24))
    request.getfixturevalue("frozen")
    again = _tokenizer(tiny.text(), TokenizerConfig("unigram", 24, 24))
    assert again.fingerprint == before.fingerprint


def test_a_store_that_may_not_be_looked_into_is_told(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdlab.experiments.runs.os.access", lambda *_: False)
    with pytest.raises(StoreError, match="runs may not be read by you; get the right to"):
        store.find("aa")


def test_a_store_whose_name_is_no_utf8_is_refused_before_anything_is_trained() -> None:
    with pytest.raises(StoreError, match=r"'caf\\udce9' cannot be kdlab's folder"):
        RunStore(Path(os.fsdecode(b"caf\xe9")))


@pytest.mark.parametrize(
    "change",
    [
        lambda about: about.update(seed=2),
        lambda about: about.update(name="another"),
        lambda about: about["recipe"]["model"].update(heads=1),
        lambda about: about["history"].pop(),
        lambda about: about["history"][0]["scores"].update(bleu=99.0),
    ],
    ids=["seed", "name", "recipe", "history", "score"],
)
def test_a_run_json_edited_by_hand_is_refused(
    made: Run, store: RunStore, change: Callable[[dict], object]
) -> None:
    edit(store.folder / made.key / "run.json", change)
    with pytest.raises(CheckpointError, match="run.json was changed since the run was saved"):
        store.open(made.key)


def test_a_run_of_a_version_without_sums_still_opens(made: Run, store: RunStore) -> None:
    def forget(about: dict) -> None:
        del about["weights"], about["pieces"]

    edit(store.folder / made.key / "run.json", forget, keep_sum=False)
    path = store.folder / made.key / "model.safetensors"
    weights, _ = load_tensors(path)
    save_file(weights, path)
    assert tiny.same(store.open(made.key).model.state_dict(), made.model.state_dict())


ODD = [None, True, 7, -1.5, "x", [], [7], {}, {"is": "Adam"}, {"is": []}, {"is": "X", "code": {}}]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_whatever_stands_in_an_old_run_json_ends_in_a_run_or_in_a_sentence(
    made: Run, store: RunStore, odd: object
) -> None:
    path = store.folder / made.key / "run.json"
    whole, refused = path.read_text(), 0
    places = [
        *((lambda about, k=k: about.update({k: odd})) for k in json.loads(whole) if k != "sum"),
        *(
            (lambda about, k=k: about["history"][0].update({k: odd}))
            for k in ("update", "scores", "seconds")
        ),
        lambda about: about["history"].append(odd),
        *(
            (lambda about, k=k: about["recipe"].update({k: odd}))
            for k in ("name", "model", "training", "loss")
        ),
        lambda about: about["recipe"]["model"].update(width=odd),
    ]
    for change in places:
        path.write_text(whole)
        edit(path, change, keep_sum=False)
        try:
            assert repr(store.open(made.key))
        except KdlabError:
            refused += 1
    assert refused > len(places) / 2


def test_weights_of_another_run_of_this_shape_are_refused(
    made: Run, store: RunStore, tmp_path: Path
) -> None:
    other = train(tiny.recipe(), tiny.corpus(), seed=2, store=RunStore(tmp_path / "other"))
    name = "model.safetensors"
    shutil.copy(tmp_path / "other" / other.key / name, store.folder / made.key / name)
    with pytest.raises(CheckpointError, match=f"{made.key} holds weights that are not the run's"):
        store.open(made.key)


@pytest.mark.parametrize("at", [0.2, 0.6, 0.95])
def test_a_tensor_in_which_a_bit_was_turned_is_refused(tmp_path: Path, at: float) -> None:
    path = tmp_path / "t"
    save_tensors(path, {"x": torch.arange(500.0)}, {"n": 1})
    content = bytearray(path.read_bytes())
    content[len(content) - int((1 - at) * 2000)] ^= 4
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="t is not a whole checkpoint"):
        load_tensors(path)


def test_what_is_noted_beside_tensors_is_in_their_sum(tmp_path: Path) -> None:
    save_tensors(tmp_path / "t", {"x": torch.zeros(1)}, {"update": 4})
    content = (tmp_path / "t").read_bytes()
    (tmp_path / "t").write_bytes(content.replace(b'update\\": 4', b'update\\": 6'))
    with pytest.raises(CheckpointError, match="its content is not what was written"):
        load_tensors(tmp_path / "t")


def old_checkpoint(folder: Path, change: Callable[[dict, dict], object]) -> Path:
    """A checkpoint without a sum, changed by hand."""
    path = folder / "c.ckpt"
    tiny.fitted(tiny.session(), path, updates=4)
    with safe_open(path, framework="pt") as file:
        about = json.loads(file.metadata()["about"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}
    change(tensors, about)
    save_file(tensors, path, metadata={"about": json.dumps(about)})
    return path


def without(part: str) -> Callable[[dict, dict], object]:
    return lambda tensors, about: [tensors.pop(n) for n in list(tensors) if n.startswith(part)]


@pytest.mark.parametrize(
    "part", ["model/", "best/", "optimiser/", "optimiser/3.exp_avg_sq", "generator/"]
)
def test_a_checkpoint_that_lacks_a_part_is_refused(tmp_path: Path, part: str) -> None:
    path = old_checkpoint(tmp_path, without(part))
    with pytest.raises(CheckpointError, match=r"c.ckpt (is not a whole training|holds )"):
        tiny.fitted(tiny.session(), path)


@pytest.mark.parametrize(
    "noted",
    [
        {"update": "4"}, {"update": -4}, {"update": 99}, {"update": None}, {"position": [1]},
        {"position": 3}, {"position": ["a", 0]}, {"records": None}, {"records": []},
        {"records": [{}]}, {"bleu": []}, {"bleu": ["x", 1]}, {"seconds": "long"},
    ],
    ids=str,
)  # fmt: skip
def test_a_checkpoint_that_notes_what_cannot_be_is_refused(tmp_path: Path, noted: dict) -> None:
    path = old_checkpoint(tmp_path, lambda tensors, about: about.update(noted))
    with pytest.raises(CheckpointError, match=r"c.ckpt is not a whole training.*; delete it, and"):
        tiny.fitted(tiny.session(), path)


def test_an_old_checkpoint_that_is_whole_is_gone_on_with(tmp_path: Path) -> None:
    whole, resumed = tiny.session(), tiny.session()
    records = tiny.fitted(whole)
    path = old_checkpoint(tmp_path, lambda tensors, about: None)
    assert tiny.fitted(resumed, path) == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("[[", "[", 1),
        lambda text: "".join(text.splitlines(keepends=True)[1:]),
        lambda text: text.replace('"line 3!"', "3"),
        lambda text: "",
        lambda text: "[" * 100_000 + "\n" * 6,
    ],
    ids=["cut", "no JSON", "a line lost", "no text", "empty", "deep"],
)
def test_damaged_lists_are_said_and_decoded_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[str], str]
) -> None:
    before = decoded_training_set(Echo(), LINES, 1, folder=tmp_path)
    (path,) = tmp_path.glob("*.jsonl")
    path.write_text(damage(path.read_text()))
    again = Echo()
    assert decoded_training_set(again, LINES, 1, folder=tmp_path) == before
    assert again.asked == len(LINES)
    assert f"{path} is damaged; its 6 lines are decoded again" in capsys.readouterr().err


def test_a_line_lost_under_way_is_missed_and_decoded_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = decoded_training_set(Echo(), LINES, 1, folder=tmp_path)
    (done,) = tmp_path.glob("*.jsonl")
    lines = [f"{n} {line}" for n, line in enumerate(done.read_text().splitlines(keepends=True), 1)]
    done.with_suffix(".part").write_text("".join(lines[:2] + lines[3:5]))
    done.unlink()
    later = Echo()
    assert decoded_training_set(later, LINES, 1, folder=tmp_path) == whole
    assert later.asked == 4
    assert "line 3: it is numbered '4'; decoding goes on from there" in capsys.readouterr().err


def test_what_a_killed_process_left_goes_when_its_work_is_taken_up_again(tmp_path: Path) -> None:
    (tmp_path / ".a.1234").mkdir()
    (tmp_path / ".a.1234" / "half").touch()
    for name in (".a.ckpt.0badf00d", ".ab.ckpt.0badf00d", "a.ckpt"):
        (tmp_path / name).touch()
    with locked(tmp_path / "a.lock"):
        left = {path.name for path in tmp_path.iterdir()}
    assert left == {".ab.ckpt.0badf00d", "a.ckpt", "a.lock"}


@pytest.mark.parametrize("content", ["", "{", "[]", "7", '{"greedy": 1}', '{"greedy": {}}'])
def test_what_scoring_kept_is_refused_if_it_is_damaged(tmp_path: Path, content: str) -> None:
    (tmp_path / "outputs-x-5.json").write_text(content)
    with pytest.raises(ResultError, match="x-5.json is damaged .*; delete it, and it is made anew"):
        read_outputs(tmp_path / "outputs-x-5.json")


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, True, "1", None, float("nan")])
def test_a_seed_out_of_range_is_refused(store: RunStore, seed: object) -> None:
    with pytest.raises(RecipeError, match=r"seed is .*; expected a whole number from 0 to 4,294,"):
        train(tiny.recipe(), tiny.corpus(), seed=seed, store=store)


@pytest.mark.parametrize("temperature", [1e300, 1e7, 1e-7, 1e-300])
def test_a_temperature_that_floats_cannot_square_is_refused(temperature: float) -> None:
    with pytest.raises(RecipeError, match="temperature is .*; expected a number from 1e-06 to 1e"):
        WordKD(temperature=temperature)
