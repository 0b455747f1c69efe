"""The run store: one folder a run, named by everything that decides its result, written once."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import torch

from kdlab.errors import CheckpointError, RecipeError, StoreError
from kdlab.experiments.noted import read_noted, write_noted
from kdlab.experiments.recipes import Recipe, describe, restore
from kdlab.files import ELSEWHERE, disk_errors, home, locked, utf8
from kdlab.models.build import build
from kdlab.tensors import load_tensors, load_weights, save_tensors, sum_of
from kdlab.tokenizer import Tokenizer
from kdlab.training.stopping import worth
from kdlab.translator import Translator

# What suites keep beside a run.
OF_SCORING = ("outputs-", "scores-", "tallies-", "inside-", "targets-")
LAST_SEED = 2**32 - 1  # epochs have seeds of their own, made of it, and torch takes 64 bits
RUN_VERSION = 2  # raise by hand when training would give another result


def run_key(
    recipe: Recipe, fingerprint: str, teacher: str, seed: int, start: str = "", processes: int = 1
) -> str:
    """The run's name: 16 hexadecimal digits of recipe, training data, teacher, seed and version.

    fingerprint: of the corpus; teacher: the teacher's own key, "" if the loss reads none
    start: the key of the model whose weights it begins with, "" if they are drawn
    processes: that share its batches; their dropout, and some losses, are not those of one
    """
    what = [RUN_VERSION, describe(recipe), fingerprint, teacher, seed]
    what += [start] if start else []
    what += [{"processes": processes}] if processes > 1 else []
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class Run(Translator):
    """A trained translator, and how it came about.

    history: one entry an evaluation, {update, loss, lr, norm, scores, seconds, …}
    teacher: whom top-1 agreement is measured against, if it had one     seconds: of training
    cpu: the kind of processor that trained it: its weights are the same bit for bit on one kind
    corpus: what gives its text again, `load_again(run.corpus)`; None if nothing does
    """

    recipe: Recipe | None = None
    run_key: str = ""
    seed: int = 1
    targets: str = "gold"
    history: tuple[dict, ...] = ()
    teacher: Translator | None = field(default=None, repr=False)
    cpu: str = field(default_factory=torch.backends.cpu.get_cpu_capability)
    corpus: Mapping[str, object] | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        """Its key, recipe, targets, seed, size, and what came of it on dev."""
        dev = ", ".join(f"dev {name} {value:.4g}" for name, value in self.selected_on.items())
        loss = f"loss {self.recipe.loss}, " if self.recipe else ""
        lines = [
            f"Run {self.key} {self.name!r}: {loss}{self.targets} targets, seed {self.seed}",
            f"  {type(self.model).__name__}, {self.params:,} parameters; {self.tokenizer}",
            f"  {self.updates:,} updates, {self.seconds:.0f} s{dev and ', '}{dev}",
        ]
        taught = [f"  teacher {self.teacher.name!r}"] if self.teacher else []
        return "\n".join(lines + taught)

    @property
    def key(self) -> str:
        """The run's key in the store."""
        return self.run_key

    @property
    def seconds(self) -> float:
        """Seconds of training, evaluations included."""
        return self.history[-1]["seconds"] if self.history else 0.0

    @property
    def updates(self) -> int:
        """Updates done."""
        return self.history[-1]["update"] if self.history else 0

    @property
    def selected_on(self) -> dict[str, float]:
        """The dev scores of the weights that were kept: the last, or with patience the best."""
        scores = [r["scores"] for r in self.history]
        if self.recipe and self.recipe.training.patience:
            return max(scores, key=worth, default={})
        return scores[-1] if scores else {}


