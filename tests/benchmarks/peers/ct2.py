"""CTranslate2 as a system under test: decoding only, fp32, with kdlab's weights."""

import os
import tempfile

import ctranslate2
import numpy as np
import worker
from ctranslate2.specs import TransformerSpec
from ctranslate2.specs.common_spec import LayerNormSpec, LinearSpec
from safetensors.numpy import load_file

Weights = dict[str, np.ndarray]


def specification(sizes: dict, weights: Weights, tokens: list[str]) -> TransformerSpec:
    """kdlab's network as CTranslate2 writes it down."""
    spec = TransformerSpec.from_config(sizes["layers"], sizes["heads"], pre_norm=True)
    table = weights["target_embedding.weight"]
    for side, embeddings in ((spec.encoder, spec.encoder.embeddings[0]),
                             (spec.decoder, spec.decoder.embeddings)):  # fmt: skip
        embeddings.weight = table
        side.scale_embeddings = True
        side.position_encodings.encodings = weights["positions"]
    spec.decoder.projection.weight = table
    spec.decoder.projection.bias = weights["generator.bias"]
    _norm(spec.encoder.layer_norm, weights, "encoder_norm")
    _norm(spec.decoder.layer_norm, weights, "decoder_norm")
    for i, layer in enumerate(spec.encoder.layer):
        _self_attention(layer.self_attention, weights, f"encoder.{i}", "attention", "norm")
        _feed_forward(layer.ffn, weights, f"encoder.{i}")
    for i, layer in enumerate(spec.decoder.layer):
        name = f"decoder.{i}"
        _self_attention(layer.self_attention, weights, name, "self_attention", "self_norm")
        _linear(layer.attention.linear[0], weights, f"{name}.cross_attention.query")
        _linear(layer.attention.linear[1], weights, f"{name}.cross_attention.key_value")
        _linear(layer.attention.linear[2], weights, f"{name}.cross_attention.out")
        _norm(layer.attention.layer_norm, weights, f"{name}.cross_norm")
        _feed_forward(layer.ffn, weights, name)
    spec.register_source_vocabulary(tokens)
    spec.register_target_vocabulary(tokens)
    spec.config.decoder_start_token = "<s>"
    return spec


def _self_attention(spec: object, weights: Weights, layer: str, name: str, norm: str) -> None:
    """Query, key and value are one matrix there."""
    for kind in ("weight", "bias"):
        parts = [weights[f"{layer}.{name}.{part}.{kind}"] for part in ("query", "key_value")]
        setattr(spec.linear[0], kind, np.concatenate(parts))
    _linear(spec.linear[1], weights, f"{layer}.{name}.out")
    _norm(spec.layer_norm, weights, f"{layer}.{norm}")


def _feed_forward(spec: object, weights: Weights, layer: str) -> None:
    _norm(spec.layer_norm, weights, f"{layer}.forward_norm")
    _linear(spec.linear_0, weights, f"{layer}.feed_forward.0")
    _linear(spec.linear_1, weights, f"{layer}.feed_forward.2")


def _linear(spec: LinearSpec, weights: Weights, name: str) -> None:
    spec.weight, spec.bias = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _norm(spec: LayerNormSpec, weights: Weights, name: str) -> None:
    spec.gamma, spec.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


class System:
    """See `worker.System`; it does not train."""

    name, version, ours = "CTranslate2", ctranslate2.__version__, True

    def __init__(self, task: dict) -> None:
        weights, special = load_file(task["weights"]), task["special"]
        names = {special["pad"]: "<blank>", special["bos"]: "<s>", special["eos"]: "</s>",
                 special["unk"]: "<unk>"}  # fmt: skip
        self.tokens = [names.get(i, str(i)) for i in range(task["sizes"]["vocabulary"])]
        self.ids = {token: i for i, token in enumerate(self.tokens)}
        self.parameters = sum(w.size for name, w in weights.items() if name != "positions")
        self.parameters -= weights["generator.bias"].size  # zero, as everywhere
        with tempfile.TemporaryDirectory() as folder:
            spec = specification(task["sizes"], weights, self.tokens)
            spec.validate()
            spec.optimize(quantization=None)
            spec.save(folder)
            self.translator = ctranslate2.Translator(
                folder, device="cpu", compute_type="float32", inter_threads=1,
                intra_threads=int(os.environ["OMP_NUM_THREADS"]),
            )  # fmt: skip

    def write(self, sources: list[list[int]], beam: int, length: int) -> list[list[int]]:
        """See `worker.System.write`."""
        found = self.translator.translate_batch(
            [[self.tokens[i] for i in source] for source in sources], beam_size=beam,
            min_decoding_length=length, max_decoding_length=length,
        )  # fmt: skip
        return [[self.ids[token] for token in result.hypotheses[0]] for result in found]


if __name__ == "__main__":
    worker.serve(System)
