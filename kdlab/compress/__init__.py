"""A trained model made smaller: weights set to zero, and weights of eight bits."""

from kdlab.compress.int8 import int8
from kdlab.compress.pruning import pruned, sparsity

__all__ = ["int8", "pruned", "sparsity"]
