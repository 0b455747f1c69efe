"""Hugging Face's Marian as a system under test.

Its layers are post-norm and its waves in another order, so it cannot take kdlab's weights: random
ones of the same sizes serve, since its outputs have a given length whatever it says.
"""

from itertools import islice

import torch
import transformers
import worker
from transformers import MarianConfig, MarianMTModel


def network(task: dict) -> MarianMTModel:
    """A Marian model of the task's sizes: one table for source, target and output."""
    sizes, special = task["sizes"], task["special"]
    return MarianMTModel(
        MarianConfig(
            vocab_size=sizes["vocabulary"], decoder_vocab_size=sizes["vocabulary"],
            d_model=sizes["width"], max_position_embeddings=task["longest"],
            encoder_layers=sizes["layers"], decoder_layers=sizes["layers"],
            encoder_attention_heads=sizes["heads"], decoder_attention_heads=sizes["heads"],
            encoder_ffn_dim=sizes["ffn"], decoder_ffn_dim=sizes["ffn"],
            activation_function="relu", dropout=sizes["dropout"], attention_dropout=0.0,
            activation_dropout=0.0, scale_embedding=True, share_encoder_decoder_embeddings=True,
            pad_token_id=special["pad"], bos_token_id=special["bos"],
            eos_token_id=special["eos"], forced_eos_token_id=None,
            decoder_start_token_id=special["bos"],
        )
    )  # fmt: skip


class System:
    """See `worker.System`."""

    name, version, ours = "HF Marian", transformers.__version__, False

    def __init__(self, task: dict) -> None:
        self.special = task["special"]
        self.reader, self.student = network(task).eval(), network(task)
        self.parameters = sum(p.numel() for p in self.student.parameters() if p.requires_grad)
        self.updates = worker.updates(self.student, self.loss, task)

    def loss(self, source: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        """Its own loss; -100 is what it ignores."""
        pad = self.special["pad"]
        return self.student(
            input_ids=source, attention_mask=(source != pad).long(),
            decoder_input_ids=worker.shifted(target, self.special["bos"]),
            labels=target.masked_fill(target == pad, -100), use_cache=False,
        ).loss  # fmt: skip

    def train(self, updates: int) -> list[worker.Update]:
        """See `worker.System.train`."""
        return list(islice(self.updates, updates))

    def write(self, sources: list[list[int]], beam: int, length: int) -> list[list[int]]:
        """See `worker.System.write`."""
        source = worker.padded(sources, self.special["pad"])
        found = self.reader.generate(
            input_ids=source, attention_mask=(source != self.special["pad"]).long(),
            num_beams=beam, do_sample=False, min_new_tokens=length, max_new_tokens=length,
        )  # fmt: skip
        return found[:, 1:].tolist()  # without bos


if __name__ == "__main__":
    worker.serve(System)
