"""The minitalks corpus: distinct sources split into train, dev and test, with sampled targets."""

from pathlib import Path

import numpy as np

from kdlab.corpora.minitalks.grammar import FILES, Grammar, load_grammar
from kdlab.corpora.minitalks.noise import misalign, replace_words
from kdlab.corpora.text import Pairs, ParallelText
from kdlab.errors import CorpusError
from kdlab.files import sha256, shipped

PRESETS = {"tiny": (6_000, 400, 1_000), "standard": (20_000, 1_000, 1_000)}
REFERENCES = 4


def minitalks(
    preset: str = "standard",
    seed: int = 1,
    noise: float = 0.0,
    ambiguity: float = 1.0,
    word_noise: float = 0.0,
    coupling: float = 1.0,
) -> ParallelText:
    """Sample the synthetic corpus; the same arguments give the same bytes.

    preset: "tiny" 6,000 train, 400 dev, 1,000 test; "standard" 20,000, 1,000, 1,000
    noise: share of train pairs that get another such pair's target, in [0, 1]; their rows are
        `train.noisy`, dev and test stay clean
    ambiguity, coupling: the grammar's dials, see Grammar; sources are the same at every setting
    word_noise: chance of each train target word to be dropped or replaced, in [0, 1]; changed rows
        are in `train.noisy` too
    All sources differ, across splits too, and R1–R4 and M1–M4 are in none. A train target is one
    sample from p*; dev and test carry four independent samples in `references`.
    Raises CorpusError for an unknown preset or a dial out of its range.
    """
    if preset not in PRESETS:
        raise CorpusError(f"no minitalks preset {preset!r}; there are {', '.join(PRESETS)}.")
    for name, share in [("noise", noise), ("word_noise", word_noise)]:
        if not 0 <= share <= 1:
            raise CorpusError(f"{name} {share} should be a share from 0 to 1.")
    grammar = load_grammar(ambiguity, coupling=coupling)
    # One stream for each use: turning a dial must not change what the other streams draw.
    streams = [np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(4)]
    sizes = PRESETS[preset]
    sources = grammar.sample_sources(sum(sizes), streams[0])
    test, dev = sources[: sizes[2]], sources[sizes[2] : sizes[2] + sizes[1]]
    train = sources[sizes[2] + sizes[1] :]
    targets = tuple(grammar.sample(source, streams[1]) for source in train)
    targets, wrong = misalign(targets, noise, streams[2])
    targets, changed = replace_words(targets, word_noise, streams[2])
    noisy = tuple(sorted({*wrong, *changed}))
    return ParallelText(
        name="minitalks",
        preset=preset,
        train=Pairs("train", train, targets, noisy=noisy, grammar=grammar),
        dev=_held_out("dev", dev, grammar, streams[3]),
        tests={"test": _held_out("test", test, grammar, streams[3])},
        grammar=grammar,
        files=tuple(_described(shipped("data/minitalks") / file) for file in FILES),
    )


def _held_out(
    name: str, sources: tuple[str, ...], grammar: Grammar, rng: np.random.Generator
) -> Pairs:
    """A split with REFERENCES sampled targets for each source."""
    draws = [tuple(grammar.sample(source, rng) for source in sources) for _ in range(REFERENCES)]
    return Pairs(name, sources, draws[0], references=tuple(draws), grammar=grammar)


def _described(path: Path) -> dict[str, object]:
    """What a result file says about a data file; `sentences` are its filled lines."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return {
        "name": "minitalks",
        "file": f"data/minitalks/{path.name}",
        "sha256": sha256(path),
        "sentences": len(lines),
    }
