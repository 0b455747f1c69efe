"""Datastores: what they hold, who is nearest, what faiss finds, the position that finds itself."""

import os
import sys
from pathlib import Path
from types import ModuleType

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from kdlab.batching import Encoded, by_length
from kdlab.distill import datastore
from kdlab.errors import CheckpointError, RecipeError, ShapeError
from kdlab.losses import knn_target
from kdlab.objectives import Datastore, FaissIndex, KnnKD, Lesson, nearest
from kdlab.objectives.positions import position_starts, positions

every_model = pytest.mark.parametrize("config", tiny.CONFIGS.values(), ids=tiny.CONFIGS)


@pytest.fixture(scope="module")
def faiss() -> ModuleType:
    """The optional package; without it the test is skipped."""
    try:
        import faiss
    except ImportError:
        reason = "faiss is not installed; pip install 'kdlab[faiss]'"
        if os.environ.get("KDLAB_NO_SKIP") == "1":
            pytest.fail(f"{reason}, and KDLAB_NO_SKIP=1 forbids the skip")
        pytest.skip(reason)
    return faiss


def points(n: int, H: int = 4, seed: int = 0) -> Tensor:
    """n random keys."""
    return torch.randn(n, H, generator=torch.Generator().manual_seed(seed))


def some_store(P: int = 40, V: int = 9) -> Datastore:
    """Random keys with random pieces."""
    draw = torch.Generator().manual_seed(1)
    return Datastore(points(P), torch.randint(3, V, (P,), generator=draw), V)


def taught(config: object = tiny.TRANSFORMER) -> tuple[nn.Module, Encoded]:
    """A model and the training set that it is to remember."""
    return tiny.translator(config).model, tiny.encoded(tiny.text().train)


def by_hand(keys: Tensor, queries: Tensor) -> Tensor:
    """All squared distances [N, P], without any trick."""
    return (queries[:, None] - keys[None]).pow(2).sum(-1)


@given(st.integers(1, 30), st.integers(1, 7), st.integers(1, 9), st.integers(1, 9), st.data())
@settings(max_examples=60, deadline=None)
def test_the_nearest_are_those_of_brute_force_in_blocks_of_any_size(
    P: int, N: int, n: int, p: int, data: st.DataObject
) -> None:
    keys, queries, k = points(P), points(N, seed=1), data.draw(st.integers(1, P))
    distances, rows = nearest(keys, queries, k, block=(n, p))
    every = by_hand(keys, queries)
    assert torch.allclose(distances, every.sort(-1).values[:, :k])
    assert torch.equal(distances, every.gather(-1, rows))


def test_a_key_is_at_no_distance_from_itself_however_large() -> None:
    keys = 1000 + points(50, H=64)
    distances, rows = nearest(keys, keys, 3)
    assert (distances[:, 0].any().item(), rows[:, 0].tolist()) == (False, list(range(50)))


def test_of_equal_keys_the_earlier_comes_first() -> None:
    _, rows = nearest(torch.ones(5, 2), torch.zeros(1, 2), 5)
    assert rows.tolist() == [[0, 1, 2, 3, 4]]


def test_no_more_distances_are_in_memory_than_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes, real = [], torch.addmm
    monkeypatch.setattr(
        torch, "addmm", lambda *args, **rest: sizes.append(x := real(*args, **rest)) or x
    )
    nearest(points(100), points(30, seed=1), 3, block=(8, 16))
    assert max(x.numel() for x in sizes) == 8 * 16
    assert len(sizes) == 4 * 7


@every_model
def test_keys_are_what_the_output_layer_reads_and_values_what_followed(config: object) -> None:
    model, data = taught(config)
    store = Datastore.of(model, data, batch_tokens=100)
    first = 0
    for i in (0, 1, 2):
        batch = data.batch([i])
        with torch.no_grad():
            logits = model(batch.source, batch.source_mask, batch.prefix)[0]  # [T, V]
        own = slice(first, first := first + len(logits))
        assert torch.allclose(model.generator(store.keys[own]), logits, atol=1e-5)
        assert store.values[own].tolist() == data.target[i]
    assert store.size == sum(map(len, data.target))


