"""Chapter 15's exercises: the schedule is the method's own, and the loss is the library's."""

from types import SimpleNamespace

import torch

from kdlab.checks import exercise
from kdlab.losses import annealing
from kdlab.objectives import Annealing
from kdlab.objectives.annealing import _Annealing


def test_the_key_of_the_schedule_is_the_methods():
    lesson = SimpleNamespace(logits=None, updates=1000)
    method = _Annealing(Annealing(tau_max=10, share=1.0), lesson)
    said = {str(update): method._phi(update) for update in (0, 99, 100, 550, 999)}
    assert exercise("ch15-schedule").judge(said).ok


def test_a_loss_with_pads_is_named_and_the_right_one_passes():
    def right(zs, zt, mask, phi):
        return annealing(zs, zt, mask, phi)

    def wrong(zs, zt, mask, phi):
        return (zs - phi * zt.detach()).square().mean()

    assert exercise("ch15-annealing").judge(right).ok
    assert "pads are in the mean" in exercise("ch15-annealing").judge(wrong).says


def test_a_gradient_at_the_teacher_is_seen():
    def attached(zs, zt, mask, phi):
        return (zs - phi * zt).square().mean(-1)[mask].mean()

    says = exercise("ch15-annealing").judge(attached).says
    assert "gradient reaches the teacher" in says and torch.is_grad_enabled()
