"""Ties: of equal ones the lowest id, wherever something best is looked for."""

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from kdlab.batching import Encoded
from kdlab.best import best
from kdlab.distill.cached import cache_top_k
from kdlab.losses import Surgery, ranking_kd, soft_target
from kdlab.losses.ranking import hierarchical_ranking
from kdlab.metrics import mode_hit, top1_agreement
from kdlab.objectives import nearest
from kdlab.search import beam_search, greedy
from kdlab.special_ids import IDS

Q = torch.tensor([[[0.3, 0.3, 0.2, 0.1, 0.1]]])  # [1, 1, V], two pieces are best
REAL = torch.tensor([[True]])


@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.data())
@settings(max_examples=100, deadline=None)
def test_the_best_are_those_of_a_stable_sort(numbers: list[int], data: st.DataObject) -> None:
    k = data.draw(st.integers(1, len(numbers)))
    values, places = best(torch.tensor([numbers, numbers[::-1]], dtype=torch.float), k)
    for row, value, place in zip((numbers, numbers[::-1]), values, places, strict=True):
        assert place.tolist() == sorted(range(len(row)), key=lambda i: -row[i])[:k]
        assert value.tolist() == [row[i] for i in place]


@given(st.integers(0, 10**6), st.integers(1, 40))
@settings(max_examples=50, deadline=None)
def test_without_ties_the_best_are_topks_bit_for_bit(seed: int, k: int) -> None:
    draw = torch.Generator().manual_seed(seed)
    x = torch.stack([torch.randperm(40, generator=draw) for _ in range(3)]) / 7
    assert torch.equal(best(x, k)[0], x.topk(k).values)
    assert torch.equal(best(x, k)[1], x.topk(k).indices)


def test_a_row_without_ties_beside_one_with_ties_is_left_alone() -> None:
    values, places = best(torch.tensor([[0.1, 0.4, 0.2], [0.2, 0.2, 0.2]]), 2)
    assert places.tolist() == [[1, 2], [0, 1]]


def test_the_correlation_is_taken_from_around_the_piece_that_argmax_names() -> None:
    kept = soft_target(Q, torch.tensor([[0]]), REAL, "without_correlation")
    assert kept[0, 0].tolist() == pytest.approx([0.3, 0, 0, 0, 0])


def test_where_the_teacher_agrees_the_loss_teaches_the_piece_it_agrees_on() -> None:
    # A student sure of piece 0, which is the gold and, of two equally good ones, the teacher's.
    student = torch.tensor([[[5.0, 0.0, 0.0, 0.0, 0.0]]])
    loss = Surgery("without_correlation", alpha=1.0, where="agree")
    nll = -student.log_softmax(-1)[0, 0, 0]
    found = loss(student, Q.log(), torch.tensor([[0]]), REAL)
    assert found.item() == pytest.approx(0.3 * nll.item(), abs=1e-6)  # 0.008, not 1.508


def test_the_k_best_of_a_tie_are_the_lowest_ids() -> None:
    q = torch.tensor([[[0.1, 0.3, 0.1, 0.4, 0.1]]])
    kept = soft_target(q, torch.tensor([[0]]), REAL, "top_k", k=3)
    assert kept[0, 0].nonzero().flatten().tolist() == [0, 1, 3]


def test_the_ranking_looks_up_to_the_lowest_of_two_best_pieces() -> None:
    p = torch.tensor([[[0.5, 0.2, 0.1, 0.1, 0.1]]])  # above piece 0, the teacher's best, is nothing
    top1, _ = hierarchical_ranking(p, Q, k=1)
    assert top1.item() == 0.0


def test_two_equally_good_pieces_have_no_order_to_be_wrong() -> None:
    p = torch.tensor([[[0.1, 0.6, 0.1, 0.1, 0.1]]])
    _, within = hierarchical_ranking(p, Q, k=2)
    assert within.item() == 0.0


def test_agreement_and_the_loss_name_the_same_top_piece() -> None:
    loss = ranking_kd(Q.log(), Q.log(), torch.tensor([[0]]), REAL, alpha=1.0, k=2)
    agreed = top1_agreement(Q.log(), Q.log(), torch.tensor([[0]]), REAL)
    assert loss.item() == pytest.approx(0.0, abs=1e-6)
    assert (agreed.overall, agreed.teacher_is_gold) == (1.0, 1.0)


