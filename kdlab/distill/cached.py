"""A teacher's k best pieces at every position of a training set, so that it need not run again."""

from pathlib import Path

import torch

from kdlab.batching import Encoded, by_length
from kdlab.errors import RecipeError
from kdlab.objectives.teachers import CachedTeacher
from kdlab.tensors import load_tensors, save_tensors
from kdlab.translator import Translator


@torch.no_grad()
def cache_top_k(
    teacher: Translator, data: Encoded, k: int, *, path: Path | None = None
) -> CachedTeacher:
    """The teacher's k likeliest pieces under the gold prefix, for all of `data`.

    path: a safetensors file to write, or to read if it is there (12 k bytes a target piece)
    Raises RecipeError if k is not from 1 to V - 1.
    """
    V = teacher.model.target_size
    if not 1 <= k < V:
        raise RecipeError(f"k is {k}; expected 1 to {V - 1}, less than the target vocabulary.")
    starts = torch.tensor([0, *map(len, data.target)]).cumsum(0)  # [n + 1]
    if path and Path(path).exists():
        stored, _ = load_tensors(path)
        return CachedTeacher(stored["pieces"], stored["log_q"], starts, V)
    pieces = torch.zeros(int(starts[-1]), k, dtype=torch.long)
    log_q = torch.zeros(int(starts[-1]), k)
    teacher.model.eval()
    for rows in by_length([len(t) for t in data.target], 4000):
        batch = data.batch(rows)
        logits = teacher.model(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
        best = logits.log_softmax(-1).topk(k)  # [B, T, k]
        where = (starts[batch.rows][:, None] + torch.arange(logits.size(1)))[batch.mask]
        pieces[where], log_q[where] = best.indices[batch.mask], best.values[batch.mask]
    if path:
        save_tensors(path, {"pieces": pieces, "log_q": log_q}, {"k": k})
    return CachedTeacher(pieces, log_q, starts, V)
