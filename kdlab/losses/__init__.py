"""One method, one pure function of tensors; and, for recipes, the same with its numbers in."""

from kdlab.losses.label_smoothing import LabelSmoothing, label_smoothing
from kdlab.losses.nll import NLL, nll
from kdlab.losses.reduce import masked_mean
from kdlab.losses.word_kd import WordKD, word_kd

__all__ = [
    "NLL", "LabelSmoothing", "WordKD", "label_smoothing", "masked_mean", "nll", "word_kd",
]  # fmt: skip
