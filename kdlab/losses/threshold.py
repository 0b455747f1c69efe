"""From which loss on a piece is hard."""

from math import ceil

from torch import Tensor

from kdlab.ranges import share_of_all


def threshold(values: Tensor, share: float) -> Tensor:
    """The smallest of the top ceil(share n) of n values: what is selected is at least this.

    values: [n] float     share: r, above 0, up to 1. Of no values at all: inf, which selects none.
    Raises RecipeError if the share is out of range.
    Source: Wang et al. (2021), their released code.

    >>> import torch
    >>> threshold(torch.tensor([1., 5., 2., 4., 3.]), 0.5).item()
    3.0
    """
    share_of_all(share)
    n = values.numel()
    if n == 0:
        return values.new_tensor(float("inf"))
    top = min(max(1, ceil(share * n - 1e-9)), n)  # in floats 0.07 * 100 is above 7
    return values.kthvalue(n - top + 1).values
