"""Multi-head attention, and keys and values that are kept from one decoding step to the next.

Source: Vaswani et al. (2017), section 3.2.
"""

import math
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from kdlab.models.linear import Linear

KeyValues = tuple[Tensor, Tensor]


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
        both = self.key_value(x).view(N, S, 2, self.heads, H // self.heads)  # [N, S, 2, h, d]
        # Contiguous [2, N, h, S, d]: they are read at every step, in this order.
        return both.permute(2, 0, 3, 1, 4).contiguous().unbind()

    def forward(self, x: Tensor, memory: KeyValues, mask: Tensor | None) -> Tensor:
        """x: [N, T, H] reads memory, keys and values [N, h, S, d]; returns [N, T, H]."""
        query = self.split(self.query(x))  # [N, h, T, d]
        if x.size(1) == 1:
            mix, _ = attend(query, *memory, mask)  # [N, h, T, d]
        else:  # the same mix in one call that keeps no weights; for a single query it is slower
            mix = scaled_dot_product_attention(query, *memory, attn_mask=mask)
        return self.out(mix.transpose(1, 2).flatten(2))  # [N, T, h * d], h * d = H

    def weights(self, x: Tensor, memory: KeyValues, mask: Tensor) -> Tensor:
        """The weights [N, h, T, S] with which `forward` mixes."""
        return attend(self.split(self.query(x)), *memory, mask)[1]


@dataclass(frozen=True)
class Cache:
    """The first n keys and values [B, h, n, d] in a room for more: adding to them copies none.

    room: both, [B, h, n or more, d]     written: [places of the room in use], shared by all who
    share the room, so that of two which add to the same past the second moves out
    """

    room: KeyValues
    n: int
    written: list[int]

    @classmethod
    def empty(cls, like: KeyValues) -> "Cache":
        """Nothing yet, for sentences, heads and sizes as in keys and values [B, h, any, d]."""
        return cls(tuple(x[:, :, :0] for x in like), 0, [0])

    def read(self) -> KeyValues:
        """Keys and values [B, h, n, d]."""
        keys, values = self.room
        return keys[:, :, : self.n], values[:, :, : self.n]

    def add(self, new: KeyValues) -> "Cache":
        """With new ones [B, h, K, d] after the others."""
        n = self.n + new[0].size(2)
        full = n > self.room[0].size(2) or self.written[0] != self.n
        cache = self._moved(2 * n) if full else self
        for room, x in zip(cache.room, new, strict=True):
            room[:, :, self.n : n] = x
        cache.written[0] = n
        return Cache(cache.room, n, cache.written)

    def select(self, rows: Tensor) -> "Cache":
        """Those of the sentences rows [b]."""
        return Cache(tuple(x.index_select(0, rows) for x in self.room), self.n, [self.n])

    def _moved(self, size: int) -> "Cache":
        B, h, _, d = self.room[0].shape
        room = tuple(x.new_empty(B, h, size, d) for x in self.room)
        for new, old in zip(room, self.read(), strict=True):
            new[:, :, : self.n] = old
        return Cache(room, self.n, [self.n])
