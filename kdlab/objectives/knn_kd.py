"""kNN-KD: what followed in a teacher's nearest contexts is the soft target, looked up once.

The student never searches: neither while it trains nor when it translates.
"""

from dataclasses import dataclass, replace

from torch import Tensor, nn

from kdlab.batching import Batch
from kdlab.errors import RecipeError
from kdlab.losses.knn import knn_kd, knn_target
from kdlab.losses.reduce import gold_log_prob, masked_mean
from kdlab.objectives.datastore import Datastore
from kdlab.objectives.lesson import Lesson
from kdlab.objectives.neighbours import FaissIndex
from kdlab.objectives.positions import position_starts, positions
from kdlab.objectives.protocol import Objective
from kdlab.ranges import positive, whole


@dataclass(frozen=True)
class KnnKD:
    """kNN-KD: the words that followed the k nearest contexts teach, NLL + weight KL(p_kNN || p).

    The teacher is the paper's base model: any trained one with the corpus's pieces.
    k: neighbours, 64 (the published setting for IWSLT)
    temperature: tau, 100 (as published, for 512 wide keys), in squared distances, which grow with
    the teacher's width; None: the median distance of all neighbours found (our design)
    weight: of the divergence, 1 (the published code; see `knn_kd` for the paper's alpha)
    leave_one_out: without the position itself, which the published code leaves in
    index: "exact", or "ivf" by faiss as published, for a store where comparing all with all is slow
    Raises RecipeError if a number is out of range.
    Source: Yang, Sun and Wan (2022); the numbers are those of their code.
    """

    k: int = 64
    temperature: float | None = 100.0
    weight: float = 1.0
    leave_one_out: bool = False
    index: str = "exact"

    needs_teacher = True
    stored_teacher = False  # its logits on disk are not enough

    def __post_init__(self) -> None:
        whole("k", self.k, 1)
        if self.temperature is not None:
            positive("temperature", self.temperature)
        positive("weight", self.weight)
        if self.index not in ("exact", "ivf"):
            raise RecipeError(f"index is {self.index!r}; expected 'exact' or 'ivf'.")

    def prepare(self, lesson: Lesson) -> Objective:
        """Remember `lesson.data` as the teacher sees it and look every position up, once.

        The same teacher and data give the same targets, so a resumed training looks them up anew.
        Raises RecipeError if there is no model, if it has no hidden states, or if the data have not
        k positions.
        """
        if lesson.teacher is None:
            raise RecipeError(
                f"{self} reads the teacher's states, so stored logits are not enough; give the "
                "model: train(recipe, corpus, teacher=…)."
            )
        store = Datastore.of(lesson.teacher, lesson.data)
        if self.index == "ivf":
            store = store.searched_by(FaissIndex.ivf(store.keys))
        found = store.neighbours(self.k, leave_one_out=self.leave_one_out)
        distances, tokens = (x.cpu() for x in found)  # both [P, k]
        temperature = self.temperature or _median(distances)
        method = replace(self, temperature=temperature)
        starts = position_starts(lesson.data.target)
        return _Retrieved(method, distances, tokens, starts, store.target_size)


class _Retrieved(nn.Module):
    """The objective of one training: targets are looked up by the batch's rows.

    distances: [P, k] float     tokens: [P, k] int32     starts: [n + 1], see `position_starts`
    It holds neither store nor teacher, and learns and remembers nothing.
    """

    def __init__(
        self, method: KnnKD, distances: Tensor, tokens: Tensor, starts: Tensor, target_size: int
    ) -> None:
        super().__init__()
        self.method, self.target_size = method, target_size
        self.distances, self.tokens, self.starts = distances, tokens, starts

    def forward(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """See `Objective.__call__`; logged is the mean p_kNN of the gold piece."""
        p_knn = self.targets(batch)  # [B, T, V]
        logits = student(batch.source, batch.source_mask, batch.prefix)  # [B, T, V]
        loss = knn_kd(logits, p_knn, batch.target, batch.mask, weight=self.method.weight)
        gold = gold_log_prob(p_knn, batch.target, batch.mask)  # [B, T], here of probabilities
        return loss, {"p_kNN of gold": masked_mean(gold, batch.mask).item()}

    def targets(self, batch: Batch) -> Tensor:
        """p_kNN [B, T, V]; under padding that of some position. ShapeError for other data."""
        place = positions(self.starts, batch)  # [B, T]
        device = batch.target.device
        tokens, distances = self.tokens[place].to(device), self.distances[place].to(device)
        return knn_target(tokens, distances, self.target_size, self.method.temperature)


def _median(distances: Tensor) -> float:
    median = float(distances[distances.isfinite()].median())
    if median <= 0:
        raise RecipeError(
            f"the median distance of a neighbour is {median:g}, which is no temperature: most "
            "contexts are the same, or are their own nearest among few. Give a temperature, a "
            "larger k, or leave_one_out=True."
        )
    return median
