"""Training targets from the grammar itself, without a teacher: controls for why KD works.

    canonical            one right answer a source, the likeliest: what a perfect teacher would say
    alphabetical         one right answer a source, however rare: as simple, and blind to likelihood
    fresh references     other right answers, as varied as the first
    second references    the double of base+kd in which the second targets are true
    dropped, repaired    oracle cleaning of the pairs that were corrupted on purpose

On minitalks only, whose p* is known; dropping needs no more than the rows to drop.
"""

import numpy as np

from kdlab.distill.held_out import SplitCorpus
from kdlab.distill.mixing import mixed, repeated
from kdlab.errors import CorpusError
from kdlab.metrics.known_truth import grammar_of
from kdlab.ranges import whole


def canonical(corpus: SplitCorpus) -> SplitCorpus:
    """The corpus with the mode of p*(y given s) in place of every y: a perfect teacher's output.

    If kd helps because its targets are simple, clean and likely, this helps as much; whether simple
    is enough, `alphabetical` asks.
    Raises RecipeError without a grammar.
    Source: ours (arm "canonical" of X2).
    """
    mode = grammar_of(corpus).mode
    target = tuple(mode(source) for source in corpus.train.source)
    return corpus.with_train(corpus.train.with_target(target), "canonical (true mode)")


def alphabetical(corpus: SplitCorpus) -> SplitCorpus:
    """The corpus with the right translation that comes first in a dictionary in place of every y.

    A rule without a teacher: as simple as `canonical`, and of no particular probability.
    Raises RecipeError without a grammar.
    Source: ours.
    """
    translations = grammar_of(corpus).translations
    target = tuple(min(t.text for t in translations(source)) for source in corpus.train.source)
    return corpus.with_train(corpus.train.with_target(target), "alphabetical")


def fresh_references(corpus: SplitCorpus, n: int = 1, seed: int = 1) -> SplitCorpus:
    """The corpus with new draws from p*(y given s) in place of y, n of each source.

    n: with as many as there will be epochs, a source has a new draw for each of them
    A draw may say what y says. Noise is gone: every target is a true one.
    Raises RecipeError without a grammar, or if n is less than 1.
    Source: ours (arm "re-sampled gold" of X2).
    """
    whole("n", n, 1)
    grammar, draw = grammar_of(corpus), np.random.default_rng(seed)
    train = repeated(corpus, n).train
    target = tuple(grammar.sample(source, draw) for source in train.source)
    each = f", {n} a source" if n > 1 else ""
    return corpus.with_train(train.with_target(target), f"fresh references{each}, seed {seed}")


def with_second_references(corpus: SplitCorpus, seed: int = 1) -> SplitCorpus:
    """base+second reference: every pair (s, y), and each s with another draw from p*.

    It is to base+kd what `canonical` is to kd: the same form, with no teacher in it. Where y is
    noise it stays, beside a true target.
    Raises RecipeError without a grammar.
    Source: ours (the second true reference in the tests of H2).
    """
    return mixed(corpus, fresh_references(corpus, seed=seed))


def noise_dropped(corpus: SplitCorpus) -> SplitCorpus:
    """The corpus without the pairs that were corrupted on purpose.

    It is smaller then, which changes more than its noise; `noise_repaired` keeps every source.
    Raises CorpusError if no corrupted pair is known: targets that replaced gold carry no rows.
    Source: ours (oracle cleaning, X4).
    """
    noisy = _noisy(corpus)
    rows = [row for row in range(len(corpus.train)) if row not in noisy]
    targets = f"{corpus.targets}, {len(noisy):,} noisy pairs dropped"
    return corpus.with_train(corpus.train.rows(rows), targets)


def noise_repaired(corpus: SplitCorpus, seed: int = 1) -> SplitCorpus:
    """The corpus whose corrupted pairs get a true target, drawn from p*; the others keep theirs.

    Raises RecipeError without a grammar, CorpusError if no corrupted pair is known.
    Source: ours (oracle cleaning, X4).
    """
    grammar, noisy, draw = grammar_of(corpus), _noisy(corpus), np.random.default_rng(seed)
    target = tuple(
        grammar.sample(source, draw) if row in noisy else said
        for row, (source, said) in enumerate(corpus.train)
    )
    targets = f"{corpus.targets}, {len(noisy):,} noisy pairs repaired, seed {seed}"
    return corpus.with_train(corpus.train.with_target(target), targets)


def _noisy(corpus: SplitCorpus) -> frozenset[int]:
    if not corpus.train.noisy:
        raise CorpusError(
            f"{corpus.name} with {corpus.targets} targets knows of no corrupted pair; load it with "
            'noise, load_corpus("minitalks", noise=0.2), and clean it before targets are replaced.'
        )
    return frozenset(corpus.train.noisy)
