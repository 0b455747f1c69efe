"""What the fields of a configuration may hold: the kind that its annotation names, in a range."""

import math
import shlex
from dataclasses import is_dataclass
from numbers import Integral, Real
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from kdlab.errors import RecipeError


def kinds(config: object) -> None:
    """Each field holds what its annotation says, or a RecipeError names it.

    A number may be of any library's kind; True is no number, and nan is none that can be trained
    with. Where a part of ours is expected, one's own dataclass may stand: a schedule, say.

    >>> from dataclasses import make_dataclass
    >>> kinds(make_dataclass("Sizes", [("layers", int)])("2"))
    Traceback (most recent call last):
    kdlab.errors.RecipeError: layers of Sizes is '2'; expected a whole number.
    """
    for name, kind in get_type_hints(type(config)).items():
        value = getattr(config, name)
        if not _is(value, kind):
            raise RecipeError(
                f"{name} of {type(config).__name__} is {value!r}; expected {_said(kind)}."
            )


def at_least(low: int, config: object, *names: str) -> None:
    """Raise RecipeError unless each of these fields is `low` or more."""
    for name in names:
        value = getattr(config, name)
        if value < low:
            raise RecipeError(f"{name} is {value}; expected {low} or more.")


def below_one(config: object, *names: str) -> None:
    """Raise RecipeError unless each of these fields is a share, 0 or more and below 1."""
    for name in names:
        value = getattr(config, name)
        if not 0 <= value < 1:
            raise RecipeError(f"{name} is {value}; expected 0 or more, and below 1.")


def _is(value: object, kind: object) -> bool:
    if get_origin(kind) is UnionType:
        return any(_is(value, one) for one in get_args(kind))
    if get_origin(kind) is tuple:
        parts = get_args(kind)
        return isinstance(value, tuple) and len(value) == len(parts) and all(map(_is, value, parts))
    if kind in (int, float):
        number = isinstance(value, Integral if kind is int else Real)
        return number and not isinstance(value, bool) and not math.isnan(value)
    return isinstance(value, kind) or (is_dataclass(kind) and _is_own(value))


def _is_own(value: object) -> bool:
    """Whether it is of a dataclass that somebody else wrote, and so may do what ours does."""
    return is_dataclass(type(value)) and type(value).__module__.split(".")[0] != "kdlab"


def _said(kind: object) -> str:
    words = {int: "a whole number", float: "a number", bool: "True or False", str: "a text"}
    if get_origin(kind) is UnionType:
        return " or ".join(map(_said, get_args(kind)))
    if get_origin(kind) is tuple:
        return f"a tuple of {len(get_args(kind))}: {', '.join(map(_said, get_args(kind)))}"
    return words.get(kind) or f"{kind.__name__}(…)"


def typed(options: object) -> str:
    """The fields of a group of options that are given, as one types them.

    >>> from kdlab.corpora import Columns
    >>> typed(Columns(source="thai", header=False))
    '--source thai --no-header'
    """
    words: list[str] = []
    for name, value in vars(options).items():
        if isinstance(value, bool):
            words.append(f"--{name}" if value else f"--no-{name}")
        elif value is not None:
            words += [f"--{name}", str(value)]
    return shlex.join(words)
