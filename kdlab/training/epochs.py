"""In which order a training set is read: drawn anew each epoch, the same whenever it is asked."""

from collections.abc import Iterator

import torch

from kdlab.batching import Batch, Encoded, by_length
from kdlab.errors import CorpusError
from kdlab.ranges import whole

# Padded source pieces that a batch may have whatever its targets: one pair whose sides do not
# belong together, a long source with a target of two words, would pad hundreds of others to its
# length, and take 20 GB. Batches of pairs that do belong together stay far below.
SOURCE_PIECES = 16_000


def epoch(data: Encoded, batch_tokens: int, seed: int, number: int) -> list[list[int]]:
    """Rows of each batch of epoch `number`: a pure function of its arguments, so a run can resume.

    Sentences of like length share a batch; which ones do, and in what order, is drawn each epoch.
    batch_tokens: most padded target pieces a batch; of the source's there may be four times as
    many, or 16,000. Raises RecipeError if it is not 1 or more.
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
        for chunk in by_length(lengths, batch_tokens):
            batches += _apart(data, [rows[i] for i in chunk], max(SOURCE_PIECES, 4 * batch_tokens))
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


def _apart(data: Encoded, rows: list[int], most: int) -> list[list[int]]:
    """The batch as it is, or cut by source length, where it would have more source than `most`."""
    lengths = [len(data.source[i]) for i in rows]
    if len(rows) * max(lengths) <= most:
        return [rows]
    return [[rows[i] for i in chunk] for chunk in by_length(lengths, most)]
