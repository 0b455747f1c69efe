"""What can be seen inside a method: a position's neighbours, a student's distance from logits."""

import torch
from torch import Tensor, nn

from kdlab.batching import Batch, Encoded
from kdlab.models.protocol import evaluating
from kdlab.objectives import Datastore


def neighbours(store: Datastore, place: Tensor, k: int) -> dict[str, tuple[Tensor, Tensor]]:
    """The pieces and distances, [Q, k] both, of some positions' neighbours in one search.

    place: [Q]     "self": the position among its own neighbours; "others": without it
    """
    distances, rows = store.search(store.keys[place], k + 1)  # [Q, k + 1]
    itself_last = (rows == place[:, None]).byte().argsort(dim=-1, stable=True)
    found = {"self": (distances, rows)}
    found["others"] = tuple(x.gather(-1, itself_last) for x in (distances, rows))
    return {
        name: (store.values[near[:, :k]], far[:, :k]) for name, (far, near) in found.items()
    }  # fmt: skip


@torch.no_grad()
def logit_distance(student: nn.Module, teacher: nn.Module, data: Encoded) -> float:
    """Mean squared distance of centred logits, over real positions and pieces."""
    total, n = 0.0, 0
    with evaluating(student), evaluating(teacher):
        for first in range(0, len(data), 50):
            batch = data.batch(range(first, min(first + 50, len(data))))
            mine, hers = _centred(student, batch), _centred(teacher, batch)  # [n, V]
            total += float((mine - hers).square().mean(-1).sum())
            n += len(mine)
    return total / n


def _centred(model: nn.Module, batch: Batch) -> Tensor:
    found = model(batch.source, batch.source_mask, batch.prefix)[batch.mask]
    return found - found.mean(-1, keepdim=True)
