"""A rectangle with its padding held gives what packed rows give, forwards and backwards."""

import pytest
import torch
from torch import nn

from kdlab.models.padded_lstm import _held, _packed

LENGTHS = [7, 1, 4, 6]
MASK = torch.arange(7) < torch.tensor(LENGTHS)[:, None]


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("two", [False, True])
def test_both_ways_of_reading_agree(two: bool, layers: int) -> None:
    torch.manual_seed(1)
    lstm = nn.LSTM(5, 4, layers, batch_first=True, bidirectional=two)
    words = torch.randn(4, 7, 5, requires_grad=True)
    toward = [torch.randn(4, 7, 4 * (1 + two)), *torch.randn(2, layers * (1 + two), 4, 4)]
    learned = [words, *lstm.parameters()]
    gave, pulled = [], []
    for way in (_packed, _held):
        out = way(lstm, words, MASK)
        gave.append(out)
        loss = sum((x * pull).sum() for x, pull in zip(out, toward, strict=True))
        pulled.append(torch.autograd.grad(loss, learned))
    for one, other in (gave, pulled):
        for a, b in zip(one, other, strict=True):
            torch.testing.assert_close(a, b, atol=1e-6, rtol=1e-5)


def test_what_padding_holds_reaches_no_state_and_no_gradient() -> None:
    lstm = nn.LSTM(5, 4, 2, batch_first=True, bidirectional=True)
    words = torch.randn(4, 7, 5)
    other = torch.where(MASK[..., None], words, 1e3).requires_grad_()
    out = _held(lstm, other, MASK)
    for a, b in zip(_held(lstm, words, MASK), out, strict=True):
        assert torch.equal(a, b)
    (gradient,) = torch.autograd.grad(sum(x.sum() for x in out), other)
    assert not gradient[~MASK].any() and gradient[MASK].any()


def test_between_layers_dropout_falls_in_training_only() -> None:
    lstm = nn.LSTM(5, 4, 2, batch_first=True, dropout=0.5)
    words = torch.randn(4, 7, 5)
    assert not torch.equal(_held(lstm, words, MASK)[0], _held(lstm, words, MASK)[0])
    lstm.eval()
    assert torch.equal(_held(lstm, words, MASK)[0], _held(lstm, words, MASK)[0])
