"""The pieces that a distribution puts first."""

from torch import Tensor

from kdlab.best import best
from kdlab.ranges import one_to


def best_pieces(q: Tensor, k: int) -> Tensor:
    """The k most probable pieces [B, T, k] of q [B, T, V], best first, of equal ones the lowest id.

    RecipeError unless 1 <= k <= V.
    """
    one_to("k", k, q.size(-1), "the whole target vocabulary")
    return best(q, k)[1]
