"""The appendix on what a reader brings along: its code runs as it stands."""

import re
from pathlib import Path

import pytest
import tiny
import torch

import kdlab as kd
from kdlab import marian
from kdlab.experiments import recipes
from kdlab.experiments.suites import suite_named
from kdlab.losses import WordKD

PAGE = (Path(__file__).parents[1] / "book/appendices/own.md").read_text("utf-8")
LOSS, SUITE, TABLES, FUNCTION, NETWORK, MARIAN = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
HEAD = "from dataclasses import dataclass\nfrom kdlab.losses import WordKD, nll\n"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    size = (tiny.TRANSFORMER, tiny.SETTINGS)
    monkeypatch.setitem(recipes.PRESETS, "standard", recipes.Sizes(size, size))


def test_the_loss_trains_and_its_head_is_said() -> None:
    assert all(f"`{line}`" in PAGE for line in HEAD.splitlines())
    space = {"__name__": "__main__"}
    exec(HEAD + LOSS, space)
    run = kd.train(
        tiny.recipe(loss=space["UnsureFirst"]()), tiny.corpus(), teacher=tiny.translator()
    )
    assert run.updates == tiny.SETTINGS.updates


def test_the_suite_is_one_that_reproduce_takes(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(HEAD + LOSS + SUITE)
    suite = suite_named(str(tmp_path / "mine.py"))
    plan = suite.plan("my.tsv", "quick")
    assert len(plan.runs) == 6 and suite.pairs == (("unsure_first", "word_kd"),)


def test_its_file_becomes_tables_and_a_figure(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = kd.results("minitalks-core-quick")  # the suite's own takes minutes
    monkeypatch.setattr(kd, "results", lambda name: shipped)
    shown = []
    monkeypatch.setattr(kd.plots, "scatter", lambda runs, **how: shown.append((runs, how)))
    exec(TABLES, {})
    ((runs, how),) = shown
    assert runs.keys() == set(shipped.systems) and how == {"x": "perplexity", "y": "BLEU, greedy"}


def test_the_function_writes_targets() -> None:
    space = {"kd": kd, "corpus": tiny.corpus(), "__name__": "__main__"}
    exec(FUNCTION, space)
    assert space["distilled"].targets == "Seq-KD by translate"


def test_the_network_teaches() -> None:
    inner = tiny.translator().model
    code = NETWORK.replace("self.net(", "inner(")  # the page leaves the network to the reader
    space = {"kd": kd, "torch": torch, "corpus": tiny.corpus(), "WordKD": WordKD, "inner": inner}
    exec(code, space)
    assert space["student"].teacher.name == "mine"


def test_the_marian_lines_do_what_they_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marian, "load_marian", lambda name: tiny.translator(seed=1))
    space = {"kd": kd, "corpus": tiny.corpus(), "WordKD": WordKD}
    exec(MARIAN, space)
    assert space["student"].teacher is space["teacher"]
