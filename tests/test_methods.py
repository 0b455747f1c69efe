"""The list of methods is what the library itself says, and true."""

import inspect

import pytest

import kdlab as kd
from kdlab.errors import RecipeError
from kdlab.experiments.recipes import is_method
from kdlab.objectives import Lesson, prepare
from tests import tiny

TABLE = kd.methods()


def found(name: str) -> object:
    return getattr(getattr(kd, name.split(".")[1]), name.split(".")[2])


def test_every_loss_that_a_recipe_may_carry_is_listed() -> None:
    homes = {"losses": kd.losses, "objectives": kd.objectives}
    able = {f"kd.{h}.{n}" for h, m in homes.items() for n in m.__all__ if is_method(getattr(m, n))}
    able.discard("kd.objectives.CachedTeacher")  # answers for a teacher, compares nothing
    assert able == {name for name in TABLE.index if not name.startswith("kd.distill")}


def test_every_way_to_other_targets_is_listed() -> None:
    assert {"sequence_level", "interpolation", "sampled", "n_best", "base_and_kd"} <= {
        name.removeprefix("kd.distill.") for name in TABLE.index
    }


@pytest.mark.parametrize("name", TABLE.index)
def test_every_method_has_a_sentence_and_a_source(name: str) -> None:
    row = TABLE.loc[name]
    assert row["what"].endswith(".") and "$" not in row["what"]
    assert row["source"] and row["what"] in (inspect.getdoc(found(name)) or "")


def made(name: str) -> object:
    needed = {"Divergence": ["forward_kl"], "Layers": [((-1,),)]}
    return found(name)(*needed.get(name.split(".")[2], []))


LOSSES = [name for name in TABLE.index if not name.startswith("kd.distill")]


@pytest.mark.parametrize("name", LOSSES)
def test_what_is_said_of_the_teacher_is_what_happens(name: str) -> None:
    """With stored logits alone, "live" refuses and the others begin; without a teacher, "none"."""
    student, data = tiny.model(tiny.PLAIN_RNN, V=24), tiny.encoded(tiny.text().train)
    stored = Lesson(student, data, 100, logits=lambda batch: None, said=lambda: data)
    begins = {"none": True, "as its loss": True, "live or stored": True, "live": False}
    for lesson, works in (
        (stored, begins[TABLE.loc[name, "teacher"]]),
        (Lesson(student, data, 100), TABLE.loc[name, "teacher"] in ("none", "as its loss")),
    ):
        if works:
            prepare(made(name), lesson)
        else:
            with pytest.raises(RecipeError):
                prepare(made(name), lesson)


def test_the_list_is_printed_whole_and_no_wider_than_a_terminal() -> None:
    printed = str(TABLE).splitlines()
    assert max(map(len, printed)) <= 80
    assert [line for line in printed if line.startswith("kd.")] == list(TABLE.index)
    assert "…" not in " ".join(line for line in printed if "fold" not in line)


def test_in_a_notebook_it_is_a_table() -> None:
    assert "<table" in TABLE._repr_html_() and "kd.losses.WordKD" in TABLE._repr_html_()
