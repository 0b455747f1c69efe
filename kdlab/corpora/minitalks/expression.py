"""The English side of a pattern: a sentence with choices, and every way to walk through it.

    @dropped {.5 ~have $v.pp | .3 ~'ve $v.pp | .2 $v.past} $o .

`{p … | p …}` is a choice, `$v.past` a form of what fills slot v, `~have` a word that agrees with
the subject, `want~wants` likewise spelled out, `=we` makes *we* the subject from here on, and
`!formal` sets the register, unless one is set. `@name` and `@name(v)` stand for a shared choice.
A register is a power: every later choice's probabilities are raised to it and renormalised. Where
the registers also prefer different wordings, `{.4/.25 ~'ve | .6/.75 ~have}` has a weight for each.
The coupling dial c draws the registers together: a power is P^(1-c) p^c, with P the geometric mean
of all powers p, and weights move likewise to their mean. At 0 all registers speak alike.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean, geometric_mean

from kdlab.corpora.minitalks.lexicon import Entry
from kdlab.corpora.minitalks.textfile import Line

TOKEN = re.compile(r"[{}|]|[^\s{}|]+")
WEIGHT = re.compile(r"\d?\.\d+(/\d?\.\d+)*")
TAG = "|"  # between a word and the number of the Thai item it renders, in tagged texts

Voice = tuple[str, str]  # the register, "" until one is set; the subject's row in the table
Way = tuple[str, float, Voice]  # words with a leading space each, probability, the voice after
Paths = dict[Voice, list[tuple[str, float]]]


@dataclass(frozen=True)
class Agreement:
    """The tables that voices refer to: powers of registers, and each subject's own words."""

    registers: Mapping[str, float]
    rows: Mapping[str, Mapping[str, str]]
    coupling: float = 1.0


@dataclass(frozen=True)
class Context:
    """What fills the slots of one derivation; `places` numbers them when words are to be tagged."""

    entries: Mapping[str, Entry]
    agreement: Agreement
    places: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Words:
    """Words that are said as written; each may name the Thai item it renders."""

    words: tuple[str, ...]
    places: tuple[int | None, ...]

    def ways(self, context: Context, voice: Voice) -> list[Way]:
        """The one way to say them."""
        if context.places is None:
            return [("".join(f" {word}" for word in self.words), 1.0, voice)]
        pairs = zip(self.words, self.places, strict=True)
        return [("".join(_tagged(word, place) for word, place in pairs), 1.0, voice)]


@dataclass(frozen=True)
class Slot:
    """A form of the entry that fills a slot; its wordings are a choice like any other."""

    name: str
    form: str

    def ways(self, context: Context, voice: Voice) -> list[Way]:
        """One way for each wording of the entry."""
        wordings = context.entries[self.name].wordings
        form = self.form
        if form == "pres":
            form = "s" if context.agreement.rows[voice[1]]["third"] == "yes" else ""
        texts = [f" {wording.forms[form]}" for wording in wordings]
        if context.places is not None:
            place = context.places[self.name]
            texts = ["".join(_tagged(w, place) for w in text.split()) for text in texts]
        weights = _weights((tuple(w.probability for w in wordings),), context, voice)
        return [(text, p, voice) for text, p in zip(texts, weights, strict=True)]


@dataclass(frozen=True)
class Agree:
    """A word that depends on the subject: a column of the table, or two spelled-out forms."""

    column: str = ""
    plain: str = ""
    third: str = ""

    def ways(self, context: Context, voice: Voice) -> list[Way]:
        """The one form that agrees."""
        row = context.agreement.rows[voice[1]]
        spelled = self.third if row["third"] == "yes" else self.plain
        return [(f" {row[self.column] if self.column else spelled}", 1.0, voice)]


@dataclass(frozen=True)
class Turn:
    """A change of voice: another subject, or a register where none is set yet."""

    subject: str = ""
    register: str = ""

    def ways(self, context: Context, voice: Voice) -> list[Way]:
        """No words, another voice."""
        register, row = voice
        return [("", 1.0, (register or self.register, self.subject or row))]


@dataclass(frozen=True)
class Choice:
    """Alternatives with probabilities, one row for all registers or one for each."""

    weights: tuple[tuple[float, ...], ...]
    options: tuple["Sequence", ...]

    def ways(self, context: Context, voice: Voice) -> list[Way]:
        """All ways through all alternatives."""
        weights = _weights(self.weights, context, voice)
        found: list[Way] = []
        for weight, option in zip(weights, self.options, strict=True):
            for after, paths in expand(option, context, voice).items():
                found += [(text, weight * p, after) for text, p in paths]
        return found


Node = Words | Slot | Agree | Turn | Choice
Sequence = tuple[Node, ...]


def sharpened(weights: tuple[float, ...], power: float) -> tuple[float, ...]:
    """Probabilities raised to a power and renormalised; at power 1 exactly as given."""
    if power == 1.0:
        return weights
    raised = [weight**power for weight in weights]
    return tuple(value / sum(raised) for value in raised)


def _weights(
    rows: tuple[tuple[float, ...], ...], context: Context, voice: Voice
) -> tuple[float, ...]:
    """A choice's probabilities in a voice; before a register is set, as the first one has them."""
    if not voice[0]:
        return rows[0]
    powers = context.agreement.registers
    return _coupled(
        rows, tuple(powers.values()), list(powers).index(voice[0]), context.agreement.coupling
    )


