"""The training loop: batch, loss, backward, clip, step, record."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch
from accelerate import Accelerator
from torch import nn

from kdlab.batching import Encoded, endless
from kdlab.errors import RecipeError
from kdlab.objectives import Objective
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
    batches and of dropout     perplexities: on dev, so far (one schedule reads them)
    """

    def __init__(
        self, model: nn.Module, objective: Objective, data: Encoded, settings: Training, seed: int
    ) -> None:
        self.accelerator = Accelerator()
        self.settings, self.data, self.seed, self.objective = settings, data, seed, objective
        self.trained = [p for p in model.parameters() if p.requires_grad]
        self.trained += list(objective.parameters())
        optimiser = settings.optimiser.build(self.trained)
        self.model, self.optimiser = self.accelerator.prepare(model, optimiser)
        self.update, self.position, self.perplexities = 0, (0, 0), []
        torch.manual_seed(seed)

    def records(self) -> Iterator[Record]:
        """Train until `settings.updates`, a record an update; from where a checkpoint left off."""
        batches = endless(self.data, self.settings.batch_tokens, self.seed, self.position)
        while self.update < self.settings.updates:
            after, batch = next(batches)
            self.model.train()
            rate = self._set_rate()
            loss, log = self.objective(self.model, batch.to(self.accelerator.device))
            if not torch.isfinite(loss):
                raise RecipeError(
                    f"The loss of update {self.update + 1} is {loss.item()}; nothing can be learned"
                    " from it. Lower the learning rate, or look for inf in the logits."
                )
            self.accelerator.backward(loss)
            norm = self.accelerator.clip_grad_norm_(self.trained, self.settings.clip)
            self.optimiser.step()
            self.optimiser.zero_grad(set_to_none=True)
            self.update, self.position = self.update + 1, after
            yield Record(self.update, loss.item(), rate, float(norm), log)

    def _set_rate(self) -> float:
        """The schedule is a function of the update alone, so a resumed run needs no other state."""
        settings = self.settings
        factor = settings.schedule.factor(self.update, settings.updates, self.perplexities)
        for group in self.optimiser.param_groups:
            group["lr"] = settings.optimiser.lr * factor
        return settings.optimiser.lr * factor
