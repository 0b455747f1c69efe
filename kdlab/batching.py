"""Sentences of piece ids into padded batches of about equal length, with masks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from kdlab.errors import CorpusError, RecipeError
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


def epoch(data: Encoded, batch_tokens: int, seed: int, number: int) -> list[list[int]]:
    """Rows of each batch of epoch `number`: a pure function of its arguments, so a run can resume.

    Sentences of like length share a batch; which ones do, and in what order, is drawn each epoch.
    batch_tokens: most padded target pieces a batch. Raises RecipeError if it is not positive.
    """
    if batch_tokens < 1:
        raise RecipeError(f"batch_tokens is {batch_tokens}; expected 1 or more target pieces.")
    draw = torch.Generator().manual_seed(seed * 1_000_003 + number)
    order = torch.randperm(len(data), generator=draw).tolist()
    # Sort inside pools only: a whole-corpus sort would put the same neighbours together each epoch.
    # Large batches need large pools, or a batch would hold sentences of many lengths.
    pool = max(2048, 4 * batch_tokens) if len(data) > 4096 else len(data)
    batches = []
    for start in range(0, len(order), pool):
        rows = order[start : start + pool]
        lengths = [len(data.target[i]) for i in rows]
        batches += [[rows[i] for i in chunk] for chunk in by_length(lengths, batch_tokens)]
    return [batches[i] for i in torch.randperm(len(batches), generator=draw).tolist()]


def endless(
    data: Encoded, batch_tokens: int, seed: int, position: tuple[int, int] = (0, 0)
) -> Iterator[tuple[tuple[int, int], Batch]]:
    """Batches without end, each with the position (epoch, index) of the one that follows it."""
    if not len(data):
        raise CorpusError("The training data are empty; there is nothing to learn from.")
    number, start = position
    while True:
        rows = epoch(data, batch_tokens, seed, number)
        for index in range(start, len(rows)):
            after = (number, index + 1) if index + 1 < len(rows) else (number + 1, 0)
            yield after, data.batch(rows[index])
        number, start = number + 1, 0
