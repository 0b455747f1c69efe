"""A result file that was cut, merged badly or edited is refused in a sentence and left alone."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_sentences import NAME, set_up

import kdlab as kd
import kdlab.experiments.reproduce as reproducing
from kdlab.errors import KdlabError, ResultError
from kdlab.experiments.judge import judge
from kdlab.files import write_json


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """A result file's content, and its sentences' bytes beside it under ""."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, folder)
        reproducing.reproduce("core", "invented", "tiny", out=folder)
    about = json.loads((folder / f"{NAME}.json").read_text())
    return about | {"": (folder / "sentences" / f"{NAME}.npz").read_bytes()}


@pytest.fixture
def file(whole: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    set_up(monkeypatch, tmp_path)
    return laid(whole, tmp_path)


def laid(whole: dict, folder: Path) -> Path:
    (folder / "sentences").mkdir(exist_ok=True)
    (folder / "sentences" / f"{NAME}.npz").write_bytes(whole[""])
    write_json(folder / f"{NAME}.json", {k: v for k, v in whole.items() if k})
    return folder / f"{NAME}.json"


READERS = {
    "kd.results": lambda file: kd.results(NAME, folder=file.parent),
    "judge": judge,
    "reproduce": lambda file: reproducing.unfinished("core", "invented", "tiny", out=file.parent),
}
every_reader = pytest.mark.parametrize("read", READERS.values(), ids=READERS)


def edited(change) -> object:
    def through(text: str) -> str:
        about = json.loads(text)
        change(about)
        return json.dumps(about)

    return through


DAMAGE = {
    "empty": (lambda text: "", "is empty"),
    "blank": (lambda text: "\n \n", "is empty"),
    "cut": (lambda text: text[: len(text) // 2], "is no JSON .* it may be cut"),
    "a merge gone wrong": (
        lambda text: text.replace(' "runs": [', '<<<<<<< HEAD\n "runs": ['),
        "git's conflict markers in line",
    ),
    "a list": (lambda text: "[]", "holds a list where a result file holds an object"),
    "a number": (lambda text: "3", "holds a whole number where"),
    "deep": (lambda text: "[" * 100_000, "is no JSON"),
    "runs as an object": (edited(lambda a: a.update(runs={})), "has an object where a list 'runs'"),
    "a run as text": (edited(lambda a: a["runs"].append("x")), "has a text as row 7 of 'runs'"),
    "no seed": (edited(lambda a: a["runs"][1].pop("seed")), "has no seed in row 2 of 'runs'"),
    "a seed as text": (
        edited(lambda a: a["runs"][1].update(seed="1")), "has seed '1' in row 2 of 'runs'"
    ),
    "no metrics": (edited(lambda a: a["runs"][1].pop("metrics")), "has no metrics in row 2"),
    "metrics of nothing": (
        edited(lambda a: a["runs"][1].update(metrics={})), "no metrics of teacher, seed 2"
    ),
    "a test of nothing": (
        edited(lambda a: a["runs"][1].update(metrics={"test": {}})), "teacher, seed 2, on test"
    ),
    "a score as text": (
        edited(lambda a: a["runs"][1]["metrics"]["test"].update(ppl="2.5")),
        "has ppl '2.5' of teacher, seed 2, on test",
    ),
    "a key as a number": (edited(lambda a: a["runs"][0].update(run=7)), "has run 7 in row 1"),
    "a mean as nothing": (
        edited(lambda a: a["summary"][0].update(mean=None)), "has mean None in row 1 of 'summary'"
    ),
    "a verdict without a name": (
        edited(lambda a: a["verdicts"][0].pop("name")), "no name in row 1 of 'verdicts'"
    ),
    "made of text": (edited(lambda a: a.update(made="by me")), "has a text as 'made'"),
}  # fmt: skip


@every_reader
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_broken_file_is_refused_in_a_sentence_and_left_as_it_is(
    file: Path, damage: tuple, read
) -> None:
    change, message = damage
    file.write_text(change(file.read_text()))
    before = file.read_bytes()
    with pytest.raises(ResultError, match=message) as refused:
        read(file)
    assert str(file) in str(refused.value) and "\n" not in str(refused.value)
    assert file.read_bytes() == before


@every_reader
def test_bytes_that_are_no_text_are_refused(file: Path, read) -> None:
    file.write_bytes(b"\xff\xfe{}")
    with pytest.raises(ResultError, match="cannot be read"):
        read(file)


@pytest.mark.parametrize("name", ["judge", "reproduce"])
def test_one_run_twice_is_refused(file: Path, name: str) -> None:
    file.write_text(edited(lambda a: a["runs"].append(a["runs"][1]))(file.read_text()))
    with pytest.raises(ResultError, match="has two rows of teacher, seed 2"):
        READERS[name](file)


def places(value: object, at: tuple = ()) -> list[tuple]:
    """Where something could be changed."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, part in inner:
        found.append((*at, key))
        if isinstance(part, (dict, list)):
            found += places(part, (*at, key))
    return found


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_whatever_one_edit_is_it_is_read_or_refused(
    whole: dict, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    set_up(monkeypatch, tmp_path)
    about = copy.deepcopy(whole)
    *way, last = data.draw(st.sampled_from(places({k: v for k, v in whole.items() if k})))
    inside = about
    for key in way:
        inside = inside[key]
    odd = [None, True, -1, 10**30, 0.5, "", "x", [], [[]], {}, {"x": {}}]
    if data.draw(st.booleans()):
        del inside[last]
    else:
        inside[last] = data.draw(st.sampled_from(odd))
    file = laid(about, tmp_path)
    before = file.read_bytes()
    for read in READERS.values():
        try:
            read(file)
        except KdlabError:
            pass
    assert file.read_bytes() == before
