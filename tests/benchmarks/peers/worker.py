"""One system in a process of its own: a line of JSON in, a line of JSON out.

    python ours.py task.json        then, on standard input:        "train" or 1 or 5 (a beam)

The first line out says who answers. Torch is all that this file may import: it runs in the
environment of the peers as well as in the project's.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import torch
from torch import Tensor, nn


class Update(NamedTuple):
    """tokens: real target pieces of the batch     loss: nats per token"""

    tokens: int
    loss: float


class System(Protocol):
    """What is compared. Decoding reads the task's weights; training changes a copy of them."""

    name: str
    version: str
    ours: bool  # the weights that it decodes with are kdlab's
    parameters: int  # trainable, each shared tensor once

    def train(self, updates: int) -> list[Update]:
        """Do the next updates of the task's list. A system that cannot has no such method."""

    def write(self, sources: list[list[int]], beam: int, length: int) -> list[list[int]]:
        """One output a source, every one `length` pieces long: all systems do the same steps."""


def serve(system: Callable[[dict], System]) -> None:
    """Answer standard input until it ends. Anything that a library prints goes to stderr."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    torch.manual_seed(1)
    task = json.loads(Path(sys.argv[1]).read_text())
    served = system(task)
    print(json.dumps(_warm_up(served, task)), file=out)
    for line in sys.stdin:
        print(json.dumps(_measure(served, task, json.loads(line))), file=out)


def _warm_up(system: System, task: dict) -> dict:
    """Who it is; then one update, and one batch by each search, whose outputs can be compared."""
    trains = hasattr(system, "train")
    if trains:
        system.train(1)
    first = task["decode"][0]
    wrote = {beam: system.write(first["source"], beam, first["length"]) for beam in (1, 5)}
    who = {"system": system.name, "version": system.version, "ours": system.ours}
    return {**who, "parameters": system.parameters, "trains": trains, "wrote": wrote}


def _measure(system: System, task: dict, what: str | int) -> dict:
    """What was done, and the seconds it took by two clocks (cpu: of all threads together)."""
    wall, cpu = time.perf_counter(), time.process_time()
    if what == "train":
        done = system.train(task["updates"])
    else:
        done = [o for b in task["decode"] for o in system.write(b["source"], what, b["length"])]
    seconds = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    if what == "train":
        return {**seconds, "tokens": sum(u.tokens for u in done), "loss": done[-1].loss}
    return {**seconds, "sentences": len(done), "pieces": sum(map(len, done))}


def padded(sentences: list[list[int]], pad: int) -> Tensor:
    """Ids [B, longest], filled on the right with pad."""
    longest = max(map(len, sentences))
    return torch.tensor([s + [pad] * (longest - len(s)) for s in sentences])


def shifted(target: Tensor, bos: int) -> Tensor:
    """What the decoder reads [B, T] to predict target [B, T]."""
    return torch.cat([torch.full_like(target[:, :1], bos), target[:, :-1]], 1)


def updates(
    model: nn.Module, loss: Callable[[Tensor, Tensor], Tensor], task: dict
) -> Iterator[Update]:
    """The bare loop that the PyTorch peers are trained by, lighter than their own trainers.

    loss: source [B, S], target [B, T] -> nats per target token, a scalar
    """
    model.train()
    adam = torch.optim.Adam(model.parameters(), task["lr"], betas=(0.9, 0.98), eps=1e-9)
    pad = task["special"]["pad"]
    for rows in task["rows"]:
        source, target = (padded([task[s][i] for i in rows], pad) for s in ("source", "target"))
        value = loss(source, target)
        value.backward()
        nn.utils.clip_grad_norm_(model.parameters(), task["clip"])
        adam.step()
        adam.zero_grad(set_to_none=True)
        yield Update(int((target != pad).sum()), value.item())
