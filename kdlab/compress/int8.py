"""Weights of eight bits: a quarter of the bytes, products in integers on a CPU."""

import copy
import warnings

import torch
from torch import nn

from kdlab.models.linear import Linear
from kdlab.translator import Translator


def int8(translator: Translator) -> Translator:
    """A copy with linear layers and LSTMs in int8, inputs quantised as they come; CPU, no training.

    Weights: one scale a tensor; activations: one a batch, from its own range. Embeddings stay as
    they are.
    Source: torch.ao.quantization.quantize_dynamic; the idea for NMT: Wu et al. (2016), section 6.
    """
    model = copy.deepcopy(translator.model).cpu().eval()
    for module in model.modules():
        if type(module) is Linear:  # torch converts its own class only
            module.__class__ = nn.Linear
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a successor is announced; it is another package
        small = torch.ao.quantization.quantize_dynamic(model, {nn.Linear, nn.LSTM}, torch.qint8)
    return Translator(
        small, translator.tokenizer, f"{translator.name}, int8", origin=translator.key,
        counted=translator.params,
    )  # fmt: skip
