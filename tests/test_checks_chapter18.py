"""Chapter 18's exercises: the keys are computed again, and one pass for two is found out."""

import math

import torch

from kdlab.checks import exercise

Q, P = (0.55, 0.35, 0.10), (0.42, 0.48, 0.10)


def before(pieces):
    return torch.cat([torch.zeros_like(pieces[:, :1]), pieces[:, :-1]], dim=1)


def by_formula(passes):
    """The solution, with the logits behind what `passes` gives for the sentence."""

    def hybrid(student, teacher, y, said, mask, gate):
        log_p, log_q = (x[before(y)].log_softmax(-1) for x in (student, teacher))
        words = (log_q.exp() * (log_q - log_p)).sum(-1)
        own = student[before(passes(y, said))].log_softmax(-1)
        whole = -own.gather(-1, said[..., None]).squeeze(-1)
        tok, sent = ((x * mask).sum(-1) / mask.sum(-1) for x in (words, whole))
        return (gate * tok + (1 - gate) * sent).mean()

    return hybrid


def test_the_key_of_the_scales_is_computed():
    pairs = list(zip(Q, P, strict=True))
    said = {
        "KL": sum(q * math.log(q / p) for q, p in pairs),
        "cross-entropy": -sum(q * math.log(p) for q, p in pairs),
        "NLL": -math.log(P[1]),
    }
    assert exercise("ch18-scales").judge(said).ok
    turned = said | {"KL": sum(p * math.log(p / q) for q, p in pairs)}
    assert "other way round" in exercise("ch18-scales").judge(turned).says


def test_two_passes_are_right_and_one_is_named():
    assert exercise("ch18-hybrid").judge(by_formula(lambda y, said: said)).ok
    says = exercise("ch18-hybrid").judge(by_formula(lambda y, said: y)).says
    assert "scored behind y" in says
