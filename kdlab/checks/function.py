"""An exercise that is answered with a function."""

import copy
import inspect
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kdlab.checks.calls import Stopped, came_back
from kdlab.checks.plain import form, plain, shown
from kdlab.checks.sameness import same
from kdlab.checks.verdict import NO_ANSWER, Verdict, Wrong, both

Case = tuple  # the arguments of one call
LINE, LINE_BREAK = 66, "\n            "
MOST_DRAWS = 200  # cases drawn until every known mistake has shown itself


@dataclass(frozen=True)
class Function:
    """A function to write. draw: random numbers -> the arguments of one call.

    A mistake is named only if it explains every case, so cases are drawn until each mistake
    differs from the reference in one of them, by more than `sameness` forgives.
    seen: makes of a function another one, whose results are compared in place of its own
    """

    id: str
    reference: Callable
    draw: Callable[[random.Random], Case]
    wrong: tuple[Wrong, ...]
    seen: Callable[[Callable], Callable] = lambda function: function

    def judge(self, value: Callable, seed: int = 0) -> Verdict:
        """Run the function on random cases and give the verdict; raises nothing of its own."""
        if not callable(value):
            return Verdict(False, f"expected a function, got {type(value).__name__}.", NO_ANSWER)
        cases = self.cases(seed)
        return self.verdict(cases, came_back(self.seen(value), cases))

    def verdict(self, cases: Sequence[Case], back: Sequence[object]) -> Verdict:
        """Right on every case, a known mistake, or the case that shows it best.

        back: what came back of each case, plain, up to the first that is `Stopped`
        """
        *_, last = back
        if isinstance(last, Stopped):
            if last.to_do:
                return Verdict(None, last.says, NO_ANSWER)
            case = cases[min(len(back), len(cases)) - 1]
            return Verdict(False, last.says, case=self._shown(case))
        wanted = self._returns(self.reference, cases)
        off = [i for i, pair in enumerate(zip(back, wanted, strict=True)) if not same(*pair)]
        if not off:
            return Verdict(True, f"{len(cases)} random cases.")
        short = min(off, key=lambda i: len(self._shown(cases[i])))
        case = (
            f"{self._shown(cases[short])}\n"
            f"  it gives  {shown(back[short])}\n"
            f"  expected  {shown(wanted[short])}"
        )
        for name, says, mistake in self.wrong:
            mistaken = self._returns(mistake, cases)
            if all(same(*pair) for pair in zip(back, mistaken, strict=True)):
                return Verdict(False, says, name, case)
        expected, got = form(wanted[short]), form(back[short])
        other = f"expected {expected}, got {got}."
        count = f"{len(off)} of {len(cases)} random cases differ."
        return Verdict(False, count if expected == got else other, case=case)

    def solution(self, given: object) -> str:
        """Where to look."""
        return "the folded solution below the exercise has the code."

    def cases(self, seed: int) -> list[Case]:
        """Six cases or more; more until every known mistake shows in one of them."""
        drawn, rng = [], random.Random(seed)
        unseen = {mistake.name: mistake.value for mistake in self.wrong}
        while len(drawn) < 6 or unseen:
            if len(drawn) == MOST_DRAWS:
                raise AssertionError(f"{self.id}: {both(list(unseen))} never differ from right.")
            drawn.append(case := self.draw(rng))
            (right,) = self._returns(self.reference, [case])
            unseen = {n: f for n, f in unseen.items() if same(*self._returns(f, [case]), right)}
        return drawn

    def _returns(self, function: Callable, cases: Sequence[Case]) -> list[object]:
        """What one of our own functions gives, as plain data."""
        run = self.seen(function)
        return [plain(run(*copy.deepcopy(case))) for case in cases]

    def _shown(self, case: Case) -> str:
        """What goes in, by the names of the reference's parameters: on one line if it is short."""
        names = inspect.signature(self.reference).parameters
        parts = [f"{name} = {shown(plain(part))}" for name, part in zip(names, case, strict=True)]
        line = ", ".join(parts)
        return f"  for       {line if len(line) <= LINE else LINE_BREAK.join(parts)}"
