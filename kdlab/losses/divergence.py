"""Gold loss and a divergence of the student's distribution p from the teacher's q, one of four."""

from dataclasses import dataclass

from torch import Tensor

from kdlab.errors import RecipeError
from kdlab.losses.forward_kl import forward_kl
from kdlab.losses.jensen_shannon import jensen_shannon
from kdlab.losses.nll import nll
from kdlab.losses.reduce import masked_mean, real, same_shape
from kdlab.losses.reverse_kl import reverse_kl
from kdlab.losses.total_variation import total_variation
from kdlab.ranges import in_range

KINDS = ("forward_kl", "reverse_kl", "jensen_shannon", "total_variation")


@dataclass(frozen=True)
class Divergence:
    """Gold loss and a divergence from the teacher, mixed as in WordKD; nats per real target token.

    (1 - alpha) NLL + alpha D, mean over real tokens (total variation has no unit).
    kind: "forward_kl", "reverse_kl", "jensen_shannon" or "total_variation"
    beta: the teacher's weight in Jensen-Shannon's mixture, 0 to 1. 0.5 is a public implementation's
    default; the best value depends on the task (Agarwal et al., 2024). At 0 and 1, where the
    divergence vanishes, it is forward and reverse KL, as in implementations (as recalled; check the
    paper). That is a jump: at 0.01 the loss is about a hundred times smaller than at 0
    alpha: weight of the divergence, 0 to 1; 0.5 as in WordKD (our design)
    floor: least q in reverse KL (our design). 1e-9 keeps a teacher that rules pieces out finite, at
    most 21 nats, and is below what a trained teacher says of nearly every piece; 0 for the true
    value, which is inf with the exact teacher
    Source: Agarwal et al. (2024), GKD, section 2, for the family.
    """

    kind: str
    beta: float = 0.5
    alpha: float = 0.5
    floor: float = 1e-9

    needs_teacher = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise RecipeError(f"kind is {self.kind!r}; expected one of {', '.join(KINDS)}.")
        in_range("beta", self.beta, 0, 1)
        in_range("alpha", self.alpha, 0, 1)
        in_range("floor", self.floor, 0, 1)

    def __call__(
        self, student_logits: Tensor, teacher_logits: Tensor, target: Tensor, mask: Tensor
    ) -> Tensor:
        """The mixed loss. student_logits, teacher_logits: [B, T, V]; target, mask: [B, T]."""
        apart = self.apart(student_logits, teacher_logits, mask)
        gold = nll(real(student_logits, mask), target, mask)
        return (1 - self.alpha) * gold + self.alpha * apart

    def apart(self, student_logits: Tensor, teacher_logits: Tensor, mask: Tensor) -> Tensor:
        """The divergence alone, mean over real tokens: for prefixes that have no gold piece."""
        same_shape(student_logits, teacher_logits)
        each = self._each(real(student_logits, mask), real(teacher_logits, mask))  # [B, T]
        return masked_mean(each, mask)

    def _each(self, student: Tensor, teacher: Tensor) -> Tensor:
        """student, teacher: [B, T, V]; returns [B, T]."""
        kind = self.kind
        if kind == "jensen_shannon":
            kind = {0: "forward_kl", 1: "reverse_kl"}.get(self.beta, kind)
        if kind == "forward_kl":
            return forward_kl(student, teacher)
        if kind == "reverse_kl":
            return reverse_kl(student, teacher, self.floor)
        if kind == "jensen_shannon":
            return jensen_shannon(student, teacher, self.beta)
        return total_variation(student, teacher)
