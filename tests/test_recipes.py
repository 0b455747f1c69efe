"""Recipes: named sizes, hashable, and the same JSON for the same recipe."""

import json
from dataclasses import FrozenInstanceError, dataclass, replace

import pytest

from kdlab.errors import RecipeError
from kdlab.experiments.recipes import PRESETS, describe, student, teacher
from kdlab.experiments.suites import SUITES
from kdlab.losses import NLL, WordKD
from kdlab.models import RNNConfig, build, parameter_count

both = pytest.mark.parametrize("make", [teacher, student])


@both
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_has_its_recipes(make, preset: str) -> None:
    recipe = make(preset)
    assert preset.partition("-")[0] in recipe.name
    assert recipe == make(preset)
    assert hash(recipe) == hash(make(preset))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_student_is_smaller_than_its_teacher(preset: str) -> None:
    big, small = (parameter_count(build(r(preset).model, 50, 50)) for r in (teacher, student))
    assert small < big / 2


def test_the_papers_models_are_the_papers() -> None:
    assert (teacher("paper").model, student("paper").model) == (
        RNNConfig(2, 500, 0.3), RNNConfig(2, 100, 0.3),
    )  # fmt: skip


def test_a_student_learns_by_likelihood_unless_told_otherwise() -> None:
    assert student("tiny").loss == NLL()
    told = student("tiny", loss=WordKD(0.9))
    assert (told.loss, told.name) == (WordKD(0.9), "student tiny WordKD")


@both
def test_an_unknown_preset_is_refused_with_those_there_are(make) -> None:
    with pytest.raises(RecipeError, match="no preset 'huge'; expected one of tiny, standard"):
        make("huge")


def test_a_recipe_cannot_be_changed_by_accident() -> None:
    with pytest.raises(FrozenInstanceError, match="seed|name"):
        student("tiny").name = "other"


def test_a_described_recipe_is_json_that_names_its_parts() -> None:
    described = json.loads(json.dumps(describe(student("tiny", loss=WordKD(0.9)))))
    assert described["is"] == "Recipe"
    assert described["loss"] == {"is": "WordKD", "alpha": 0.9, "temperature": 1.0}
    assert described["training"]["optimiser"]["betas"] == [0.9, 0.98]


def test_parts_of_equal_fields_but_other_kinds_are_told_apart() -> None:
    @dataclass(frozen=True)
    class Other:
        """No fields, like NLL."""

    assert describe(Other()) != describe(NLL())


def of_two_bodies(first: str, second: str) -> list[dict]:
    """What is saved of two classes of one name and no fields, as a notebook makes them."""
    found = []
    for body in (first, second):
        space = {"dataclass": dataclass}
        call = f"    def __call__(self, x):\n        {body}"
        exec(f"@dataclass(frozen=True)\nclass Mine:\n{call}", space)
        found.append(describe(space["Mine"]()))
    return found


@pytest.mark.parametrize("other", ["return x + 2", "return x - 1", "return [x + 1 for _ in '1']"])
def test_a_loss_of_ones_own_that_was_changed_is_another(other: str) -> None:
    same, again = of_two_bodies("return x + 1", "return x + 1")
    assert same == again
    before, after = of_two_bodies("return x + 1", other)
    assert before != after


HELPED = """
import functools
LEVEL = {level}
def helper(x, by={default}): return x * LEVEL + by {sign} 1
class Base:
    floor = {floor}
    @staticmethod
    def least(x): return max(x, {least})
@dataclass(frozen=True)
class Mine(Base):
    def __call__(self, x): return helper(self.least(x))
    @property
    def name(self): return {name!r}
"""
FIRST = {"level": 1, "default": 2, "sign": "+", "floor": 3, "least": 4, "name": "a"}


@pytest.mark.parametrize("change", [
    {"level": 9}, {"default": 9}, {"sign": "-"}, {"floor": 9}, {"least": 9}, {"name": "b"}, {},
], ids=str)  # fmt: skip
def test_so_is_one_whose_helper_base_or_constant_was_changed(change: dict) -> None:
    found = []
    for values in (FIRST, FIRST | change):
        space = {"dataclass": dataclass}
        exec(HELPED.format(**values), space)
        found.append(describe(space["Mine"]()))
    assert (found[0] != found[1]) == bool(change)


@pytest.mark.parametrize("loss", [len, object, {"alpha": 0.5}], ids=str)
def test_a_loss_that_cannot_be_saved_is_refused_by_value(loss: object) -> None:
    with pytest.raises(RecipeError, match="loss is .* frozen dataclass"):
        replace(student("tiny"), loss=loss)


def test_a_part_of_ones_own_loss_that_cannot_be_saved_is_refused_by_value() -> None:
    @dataclass(frozen=True)
    class Mine:
        weights: dict

    with pytest.raises(RecipeError, match="A recipe holds {'a': 1}, .* frozen dataclass"):
        describe(replace(student("tiny"), loss=Mine({"a": 1})))


@pytest.mark.parametrize("suite", SUITES.values(), ids=SUITES)
def test_every_plan_of_a_suite_can_be_followed(suite) -> None:
    for plan in suite.plans.values():
        assert plan.recipe_preset in PRESETS
        assert set(plan.arms) <= suite.arms.keys()
        assert len(set(plan.seeds)) == len(plan.seeds) > 0


def test_a_plan_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(RecipeError, match="core has no plan for --corpus real --preset huge; .*re"):
        SUITES["core"].plan("real", "huge")
