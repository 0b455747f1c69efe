"""Hidden layers: the published maps, what a gradient reaches, controls, resume, refusals."""

from dataclasses import replace
from pathlib import Path

import pytest
import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from kdlab.batching import Batch
from kdlab.errors import RecipeError, ShapeError
from kdlab.experiments.recipes import describe, restore
from kdlab.losses import hint, nll, normalised_mse, word_kd
from kdlab.models import Trace, TransformerConfig
from kdlab.objectives import Layers, Lesson, layer_maps, online, prepare

DEEP = TransformerConfig(3, 2, width=16, heads=2, ffn=2, dropout=0.3)
SKIP = Layers(((2,), (3,)))
TWO = TransformerConfig(2, 2, width=8, heads=2, ffn=2, dropout=0.2)


def batch(rows: range | list = range(6)) -> Batch:
    """Some of the invented training set."""
    return tiny.encoded(tiny.text().train).batch(list(rows))


def traced(network: nn.Module, of: Batch) -> Trace:
    """Under the batch's own prefix."""
    return network.trace(of.source, of.source_mask, of.prefix)


def lesson(student=TWO, teacher=DEEP) -> Lesson:
    """A student and a teacher of these sizes, untrained, in eval mode."""
    mine, hers = tiny.translator(student).model, tiny.translator(teacher, seed=9).model
    data = tiny.encoded(tiny.text().train)
    return Lesson(mine, data, tiny.SETTINGS.updates, 1, hers, online(hers))


def learned(method: Layers, one: Lesson, of: Batch) -> tuple[Tensor, dict[str, float], nn.Module]:
    """Loss, log and objective after one backward pass."""
    objective = prepare(method, one)
    loss, log = objective(one.student, of)
    loss.backward()
    return loss, log, objective


def reached(module: nn.Module) -> set[str]:
    """The parameters with a gradient that is not 0, by the first part of their name."""
    named = module.named_parameters()
    return {n.split(".")[0] for n, p in named if p.grad is not None and p.grad.abs().sum() > 0}


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("skip", ((3,), (6,))),
        ("regular", ((1, 2, 3), (4, 5, 6))),
        ("overlap", ((1, 2, 3, 4), (3, 4, 5, 6))),
        ("skip_middle", ((1, 2), (5, 6))),
        ("cross", ((1, 3), (4, 6))),
        ("skip_comb", ((1, 3, 5), (2, 4, 6))),
    ],
)
def test_six_layers_to_two_are_the_published_table(name: str, published: tuple) -> None:
    assert getattr(layer_maps, name)(6, 2) == published


@given(n=st.integers(1, 24), k=st.integers(1, 24))
@settings(max_examples=50, deadline=None)
def test_shares_hold_every_teacher_layer_once_and_are_nearly_equal(n: int, k: int) -> None:
    if k > n:
        return
    for made in (layer_maps.regular(n, k), layer_maps.skip_comb(n, k)):
        assert sorted(layer for layers in made for layer in layers) == list(range(1, n + 1))
        assert max(map(len, made)) - min(map(len, made)) <= 1
    assert layer_maps.skip(n, k)[-1] == (n,)


def test_a_share_in_the_middle_has_two_neighbours() -> None:
    assert layer_maps.overlap(9, 3)[1] == (3, 4, 5, 6, 7)
    assert layer_maps.skip_middle(9, 3)[1] == (5,)


@pytest.mark.parametrize("k", [0, 3])
@pytest.mark.parametrize("name", ["skip", "regular", "overlap", "skip_middle", "cross"])
def test_a_student_deeper_than_its_teacher_has_no_map(name: str, k: int) -> None:
    with pytest.raises(RecipeError, match=f"student_layers is {k}; expected 1 to 2"):
        getattr(layer_maps, name)(2, k)


@pytest.mark.parametrize(
    ("name", "n", "k"), [("overlap", 6, 1), ("skip_middle", 2, 2), ("cross", 4, 2)]
)
def test_a_map_that_would_be_another_is_refused(name: str, n: int, k: int) -> None:
    with pytest.raises(RecipeError, match=rf"{name} cannot be made from the shares \(\(1"):
        getattr(layer_maps, name)(n, k)


