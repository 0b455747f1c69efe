"""Joey NMT as a system under test, with kdlab's weights."""

import importlib.metadata
import re
from itertools import islice
from types import SimpleNamespace

import torch
import worker
from joeynmt.batch import Batch
from joeynmt.model import Model, build_model
from joeynmt.search import search
from joeynmt.transformer_layers import MultiHeadedAttention, PositionwiseFeedForward
from safetensors.torch import load_file


class Vocabulary(SimpleNamespace):
    """What a Joey NMT model asks of a vocabulary; its own class fixes other special ids."""

    def __len__(self) -> int:
        return self.size

    def lookup(self, token: str) -> int:
        """The id of a special piece."""
        return getattr(self, f"{token}_index")


def network(task: dict) -> Model:
    """A pre-norm Joey NMT model of the task's sizes; dropout only where kdlab has it."""
    sizes = task["sizes"]
    side = {
        "type": "transformer", "num_layers": sizes["layers"], "num_heads": sizes["heads"],
        "hidden_size": sizes["width"], "ff_size": sizes["ffn"], "dropout": sizes["dropout"],
        "layer_norm": "pre", "embeddings": {"embedding_dim": sizes["width"], "scale": True},
    }  # fmt: skip
    special = {f"{name}_index": place for name, place in task["special"].items()}
    vocabulary = Vocabulary(
        **special, size=sizes["vocabulary"], specials=list(task["special"]), lang_tags=[],
        sep_index=None,
    )  # fmt: skip
    shared = {"tied_embeddings": True, "tied_softmax": True}
    model = build_model({"encoder": side, "decoder": side, **shared}, vocabulary, vocabulary)
    model.loss_function = ("crossentropy", 0.0)
    for module in model.modules():
        if isinstance(module, MultiHeadedAttention):
            module.dropout.p = 0.0
        elif isinstance(module, PositionwiseFeedForward):
            module.pwff_layer[2].p = 0.0
    model.load_state_dict(dict(model.named_buffers()) | renamed(load_file(task["weights"])))
    return model


def renamed(weights: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """kdlab's weights under Joey NMT's names."""
    parts = {
        "target_embedding": "trg_embed.lut", "encoder_norm": "encoder.layer_norm",
        "decoder_norm": "decoder.layer_norm", "attention": "src_src_att", "norm": "layer_norm",
        "self_attention": "trg_trg_att", "self_norm": "x_layer_norm",
        "cross_attention": "src_trg_att", "cross_norm": "dec_layer_norm",
        "forward_norm": "feed_forward.layer_norm", "query": "q_layer", "out": "output_layer",
    }  # fmt: skip
    found = {}
    for name, value in weights.items():
        name = name.replace("feed_forward.0", "feed_forward.pwff_layer.0")
        name = name.replace("feed_forward.2", "feed_forward.pwff_layer.3")
        name = ".".join(parts.get(part, part) for part in name.split("."))
        name = re.sub(r"^(encoder|decoder)\.(\d)", r"\1.layers.\2", name)
        if "key_value" in name:
            for part, half in zip(("k_layer", "v_layer"), value.chunk(2), strict=True):
                found[name.replace("key_value", part)] = half
        elif name not in ("positions", "generator.bias"):
            found[name] = value
    found["src_embed.lut.weight"] = found["trg_embed.lut.weight"]
    found["decoder.output_layer.weight"] = found["trg_embed.lut.weight"]
    return found


class System:
    """See `worker.System`."""

    name, version, ours = "Joey NMT", importlib.metadata.version("joeynmt"), True

    def __init__(self, task: dict) -> None:
        self.special = task["special"]
        self.reader, self.student = network(task).eval(), network(task)
        self.parameters = sum(p.numel() for p in self.student.parameters() if p.requires_grad)
        self.updates = worker.updates(self.student, self.loss, task)

    def batch(self, source: torch.Tensor, target: torch.Tensor | None = None) -> Batch:
        """Its own batch, with its own masks; target: bos first, eos last."""
        lengths = (source != self.special["pad"]).sum(1)
        return Batch(
            source, lengths, None, target, None, torch.arange(len(source)),
            torch.device("cpu"), self.special["pad"], self.special["eos"], target is not None,
        )  # fmt: skip

    def loss(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Its own loss, a sum over tokens, divided as its `normalization: tokens` does."""
        bos = torch.full_like(target[:, :1], self.special["bos"])
        batch = self.batch(source, torch.cat([bos, target], 1))
        total, *_ = self.student(return_type="loss", **vars(batch))
        return batch.normalize(total, "tokens")

    def train(self, updates: int) -> list[worker.Update]:
        """See `worker.System.train`."""
        return list(islice(self.updates, updates))

    def write(self, sources: list[list[int]], beam: int, length: int) -> list[list[int]]:
        """See `worker.System.write`."""
        batch = self.batch(worker.padded(sources, self.special["pad"]))
        found, _, _ = search(
            self.reader, batch, max_output_length=length, beam_size=beam, beam_alpha=0.0,
            min_output_length=length,
        )  # fmt: skip
        return found.tolist()


if __name__ == "__main__":
    worker.serve(System)
