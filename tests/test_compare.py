"""`compare`: rows that can be told apart, columns that can be seen."""

import sys
from dataclasses import replace

import pytest

import kdlab as kd
from kdlab.errors import RecipeError
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.runs import Run
from kdlab.losses import NLL, WordKD
from kdlab.translator import Translator
from tests import tiny

ROW = {
    "bleu_greedy": 51.84, "bleu_beam5": 55.91, "chrf_greedy": 70.15, "ppl": 1.664,
    "mode_mass": 0.1944, "top1_agreement": 0.911, "words_per_s_greedy": 74465.2,
    "valid_rate_greedy": 0.866,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _scored(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a system scores is not asked here."""
    monkeypatch.setattr(sys.modules["kdlab.experiments.compare"], "scores", lambda *_: ROW)


def run(name: str, loss: object, seed: int = 1, model: object = tiny.TRANSFORMER) -> Run:
    recipe = Recipe(name, model, tiny.SETTINGS, loss)
    like = tiny.translator(model)
    return Run(like.model, like.tokenizer, name, recipe, "0", seed)


def rows(*systems: Translator) -> list[str]:
    return list(kd.compare(systems, tiny.text().tests["test"]).index)


WIDER = replace(tiny.TRANSFORMER, width=16)


@pytest.mark.parametrize(
    ("systems", "named"),
    [
        (
            [run("teacher tiny", NLL()), run("student tiny NLL", NLL())],
            ["1 teacher tiny NLL, gold", "2 student tiny NLL, gold"],
        ),
        (
            [run("s", WordKD(0.5)), run("s", WordKD(0.9)), run("s", NLL())],
            [
                "1 s WordKD, gold, WordKD(alpha=0.5, temperature=1.0)",
                "2 s WordKD, gold, WordKD(alpha=0.9, temperature=1.0)",
                "3 s NLL, gold",
            ],
        ),
        (
            [run("s", NLL()), run("s", NLL(), model=WIDER)],
            ["1 s NLL, gold, 3,040 parameters", "2 s NLL, gold, 10,152 parameters"],
        ),
        ([run("s", NLL()), run("s", NLL(), 2)], ["1 s NLL, gold, seed 1", "2 s NLL, gold, seed 2"]),
        ([run("s", NLL()), run("s", NLL())], ["1 s NLL, gold", "2 s NLL, gold"]),
        ([tiny.translator(), run("s", NLL())], ["1 untrained 0", "2 s NLL, gold"]),
    ],
    ids=["role", "numbers of the loss", "size", "seed", "the same twice", "no run"],
)
def test_systems_of_one_name_are_told_apart_by_what_differs(
    systems: list[Translator], named: list[str]
) -> None:
    assert rows(*systems) == named


@pytest.mark.parametrize("columns", [80, 50, 200])
def test_every_column_is_shown_whatever_the_terminals_width(
    columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    table = kd.compare([run("student tiny WordKD", WordKD())], tiny.text().tests["test"])
    printed = str(table)
    assert max(map(len, printed.splitlines())) <= columns
    assert [name for name in table if name not in printed] == [] and " ... " not in printed
    assert {"BLEU@1", "chrF", "mode mass", "TA", "params"} <= set(table)


def test_in_a_notebook_it_is_a_table() -> None:
    table = kd.compare([run("s", NLL())], tiny.text().tests["test"])
    assert "<table" in table._repr_html_() and table.loc["1 s NLL, gold", "chrF"] == pytest.approx(
        70.2
    )


def test_a_corpus_in_place_of_a_test_is_refused_with_what_to_give() -> None:
    with pytest.raises(RecipeError, match="pairs is a corpus; give one of its tests, corpus"):
        kd.compare([run("s", NLL())], tiny.corpus())


@pytest.mark.parametrize(
    ("systems", "pairs", "said"),
    [
        ([run("s", NLL())], run("s", NLL()), r"systems go into one list: kd.compare\(\[a, b\]"),
        (["gold"], None, "'gold' is no trained model; expected what kd.train returns"),
        ([run("s", NLL())], None, "do not name one corpus"),
    ],
    ids=["two systems", "a name", "no corpus known"],
)
def test_other_calls_are_told_what_to_give(systems: list, pairs: object, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        kd.compare(systems, pairs)


def test_without_a_test_it_is_that_of_the_corpus_all_learnt_from() -> None:
    knows = {"corpus": {"name": "minitalks", "preset": "tiny"}}
    both = [replace(run("s", NLL(), seed), **knows) for seed in (1, 2)]
    assert len(kd.compare(both)) == 2
    with pytest.raises(RecipeError, match="do not name one corpus that all learnt from"):
        kd.compare([*both, run("s", NLL())])


def test_one_system_needs_no_list() -> None:
    assert list(kd.compare(run("s", NLL()), tiny.text().tests["test"]).index) == ["1 s NLL, gold"]
