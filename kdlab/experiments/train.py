"""`train`: a recipe and a corpus in, a trained translator out; trained once, then found again."""

import torch
from tqdm.auto import tqdm

from kdlab.errors import RecipeError
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.runs import Run, RunStore, run_key
from kdlab.metrics.scores import dev_scores
from kdlab.models import build
from kdlab.objectives import Plain, online
from kdlab.training import Session, fit
from kdlab.translator import Translator


def train(
    recipe: Recipe, corpus: Corpus, teacher: Translator | None = None, *, seed: int = 1,
    store: RunStore | None = None,
) -> Run:  # fmt: skip
    """Train a model, or load it if this very run is in the store.

    The same recipe, data, teacher and seed give the same weights, bit for bit, on a CPU.
    teacher: needed by losses that read one; top-1 agreement is reported against it, or else
    against the teacher that wrote a distilled corpus's targets
    Raises RecipeError if teacher and corpus have different pieces and the loss compares them.
    """
    store = store or RunStore.default()
    reads = getattr(recipe.loss, "needs_teacher", False)
    if reads and teacher is not None:
        _same_pieces(teacher, corpus)
    judge = teacher or corpus.teacher
    key = run_key(recipe, corpus.fingerprint, teacher.key if reads and teacher else "", seed)
    with store.lock(key):
        if not store.has(key):
            store.save(_trained(recipe, corpus, teacher, seed, store, key))
    return store.load(key, recipe, judge)


def _trained(
    recipe: Recipe, corpus: Corpus, teacher: Translator | None, seed: int,
    store: RunStore, key: str,
) -> Run:  # fmt: skip
    tokenizer, settings = corpus.tokenizer, recipe.training
    objective = Plain(recipe.loss, online(teacher.model) if teacher else None)
    with torch.random.fork_rng():  # the caller's generator is left as it was
        torch.manual_seed(seed)
        model = build(recipe.model, tokenizer.source_size, tokenizer.target_size)
        run = Run(model, tokenizer, recipe.name, recipe, key, seed, corpus.targets, (), teacher)
        data = run.encode(corpus.train.source, corpus.train.target)
        session = Session(model, objective, data, settings, seed)
        history = []
        with tqdm(total=settings.updates, desc=recipe.name, unit="update") as bar:
            for record in fit(
                session,
                lambda _: dev_scores(run, corpus.dev, settings.dev_sentences),
                checkpoint=store.checkpoint(key),
                key=key,
            ):
                bar.update(record.update - bar.n)
                if record.scores:
                    history.append(vars(record))
                    bar.set_postfix(dev_bleu=f"{record.scores['bleu']:.1f}")
    return Run(
        model, tokenizer, recipe.name, recipe, key, seed, corpus.targets, tuple(history),
        teacher or corpus.teacher,
    )  # fmt: skip


def _same_pieces(teacher: Translator, corpus: Corpus) -> None:
    if teacher.tokenizer.fingerprint != corpus.tokenizer.fingerprint:
        raise RecipeError(
            f"teacher {teacher.name!r} has {teacher.tokenizer.target_size} target pieces of "
            f"another tokenizer than the corpus ({corpus.tokenizer.target_size}); a word-level "
            "loss compares piece by piece. Use one tokenizer, or sequence_level, which needs none."
        )
