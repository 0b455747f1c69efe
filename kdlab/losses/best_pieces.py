"""The pieces that a distribution puts first."""

from torch import Tensor

from kdlab.errors import RecipeError


def best_pieces(q: Tensor, k: int) -> Tensor:
    """The k most probable pieces [B, T, k] of q [B, T, V], best first. RecipeError if k > V."""
    V = q.size(-1)
    if k > V:
        raise RecipeError(f"k is {k}; expected at most the target vocabulary, {V} pieces.")
    return q.topk(k, dim=-1).indices
