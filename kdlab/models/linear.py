"""A linear layer whose matrix products go to oneDNN where torch has it.

On a CPU torch's own Linear calls MKL, which on other makers' processors runs at half of what they
can do; oneDNN ships with torch and does not. Layers of a model are built from `Linear` here; its
parameters, their names and their start are nn.Linear's.
"""

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

# Below this many multiplications the call costs more than it saves, and so does setting oneDNN up
# for a number of rows not seen before (half a millisecond, once each).
WORTH_IT = 2_000_000
_HAS_ONEDNN = torch.backends.mkldnn.is_available() and hasattr(
    torch.ops.mkldnn, "_linear_pointwise"
)


class Linear(nn.Linear):
    """nn.Linear: x [..., in] to [..., out], the same to rounding and faster on a CPU."""

    def forward(self, x: Tensor) -> Tensor:
        """x: [..., in_features]; returns [..., out_features]."""
        if not _pays(x, self.weight):
            return functional.linear(x, self.weight, self.bias)
        rows = _Product.apply(x.reshape(-1, x.size(-1)), self.weight, self.bias)
        return rows.view(*x.shape[:-1], -1)


class _Product(torch.autograd.Function):
    """x W' + b with the two products of its backward pass by the same route."""

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return _times(x, weight, bias)

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad
        return (
            _times(grad, weight.t()) if wanted[0] else None,  # [M, in]
            _times(grad.t(), x.t()) if wanted[1] else None,  # [out, in]
            grad.sum(0) if wanted[2] else None,
        )


def _times(a: Tensor, b: Tensor, bias: Tensor | None = None) -> Tensor:
    """a [M, K] b' + bias, with b [N, K]."""
    return torch.ops.mkldnn._linear_pointwise(a, b, bias, "none", [], "")


def _pays(x: Tensor, weight: Tensor) -> bool:
    return (
        _HAS_ONEDNN
        and x.numel() * weight.size(0) >= WORTH_IT
        and x.device.type == weight.device.type == "cpu"
        and x.dtype == weight.dtype == torch.float32
        and not torch.is_autocast_enabled("cpu")
    )