def test_the_loss_is_the_sum_of_its_three_terms() -> None:
    one, of = lesson(), batch()
    method = replace(SKIP, alpha=0.3, beta=0.5, temperature=2.0)
    objective = prepare(method, one)
    loss, log = objective(one.student, of)
    mine, hers = traced(one.student, of), traced(one.teacher, of)
    soft, floor = (
        word_kd(z, hers.logits, of.target, of.mask, alpha=1.0, temperature=2.0)
        for z in (mine.logits, hers.logits)
    )
    layers = sum(
        normalised_mse(project(mine.encoder[i]), hers.encoder[i + 1], of.source_mask)
        for i, project in enumerate(objective.projections)
    )
    gold = nll(mine.logits, of.target, of.mask)
    assert log == pytest.approx(
        {"soft": (soft - floor).item(), "layers": layers.item(), "gold": gold.item()}, abs=1e-5
    )
    whole = 0.3 * log["soft"] + 0.5 * log["layers"] + 0.2 * log["gold"]
    assert loss.item() == pytest.approx(whole, abs=1e-5)


def test_several_teacher_layers_stand_side_by_side() -> None:
    one, of = lesson(), batch()
    objective = prepare(Layers(((1, 3), ())), one)
    _, log = objective(one.student, of)
    hers = traced(one.teacher, of).encoder
    mine = objective.projections[0](traced(one.student, of).encoder[0])
    expected = normalised_mse(mine, torch.cat([hers[0], hers[2]], -1), of.source_mask)
    assert log["layers"] == pytest.approx(expected.item())


def test_kim_and_rush_regress_the_top_decoder_state() -> None:
    one, of = lesson(), batch()
    method = Layers(((-1,),), "decoder", alpha=0, beta=1, normalised=False)
    loss, _, objective = learned(method, one, of)
    mine, hers = (traced(m, of).decoder[-1] for m in (one.student, one.teacher))
    assert loss.item() == pytest.approx(hint(objective.projections[0](mine), hers, of.mask).item())
    assert "generator" not in reached(one.student)


def test_a_students_twin_is_at_distance_zero() -> None:
    one = lesson(TWO)
    one = replace(one, teacher=one.student)
    _, log, _ = learned(Layers(((1,), (2,)), projection=False), one, batch())
    assert log["layers"] == 0
    assert log["soft"] == pytest.approx(0, abs=1e-6)


def test_a_gradient_of_the_encoders_distance_stays_in_encoder_and_projection() -> None:
    one = lesson()
    _, _, objective = learned(replace(SKIP, alpha=0, beta=1), one, batch())
    assert reached(one.student) == {"source_embedding", "encoder", "encoder_norm"}
    assert reached(objective) == {"projections"}
    assert all(p.grad is None for p in one.teacher.parameters())


def test_the_teacher_is_no_part_of_what_is_trained_or_saved() -> None:
    objective = prepare(SKIP, lesson())
    assert {tuple(p.shape) for p in objective.parameters()} == {(16, 8), (16,)}
    assert len(objective.state_dict()) == 4


def test_the_teacher_is_read_without_dropout() -> None:
    one, of = lesson(), batch()
    one.teacher.train()
    objective = prepare(SKIP, one)
    assert objective(one.student, of)[1] == objective(one.student, of)[1]
    assert one.teacher.training


def test_projections_are_drawn_by_the_seed_alone() -> None:
    first = prepare(SKIP, lesson()).state_dict()
    one = lesson()
    before = torch.get_rng_state()
    assert tiny.same(prepare(SKIP, one).state_dict(), first)
    assert torch.equal(torch.get_rng_state(), before)
    assert not tiny.same(prepare(SKIP, replace(one, seed=2)).state_dict(), first)


@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_the_wrong_sentence_is_the_one_before_where_both_are_real(side: str) -> None:
    one, of = lesson(), batch([0, 5, 50])
    method = Layers(((2,),), side, wrong_sentence=True)
    objective = prepare(method, one)
    _, log = objective(one.student, of)
    mine, hers = (getattr(traced(m, of), side)[1] for m in (one.student, one.teacher))
    mask = of.source_mask if side == "encoder" else of.mask
    pairs = [(b, b - 1, j) for b in range(3) for j in range(mask.size(1))]
    pairs = [(b, c, j) for b, c, j in pairs if mask[b, j] and mask[c, j]]
    first, second = (
        torch.stack([x[None] for x in each])
        for each in (
            [objective.projections[0](mine[b, j]) for b, _, j in pairs],
            [hers[c, j] for _, c, j in pairs],
        )
    )
    expected = normalised_mse(first, second, torch.ones(len(pairs), 1) > 0)
    assert log["layers"] == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("rows", [[7], [7, 7]], ids=["alone", "twice the same"])
