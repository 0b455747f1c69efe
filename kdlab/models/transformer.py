"""A pre-norm Transformer encoder-decoder, small enough to read in one sitting.

Source: Vaswani et al. (2017), with the layer norm inside each residual branch (Xiong et al., 2020).
The decoder's state holds keys and values already computed: one step costs one position.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor, nn

from kdlab.errors import RecipeError
from kdlab.fields import at_least, below_one, kinds
from kdlab.models.attention import Attention, Cache, KeyValues
from kdlab.models.linear import Linear
from kdlab.models.protocol import Trace, embedding, regroup, sayable


@dataclass(frozen=True)
class TransformerConfig:
    """Sizes. width: H, divisible by heads; the feed-forward layer is ffn * H wide.

    tied: the output table is the target embedding     dropout: on embeddings and each branch
    """

    encoder_layers: int = 2
    decoder_layers: int = 2
    width: int = 96
    heads: int = 4
    ffn: int = 4
    dropout: float = 0.1
    tied: bool = False

    def __post_init__(self) -> None:
        kinds(self)
        at_least(1, self, "encoder_layers", "decoder_layers", "width", "heads", "ffn")
        below_one(self, "dropout")
        if self.width % self.heads:
            raise RecipeError(
                f"width is {self.width}; expected a multiple of heads = {self.heads}."
            )


class EncoderLayer(nn.Module):
    """x + self-attention, then x + feed-forward; each branch normalised first."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        H = config.width
        self.attention, self.norm = Attention(H, config.heads), nn.LayerNorm(H)
        self.forward_norm, self.feed_forward = nn.LayerNorm(H), _feed_forward(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """x: [B, S, H], mask: [B, 1, 1, S]; returns [B, S, H]."""
        y = self.norm(x)
        x = x + self.dropout(self.attention(y, self.attention.remember(y), mask))
        return x + self.dropout(self.feed_forward(self.forward_norm(x)))


class DecoderLayer(nn.Module):
    """Self-attention to what was said, attention to the source, feed-forward."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        H = config.width
        self.self_attention, self.self_norm = Attention(H, config.heads), nn.LayerNorm(H)
        self.cross_attention, self.cross_norm = Attention(H, config.heads), nn.LayerNorm(H)
        self.forward_norm, self.feed_forward = nn.LayerNorm(H), _feed_forward(config)
        self.dropout = nn.Dropout(config.dropout)

    def forward(
        self, x: Tensor, said: Cache | None, source: KeyValues,
        masks: tuple[Tensor | None, Tensor],
    ) -> tuple[Tensor, Cache | None, Tensor]:  # fmt: skip
        """x: [B, T, H], T new positions; said: the keys and values of earlier ones, n of them.

        source: keys and values [B, h, S, d]     masks: self, broadcast to [B, h, T, n+T] or
        None, and source [B, 1, 1, S]. Returns [B, T, H], the longer `said` (None stays None), and
        what was asked of the source [B, T, H].
        """
        y = self.self_norm(x)
        new = self.self_attention.remember(y)
        if said is not None:
            said = said.add(new)
            new = said.read()
        x = x + self.dropout(self.self_attention(y, new, masks[0]))
        asked = self.cross_norm(x)
        x = x + self.dropout(self.cross_attention(asked, source, masks[1]))
        return x + self.dropout(self.feed_forward(self.forward_norm(x))), said, asked


@dataclass(frozen=True)
class TransformerState:
    """The K hypotheses of a sentence stand side by side, as if they were K positions of it.

    said: per layer, keys and values of all that its hypotheses said, dead ones too. Following a
    beam moves `past` and none of them.
    past: [N, t], the places in `said` of each row's own pieces; sentence: [N], see `regroup`
    source: per layer, keys and values [B, h, S, d]; mask: [B, 1, 1, S]
    """

    said: tuple[Cache, ...]
    past: Tensor
    sentence: Tensor
    source: tuple[KeyValues, ...]
    mask: Tensor

    def select(self, rows: Tensor) -> "TransformerState":
        """See `State.select`."""
        past = self.past[rows]
        kept, sentence = regroup(self.sentence, rows)
        if torch.equal(kept, torch.arange(len(self.mask), device=rows.device)):
            return replace(self, past=past, sentence=sentence)
        said = tuple(cache.select(kept) for cache in self.said)
        source = tuple((k.index_select(0, kept), v.index_select(0, kept)) for k, v in self.source)
        return TransformerState(said, past, sentence, source, self.mask[kept])

    def next_place(self) -> tuple[Tensor, Tensor | None]:
        """`past` [N, t+1] with a place for the next piece of each row, and what each may read.

        The second: [B, 1, K, n+K] bool, or None where a row may read all that its sentence said.
        """
        (N, t), B, n = self.past.shape, len(self.mask), self.said[0].n
        K = N // B
        place = n + torch.arange(K, device=self.past.device).repeat(B)  # [N]
        past = torch.cat([self.past, place[:, None]], 1)  # [N, t+1]
        if n + K == t + 1:
            return past, None
        own = torch.zeros(N, n + K, dtype=torch.bool, device=past.device).scatter_(1, past, True)
        return past, own.view(B, 1, K, n + K)


class Transformer(nn.Module):
    """See `Seq2Seq`."""

    def __init__(self, config: TransformerConfig, source_size: int, target_size: int) -> None:
        super().__init__()
        H = config.width
        self.config, self.target_size = config, target_size
        self.source_embedding = embedding(source_size, H)
        self.target_embedding = embedding(target_size, H)
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))
        self.decoder = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        self.encoder_norm, self.decoder_norm = nn.LayerNorm(H), nn.LayerNorm(H)
        self.generator = Linear(H, target_size)
        if config.tied:
            self.generator.weight = self.target_embedding.weight
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        """See `Seq2Seq.__call__`."""
        encoded, mask = self.encode(source, source_mask)
        states, _ = self.decode(prefix, encoded[-1], mask)
        return self.generator(states[-1])  # [B, T, V]

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """See `Seq2Seq.trace`; attention is the last layer's, mean over heads."""
        encoded, mask = self.encode(source, source_mask)
        states, asked = self.decode(prefix, encoded[-1], mask)
        reader = self.decoder[-1].cross_attention
        weight = reader.weights(asked, reader.remember(encoded[-1]), mask)  # [B, h, T, S]
        logits = self.generator(states[-1])  # [B, T, V]
        return Trace(logits, weight.mean(1), tuple(encoded), tuple(states))

    def encode(self, source: Tensor, source_mask: Tensor) -> tuple[list[Tensor], Tensor]:
        """Every layer's output [B, S, H], the last one normalised, and the mask [B, 1, 1, S]."""
        mask = source_mask[:, None, None, :]
        place = positions(source.size(1), self.config.width, source.device)  # [S, H]
        x = self.embed(self.source_embedding, source, place)  # [B, S, H]
        states = []
        for layer in self.encoder:
            x = layer(x, mask)
            states.append(x)
        states[-1] = self.encoder_norm(x)
        return states, mask

    def decode(self, prefix: Tensor, memory: Tensor, mask: Tensor) -> tuple[list[Tensor], Tensor]:
        """Every layer's output [B, T, H], the last one normalised, and what the last layer asked.

        memory: [B, S, H]     what was asked of it: [B, T, H]
        """
        T = prefix.size(1)
        place = positions(T, self.config.width, prefix.device)  # [T, H]
        x = self.embed(self.target_embedding, prefix, place)  # [B, T, H]
        earlier = torch.ones(T, T, dtype=torch.bool, device=prefix.device).tril()  # [T, T]
        states = []
        for layer in self.decoder:
            x, _, asked = layer(x, None, layer.cross_attention.remember(memory), (earlier, mask))
            states.append(x)
        states[-1] = self.decoder_norm(x)
        return states, asked

    def embed(self, table: nn.Embedding, ids: Tensor, place: Tensor) -> Tensor:
        """Pieces ids [B, T] at positions that place [T or 1, H] marks; returns [B, T, H]."""
        return self.dropout(table(ids) * math.sqrt(self.config.width) + place)

    def start(self, source: Tensor, source_mask: Tensor) -> TransformerState:
        """See `Seq2Seq.start`."""
        encoded, mask = self.encode(source, source_mask)
        memory = tuple(layer.cross_attention.remember(encoded[-1]) for layer in self.decoder)
        every = torch.arange(len(source), device=source.device)
        said = tuple(map(Cache.empty, memory))
        return TransformerState(said, every.new_empty(len(every), 0), every, memory, mask)

    def step(self, tokens: Tensor, state: TransformerState) -> tuple[Tensor, TransformerState]:
        """See `Seq2Seq.step`."""
        features, state = self.features(tokens, state)
        return sayable(self.generator(features)), state

    def features(self, tokens: Tensor, state: TransformerState) -> tuple[Tensor, TransformerState]:
        """See `Network.features`; the last layer's output, normalised [N, H]."""
        past, readable = state.next_place()
        ids = tokens.view(len(state.mask), -1)  # [B, K]
        place = positions(past.size(1), self.config.width, ids.device)[-1:]  # [1, H]
        x = self.embed(self.target_embedding, ids, place)  # [B, K, H]
        said = []
        for layer, old, memory in zip(self.decoder, state.said, state.source, strict=True):
            x, new, _ = layer(x, old, memory, (readable, state.mask))
            said.append(new)
        return self.decoder_norm(x.flatten(0, 1)), replace(state, said=tuple(said), past=past)


def positions(n: int, width: int, device: torch.device) -> Tensor:
    """Sines and cosines [n, width]. Source: Vaswani et al. (2017), section 3.5."""
    return _waves(1 << n.bit_length(), width, device)[:n]  # made for a few sizes, then found


@lru_cache(maxsize=32)
def _waves(n: int, width: int, device: torch.device) -> Tensor:
    place = torch.arange(n, device=device, dtype=torch.float)[:, None]
    rate = torch.exp(torch.arange(0, width, 2, device=device) * (-math.log(10000.0) / width))
    wave = torch.stack([(place * rate).sin(), (place * rate).cos()], -1)  # [n, width/2, 2]
    return wave.flatten(1)[:, :width]


def _feed_forward(config: TransformerConfig) -> nn.Sequential:
    H = config.width
    return nn.Sequential(Linear(H, config.ffn * H), nn.ReLU(), Linear(config.ffn * H, H))
