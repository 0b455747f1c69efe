"""Label smoothing, under the two definitions that are both called 0.1."""

from dataclasses import asdict, dataclass

from torch import Tensor

from kdlab.errors import RecipeError
from kdlab.losses.reduce import gold_log_prob, masked_mean
from kdlab.ranges import in_range


def label_smoothing(
    student_logits: Tensor, target: Tensor, mask: Tensor, epsilon: float, over: str
) -> Tensor:
    r"""Cross-entropy to a gold target softened by $\epsilon$; nats per real target token.

    over="others": gold $1-\epsilon$, every other piece $\epsilon/(V-1)$ (newer fairseq).
    over="all": gold $1-\epsilon+\epsilon/V$, every other piece $\epsilon/V$ (older fairseq, torch).
    student_logits: [B, T, V] float     target: [B, T] int     mask: [B, T] bool
    Raises RecipeError unless 0 <= epsilon <= 1, or for another name in `over`.
    Source: Szegedy et al. (2016), section 7, is the second; public NMT code has both.

    >>> import torch
    >>> logits = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> y, m = torch.tensor([[1]]), torch.tensor([[True]])
    >>> [f"{label_smoothing(logits, y, m, 0.1, over):.6f}" for over in ("others", "all")]
    ['0.898830', '0.871163']
    """
    _in_range(epsilon, over)
    log_p = student_logits.log_softmax(-1)  # [B, T, V]
    gold = gold_log_prob(log_p, target, mask)  # [B, T]
    vocabulary = log_p.size(-1)
    each = epsilon / (vocabulary - 1 if over == "others" else vocabulary)
    rest = log_p.sum(-1) - gold  # [B, T]
    weight = 1 - epsilon if over == "others" else 1 - epsilon + each
    return masked_mean(-(weight * gold + each * rest), mask)


@dataclass(frozen=True)
class LabelSmoothing:
    """The control without a teacher: some of each target's probability goes to all pieces alike.

    The numbers of `label_smoothing`. Raises RecipeError if they are out of range.
    epsilon: 0.1 as in Szegedy et al. (2016) and most NMT     over: "others", as in newer fairseq
    Source: Szegedy et al. (2016), section 7.
    """

    epsilon: float = 0.1
    over: str = "others"

    def __post_init__(self) -> None:
        _in_range(self.epsilon, self.over)

    def __call__(self, student_logits: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        """See `label_smoothing`."""
        return label_smoothing(student_logits, target, mask, **asdict(self))


def _in_range(epsilon: float, over: str) -> None:
    in_range("epsilon", epsilon, 0, 1)
    if over not in ("others", "all"):
        raise RecipeError(f"over is {over!r}; expected 'others' or 'all'.")
