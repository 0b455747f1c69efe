"""One measure a file; `scores` puts a system's row together."""

from kdlab.metrics.agreement import Agreement, top1_agreement
from kdlab.metrics.alignment import attention_chance, attention_share
from kdlab.metrics.bleu import bleu, chrf, sentence_bleu, signatures
from kdlab.metrics.complexity import complexity, complexity_difference
from kdlab.metrics.diversity import lexical_diversity
from kdlab.metrics.exact_match import exact_match
from kdlab.metrics.faithfulness import faithfulness
from kdlab.metrics.ibm import align
from kdlab.metrics.length_ratio import length_ratio
from kdlab.metrics.likelihood import log_probs, perplexity
from kdlab.metrics.link_accuracy import link_accuracy
from kdlab.metrics.linked_words import exact_linked_words, linked_words
from kdlab.metrics.links import aligned_counts
from kdlab.metrics.mode_mass import mode_mass
from kdlab.metrics.repair import repair
from kdlab.metrics.same_sources import same_sources
from kdlab.metrics.scores import scores
from kdlab.metrics.search_errors import best_known, search_error_rate
from kdlab.metrics.source_worth import source_worth
from kdlab.metrics.train_dev_gap import train_dev_gap
from kdlab.metrics.truth import sampled_truth_gap, truth_gap
from kdlab.metrics.validity import mode_hit, p_star, valid_rate

__all__ = [
    "Agreement", "align", "aligned_counts", "attention_chance", "attention_share", "best_known",
    "bleu", "chrf", "complexity", "complexity_difference", "exact_linked_words", "exact_match",
    "faithfulness", "length_ratio", "lexical_diversity", "link_accuracy", "linked_words",
    "log_probs", "mode_hit", "mode_mass", "p_star", "perplexity", "repair", "same_sources",
    "sampled_truth_gap", "scores", "search_error_rate", "sentence_bleu", "signatures",
    "source_worth", "top1_agreement", "train_dev_gap", "truth_gap", "valid_rate",
]  # fmt: skip
