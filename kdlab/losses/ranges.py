"""Numbers of a recipe that must lie in a range."""

from kdlab.errors import RecipeError

SMALLEST = 1e-6


def in_range(name: str, value: float, low: float, high: float) -> None:
    """Raise RecipeError unless low <= value <= high."""
    if not low <= value <= high:
        raise RecipeError(f"{name} is {value}; expected a number from {low:g} to {high:g}.")


def positive(name: str, value: float) -> None:
    """Raise RecipeError unless 0 < value < infinity, and floats can hold what is made of it."""
    if not 0 < value < float("inf"):
        raise RecipeError(f"{name} is {value}; expected a number above 0.")
    if not SMALLEST <= value <= 1 / SMALLEST:  # of a temperature, 1/τ and τ² are used
        raise RecipeError(
            f"{name} is {value}; expected a number from {SMALLEST:g} to {1 / SMALLEST:g}."
        )


def share_of_all(share: float) -> None:
    """Raise RecipeError unless 0 < share <= 1."""
    if not 0 < share <= 1:
        raise RecipeError(f"share is {share}; expected a number above 0, up to 1.")
