"""Of tallies alone, each measure is what it is of the text."""

import math

import numpy as np
import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st

from kdlab.metrics import bleu, chrf
from kdlab.metrics.agreement import agreement_counts
from kdlab.metrics.bleu import bleu_counts, bleu_of_counts, chrf_counts, chrf_of_counts
from kdlab.metrics.outputs import outputs
from kdlab.metrics.samples import samples_of
from kdlab.metrics.scores import scores
from kdlab.metrics.tallies import of_run, of_test, packed, small, unpacked

WORDS = st.lists(st.sampled_from(["a", "to", "the", "cat", "sat", ".", "น้ำ"]), max_size=7)
LINES = st.lists(st.tuples(WORDS.map(" ".join), WORDS.map(" ".join)), min_size=1, max_size=4)


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_bleu_of_summed_counts_is_sacrebleus_smoothing_included(lines: list) -> None:
    said, wanted = zip(*lines, strict=True)
    assert bleu_of_counts(bleu_counts(said, wanted).sum(0)) == pytest.approx(
        bleu(said, [wanted]), abs=1e-5
    )


@settings(max_examples=60, deadline=None)
@given(LINES)
def test_chrf_of_summed_counts_is_sacrebleus(lines: list) -> None:
    said, wanted = zip(*lines, strict=True)
    shared = chrf_counts(said, wanted)
    grams = [
        np.array([[max(0, len("".join(x.split())) - k) for k in range(6)] for x in side])
        for side in (said, wanted)
    ]
    sums = [shared, grams[0] * (grams[1] > 0), grams[1]]
    assert chrf_of_counts(np.stack(sums, 1).sum(0)) == pytest.approx(chrf(said, [wanted]), abs=1e-5)


@given(st.lists(st.floats(-800, 0), min_size=1))
def test_a_packed_log_probability_is_at_most_half_a_unit_off(log_p: list[float]) -> None:
    assert np.abs(unpacked(packed(log_p)) - log_p).max() <= 0.5 / 1024 + 1e-9


def test_what_was_not_said_has_no_probability() -> None:
    assert unpacked(packed([None, -math.inf, 0.0])).tolist() == [-math.inf, -math.inf, 0.0]


@pytest.mark.parametrize(("most", "kind"), [(255, "uint8"), (256, "uint16"), (70_000, "uint32")])
def test_counts_take_the_fewest_bytes_that_hold_them(most: int, kind: str) -> None:
    assert small([0, most]).dtype == kind and small([0, most])[1] == most


def test_every_measure_of_a_system_is_what_its_row_says() -> None:
    student, teacher = tiny.translator(seed=1), tiny.translator(seed=2)
    pairs = tiny.text().dev
    said = outputs(student, pairs, beam=2)
    row = scores(student, pairs, teacher, 2, said)
    agreed = agreement_counts(student.model, teacher.model, tiny.encoded(pairs)).numpy()
    found = samples_of(of_run(said, pairs, agreed), of_test(pairs), 2)
    both = row.keys() & found.keys()
    assert both == {
        "bleu_greedy", "bleu_beam2", "chrf_greedy", "chrf_beam2", "mode_mass", "length_ratio",
        "ppl", "top1_agreement", "top1_agreement_disagree",
    }  # fmt: skip
    assert {m: found[m].value for m in both} == pytest.approx({m: row[m] for m in both}, rel=1e-4)
