"""A model's hypotheses for many sentences: batched by length, returned in the order they came."""

from dataclasses import dataclass

import torch
from torch import nn

from kdlab.batching import Ids, by_length, pad
from kdlab.ids import IDS
from kdlab.search import LengthRule, beam_search, greedy, raw_sum


@dataclass(frozen=True)
class Hypothesis:
    """One finished output. ids: eos last; log_prob: log p(y given x) in nats."""

    ids: tuple[int, ...]
    log_prob: float


def decode(
    model: nn.Module, sources: Ids, beam: int = 1, *, rule: LengthRule = raw_sum,
    batch_tokens: int = 2048,
) -> list[list[Hypothesis]]:  # fmt: skip
    """The K = beam best hypotheses of each source, best first; greedy search where beam = 1.

    sources: piece ids, eos last     batch_tokens: padded source pieces times beam in one batch
    A hypothesis has at most 2 S + 10 pieces, S its own source's: neighbours change nothing.
    """
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    found: list[list[Hypothesis]] = [[] for _ in sources]
    was_training = model.training
    model.eval()
    for rows in by_length([len(s) for s in sources], max(1, batch_tokens // beam)):
        source, mask = (x.to(device) for x in pad([sources[i] for i in rows]))
        max_len = 2 * mask.sum(1) + 10
        with torch.no_grad():
            state = model.start(source, mask)
        if beam == 1:
            best = greedy(model.step, state, max_len)
        else:
            best = beam_search(model.step, state, max_len, beam, rule)
        for i, tokens, scores in zip(
            rows, best.tokens.tolist(), best.log_probs.tolist(), strict=True
        ):
            found[i] = [
                Hypothesis(_until_eos(ids), score)
                for ids, score in zip(tokens, scores, strict=True)
                if score > float("-inf")
            ]
    model.train(was_training)
    return found


def _until_eos(ids: list[int]) -> tuple[int, ...]:
    return tuple(ids[: ids.index(IDS.eos) + 1]) if IDS.eos in ids else tuple(ids)
