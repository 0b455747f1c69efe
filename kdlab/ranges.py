"""Numbers that must lie in a range: one sentence for each that does not, nan and "1" among them."""

from math import inf
from numbers import Integral, Real

from kdlab.errors import RecipeError

SMALLEST = 1e-6


def in_range(name: str, value: float, low: float, high: float) -> None:
    """Raise RecipeError unless low <= value <= high, both finite."""
    if not (_is(value, Real) and low <= value <= high):
        raise RecipeError(f"{name} is {value!r}; expected a number from {low:g} to {high:g}.")


def positive(name: str, value: float) -> None:
    """Raise RecipeError unless 0 < value < infinity, and floats can hold what is made of it."""
    if not (_is(value, Real) and 0 < value < inf):
        raise RecipeError(f"{name} is {value!r}; expected a number above 0.")
    if not SMALLEST <= value <= 1 / SMALLEST:  # of a temperature, 1/τ and τ² are used
        raise RecipeError(
            f"{name} is {value!r}; expected a number from {SMALLEST:g} to {1 / SMALLEST:g}."
        )


def not_negative(name: str, value: float) -> None:
    """Raise RecipeError unless 0 <= value < infinity."""
    if not (_is(value, Real) and 0 <= value < inf):
        raise RecipeError(f"{name} is {value!r}; expected 0 or a number above.")


def share_of_all(share: float) -> None:
    """Raise RecipeError unless 0 < share <= 1."""
    if not (_is(share, Real) and 0 < share <= 1):
        raise RecipeError(f"share is {share!r}; expected a number above 0, up to 1.")


def whole(name: str, value: int, low: int) -> None:
    """Raise RecipeError unless the value is a whole number of at least `low`."""
    if not (_is(value, Integral) and value >= low):
        raise RecipeError(f"{name} is {value!r}; expected {low} or more, a whole number.")


def one_to(name: str, value: int, high: int, what: str) -> None:
    """Raise RecipeError unless the value is a whole number from 1 to `high`, which is `what`."""
    if not (_is(value, Integral) and 1 <= value <= high):
        raise RecipeError(f"{name} is {value!r}; expected 1 to {high}, {what}.")


def _is(value: object, kind: type) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
