"""The grammar as a teacher: the true p*(next piece given x and the prefix), behind `Seq2Seq`.

No network and no training. Each translation has one fixed piece split, so the probability of a
piece is the share of p* among the translations that begin with prefix + piece.
Where the prefix begins no translation (noise, a student's mistake), p* is undefined.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import torch
from torch import Tensor, nn

from kdlab.errors import RecipeError
from kdlab.models.protocol import Trace
from kdlab.special_ids import IDS

NEVER = float("-inf")


@dataclass
class Node:
    """A prefix: the p* of all translations that begin with it, and what may follow."""

    mass: float = 0.0
    after: dict[int, "Node"] = field(default_factory=dict)


@dataclass(frozen=True)
class ExactState:
    """One node of a prefix tree per row."""

    nodes: tuple[Node, ...]

    def select(self, rows: Tensor) -> "ExactState":
        """See `State.select`."""
        return ExactState(tuple(self.nodes[i] for i in rows.tolist()))


class ExactModel(nn.Module):
    """See `Seq2Seq`; has no parameters, hidden states or attention.

    translations: source text -> ((target text, probability), ...), the probabilities sum to 1
    tokenizer: gives each text its pieces (decode_source, encode_target, target_size)
    """

    def __init__(
        self, translations: Callable[[str], Sequence[tuple[str, float]]], tokenizer: object
    ) -> None:
        super().__init__()
        self.translations, self.tokenizer = translations, tokenizer
        self.target_size = tokenizer.target_size
        self.tree = lru_cache(maxsize=50_000)(self._tree)

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        """See `Seq2Seq.__call__`; log p*, -inf for a piece that cannot follow.

        After eos, and after a pad, the row is all zeros: nothing is asked there.
        Raises RecipeError for a prefix that begins no translation.
        """
        B, T = prefix.shape
        asked, nodes = [], []  # (b, t) where a piece may follow, and the prefix's node there
        for b, node in enumerate(self.start(source, source_mask).nodes):
            for t, piece in enumerate(prefix[b].tolist()):
                if t and piece in (IDS.eos, IDS.pad):
                    break
                node = node if t == 0 else _follow(node, piece)
                asked.append(b * T + t)
                nodes.append(node)
        logits = torch.zeros(B * T, self.target_size)
        logits[asked] = self._log_probs(nodes)
        return logits.view(B, T, -1)

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """Logits only: a grammar has no hidden states."""
        return Trace(self(source, source_mask, prefix))

    def start(self, source: Tensor, source_mask: Tensor) -> ExactState:
        """See `Seq2Seq.start`."""
        sentences = zip(source.tolist(), source_mask.sum(1).tolist(), strict=True)
        return ExactState(tuple(self.tree(tuple(ids[:n])) for ids, n in sentences))

    def step(self, tokens: Tensor, state: ExactState) -> tuple[Tensor, ExactState]:
        """See `Seq2Seq.step`; after eos or off the grammar every piece is -inf."""
        nodes = [
            node if piece == IDS.bos else node.after.get(piece, Node())
            for node, piece in zip(state.nodes, tokens.tolist(), strict=True)
        ]
        return self._log_probs(nodes), ExactState(tuple(nodes))

    def _tree(self, source: tuple[int, ...]) -> Node:
        """The prefix tree of one source's translations."""
        found = self.translations(self.tokenizer.decode_source(source))
        root = Node()
        for ids, (_, p) in zip(
            self.tokenizer.encode_target([text for text, _ in found]), found, strict=True
        ):
            node = root
            node.mass += p
            for piece in ids:
                node = node.after.setdefault(piece, Node())
                node.mass += p
        return root

    def _log_probs(self, nodes: Sequence[Node]) -> Tensor:
        """log p* of what may follow each of N prefixes, [N, V]."""
        found = [
            (i, piece, n.mass) for i, node in enumerate(nodes) for piece, n in node.after.items()
        ]
        log_p = torch.full((len(nodes), self.target_size), NEVER)
        if found:
            row, piece, mass = map(torch.tensor, zip(*found, strict=True))
            whole = torch.zeros(len(nodes), dtype=torch.double).index_add_(0, row, mass.double())
            log_p[row, piece] = (mass.double() / whole[row]).log().float()
        return log_p


def _follow(node: Node, piece: int) -> Node:
    if piece not in node.after:
        raise RecipeError(
            f"piece {piece} begins no translation that the grammar knows, so the exact teacher has "
            "no distribution there. Train on text without noise, or use a trained teacher."
        )
    return node.after[piece]
