"""What a suite is: arms that share a teacher, what is compared, and how much a preset runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from kdlab.errors import RecipeError
from kdlab.experiments.suites.claims import Claim
from kdlab.experiments.suites.targets import Targets, gold


@dataclass(frozen=True)
class Arm:
    """One system of a suite.

    targets: what it is trained on, see `targets`     loss: a loss object, None = NLL
    updates: how many, as a multiple of the preset's
    """

    system: str
    targets: Targets = gold
    loss: object | None = None
    updates: int = 1


@dataclass(frozen=True)
class Plan:
    """How much of a suite one (corpus, preset) runs.

    corpus_preset, recipe_preset: names of sizes     seeds: of students; the teacher has seed 1
    once: arms that run with the first seed only, since they take long
    """

    corpus_preset: str
    recipe_preset: str
    arms: tuple[str, ...]
    seeds: tuple[int, ...]
    once: tuple[str, ...] = ()
    beam: int = 5

    @property
    def students(self) -> list[tuple[str, int]]:
        """(system, seed) of every student, seed by seed."""
        every = [(system, seed) for seed in self.seeds for system in self.arms]
        return every + [(system, self.seeds[0]) for system in self.once]


@dataclass(frozen=True)
class Suite:
    """question: one sentence; arms by name; plans by (corpus, preset).

    pairs: systems (a, b) that are compared     claims: what would be shown; not fitted to a run
    """

    name: str
    question: str
    arms: Mapping[str, Arm]
    plans: Mapping[tuple[str, str], Plan]
    pairs: tuple[tuple[str, str], ...] = ()
    claims: tuple[Claim, ...] = ()

    def plan(self, corpus: str, preset: str) -> Plan:
        """The plan for a corpus and preset. Raises RecipeError, naming those there are."""
        if (corpus, preset) not in self.plans:
            known = ", ".join(f"--corpus {c} --preset {p}" for c, p in self.plans)
            raise RecipeError(
                f"Suite {self.name} has no plan for --corpus {corpus} --preset {preset}; it has "
                f"{known}."
            )
        return self.plans[corpus, preset]
