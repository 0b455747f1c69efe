"""Four kinds of exercise: a choice, an answer with a key, a text, a function. Each can judge."""

import copy
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

Case = tuple  # the arguments of one call
Leaf = float | str
TO_DO = "to do: put your answer in place of the dots."
MOST_DRAWS = 200  # cases drawn until every known mistake has shown itself


class Verdict(NamedTuple):
    """ok: right, wrong, or None where a person must read it; name: of the mistake, if known."""

    ok: bool | None
    says: str
    name: str = ""

    def __str__(self) -> str:
        return {True: "✓ right: ", False: "✗ not yet: ", None: "… "}[self.ok] + self.says


class Wrong(NamedTuple):
    """A mistake we know. value: the wrong answer, or the function that makes it."""

    name: str
    says: str
    value: object


@dataclass(frozen=True)
class Choice:
    """A prediction: it counts for being made, so nothing is said of right or wrong before `reveal`.

    replies: what is said to each letter     right: the letter
    """

    id: str
    replies: Mapping[str, str]
    right: str

    def judge(self, value: object) -> Verdict:
        """Whether it is one of the letters."""
        if value is ...:
            return Verdict(None, TO_DO)
        if not isinstance(value, str) or value not in self.replies:
            return Verdict(False, f"{value!r} is no answer here; choose {_either(self.replies)}.")
        return Verdict(None, f"saved: {value}. `reveal({self.id!r})` says what we found.")

    def solution(self, value: object) -> str:
        """The reply to what was chosen, and the answer."""
        right = f" The answer is {self.right}. {self.replies[self.right]}"
        return f"{self.replies[value]}{'' if value == self.right else right}"


@dataclass(frozen=True)
class Keyed:
    """An answer with a key: numbers or letters, alone or by name.

    tolerance: how far a number may be off, absolute     hint: said of a wrong answer without a name
    """

    id: str
    key: object
    hint: str
    wrong: tuple[Wrong, ...] = ()
    tolerance: float = 0.005

    def judge(self, value: object) -> Verdict:
        """Right, a known mistake, or the first place that differs."""
        if any(leaf is ... for _, leaf in _leaves(value)):
            return Verdict(None, TO_DO)
        off = self._difference(value, self.key)
        if not off:
            return Verdict(True, _shown(self.key))
        for name, says, mistaken in self.wrong:
            if not self._difference(value, mistaken):
                return Verdict(False, says, name)
        return Verdict(False, f"{off}. {self.hint}")

    def solution(self, value: object) -> str:
        """The key."""
        return _shown(self.key)

    def _difference(self, value: object, key: object) -> str:
        given, wanted = dict(_leaves(value)), dict(_leaves(key))
        if given.keys() != wanted.keys():
            return f"expected {_places(wanted)}, got {_places(given)}"
        for place, leaf in wanted.items():
            if not _same(given[place], leaf, self.tolerance):
                return (
                    f"{place}: {given[place]} is not it" if place else f"{given[place]} is not it"
                )
        return ""


@dataclass(frozen=True)
class Text:
    """A written answer. must: what it has to name, and a pattern that finds it."""

    id: str
    must: tuple[tuple[str, str], ...]
    rubric: str

    def judge(self, value: object) -> Verdict:
        """What is missing, or how many words were saved for a person to read."""
        if value is ...:
            return Verdict(None, TO_DO)
        missing = [what for what, seen in self.must if not re.search(seen, str(value), re.I | re.S)]
        if missing:
            return Verdict(False, f"your text does not name {_both(missing)}.")
        words = len(str(value).split())
        return Verdict(None, f"saved: {words} words, to be read. {self.rubric}")

    def solution(self, value: object) -> str:
        """The rubric."""
        return self.rubric


@dataclass(frozen=True)
class Function:
    """A function to write. draw: random numbers -> the arguments of one call.

    A mistake is named only if it explains every case, so cases are drawn until each mistake
    differs from the reference in one of them.
    seen: makes of a function another one, whose results are compared in place of its own
    """

    id: str
    reference: Callable
    draw: Callable[[random.Random], Case]
    wrong: tuple[Wrong, ...]
    seen: Callable[[Callable], Callable] = lambda function: function

    def judge(self, value: Callable, seed: int = 0) -> Verdict:
        """Right on every case, a known mistake, or the first case that differs."""
        if not callable(value):
            return Verdict(False, f"expected a function, got {type(value).__name__}.")
        cases, mine = self.cases(seed), self.seen(value)
        try:
            given = [mine(*copy.deepcopy(case)) for case in cases]
        except NotImplementedError:
            return Verdict(None, "to do: the function still raises NotImplementedError.")
        except Exception as error:
            return Verdict(False, f"it stopped with {type(error).__name__}: {error}")
        reference = self.seen(self.reference)
        wanted = [reference(*copy.deepcopy(case)) for case in cases]
        if given == wanted:
            return Verdict(True, f"{len(cases)} random cases.")
        for name, says, mistake in self.wrong:
            mistaken = self.seen(mistake)
            if given == [mistaken(*copy.deepcopy(case)) for case in cases]:
                return Verdict(False, says, name)
        place = next(i for i, (g, w) in enumerate(zip(given, wanted, strict=True)) if g != w)
        return Verdict(False, f"a case gives {given[place]!r}, expected {wanted[place]!r}.")

    def solution(self, value: object) -> str:
        """Where to look."""
        return "the folded solution below the exercise has the code."

    def cases(self, seed: int) -> list[Case]:
        """Six cases or more; more until every known mistake shows in one of them."""
        drawn, rng = [], random.Random(seed)
        unseen = {mistake.name: self.seen(mistake.value) for mistake in self.wrong}
        while len(drawn) < 6 or unseen:
            if len(drawn) == MOST_DRAWS:
                raise AssertionError(f"{self.id}: {_both(list(unseen))} never differ from right.")
            drawn.append(case := self.draw(rng))
            right = self.seen(self.reference)(*copy.deepcopy(case))
            unseen = {n: f for n, f in unseen.items() if f(*copy.deepcopy(case)) == right}
        return drawn


def _leaves(value: object, place: str = "") -> Iterator[tuple[str, Leaf]]:
    """Each number or word of a nested answer with where it stands: "He, 1"."""
    if isinstance(value, Mapping):
        parts: Sequence = list(value.items())
    elif isinstance(value, (list, tuple)):
        parts = list(enumerate(value, 1))
    else:
        yield place, value
        return
    for name, part in parts:
        yield from _leaves(part, f"{place}, {name}" if place else str(name))


def _same(given: object, wanted: object, tolerance: float) -> bool:
    if isinstance(wanted, str):
        return str(given).strip() == wanted
    return isinstance(given, (int, float)) and abs(given - wanted) <= tolerance + 1e-12


def _places(leaves: Mapping[str, Leaf]) -> str:
    return (
        "one answer" if list(leaves) == [""] else f"answers for {_both([str(n) for n in leaves])}"
    )


def _shown(key: object) -> str:
    if isinstance(key, Mapping):
        return "; ".join(f"{name}: {_shown(part)}" for name, part in key.items())
    return ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _either(names: Mapping[str, object]) -> str:
    return " or ".join(repr(name) for name in names)


def _both(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