@lru_cache(maxsize=4096)
def _coupled(
    rows: tuple[tuple[float, ...], ...], powers: tuple[float, ...], register: int, coupling: float
) -> tuple[float, ...]:
    """One register's probabilities, drawn to what all have in common as coupling falls to 0."""
    row, power = rows[register if len(rows) > 1 else 0], powers[register]
    if coupling != 1.0:
        shared = [fmean(column) for column in zip(*rows, strict=True)]
        pairs = zip(row, shared, strict=True)
        row = tuple(coupling * own + (1 - coupling) * all_ for own, all_ in pairs)
        power = geometric_mean(powers) ** (1 - coupling) * power**coupling
    return sharpened(row, power)


def expand(nodes: Sequence, context: Context, voice: Voice = ("", "it")) -> Paths:
    """Every text of a sequence with its probability, grouped by the voice it ends in."""
    paths: Paths = {voice: [("", 1.0)]}
    for node in nodes:
        longer: Paths = {}
        for before, heads in paths.items():
            for text, probability, after in node.ways(context, before):
                tails = [(head + text, p * probability) for head, p in heads]
                longer.setdefault(after, []).extend(tails)
        paths = longer
    return paths


def count(nodes: Sequence, wordings: Mapping[str, int]) -> int:
    """How many texts a sequence has at most, given how many wordings a slot has at most."""
    total = 1
    for node in nodes:
        if isinstance(node, Slot):
            total *= wordings[node.name]
        elif isinstance(node, Choice):
            total *= sum(count(option, wordings) for option in node.options)
    return total


def slots(nodes: Sequence) -> Iterator[Slot]:
    """The slots of a sequence, those inside choices too."""
    for node in nodes:
        if isinstance(node, Slot):
            yield node
        elif isinstance(node, Choice):
            for option in node.options:
                yield from slots(option)


def parse(line: Line, text: str, agreement: Agreement, says: Mapping[str, int]) -> Sequence:
    """Read an English side whose `@names` are already filled in.

    says: for an English word spelled out, the number of the Thai item that it renders.
    Raises CorpusError, naming the line, for braces, weights, subjects or registers that are wrong.
    """
    tokens = TOKEN.findall(text)
    nodes, rest = _sequence(line, tokens, agreement, says)
    if rest:
        raise line.refuse(f"{rest[0]!r} closes or parts a choice that was never opened with '{{'.")
    return nodes


def _tagged(word: str, place: int | None) -> str:
    return f" {word}" if place is None else f" {word}{TAG}{place}"


def _sequence(
    line: Line, tokens: list[str], agreement: Agreement, says: Mapping[str, int]
) -> tuple[Sequence, list[str]]:
    """The nodes up to a closing brace or bar, and the tokens from there on."""
    nodes: list[Node] = []
    while tokens and tokens[0] not in "}|":
        if tokens[0] == "{":
            node, tokens = _choice(line, tokens, agreement, says)
        else:
            node, tokens = _node(line, tokens[0], agreement, says), tokens[1:]
        if isinstance(node, Words) and nodes and isinstance(nodes[-1], Words):
            last = nodes.pop()
            node = Words(last.words + node.words, last.places + node.places)
        nodes.append(node)
    return tuple(nodes), tokens


def _choice(
    line: Line, tokens: list[str], agreement: Agreement, says: Mapping[str, int]
) -> tuple[Choice, list[str]]:
    weights, options = [], []
    while tokens and tokens[0] in "{|":
        tokens = tokens[1:]
        if not tokens or not WEIGHT.fullmatch(tokens[0]):
            shown = tokens[0] if tokens else "the end of the line"
            raise line.refuse(f"a choice needs a weight such as .5 before {shown!r}.")
        weights.append([float(weight) for weight in tokens[0].split("/")])
        nodes, tokens = _sequence(line, tokens[1:], agreement, says)
        options.append(nodes)
    if not tokens:
        raise line.refuse("a choice is opened with '{' and never closed with '}'.")
    if {len(given) for given in weights} not in ({1}, {len(agreement.registers)}):
        raise line.refuse(
            f"a choice needs one weight for each option, or {len(agreement.registers)} (one for "
            f"each register), not {weights}."
        )
    for row in zip(*weights, strict=True):
        if abs(sum(row) - 1) > 1e-9:
            shown = " + ".join(f"{weight:g}" for weight in row)
            raise line.refuse(f"the weights {shown} of a choice add up to {sum(row):g}; make it 1.")
    return Choice(tuple(zip(*weights, strict=True)), tuple(options)), tokens[1:]


def _node(line: Line, token: str, agreement: Agreement, says: Mapping[str, int]) -> Node:
    mark, rest = token[0], token[1:]
    if mark == "$":
        name, _, form = rest.partition(".")
        return Slot(name, form)
    if mark == "!" and rest:
        return Turn(register=_known(line, rest, agreement.registers, "register"))
    if mark == "=" and rest:
        return Turn(subject=_known(line, rest, agreement.rows, "subject"))
    if mark == "~":
        columns = next(iter(agreement.rows.values()), {})
        return Agree(column=_known(line, rest, columns, "agreeing word"))
    if mark == "@":
        raise line.refuse(f"shared choice {token!r} is not defined in [choices].")
    if "~" in token:
        plain, _, third = token.partition("~")
        return Agree(plain=plain, third=third)
    return Words((token,), (says.get(token),))


def _known(line: Line, name: str, table: Mapping[str, object], what: str) -> str:
    if name not in table:
        raise line.refuse(f"{what} {name!r} is none of {', '.join(table)}.")
    return name
