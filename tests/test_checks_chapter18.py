"""Chapter 18's exercises: the hybrid is the library's, and its mistakes have their names."""

import torch

from kdlab.checks import exercise
from kdlab.losses import gated
from kdlab.losses.by_sentence import hard_token, soft_token


def test_the_librarys_own_parts_pass():
    def hybrid(z_y, z_said, z_t, y_mask, said, said_mask, gate):
        token = soft_token(z_y, z_t, y_mask)
        return gated(token, hard_token(z_said, said, said_mask), gate)

    assert exercise("ch18-hybrid").judge(hybrid).ok


def test_one_pass_of_the_decoder_is_named():
    def one_pass(z_y, z_said, z_t, y_mask, said, said_mask, gate):
        token = soft_token(z_y, z_t, y_mask)
        return gated(token, hard_token(z_y, said, said_mask), gate)

    assert "a second pass" in exercise("ch18-hybrid").judge(one_pass).says


def test_the_key_of_the_three_scales():
    q, p = (torch.tensor(x, dtype=torch.double) for x in ((0.55, 0.35, 0.1), (0.5, 0.4, 0.1)))
    ce = -(q * p.log()).sum().item()
    said = {"KL": ce + (q * q.log()).sum().item(), "cross-entropy": ce, "NLL": -p[1].log().item()}
    assert exercise("ch18-scales").judge(said).ok
