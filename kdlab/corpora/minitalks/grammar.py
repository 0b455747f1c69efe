"""The grammar as a distribution: what a Thai sentence may mean in English, and how probably."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kdlab.corpora.minitalks.english import finish
from kdlab.corpora.minitalks.expression import TAG
from kdlab.corpora.minitalks.lexicon import Lexicon, read_lexicon
from kdlab.corpora.minitalks.matching import Derivation, Drawer, derivations
from kdlab.corpora.minitalks.patterns import Rules, read_rules
from kdlab.errors import CorpusError
from kdlab.files import shipped

FILES = ("lexicon.txt", "patterns.txt")
REMEMBERED = 8_192  # sources whose translations are kept; about 10 kB each
# English function words that no single Thai word accounts for, whatever the lexicon's phrase holds.
UNPLACED = frozenset("a an the to of in at on for from with by some is are was were be".split())


class Translation(NamedTuple):
    """One English sentence and its probability given the source."""

    text: str
    probability: float


class Gloss(NamedTuple):
    """One Thai word with its romanisation (RTGS) and a rough English gloss."""

    thai: str
    rtgs: str
    gloss: str


Alignment = tuple[tuple[int, tuple[int, int]], ...]


@dataclass(frozen=True)
class RunningExample:
    """A sentence that the book follows: R1 to R4, and the minimal pairs M1 to M4."""

    name: str
    thai: str
    words: tuple[str, ...]
    romanisation: str
    gloss: tuple[str, ...]
    meaning: str


class Grammar:
    """A synchronous Thai–English grammar; p*(y given x) is known for every source it can make.

    A source with several derivations has their distributions mixed by their priors. Then the
    ambiguity dial a tempers the whole: p_a(y given x) ∝ p*(y given x)^(1/a). At 1 the probabilities
    are as written; above 1 they are flatter; below, sharper; at 0 the mode alone is left (of equal
    ones the alphabetically first). The order of the translations never changes.
    The coupling dial says how far the subject's register decides all later wording: 1 as written,
    0 not at all, and then the likeliest words nearly always make the likeliest sentence (see
    `expression`). The running examples have their printed probabilities at any coupling.
    Synthetic: written for this book, see data/minitalks/README.md.
    """

    def __init__(
        self, rules: Rules, lexicon: Lexicon, ambiguity: float = 1.0, coupling: float = 1.0
    ):
        if not (math.isfinite(ambiguity) and ambiguity >= 0):
            raise CorpusError(f"ambiguity {ambiguity} should be a number from 0 (mode only) up.")
        if not 0 <= coupling <= 1:
            raise CorpusError(f"coupling {coupling} should be from 0 (none) to 1 (as written).")
        self.rules = replace(rules, agreement=replace(rules.agreement, coupling=coupling))
        self.lexicon = lexicon
        self.ambiguity = ambiguity
        self.coupling = coupling
        self._drawer = Drawer(self.rules)
        self._examples = {e.name: Derivation(e, {}, 1.0) for e in rules.examples}
        self._reserved = frozenset(d.thai(rules) for d in self._examples.values())
        self._remembered = lru_cache(maxsize=REMEMBERED)(self._enumerate)

    def __reduce__(self) -> tuple:
        return Grammar, (self.rules, self.lexicon, self.ambiguity, self.coupling)

    def __repr__(self) -> str:
        return (
            f"Grammar({len(self.rules.patterns)} patterns, {len(self.lexicon)} words, "
            f"ambiguity={self.ambiguity:g}, coupling={self.coupling:g})"
        )

    def sample_sources(self, n: int, rng: np.random.Generator) -> tuple[str, ...]:
        """n different Thai sentences, drawn by their prior; never one of the examples.

        Raises CorpusError if the grammar does not seem to have n of them.
        """
        found: dict[str, None] = {}
        for _ in range(60 * n + 1_000):
            if len(found) == n:
                return tuple(found)
            source = self._drawer.draw(rng).thai(self.rules)
            if source not in self._reserved:
                found.setdefault(source)
        raise CorpusError(f"only {len(found)} of {n} different sources were found; ask for fewer.")

    def translations(self, source: str) -> tuple[Translation, ...]:
        """Every English translation with its probability, likeliest first; they sum to 1.

        Raises CorpusError, showing it, for a source that the grammar cannot make.
        """
        return self._remembered(source)

    def _enumerate(self, source: str) -> tuple[Translation, ...]:
        ways = self._derivations(source)
        total = sum(way.prior for way in ways)
        mass: dict[str, float] = {}
        for way in ways:
            for paths in way.paths(self.rules).values():
                for tokens, probability in paths:
                    share = probability * way.prior / total
                    mass[tokens] = mass.get(tokens, 0.0) + share
        ranked = sorted(mass.items(), key=lambda item: (-item[1], item[0]))
        probabilities = _tempered([p for _, p in ranked], self.ambiguity)
        # strict=False: at ambiguity 0 the mode alone has a probability
        pairs = zip(ranked, probabilities, strict=False)
        return tuple(Translation(finish(tokens[1:]), p) for (tokens, _), p in pairs)

    def _derivations(self, source: str) -> tuple[Derivation, ...]:
        found = derivations(self.rules, source)
        if not found:
            raise CorpusError(
                f"the grammar cannot make the source {source!r}; its own come from "
                "sample_sources, and are written without spaces."
            )
        return found

    def log_prob(self, target: str, source: str) -> float:
        """log p*(target given source) in nats; −inf for what is no translation."""
        for text, probability in self.translations(source):
            if text == target:
                return math.log(probability)
        return -math.inf

    def mode(self, source: str) -> str:
        """The likeliest translation."""
        return self.translations(source)[0].text

    def mode_probability(self, source: str) -> float:
        """The probability of the likeliest translation, in (0, 1]."""
        return self.translations(source)[0].probability

    def entropy(self, source: str) -> float:
        """−Σ p log p over the translations, in nats."""
        return -sum(p * math.log(p) for _, p in self.translations(source))

    def nbest(self, source: str, k: int) -> tuple[Translation, ...]:
        """The k likeliest translations, or all where there are fewer."""
        return self.translations(source)[:k]

    def greedy(self, source: str) -> str:
        """What taking the likeliest next word at each step ends on: exact greedy, by words."""
        left = [(t.text.split(), t.probability) for t in self.translations(source)]
        for place in range(max(len(words) for words, _ in left)):
            mass: dict[str, float] = {}
            for words, probability in left:
                word = words[place] if place < len(words) else ""
                mass[word] = mass.get(word, 0.0) + probability
            best = max(mass, key=lambda word: mass[word])
            left = [item for item in left if (item[0][place : place + 1] or [""])[0] == best]
            if not best:
                break
        return " ".join(left[0][0])

    def sample(self, source: str, rng: np.random.Generator) -> str:
        """One translation drawn from p*."""
        share = rng.random()
        found = self.translations(source)
        for text, probability in found:
            share -= probability
            if share < 0:
                return text
        return found[-1].text  # the probabilities sum to 1 only up to rounding

    def words(self, source: str) -> tuple[str, ...]:
        """The Thai words of a source, by its likeliest derivation."""
        best = max(self._derivations(source), key=lambda way: way.prior)
        return tuple(word for entry in best.items(self.rules) for word in entry.words)

    def gloss(self, source: str) -> tuple[Gloss, ...]:
        """The lexicon's Thai entries of a source with romanisation and gloss, in order."""
        best = max(self._derivations(source), key=lambda way: way.prior)
        items = (entry for entry in best.items(self.rules) if entry.words)
        return tuple(Gloss(entry.thai, entry.rtgs, entry.gloss) for entry in items)

    def alignment(self, source: str, target: str) -> Alignment:
        """Which Thai characters each content word of the target renders.

        Returns pairs (index of the target word, (start, end) in the source). Left out are words
        that the grammar cannot place (dropped pronouns, auxiliaries), articles and prepositions,
        and every word of a target that is no translation.
        """
        for way in sorted(self._derivations(source), key=lambda way: -way.prior):
            ends = [0]
            for entry in way.items(self.rules):
                ends.append(ends[-1] + len(entry.thai))
            for paths in way.paths(self.rules, tagged=True).values():
                for tagged, _ in paths:
                    pieces = [word.partition(TAG) for word in tagged.split()]
                    if finish(" ".join(word for word, _, _ in pieces)) == target:
                        return tuple(
                            (i, (ends[int(place)], ends[int(place) + 1]))
                            for i, (word, _, place) in enumerate(pieces)
                            if place and word not in UNPLACED
                        )
        return ()

    def running_example(self, name: str) -> RunningExample:
        """One of the book's own sentences, "R1" to "R4" or "M1" to "M4".

        Raises CorpusError for another name.
        """
        if name not in self._examples:
            raise CorpusError(
                f"no running example {name!r}; there are {', '.join(self._examples)}."
            )
        way = self._examples[name]
        items = way.items(self.rules)
        return RunningExample(
            name=name,
            thai=way.thai(self.rules),
            words=tuple(entry.thai for entry in items),
            romanisation=" ".join(entry.rtgs for entry in items),
            gloss=tuple(entry.gloss for entry in items),
            meaning=way.pattern.meaning,
        )

    @property
    def running_examples(self) -> tuple[str, ...]:
        """The names that `running_example` knows."""
        return tuple(self._examples)


def load_grammar(
    ambiguity: float = 1.0, folder: Path | str | None = None, coupling: float = 1.0
) -> Grammar:
    """The grammar as shipped, or one edited by you in `folder`.

    ambiguity: 0 leaves the mode only, 1 is as written, above 1 is flatter (see Grammar)
    coupling: 1 is as written, 0 frees all wording from the subject's register (see Grammar)
    Raises CorpusError, naming file and line, where the text files are wrong.
    """
    place = Path(folder) if folder is not None else shipped("data/minitalks")
    lexicon = read_lexicon(place / FILES[0])
    return Grammar(read_rules(place / FILES[1], lexicon), lexicon, ambiguity, coupling)


def _tempered(probabilities: Sequence[float], ambiguity: float) -> list[float]:
    """Probabilities (best first) raised to 1/ambiguity and renormalised; at 0 the first alone."""
    if ambiguity == 0:
        return [1.0]
    if ambiguity == 1:
        return list(probabilities)
    logs = np.log(probabilities) / ambiguity
    raised = np.exp(logs - logs.max())
    kept = raised[raised > 0]  # near 0 the power underflows
    return (kept / kept.sum()).tolist()
