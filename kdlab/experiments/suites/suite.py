"""What a suite is: arms that share a teacher, what is compared, and how much a preset runs."""

from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass, replace
from pathlib import Path

from kdlab.code_sum import code_sum
from kdlab.errors import RecipeError
from kdlab.experiments import recipes
from kdlab.experiments.absent import parts_of
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.suites.claims import Claim, Share
from kdlab.experiments.suites.measures import WITHOUT_TRUTH
from kdlab.experiments.suites.targets import Targets, gold


@dataclass(frozen=True)
class Arm:
    """One system of a suite: what it is trained on, and in what it departs from the preset.

    targets: what it is trained on, see `targets`     loss: a loss or a method, None = NLL
    teacher: the arm that teaches and judges it, None for a teacher itself
    start: the arm whose run of the same seed it fine-tunes     prune: first, this share of it, of
    all weights together or, with scope "uniform", of every matrix
    updates, rate: how many and how fast, as multiples of the preset's
    size: whose sizes of the preset, "student" or "teacher"; model: fields of them to change
    noise, ambiguity, coupling: of the corpus, on minitalks
    averages: the arm whose runs, of all seeds of the plan, it is as an `Ensemble`: it trains
    nothing, and there is one for all seeds, so that no interval holds what another would change
    """

    system: str
    targets: Targets = gold
    loss: object | None = None
    teacher: str | None = "teacher"
    start: str | None = None
    prune: float = 0.0
    scope: str = "global"
    updates: float = 1
    rate: float = 1
    size: str = "student"
    model: tuple[tuple[str, object], ...] = ()
    noise: float = 0.0
    ambiguity: float = 1.0
    coupling: float = 1.0
    averages: str | None = None

    def recipe(self, preset: str) -> Recipe:
        """The preset's recipe with this arm's loss, and its changes."""
        if self.size == "teacher":
            recipe = recipes.teacher(preset)
        else:
            recipe = recipes.student(preset, loss=self.loss)
        training, model = recipe.training, replace(recipe.model, **dict(self.model))
        optimiser = replace(training.optimiser, lr=self.rate * training.optimiser.lr)
        updates = max(1, round(self.updates * training.updates))
        every = min(training.every, updates)
        training = replace(training, optimiser=optimiser, updates=updates, every=every)
        return replace(recipe, model=model, training=training)

    @property
    def learns(self) -> str:
        """Its targets and its loss, "seq_kd, WordKD(alpha=0.5, temperature=1.0)"."""
        return f"{self.targets.__name__}, {self.loss or 'NLL()'}"

    @property
    def code(self) -> str:
        """A sum of what its targets and its loss do, where they are not kdlab's; else ""."""
        classes = [type(part) for part in parts_of(self.loss) if is_dataclass(part)]
        return code_sum((self.targets, *classes))

    @property
    def departs(self) -> str:
        """In what its training differs from the preset's, beside loss and targets; "" in nothing.

        What compares methods under equal conditions must be empty here, or say so on the page.
        """
        plain = Arm(self.system)
        return ", ".join(
            f"{name} {getattr(self, name)}"
            for name in ("teacher", "start", "prune", "scope", "updates", "rate", "size", "model",
                         "noise", "ambiguity", "coupling", "averages")
            if getattr(self, name) != getattr(plain, name)
        )  # fmt: skip


TEACHER = Arm("teacher", teacher=None, size="teacher")


@dataclass(frozen=True)
class Plan:
    """How much of a suite one (corpus, preset) runs.

    corpus_preset, recipe_preset: names of sizes
    seeds: each is a teacher and its students, so that an interval over them holds what another
    teacher would change; so it is of reverse models, samples and fresh references
    pieces: of the vocabulary of each side, None for the corpus's own
    once: the arms of which there is one for all seeds, the first one's: an ensemble of them
    """

    corpus_preset: str
    recipe_preset: str
    arms: tuple[str, ...]
    seeds: tuple[int, ...]
    beam: int = 5
    pieces: int | None = None
    once: tuple[str, ...] = ()

    @property
    def runs(self) -> list[tuple[str, int]]:
        """(system, seed) of every run, seed by seed, each time the preset's teacher first."""
        systems = dict.fromkeys(("teacher", *self.arms))
        every = [(system, seed) for seed in self.seeds for system in systems]
        return [run for run in every if run[1] == self.seed_of(*run)]

    def seed_of(self, system: str, seed: int) -> int:
        """The seed under which a row has what this seed's runs stand on."""
        return self.seeds[0] if system in self.once else seed


@dataclass(frozen=True)
class Suite:
    """question: one sentence; arms by name; plans by (corpus, preset).

    pairs: systems (a, b) that are compared     claims: what would be shown; not fitted to a run
    rule: the claims that must all hold for the suite's hypothesis to be supported; see `rule_on`
    ruled: when that was written, and what has been added to it since
    also: what rows hold besides scores: "inside", what hypotheses talk about, or "speed"
    """

    name: str
    question: str
    arms: Mapping[str, Arm]
    plans: Mapping[tuple[str, str], Plan]
    pairs: tuple[tuple[str, str], ...] = ()
    claims: tuple[Claim | Share, ...] = ()
    rule: tuple[str, ...] = ()
    ruled: str = ""
    also: tuple[str, ...] = ()

    def arm(self, system: str) -> Arm:
        """An arm by name; "teacher" is the preset's teacher unless the suite has its own."""
        return self.arms.get(system, TEACHER) if system == "teacher" else self.arms[system]

    def rule_on(self, known_truth: bool) -> tuple[str, ...]:
        """The rule, by the measure that decides where the truth is known, or where it is not."""
        return self.rule if known_truth else tuple(n + WITHOUT_TRUTH.name for n in self.rule)

    def depth(self, system: str | None) -> int:
        """How many runs must have ended before one of this arm can begin, one after another."""
        if system is None:
            return -1
        arm = self.arm(system)
        return 1 + max(map(self.depth, (arm.teacher, arm.start, arm.averages)))

    def plan(self, corpus: str, preset: str) -> Plan:
        """The plan for a corpus and preset; for a file of somebody's own, that of minitalks.

        Raises RecipeError, naming those there are.
        """
        own = bool(Path(corpus).suffix)
        if own and (corpus, preset) not in self.plans:
            corpus = "minitalks"
        if (corpus, preset) not in self.plans:
            known = ", ".join(
                f"--preset {p}" if own else f"--corpus {c} --preset {p}"
                for c, p in self.plans
                if not own or c == corpus
            )
            corpus = "text of your own" if own else f"--corpus {corpus}"
            raise RecipeError(
                f"Suite {self.name} has no plan for {corpus} --preset {preset}; it has {known}."
            )
        return self.plans[corpus, preset]
