"""One measure a file; `scores` puts a system's row together."""

from kdlab.metrics.agreement import Agreement, top1_agreement
from kdlab.metrics.alignment import attention_share
from kdlab.metrics.bleu import bleu, chrf, sentence_bleu, signatures
from kdlab.metrics.likelihood import log_probs, perplexity
from kdlab.metrics.mode_mass import mode_mass
from kdlab.metrics.scores import scores
from kdlab.metrics.validity import mode_hit, valid_rate

__all__ = [
    "Agreement", "attention_share", "bleu", "chrf", "log_probs", "mode_hit", "mode_mass",
    "perplexity", "scores", "sentence_bleu", "signatures", "top1_agreement", "valid_rate",
]  # fmt: skip
