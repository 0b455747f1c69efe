"""The data-side steps of distillation: new targets, and a teacher's distributions kept on disk."""

from kdlab.distill.cached import cache_top_k
from kdlab.distill.cross_fitted import cross_fitted, without_fold
from kdlab.distill.interpolation import choose, interpolation
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.distill.sequence_level import sequence_level
from kdlab.distill.targets import read_targets, write_targets

__all__ = [
    "cache_top_k", "choose", "cross_fitted", "decoded_training_set", "interpolation",
    "read_targets", "sequence_level", "without_fold", "write_targets",
]  # fmt: skip
