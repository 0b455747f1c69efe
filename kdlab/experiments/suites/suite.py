"""What a suite is: arms that share a teacher, and how much of them a preset runs."""

from collections.abc import Mapping
from dataclasses import dataclass

from kdlab.errors import RecipeError


@dataclass(frozen=True)
class Arm:
    """One system of a suite.

    targets: "gold" or "seq_kd", what it is trained on     loss: a loss object, None = NLL
    """

    system: str
    targets: str = "gold"
    loss: object | None = None


@dataclass(frozen=True)
class Plan:
    """How much of a suite one (corpus, preset) runs.

    corpus_preset, recipe_preset: names of sizes     seeds: of students; the teacher has seed 1
    """

    corpus_preset: str
    recipe_preset: str
    arms: tuple[str, ...]
    seeds: tuple[int, ...]
    beam: int = 5


@dataclass(frozen=True)
class Suite:
    """question: one sentence; arms by name; plans by (corpus, preset)."""

    name: str
    question: str
    arms: Mapping[str, Arm]
    plans: Mapping[tuple[str, str], Plan]

    def plan(self, corpus: str, preset: str) -> Plan:
        """The plan for a corpus and preset. Raises RecipeError, naming those there are."""
        if (corpus, preset) not in self.plans:
            known = ", ".join(f"--corpus {c} --preset {p}" for c, p in self.plans)
            raise RecipeError(
                f"Suite {self.name} has no plan for --corpus {corpus} --preset {preset}; it has "
                f"{known}."
            )
        return self.plans[corpus, preset]
