"""A model's memory of a training set: for every target position a context and what followed it.

It lies here, above losses, models and batching, because it needs all three: kNN-KD takes its
targets from it, kNN-MT (`models.KnnMT`) asks it at every step, `distill.datastore` keeps it on
disk.
"""

import torch
from torch import Tensor, nn

from kdlab.batching import Encoded, by_length
from kdlab.errors import RecipeError, ShapeError
from kdlab.losses.knn import knn_target
from kdlab.models.evaluating import evaluating
from kdlab.objectives.neighbours import Index, check_query, nearest
from kdlab.objectives.positions import position_starts, positions
from kdlab.progress import counted
from kdlab.ranges import one_to


class Datastore(nn.Module):
    """P keys, what a model's output layer reads at a position, and values, the gold pieces there.

    keys: [P, H] float     values: [P] int     target_size: V     index: what searches the keys;
    None: `nearest`, exactly
    Keys and values are buffers: they move and are saved with the module that holds the store.
    Raises ShapeError if keys, values and index are not of one size, RecipeError if there are none,
    if a value is not below V, or if the index finds other keys than these.
    Source: Khandelwal et al. (2021); the choice of key is that of Yang et al. (2022), whose code
    stores the features that feed the output projection.
    """

    def __init__(
        self, keys: Tensor, values: Tensor, target_size: int, index: Index | None = None
    ) -> None:
        super().__init__()
        _check_sizes(keys, values, target_size, index)
        self.register_buffer("keys", keys.detach())
        self.register_buffer("values", values.detach())
        self.target_size, self.index = target_size, index

    @classmethod
    def of(cls, model: nn.Module, data: Encoded, batch_tokens: int = 4000) -> "Datastore":
        """What a trained model computes on `data` under teacher forcing, positions in their order.

        Key: `trace(…).decoder[-1]`, which for an LSTM is h~ and for the pre-norm Transformer the
        last layer's output after the final norm. The store lies where the model's weights are.
        Raises RecipeError if the model has no hidden states (the exact teacher) or data are empty.
        """
        starts = position_starts(data.target)
        values = torch.tensor([piece for target in data.target for piece in target])
        keys, batches = torch.empty(0), by_length([len(t) for t in data.target], batch_tokens)
        with evaluating(model) as device:
            for rows in counted(batches, "remembering", "part"):
                batch = data.batch(rows).to(device)
                states = model.trace(batch.source, batch.source_mask, batch.prefix).decoder
                if not states:
                    raise RecipeError(
                        f"{type(model).__name__} has no hidden states to remember; nearest "
                        "neighbours need a trained teacher."
                    )
                if not len(keys):
                    keys = states[-1].new_empty(len(values), states[-1].size(-1))  # [P, H]
                where = positions(starts, batch)[batch.mask.cpu()]
                keys[where.to(device)] = states[-1][batch.mask]
            return cls(keys, values.to(device), model.target_size)

    @property
    def size(self) -> int:
        """P, the number of positions."""
        return len(self.keys)

    @property
    def width(self) -> int:
        """H, the width of a key."""
        return self.keys.size(-1)

    def searched_by(self, index: Index) -> "Datastore":
        """The same store with another search; raises as above if `index` is not of these keys."""
        return Datastore(self.keys, self.values, self.target_size, index)

    @torch.no_grad()
    def search(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """See `Index.search`: ShapeError for another width, RecipeError for k above P or a nan."""
        queries = queries.to(self.keys)  # its device and dtype
        if self.index is None:
            return nearest(self.keys, queries, k)
        check_query(queries, k, self.size, self.width)  # an index of one's own may not
        return self.index.search(queries, k)

    def distribution(self, features: Tensor, k: int, temperature: float) -> Tensor:
        """p_kNN [..., V] of the piece after contexts whose features are [..., H]; no gradient."""
        distances, rows = self.search(features.detach().flatten(0, -2), k)  # [N, k]
        _check_found(distances)
        p_knn = knn_target(self.values[rows], distances, self.target_size, temperature)  # [N, V]
        return p_knn.view(*features.shape[:-1], -1)

    def neighbours(
        self, k: int, *, leave_one_out: bool, place: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Stored positions' own k neighbours: distances [Q, k] and pieces [Q, k] int32.

        place: [Q] int, of which positions; None = of all P
        leave_one_out: without the position itself, which else is its own nearest neighbour and
        whispers the gold piece. Raises RecipeError if there are not k others.
        """
        others = self.size - leave_one_out
        own = ", its own left out" if leave_one_out else ""
        one_to("k", k, others, f"the positions in the store{own}")
        queries = self.keys if place is None else self.keys[place]  # [Q, H]
        distances, rows = self.search(queries, k + leave_one_out)  # [Q, k or k + 1]
        if leave_one_out:
            itself = torch.arange(self.size) if place is None else place  # [Q]
            # A place that an index left empty says row 0 too; it is nobody's own.
            own = (rows == itself.to(rows)[:, None]) & distances.isfinite()  # [Q, k + 1]
            others_first = own.byte().argsort(dim=-1, stable=True)[:, :k]  # [Q, k]
            distances, rows = (x.gather(-1, others_first) for x in (distances, rows))  # [Q, k]
        _check_found(distances)
        return distances, self.values[rows].int()


def _check_sizes(keys: Tensor, values: Tensor, V: int, index: Index | None) -> None:
    if not len(values):
        raise RecipeError("The datastore would hold 0 positions; give it some training data.")
    if keys.dim() != 2 or values.shape != keys.shape[:1]:
        raise ShapeError(
            f"keys are {list(keys.shape)} and values {list(values.shape)}; expected [P, H] and [P]."
        )
    if len(wrong := (~keys.isfinite().all(-1)).nonzero()):
        raise RecipeError(
            f"key {int(wrong[0])} of {len(keys)} holds nan or inf. Look for them in the weights "
            "of the model that made it: did its training diverge?"
        )
    if not 0 <= int(values.min()) <= int(values.max()) < V:
        raise RecipeError(
            f"values run from {int(values.min())} to {int(values.max())}; expected pieces from 0 "
            f"to {V - 1}, below the target vocabulary."
        )
    if index is not None and (index.size, index.width) != tuple(keys.shape):
        raise ShapeError(
            f"the index holds {index.size} keys of width {index.width}; the store has "
            f"{len(keys)} of width {keys.size(1)}. Build the index from this store's keys."
        )
    if index is not None:
        _check_found_again(keys, index)


def _check_found_again(keys: Tensor, index: Index) -> None:
    """An index of another teacher's keys has the same size; but these keys are not in it."""
    some = keys[:: max(1, len(keys) // 16)]
    distances, rows = (x[:, 0].to(keys.device) for x in index.search(some, 1))  # [N]
    found = int(((keys[rows] == some).all(-1) & distances.isfinite()).sum())
    if 2 * found < len(some):  # an approximate index may miss a few
        raise RecipeError(
            f"the index finds {found} of {len(some)} keys of this store: it was built from others, "
            "such as another teacher's. Build the index from this store's keys."
        )


def _check_found(distances: Tensor) -> None:
    """An approximate index may find nothing near a query; no distribution comes from that."""
    lost = int(distances.isinf().all(-1).sum())
    if lost:
        raise RecipeError(
            f"the index finds no neighbour for {lost} of {len(distances)} queries; raise its "
            "probe, or use the exact search."
        )
