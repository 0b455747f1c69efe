"""One method, one pure function of tensors; and, for recipes, the same with its numbers in."""

from kdlab.losses.annealing import annealing
from kdlab.losses.divergence import Divergence
from kdlab.losses.forward_kl import forward_kl
from kdlab.losses.gate import gated
from kdlab.losses.hidden import hint, normalised_mse
from kdlab.losses.jensen_shannon import jensen_shannon
from kdlab.losses.knn import knn_kd, knn_target
from kdlab.losses.label_smoothing import LabelSmoothing, label_smoothing
from kdlab.losses.nll import NLL, nll
from kdlab.losses.ranking import RankingKD, ranking_kd
from kdlab.losses.reduce import masked_mean
from kdlab.losses.reverse_kl import reverse_kl
from kdlab.losses.selective import kd_where, selective_kd
from kdlab.losses.surgery import Surgery, soft_target
from kdlab.losses.threshold import threshold
from kdlab.losses.total_variation import total_variation
from kdlab.losses.word_kd import WordKD, word_kd

__all__ = [
    "NLL", "Divergence", "LabelSmoothing", "RankingKD", "Surgery", "WordKD", "annealing",
    "forward_kl", "gated", "hint", "jensen_shannon", "kd_where", "knn_kd", "knn_target",
    "label_smoothing", "masked_mean", "nll", "normalised_mse", "ranking_kd", "reverse_kl",
    "selective_kd", "soft_target", "threshold", "total_variation", "word_kd",
]  # fmt: skip
