"""Somebody's own network behind `Seq2Seq`, made from its forward alone."""

import inspect
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from kdlab.errors import RecipeError
from kdlab.models.protocol import Trace, sayable

ASKED = ("target_size", "trace", "start", "step")


@dataclass(frozen=True)
class Prefix:
    """What was said so far, [N, t], beside its source, [N, S]."""

    source: Tensor
    mask: Tensor
    said: Tensor

    def select(self, rows: Tensor) -> "Prefix":
        """See `State.select`."""
        return Prefix(self.source[rows], self.mask[rows], self.said[rows])

    def then(self, tokens: Tensor) -> "Prefix":
        """With one more piece [N] in each row."""
        return replace(self, said=torch.cat([self.said, tokens[:, None]], 1))  # [N, t + 1]


class TeacherForced(nn.Module):
    """See `Seq2Seq`; each step reads the whole prefix again, which is slow and cannot be wrong.

    network: forward(source [B, S] int, source_mask [B, S] bool, prefix [B, T] int) gives logits
    [B, T, V] of the pieces after each place of the prefix     target_size: V
    Raises RecipeError if its forward cannot be called with these three.
    """

    def __init__(self, network: nn.Module, target_size: int) -> None:
        super().__init__()
        _takes_three(network)
        self.network, self.target_size = network, target_size
        self.train(network.training)

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        """See `Seq2Seq.__call__`. Raises RecipeError for logits of another shape."""
        logits = self.network(source, source_mask, prefix)  # [B, T, V]
        expected = (*prefix.shape, self.target_size)
        if not isinstance(logits, Tensor) or logits.shape != expected:
            found = list(getattr(logits, "shape", ())) or type(logits).__name__
            raise RecipeError(
                f"{type(self.network).__name__} returned {found}; expected logits "
                f"{list(expected)}: sentences, places of the prefix, target pieces."
            )
        return logits

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """See `Seq2Seq.trace`; the network's own if it has one, else its logits only."""
        own = getattr(self.network, "trace", None)
        if own is not None:
            return own(source, source_mask, prefix)
        return Trace(self(source, source_mask, prefix))

    def start(self, source: Tensor, source_mask: Tensor) -> Prefix:
        """See `Seq2Seq.start`."""
        return Prefix(source, source_mask, source[:, :0])

    def step(self, tokens: Tensor, state: Prefix) -> tuple[Tensor, Prefix]:
        """See `Seq2Seq.step`."""
        state = state.then(tokens)
        logits = self(state.source, state.mask, state.said)  # [N, t + 1, V]
        return sayable(logits[:, -1]), state


def completed(model: nn.Module, target_size: int) -> nn.Module:
    """The model itself if it has all of `Seq2Seq`, else what its forward makes of it.

    Raises RecipeError for what is no network, or whose forward is another.
    """
    if all(hasattr(model, name) for name in ASKED):
        return model
    return TeacherForced(model, target_size)


def _takes_three(model: object) -> None:
    if not isinstance(model, nn.Module):
        raise RecipeError(
            f"model is {model!r}; expected a torch.nn.Module. A function of lines teaches by "
            "kd.distill.sequence_level(function, corpus)."
        )
    try:
        inspect.signature(model.forward).bind(None, None, None)
    except TypeError as error:
        missing = ", ".join(name for name in ASKED if not hasattr(model, name))
        raise RecipeError(
            f"{type(model).__name__} has no {missing}, and its forward cannot make up for them: it "
            "takes other arguments than (source [B, S], source_mask [B, S], prefix [B, T]), from "
            "which logits [B, T, V] are asked."
        ) from error
