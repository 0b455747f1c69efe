"""The pieces that a distribution puts first."""

from torch import Tensor

from kdlab.errors import RecipeError


def best_pieces(q: Tensor, k: int) -> Tensor:
    """The k most probable pieces [B, T, k] of q [B, T, V], best first. RecipeError
    unless 1 <= k <= V.
    """
    V = q.size(-1)
    if not 1 <= k <= V:
        raise RecipeError(f"k is {k}; expected 1 to the whole target vocabulary, {V} pieces.")
    return q.topk(k, dim=-1).indices