@dataclass(frozen=True)
class RunStore:
    """Runs under `folder`: KEY/ is whole, KEY.ckpt a training under way, KEY.lock guards both.

    Whoever may only read finds what is finished; a lock is taken for what must be made.
    Raises StoreError for a name that is no UTF-8.
    """

    folder: Path

    def __post_init__(self) -> None:
        utf8(self.folder)

    @classmethod
    def default(cls) -> "RunStore":
        """$KDLAB_HOME/runs."""
        return cls(home() / "runs")

    def has(self, key: str) -> bool:
        """Whether the run is finished."""
        return os.path.exists(self.folder / key / "run.json")  # False where one may not look

    def checkpoint(self, key: str) -> Path:
        """Where a training under way saves itself."""
        return self.folder / f"{key}.ckpt"

    @contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """Held by the one process that trains this run; another waits, then finds it finished."""
        with locked(self.folder / f"{key}.lock"):
            yield

    def save(self, run: Run) -> None:
        """Write a finished run: first into a folder of another name, then moved into place.

        Raises StoreError if the disk refuses; the run's checkpoint stays.
        """
        with disk_errors(f"{self.folder / run.key} could not be written"):
            with tempfile.TemporaryDirectory(
                prefix=f".{run.key}.", dir=self.folder, ignore_cleanup_errors=True
            ) as name:
                self._write(run, Path(name))
                self._make_room(run.key)
                os.replace(name, self.folder / run.key)
        self.checkpoint(run.key).unlink(missing_ok=True)

    def _make_room(self, key: str) -> None:
        """Clear a folder of what scoring kept of a run that is gone. StoreError for other files."""
        folder = self.folder / key
        found = [path.name for path in folder.glob("*")]
        if other := [name for name in found if not name.startswith(OF_SCORING)]:
            raise StoreError(
                f"{folder} holds {min(other)} and no run.json, so it is no whole run; the new "
                "one's checkpoint stays. Delete the folder and call train again."
            )
        for name in found:
            (folder / name).unlink()

    def _write(self, run: Run, folder: Path) -> None:
        run.tokenizer.save(folder / "tokenizer")
        weights = run.model.state_dict()
        save_tensors(folder / "model.safetensors", weights, {})
        about = {"key": run.key, "name": run.name, "seed": run.seed, "targets": run.targets}
        teacher = run.teacher.key if run.teacher else None
        about |= {"teacher": teacher, "version": RUN_VERSION, "recipe": describe(run.recipe)}
        about |= {"corpus": run.corpus, "history": list(run.history), "cpu": run.cpu}
        about |= {"weights": sum_of(weights), "pieces": run.tokenizer.fingerprint}
        write_noted(folder, about)
        folder.chmod(0o755)  # a new folder of tempfile's is closed to others who share a store

    def find(self, prefix: str) -> str:
        """The key of the one finished run whose key begins so.

        Raises StoreError, naming the runs that come nearest, if there is none or more than one.
        """
        if self.folder.is_dir() and not os.access(self.folder, os.R_OK | os.X_OK):
            raise StoreError(
                f"{self.folder} may not be read by you; get the right to, or {ELSEWHERE}"
            )
        keys = sorted(path.parent.name for path in self.folder.glob("[!.]*/run.json"))
        found = [key for key in keys if key.startswith(prefix)]
        if len(found) == 1:
            return found[0]
        near = found[:5] or get_close_matches(prefix, keys, n=5, cutoff=0) or keys[:5]
        known = "; ".join(self._title(key) for key in near)
        if found:
            raise StoreError(f"{len(found)} runs begin with {prefix!r}; give more of it: {known}.")
        nearest = f"the nearest are {known}" if near else "nothing was trained yet"
        raise StoreError(f"There is no run {prefix!r} in {self.folder}; {nearest}.")

    def open(self, name: str) -> Run:
        """A finished run by its key, by the beginning of its key, or by the path of its folder.

        Its teacher is opened with it, if it is in the same store.
        Raises StoreError as `find` does, CheckpointError as `load` does.
        """
        folder = self._named(name)
        about, store = _about(folder), RunStore(folder.parent)
        judge = about["teacher"]
        teacher = store.open(judge) if judge and store.has(judge) else None
        return store.load(folder.name, _recipe(about, folder), teacher)

    def corpus(self, name: str) -> Mapping[str, object] | None:
        """What gives a run's corpus again, see `Run.corpus`. Raises as `open` does."""
        return _about(self._named(name)).get("corpus")

    def _named(self, name: str) -> Path:
        folder = Path(name)
        return folder if (folder / "run.json").exists() else self.folder / self.find(name)

    def _title(self, key: str) -> str:
        try:
            about = _about(self.folder / key)
        except CheckpointError:
            return f"{key} (not readable by this version)"
        return f"{key} ({about['name']}, {about['targets']} targets, seed {about['seed']})"

    def load(self, key: str, recipe: Recipe, teacher: Translator | None = None) -> Run:
        """A finished run. Raises CheckpointError if its files are damaged."""
        folder = self.folder / key
        about = _about(folder)
        tokenizer = Tokenizer.load(folder / "tokenizer")
        with torch.random.fork_rng(devices=[]):  # the caller's generator is left as it was
            model = build(recipe.model, tokenizer.source_size, tokenizer.target_size)
        path = folder / "model.safetensors"
        weights = load_tensors(path)[0]
        load_weights(model, weights, path)
        for what, found in (("weights", sum_of(weights)), ("pieces", tokenizer.fingerprint)):
            if about.get(what, found) != found:
                raise CheckpointError(
                    f"{folder} holds {what} that are not the run's own; restore them, or delete "
                    "the folder and train again."
                )
        model.eval()
        return Run(
            model, tokenizer, about["name"], recipe, about["key"], about["seed"], about["targets"],
            tuple(about["history"]), teacher, about.get("cpu", "unknown"), about.get("corpus"),
        )  # fmt: skip


def _about(folder: Path) -> dict:
    """What is noted of a run. Raises CheckpointError if it is damaged or of another version."""
    return read_noted(folder, RUN_VERSION)


def _recipe(about: Mapping[str, object], folder: Path) -> Recipe:
    """Its recipe. Raises CheckpointError, naming the folder, if it holds none that could be."""
    try:
        recipe = restore(about["recipe"])
    except RecipeError as error:
        raise CheckpointError(f"{folder}/run.json holds no whole recipe: {error}") from error
    if not isinstance(recipe, Recipe):
        raise CheckpointError(
            f"{folder}/run.json holds a {type(recipe).__name__} in place of a recipe; delete the "
            "folder and train again."
        )
    return recipe
