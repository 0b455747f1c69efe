"""Sentences of piece ids into padded batches of about equal length, with masks."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from kdlab.special_ids import IDS

Ids = Sequence[Sequence[int]]


@dataclass(frozen=True)
class Batch:
    """B sentence pairs, padded on the right.

    rows: [B] int, which sentences of the data set     source: [B, S] int, eos last
    prefix: [B, T] int, bos y_1 … y_{T-1}              target: [B, T] int, y_1 … y_T = eos
    source_mask: [B, S], mask: [B, T] bool, True = a real piece
    """

    rows: Tensor
    source: Tensor
    source_mask: Tensor
    prefix: Tensor
    target: Tensor
    mask: Tensor

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def tokens(self) -> int:
        """N, the number of real target pieces."""
        return int(self.mask.sum())

    def to(self, device: torch.device) -> "Batch":
        """The same batch on another device."""
        return Batch(*(getattr(self, field.name).to(device) for field in fields(self)))

    def select(self, rows: Tensor) -> "Batch":
        """These sentences of the batch only, padded as before. rows: [b] int, places in it."""
        return Batch(*(getattr(self, field.name)[rows] for field in fields(self)))

    def with_target(self, target: Tensor, mask: Tensor) -> "Batch":
        """The same sources with another target [B, T'] and its mask, prefix shifted to fit."""
        return Batch(self.rows, self.source, self.source_mask, shift(target), target, mask)


@dataclass(frozen=True)
class Encoded:
    """A split as piece ids: `source[i]` and `target[i]`, each ended by eos."""

    source: Ids
    target: Ids

    def __repr__(self) -> str:
        """How many, and how long.

        >>> Encoded([[4, 5, 2], [4, 2]], [[5, 2], [6, 2]])
        Encoded: 2 pairs, longest 3 and 2 pieces
        """
        longest = (max(map(len, side), default=0) for side in (self.source, self.target))
        return f"Encoded: {len(self):,} pairs, longest {' and '.join(map(str, longest))} pieces"

    def __len__(self) -> int:
        return len(self.source)

    def batch(self, rows: Sequence[int]) -> Batch:
        """The sentences named by `rows` as one batch."""
        source, source_mask = pad([self.source[i] for i in rows])
        target, mask = pad([self.target[i] for i in rows])
        return Batch(torch.tensor(rows), source, source_mask, shift(target), target, mask)


def pad(sentences: Ids) -> tuple[Tensor, Tensor]:
    """Ids [B, longest] filled on the right with pad, and the mask of what is real."""
    longest = max(map(len, sentences))
    ids = torch.tensor([[*s, *[IDS.pad] * (longest - len(s))] for s in sentences])
    lengths = torch.tensor([len(s) for s in sentences])
    return ids, torch.arange(longest) < lengths[:, None]


def shift(target: Tensor) -> Tensor:
    """The prefix [B, T] under which `target` [B, T] is predicted: bos in front, last piece off."""
    bos = torch.full_like(target[:, :1], IDS.bos)
    return torch.cat([bos, target[:, :-1]], dim=1)


def by_length(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Rows by length, cut into batches of at most `budget` padded tokens (one row at least)."""
    batches: list[list[int]] = []
    for row in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        if not batches or lengths[row] * (len(batches[-1]) + 1) > budget:  # row: the longest yet
            batches.append([])
        batches[-1].append(row)
    return batches
