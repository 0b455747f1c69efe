"""The models that are timed: found in the run store, or else of those sizes and trained briefly."""

from dataclasses import dataclass, replace

import kdlab as kd
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.recipes import Recipe, describe
from kdlab.experiments.runs import Run, RunStore, run_key
from kdlab.files import read_json

PRESETS = {"minitalks": "standard", "real": "real-quick"}
BRIEF = 400  # updates: enough for minitalks' outputs to end, not for real text's


@dataclass(frozen=True)
class Trained:
    """A corpus with its teacher and a student; the student is the Seq-KD one if there is one."""

    corpus: Corpus
    teacher: Run
    student: Run

    @property
    def sizes(self) -> tuple[int, int]:
        """Source and target pieces."""
        return self.corpus.tokenizer.source_size, self.corpus.tokenizer.target_size


def trained(name: str) -> Trained:
    """Teacher and student of the core suite's sizes for "minitalks" or "real"."""
    corpus, preset = kd.load_corpus(name), PRESETS[name]
    teacher, student = kd.recipes.teacher(preset), kd.recipes.student(preset)
    store = RunStore.default()
    key = run_key(teacher, corpus.fingerprint, "", 1)
    taught = kd.train(teacher if store.has(key) else brief(teacher), corpus)
    key = _distilled(store, student, taught)
    found = store.load(key, student, taught) if key else kd.train(brief(student), corpus)
    return Trained(corpus, taught, found)


def about(run: Run) -> dict[str, object]:
    """What a result file says of a timed model."""
    return {"run": run.key, "name": run.name, "targets": run.targets, "seed": run.seed,
            "updates": run.updates, "params": run.params}  # fmt: skip


def brief(recipe: Recipe) -> Recipe:
    """The same model, trained for no longer than its outputs need to end on minitalks."""
    settings = replace(recipe.training, updates=BRIEF, every=BRIEF, dev_sentences=50, dev_beam=1)
    return replace(recipe, training=settings)


def _distilled(store: RunStore, recipe: Recipe, teacher: Run) -> str:
    """The key of a student trained on what this teacher said, "" if none is stored."""
    for path in sorted(store.folder.glob("[!.]*/run.json")):
        run = read_json(path)
        same = run["recipe"] == describe(recipe) and run["teacher"] == teacher.key
        if same and run["targets"] == "Seq-KD beam 5":
            return run["key"]
    return ""
