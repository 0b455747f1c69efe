"""A pre-norm Transformer encoder-decoder, small enough to read in one sitting.

Source: Vaswani et al. (2017), with the layer norm inside each residual branch (Xiong et al., 2020).
The decoder's state holds keys and values already computed: one step costs one position.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from kdlab.errors import RecipeError
from kdlab.models.linear import Linear
from kdlab.models.protocol import Trace, embedding, regroup, sayable

KeyValues = tuple[Tensor, Tensor]


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
        if self.width % self.heads:
            raise RecipeError(
                f"width is {self.width}; expected a multiple of heads = {self.heads}."
            )


def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Scaled dot-product attention; returns the mix [N, h, T, d] and the weights [N, h, T, S].

    query: [N, h, T, d]     key, value: [N, h, S, d]
    mask: bool, broadcast to [N, h, T, S]; None: every key may be read
    """
    score = query @ key.transpose(-1, -2) / math.sqrt(query.size(-1))  # [N, h, T, S]
    if mask is not None:
        score = score.masked_fill(~mask, float("-inf"))
    weight = score.softmax(-1)
    return weight @ value, weight


class Attention(nn.Module):
    """Multi-head attention whose keys and values are made first, so that they can be kept."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = Linear(width, width)
        self.key_value = Linear(width, 2 * width)
        self.out = Linear(width, width)

    def split(self, x: Tensor) -> Tensor:
        """[N, T, H] -> [N, h, T, H/h]."""
        N, T, H = x.shape
        return x.view(N, T, self.heads, H // self.heads).transpose(1, 2)

    def remember(self, x: Tensor) -> KeyValues:
        """Keys and values, each [N, h, S, d], of x [N, S, H]."""
        N, S, H = x.shape
        both = self.key_value(x).view(N, S, 2, self.heads, H // self.heads)
        # Contiguous: they are read at every step, in this order.
        return both.permute(2, 0, 3, 1, 4).contiguous().unbind()

    def forward(self, x: Tensor, memory: KeyValues, mask: Tensor | None) -> Tensor:
        """x: [N, T, H] reads memory, keys and values [N, h, S, d]; returns [N, T, H]."""
        query = self.split(self.query(x))  # [N, h, T, d]
        if x.size(1) == 1:
            mix, _ = attend(query, *memory, mask)  # [N, h, T, d]
        else:  # the same mix in one call that keeps no weights; for a single query it is slower
            mix = scaled_dot_product_attention(query, *memory, attn_mask=mask)
        return self.out(mix.transpose(1, 2).flatten(2))

    def weights(self, x: Tensor, memory: KeyValues, mask: Tensor) -> Tensor:
        """The weights [N, h, T, S] with which `forward` mixes."""
        return attend(self.split(self.query(x)), *memory, mask)[1]


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
        self, x: Tensor, said: KeyValues | None, source: KeyValues,
        masks: tuple[Tensor | None, Tensor],
    ) -> tuple[Tensor, KeyValues, Tensor]:  # fmt: skip
        """x: [N, T, H] new positions; said: keys and values of earlier ones, each [N, h, t, d].

        source: of the source, each [B, h, S, d], N a multiple of B     masks: self
        [T, t+T] or None, and source [B, 1, 1, S]. Returns [N, T, H], the longer `said`, and what
        was asked of the source [B, (N/B) T, H].
        """
        N, T, H = x.shape
        y = self.self_norm(x)
        new = self.self_attention.remember(y)
        if said is not None:
            new = tuple(torch.cat(pair, 2) for pair in zip(said, new, strict=True))
        x = x + self.dropout(self.self_attention(y, new, masks[0]))
        # The K hypotheses of a sentence read its one memory, as if they were K positions.
        asked = self.cross_norm(x).view(len(source[0]), -1, H)  # [B, K*T, H]
        x = x + self.dropout(self.cross_attention(asked, source, masks[1]).view(N, T, H))
        return x + self.dropout(self.feed_forward(self.forward_norm(x))), new, asked


@dataclass(frozen=True)
class TransformerState:
    """said: per layer, keys and values [N, h, t, d] of the pieces so far (None before any).

    source: per layer, keys and values [B, h, S, d]; mask: [B, 1, 1, S]; sentence: [N], each
    row's place in `source` (see `regroup`); length: t
    """

    said: tuple[KeyValues | None, ...]
    source: tuple[KeyValues, ...]
    mask: Tensor
    sentence: Tensor
    length: int = 0

    def select(self, rows: Tensor) -> "TransformerState":
        """See `State.select`."""
        said = tuple(s and _rows(s, rows) for s in self.said)
        kept, sentence = regroup(self.sentence, rows)
        source, mask = self.source, self.mask
        if not torch.equal(kept, torch.arange(len(mask), device=rows.device)):
            source, mask = tuple(_rows(s, kept) for s in source), mask[kept]
        return TransformerState(said, source, mask, sentence, self.length)


def _rows(both: KeyValues, rows: Tensor) -> KeyValues:
    keys, values = both
    return keys.index_select(0, rows), values.index_select(0, rows)


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
        return self.generator(self.decoder_norm(states[-1]))  # [B, T, V]

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """See `Seq2Seq.trace`; attention is the last layer's, mean over heads."""
        encoded, mask = self.encode(source, source_mask)
        states, asked = self.decode(prefix, encoded[-1], mask)
        reader = self.decoder[-1].cross_attention
        weight = reader.weights(asked, reader.remember(encoded[-1]), mask)  # [B, h, T, S]
        logits = self.generator(self.decoder_norm(states[-1]))  # [B, T, V]
        return Trace(logits, weight.mean(1), tuple(encoded), tuple(states))

    def encode(self, source: Tensor, source_mask: Tensor) -> tuple[list[Tensor], Tensor]:
        """Every layer's output [B, S, H], the last one normalised, and the mask [B, 1, 1, S]."""
        mask = source_mask[:, None, None, :]
        x = self.embed(self.source_embedding, source, 0)  # [B, S, H]
        states = []
        for layer in self.encoder:
            x = layer(x, mask)
            states.append(x)
        states[-1] = self.encoder_norm(x)
        return states, mask

    def decode(self, prefix: Tensor, memory: Tensor, mask: Tensor) -> tuple[list[Tensor], Tensor]:
        """Every layer's output [B, T, H], and what the last asked of the memory [B, S, H]."""
        T = prefix.size(1)
        x = self.embed(self.target_embedding, prefix, 0)  # [B, T, H]
        earlier = torch.ones(T, T, dtype=torch.bool, device=prefix.device).tril()  # [T, T]
        states = []
        for layer in self.decoder:
            x, _, asked = layer(x, None, layer.cross_attention.remember(memory), (earlier, mask))
            states.append(x)
        return states, asked

    def embed(self, table: nn.Embedding, ids: Tensor, start: int) -> Tensor:
        """Pieces ids [N, T] at positions start, start + 1, …; returns [N, T, H]."""
        H = self.config.width
        place = positions(start + ids.size(1), H, ids.device)[start:]  # [T, H]
        return self.dropout(table(ids) * math.sqrt(H) + place)

    def start(self, source: Tensor, source_mask: Tensor) -> TransformerState:
        """See `Seq2Seq.start`."""
        encoded, mask = self.encode(source, source_mask)
        memory = tuple(layer.cross_attention.remember(encoded[-1]) for layer in self.decoder)
        every = torch.arange(len(source), device=source.device)
        return TransformerState((None,) * len(self.decoder), memory, mask, every)

    def step(self, tokens: Tensor, state: TransformerState) -> tuple[Tensor, TransformerState]:
        """See `Seq2Seq.step`."""
        x = self.embed(self.target_embedding, tokens[:, None], state.length)  # [N, 1, H]
        said = []
        for layer, old, memory in zip(self.decoder, state.said, state.source, strict=True):
            x, new, _ = layer(x, old, memory, (None, state.mask))  # all that was said is earlier
            said.append(new)
        log_p = sayable(self.generator(self.decoder_norm(x[:, 0])))  # [N, V]
        return log_p, replace(state, said=tuple(said), length=state.length + 1)


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
