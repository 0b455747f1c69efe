"""From a configuration to a network of given vocabularies."""

from kdlab.errors import RecipeError
from kdlab.models.rnn import RNN, RNNConfig
from kdlab.models.transformer import Transformer, TransformerConfig

Config = RNNConfig | TransformerConfig


def build(config: Config, source_size: int, target_size: int) -> RNN | Transformer:
    """A freshly initialised network; seed torch before. Raises RecipeError for another config."""
    if isinstance(config, RNNConfig):
        return RNN(config, source_size, target_size)
    if isinstance(config, TransformerConfig):
        return Transformer(config, source_size, target_size)
    raise RecipeError(
        f"model is a {type(config).__name__}; expected an RNNConfig or a TransformerConfig."
    )
