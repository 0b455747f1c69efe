"""A part of a saved recipe whose class is not here: somebody's own loss, as text.

Its run opens for use, since weights, pieces and sizes need no loss; only training needs the code.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, make_dataclass
from functools import cache
from typing import ClassVar

from kdlab.errors import RecipeError


@dataclass(frozen=True)
class Absent:
    """What stands for a class that was written elsewhere: its name, its values, its code's sum."""

    sum_of_code: ClassVar[str]  # what `code_sum` gave for the class when the recipe was saved


def absent(name: str, code: str, content: Mapping[str, object]) -> Absent:
    """A stand-in that shows, compares and describes itself as the class did, and does nothing.

    >>> absent("MyLoss", "0f0f", {"alpha": 0.5})
    MyLoss(alpha=0.5)
    """
    return _kind(name, code, tuple(content))(**content)


@cache  # or two of one class would not be equal
def _kind(name: str, code: str, names: tuple[str, ...]) -> type[Absent]:
    own = [(field, object) for field in names]
    return make_dataclass(name, own, bases=(Absent,), frozen=True, namespace={"sum_of_code": code})


def refuse_absent(recipe: object) -> None:
    """Raise RecipeError if something of the recipe is not here: nothing trains without its code."""
    for part in parts_of(recipe):
        if isinstance(part, Absent):
            raise RecipeError(
                f"The recipe holds {part}, whose class is not kdlab's, and its code was not saved "
                "with the run. The run translates and is scored as it is; to train, put your own "
                "in its place: dataclasses.replace(run.recipe, …)."
            )


def parts_of(value: object) -> Iterator[object]:
    """A recipe, or a part of one, and all that it holds, to the numbers."""
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from parts_of(getattr(value, field.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from parts_of(part)