def test_a_sentence_is_never_its_own_wrong_one(rows: list[int]) -> None:
    _, log, _ = learned(replace(SKIP, wrong_sentence=True), lesson(), batch(rows))
    assert log["layers"] == 0


def test_states_of_the_right_sentence_are_met_more_closely_than_of_a_wrong_one() -> None:
    one = lesson(tiny.TRANSFORMER, replace(DEEP, encoder_layers=1, decoder_layers=1))
    settings = replace(tiny.SETTINGS, updates=30, every=30, optimiser=tiny.Adam(3e-2))
    left = {}
    for wrong in (False, True):
        method = Layers(((-1,),), alpha=0, beta=1, wrong_sentence=wrong)
        session = tiny.session(tiny.TRANSFORMER, prepare(method, one), settings)
        losses = [record.loss for record in session.records()]
        left[wrong] = sum(losses[-10:])
    assert left[False] < 0.7 * left[True]


METHODS = {
    "encoder": SKIP,
    "decoder, hints": Layers(((1, 2),), "decoder", 0.3, 0.2, 2.0, normalised=False),
    "wrong sentence": replace(SKIP, wrong_sentence=True),
}


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)
def test_resume_is_bit_for_bit(method: Layers, tmp_path: Path) -> None:
    def session() -> tiny.Session:
        return tiny.session(TWO, prepare(method, lesson()))

    whole, resumed = session(), session()
    records = tiny.fitted(whole)
    tiny.fitted(session(), tmp_path / "c", updates=5)
    assert tiny.fitted(resumed, tmp_path / "c") == records
    assert tiny.same(tiny.weights(whole), tiny.weights(resumed))


def test_projections_are_trained_with_the_student() -> None:
    session = tiny.session(TWO, prepare(SKIP, lesson()))
    before = tiny.weights(session)
    records = tiny.fitted(session)
    changed = {n for n, t in tiny.weights(session).items() if not torch.equal(t, before[n])}
    assert {"projections.0.weight", "projections.1.weight", "generator.weight"} <= changed
    assert records[-1]["log"].keys() == {"soft", "layers", "gold"}


@pytest.mark.parametrize("side", ["encoder", "decoder"])
def test_recurrent_networks_have_states_to_learn_too(side: str) -> None:
    one = lesson(tiny.PLAIN_RNN, replace(tiny.FED_RNN, hidden=12))
    loss, _, objective = learned(Layers(((-1,),), side), one, batch())
    assert loss.isfinite()
    assert objective.projections[0].weight.shape == (12, 8)


def test_a_recipe_with_layers_is_restored_from_its_description() -> None:
    assert restore(describe(SKIP)) == SKIP


def test_a_grammar_has_no_states_to_learn() -> None:
    one = replace(lesson(), teacher=tiny.exact())
    with pytest.raises(RecipeError, match="the exact teacher to read hidden states from; train"):
        prepare(SKIP, one)


def test_stored_distributions_are_not_states() -> None:
    with pytest.raises(RecipeError, match="Layers has no teacher model to read hidden states"):
        prepare(SKIP, replace(lesson(), teacher=None))


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (((1,), (2,), (3,)), r"needs 3 layers of the student's encoder, which has 2"),
        (((1,), (4,)), r"mapping \(\(1,\), \(4,\)\) needs 4 layers of the teacher's .* has 3"),
        (((-5,),), r"needs 5 layers of the teacher's encoder, which has 3"),
    ],
)
def test_models_with_too_few_layers_are_refused(mapping: tuple, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        prepare(Layers(mapping), lesson())


def test_widths_that_differ_need_a_projection() -> None:
    with pytest.raises(ShapeError, match=r"8\]; expected .* 16\].* Project the student's"):
        learned(replace(SKIP, projection=False), lesson(), batch())


@pytest.mark.parametrize("mapping", [(), ((), ()), ((0,),), (1, 2), (("a",),)])
def test_a_mapping_that_names_no_layer_is_refused(mapping: tuple) -> None:
    with pytest.raises(RecipeError, match="numbered from 1"):
        Layers(mapping)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [
        ({"alpha": 1.5}, "alpha is 1.5; expected a number from 0 to 1"),
        ({"beta": -1}, "beta is -1; expected"),
        ({"alpha": 0.5, "beta": 0.7}, r"alpha \+ beta is 1.2; expected a number from 0 to 1"),
        ({"temperature": 0}, "temperature is 0; expected"),
        ({"side": "middle"}, "side is 'middle'; expected 'encoder' or 'decoder'"),
    ],
)
def test_numbers_out_of_range_are_refused(numbers: dict, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        Layers(((1,),), **numbers)
