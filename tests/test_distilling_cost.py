"""The cost benchmark's arithmetic: its line, its break-even, its factors, a cache's error."""

import math

import pytest
import tiny
import torch
from benchmarks.distilling.cache_error import cache_error, distance
from benchmarks.distilling.figures import factors, line, pays_after, row, summarised
from benchmarks.distilling.inside import logit_distance

from kdlab.distill import cache_top_k
from kdlab.objectives import online


def test_points_on_a_line_are_explained_by_it() -> None:
    assert line([(0, 1.0), (10, 21.0), (40, 81.0)]) == pytest.approx((2.0, 1.0, 1.0))


def test_growth_that_bends_is_not_explained_by_a_line() -> None:
    assert line([(n, float(n**4)) for n in (1, 2, 4, 8)]).r_squared < 0.9


def test_the_distance_of_two_distributions_can_be_redone_on_paper() -> None:
    kl, tv = distance(torch.tensor([[0.75, 0.25]]).log(), torch.tensor([[0.5, 0.5]]).log())
    assert kl.item() == pytest.approx(0.75 * math.log(1.5) + 0.25 * math.log(0.5))
    assert tv.item() == pytest.approx(0.25)


def test_a_cache_loses_less_the_more_it_keeps() -> None:
    teacher, data = tiny.translator(), tiny.encoded(tiny.text().train)
    few, most = (
        cache_error(online(teacher.model), cache_top_k(teacher, data, k), data)
        for k in (3, teacher.model.target_size - 1)
    )
    assert 0 < few["cache_tv"] < few["cache_rest"] < 1
    assert few["cache_kl"] > 0.001
    assert most["cache_kl"] == pytest.approx(0, abs=1e-5)


def test_a_caches_error_is_the_mean_over_real_positions() -> None:
    teacher, data = tiny.translator(), tiny.encoded(tiny.text().train)
    cached, batch = cache_top_k(teacher, data, 3), data.batch(range(len(data)))
    log_q = online(teacher.model)(batch).log_softmax(-1)[batch.mask]
    kl, _ = distance(log_q, cached(batch)[batch.mask])
    found = cache_error(online(teacher.model), cached, data)
    assert found["cache_kl"] == pytest.approx(kl.mean().item(), rel=1e-4)


def test_a_cache_that_saves_nothing_never_pays() -> None:
    assert math.isnan(pays_after(30.0, online=0.01, cached=0.01, updates=500))


def test_the_factors_multiply_to_the_ratio() -> None:
    found = factors({"teacher_beam5": 12.0, "teacher_greedy": 4.0, "student_greedy": 2.0})
    assert found == {"speed_ratio": 6.0, "search_factor": 3.0, "size_factor": 2.0}


def test_a_summary_is_over_rounds_and_leaves_out_nan() -> None:
    rounds = [
        row("nll", n, 10, "train", {"step_ms": ms, "pays": math.nan})
        for n, ms in enumerate([3.0, 1.0, 8.0], 1)
    ]
    found = {figure["metric"]: figure for figure in summarised(rounds)}
    middle = {name: found["step_ms"][name] for name in ("mean", "median", "lowest", "highest")}
    assert middle == {"mean": 4.0, "median": 3.0, "lowest": 1.0, "highest": 8.0}
    assert set(found) == {"step_ms", "params"}


def test_a_models_logits_are_at_no_distance_from_their_own_and_at_some_from_anothers() -> None:
    one, other = (tiny.translator(seed=seed).model for seed in (0, 1))
    data = tiny.encoded(tiny.text().train)
    assert logit_distance(one, one, data) == 0
    assert logit_distance(one, other, data) == pytest.approx(logit_distance(other, one, data))
    assert logit_distance(one, other, data) > 0
