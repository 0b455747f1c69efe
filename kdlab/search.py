"""Which sentence to say: greedy, beam and sampling over any model's `step`.

The whole contract with a model is two words:
    step(tokens [N], state) -> (log_probs [N, V], state)        one more piece for each of N rows
    state.select(rows [M]) -> state                             rows kept, repeated or reordered
`log_probs` are of the full softmax; a model gives -inf to pieces it never says (pad, bos).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import pad

from kdlab.best import best
from kdlab.ranges import not_negative, positive, whole
from kdlab.special_ids import IDS

INF = float("inf")
Step = Callable[[Tensor, object], tuple[Tensor, object]]
LengthRule = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Found:
    """Hypotheses of B sentences, best first.

    tokens: [B, K, T] int, eos last, pad after it     log_probs: [B, K] nats, log p(y given x);
    -inf marks a place left empty     ranks: [B, K], what they are ordered by (see LengthRule)
    """

    tokens: Tensor
    log_probs: Tensor
    ranks: Tensor


def raw_sum(log_probs: Tensor, length: Tensor) -> Tensor:
    """No length rule: the rank is log p(y given x). Source: Kim & Rush's decoder, seq2seq-attn."""
    return log_probs


def per_token(log_probs: Tensor, length: Tensor) -> Tensor:
    """Rank by mean log-probability of a piece, eos counted."""
    return log_probs / length


def gnmt(log_probs: Tensor, length: Tensor, alpha: float = 0.6) -> Tensor:
    """Rank by log p / ((5 + length) / 6)^alpha. Source: Wu et al. (2016), eq. 14.

    Raises RecipeError if alpha is below 0: a rank that falls as hypotheses grow ends search early.
    """
    not_negative("alpha", alpha)
    return log_probs / ((5 + length) / 6) ** alpha


def greedy(step: Step, state: object, max_len: Tensor) -> Found:
    """The likeliest next piece, of equal ones the lowest id, again and again.

    max_len: [B] int, most pieces, eos counted
    """
    return _write(step, state, max_len, lambda log_p: log_p.argmax(-1))


def sample(
    step: Step, state: object, max_len: Tensor, draw: torch.Generator, temperature: float = 1.0
) -> Found:
    """One draw from the model for each sentence; log_probs are those at temperature 1.

    Raises RecipeError if the temperature is not above 0.
    """
    positive("temperature", temperature)
    return _write(
        step, state, max_len,
        lambda log_p: (log_p / temperature).softmax(-1).multinomial(1, generator=draw)[:, 0],
    )  # fmt: skip


@torch.no_grad()
def _write(step: Step, state: object, max_len: Tensor, pick: Callable[[Tensor], Tensor]) -> Found:
    """One hypothesis a sentence, piece by piece; pick: log_probs [n, V] -> tokens [n]."""
    B, device = len(max_len), max_len.device
    rows = torch.arange(B, device=device)  # [n] which sentences are still being written
    token = torch.full((B,), IDS.bos, device=device)
    tokens = torch.full((B, int(max_len.max())), IDS.pad, device=device)
    score = torch.zeros(B, device=device)
    for t in range(int(max_len.max())):
        log_p, state = step(token, state)  # [n, V]
        log_p = _end_if(t + 1 >= max_len[rows], log_p)
        token = pick(log_p)  # [n]
        tokens[rows, t] = token
        score[rows] += log_p.gather(1, token[:, None])[:, 0]
        going = (token != IDS.eos).nonzero()[:, 0]
        if len(going) == 0:
            break
        if len(going) < len(rows):  # a finished sentence costs nothing more
            rows, token, state = rows[going], token[going], state.select(going)
    return Found(tokens[:, None, : t + 1], score[:, None], score[:, None])