def test_a_store_is_made_without_dropout_and_leaves_the_model_as_it_was() -> None:
    model, data = taught()
    model.train()
    first, second = Datastore.of(model, data), Datastore.of(model, data)
    assert torch.equal(first.keys, second.keys)
    assert model.training and not first.keys.requires_grad


def test_positions_of_a_batch_are_those_of_its_pieces_in_the_whole_set() -> None:
    data = taught()[1]
    every = torch.tensor([piece for target in data.target for piece in target])
    for rows in by_length([len(t) for t in data.target], 60):
        batch = data.batch(rows)
        place = positions(position_starts(data.target), batch)
        assert torch.equal(every[place][batch.mask], batch.target[batch.mask])
        assert not place[~batch.mask].any()


def test_positions_of_other_data_are_refused_with_both_lengths() -> None:
    batch = Encoded([[4, 2]], [[4, 4, 2]]).batch([0])
    with pytest.raises(ShapeError, match="sentence 0 has 3 target pieces but .* holds 2; make"):
        positions(position_starts([[4, 2]]), batch)


def test_a_distribution_is_the_target_of_the_nearest() -> None:
    store, features = some_store(), points(6, seed=2).view(2, 3, 4)
    distances, rows = by_hand(store.keys, features.view(6, 4)).sort(-1)
    expected = knn_target(store.values[rows[:, :5]], distances[:, :5], 9, 2.0).view(2, 3, 9)
    assert torch.allclose(store.distribution(features, 5, 2.0), expected, atol=1e-6)


@pytest.mark.parametrize("k", [1, 5, 39])
def test_leaving_one_out_gives_the_nearest_of_the_others(k: int) -> None:
    store = some_store()
    distances, tokens = store.neighbours(k, leave_one_out=True)
    every = by_hand(store.keys, store.keys).fill_diagonal_(torch.inf)
    best = every.sort(-1)
    assert torch.allclose(distances, best.values[:, :k])
    assert torch.equal(tokens, store.values[best.indices[:, :k]].int())


def test_with_itself_a_position_is_its_own_first_neighbour() -> None:
    store = some_store()
    distances, tokens = store.neighbours(40, leave_one_out=False)
    assert distances.shape == tokens.shape == (40, 40)
    assert not distances[:, 0].any()
    assert torch.equal(tokens[:, 0], store.values.int())


def test_a_position_with_many_doubles_leaves_only_itself_out() -> None:
    store = Datastore(torch.ones(6, 2), torch.tensor([3, 3, 3, 3, 3, 4]), 5)
    _, tokens = store.neighbours(5, leave_one_out=True)
    assert (tokens == 4).sum(-1).tolist() == [1, 1, 1, 1, 1, 0]


