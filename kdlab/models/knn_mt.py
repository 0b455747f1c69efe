"""kNN-MT: at every step the model's distribution is mixed with what followed in similar contexts.

Source: Khandelwal et al. (2021). Search drives it like any other model.
"""

from dataclasses import replace
from typing import Protocol

import torch
from torch import Tensor, nn

from kdlab.errors import RecipeError
from kdlab.models.protocol import Network, State, Trace, sayable
from kdlab.ranges import in_range, one_to, positive


class Memory(Protocol):
    """What is asked of a datastore (`distill.datastore`): P keys of width H, V target pieces."""

    size: int
    width: int
    target_size: int

    def distribution(self, features: Tensor, k: int, temperature: float) -> Tensor:
        """p_kNN [..., V] after contexts whose features are [..., H]."""


class KnnMT(nn.Module):
    r"""See `Seq2Seq`; says $\lambda\,p_{kNN} + (1 - \lambda)\,p_{model}$, with a search a step.

    model: a trained network     store: the memory of a training set made with that model
    k: neighbours, 8; mix: lambda, 0.3; temperature: tau, 100 in squared distances, which grow with
    the model's width. The three are those of Yang et al. (2022) for kNN-MT on IWSLT14 De-En, whose
    keys are 512 wide; their key, what feeds the output layer, is also used here, where Khandelwal
    et al. take the input of the last feed-forward layer.
    Raises RecipeError if a number is out of range, or if model and store do not belong together.
    """

    def __init__(
        self, model: Network, store: Memory, k: int = 8, mix: float = 0.3,
        temperature: float = 100.0,
    ) -> None:  # fmt: skip
        super().__init__()
        _check_pair(model, store)
        one_to("k", k, store.size, "the positions in the store")
        in_range("mix", mix, 0, 1)
        positive("temperature", temperature)
        self.model, self.store, self.target_size = model, store, model.target_size
        self.k, self.mix, self.temperature = k, mix, temperature
        # In the state_dict, so that two of them with the same weights differ in a Translator's key.
        numbers = torch.tensor([k, mix, temperature], dtype=torch.double)
        self.register_buffer("numbers", numbers)
        search = list(str(getattr(store, "index", None) or "").encode())
        self.register_buffer("search", torch.tensor(search, dtype=torch.uint8))
        self.train(model.training)  # or the teacher's dropout would come on with ours

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        """See `Seq2Seq.__call__`; log p, so that their softmax is p itself."""
        return self.trace(source, source_mask, prefix).logits

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """See `Seq2Seq.trace`; attention and hidden states are the model's."""
        trace = self.model.trace(source, source_mask, prefix)
        log_p = trace.logits.log_softmax(-1)  # [B, T, V]
        return replace(trace, logits=self.mixed(trace.decoder[-1], log_p))

    def start(self, source: Tensor, source_mask: Tensor) -> State:
        """See `Seq2Seq.start`."""
        return self.model.start(source, source_mask)

    def step(self, tokens: Tensor, state: State) -> tuple[Tensor, State]:
        """See `Seq2Seq.step`."""
        features, state = self.model.features(tokens, state)  # [N, H]
        return self.mixed(features, sayable(self.model.generator(features))), state

    def mixed(self, features: Tensor, log_p: Tensor) -> Tensor:
        """log of the mixture [..., V]; at mix = 0 log_p itself, bit for bit.

        features: [..., H], what the output layer read     log_p: [..., V], what it said
        """
        p_knn = self.store.distribution(features, self.k, self.temperature).to(log_p)  # [..., V]
        weight = log_p.new_tensor([self.mix, 1 - self.mix]).log()  # log 0 = -inf
        return torch.logaddexp(p_knn.log() + weight[0], log_p + weight[1])


def _check_pair(model: Network, store: Memory) -> None:
    if not hasattr(model, "features"):
        raise RecipeError(
            f"{type(model).__name__} has no hidden states to search with; kNN-MT needs a trained "
            "network."
        )
    found = store.width, store.target_size
    expected = model.generator.in_features, model.target_size
    if found != expected:
        raise RecipeError(
            f"the store has keys of width {found[0]} and {found[1]} target pieces; the model's are "
            f"{expected[0]} and {expected[1]}. Make the store with this very model."
        )
