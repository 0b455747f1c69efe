"""An LSTM over rows of different lengths: cuDNN's own way on a GPU, one call a layer on a CPU.

On a CPU torch reads packed rows piece by piece, four to eight times as slowly as oneDNN reads a
rectangle. So the rectangle is read, padding and all, and padding is held: one input more, 1 there
and 0 elsewhere, shuts the input gate (sigmoid(-1e4) is 0) and opens the forget gate, so that a
cell keeps what it has. A row's results are those of the row alone, to rounding.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

SHUT = 1e4  # beyond any gate's own sum, so that a held cell is kept exactly


def read(lstm: nn.LSTM, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Every position's output, and the last states, of rows padded on the right.

    words: [B, S, E]     mask: [B, S] bool, True = a real piece, at least one a row
    Returns outputs [B, S, D*H], 0 at padding, and hidden and cell [L*D, B, H], D directions.
    """
    own = isinstance(lstm, nn.LSTM) and not words.is_cuda  # int8's LSTM hides its weights
    return (_held if own else _packed)(lstm, words, mask)


def _packed(lstm: nn.LSTM, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    lengths = mask.sum(1).cpu()
    packed = pack_padded_sequence(words, lengths, batch_first=True, enforce_sorted=False)
    out, (hidden, cell) = lstm(packed)
    out, _ = pad_packed_sequence(out, batch_first=True, total_length=words.size(1))
    return out, hidden, cell


def _held(lstm: nn.LSTM, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    D, H = 1 + lstm.bidirectional, lstm.hidden_size
    every, last = torch.arange(len(mask)), mask.sum(1) - 1
    padding = (~mask).to(words.dtype)[..., None]  # [B, S, 1]
    hold = words.new_tensor([-SHUT, SHUT, 0.0, 0.0]).repeat_interleave(H)[:, None]  # [4H, 1]
    nought = words.new_zeros(D, len(mask), H)
    out, hiddens, cells = words, [], []
    for layer in range(lstm.num_layers):
        if layer:
            out = dropout(out, lstm.dropout, lstm.training)
        weights = []
        for own in lstm.all_weights[layer * D : (layer + 1) * D]:
            weights += [torch.cat([own[0], hold], 1), *own[1:]]  # input weights [4H, E+1]
        rectangle = torch.cat([out, padding], -1)  # [B, S, E+1]
        out, hidden, cell = torch.lstm(
            rectangle, (nought, nought), weights, True, 1, 0.0, lstm.training, D == 2, True
        )  # out: [B, S, D*H]
        # Read to the right, a row's last state stands where it ended; to the left, at the end.
        hiddens += [out[every, last, :H], *hidden[1:]]
        cells += [*cell]
    return out.masked_fill(~mask[..., None], 0.0), torch.stack(hiddens), torch.stack(cells)
