"""A model's hypotheses for many sentences: batched by length, returned in the order they came."""

from dataclasses import dataclass

from torch import nn

from kdlab.batching import Ids, by_length, pad
from kdlab.errors import RecipeError
from kdlab.models.evaluating import evaluating
from kdlab.progress import counted
from kdlab.search import LengthRule, beam_search, greedy, raw_sum
from kdlab.special_ids import IDS


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
    A source without a piece is an empty line, once it was normalised: it is not asked of the model,
    and its one translation is the empty one, with log p 0.
    Raises RecipeError if beam < 1, or if a weight is nan or infinite: search would find nothing.
    """
    if spoiled := [name for name, p in model.named_parameters() if not p.isfinite().all()]:
        raise RecipeError(f"{spoiled[0]} of the model holds nan or inf; train it again.")
    found: list[list[Hypothesis]] = [[Hypothesis((IDS.eos,), 0.0)] for _ in sources]
    asked = [i for i, source in enumerate(sources) if set(source) - {IDS.eos}]
    lengths = [len(sources[i]) for i in asked]
    batches = by_length(lengths, max(1, batch_tokens // max(1, beam)))
    with evaluating(model) as device:
        for batch in counted(batches, "translating", "part"):
            rows = [asked[i] for i in batch]
            source, mask = (x.to(device) for x in pad([sources[i] for i in rows]))  # [b, S]
            state, max_len = model.start(source, mask), 2 * mask.sum(1) + 10  # [b]
            if beam == 1:
                best = greedy(model.step, state, max_len)
            else:
                best = beam_search(model.step, state, max_len, beam, rule)
            # [b, K, T] and [b, K]: K is 1 where the search is greedy.
            each = zip(best.tokens.tolist(), best.log_probs.tolist(), strict=True)
            for i, (tokens, scores) in zip(rows, each, strict=True):
                found[i] = _hypotheses(tokens, scores)
    return found


def _hypotheses(tokens: list[list[int]], scores: list[float]) -> list[Hypothesis]:
    """One sentence's, without the places left empty."""
    return [
        Hypothesis(_until_eos(ids), score)
        for ids, score in zip(tokens, scores, strict=True)
        if score > float("-inf")
    ]


def _until_eos(ids: list[int]) -> tuple[int, ...]:
    return tuple(ids[: ids.index(IDS.eos) + 1]) if IDS.eos in ids else tuple(ids)
