"""Chapter 11's exercises: their keys are what the library's own losses and measures say."""

import pytest
import torch

from kdlab.checks import chapter11 as eleven
from kdlab.losses import Surgery, soft_target
from kdlab.metrics import top1_agreement

ZS = torch.tensor([[[0.5, 1.5, 0.0, 0.2, -0.5, -1.0]]], dtype=torch.double)
ZT = torch.tensor([[[2.0, 1.0, 0.5, 0.0, -1.0, -2.0]]], dtype=torch.double)
GOLD, REAL = torch.tensor([[1]]), torch.tensor([[True]])


def loss(kind):
    return Surgery(kind, alpha=1.0)(ZS, ZT, GOLD, REAL).item()


def test_the_key_of_the_cuts_is_what_surgery_says():
    share = soft_target(ZT.softmax(-1), GOLD, REAL, "without_top1")[0, 0, 1].item()
    only, moved = loss("without_correlation"), loss("without_top1")
    given = {"top word only": only, "gold's new share": share, "moved to gold": moved}
    assert eleven.CUTS.judge(given).ok


@pytest.mark.parametrize("seed", range(5))
def test_agreement_is_the_librarys(seed):
    for p, q, y, M in eleven.AGREEMENT.cases(seed):
        found = top1_agreement(p.log(), q.log(), y, M)
        assert eleven.top1_agreement(p, q, y, M) == pytest.approx(
            (found.overall, found.disagree), abs=1e-6
        )


@pytest.mark.parametrize("seed", range(5))
def test_the_target_with_the_top_word_moved_is_the_librarys(seed):
    for q, y in eleven.WITHOUT_TOP1.cases(seed):
        r = soft_target(torch.tensor([[q]]), torch.tensor([[y]]), REAL, "without_top1")
        assert eleven.without_top1(q, y) == pytest.approx(r[0, 0].tolist(), abs=1e-5)


def test_every_sentence_of_a_drawn_batch_has_a_place_where_teacher_and_gold_differ():
    for _, q, y, M in eleven.AGREEMENT.cases(0):
        assert ((q.argmax(-1) != y) & M).any(1).all()


def test_a_text_names_both_kinds_of_place():
    said = "At the first word TA is .4 where they disagree"
    assert "where they agree" in eleven.WHERE.judge(said).says
    assert eleven.WHERE.judge(f"{said} and .9 where they agree.").ok is None
