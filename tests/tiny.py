"""A corpus of invented words, models of a few hundred weights, trainings of under a second."""

import itertools
import random
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from kdlab.batching import Encoded, pad
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.experiments import jobs, recipes
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.suites import SUITES, Suite
from kdlab.losses import NLL
from kdlab.metrics import perplexity
from kdlab.models import RNN, ExactModel, RNNConfig, Transformer, TransformerConfig, build
from kdlab.objectives import Objective, Plain
from kdlab.special_ids import IDS
from kdlab.tokenizer import Tokenizer, TokenizerConfig
from kdlab.training import Adam, Constant, Session, Training, fit
from kdlab.translator import Translator

SOURCE_WORDS = ("ดอมา", "เรลู", "มิโซ", "ฟาคี", "ซอนำ", "ลาโป")
TARGET_WORDS = ("dorma", "relu", "misto", "faki", "sonam", "lapo")

PLAIN_RNN = RNNConfig(1, 8, 0.2, input_feeding=False, bidirectional=True, embedding_dropout=0.1)
FED_RNN = RNNConfig(2, 8, 0.2)
TRANSFORMER = TransformerConfig(1, 2, width=8, heads=2, ffn=2, dropout=0.2)
CONFIGS = {
    "rnn": PLAIN_RNN,
    "rnn, input feeding": FED_RNN,
    "rnn, memory embeddings": RNNConfig(1, 8, 0.2, memory_embeddings=True),
    "transformer": TRANSFORMER,
    "transformer, tied": TransformerConfig(1, 1, width=8, heads=2, ffn=2, tied=True),
}

SETTINGS = Training(
    updates=8, batch_tokens=60, optimiser=Adam(1e-2), schedule=Constant(), every=2, dev_sentences=4
)


@cache
def text() -> ParallelText:
    """96 word-for-word pairs, 8 for dev, 8 for test."""
    draw = random.Random(3)
    lines = {tuple(draw.choices(range(6), k=draw.randint(2, 4))): None for _ in range(400)}
    assert len(lines) >= 112
    source = ["".join(SOURCE_WORDS[w] for w in line) for line in lines]
    target = [" ".join(TARGET_WORDS[w] for w in line) for line in lines]

    def split(name: str, start: int, end: int) -> Pairs:
        return Pairs(name, tuple(source[start:end]), tuple(target[start:end]))

    return ParallelText(
        "invented", "tiny", split("train", 0, 96), split("dev", 96, 104),
        {"test": split("test", 104, 112)},
    )  # fmt: skip


@cache
def tokenizer() -> Tokenizer:
    """Learned from the invented corpus."""
    pairs = text().train
    return Tokenizer.train(pairs.source, pairs.target, TokenizerConfig("unigram", 24, 24))


def corpus() -> Corpus:
    """The invented corpus with its tokenizer."""
    return Corpus(text(), tokenizer())


def encoded(pairs: Pairs) -> Encoded:
    """A split of the invented corpus as piece ids."""
    return Encoded(tokenizer().encode_source(pairs.source), tokenizer().encode_target(pairs.target))


def recipe(
    model: RNNConfig | TransformerConfig = TRANSFORMER,
    loss: object | None = None,
    training: Training = SETTINGS,
) -> Recipe:
    """A training of well under a second."""
    return Recipe("invented", model, training, NLL() if loss is None else loss)


def model(config: RNNConfig | TransformerConfig, V: int = 6, seed: int = 0) -> RNN | Transformer:
    """An untrained network in eval mode whose weights are large enough to have opinions."""
    torch.manual_seed(seed)
    network = build(config, 7, V).eval()
    for parameter in network.parameters():
        if parameter.requires_grad:
            parameter.data *= 2.0
    return network


def translator(config: RNNConfig | TransformerConfig = TRANSFORMER, seed: int = 0) -> Translator:
    """An untrained network with the invented corpus's pieces."""
    torch.manual_seed(seed)
    pieces = tokenizer()
    network = build(config, pieces.source_size, pieces.target_size).eval()
    return Translator(network, pieces, f"untrained {seed}")


def session(
    config: RNNConfig | TransformerConfig = TRANSFORMER,
    objective: Objective | None = None,
    settings: Training = SETTINGS,
    seed: int = 1,
) -> Session:
    """A training on the invented corpus that has not begun."""
    network = translator(config, seed).model
    return Session(network, objective or Plain(NLL()), encoded(text().train), settings, seed)


def evaluate(network: object) -> dict[str, float]:
    """Dev perplexity, and its negative where BLEU would stand."""
    ppl = perplexity(network, encoded(text().dev))
    return {"bleu": -ppl, "ppl": ppl}


def fitted(
    training: Session, checkpoint: Path | None = None, updates: int | None = None, key: str = "k"
) -> list[dict]:
    """The records of the evaluations, without their clock; stopped dead after `updates`."""
    records = []
    for record in fit(training, evaluate, checkpoint=checkpoint, key=key):
        if record.scores:
            records.append({k: v for k, v in vars(record).items() if k != "seconds"})
        if record.update == updates:
            break
    return records


