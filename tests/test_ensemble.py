"""An ensemble: one model to search and to losses, the mean of its members' probabilities."""

import math

import pytest
import tiny
import torch

from kdlab.batching import pad
from kdlab.decoding import decode
from kdlab.errors import RecipeError
from kdlab.models import Ensemble
from kdlab.search import beam_search
from kdlab.special_ids import IDS

V, LONGEST = 6, 3
MEMBERS = [tiny.model(config, V, seed) for seed, config in enumerate(tiny.CONFIGS.values())]
PREFIX = torch.tensor([[IDS.bos, 4, 3, 5], [IDS.bos, 5, 5, 3], [IDS.bos, 3, 4, 4]])


@torch.no_grad()
def test_its_probabilities_are_the_mean_of_its_members() -> None:
    source, mask = pad(tiny.sources(3))
    each = [member(source, mask, PREFIX).softmax(-1) for member in MEMBERS]
    found = Ensemble(MEMBERS)(source, mask, PREFIX).softmax(-1)
    torch.testing.assert_close(found, torch.stack(each).mean(0))


@torch.no_grad()
def test_its_steps_say_what_its_whole_pass_says() -> None:
    ensemble, (source, mask) = Ensemble(MEMBERS).eval(), pad(tiny.sources(3))
    whole = ensemble(source, mask, PREFIX).log_softmax(-1)
    state = ensemble.start(source, mask)
    for t in range(PREFIX.size(1)):
        log_p, state = ensemble.step(PREFIX[:, t], state)
        sayable = [piece for piece in range(V) if piece not in (IDS.pad, IDS.bos)]
        torch.testing.assert_close(log_p[:, sayable], whole[:, t, sayable])


@torch.no_grad()
def test_a_full_beam_finds_its_likeliest_output() -> None:
    ensemble, sources = Ensemble(MEMBERS).eval(), tiny.sources(4)
    state, longest = tiny.started(ensemble, sources), torch.full((4,), LONGEST)
    found = beam_search(ensemble.step, state, longest, beam=90)
    for i, source in enumerate(sources):
        best = sorted(tiny.every_output(ensemble, source, LONGEST, V).values(), reverse=True)
        assert found.log_probs[i, : len(best)].tolist() == pytest.approx(best, abs=1e-4)


def test_one_member_translates_as_it_does_alone() -> None:
    alone, sources = MEMBERS[0], tiny.sources(5)
    together = decode(Ensemble([alone, alone]), sources, 2)
    for twice, once in zip(together, decode(alone, sources, 2), strict=True):
        assert [h.ids for h in twice] == [h.ids for h in once]
        assert [h.log_prob for h in twice] == pytest.approx([h.log_prob for h in once], abs=1e-5)


def test_its_attention_is_the_mean_of_its_members_and_rows_sum_to_one() -> None:
    source, mask = pad(tiny.sources(3))
    trace = Ensemble(MEMBERS).eval().trace(source, mask, PREFIX)
    torch.testing.assert_close(trace.attention.sum(-1), torch.ones(3, 4))
    assert trace.encoder == trace.decoder == ()


def test_members_of_other_pieces_and_no_members_are_refused() -> None:
    with pytest.raises(RecipeError, match=r"2 members have \[6, 9\] target pieces"):
        Ensemble([tiny.model(tiny.TRANSFORMER, 6), tiny.model(tiny.TRANSFORMER, 9)])
    with pytest.raises(RecipeError, match="0 members"):
        Ensemble([])


def test_a_mean_of_probabilities_is_no_mean_of_logarithms() -> None:
    """Where one member is sure, the ensemble stays at half or more of its certainty."""
    source, mask = pad(tiny.sources(3))
    first, second = (m(source, mask, PREFIX).log_softmax(-1) for m in MEMBERS[:2])
    found = Ensemble(MEMBERS[:2])(source, mask, PREFIX)
    assert (found >= torch.maximum(first, second) - math.log(2) - 1e-5).all()
