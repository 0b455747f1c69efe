"""Targets drawn from the teacher's distribution, instead of the mode that beam search looks for."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from kdlab.batching import Encoded
from kdlab.decoding import decode
from kdlab.distill.held_out import SplitCorpus
from kdlab.distill.mixing import repeated
from kdlab.distill.nbest_lists import NBest, decoded_training_set
from kdlab.distill.sequence_level import replaced
from kdlab.metrics.likelihood import log_probs
from kdlab.ranges import positive, whole
from kdlab.search import LengthRule
from kdlab.special_ids import IDS
from kdlab.translator import Translator, best_text

SAMPLE_VERSION = 1  # raise by hand when drawing would give other samples


def sampled(
    teacher: Translator, corpus: SplitCorpus, temperature: float = 1.0, n: int = 1, seed: int = 1,
    *, folder: Path | None = None,
) -> SplitCorpus:  # fmt: skip
    """The corpus with samples from the teacher, y ~ q_τ(y given s), in place of y.

    Each piece is drawn from softmax(log q / τ); at τ = 1 the loss on such targets is, in the mean,
    the sum over all sentences that Seq-KD replaces by one term.
    temperature: τ, above 0     n: samples of each source; a source is then n times in the data
    A sample depends on the teacher, the source's pieces, τ, the seed, and how often the source came
    before; on its neighbours in a batch only as far as the teacher's own rounding does.
    Raises RecipeError for a temperature or n out of range, CorpusError if the teacher is silent.
    Source: Kim & Rush (2016), section 3.2, for the sum; for learning from several hypotheses see
    Galiano-Jiménez et al. (2025, arXiv 2507.21568). How we draw them is our design.
    """
    positive("temperature", temperature)
    whole("n", n, 1)
    copies = repeated(corpus, n)
    draws = _Draws(teacher, float(temperature), seed)
    lists = decoded_training_set(draws, numbered(copies.train.source), 1, folder=folder)
    targets = f"sampled temperature {temperature:g}" + (f", {n} a source" if n > 1 else "")
    return replaced(copies, [best_text(best) for best in lists], targets, teacher)


def numbered(sources: Sequence[str]) -> list[str]:
    """Each line with how often it came before, so that a repeated source is drawn anew.

    >>> numbered(["ครับ", "ค่ะ", "ครับ"])
    ['0\\tครับ', '0\\tค่ะ', '1\\tครับ']
    """
    seen: Counter[str] = Counter()
    lines = []
    for source in sources:
        lines.append(f"{seen[source]}\t{source}")
        seen[source] += 1
    return lines


@dataclass(frozen=True)
class _Draws:
    """A teacher that answers `decoded_training_set` with one sample for each numbered line."""

    teacher: Translator
    temperature: float
    seed: int

    @property
    def key(self) -> str:
        return f"sample {SAMPLE_VERSION} {self.teacher.key} {self.temperature!r} {self.seed}"

    def nbest(self, lines: Sequence[str], beam: int, rule: LengthRule) -> list[NBest]:
        """One (text, log p at temperature 1) for each line; beam and rule play no part."""
        sources = defaultdict(dict)  # draw number -> {row: source}
        for row, line in enumerate(lines):
            number, source = line.split("\t", 1)
            sources[number][row] = source
        found: list[NBest] = [[] for _ in lines]
        for number, asked in sources.items():
            drawn = self._draw(number, list(asked.values()))
            for row, hypothesis in zip(asked, drawn, strict=True):
                found[row] = [hypothesis]
        return found

    def _draw(self, number: str, sources: list[str]) -> NBest:
        pieces = self.teacher.tokenizer
        ids = pieces.encode_source(sources)
        model = _Perturbed(self.teacher.model, self.temperature, f"{self.seed} {number}")
        said = [best[0].ids if best else (IDS.eos,) for best in decode(model, ids)]
        scores = log_probs(self.teacher.model, Encoded(ids, said)).tolist()
        return [(pieces.decode(y), score) for y, score in zip(said, scores, strict=True)]


class _Perturbed(nn.Module):
    """A model whose greedy output is a sample: log p / τ plus Gumbel noise of each row's own.

    argmax(log p + g) with g = -log e, e exponential, is a draw from p (the Gumbel-max trick).
    """

    def __init__(self, model: nn.Module, temperature: float, seed: str) -> None:
        super().__init__()
        self.model, self.temperature, self.seed = model, temperature, seed
        self.training = model.training  # what `evaluating` puts back

    def start(self, source: Tensor, source_mask: Tensor) -> "_Drawing":
        """See `Seq2Seq.start`; a row's noise is seeded by its own pieces, pads left out."""
        lengths = source_mask.sum(1).tolist()
        each = zip(source.tolist(), lengths, strict=True)
        streams = tuple(_stream(f"{self.seed} {ids[:length]}") for ids, length in each)
        return _Drawing(self.model.start(source, source_mask), streams)

    def step(self, tokens: Tensor, state: "_Drawing") -> tuple[Tensor, "_Drawing"]:
        """See `Seq2Seq.step`; not log-probabilities, but what the largest of is a draw."""
        log_p, inner = self.model.step(tokens, state.inner)  # [N, V]
        wait = torch.empty(log_p.shape, dtype=torch.double)
        for row, stream in zip(wait, state.streams, strict=True):
            row.exponential_(generator=stream)
        noise = -wait.log().to(log_p)
        return log_p / self.temperature + noise, _Drawing(inner, state.streams)


@dataclass(frozen=True)
class _Drawing:
    """The model's own state, and one stream of random numbers a row."""

    inner: object
    streams: tuple[torch.Generator, ...]

    def select(self, rows: Tensor) -> "_Drawing":
        """See `State.select`; greedy search only drops rows, so no stream is ever shared."""
        return _Drawing(self.inner.select(rows), tuple(self.streams[i] for i in rows.tolist()))


def _stream(seed: str) -> torch.Generator:
    digest = hashlib.sha256(seed.encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))