def weights(training: Session) -> dict[str, Tensor]:
    """Copies of the model's weights and of the objective's state."""
    state = {**training.model.state_dict(), **training.objective.state_dict()}
    return {name: tensor.detach().clone() for name, tensor in state.items()}


def same(a: dict[str, Tensor], b: dict[str, Tensor]) -> bool:
    """Equal bit for bit."""
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def sources(n: int, seed: int = 1) -> list[list[int]]:
    """n sources of 1 to 5 pieces and eos, over 7 ids."""
    draw = random.Random(seed)
    return [[draw.randint(3, 6) for _ in range(draw.randint(1, 5))] + [IDS.eos] for _ in range(n)]


def every_output(network: object, source: Sequence[int], longest: int, V: int) -> dict:
    """{ids: log p} of every sentence of up to `longest` pieces, eos last, teacher-forced.

    One that reaches `longest` was made to end, and pays for it like any other.
    """
    bodies = [
        body
        for n in range(longest)
        for body in itertools.product([IDS.unk, *range(4, V)], repeat=n)
    ]  # fmt: skip
    targets = [[*body, IDS.eos] for body in bodies]
    log_probs = teacher_forced(network, [source] * len(targets), targets)
    return dict(zip(map(tuple, targets), log_probs, strict=True))


@torch.no_grad()
def teacher_forced(
    network: object, each: Sequence[Sequence[int]], targets: Sequence[Sequence[int]]
) -> list[float]:
    """log p of each target (eos last) under its source, from logits of the whole prefix at once."""
    batch = Encoded(each, targets).batch(range(len(targets)))
    logits = network(batch.source, batch.source_mask, batch.prefix)
    log_p = logits.log_softmax(-1).gather(-1, batch.target[..., None])[..., 0]
    return log_p.masked_fill(~batch.mask, 0).sum(1).tolist()


def started(network: object, each: Sequence[Sequence[int]]) -> object:
    """The state before the first piece."""
    with torch.no_grad():
        return network.start(*pad(each))


TRANSLATIONS = {
    SOURCE_WORDS[0]: (("dorma", 0.5), ("dorma relu", 0.25), ("misto", 0.25)),
    SOURCE_WORDS[1]: (("relu", 1.0),),
}


def exact() -> ExactModel:
    """A grammar of two sentences."""
    return ExactModel(lambda source: TRANSLATIONS.get(source, ()), tokenizer())


class Table:
    """A model that is a table: p(next | the piece before), the same for every source.

    calls: how many rows each step was asked about
    """

    def __init__(self, rows: Tensor) -> None:
        """rows: [V, V] probabilities; pad and bos never follow."""
        self.log_p, self.calls = rows.log(), []

    def step(self, tokens: Tensor, state: "Rows") -> tuple[Tensor, "Rows"]:
        """See `Seq2Seq.step`; a row whose own `state` names another sentence's table fails."""
        assert len(tokens) == len(state.of)
        self.calls.append(len(tokens))
        return self.log_p[tokens] + state.bonus[state.of], state


class Rows:
    """Which sentence each row belongs to, and what that sentence adds to log p ([B, V])."""

    def __init__(self, of: Tensor, bonus: Tensor) -> None:
        self.of, self.bonus = of, bonus

    def select(self, rows: Tensor) -> "Rows":
        """See `State.select`."""
        return Rows(self.of[rows], self.bonus)


def table(seed: int = 0, V: int = 6) -> Table:
    """A random table."""
    draw = torch.Generator().manual_seed(seed)
    p = torch.rand(V, V, generator=draw)
    p[:, [IDS.pad, IDS.bos]] = 0
    return Table(p / p.sum(1, keepdim=True))


def rows(B: int, V: int = 6) -> Rows:
    """The start of B sentences."""
    return Rows(torch.arange(B), torch.zeros(B, V))


@contextmanager
def full_disk(allowed: int) -> Iterator[None]:
    """No file may grow beyond `allowed` bytes: the write fails, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (allowed, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def logits(
    seed: int, B: int = 2, T: int = 3, V: int = 5, padded: bool = False
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Student and teacher logits, targets and a mask with at least one real token.

    padded: at least one that is not real, too
    """
    draw = torch.Generator().manual_seed(seed)
    both = torch.randn(2, B, T, V, generator=draw, dtype=torch.double)
    mask = torch.rand(B, T, generator=draw) < 0.6
    mask[0, 0] = True
    if padded:
        mask[1, -1] = False
    return both[0], both[1], torch.randint(0, V, (B, T), generator=draw), mask


def run_suite_on_it(patch: object, folder: Path, suite: Suite) -> None:
    """Let `reproduce` run this suite on the invented corpus at small sizes, in a store of its own.

    patch: pytest's MonkeyPatch, which takes it all back
    """
    patch.setenv("KDLAB_HOME", str(folder / "home"))
    patch.setitem(SUITES, suite.name, suite)
    patch.setattr(jobs, "load_corpus", lambda *_, **__: corpus())
    size = (PLAIN_RNN, SETTINGS)
    patch.setitem(recipes.PRESETS, "tiny", recipes.Sizes(size, size))
