"""What can be seen inside a method: how far a student's logits are from its teacher's."""

import torch
from torch import Tensor, nn

from kdlab.batching import Batch, Encoded
from kdlab.models.protocol import evaluating


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
