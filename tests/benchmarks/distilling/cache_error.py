"""How far a teacher of k cached pieces is from the teacher itself."""

import torch
from torch import Tensor

from kdlab.batching import Encoded, by_length
from kdlab.objectives import CachedTeacher, TeacherLogits


def cache_error(full: TeacherLogits, cached: CachedTeacher, data: Encoded) -> dict[str, float]:
    """How far a cached teacher is from the full one, mean over target positions.

    cache_kl: KL(q || cached), nats     cache_tv: total variation     cache_rest: mass outside the k
    cache_kl_by_frequency: had that mass been shared out by how often a piece is a gold target
    entropy: of q, nats, to compare with
    """
    k, counts = cached.pieces.size(-1), torch.ones(cached.target_size)
    for target in data.target:
        counts.index_add_(0, torch.tensor(target), torch.ones(len(target)))
    totals = torch.zeros(5)
    positions = 0
    for rows in by_length([len(t) for t in data.target], 2000):
        batch = data.batch(rows)
        log_q = full(batch).log_softmax(-1)[batch.mask]  # [N, V]
        kl, tv = distance(log_q, cached(batch)[batch.mask])
        best = log_q.exp().topk(k)
        by_frequency, _ = distance(log_q, _shared_out(best, counts))
        rest, entropy = 1 - best.values.sum(-1), -(log_q.exp() * log_q).sum(-1)
        totals += torch.stack([kl, tv, rest, by_frequency, entropy]).sum(1)
        positions += len(log_q)
    names = "cache_kl", "cache_tv", "cache_rest", "cache_kl_by_frequency", "entropy"
    return dict(zip(names, (totals / positions).tolist(), strict=True))


def _shared_out(best: torch.return_types.topk, counts: Tensor) -> Tensor:
    """log of the k best with the mass outside them shared out in proportion to counts [V]."""
    rest = (1 - best.values.sum(-1, keepdim=True)).clamp(min=1e-9)  # [N, 1]
    shares = counts.expand(len(rest), -1).scatter(-1, best.indices, 0.0)  # [N, V]
    shares = rest * shares / shares.sum(-1, keepdim=True)
    return shares.scatter(-1, best.indices, best.values).log()


def distance(log_q: Tensor, log_cached: Tensor) -> tuple[Tensor, Tensor]:
    """KL(q || cached) in nats and the total variation, 0 to 1, at each position.

    log_q, log_cached: [N, V] log-probabilities     Returns two [N]
    """
    q = log_q.exp()
    kl = (q * (log_q - log_cached)).sum(-1)
    return kl, (q - log_cached.exp()).abs().sum(-1) / 2
