"""No shipped number is older than its code, and each file says by what it can be made anew."""

import re
from pathlib import Path

import pytest

from kdlab.experiments.current import stale
from kdlab.experiments.judge import judge
from kdlab.experiments.result_file import read_result
from kdlab.experiments.sentences import sentences_file
from kdlab.files import shipped

FOLDER = shipped("book/results")
FILES = sorted(FOLDER.glob("*.json"))
WAITING = set(re.findall(r"^\| `(\S+\.json)` \|", (FOLDER / "README.md").read_text("utf-8"), re.M))
QUICK = FOLDER / "minitalks-core-quick.json"
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


@each_file
def test_a_shipped_file_is_what_its_command_would_make_or_is_named_as_waiting(path: Path) -> None:
    why = stale(path)
    assert bool(why) == (path.name in WAITING), why or "it is current: take it from the table"


def test_what_waits_is_there() -> None:
    assert WAITING <= {path.name for path in FILES}


def test_the_quick_suite_judged_anew_is_the_committed_file() -> None:
    assert judge(QUICK) == read_result(QUICK)


@each_file
def test_the_sentences_of_a_shipped_file_are_its_own(path: Path) -> None:
    if sentences_file(path).exists():
        assert judge(path)["runs"] == read_result(path)["runs"]


def test_sentences_of_all_files_are_small() -> None:
    assert sum(path.stat().st_size for path in (FOLDER / "sentences").glob("*")) < 25_000_000
