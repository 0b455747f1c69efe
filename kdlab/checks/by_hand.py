"""Exercises that are answered with a value: a choice, something with a key, a text."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kdlab.checks.calls import read
from kdlab.checks.plain import Array, Odd, shown
from kdlab.checks.sameness import folded, number, same_by_hand
from kdlab.checks.verdict import NO_ANSWER, TO_DO, Verdict, Wrong, both

Leaf = float | str
MOST_PLACES = 20  # named one by one


class ByHand:
    """An exercise whose answer is a value; its kinds say what `verdict` a plain value gets."""

    def judge(self, value: object) -> Verdict:
        """Read the value and give the verdict; raises nothing, whatever the value is."""
        return self.verdict(read(value))

    def verdict(self, given: object) -> Verdict:
        """What is said of a plain value."""
        raise NotImplementedError


@dataclass(frozen=True)
class Choice(ByHand):
    """A prediction: it counts for being made, so nothing is said of right or wrong before `reveal`.

    replies: what is said to each letter     right: the letter
    """

    id: str
    replies: Mapping[str, str]
    right: str

    def verdict(self, given: object) -> Verdict:
        """Whether it is one of the letters, small or capital."""
        if given is ...:
            return Verdict(None, TO_DO, NO_ANSWER)
        letter = _letter(given)
        if letter not in self.replies:
            says = f"{shown(given)} is no answer here; choose {_either(self.replies)}."
            return Verdict(False, says, NO_ANSWER)
        return Verdict(None, f"saved: {letter}. `reveal({self.id!r})` says what we found.")

    def solution(self, given: object) -> str:
        """The reply to what was chosen, and the answer."""
        letter = _letter(given)
        right = f" The answer is {self.right}. {self.replies[self.right]}"
        return f"{self.replies[letter]}{'' if letter == self.right else right}"


@dataclass(frozen=True)
class Keyed(ByHand):
    """An answer with a key: numbers or letters, alone or by name.

    tolerance: how far a number may be off, absolute     hint: said of a wrong answer without a name
    """

    id: str
    key: object
    hint: str
    wrong: tuple[Wrong, ...] = ()
    tolerance: float = 0.005

    def verdict(self, given: object) -> Verdict:
        """Right, a known mistake, or the first place that differs."""
        leaves, wanted = dict(_leaves(given)), dict(_leaves(self.key))
        if any(leaf is ... for leaf in leaves.values()):
            return Verdict(None, TO_DO, NO_ANSWER)
        if set(map(folded, leaves)) != set(map(folded, wanted)):
            says = f"expected {_places(wanted)}, got {_places(leaves)}. {self.hint}"
            return Verdict(False, says, NO_ANSWER)
        off = self._difference(leaves, self.key)
        if not off:
            return Verdict(True, _shown(self.key))
        for name, says, mistaken in self.wrong:
            if not self._difference(leaves, mistaken):
                return Verdict(False, says, name)
        return Verdict(False, f"{off}. {self.hint}")

    def solution(self, given: object) -> str:
        """What was answered, and the key."""
        verdict = self.verdict(given)
        if verdict.ok:
            return _shown(self.key)
        known = f": {verdict.says}" if verdict.name else "."
        return f"You answered {shown(given)}{known} The answer is {_shown(self.key)}."

    def _difference(self, leaves: Mapping[str, object], key: object) -> str:
        """The first of the key's places that has another answer, in words."""
        given = {folded(place): leaf for place, leaf in leaves.items()}
        for place, wanted in _leaves(key):
            leaf = given[folded(place)]
            if not same_by_hand(leaf, wanted, self.tolerance):
                no_number = isinstance(leaf, str) and number(leaf) is None
                off = "is no number" if no_number and not isinstance(wanted, str) else "is not it"
                return f"{place}{place and ': '}{shown(leaf)} {off}"
        return ""


@dataclass(frozen=True)
class Text(ByHand):
    """A written answer. must: what it has to name, and a pattern that finds it."""

    id: str
    must: tuple[tuple[str, str], ...]
    rubric: str

    def verdict(self, given: object) -> Verdict:
        """What is missing, or how many words were saved for a person to read."""
        if given is ...:
            return Verdict(None, TO_DO, NO_ANSWER)
        if not isinstance(given, str):
            return Verdict(False, f"expected a text in quotes, got {shown(given)}.", NO_ANSWER)
        text = unicodedata.normalize("NFC", given)
        missing = [what for what, seen in self.must if not re.search(seen, text, re.I | re.S)]
        if missing:
            name = "" if text.strip() else NO_ANSWER
            return Verdict(False, f"your text does not name {both(missing)}.", name)
        return Verdict(None, f"saved: {len(text.split())} words, to be read. {self.rubric}")

    def solution(self, given: object) -> str:
        """The rubric."""
        return self.rubric


def _letter(given: object) -> str:
    """A choice as its replies name it: "A)" is "a"."""
    return folded(given).strip("().:") if isinstance(given, str) else ""


def _leaves(value: object, place: str = "") -> Iterator[tuple[str, Leaf]]:
    """Each number or word of a nested answer with where it stands: "He, 1"."""
    if isinstance(value, Array):
        value = value.values
    if isinstance(value, Mapping):
        parts: Sequence = list(value.items())
    elif isinstance(value, (list, tuple)) and not isinstance(value, Odd):
        parts = list(enumerate(value, 1))
    else:
        yield place, value
        return
    for name, part in parts:
        yield from _leaves(part, f"{place}, {name}" if place else str(name))


def _places(leaves: Mapping[str, Leaf]) -> str:
    names = list(leaves)
    if not names:
        return "none"
    if names == [""]:
        return leaves[""].says if isinstance(leaves[""], Odd) else "one answer"
    return f"answers for {both(names)}" if len(names) <= MOST_PLACES else f"{len(names)} answers"


def _shown(key: object) -> str:
    if isinstance(key, Mapping):
        return "; ".join(f"{name}: {_shown(part)}" for name, part in key.items())
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _either(names: Mapping[str, object]) -> str:
    return " or ".join(repr(name) for name in names)
