"""Which stored keys are nearest to a query: exactly, in torch, or by faiss, behind one call.

Everywhere here a distance is a squared L2 distance, as faiss gives it: no root is taken.
"""

from typing import Protocol

import torch
from torch import Tensor

from kdlab.best import best
from kdlab.errors import RecipeError, ShapeError
from kdlab.ranges import one_to


class Index(Protocol):
    """size: P, the number of keys     width: H, what each of them has"""

    size: int
    width: int

    def search(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """The k nearest keys of each query [N, H], nearest first: distances and rows, [N, k].

        Distance inf and row 0 where an approximate index finds fewer. Raises as `check_query`.
        """


def nearest(
    keys: Tensor, queries: Tensor, k: int, *, block: tuple[int, int] = (256, 32_768)
) -> tuple[Tensor, Tensor]:
    """The k nearest keys of each query by comparing with all: distances and rows, [N, k].

    keys: [P, H], queries: [N, H] float, on one device     k: 1 to P
    block: how many queries and keys are compared at once; memory is that many numbers, not N P
    Of equally near ones the earlier is given. The cost is N P H multiplications.
    Raises as `check_query`.
    """
    check_query(queries, k, *keys.shape)
    centre = _centre(keys)  # [H]
    around = keys if centre is None else keys - centre  # [P, H]
    norms = around.pow(2).sum(-1)  # [P]
    distances, rows = [], []
    for some in queries.split(block[0]):
        query = some if centre is None else some - centre  # [n, H]
        # -||q - x||^2 without -||q||^2, which does not change the order.
        found = [
            _largest(torch.addmm(norm, query, part.t(), beta=-1, alpha=2), k, start * block[1])
            for start, (norm, part) in enumerate(
                zip(norms.split(block[1]), around.split(block[1]), strict=True)
            )
        ]
        value, row = (torch.cat(each, -1) for each in zip(*found, strict=True))  # [n, blocks * k]
        row = row.gather(-1, best(value, k)[1]).sort(-1).values  # [n, k]
        # Once more from the keys themselves: the sum above is a small difference of large numbers.
        exact = (keys[row] - some[:, None]).pow(2).sum(-1)  # [n, k]
        exact, order = exact.sort(dim=-1, stable=True)
        distances.append(exact)
        rows.append(row.gather(-1, order))
    return torch.cat(distances), torch.cat(rows)


def _centre(keys: Tensor) -> Tensor | None:
    """The mean [H] of keys that lie far from the origin beside their spread; None: they do not.

    Distances are the same around any point, but their expansion is of numbers as large as the keys:
    where a mean is 500 times the spread, rounding hides one neighbour of three.
    """
    some = keys[:: max(1, len(keys) // 256)]  # enough for a mean
    mean = some.mean(0)
    spread = (some - mean).pow(2).sum(-1).mean()
    return mean if mean.pow(2).sum() > 16 * spread else None


def _largest(values: Tensor, k: int, start: int) -> tuple[Tensor, Tensor]:
    """Up to k largest of values [n, p] and their places, counted from `start`; [n, k] each."""
    value, place = best(values, min(k, values.size(-1)))
    return value, place + start


def check_query(queries: Tensor, k: int, size: int, width: int) -> None:
    """Raise ShapeError unless queries are [N, width], RecipeError unless k is from 1 to size.

    RecipeError also for a query with nan or inf: nothing is near it, and no distribution comes out.
    """
    if queries.dim() != 2 or queries.size(-1) != width:
        raise ShapeError(
            f"queries are {list(queries.shape)}; expected [N, {width}], the width of the keys. Ask "
            "with features of the model that the store was made with."
        )
    one_to("k", k, size, "the number of keys in the store")
    if len(wrong := (~queries.isfinite().all(-1)).nonzero()):
        raise RecipeError(
            f"query {int(wrong[0])} of {len(queries)} holds nan or inf. Look for them in the "
            "weights of the model that made it: did its training diverge?"
        )


class FaissIndex:
    """A faiss index as an `Index`; faiss is the optional extra kdlab[faiss].

    Its macOS wheels may crash beside torch's, since both bring an OpenMP; `nearest` needs neither.
    index: a trained index of L2 distances with the keys added to it, in their order
    Raises RecipeError if it is not trained or measures something else.
    """

    def __init__(self, index: object) -> None:
        name = type(index).__name__
        if not index.is_trained:
            raise RecipeError(
                f"the faiss index ({name}) is not trained; call its train(keys), then add(keys)."
            )
        if index.metric_type != _faiss().METRIC_L2:
            raise RecipeError(
                f"the faiss index ({name}) has metric {index.metric_type}; expected METRIC_L2, "
                "since the temperature is in squared distances."
            )
        self.index, self.size, self.width = index, index.ntotal, index.d

    def __repr__(self) -> str:
        """What decides which keys are compared: two of one name find the same."""
        lists, probe = (getattr(self.index, name, 0) for name in ("nlist", "nprobe"))
        return f"FaissIndex({type(self.index).__name__}, {lists} lists, {probe} probed)"

    @classmethod
    def flat(cls, keys: Tensor) -> "FaissIndex":
        """Every key compared: what `nearest` finds, to rounding. keys: [P, H]."""
        return cls._filled("Flat", keys)

    @classmethod
    def ivf(cls, keys: Tensor, centroids: int = 4096, probe: int = 32) -> "FaissIndex":
        """Only the keys around the `probe` centroids that are nearest to a query are compared.

        keys: [P, H]     centroids: fewer where there would be under 39 keys to each, the least
        that faiss trains on without a warning; both numbers are the published kNN-KD code's
        """
        index = cls._filled(f"IVF{max(1, min(centroids, len(keys) // 39))},Flat", keys)
        index.index.nprobe = probe
        return index

    @classmethod
    def _filled(cls, kind: str, keys: Tensor) -> "FaissIndex":
        index = _faiss().index_factory(keys.size(-1), kind)
        rows = keys.detach().float().cpu().contiguous().numpy()
        index.train(rows)
        index.add(rows)
        return cls(index)

    def search(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        """See `Index.search`."""
        check_query(queries, k, self.size, self.width)
        found = self.index.search(queries.detach().float().cpu().contiguous().numpy(), k)
        distances, rows = (torch.from_numpy(x).to(queries.device) for x in found)  # [N, k]
        absent = rows < 0
        return distances.clamp(min=0).masked_fill(absent, torch.inf), rows.masked_fill(absent, 0)


def _faiss() -> object:
    try:
        import faiss
    except ImportError as error:
        raise RecipeError(
            "this search needs faiss, which is not installed: pip install 'kdlab[faiss]'; or use "
            "the exact search, which needs nothing."
        ) from error
    return faiss
