"""A teacher's k best pieces at every position of a training set, so that it need not run again."""

from pathlib import Path

import torch

from kdlab.batching import Encoded, by_length
from kdlab.best import best
from kdlab.distill.kept import kept, made_of
from kdlab.losses.proper import proper
from kdlab.models.evaluating import evaluating
from kdlab.objectives.positions import position_starts, positions
from kdlab.objectives.teachers import CachedTeacher
from kdlab.progress import counted
from kdlab.ranges import one_to
from kdlab.tensors import save_tensors
from kdlab.translator import Translator


def cache_top_k(
    teacher: Translator, data: Encoded, k: int, *, path: Path | None = None
) -> CachedTeacher:
    """The teacher's k likeliest pieces under the gold prefix, for all of `data`.

    path: a safetensors file to write, or to read if it is there (8 k bytes a target piece)
    Raises RecipeError if k is not from 1 to V - 1; CheckpointError if the file at `path` was made
    with another teacher, other data or another k. RecipeError also for a teacher whose logits are
    nan or inf.
    """
    V = teacher.model.target_size
    one_to("k", k, V - 1, "less than the target vocabulary")
    about, starts = {"k": k, **made_of(teacher, data)}, position_starts(data.target)
    if stored := kept(path, about):
        return CachedTeacher(stored["pieces"], stored["log_q"], starts, V)
    pieces = torch.zeros(int(starts[-1]), k, dtype=torch.int32)
    log_q = torch.zeros(int(starts[-1]), k)
    batches = by_length([len(t) for t in data.target], 4000)
    with evaluating(teacher.model) as device:
        for rows in counted(batches, "asking the teacher", "batch"):
            batch = data.batch(rows).to(device)
            logits = teacher.model(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
            proper("teacher", logits, batch.mask)
            (value, piece), mask = best(logits.log_softmax(-1), k), batch.mask  # [B, T, k]
            where = positions(starts, batch)[mask.cpu()]
            pieces[where] = piece[mask].int().cpu()
            log_q[where] = value[mask].cpu()
    if path:
        save_tensors(path, {"pieces": pieces, "log_q": log_q}, about)
    return CachedTeacher(pieces, log_q, starts, V)