@torch.no_grad()
def beam_search(
    step: Step, state: object, max_len: Tensor, beam: int = 5, rule: LengthRule = raw_sum
) -> Found:
    """The K best finished hypotheses of B sentences; finished sentences leave the batch.

    max_len: [B] int, most pieces a sentence may have, eos included: then it must end
    beam=1 is greedy search; a beam as wide as the space is exhaustive search. Of equally good
    ones the better parent's comes first, then the lower piece id; of finished ones the earlier.
    Raises RecipeError if beam < 1.
    Source: the decoder behind Kim & Rush (2016), seq2seq-attn: best finished, raw sum.
    """
    whole("beam", beam, 1)
    B, K, device = len(max_len), beam, max_len.device
    sentence = torch.arange(B, device=device)  # [b] which sentences are still searched
    state = state.select(sentence.repeat_interleave(K))  # one cache row per hypothesis
    live = torch.empty(B, K, 0, dtype=torch.long, device=device)  # [b, K, t] may go on
    last = torch.full((B, K), IDS.bos, device=device)
    one_start = torch.tensor([0.0] + [-INF] * (K - 1), device=device)  # K equal ones count once
    score = one_start.repeat(B, 1)  # [b, K]
    done = _Finished(max_len, K)
    for t in range(1, int(max_len.max()) + 1):
        b = len(sentence)
        log_p, state = step(last.flatten(), state)  # [b*K, V]
        log_p = _end_if((t >= max_len[sentence]).repeat_interleave(K), log_p)
        # A parent can end in only one way, so of the 2K best at least K go on.
        total, parent, token = _best_continuations(score, log_p.view(b, K, -1), 2 * K)  # [b, 2K]
        grown = torch.cat([_rows(live, parent), token[..., None]], -1)  # [b, 2K, t]
        ended = token == IDS.eos

        # Ended: from the K best only, or beam=1 would not be greedy.
        new = total[:, :K].masked_fill(~ended[:, :K], -INF)
        worst = done.add(sentence, grown[:, :K], new, rule(new, torch.tensor(float(t))))  # [b]

        # Going on: the K best that did not end, each with its own parent's cache.
        score, chosen = _first(total.masked_fill(ended, -INF), K)  # [b, K]
        live, last = _rows(grown, chosen), token.gather(1, chosen)
        rows = K * torch.arange(b, device=device)[:, None] + parent.gather(1, chosen)  # [b, K]

        # Log-probabilities only fall, and a rule favours length at most up to max_len: this is
        # the best rank that a hypothesis still alive could reach.
        hope = rule(score[:, 0], max_len[sentence].float())  # [b]
        going = (hope > worst).nonzero()[:, 0]
        if len(going) == 0:
            break
        if len(going) < b:
            sentence, live, last = sentence[going], live[going], last[going]
            score, rows = score[going], rows[going]
        state = state.select(rows.flatten())
    return done.found()


def _best_continuations(score: Tensor, log_p: Tensor, n: int) -> tuple[Tensor, Tensor, Tensor]:
    """The n best of K*V continuations. score: [b, K], log_p: [b, K, V]; returns three [b, n]."""
    b, K, V = log_p.shape
    each = min(n, V)
    value, token = best(log_p, each)  # [b, K, each]: only these can be among the n best
    value = (score[..., None] + value).view(b, -1)
    if value.size(1) < n:  # a tiny vocabulary has fewer than n continuations
        value = pad(value, (0, n - value.size(1)), value=-INF)
        token = pad(token.reshape(b, -1), (0, n - K * each), value=IDS.pad)
    total, index = best(value, n)  # [b, n]; of equal ones the better parent's
    parent = (index // each).clamp(max=K - 1)
    return total, parent, token.reshape(b, -1).gather(1, index)


def _first(x: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """`best` of a short row, where a sort costs less than looking for ties. x: [b, n]; [b, k]."""
    value, place = x.sort(dim=-1, descending=True, stable=True)
    return value[:, :k], place[:, :k]


def _rows(tokens: Tensor, index: Tensor) -> Tensor:
    """tokens [b, K, t] in the order of index [b, n]: [b, n, t]."""
    return tokens.gather(1, index[..., None].expand(-1, -1, tokens.size(-1)))


def _end_if(must_end: Tensor, log_p: Tensor) -> Tensor:
    """Leave only eos where a sentence has reached its length. must_end: [N]; log_p: [N, V]."""
    if not must_end.any():
        return log_p
    other = torch.arange(log_p.size(-1), device=log_p.device) != IDS.eos  # [V]
    return log_p.masked_fill(must_end[:, None] & other, -INF)


class _Finished:
    """The K best ended hypotheses of each of B sentences so far."""

    def __init__(self, max_len: Tensor, K: int) -> None:
        size = (len(max_len), K)
        self.tokens = torch.full((*size, int(max_len.max())), IDS.pad, device=max_len.device)
        self.log_probs = torch.full(size, -INF, device=max_len.device)
        self.ranks = torch.full(size, -INF, device=max_len.device)

    def add(self, rows: Tensor, tokens: Tensor, log_probs: Tensor, ranks: Tensor) -> Tensor:
        """Merge hypotheses [b, K, t] in; return the worst rank kept of each sentence, [b]."""
        if (ranks > -INF).any():
            K = self.ranks.size(1)
            wide = pad(tokens, (0, self.tokens.size(-1) - tokens.size(-1)), value=IDS.pad)
            kept, order = _first(torch.cat([self.ranks[rows], ranks], 1), K)  # [b, K]
            self.ranks[rows] = kept
            self.log_probs[rows] = torch.cat([self.log_probs[rows], log_probs], 1).gather(1, order)
            self.tokens[rows] = _rows(torch.cat([self.tokens[rows], wide], 1), order)
        return self.ranks[rows, -1]

    def found(self) -> Found:
        """What was kept, cut to the longest hypothesis."""
        used = int((self.tokens != IDS.pad).sum(-1).max())
        return Found(self.tokens[..., : max(used, 1)], self.log_probs, self.ranks)
