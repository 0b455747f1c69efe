"""The training loop: batch, loss, backward, clip, step, record.

Several Accelerate processes share each batch: every one of them draws the same, takes its own rows,
and gradients are added up. What they learn is what one process learns, to rounding (dropout apart),
with a loss that is a mean over target pieces. Where a mean or a choice is over something else (the
sentences and the centre of Hybrid, the source pieces of Layers, OnPolicy's samples, SelectiveKD's
threshold), each process takes its own, so that it is near and not equal.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from kdlab.batching import Batch, Encoded
from kdlab.errors import RecipeError
from kdlab.objectives.protocol import Objective
from kdlab.training.epochs import endless
from kdlab.training.settings import Training


@dataclass
class Record:
    """One update. loss: nats per token; norm: of the gradient before clipping; log: what the
    objective had to say; scores: on dev, and seconds since the start, where it was evaluated."""

    update: int
    loss: float
    lr: float
    norm: float
    log: dict[str, float] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0


class Session:
    """Everything that one training changes, so that it can be saved between any two updates.

    update: updates done     position: (epoch, batch) of the next batch     seed: of the order of
    batches and of dropout
    """

    def __init__(
        self, model: nn.Module, objective: Objective, data: Encoded, settings: Training, seed: int
    ) -> None:
        self.accelerator = Accelerator()
        self.settings, self.data, self.seed, self.objective = settings, data, seed, objective
        if isinstance(objective, nn.Module):  # projections, gates, queues; before the optimiser
            objective.to(self.accelerator.device)
        self.trained = [p for p in model.parameters() if p.requires_grad]
        self.trained += list(objective.parameters())
        optimiser = settings.optimiser.build(self.trained)
        # Without Accelerate's wrapper for many processes: methods call more than model(…).
        self.model = self.accelerator.prepare_model(model, evaluation_mode=True)
        self.optimiser = self.accelerator.prepare_optimizer(optimiser)
        self.update, self.position = 0, (0, 0)
        torch.manual_seed(seed + 1_000_003 * self.accelerator.process_index)

    def records(self) -> Iterator[Record]:
        """Train until `settings.updates`, a record an update; from where a checkpoint left off."""
        batches = endless(self.data, self.settings.batch_tokens, self.seed, self.position)
        while self.update < self.settings.updates:
            after, batch = next(batches)
            self.model.train()
            rate = self._set_rate()
            own, share = self._own_part(batch)
            loss, log = self.objective(self.model, own.to(self.accelerator.device))
            loss = loss * share
            total = self.accelerator.reduce(loss.detach(), "sum").item()
            self._finite("loss", total)
            self.accelerator.backward(loss)
            self._add_up_gradients()
            norm = float(self.accelerator.clip_grad_norm_(self.trained, self.settings.clip))
            self._finite("gradient's norm", norm)  # before it can reach the weights
            self.optimiser.step()
            self.optimiser.zero_grad(set_to_none=True)
            self.update, self.position = self.update + 1, after
            yield Record(self.update, total, rate, norm, log)

    def _finite(self, what: str, value: float) -> None:
        """Raise RecipeError for a number that nothing can be learned from."""
        if not math.isfinite(value):
            raise RecipeError(
                f"The {what} of update {self.update + 1} is {value}; nothing can be learned from "
                "it, and the weights are as they were. Lower the learning rate, or look for inf in "
                "the logits of student and teacher."
            )

    def _own_part(self, batch: Batch) -> tuple[Batch, float]:
        """This process's rows, and the share of the batch's target tokens that they hold."""
        n, i = self.accelerator.num_processes, self.accelerator.process_index
        if n == 1:
            return batch, 1.0
        rows = torch.arange(len(batch))[i::n]
        if len(rows) == 0:  # fewer sentences than processes: read one, for nothing
            return batch.select(torch.tensor([0])), 0.0
        own = batch.select(rows)
        return own, own.tokens / batch.tokens

    def _add_up_gradients(self) -> None:
        if self.accelerator.num_processes == 1:
            return
        each = [torch.zeros_like(p) if p.grad is None else p.grad for p in self.trained]
        total: Tensor = self.accelerator.reduce(torch.cat([g.flatten() for g in each]), "sum")
        parts = total.split([p.numel() for p in self.trained])
        for parameter, gradient in zip(self.trained, parts, strict=True):
            parameter.grad = gradient.view_as(parameter)

    def _set_rate(self) -> float:
        """The schedule is a function of the update alone, so a resumed run needs no other state."""
        settings = self.settings
        factor = settings.schedule.factor(self.update, settings.updates)
        for group in self.optimiser.param_groups:
            group["lr"] = settings.optimiser.lr * factor
        return settings.optimiser.lr * factor
