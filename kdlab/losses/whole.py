"""Numbers of a recipe that are counted."""

from numbers import Integral

from kdlab.errors import RecipeError


def whole(name: str, value: float, low: int) -> None:
    """Raise RecipeError unless the value is a whole number of at least `low`."""
    if not isinstance(value, Integral) or value < low:
        raise RecipeError(f"{name} is {value}; expected {low} or more, a whole number.")
