"""What every system is given: invented ids of natural lengths, and one set of weights."""

import json
import math
import random
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from ours import network
from safetensors.torch import save_file

from kdlab.batching import Encoded
from kdlab.models.transformer import positions
from kdlab.special_ids import IDS
from kdlab.training.epochs import epoch

LONGEST = 64  # pieces, eos counted
SEED = 1


@dataclass(frozen=True)
class Sizes:
    """Of the network. layers: in the encoder and again in the decoder; ffn: H' of its branch."""

    vocabulary: int = 4000
    width: int = 256
    layers: int = 3
    heads: int = 4
    ffn: int = 1024
    dropout: float = 0.1


@dataclass(frozen=True)
class Work:
    """Of one measurement. batch_tokens: padded target pieces an update; rounds: measurements."""

    rounds: int = 3
    updates: int = 8
    batch_tokens: int = 2000
    sentences: int = 256
    batch_sentences: int = 64
    lr: float = 5e-4
    clip: float = 1.0


SMALL = Sizes()
BOOK = Sizes(vocabulary=400, width=96, layers=2, ffn=384)  # the teacher of the tiny preset
QUICK = Work(rounds=2, updates=2, sentences=16, batch_sentences=16)


def write_task(folder: Path, sizes: Sizes, work: Work) -> Path:
    """Write task.json and its weights into `folder`; return the former's path."""
    needed = work.updates * work.rounds + 1  # one to warm up
    draw = random.Random(SEED)
    source, target, rows = [], [], []
    while len(rows) < needed:
        for _ in range(3000):
            pair = _pair(draw, sizes.vocabulary)
            source.append(pair[0])
            target.append(pair[1])
        rows = epoch(Encoded(source, target), work.batch_tokens, SEED, 0)
    weights = Path(folder) / "weights.safetensors"
    save_file(_weights(sizes), weights)
    task = {
        "sizes": asdict(sizes), **asdict(work), "special": asdict(IDS), "longest": 2 * LONGEST,
        "seed": SEED, "weights": str(weights), "source": source, "target": target,
        "rows": rows[:needed], "decode": _decode(draw, sizes.vocabulary, work),
    }  # fmt: skip
    path = Path(folder) / "task.json"
    path.write_text(json.dumps(task))
    return path


def _pair(draw: random.Random, vocabulary: int) -> tuple[list[int], list[int]]:
    """A source of log-normal length (median 17 pieces) and a target of about that length."""
    n = round(math.exp(draw.gauss(2.8, 0.5)))
    lengths = n, round(n * draw.uniform(0.8, 1.25))
    return tuple(_sentence(draw, min(max(n, 3), LONGEST - 1), vocabulary) for n in lengths)


def _sentence(draw: random.Random, n: int, vocabulary: int) -> list[int]:
    """Pieces by Zipf's law (density 1/id), eos last."""
    few, many = math.log(IDS.unk + 1), math.log(vocabulary)
    return [int(math.exp(draw.uniform(few, many))) for _ in range(n)] + [IDS.eos]


def _decode(draw: random.Random, vocabulary: int, work: Work) -> list[dict]:
    """Batches of like source length; the longest source's length is every output's."""
    sources = sorted((_pair(draw, vocabulary)[0] for _ in range(work.sentences)), key=len)
    size = work.batch_sentences
    batches = [sources[i : i + size] for i in range(0, len(sources), size)]
    return [{"source": batch, "length": len(batch[-1])} for batch in batches]


def _weights(sizes: Sizes) -> dict[str, torch.Tensor]:
    """Random weights that write varied pieces and never a special one."""
    torch.manual_seed(SEED)
    model = network(asdict(sizes))
    with torch.no_grad():
        # An untrained network with a tied table would repeat what it reads: turn the signs.
        model.decoder_norm.weight.mul_(torch.randint(2, (sizes.width,)) * 2 - 1)
        model.target_embedding.weight[: IDS.unk + 1] *= 0.01
    weights = {name: w.clone() for name, w in model.state_dict().items()}
    del weights["source_embedding.weight"], weights["generator.weight"]  # the same table
    weights["positions"] = positions(4 * LONGEST, sizes.width, torch.device("cpu"))
    return weights
