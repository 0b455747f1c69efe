"""Token-level or sentence-level? Both, in a proportion that a gate chooses for each sentence.

A gate that is trained on the mixed loss moves to the smaller term, for its gradient is tok - sent.
KL has floor 0, while -log p(ŷ) is 0 only when learned by heart, so the gate ends token-level for a
reason that has nothing to do with teaching. Remedies (ours, `Hybrid.centred` and the two after it):

- "batch": g = sigmoid(w'(e - mean of e over the batch)), no c. A gate can then only say which
  sentences get more of one term than others of their batch, which are of like length.
- "running": each term less its running mean, the first remedy one thinks of. The mean lags, so
  while losses fall the gate goes to the one that falls faster, which then falls faster still.
- entropy > 0: that much of the gate's entropy is added, which bounds the drift only.
- token="ce": both terms are cross-entropies, which moves a floor to H(q) and removes no drift.

A gate that cannot drift still prefers what is small for a sentence, not what teaches it. Training w
on dev loss, which would ask that, is not offered.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdlab.batching import Batch, Encoded, pad
from kdlab.errors import RecipeError
from kdlab.losses.by_sentence import hard_token, soft_token
from kdlab.losses.gate import gate_entropy, gated, levelled
from kdlab.objectives.layers import outline
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.protocol import Objective, TeacherLogits
from kdlab.ranges import in_range

KEPT = 0.9  # of a running mean at each update (ours)


@dataclass(frozen=True)
class Hybrid:
    r"""Word-level and sentence-level KD mixed by a gate, a number for each sentence.

    $\frac1B\sum_b[g_b\,tok_b+(1-g_b)\,sent_b]$, means over each sentence's tokens, nats.
    tok: the teacher's distribution under the gold prefix y. sent: -log p of ŷ, the teacher's beam
    output, under its own prefix: the decoder runs twice.
    gate: "free", g = sigmoid(w'e + c) with e the mean of the student's last encoder states and
    w = c = 0 at the start; no gradient goes on into the encoder. "fixed", g for all, and "random",
    another for each sentence at each update, are the controls: a gate that does not beat them
    earned nothing     g: of a fixed gate     token: tok is "kl", KL(q || p), or "ce", H(q) more
    centred: "batch", "running" or "no", see above     entropy: weight of the gate's entropy, >= 0
    Raises RecipeError for a name or number out of range and, when prepared, where the teacher's
    sentences or distribution are missing.
    Source: Wei et al. (2024) for g(x) tok + (1 - g(x)) sent. The gate's form, one number a
    sentence, the remedies and the controls are our design: the paper's own were not available.
    """

    gate: str = "free"
    g: float = 0.5
    token: str = "kl"
    centred: str = "batch"
    entropy: float = 0.0

    needs_teacher = True

    def __post_init__(self) -> None:
        if self.gate not in ("free", "fixed", "random"):
            raise RecipeError(f"gate is {self.gate!r}; expected 'free', 'fixed' or 'random'.")
        if self.token not in ("kl", "ce"):
            raise RecipeError(f"token is {self.token!r}; expected 'kl' or 'ce'.")
        if self.centred not in ("batch", "running", "no"):
            raise RecipeError(f"centred is {self.centred!r}; expected 'batch', 'running' or 'no'.")
        in_range("g", self.g, 0, 1)
        in_range("entropy", self.entropy, 0, 100)

    def prepare(self, lesson: Lesson) -> Objective:
        """See `Method.prepare`; decodes the training set, unless that was done before."""
        if lesson.logits is None or lesson.said is None:
            raise RecipeError(
                "Hybrid needs a teacher's distribution and the sentences that it says; give a "
                "teacher: train(recipe, corpus, teacher=…)."
            )
        gates = {
            "free": lambda: _Free(outline(lesson.student).encoder[-1].size(-1), self.centred),
            "fixed": lambda: _Fixed(self.g),
            "random": lambda: _Random(len(lesson.data), lesson.seed),
        }
        return _Gated(self, gates[self.gate](), lesson.logits, lesson.said())


class _Gated(nn.Module):
    """What a training with `Hybrid` runs. It remembers running means of tok and sent."""

    def __init__(
        self, method: Hybrid, gate: nn.Module, teacher: TeacherLogits, said: Encoded
    ) -> None:
        super().__init__()
        self.method, self.gate, self.teacher, self.said = method, gate, teacher, said
        self.register_buffer("usual", torch.zeros(2))
        self.register_buffer("seen", torch.zeros((), dtype=torch.long))

    def forward(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """See `Objective.__call__`."""
        gold = student.trace(batch.source, batch.source_mask, batch.prefix)
        token = soft_token(gold.logits, self.teacher(batch), batch.mask, self.method.token)  # [B]
        own = self._said(batch)  # its target and mask are [B, T']
        logits = student(own.source, own.source_mask, own.prefix)  # [B, T', V]
        sentence = hard_token(logits, own.target, own.mask)  # [B]
        gate = self.gate(batch, _mean_state(gold.encoder[-1], batch.source_mask))  # [B]
        loss = gated(token, sentence, gate)
        if self.method.centred == "running":
            loss = loss + levelled(gate, *self._usual(token, sentence))
        if self.method.entropy:
            loss = loss - self.method.entropy * gate_entropy(gate)
        spread = gate.std(correction=0)
        log = {"gate": gate.mean(), "gate_spread": spread}
        log |= {"token": token.mean(), "sentence": sentence.mean()}
        return loss, {name: value.item() for name, value in log.items()}

    def _said(self, batch: Batch) -> Batch:
        """The same sources with ŷ for targets."""
        target, mask = pad([self.said.target[row] for row in batch.rows.tolist()])
        return batch.with_target(target.to(batch.source.device), mask.to(batch.source.device))

    def _usual(self, token: Tensor, sentence: Tensor) -> Tensor:
        """The running means of both terms [2], this batch in them."""
        now = torch.stack([token.mean(), sentence.mean()]).detach()
        self.usual.lerp_(now, 1 - KEPT if self.seen else 1.0)
        self.seen += 1
        return self.usual


class _Free(nn.Module):
    """sigmoid(w'e + c), which begins at 0.5 for every sentence."""

    def __init__(self, width: int, centred: str) -> None:
        super().__init__()
        self.relative = centred == "batch"
        # No c there: what must not be learned would follow rounding errors, scaled up by Adam.
        self.line = nn.Linear(width, 1, bias=not self.relative)
        for parameter in self.line.parameters():
            nn.init.zeros_(parameter)

    def forward(self, batch: Batch, state: Tensor) -> Tensor:
        """state: [B, H], read without a gradient to it; returns [B]."""
        state = state.detach()
        if self.relative:
            state = state - state.mean(0)  # [B, H], the batch's mean [H] taken away
        return self.line(state).squeeze(-1).sigmoid()


class _Fixed(nn.Module):
    """g, whatever the sentence."""

    def __init__(self, g: float) -> None:
        super().__init__()
        self.g = g

    def forward(self, batch: Batch, state: Tensor) -> Tensor:
        """Returns [B]."""
        return state.new_full((len(batch),), self.g)


class _Random(nn.Module):
    """A number from 0 to 1, drawn by row, seed and update alone, so that a run can resume."""

    def __init__(self, rows: int, seed: int) -> None:
        super().__init__()
        self.rows, self.seed = rows, seed
        self.register_buffer("update", torch.zeros((), dtype=torch.long))

    def forward(self, batch: Batch, state: Tensor) -> Tensor:
        """Returns [B]."""
        draw = torch.Generator().manual_seed(self.seed * 1_000_003 + int(self.update))
        self.update += 1
        return torch.rand(self.rows, generator=draw).to(state)[batch.rows]


def _mean_state(states: Tensor, mask: Tensor) -> Tensor:
    """states: [B, S, H], mask: [B, S]; the mean over real positions [B, H]."""
    total = states.masked_fill(~mask[..., None], 0.0).sum(1)  # [B, H]
    return total / mask.sum(1, keepdim=True).clamp(min=1)
