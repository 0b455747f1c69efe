"""Several models as one: at each step the mean of what they hold probable."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdlab.errors import RecipeError
from kdlab.models.protocol import Seq2Seq, State, Trace


@dataclass(frozen=True)
class EnsembleState:
    """The members' states, in their order."""

    states: tuple[State, ...]

    def select(self, rows: Tensor) -> "EnsembleState":
        """See `State.select`."""
        return EnsembleState(tuple(state.select(rows) for state in self.states))


class Ensemble(nn.Module):
    """p(next piece) = 1/n sum_i p_i(next piece), behind `Seq2Seq`: it decodes and teaches as one.

    members: models of the same pieces, of any kind. Members weigh alike; hidden states, which do
    not compare, stay behind.
    Raises RecipeError for no members, or members with other numbers of target pieces.
    Source: the mean of probabilities is the usual ensemble of translators (Sutskever et al., 2014).
    """

    def __init__(self, members: Sequence[Seq2Seq]) -> None:
        super().__init__()
        sizes = {member.target_size for member in members}
        if len(sizes) != 1:
            raise RecipeError(
                f"{len(members)} members have {sorted(sizes)} target pieces; expected one size or "
                "more members, since probabilities are averaged piece by piece."
            )
        self.members, self.target_size = nn.ModuleList(members), sizes.pop()

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        """See `Seq2Seq.__call__`; log-probabilities, which are logits too."""
        each = [member(source, source_mask, prefix).log_softmax(-1) for member in self.members]
        return _log_mean(each)  # [B, T, V]

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """Logits, and the mean of the members' attention where all have some."""
        traces = [member.trace(source, source_mask, prefix) for member in self.members]
        maps = [trace.attention for trace in traces]  # n of [B, T, S]
        attention = None if any(m is None for m in maps) else torch.stack(maps).mean(0)
        return Trace(_log_mean([trace.logits.log_softmax(-1) for trace in traces]), attention)

    def start(self, source: Tensor, source_mask: Tensor) -> EnsembleState:
        """See `Seq2Seq.start`."""
        return EnsembleState(tuple(m.start(source, source_mask) for m in self.members))

    def step(self, tokens: Tensor, state: EnsembleState) -> tuple[Tensor, EnsembleState]:
        """See `Seq2Seq.step`."""
        each = [m.step(tokens, s) for m, s in zip(self.members, state.states, strict=True)]
        return _log_mean([log_p for log_p, _ in each]), EnsembleState(tuple(s for _, s in each))


def _log_mean(log_p: Sequence[Tensor]) -> Tensor:
    """log of the mean of probabilities; n of [..., V] -> [..., V]."""
    return torch.stack(list(log_p)).logsumexp(0) - math.log(len(log_p))
