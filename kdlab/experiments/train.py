"""`train`: a recipe and a corpus in, a trained translator out; trained once, then found again."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from numbers import Integral

import torch
from accelerate import PartialState
from torch import nn

from kdlab.batching import Encoded
from kdlab.distill.cached import cache_top_k
from kdlab.distill.nbest_lists import decoded_training_set
from kdlab.errors import RecipeError
from kdlab.experiments.absent import refuse_absent
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.runs import LAST_SEED, Run, RunStore, run_key
from kdlab.files import home
from kdlab.metrics.scores import dev_scores
from kdlab.models.build import build
from kdlab.objectives import Lesson, TeacherLogits, online, prepare
from kdlab.progress import progress
from kdlab.training.fit import fit
from kdlab.training.loop import Session
from kdlab.translator import Translator, best_text


def train(
    recipe: Recipe, corpus: Corpus, teacher: Translator | None = None, *, seed: int = 1,
    start: Translator | None = None, top_k: int | None = None, store: RunStore | None = None,
) -> Run:  # fmt: skip
    """Train a model, or load it if this very run is in the store.

    The same recipe, data, teacher and seed give the same weights, bit for bit, on a CPU with as
    many threads (suites have one).
    teacher: needed by losses that read one; top-1 agreement is reported against it, or else
    against the teacher that wrote a distilled corpus's targets
    start: whose weights to begin with (fine-tuning), of the same sizes and pieces; else at random
    top_k: the teacher runs once over the training set and its k best pieces are stored, instead of
    running at each update
    Raises RecipeError if teacher and corpus have different pieces and the loss compares them, if
    `start` has others, if the recipe is of a run whose loss is not here, or if the seed is not a
    whole number from 0 to 4,294,967,295.
    """
    refuse_absent(recipe)
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= seed <= LAST_SEED:
        raise RecipeError(f"seed is {seed!r}; expected a whole number from 0 to {LAST_SEED:,}.")
    if teacher is not None and not isinstance(teacher, Translator):
        raise RecipeError(
            f"teacher is {teacher!r}; expected a Translator: kd.Translator(network, "
            "corpus.tokenizer, name). A function of lines teaches by "
            "kd.distill.sequence_level(function, corpus)."
        )
    seed, store = int(seed), store or RunStore.default()
    reads = teacher is not None and getattr(recipe.loss, "needs_teacher", False)
    if reads:
        _same_pieces("teacher", teacher, corpus)
    if start:
        _same_pieces("start", start, corpus)
    stored = "" if top_k is None else f" top {top_k}"
    lesson = f"{teacher.key}{stored}" if reads else ""
    here = PartialState()  # of several Accelerate processes, one locks and saves for all
    begins = start.key if start else ""
    key = run_key(recipe, corpus.fingerprint, lesson, seed, begins, here.num_processes)
    judge = teacher or corpus.teacher
    makes = here.is_main_process and not store.has(key)  # a store may be one's own to read only
    with store.lock(key) if makes else nullcontext():
        here.wait_for_everyone()
        if not store.has(key):
            with torch.random.fork_rng():  # the caller's generator is left as it was
                torch.manual_seed(seed)
                sizes = corpus.tokenizer.source_size, corpus.tokenizer.target_size
                model = build(recipe.model, *sizes)
                if start:
                    _begin_with(model, start)
                run = Run(
                    model, corpus.tokenizer, recipe.name, recipe, key, seed, corpus.targets, (),
                    judge, corpus=corpus.origin,
                )  # fmt: skip
                run = _trained(run, corpus, teacher if reads else None, top_k, store)
                if here.is_main_process:
                    store.save(run)
        here.wait_for_everyone()
    return store.load(key, recipe, judge)


def _trained(
    run: Run, corpus: Corpus, teacher: Translator | None, top_k: int | None, store: RunStore
) -> Run:
    """Train the run's model in place, resuming where a checkpoint is; the run with its history."""
    settings = run.recipe.training
    data = run.encode(corpus.train.source, corpus.train.target)
    lesson = Lesson(
        run.model, data, settings.updates, run.seed, teacher and teacher.model,
        _logits(teacher, data, top_k, corpus.fingerprint), teacher and _said(teacher, corpus),
    )  # fmt: skip
    objective = prepare(run.recipe.loss, lesson)
    session = Session(run.model, objective, data, settings, run.seed)
    history = []
    with progress(settings.updates, run.name, "update") as bar:
        for record in fit(
            session,
            lambda _: dev_scores(run, corpus.dev, settings.dev_sentences, settings.dev_beam),
            checkpoint=store.checkpoint(run.key),
            key=run.key,
        ):
            bar.update(record.update - bar.n)
            if record.scores:
                history.append(vars(record))
                bar.set_postfix(dev_bleu=f"{record.scores['bleu']:.1f}")
    return replace(run, history=tuple(history))


def _logits(
    teacher: Translator | None, data: Encoded, top_k: int | None, fingerprint: str
) -> TeacherLogits | None:
    """The teacher at each update, or its stored k best pieces."""
    if teacher is None or top_k is None:
        return teacher and online(teacher.model)
    path = home() / "cached" / f"{teacher.key}-{fingerprint}-{top_k}.safetensors"
    return cache_top_k(teacher, data, top_k, path=path)


def _said(teacher: Translator, corpus: Corpus) -> Callable[[], Encoded]:
    """The teacher's own sentence for every pair of the training set; y where it says nothing."""

    def said() -> Encoded:
        lists = decoded_training_set(teacher, corpus.train.source, 5)
        own = [best_text(best) for best in lists]
        target = [y_hat or y for y_hat, y in zip(own, corpus.train.target, strict=True)]
        return teacher.encode(corpus.train.source, target)

    return said


def _begin_with(model: nn.Module, start: Translator) -> None:
    """Its weights. Of other heads, say, they would fit, and be another model's."""
    try:
        if _shape(model) != _shape(start.model):
            raise RuntimeError(f"{_shape(start.model)} is not {_shape(model)}")
        model.load_state_dict(start.model.state_dict())
    except RuntimeError as error:
        raise RecipeError(
            f"start {start.name!r} is a model of other sizes than the recipe's; fine-tuning needs "
            f"the same: dataclasses.replace(recipe, model=start.recipe.model). ({error})"
        ) from error


def _shape(model: nn.Module) -> dict[str, object]:
    """Its configuration, dropouts aside; nothing of what is no trained network."""
    config = getattr(model, "config", None)
    return {k: v for k, v in vars(config).items() if k[-7:] != "dropout"} if config else {}


def _same_pieces(role: str, other: Translator, corpus: Corpus) -> None:
    if other.tokenizer.fingerprint != corpus.tokenizer.fingerprint:
        raise RecipeError(
            f"{role} {other.name!r} has {other.tokenizer.target_size} target pieces of another "
            f"tokenizer than the corpus ({corpus.tokenizer.target_size}); a word-level loss "
            "compares piece by piece, and weights belong to pieces. Use one tokenizer, as "
            "corpus.with_tokenizer(teacher.tokenizer), or sequence_level, which needs none."
        )
