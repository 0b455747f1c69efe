"""Distillation of hidden layers: hints, PKD's one layer for each, CKD's several for each.

Widths differ, so one side is projected. Here the student's is, up to the teacher's, as in CKD's
published code; the paper projects the teacher's down (as reported by readers). A learned map on the
teacher's side can send every state to one point, where the distance is 0 and nothing was learned.

>>> from kdlab.objectives import layer_maps
>>> Layers(layer_maps.regular(teacher_layers=6, student_layers=2)).mapping
((1, 2, 3), (4, 5, 6))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdlab.batching import Batch, Encoded
from kdlab.errors import RecipeError
from kdlab.losses.forward_kl import forward_kl
from kdlab.losses.hidden import hint, normalised_mse
from kdlab.losses.nll import nll
from kdlab.losses.reduce import masked_mean
from kdlab.models.evaluating import evaluating
from kdlab.models.exact import ExactModel
from kdlab.models.linear import Linear
from kdlab.models.protocol import Trace
from kdlab.objectives.layer_maps import LayerMap
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.protocol import Objective
from kdlab.ranges import in_range, positive
from kdlab.special_ids import IDS


@dataclass(frozen=True)
class Layers:
    r"""Layers: the student's hidden states learn the teacher's, beside word-level KD.

    $\alpha\tau^2KL+\beta\sum_i d_i+(1-\alpha-\beta)NLL$.
    $d_i$ is the distance of $W_ih^S_i$ from the states that `mapping[i]` names, side by side. The
    W_i are trained with the student, saved in the checkpoint and dropped afterwards.

    mapping: for each student layer the teacher layers it learns from, numbered from 1, or from -1
    at the top downwards; () for none. One that is shorter than the student is for its top layers
    side: "encoder", as in the published experiments (on decoders it did harm, as reported by
    readers), or "decoder"     alpha, beta: 0.2 and 0.7, the published example     temperature: 1
    normalised: distance of directions (`normalised_mse`), or of the states themselves (`hint`)
    projection: False only where widths agree as they are
    wrong_sentence: a control, our design: the states of another sentence of the batch at the same
    positions. What is learned from them cannot be what this sentence's states hold
    Kim & Rush's regression before training is Layers(((-1,),), "decoder", alpha=0, beta=1,
    normalised=False), then training with `start=` that run. An RNN's traces hold one encoder layer,
    the memory, and two decoder states, the LSTM's top and the attentional one.
    Raises RecipeError for an alpha, beta or layer out of range, a side there is not, and, when
    prepared, for a teacher without states or models with fewer layers than the mapping names.
    Source: Wu et al. (2020), CKD; Sun et al. (2019), PKD; Romero et al. (2015), hints; Kim & Rush
    (2016).
    """

    mapping: LayerMap
    side: str = "encoder"
    alpha: float = 0.2
    beta: float = 0.7
    temperature: float = 1.0
    normalised: bool = True
    projection: bool = True
    wrong_sentence: bool = False

    needs_teacher = True
    stored_teacher = False  # its logits on disk are not enough

    def __post_init__(self) -> None:
        in_range("alpha", self.alpha, 0, 1)
        in_range("beta", self.beta, 0, 1)
        in_range("alpha + beta", round(self.alpha + self.beta, 9), 0, 1)
        positive("temperature", self.temperature)
        if self.side not in ("encoder", "decoder"):
            raise RecipeError(f"side is {self.side!r}; expected 'encoder' or 'decoder'.")
        layers = [m for each in self.mapping for m in (each if isinstance(each, tuple) else [0])]
        if not layers or not all(isinstance(m, int) and m for m in layers):
            raise RecipeError(
                f"mapping is {self.mapping}; expected the teacher's layers for each student layer, "
                "numbered from 1 (or from -1 at the top), such as ((1, 2), (3, 4))."
            )

    def prepare(self, lesson: Lesson) -> Objective:
        """See `Method.prepare`; the projections are drawn by the lesson's seed."""
        mine, hers = outline(lesson.student), _with_states(lesson.teacher)
        pairs = self._pairs(getattr(mine, self.side), getattr(hers, self.side))
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(lesson.seed)
            return _Matching(self, lesson.teacher, pairs)

    def _pairs(self, mine: Sequence[Tensor], hers: Sequence[Tensor]) -> list["_Pair"]:
        """Which student layer learns from which of the teacher's, and how wide both are."""
        self._enough("student", len(mine), len(self.mapping))
        self._enough("teacher", len(hers), max(abs(m) for layers in self.mapping for m in layers))
        pairs = []
        for i, layers in enumerate(self.mapping, start=len(mine) - len(self.mapping)):
            if layers:
                places = tuple(m - 1 if m > 0 else len(hers) + m for m in layers)
                wide = sum(hers[j].size(-1) for j in places)
                pairs.append(_Pair(i, places, mine[i].size(-1), wide))
        return pairs

    def _enough(self, who: str, there: int, needed: int) -> None:
        if there < needed:
            raise RecipeError(
                f"mapping {self.mapping} needs {needed} layers of the {who}'s {self.side}, which "
                f"has {there}; make one that fits, as kdlab.objectives.layer_maps does."
            )


