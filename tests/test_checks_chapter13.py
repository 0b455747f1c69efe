"""Chapter 13's exercises: the threshold is the library's, and a queue's mistakes have names."""

import torch

from kdlab.checks import exercise
from kdlab.losses import threshold


def test_the_librarys_threshold_passes():
    def select(c, mask, queue, share, size):
        queue = torch.cat([queue, c[mask]])[-size:]
        theta = threshold(queue, share)
        return theta, mask & (c >= theta), queue

    assert exercise("ch13-select").judge(select).ok


def test_a_queue_that_is_read_first_is_named():
    def select(c, mask, queue, share, size):
        theta = threshold(queue, share)
        return theta, mask & (c >= theta), torch.cat([queue, c[mask]])[-size:]

    assert "push first" in exercise("ch13-select").judge(select).says


def test_the_key_of_the_thresholds():
    batch = torch.tensor([0.9, 0.1, 0.5, 0.05, 0.3])
    queue = torch.cat([torch.tensor([0.2, 0.4, 0.6, 0.7, 1.0]), batch])
    found = {"batch": threshold(batch, 0.4), "queue": threshold(queue, 0.4)}
    said = {name: round(theta.item(), 3) for name, theta in found.items()}
    said |= {f"words {name}": int((batch >= theta).sum()) for name, theta in found.items()}
    assert exercise("ch13-thresholds").judge(said).ok