class Short:
    """Finds one key, the query itself; its other places are left empty, as faiss leaves them."""

    def __init__(self, keys: Tensor) -> None:
        self.keys, (self.size, self.width) = keys, keys.shape

    def search(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        distances, rows = nearest(self.keys, queries, k)
        distances[:, 1:], rows[:, 1:] = torch.inf, 0
        return distances, rows


def test_a_position_that_finds_nobody_else_does_not_keep_its_own_gold_piece() -> None:
    store = some_store()
    store = store.searched_by(Short(store.keys))
    with pytest.raises(RecipeError, match="no neighbour for 40 of 40 queries"):
        store.neighbours(3, leave_one_out=True)


def test_the_first_position_is_left_out_where_an_index_finds_too_few() -> None:
    store = some_store()
    few = Short(store.keys)

    def search(queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        distances, rows = nearest(store.keys, queries, k)
        distances[:, 2:], rows[:, 2:] = torch.inf, 0  # itself, another, and empty places
        return distances, rows

    few.search = search
    distances, tokens = store.searched_by(few).neighbours(3, leave_one_out=True)
    exact, pieces = store.neighbours(1, leave_one_out=True)
    assert distances.isfinite().sum(-1).tolist() == [1] * 40
    assert torch.equal(distances[:, 0], exact[:, 0])
    assert torch.equal(tokens[:, 0], pieces[:, 0])


def test_empty_places_do_not_pass_for_the_first_key_found_again() -> None:
    class Nobody(Short):
        def search(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
            shape = len(queries), k
            return torch.full(shape, torch.inf), torch.zeros(shape, dtype=torch.long)

    one = Datastore(points(1), torch.tensor([3]), 9)
    with pytest.raises(RecipeError, match="the index finds 0 of 1 keys"):
        one.searched_by(Nobody(one.keys))


@pytest.mark.parametrize("mean", [0, 3, 10, 100, 500, 1_000])
def test_the_nearest_are_found_however_far_the_keys_lie_from_the_origin(mean: int) -> None:
    keys, queries = mean + points(2_000, H=64), mean + points(100, H=64, seed=1)
    exact = by_hand(keys.double(), queries.double()).argsort(dim=-1, stable=True)[:, :4]
    found = nearest(keys, queries, 4)[1]
    assert torch.equal(found.sort(-1).values, exact.sort(-1).values)


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_query_that_is_no_number_is_refused(wrong: float) -> None:
    queries = points(3)
    queries[1, 2] = wrong
    with pytest.raises(RecipeError, match="query 1 of 3 holds nan or inf"):
        some_store().distribution(queries, 2, 1.0)
    with pytest.raises(RecipeError, match="query 1 of 3 holds nan or inf"):
        some_store().searched_by(Short(some_store().keys)).search(queries, 2)


def test_a_key_that_is_no_number_is_refused() -> None:
    keys = points(4)
    keys[2, 0] = float("nan")
    with pytest.raises(RecipeError, match="key 2 of 4 holds nan or inf"):
        Datastore(keys, torch.tensor([1, 2, 3, 3]), 9)


def test_with_itself_in_the_store_a_position_is_told_its_own_gold_piece() -> None:
    """The trap of kNN-KD: the first neighbour is the query, at distance 0."""
    store = Datastore.of(*taught())
    told = {}
    for alone in (False, True):
        distances, tokens = store.neighbours(8, leave_one_out=alone)
        best = knn_target(tokens, distances, store.target_size, distances.median().item())
        told[alone] = (best.argmax(-1) == store.values).float().mean().item()
    assert not store.neighbours(8, leave_one_out=False)[0][:, 0].any()
    assert told[False] > told[True] + 0.2


def test_faiss_flat_finds_what_the_exact_search_finds(faiss: ModuleType) -> None:
    keys, queries = points(500, H=16), points(40, H=16, seed=1)
    exact, flat = nearest(keys, queries, 10), FaissIndex.flat(keys).search(queries, 10)
    assert torch.equal(flat[1], exact[1])
    assert torch.allclose(flat[0], exact[0], atol=1e-4)


def test_an_inverted_file_with_every_list_probed_is_exact(faiss: ModuleType) -> None:
    keys, queries = points(500, H=16), points(40, H=16, seed=1)
    index = FaissIndex.ivf(keys)
    assert index.index.nlist == 12  # 39 keys to each
    assert torch.equal(index.search(queries, 10)[1], nearest(keys, queries, 10)[1])


def test_an_inverted_file_with_one_list_probed_misses_some(faiss: ModuleType) -> None:
    keys, queries = points(500, H=16), points(40, H=16, seed=1)
    far, _ = FaissIndex.ivf(keys, probe=1).search(queries, 10)
    near, _ = nearest(keys, queries, 10)
    assert (far >= near - 1e-4).all()
    assert far.sum() > near.sum() + 1


def test_places_that_an_inverted_file_leaves_empty_weigh_nothing(faiss: ModuleType) -> None:
    keys = points(390, H=2)
    index = FaissIndex.ivf(keys, probe=1)
    distances, rows = index.search(keys, 390)
    assert torch.isinf(distances[:, -1]).all() and not rows[:, -1].any()
    store = Datastore(keys, torch.full((390,), 3), 5, index)
    assert torch.allclose(store.distribution(keys, 390, 1.0)[:, 3], torch.ones(390))


def test_a_store_searched_by_faiss_gives_the_same_distribution(faiss: ModuleType) -> None:
    store, features = some_store(), points(6, seed=2)
    other = store.searched_by(FaissIndex.flat(store.keys))
    exact, approximate = (each.distribution(features, 5, 2.0) for each in (store, other))
    assert torch.allclose(exact, approximate, atol=1e-5)


def test_knn_kd_with_every_list_probed_has_the_exact_targets(faiss: ModuleType) -> None:
    model, data = taught()
    lesson, batch = Lesson(model, data, 1, teacher=model), data.batch(range(9))
    exact, ivf = (KnnKD(k=4, index=name).prepare(lesson) for name in ("exact", "ivf"))
    assert torch.allclose(exact.targets(batch), ivf.targets(batch), atol=1e-4)


def test_an_untrained_faiss_index_is_refused(faiss: ModuleType) -> None:
    untrained = faiss.index_factory(4, "IVF2,Flat")
    with pytest.raises(RecipeError, match=r"IndexIVFFlat\) is not trained; call its train"):
        FaissIndex(untrained)


def test_a_faiss_index_of_inner_products_is_refused(faiss: ModuleType) -> None:
    with pytest.raises(RecipeError, match=r"IndexFlatIP\) has metric 0; expected METRIC_L2"):
        FaissIndex(faiss.IndexFlatIP(4))


@pytest.mark.parametrize("shape", [(39, 4), (40, 5)], ids=["size", "width"])
def test_an_index_of_other_keys_is_refused(faiss: ModuleType, shape: tuple[int, int]) -> None:
    shown = f"index holds {shape[0]} keys of width {shape[1]}; the store has 40 of width 4"
    with pytest.raises(ShapeError, match=shown):
        some_store().searched_by(FaissIndex.flat(points(*shape)))


def test_an_index_of_another_teachers_keys_is_refused_though_its_size_is_right(
    faiss: ModuleType,
) -> None:
    store = some_store()
    with pytest.raises(RecipeError, match=r"finds . of 20 keys of this store: it was built"):
        store.searched_by(FaissIndex.flat(points(40, seed=7)))


def test_faiss_checks_a_query_as_the_exact_search_does(faiss: ModuleType) -> None:
    with pytest.raises(RecipeError, match="k is 41; expected 1 to 40"):
        FaissIndex.flat(points(40)).search(points(2), 41)


def test_without_faiss_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(RecipeError, match=r"needs faiss, .* pip install 'kdlab\[faiss\]'"):
        FaissIndex.flat(points(40))


class Blind:
    """An index that finds nothing for one query."""

    size, width = 40, 4

    def search(self, queries: Tensor, k: int) -> tuple[Tensor, Tensor]:
        distances, rows = nearest(points(40), queries, k)
        distances[0] = torch.inf
        return distances, rows


def test_a_query_without_any_neighbour_is_an_error_not_nan() -> None:
    store = some_store().searched_by(Blind())
    with pytest.raises(RecipeError, match="no neighbour for 1 of 3 queries; raise its probe"):
        store.distribution(points(3), 2, 1.0)
    with pytest.raises(RecipeError, match="no neighbour for 1 of 40 queries"):
        store.neighbours(2, leave_one_out=False)


@pytest.mark.parametrize("k", [0, 41])
def test_more_neighbours_than_keys_are_refused(k: int) -> None:
    with pytest.raises(RecipeError, match=f"k is {k}; expected 1 to 40, the number of keys"):
        some_store().search(points(2), k)
    with pytest.raises(
        RecipeError, match=f"k is {k}; expected 1 to 40, the positions in the store."
    ):
        some_store().neighbours(k, leave_one_out=False)


def test_all_keys_are_too_many_when_one_is_left_out() -> None:
    with pytest.raises(RecipeError, match="k is 40; expected 1 to 39, .* its own left out"):
        some_store().neighbours(40, leave_one_out=True)


def test_a_query_of_another_width_is_refused() -> None:
    with pytest.raises(ShapeError, match=r"queries are \[2, 5\]; expected \[N, 4\]"):
        some_store().search(points(2, H=5), 1)


def test_keys_without_their_values_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"keys are \[4, 4\] and values \[3\]; expected \[P, H\]"):
        Datastore(points(4), torch.tensor([1, 2, 3]), 9)


def test_a_value_beyond_the_vocabulary_is_refused() -> None:
    with pytest.raises(RecipeError, match="values run from 1 to 9; expected pieces from 0 to 8"):
        Datastore(points(2), torch.tensor([1, 9]), 9)


def test_an_empty_training_set_is_refused() -> None:
    with pytest.raises(RecipeError, match="would hold 0 positions"):
        Datastore.of(taught()[0], Encoded([], []))


def test_a_teacher_without_hidden_states_is_refused() -> None:
    data = Encoded(
        tiny.tokenizer().encode_source([tiny.SOURCE_WORDS[1]]),
        tiny.tokenizer().encode_target([tiny.TARGET_WORDS[1]]),
    )
    with pytest.raises(RecipeError, match="ExactModel has no hidden states to remember"):
        Datastore.of(tiny.exact(), data)


def test_a_stored_datastore_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    teacher, data = tiny.translator(), tiny.encoded(tiny.text().dev)
    made = datastore(teacher, data, path=tmp_path / "d")
    monkeypatch.setattr(teacher.model, "trace", None)  # not asked again
    again = datastore(teacher, data, path=tmp_path / "d")
    assert tiny.same(made.state_dict(), again.state_dict())
    assert again.target_size == made.target_size


@pytest.mark.parametrize("change", ["teacher", "data"])
def test_a_stored_datastore_of_something_else_is_refused(tmp_path: Path, change: str) -> None:
    teacher, data = tiny.translator(), tiny.encoded(tiny.text().dev)
    datastore(teacher, data, path=tmp_path / "d")
    other = {
        "teacher": (tiny.translator(seed=1), data),
        "data": (teacher, tiny.encoded(tiny.text().train)),
    }[change]
    with pytest.raises(CheckpointError, match="d was made of .* expected .*"):
        datastore(*other, path=tmp_path / "d")


def test_a_damaged_datastore_is_refused(tmp_path: Path) -> None:
    (tmp_path / "d").write_bytes(b"\x00" * 20)
    with pytest.raises(CheckpointError, match="d is not a whole checkpoint"):
        datastore(tiny.translator(), tiny.encoded(tiny.text().dev), path=tmp_path / "d")


def test_a_position_is_its_own_nearest_neighbour_and_can_be_left_out() -> None:
    store = Datastore(torch.tensor([[0.0], [1.0], [3.0], [7.0]]), torch.tensor([5, 4, 3, 2]), 6)
    place = torch.tensor([0, 3])
    distances, pieces = store.neighbours(2, leave_one_out=False, place=place)
    assert pieces.tolist() == [[5, 4], [2, 3]]
    assert distances.tolist() == [[0, 1], [0, 16]]
    distances, pieces = store.neighbours(2, leave_one_out=True, place=place)
    assert pieces.tolist() == [[4, 3], [3, 4]]
    assert distances.tolist() == [[1, 9], [16, 36]]