class Even:
    """After every prefix the pieces `said` are equally likely, eos may follow, no other can."""

    def __init__(self, V: int, said: tuple[int, ...]) -> None:
        self.log_p = torch.full((V,), float("-inf"))
        self.log_p[IDS.eos] = -5.0
        self.log_p[list(said)] = -torch.tensor(float(len(said))).log()

    def step(self, tokens: Tensor, state: "Even") -> tuple[Tensor, "Even"]:
        return self.log_p.expand(len(tokens), -1).clone(), self

    def select(self, rows: Tensor) -> "Even":
        return self


@pytest.mark.parametrize("said", [(2, 3, 4), (3, 4, 5), (4, 3, 2)])
def test_a_beam_of_one_is_greedy_under_ties(said: tuple[int, ...]) -> None:
    even, limit = Even(6, said), torch.tensor([3])
    alone = greedy(even.step, even, limit).tokens
    assert beam_search(even.step, even, limit, 1).tokens.tolist() == alone.tolist()


def test_of_two_pieces_that_tie_the_lower_is_said_each_time() -> None:
    even, limit = Even(5, (3, 4)), torch.tensor([3])
    for found in (greedy(even.step, even, limit), beam_search(even.step, even, limit, 1)):
        assert found.tokens[0, 0].tolist() == [3, 3, IDS.eos]


@given(st.integers(0, 10**6), st.integers(1, 4))
@settings(max_examples=30, deadline=None)
def test_a_table_of_few_values_is_searched_alike_by_greedy_and_by_a_beam_of_one(
    seed: int, longest: int
) -> None:
    draw = torch.Generator().manual_seed(seed)
    log_p = torch.randint(-3, 0, (6, 6), generator=draw).float()  # unnormalised, full of ties
    log_p[:, [IDS.pad, IDS.bos]] = float("-inf")

    def step(tokens: Tensor, state: Even) -> tuple[Tensor, Even]:
        return log_p[tokens], state

    state, limit = Even(6, (2,)), torch.tensor([longest])
    one = beam_search(step, state, limit, 1)
    assert one.tokens.tolist() == greedy(step, state, limit).tokens.tolist()


def test_the_n_best_of_a_tie_are_in_the_order_of_their_pieces() -> None:
    even = Even(6, (2, 3, 4, 5))
    found = beam_search(even.step, even, torch.tensor([2]), 4).tokens[0].tolist()
    assert found == [[2, 0], [3, 2], [4, 2], [5, 2]]


@pytest.mark.parametrize("block", [(4, 3), (256, 32_768)])
def test_of_equally_near_keys_the_earliest_are_found(block: tuple[int, int]) -> None:
    keys = torch.tensor([[2.0, 0.0], [0.0, 2.0], [0.0, 0.0], [2.0, 0.0], [0.0, -2.0], [-2.0, 0.0]])
    assert nearest(keys, torch.zeros(1, 2), 3, block=block)[1].tolist() == [[2, 0, 1]]


class Flat(torch.nn.Module):
    """Every piece is as likely as any other."""

    target_size = tiny.tokenizer().target_size

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        return torch.zeros(*prefix.shape, self.target_size)


def test_the_stored_pieces_of_a_tie_are_the_lowest_ids() -> None:
    teacher = tiny.translator()
    flat = type(teacher)(Flat(), teacher.tokenizer, "flat")
    cached = cache_top_k(flat, Encoded([[2]], [[4, 2]]), 3)
    assert cached.pieces.tolist() == [[0, 1, 2], [0, 1, 2]]


class TwoModes:
    """p* of "x": .4, .4 and .2."""

    truth = {"we try": 0.4, "we do try": 0.4 - 1e-17, "try": 0.2}

    def log_prob(self, target: str, source: str) -> float:
        return torch.tensor(self.truth.get(target, 0.0), dtype=torch.double).log().item()

    def mode(self, source: str) -> str:
        return "we try"


def test_each_of_two_modes_is_a_hit_and_the_third_translation_is_none() -> None:
    said = ["we try", "we do try", "try", "no such"]
    assert mode_hit(said, ["x"] * 4, TwoModes()) == 0.5
