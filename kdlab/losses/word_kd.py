"""Word-level distillation: at every target piece, learn the teacher's whole distribution."""

from dataclasses import asdict, dataclass

from torch import Tensor

from kdlab.losses.reduce import gold_log_prob, masked_mean, real, same_shape
from kdlab.ranges import in_range, positive


def word_kd(
    student_logits: Tensor,
    teacher_logits: Tensor,
    target: Tensor,
    mask: Tensor,
    *,
    alpha: float = 0.5,
    temperature: float = 1.0,
) -> Tensor:
    r"""Gold loss and cross-entropy to the teacher, mixed; nats per real target token.

    $(1-\alpha)\,[-\log p(y)] + \alpha\,\tau^2\,[-\sum_k q_\tau(k)\log p_\tau(k)]$, mean over mask.
    At student = teacher the second term is the teacher's entropy H(q), not 0: the paper writes a
    cross-entropy, whose gradient is that of KL(q || p). No gradient reaches the teacher.

    student_logits, teacher_logits: [B, T, V] float, both under the same target prefix; a teacher's
    -inf means q = 0     target: [B, T] int, any id where masked     mask: [B, T] bool, True = real
    Returns a scalar >= 0; 0 for an empty mask.
    Raises ShapeError if the two logits differ in shape (another vocabulary? another prefix?),
    RecipeError unless 0 <= alpha <= 1 and temperature > 0.
    Source: Kim & Rush (2016), section 3.1; temperature from Hinton et al. (2015), section 2.

    >>> import torch
    >>> student = torch.tensor([[[.5, 1.5, 0., .2, -.5, -1.]]])
    >>> teacher = torch.tensor([[[2., 1., .5, 0., -1., -2.]]])
    >>> f"{word_kd(student, teacher, torch.tensor([[1]]), torch.tensor([[True]])):.6f}"
    '1.194252'
    """
    same_shape(student_logits, teacher_logits)
    in_range("alpha", alpha, 0, 1)
    positive("temperature", temperature)
    q = real((teacher_logits.detach() / temperature).softmax(-1), mask)  # [B, T, V]
    log_p = student_logits.log_softmax(-1)  # [B, T, V]
    log_p_soft = log_p if temperature == 1 else (student_logits / temperature).log_softmax(-1)
    soft = -(q * log_p_soft).masked_fill(q == 0, 0.0).sum(-1)  # [B, T]; 0 log 0 = 0
    gold = -gold_log_prob(log_p, target, mask)  # [B, T]
    # tau^2: soft gradients shrink as 1/tau^2; without it alpha would mean less as tau grows.
    return masked_mean((1 - alpha) * gold + alpha * temperature**2 * soft, mask)


@dataclass(frozen=True)
class WordKD:
    """Word-KD: at every piece the gold loss and the teacher's whole distribution, mixed.

    alpha: weight of the teacher's term, 0 to 1; 0.5 (Kim & Rush tried 0.5 and 0.9, as reported by
    readers of the paper)     temperature: tau > 0; the paper uses none
    Source: Kim & Rush (2016), section 3.1; see `word_kd`, of which these are the numbers.
    """

    alpha: float = 0.5
    temperature: float = 1.0

    needs_teacher = True

    def __post_init__(self) -> None:
        in_range("alpha", self.alpha, 0, 1)
        positive("temperature", self.temperature)

    def __call__(
        self, student_logits: Tensor, teacher_logits: Tensor, target: Tensor, mask: Tensor
    ) -> Tensor:
        """See `word_kd`."""
        return word_kd(student_logits, teacher_logits, target, mask, **asdict(self))