@dataclass(frozen=True)
class _Pair:
    """A student layer, teacher layers (from 0), and their widths: H_S, and all of H_T together."""

    student: int
    teacher: tuple[int, ...]
    narrow: int
    wide: int


class _Matching(nn.Module):
    """What a training with `Layers` runs; its parameters are the projections."""

    def __init__(self, method: Layers, teacher: nn.Module, pairs: Sequence[_Pair]) -> None:
        super().__init__()
        self.method, self.pairs = method, pairs
        self.teacher = _traced(teacher)  # a function: a submodule would be trained and saved
        self.projections = nn.ModuleList(
            Linear(pair.narrow, pair.wide) if method.projection else nn.Identity() for pair in pairs
        )

    def forward(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """See `Objective.__call__`."""
        method, tau = self.method, self.method.temperature
        mine = student.trace(batch.source, batch.source_mask, batch.prefix)
        hers = self.teacher(batch)
        gold = nll(mine.logits, batch.target, batch.mask)
        soft = tau**2 * masked_mean(forward_kl(mine.logits / tau, hers.logits / tau), batch.mask)
        layers = self.distance(getattr(mine, method.side), getattr(hers, method.side), batch)
        rest = max(0.0, 1 - method.alpha - method.beta)
        loss = method.alpha * soft + method.beta * layers + rest * gold
        return loss, {"soft": soft.item(), "layers": layers.item(), "gold": gold.item()}

    def distance(self, mine: Sequence[Tensor], hers: Sequence[Tensor], batch: Batch) -> Tensor:
        """Sum over layers of the mean distance at real positions. mine, hers: [B, L, H] each."""
        mask = batch.source_mask if self.method.side == "encoder" else batch.mask  # [B, L]
        if self.method.wrong_sentence:
            hers = [states.roll(1, 0) for states in hers]
            another = (batch.source != batch.source.roll(1, 0)).any(1)  # [B], not where B = 1
            mask = mask & mask.roll(1, 0) & another[:, None]
        measure = normalised_mse if self.method.normalised else hint
        total = mask.new_zeros((), dtype=torch.float)
        for project, pair in zip(self.projections, self.pairs, strict=True):
            aim = torch.cat([hers[j] for j in pair.teacher], -1)  # [B, L, kH_T]
            total = total + measure(project(mine[pair.student]), aim, mask)
        return total


def outline(model: nn.Module) -> Trace:
    """What a model shows of an empty sentence: how many layers it has, and how wide they are."""
    empty = Encoded([[IDS.eos]], [[IDS.eos]]).batch([0])
    with evaluating(model) as device:
        batch = empty.to(device)
        return model.trace(batch.source, batch.source_mask, batch.prefix)


def _with_states(teacher: nn.Module | None) -> Trace:
    if teacher is None or isinstance(teacher, ExactModel):
        who = "no teacher model" if teacher is None else "the exact teacher"
        raise RecipeError(
            f"Layers has {who} to read hidden states from; train a teacher, or use a method that "
            "reads its distribution only, such as WordKD."
        )
    return outline(teacher)


def _traced(teacher: nn.Module) -> Callable[[Batch], Trace]:
    """The teacher's states under the batch's own prefix; eval mode, no gradient."""

    def trace(batch: Batch) -> Trace:
        with evaluating(teacher.to(batch.source.device)):
            return teacher.trace(batch.source, batch.source_mask, batch.prefix)

    return trace
