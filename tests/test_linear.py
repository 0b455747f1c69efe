import pytest
import torch
from torch import nn
from torch.nn import functional

from kdlab.models import linear
from kdlab.models.linear import WORTH_IT, Linear

ROWS, IN, OUT = 130, 64, 256  # just worth it


def grown(bias: bool = True) -> tuple[Linear, torch.Tensor]:
    torch.manual_seed(1)
    return Linear(IN, OUT, bias=bias), torch.randn(2, ROWS // 2, IN, requires_grad=True)


def gradients(layer: nn.Module, x: torch.Tensor, out: torch.Tensor) -> list[torch.Tensor]:
    weight = torch.linspace(-1, 1, out.numel()).view(out.shape)
    return list(torch.autograd.grad((out * weight).sum(), [x, *layer.parameters()]))


@pytest.mark.parametrize("bias", [True, False])
def test_values_and_gradients_are_those_of_torchs_linear(bias: bool) -> None:
    layer, x = grown(bias)
    ours, theirs = layer(x), functional.linear(x, layer.weight, layer.bias)
    torch.testing.assert_close(ours, theirs)
    pairs = zip(gradients(layer, x, ours), gradients(layer, x, theirs), strict=True)
    for our, their in pairs:
        torch.testing.assert_close(our, their, rtol=1e-5, atol=1e-4)


@pytest.mark.skipif(not linear._HAS_ONEDNN, reason="this torch has no oneDNN")
def test_large_products_take_the_other_road_and_small_ones_do_not() -> None:
    layer, x = grown()
    assert x.numel() * OUT >= WORTH_IT
    assert linear._pays(x, layer.weight)
    assert not linear._pays(x[:, :2], layer.weight)


def test_doubles_and_autocast_are_left_to_torch() -> None:
    layer, x = grown()
    assert not linear._pays(x.double(), layer.weight.double())
    with torch.autocast("cpu", torch.bfloat16):
        assert layer(x).dtype == torch.bfloat16


def test_a_frozen_layer_passes_gradients_on_and_gets_none() -> None:
    layer, x = grown()
    layer.requires_grad_(False)
    layer(x).sum().backward()
    torch.testing.assert_close(x.grad[0, 0], layer.weight.sum(0))
    assert layer.weight.grad is None


def test_rows_that_are_not_side_by_side_in_memory_are_read_right() -> None:
    layer, x = grown()
    turned = x.detach().transpose(0, 1)
    torch.testing.assert_close(layer(turned), layer(x.detach()).transpose(0, 1))


def test_the_start_is_that_of_torchs_linear() -> None:
    torch.manual_seed(3)
    ours = Linear(5, 7)
    torch.manual_seed(3)
    assert torch.equal(ours.weight, nn.Linear(5, 7).weight)


def test_without_onednn_the_same_comes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    layer, x = grown()
    fast = layer(x)
    monkeypatch.setattr(linear, "_HAS_ONEDNN", False)
    torch.testing.assert_close(layer(x), fast)


def test_no_rows_give_no_rows() -> None:
    assert Linear(IN, OUT)(torch.zeros(0, IN)).shape == (0, OUT)
