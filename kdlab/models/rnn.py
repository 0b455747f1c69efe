"""The LSTM encoder-decoder with global attention that Kim & Rush (2016) distilled.

Luong 'general' attention and input feeding (Luong et al., 2015): score(h_t, m_s) = h_t' W_a m_s,
h~_t = tanh(W_c [c_t; h_t]), logits = W_s h~_t, and h~_{t-1} joins the next input embedding.
"""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from kdlab.errors import RecipeError
from kdlab.fields import at_least, below_one, kinds
from kdlab.models.linear import Linear
from kdlab.models.padded_lstm import read
from kdlab.models.protocol import Trace, embedding, regroup, sayable


@dataclass(frozen=True)
class RNNConfig:
    """Sizes. hidden: H, also the embeddings' width.

    dropout: between stacked layers and on h~ (seq2seq-attn's places)
    input_feeding, bidirectional: the paper feeds, one direction only
    embedding_dropout, memory_embeddings: not in the paper; the second adds the source embeddings
    to what attention reads, which lets attention form within few updates
    """

    layers: int = 2
    hidden: int = 500
    dropout: float = 0.3
    input_feeding: bool = True
    bidirectional: bool = False
    embedding_dropout: float = 0.0
    memory_embeddings: bool = False

    def __post_init__(self) -> None:
        kinds(self)
        at_least(1, self, "layers", "hidden")
        below_one(self, "dropout", "embedding_dropout")
        if self.bidirectional and self.hidden % 2:
            raise RecipeError(
                f"hidden is {self.hidden}; expected an even number for two directions."
            )


@dataclass(frozen=True)
class RNNState:
    """hidden, cell: [layers, N, H]; fed: h~ of the last step [N, H].

    memory: what attention reads, [B, S, H]; keys: W_a applied to it; mask: [B, S]; sentence: [N],
    each row's place among the B (see `regroup`)
    """

    hidden: Tensor
    cell: Tensor
    fed: Tensor
    memory: Tensor
    keys: Tensor
    mask: Tensor
    sentence: Tensor

    def select(self, rows: Tensor) -> "RNNState":
        """See `State.select`."""
        kept, sentence = regroup(self.sentence, rows)
        memory, keys, mask = self.memory, self.keys, self.mask
        if not torch.equal(kept, torch.arange(len(mask), device=rows.device)):
            memory, keys, mask = memory[kept], keys[kept], mask[kept]
        hidden, cell = self.hidden[:, rows], self.cell[:, rows]
        return RNNState(hidden, cell, self.fed[rows], memory, keys, mask, sentence)


class RNN(nn.Module):
    """See `Seq2Seq`."""

    def __init__(self, config: RNNConfig, source_size: int, target_size: int) -> None:
        super().__init__()
        H, L, drop = config.hidden, config.layers, config.dropout if config.layers > 1 else 0.0
        self.config, self.target_size = config, target_size
        self.source_embedding = embedding(source_size, H)
        self.target_embedding = embedding(target_size, H)
        two = config.bidirectional
        self.encoder = nn.LSTM(
            H, H // 2 if two else H, L, batch_first=True, dropout=drop, bidirectional=two
        )
        fed = H if config.input_feeding else 0
        self.decoder = nn.LSTM(H + fed, H, L, batch_first=True, dropout=drop)
        self.score = Linear(H, H, bias=False)  # W_a
        self.combine = Linear(2 * H, H, bias=False)  # W_c
        self.generator = Linear(H, target_size)  # W_s
        self.dropout = nn.Dropout(config.dropout)
        self.embedding_dropout = nn.Dropout(config.embedding_dropout)
        _one_bias(self.encoder)
        _one_bias(self.decoder)

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        """See `Seq2Seq.__call__`."""
        return self.trace(source, source_mask, prefix).logits

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """See `Seq2Seq.trace`; the states are the top layer's, h~ last."""
        state = self.start(source, source_mask)
        words = self.embedding_dropout(self.target_embedding(prefix))  # [B, T, H]
        if self.config.input_feeding:  # each step needs the last one's h~
            steps = []
            for word in words.split(1, dim=1):  # [B, 1, H]
                steps.append(self.advance(word, steps[-1][3] if steps else state))
            top, attentional, weight = (torch.cat([s[i] for s in steps], 1) for i in range(3))
        else:
            top, attentional, weight, _ = self.advance(words, state)
        return Trace(self.generator(attentional), weight, (state.memory,), (top, attentional))

    def start(self, source: Tensor, source_mask: Tensor) -> RNNState:
        """See `Seq2Seq.start`."""
        B = len(source)
        words = self.embedding_dropout(self.source_embedding(source))  # [B, S, H]
        # memory: [B, S, H]     hidden, cell: [L, B, H], or [2L, B, H/2] of two directions
        memory, hidden, cell = read(self.encoder, words, source_mask)
        if self.config.memory_embeddings:
            memory = memory + words
        if self.config.bidirectional:  # both directions' last states side by side: H again
            join = (self.config.layers, 2, B, -1)
            hidden, cell = (x.view(join).transpose(1, 2).flatten(2) for x in (hidden, cell))
        fed, every = memory.new_zeros(B, self.config.hidden), torch.arange(B, device=source.device)
        hidden, cell = hidden.contiguous(), cell.contiguous()
        return RNNState(hidden, cell, fed, memory, self.score(memory), source_mask, every)

    def step(self, tokens: Tensor, state: RNNState) -> tuple[Tensor, RNNState]:
        """See `Seq2Seq.step`."""
        features, state = self.features(tokens, state)
        return sayable(self.generator(features)), state

    def features(self, tokens: Tensor, state: RNNState) -> tuple[Tensor, RNNState]:
        """See `Network.features`; h~ [N, H]."""
        words = self.embedding_dropout(self.target_embedding(tokens[:, None]))  # [N, 1, H]
        _, attentional, _, state = self.advance(words, state)
        return attentional[:, 0], state

    def advance(self, words: Tensor, state: RNNState) -> tuple[Tensor, Tensor, Tensor, RNNState]:
        """Read words [N, T, H] (T = 1 with input feeding).

        Returns h and h~ [N, T, H], the attention weights [B, (N/B) T, S], and the state after.
        """
        if self.config.input_feeding:
            words = torch.cat([words, state.fed[:, None]], -1)  # [N, 1, 2H]
        top, (hidden, cell) = self.decoder(words, (state.hidden, state.cell))  # [N, T, H]
        # The K hypotheses of a sentence read its one memory, as if they were K positions.
        query = top.reshape(len(state.memory), -1, top.size(-1))  # [B, K*T, H]
        score = query @ state.keys.transpose(1, 2)  # [B, K*T, S]
        weight = score.masked_fill(~state.mask[:, None], float("-inf")).softmax(-1)
        context = (weight @ state.memory).view_as(top)  # [N, T, H]
        attentional = self.dropout(self.combine(torch.cat([context, top], -1)).tanh())
        after = replace(state, hidden=hidden, cell=cell, fed=attentional[:, -1])
        return top, attentional, weight, after


def _one_bias(lstm: nn.LSTM) -> None:
    """Freeze torch's second bias at 0: two that are added are one, and the paper counts one."""
    for name, parameter in lstm.named_parameters():
        if name.startswith("bias_hh"):
            nn.init.zeros_(parameter)
            parameter.requires_grad_(False)
