"""What search, training and the book's figures may ask of any model."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor, nn

from kdlab.special_ids import IDS


@dataclass(frozen=True)
class Trace:
    """Everything a model computed under one prefix, for figures and for losses on hidden states.

    logits: [B, T, V]     attention: [B, T, S], each row sums to 1, or None (the exact model)
    encoder: tuple of [B, S, H], decoder: tuple of [B, T, H]; one per layer, lowest first. The last
    of each is what is read from it: attention reads encoder[-1], the output layer decoder[-1].
    """

    logits: Tensor
    attention: Tensor | None = None
    encoder: tuple[Tensor, ...] = ()
    decoder: tuple[Tensor, ...] = ()


class State(Protocol):
    """What incremental decoding remembers; the caller holds it, the model keeps nothing."""

    def select(self, rows: Tensor) -> "State":
        """The state of these rows [M] int, which may repeat, drop or reorder."""


class Seq2Seq(Protocol):
    """p(y given x) over target pieces. source: [B, S] int; its mask: [B, S] bool, True = real."""

    target_size: int

    def __call__(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        """Teacher-forced logits [B, T, V] of the pieces after prefix [B, T] (bos first)."""

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """The same, with hidden states and attention."""

    def start(self, source: Tensor, source_mask: Tensor) -> State:
        """Read the source once; the state before the first piece, B rows."""

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """log p of the next piece [N, V] after tokens [N]; pad and bos are -inf."""


class Network(Seq2Seq, Protocol):
    """A `Seq2Seq` with hidden states, the last of which its output layer turns into logits.

    generator: the output layer, [..., H] -> [..., V]
    """

    generator: nn.Module

    def features(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """`step` as far as the output layer: what that reads, [N, H], as in `Trace.decoder[-1]`."""


def sayable(logits: Tensor) -> Tensor:
    """Log-probabilities [N, V] of the full softmax, then -inf for pad and bos, never said."""
    log_p = logits.log_softmax(-1)
    log_p[:, [IDS.pad, IDS.bos]] = float("-inf")
    return log_p


def regroup(sentence: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
    """Which sentences' memories the rows [M] still need, and each row's place among them.

    sentence: [N], the place of each row's sentence. In a beam the K hypotheses of a sentence stand
    side by side and share one memory; where numbers are uneven every row gets its own.
    Returns kept [b] and sentence [M], with M = K b and `sentence` = 0 0 … 1 1 … .
    """
    old = sentence[rows]  # [M]
    kept, counts = old.unique_consecutive(return_counts=True)  # [b] each
    if (counts != counts[0]).any():
        kept = old
    each = len(rows) // len(kept)
    return kept, torch.arange(len(kept), device=rows.device).repeat_interleave(each)


def parameter_count(model: nn.Module) -> int:
    """The number of trainable parameters, each shared tensor once."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad)


def embedding(size: int, width: int) -> nn.Embedding:
    """A word table [size, width]; a looked-up vector times sqrt(width) has unit variance."""
    table = nn.Embedding(size, width, padding_idx=IDS.pad)
    nn.init.normal_(table.weight, std=width**-0.5)
    with torch.no_grad():
        table.weight[IDS.pad].zero_()
    return table
