"""The k largest numbers of a row and, of equal ones, the first: one rule for every tie.

`argmax` has the same rule: the lowest id. `topk` has none; which of equal ones it takes, and in
what order, is its own affair and may differ between machines.
"""

from torch import Tensor


def best(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """The k largest of x [..., V] and their places, [..., k] each, largest first.

    Equal ones stand in the order of their places, and where not all have room the first stay.
    Without ties this is topk, bit for bit. k: 1 to V

    >>> import torch
    >>> values, places = best(torch.tensor([0.1, 0.3, 0.1, 0.3, 0.1, 0.1]), 3)
    >>> places
    tensor([1, 3, 0])
    """
    value, place = x.topk(min(k + 1, x.size(-1)), dim=-1)  # [..., k + 1]: who was left out?
    same = value[..., 1:] == value[..., :-1]  # [..., k]
    if same.any():  # in few rows; only they are sorted whole
        tied = same.any(-1)  # [...]
        place[tied] = x[tied].argsort(dim=-1, descending=True, stable=True)[..., : k + 1]
    return value[..., :k], place[..., :k]
