"""One small recipe, trained and scored: what it gives is kept in one_recipe.json.

    python tests/one_recipe.py        writes it, after a change that raised RUN_VERSION

On another kind of processor sums are added in another order, weights differ in their last bits
after one update and in all of them after a hundred: figures then move as they do with another seed.
"""

import hashlib
from dataclasses import replace
from pathlib import Path

import torch

import kdlab as kd
from kdlab.batching import Encoded
from kdlab.experiments.runs import RUN_VERSION
from kdlab.files import write_json
from kdlab.losses import NLL
from kdlab.metrics import perplexity
from kdlab.models import build
from kdlab.objectives import Plain
from kdlab.training import Session

KEPT = Path(__file__).with_suffix(".json")


def found(updates: int = 300) -> dict[str, object]:
    """{training, cpu, torch, updates, ppl, weights} of chapter 5's baseline, 300 updates long."""
    torch.set_num_threads(1)
    corpus, recipe = kd.load_corpus("minitalks", preset="tiny"), kd.recipes.student("tiny")
    pieces = corpus.tokenizer
    train, dev = (
        Encoded(pieces.encode_source(pairs.source), pieces.encode_target(pairs.target))
        for pairs in (corpus.train, corpus.dev)
    )
    torch.manual_seed(1)
    model = build(recipe.model, pieces.source_size, pieces.target_size)
    training = replace(recipe.training, updates=updates)
    for _ in Session(model, Plain(NLL()), train, training, seed=1).records():
        pass
    weights = b"".join(p.detach().numpy().tobytes() for p in model.parameters())
    return {
        "training": RUN_VERSION, "cpu": torch.backends.cpu.get_cpu_capability(),
        "torch": torch.__version__, "updates": updates, "ppl": perplexity(model.eval(), dev),
        "weights": hashlib.sha256(weights).hexdigest()[:16],
    }  # fmt: skip


if __name__ == "__main__":
    write_json(KEPT, found())
    print(KEPT.read_text())
