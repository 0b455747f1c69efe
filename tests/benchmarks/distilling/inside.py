"""What can be seen inside a method: how far a student's logits are from its teacher's."""

import torch
from torch import nn

from kdlab.batching import Encoded
from kdlab.losses import annealing
from kdlab.models.evaluating import evaluating


@torch.no_grad()
def logit_distance(student: nn.Module, teacher: nn.Module, data: Encoded) -> float:
    """Mean squared distance of centred logits, over real positions and pieces."""
    total, n = 0.0, 0
    with evaluating(student), evaluating(teacher):
        for first in range(0, len(data), 50):
            batch = data.batch(range(first, min(first + 50, len(data))))
            mine, hers = (
                model(batch.source, batch.source_mask, batch.prefix) for model in (student, teacher)
            )  # [B, T, V]
            tokens = int(batch.mask.sum())
            total += tokens * float(annealing(mine, hers, batch.mask, phi=1.0, centred=True))
            n += tokens
    return total / n
