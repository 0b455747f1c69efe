"""Claims: what needs a gain is not testable without one, and a term may name its own measure."""

import numpy as np
import pytest

from kdlab.experiments.suites.claims import Claim, Share
from kdlab.experiments.suites.decomposition import ALL_IN_ONE, decomposed
from kdlab.experiments.suites.search import search_part
from kdlab.metrics.samples import Sample

DRAW = np.random.default_rng(0)


def runs(mean: float, spread: float = 0.1) -> list[Sample]:
    """A mean over 200 sentences, of three runs."""
    each = DRAW.normal(mean, spread, (3, 200))
    return [Sample(np.stack([x, np.ones(200)], 1), lambda s: s[..., 0] / s[..., 1]) for x in each]


def measured(**means: float) -> dict[str, dict[str, list[Sample]]]:
    return {system: {"m": runs(mean)} for system, mean in means.items()}


def test_a_claim_whose_gain_is_there_is_judged() -> None:
    claim = Claim("c", "a above b", "m", "a", "b", needs=("whole", "base"))
    of = measured(a=2, b=1, whole=5, base=1)
    assert claim.verdict(of)["holds"] == "yes"
    assert set(claim.systems) == {"a", "b", "whole", "base"}


@pytest.mark.parametrize("whole", [1.0, 0.5])
def test_a_claim_whose_gain_is_not_there_is_not_testable(whole: float) -> None:
    claim = Claim("c", "a above b", "m", "a", "b", needs=("whole", "base"))
    of = measured(a=2, b=1, whole=whole, base=1)
    assert claim.verdict(of)["holds"] == "not testable"


def test_of_a_gain_that_is_not_there_nobody_has_a_share() -> None:
    share = Share("s", "half", "m", "a / b", (("a", 1.0), ("base", -1.0)),
                  (("b", 1.0), ("base", -1.0)), margin=0.5)  # fmt: skip
    assert share.verdict(measured(a=2, b=1, base=1))["holds"] == "not testable"
    assert share.verdict(measured(a=5, b=3, base=1))["holds"] == "yes"


def test_a_term_may_name_its_own_measure() -> None:
    share = Share("s", "gap closed", "m", "sum", search_part())
    assert share.systems == ("baseline", "seq_kd")
    of = {
        "baseline": {"m": runs(9), "beam_gap": runs(4)},
        "seq_kd": {"m": runs(0), "beam_gap": runs(1)},
    }
    row = share.verdict(of)
    assert row["figure"] == pytest.approx(3, abs=0.05) and row["holds"] == "yes"


def test_the_parts_of_a_gain_add_up_to_it() -> None:
    systems = {"baseline": (10.0, 14.0), "alphabet": (11.0, 14.5), "canonical": (15.0, 16.0),
               "seq_kd": (16.0, 15.5)}  # fmt: skip
    of_all = {}
    for name, (greedy, beam) in systems.items():
        of_all[f"{name}_x"] = measured(s=greedy)["s"] | {"bleu_greedy": runs(greedy)}
        of_all[f"{name}_x"] |= {"bleu_beam5": runs(beam), "beam_gap": runs(beam - greedy)}
    whole, *parts = [claim.verdict(of_all) for claim in decomposed("_x", ALL_IN_ONE)]
    assert whole["name"] == "gain_x" and whole["figure"] == pytest.approx(6.0, abs=0.3)
    assert [part["figure"] for part in parts] == pytest.approx([4.5, 0.5, 1.5, -0.5], abs=0.3)
    assert sum(part["figure"] for part in parts) == pytest.approx(whole["figure"], abs=0.5)
    assert all(part["low"] < part["figure"] < part["high"] for part in parts)
