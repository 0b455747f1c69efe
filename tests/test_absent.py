"""A run outlives the code of its loss: it opens as text, and only training needs the code."""

import json
from dataclasses import dataclass, replace

import pytest
import tiny
from typer.testing import CliRunner

import kdlab as kd
from kdlab.cli import app
from kdlab.errors import RecipeError
from kdlab.experiments.recipes import describe, restore
from kdlab.experiments.runs import RunStore
from kdlab.losses import nll


def loss_class(source: str = "nll(logits, target, mask)") -> type:
    """A loss as a notebook's cell makes it; afterwards nobody can import it."""
    space = {"nll": nll, "dataclass": dataclass, "__name__": "__main__"}
    code = (
        "@dataclass(frozen=True)\nclass Gentle:\n    weight: float = 0.5\n"
        f"    def __call__(self, logits, target, mask):\n        return self.weight * {source}\n"
    )
    exec(code, space)
    return space["Gentle"]


@pytest.fixture(scope="module")
def run() -> kd.Run:
    return kd.train(tiny.recipe(loss=loss_class()(0.25)), tiny.corpus())


@pytest.fixture(scope="module")
def opened(run: kd.Run) -> kd.Run:
    return RunStore.default().open(run.key)


def test_a_run_opens_without_its_loss_and_translates_as_before(run, opened) -> None:
    lines = tiny.corpus().test.source
    assert opened.translate(lines) == run.translate(lines)


def test_the_recipe_shows_the_loss_as_text(opened) -> None:
    assert repr(opened.recipe.loss) == "Gentle(weight=0.25)"


def test_what_is_not_here_describes_itself_as_the_class_did(run, opened) -> None:
    assert describe(opened.recipe) == describe(run.recipe)
    assert restore(json.loads(json.dumps(describe(opened.recipe)))) == opened.recipe


def test_two_versions_of_one_loss_are_two_when_both_are_gone() -> None:
    kinds = [loss_class(), loss_class("nll(logits, target, mask) * 2")]
    one, other = (restore(describe(kind())) for kind in kinds)
    assert one == restore(describe(kinds[0]())) != other


def test_training_on_with_it_is_refused_by_its_name(opened) -> None:
    with pytest.raises(RecipeError, match=r"Gentle\(weight=0.25\), whose class is not kdlab's"):
        kd.train(opened.recipe, tiny.corpus())


def test_a_loss_put_in_its_place_trains(opened) -> None:
    again = kd.train(replace(opened.recipe, loss=kd.losses.NLL()), tiny.corpus())
    assert again.key != opened.key


def test_a_schedule_of_ones_own_is_no_wall_either() -> None:
    space = {"dataclass": dataclass, "__name__": "__main__"}
    exec("@dataclass(frozen=True)\nclass Flat:\n def factor(self, u, n): return 1.0", space)
    training = replace(tiny.SETTINGS, schedule=space["Flat"]())
    key = kd.train(tiny.recipe(training=training), tiny.corpus()).key
    assert repr(RunStore.default().open(key).recipe.training.schedule) == "Flat()"


def test_a_class_named_like_one_of_kdlabs_is_not_taken_for_it() -> None:
    space = {"dataclass": dataclass, "__name__": "__main__"}
    exec("@dataclass(frozen=True)\nclass WordKD:\n    alpha: float = 0.5", space)
    assert type(restore(describe(space["WordKD"]()))) is not kd.losses.WordKD


def test_it_is_a_teacher_whose_loss_nobody_has(run) -> None:
    taught = kd.train(tiny.recipe(loss=kd.losses.WordKD()), tiny.corpus(), teacher=run)
    assert RunStore.default().open(taught.key).teacher.key == run.key


def test_the_command_line_translates_with_it(run) -> None:
    line = tiny.corpus().test.source[0]
    done = CliRunner().invoke(app, ["translate", run.key], input=line + "\n")
    assert (done.exit_code, done.stdout) == (0, run.translate([line], beam=5)[0] + "\n")
