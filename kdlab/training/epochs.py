"""In which order a training set is read: drawn anew each epoch, the same whenever it is asked."""

from collections.abc import Iterator

import torch

from kdlab.batching import Batch, Encoded, by_length
from kdlab.errors import CorpusError
from kdlab.ranges import whole


def epoch(data: Encoded, batch_tokens: int, seed: int, number: int) -> list[list[int]]:
    """Rows of each batch of epoch `number`: a pure function of its arguments, so a run can resume.

    Sentences of like length share a batch; which ones do, and in what order, is drawn each epoch.
    batch_tokens: most padded target pieces a batch. Raises RecipeError if that is not 1 or more.
    """
    whole("batch_tokens", batch_tokens, 1)
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
