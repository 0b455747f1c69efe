"""How long, how fast and in what portions a model learns."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from kdlab.errors import RecipeError
from kdlab.fields import at_least, kinds


def _rate(lr: float) -> None:
    """Raise RecipeError unless this is a learning rate."""
    if not 0 <= lr < math.inf:  # 0: a suite scores pruned weights as they are
        raise RecipeError(f"lr is {lr}; expected a number from 0, such as 0.001.")


@dataclass(frozen=True)
class Adam:
    """Adam with the betas customary for Transformers (Vaswani et al., 2017, section 5.3)."""

    lr: float = 1e-2
    betas: tuple[float, float] = (0.9, 0.98)

    def __post_init__(self) -> None:
        kinds(self)
        _rate(self.lr)
        if not all(0 <= beta < 1 for beta in self.betas):
            raise RecipeError(f"betas are {self.betas}; expected two numbers from 0 to below 1.")

    def build(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """The torch optimiser."""
        # fused: one pass over memory, two to four times as fast on a CPU
        return torch.optim.Adam(parameters, lr=self.lr, betas=self.betas, eps=1e-9, fused=True)


@dataclass(frozen=True)
class SGD:
    """Plain gradient descent, as seq2seq-attn used (lr 1)."""

    lr: float = 1.0

    def __post_init__(self) -> None:
        kinds(self)
        _rate(self.lr)

    def build(self, parameters: Iterable[nn.Parameter]) -> torch.optim.Optimizer:
        """The torch optimiser."""
        return torch.optim.SGD(parameters, lr=self.lr)


@dataclass(frozen=True)
class Cosine:
    """Linear warm-up over `warmup` updates, then half a cosine down to the share `floor`."""

    warmup: int = 100
    floor: float = 0.05

    def __post_init__(self) -> None:
        kinds(self)
        at_least(0, self, "warmup")
        if not 0 <= self.floor <= 1:
            raise RecipeError(f"floor is {self.floor}; expected a share of the rate, from 0 to 1.")

    def factor(self, update: int, updates: int) -> float:
        """What the learning rate is multiplied by at an update (from 0)."""
        if update < self.warmup:
            return (update + 1) / self.warmup
        done = (update - self.warmup) / max(1, updates - self.warmup)
        return self.floor + (1 - self.floor) * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


@dataclass(frozen=True)
class Constant:
    """The learning rate as it is."""

    def factor(self, update: int, updates: int) -> float:
        """Always 1."""
        return 1.0


@dataclass(frozen=True)
class Halving:
    """Half the rate after so many updates, and again after every `every` updates from then on."""

    after: int
    every: int

    def __post_init__(self) -> None:
        kinds(self)
        at_least(0, self, "after")
        if self.every < 1:
            raise RecipeError(f"every is {self.every}; expected 1 update or more between halvings.")

    def factor(self, update: int, updates: int) -> float:
        """0.5 to the number of halvings so far."""
        return 0.5 ** max(0, (update - self.after) // self.every + 1)


@dataclass(frozen=True)
class Training:
    """One training: budgets are in updates, never in epochs, since some arms have twice the data.

    updates: most updates     batch_tokens: padded target pieces a batch     clip: gradient norm
    every: updates between evaluations on dev     dev_sentences: how many of dev are decoded then
    dev_beam: with what beam; for a teacher, the one that will distil
    patience: 0 trains to the end and keeps the last weights, as every preset does: their schedules
    end near nought, so the last weights are no luck of the noise, and dev text, which then chose
    nothing, can be scored like a test. Above 0: stop after so many evaluations without a better dev
    BLEU (of targets counted in characters, see `Unit`, chrF), and keep the best (gold perplexity
    would rank distilled students wrongly: Kim & Rush, 2016, table 1). Right for `Constant`, and for
    few pairs; but of many checkpoints the best by greedy BLEU is one whose search gap is small by
    luck, which flatters students of gold.
    """

    updates: int = 1000
    batch_tokens: int = 150
    optimiser: Adam | SGD = Adam()
    schedule: Cosine | Constant | Halving = Cosine()
    clip: float = 1.0
    every: int = 250
    dev_sentences: int = 200
    dev_beam: int = 1
    patience: int = 0

    def __post_init__(self) -> None:
        kinds(self)
        at_least(1, self, "updates", "batch_tokens", "every", "dev_sentences", "dev_beam")
        if self.patience < 0:
            raise RecipeError(f"patience is {self.patience}; expected 0 (never stop) or more.")
        if not self.clip > 0:
            raise RecipeError(
                f"clip is {self.clip}; expected a number above 0, inf for no clipping."
            )
