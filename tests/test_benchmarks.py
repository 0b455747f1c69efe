"""The comparison with peers: what its processes say, and the arithmetic of its table."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PEERS = Path(__file__).parent / "benchmarks" / "peers"


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(PEERS)
    return importlib.import_module("table")


@pytest.fixture
def task(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(PEERS)
    return importlib.import_module("task")


def run(system: str, seconds: float, pieces: int = 30, first: int = 7) -> dict:
    """Two rounds of a system; the second takes twice as long."""
    searched = [{"wall": s, "sentences": 6, "pieces": pieces} for s in (seconds, 2 * seconds)]
    trained = [{"wall": s, "tokens": 60, "loss": 1.0} for s in (seconds, 2 * seconds)]
    wrote = [[first, 8, 2]]
    return {
        "system": system, "version": "1", "ours": system != "HF Marian", "parameters": 9,
        "threads": 1, "trains": system != "CTranslate2", "wrote": {"1": wrote, "5": wrote},
        "answers": {"1": searched, "5": searched}
        | ({"train": trained} if system != "CTranslate2" else {}),
    }  # fmt: skip


SYSTEMS = {"kdlab": 2.0, "Joey NMT": 8.0, "HF Marian": 4.0, "CTranslate2": 1.0}


def test_our_process_does_what_the_task_says(task: ModuleType, tmp_path: Path) -> None:
    sizes = task.Sizes(vocabulary=50, width=8, layers=1, heads=2, ffn=16)
    work = task.Work(rounds=1, updates=2, batch_tokens=100, sentences=6, batch_sentences=4)
    path = task.write_task(tmp_path, sizes, work)
    who, trained, greedy, beam = (
        json.loads(line)
        for line in subprocess.run(
            [sys.executable, str(PEERS / "ours.py"), str(path)], input='"train"\n1\n5\n', text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, check=True,
        ).stdout.splitlines()
    )  # fmt: skip
    told = json.loads(path.read_text())
    rows = [row for batch in told["rows"][1:3] for row in batch]  # the first warms up
    assert who["system"] == "kdlab"
    assert trained["tokens"] == sum(len(told["target"][row]) for row in rows)
    assert greedy["sentences"] == beam["sentences"] == 6
    pieces = sum(len(batch["source"]) * batch["length"] for batch in told["decode"])
    assert greedy["pieces"] == beam["pieces"] == pieces


def test_decoding_batches_are_as_long_as_their_longest_source(
    task: ModuleType, tmp_path: Path
) -> None:
    told = json.loads(task.write_task(tmp_path, task.BOOK, task.QUICK).read_text())
    for batch in told["decode"]:
        assert batch["length"] == max(map(len, batch["source"]))
        assert len({len(source) for source in batch["source"]}) > 1


def test_ratios_are_taken_round_by_round(table: ModuleType, task: ModuleType) -> None:
    runs = [run(name, seconds) for name, seconds in SYSTEMS.items()]
    found = table.report(runs, task.SMALL, task.QUICK, {"command": "make bench", "clock": "wall"})
    ratio = {(r["peer"], r["measure"]): (r["ratio"], r["goal"]) for r in found["ratios"]}
    assert found["rates"][0]["rate"] == {"1": [3.0, 1.5], "5": [3.0, 1.5], "train": [30.0, 15.0]}
    assert ratio["Joey NMT", "train"] == ([4.0, 4.0], None)
    assert ratio["best PyTorch peer", "5"] == ([2.0, 2.0], 2.0)  # Marian
    assert ratio["CTranslate2", "5"] == ([0.5, 0.5], 0.9)
    assert ("CTranslate2", "train") not in ratio


def test_the_page_shows_median_and_range(table: ModuleType, task: ModuleType) -> None:
    runs = [run(name, seconds) for name, seconds in SYSTEMS.items()]
    page = table.markdown(
        table.report(runs, task.SMALL, task.QUICK, {"command": "make bench", "clock": "wall"})
    )
    assert "| kdlab | 22 (15 to 30) |" in page  # 22.5 to even
    assert "| best PyTorch peer | 2.00 (2.00 to 2.00); goal 1.5 |" in page
    assert "| CTranslate2 |  |" in page  # it does not train


def test_systems_that_did_other_work_are_not_compared(table: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"greedy, sentences/s: the systems differ in pieces"):
        table.same_work([run("kdlab", 1.0), run("HF Marian", 1.0, pieces=29)])


def test_a_peer_that_says_something_else_has_other_weights(table: ModuleType) -> None:
    table.same_work([run("kdlab", 1.0), run("HF Marian", 1.0, first=9)])  # its own, as it may
    with pytest.raises(ValueError, match="Only 50% of Joey NMT's pieces are kdlab's"):
        table.same_work([run("kdlab", 1.0), run("Joey NMT", 1.0, first=9)])
