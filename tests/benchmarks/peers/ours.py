"""kdlab as a system under test: its own training loop and its own search."""

import importlib.metadata
from itertools import islice
from pathlib import Path

import torch
import worker
from safetensors.torch import load_file
from torch import Tensor, nn

from kdlab.batching import Batch, Encoded, pad
from kdlab.losses import NLL
from kdlab.models import Transformer, TransformerConfig, parameter_count
from kdlab.models.evaluating import evaluating
from kdlab.objectives import Plain
from kdlab.search import beam_search, greedy
from kdlab.training import Adam, Constant, Session, Training


def network(sizes: dict) -> Transformer:
    """A kdlab Transformer of these sizes whose one table serves source, target and output."""
    config = TransformerConfig(
        sizes["layers"], sizes["layers"], sizes["width"], sizes["heads"],
        sizes["ffn"] // sizes["width"], sizes["dropout"], tied=True,
    )  # fmt: skip
    model = Transformer(config, sizes["vocabulary"], sizes["vocabulary"])
    model.source_embedding = model.target_embedding
    model.generator.bias.requires_grad_(False).zero_()  # Joey NMT has none
    return model


class Counting(Plain):
    """The plain objective, which remembers how many target tokens its batch had."""

    tokens = 0

    def __call__(self, student: nn.Module, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """See `Objective.__call__`."""
        self.tokens = batch.tokens
        return super().__call__(student, batch)


class System:
    """See `worker.System`."""

    name, version, ours = "kdlab", importlib.metadata.version("kdlab"), True

    def __init__(self, task: dict) -> None:
        self.reader, self.student = self.load(task), self.load(task)
        self.parameters = parameter_count(self.student)
        training = Training(
            updates=len(task["rows"]), batch_tokens=task["batch_tokens"], schedule=Constant(),
            optimiser=Adam(task["lr"]), clip=task["clip"],
        )  # fmt: skip
        data = Encoded(task["source"], task["target"])
        self.objective = Counting(NLL())
        session = Session(self.student, self.objective, data, training, task["seed"])
        self.records = session.records()

    def load(self, task: dict) -> Transformer:
        """A network with the task's weights."""
        model = network(task["sizes"])
        weights = load_file(Path(task["weights"]))
        weights["source_embedding.weight"] = weights["target_embedding.weight"]
        weights["generator.weight"] = weights["target_embedding.weight"]
        del weights["positions"]
        model.load_state_dict(weights)
        return model

    def train(self, updates: int) -> list[worker.Update]:
        """See `worker.System.train`; the session makes its own batches, which are the task's."""
        return [worker.Update(self.objective.tokens, r.loss) for r in islice(self.records, updates)]

    def write(self, sources: list[list[int]], beam: int, length: int) -> list[list[int]]:
        """See `worker.System.write`."""
        with evaluating(self.reader):
            source, mask = pad(sources)
            state, most = self.reader.start(source, mask), torch.full((len(sources),), length)
            if beam == 1:
                found = greedy(self.reader.step, state, most)
            else:
                found = beam_search(self.reader.step, state, most, beam)
        return found.tokens[:, 0].tolist()


if __name__ == "__main__":
    worker.serve(System)
