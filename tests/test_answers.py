"""Answers outlive a restart in a file that is readable, never required, and never lost."""

import json
import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from kdlab import checks
from kdlab.checks import chapter06 as six
from kdlab.checks import notebook
from kdlab.checks.answers import LARGEST, Answers, where

WHOLE = {"version": 1, "answers": {"ch06-gap": {"answer": "a", "says": "… saved: a."}}}
BROKEN = {
    "another version": ({**WHOLE, "version": 2}, "has version 2, and this kdlab reads version 1"),
    "cut short": (json.dumps(WHOLE)[:-9], "is cut short or damaged"),
    "empty": ("", "is cut short or damaged"),
    "no UTF-8": (b'{"version": 1, "\xff', "is cut short or damaged"),
    "deep": ("[" * 200_000, "is cut short or damaged"),
    "a list": ([1], "holds no answers"),
    "of another program": ({"name": "survey"}, "holds no answers"),
    "no answers": ({"version": 1}, "holds no answers"),
    "an entry that is no entry": ({"version": 1, "answers": {"x": "a"}}, "holds no answers"),
    "true for one": ({**WHOLE, "version": True}, "holds no answers"),
    "too long": (" " * (LARGEST + 1), "is longer than 10,000,000 bytes"),
}


@pytest.fixture
def path(tmp_path, monkeypatch):
    """Where the answers of a new session are kept."""
    file = tmp_path / "answers.json"
    monkeypatch.setenv("KDLAB_ANSWERS", str(file))
    restart(monkeypatch)
    return file


def restart(monkeypatch):
    monkeypatch.setattr(notebook, "_answers", Answers())


def write(path, content):
    if isinstance(content, (dict, list)):
        content = json.dumps(content)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path.read_bytes()


def lines(capsys):
    return capsys.readouterr().out.splitlines()


def test_an_answer_outlives_a_restart(path, monkeypatch, capsys):
    checks.answer("ch06-gap", "a")
    restart(monkeypatch)
    checks.reveal("ch06-gap")
    assert "The answer is b." in lines(capsys)[-1]


def test_the_file_can_be_read_by_a_person(path):
    checks.answer("ch01-name-the-data", {1: "y", 2: "q", 3: "ŷ", 4: "ŷ", 5: "y", 6: "q"})
    text = path.read_text(encoding="utf-8")
    assert '"3": "ŷ"' in text and '"says": "✓ right: 1: y;' in text and '"version": 1' in text


def test_a_wrong_answer_with_a_key_is_ones_own_and_reveal_knows_it(path, capsys):
    checks.answer("ch01-baselines", {"greedy": 23.1, "beam 5": 21.0})
    checks.reveal("ch01-baselines")
    last = lines(capsys)[-1]
    assert last.startswith("You answered {greedy: 23.1, beam 5: 21}: that is above the distilled")
    assert last.endswith("The answer is greedy: 14.7; beam 5: 17.6.")


@pytest.mark.parametrize("function", [six.distil, lambda *_: []], ids=["passed", "failed"])
def test_a_check_is_ones_own_answer(path, monkeypatch, capsys, function):
    checks.check("ch06-distil", function)
    restart(monkeypatch)
    checks.reveal("ch06-distil")
    assert lines(capsys)[-1] == "the folded solution below the exercise has the code."


def stub(*_):
    raise NotImplementedError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ch06-gap", ...), ("ch06-gap", "e"), ("ch01-baselines", {"greedy": ..., "beam 5": 17.6}),
        ("ch01-baselines", 3), ("ch01-claim", ""), ("ch01-claim", 7), ("ch06-distil", stub),
        ("ch06-distil", "def"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_not_kept(path, capsys, name, value):
    checks.answer(name, value)
    checks.reveal(name)
    assert lines(capsys)[-1].startswith("… first your own: ") and not path.exists()


@pytest.mark.parametrize(
    "value",
    [np.float32(1.5), torch.tensor([1.0, 2.0]), math.nan, 10**5000, object(), 1j, "\ud800"],
    ids=lambda value: type(value).__name__,
)
def test_whatever_was_answered_can_be_kept(path, monkeypatch, capsys, value):
    checks.answer("ch01-baselines", {"greedy": value, "beam 5": 17.6})
    restart(monkeypatch)
    checks.answer("ch06-gap", "a")
    assert "ch06-gap" in json.loads(path.read_text(encoding="utf-8"))["answers"]


def test_two_notebooks_in_one_folder_keep_both_their_answers(path, monkeypatch):
    first, second = Answers(), Answers()
    for session, name in ((first, "a"), (second, "b"), (first, "c")):
        session.keep(name, 1, "saved")
    assert list(json.loads(path.read_text())["answers"]) == ["a", "b", "c"]


def test_the_answers_of_an_exercise_that_is_gone_stay_in_the_file(path):
    write(path, {"version": 1, "answers": {"ch99-old": {"answer": 1, "says": ""}}})
    checks.answer("ch06-gap", "a")
    assert json.loads(path.read_text())["answers"].keys() == {"ch99-old", "ch06-gap"}


@pytest.mark.parametrize(("content", "says"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_is_not_ours_is_set_aside_with_a_sentence(path, capsys, content, says):
    before = write(path, content)
    checks.answer("ch06-gap", "a")
    aside = path.with_name("answers.aside.json")
    said = lines(capsys)[-1]
    assert said == f"… {path} {says}: it is kept as {aside}, and a new one is begun."
    assert aside.read_bytes() == before and "ch06-gap" in json.loads(path.read_text())["answers"]


def test_what_was_set_aside_before_is_not_written_over(path):
    for text in ("first", "second"):
        write(path, text)
        checks.reveal("ch06-gap")
    kept = [
        path.with_name(name).read_text() for name in ("answers.aside.json", "answers.aside-2.json")
    ]
    assert kept == ["first", "second"]


def test_an_answer_edited_into_none_is_not_ones_own(path, capsys):
    write(path, {"version": 1, "answers": {"ch06-gap": {"answer": "z"}}})
    checks.reveal("ch06-gap")
    assert lines(capsys)[-1].startswith("… first your own")


@pytest.mark.parametrize("kind", ["a folder", "no such folder's child of a file"])
def test_where_no_file_can_be_kept_the_session_goes_on(path, monkeypatch, capsys, kind):
    if kind == "a folder":
        path.mkdir()
    else:
        path.write_text("{}")
        monkeypatch.setenv("KDLAB_ANSWERS", str(path / "answers.json"))
    checks.answer("ch06-gap", "a")
    checks.reveal("ch06-gap")
    said = lines(capsys)
    assert "kept until the notebook restarts" in said[1] and "The answer is b." in said[-1]


def test_a_pipe_in_the_files_place_is_not_waited_for(path, capsys):
    import os

    os.mkfifo(path)
    checks.answer("ch06-gap", "a")
    assert "is no file. This answer is kept until" in capsys.readouterr().out


def test_a_test_or_a_script_keeps_no_file(monkeypatch):
    monkeypatch.delenv("KDLAB_ANSWERS", raising=False)
    assert where() is None


def test_a_page_that_is_built_keeps_no_file(monkeypatch):
    monkeypatch.setenv("KDLAB_ANSWERS", "")
    assert where() is None


def test_a_notebook_keeps_its_file_where_it_lies(monkeypatch):
    shell = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=1))
    monkeypatch.setitem(sys.modules, "IPython", shell)
    monkeypatch.delenv("KDLAB_ANSWERS", raising=False)
    assert str(where()) == "answers.json"
