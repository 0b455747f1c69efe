"""Every exercise and prediction that a machine can look at, by name."""

from difflib import get_close_matches

from kdlab.checks import (
    chapter01,
    chapter02,
    chapter03,
    chapter04,
    chapter05,
    chapter06,
    chapter07,
    chapter08,
    chapter09,
    chapter10,
    chapter11,
    chapter12,
    chapter13,
    chapter14,
    chapter15,
    chapter16,
    chapter17,
    chapter18,
    chapter19,
    chapter20,
    chapter21,
    chapter22,
)
from kdlab.checks.kinds import Choice, Function, Keyed, Text
from kdlab.errors import RecipeError

Exercise = Choice | Function | Keyed | Text

EXERCISES: dict[str, Exercise] = {
    one.id: one
    for chapter in (
        chapter01,
        chapter02,
        chapter03,
        chapter04,
        chapter05,
        chapter06,
        chapter07,
        chapter08,
        chapter09,
        chapter10,
        chapter11,
        chapter12,
        chapter13,
        chapter14,
        chapter15,
        chapter16,
        chapter17,
        chapter18,
        chapter19,
        chapter20,
        chapter21,
        chapter22,
    )
    for one in chapter.EXERCISES
}


def exercise(name: str) -> Exercise:
    """The exercise of a name. Raises RecipeError, with the nearest name, if there is none."""
    if name not in EXERCISES:
        near = get_close_matches(name, EXERCISES, n=1) or list(EXERCISES)[:1]
        raise RecipeError(f"There is no exercise {name!r}; did you mean {near[0]!r}?")
    return EXERCISES[name]
