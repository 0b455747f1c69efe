"""Whether logits are those of a distribution."""

from torch import Tensor

from kdlab.errors import RecipeError


def proper(name: str, logits: Tensor, mask: Tensor) -> None:
    """Raise RecipeError unless the logits [B, T, V] make a distribution where mask [B, T] is True.

    They do not with a nan, with +inf, or with -inf for every piece.
    """
    largest = logits.amax(-1)  # [B, T]; nan if one is
    if (wrong := ~largest.isfinite() & mask).any():
        row, position = wrong.nonzero()[0].tolist()
        raise RecipeError(
            f"The {name}'s logits in row {row}, position {position} of the batch have "
            f"{largest[row, position].item()} as their largest, so they are no distribution. "
            f"Look for nan or inf in the {name}'s weights: did its training diverge?"
        )
