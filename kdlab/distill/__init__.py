"""The data-side steps of distillation: new targets, and a teacher's distributions kept on disk."""

from kdlab.distill.cached import cache_top_k
from kdlab.distill.cross_fitted import cross_fitted, without_fold
from kdlab.distill.datastore import datastore
from kdlab.distill.extra_text import extra_sources, extra_targets
from kdlab.distill.interpolation import choose, interpolation
from kdlab.distill.mixing import (
    base_and_kd,
    base_and_n_best,
    base_kd_and_bt,
    mixed,
    n_best,
    repeated,
)
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.distill.outside import Outside
from kdlab.distill.reversed import (
    back_translated,
    forward_translated,
    reversed_corpus,
    reversed_tokenizer,
    round_trip,
)
from kdlab.distill.sampled import sampled
from kdlab.distill.sequence_level import sequence_level
from kdlab.distill.targets import read_targets, write_targets
from kdlab.distill.truth import (
    alphabetical,
    canonical,
    fresh_references,
    noise_dropped,
    noise_repaired,
    with_second_references,
)

__all__ = [
    "Outside", "alphabetical", "back_translated", "base_and_kd", "base_and_n_best",
    "base_kd_and_bt", "cache_top_k", "canonical", "choose", "cross_fitted", "datastore",
    "decoded_training_set", "extra_sources", "extra_targets", "forward_translated",
    "fresh_references", "interpolation", "mixed", "n_best", "noise_dropped", "noise_repaired",
    "read_targets", "repeated", "reversed_corpus", "reversed_tokenizer", "round_trip",
    "sampled", "sequence_level", "with_second_references", "without_fold", "write_targets",
]  # fmt: skip
