"""What is trained and how: small frozen dataclasses, one function for teachers, one for students.

>>> recipe = student("tiny", loss=WordKD(alpha=0.9))
>>> recipe.model.width, recipe.loss.alpha, recipe.training.updates
(24, 0.9, 3200)
"""

from dataclasses import dataclass, field, fields, is_dataclass, replace
from numbers import Integral, Real

from kdlab import losses, models, objectives
from kdlab import training as trainings
from kdlab.code_sum import code_sum
from kdlab.errors import CheckpointError, RecipeError
from kdlab.experiments.absent import Absent, absent
from kdlab.fields import kinds
from kdlab.losses.nll import NLL
from kdlab.losses.word_kd import WordKD
from kdlab.models.rnn import RNNConfig
from kdlab.models.transformer import TransformerConfig
from kdlab.names import hint
from kdlab.training.settings import SGD, Adam, Cosine, Halving, Training

__all__ = [
    "PRESETS", "Recipe", "Sizes", "WordKD", "describe", "restore", "student", "teacher",
]  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """One system: a model's sizes, a loss, and how it is trained. Printable, hashable, saved.

    loss: an object of `losses` or `objectives`, or of a frozen dataclass of one's own
    Raises RecipeError for a part that is something else, with the object that was meant.
    """

    name: str
    model: RNNConfig | TransformerConfig
    training: Training
    loss: object = field(default_factory=NLL)

    def __post_init__(self) -> None:
        kinds(self)
        if not is_dataclass(self.loss) or isinstance(self.loss, type):
            named = getattr(self.loss, "__name__", str(self.loss))
            raise RecipeError(
                f"loss is {self.loss!r}; expected an object, kd.losses.WordKD(alpha=0.5) or "
                f"one of a frozen dataclass of your own: {hint(named, only=is_method)}"
            )


@dataclass(frozen=True)
class Sizes:
    """What a preset says of teacher and student."""

    teacher: tuple[RNNConfig | TransformerConfig, Training]
    student: tuple[RNNConfig | TransformerConfig, Training]


# Sizes of minitalks' students and teacher: ours, from measurements on a prototype of the grammar.
_TINY_STUDENT = TransformerConfig(1, 1, width=24, dropout=0.0)
_TINY_TEACHER = TransformerConfig(2, 2, width=96, dropout=0.2)
_FOR_STUDENTS = (Adam(1e-2), Cosine(100, 0.01))
_FOR_TEACHERS = (Adam(3e-3), Cosine(100, 0.02))
# Greedy BLEU cannot tell good teachers apart here, where greedy search misses the mode by design.
_BY_BEAM = {"dev_sentences": 400, "dev_beam": 5}
# real: ours, from a prototype: attention must form, so small pieces, small batches, one layer.
_REAL = RNNConfig(1, 256, 0.2, input_feeding=False, bidirectional=True, embedding_dropout=0.2)
_REAL_TEACHER = (
    _REAL, Training(16_000, 400, Adam(2e-3), Cosine(400), every=1000, dev_sentences=400)
)  # fmt: skip
# Kim & Rush (2016): LSTMs 2x500 and 2x100 for Thai-English, SGD from learning rate 1. The rest is
# their public code's default (seq2seq-attn): 13 epochs, halving after the ninth, clipping at 5,
# dropout .3, batches of 64 sentences. Of 90,000 pairs, 1,500 target pieces are about 64 sentences
# and 1,400 such batches an epoch. Not theirs: weights start as torch's, not at U[-.1, .1]; a
# vocabulary of 25,000 is one of pieces (the suites ask for it, others get 8,000); and theirs halves
# earlier if perplexity on human targets rises, as it does for a student of Seq-KD that gets better.
_EPOCH = 1400
_PAPER = Training(
    updates=13 * _EPOCH, batch_tokens=1500, optimiser=SGD(1.0),
    schedule=Halving(9 * _EPOCH, _EPOCH), clip=5.0, every=_EPOCH, dev_sentences=1000,
)  # fmt: skip

# colab: Transformers that a T4 trains in an hour or two; ours, not measured on one yet.
_COLAB = Training(
    updates=20_000, batch_tokens=4000, optimiser=Adam(1e-3), schedule=Cosine(2000), every=2000,
    dev_sentences=500,
)  # fmt: skip

PRESETS: dict[str, Sizes] = {
    "tiny": Sizes(
        teacher=(_TINY_TEACHER, Training(2800, 300, *_FOR_TEACHERS, every=700, **_BY_BEAM)),
        student=(_TINY_STUDENT, Training(3200, 150, *_FOR_STUDENTS, every=800)),
    ),
    "standard": Sizes(
        teacher=(_TINY_TEACHER, Training(5600, 300, *_FOR_TEACHERS, every=1400, **_BY_BEAM)),
        student=(_TINY_STUDENT, Training(4800, 150, *_FOR_STUDENTS, every=1200, dev_sentences=400)),
    ),
    "real-quick": Sizes(
        teacher=_REAL_TEACHER,
        student=(
            replace(_REAL, hidden=128),
            Training(11_000, 400, Adam(3e-3), Cosine(400), every=1000, dev_sentences=400),
        ),
    ),
    # A student that is smaller than its task: a sixth of the teacher, and the updates it needs.
    "real-small": Sizes(
        teacher=_REAL_TEACHER,
        student=(
            replace(_REAL, hidden=64),
            Training(44_000, 400, Adam(3e-3), Cosine(400), every=4000, dev_sentences=400),
        ),
    ),
    "colab": Sizes(
        teacher=(TransformerConfig(4, 4, width=384, heads=6, dropout=0.2, tied=True), _COLAB),
        student=(TransformerConfig(2, 2, width=128, dropout=0.1, tied=True), _COLAB),
    ),
    "paper": Sizes(
        teacher=(RNNConfig(2, 500, 0.3), _PAPER), student=(RNNConfig(2, 100, 0.3), _PAPER)
    ),
}  # fmt: skip


def teacher(preset: str = "standard") -> Recipe:
    """A preset's big model, trained on gold targets; dataclasses.replace changes a field."""
    model, training = _sizes(preset).teacher
    # A name is in a run's key: real-quick and real-small have one teacher, trained once.
    return Recipe(f"teacher {preset.partition('-')[0]}", model, training)


def student(preset: str = "standard", *, loss: object | None = None) -> Recipe:
    """A preset's small model; loss: NLL() unless another is given, such as WordKD(alpha=0.5)."""
    model, training = _sizes(preset).student
    loss = NLL() if loss is None else loss
    return Recipe(f"student {preset} {type(loss).__name__}", model, training, loss)


def describe(value: object) -> object:
    """A recipe, or a part of one, as JSON: hashed into a run's key and saved beside it.

    A class that is not kdlab's comes with a sum of its code, since its name does not say what it
    does: a loss that was changed in a notebook is another loss.
    Raises RecipeError, showing it, for a part that is neither plain nor a dataclass.
    """
    if is_dataclass(value) and not isinstance(value, type):
        content = {f.name: describe(getattr(value, f.name)) for f in fields(value)}
        code = value.sum_of_code if isinstance(value, Absent) else code_sum(type(value))
        return {"is": type(value).__name__, **({"code": code} if code else {}), **content}
    if isinstance(value, (list, tuple)):
        return [describe(v) for v in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Real):  # numpy's 96 is 96
        return int(value) if isinstance(value, Integral) else float(value)
    raise RecipeError(
        f"A recipe holds {value!r}, which cannot be saved beside a run; make it a frozen dataclass "
        "of numbers and names."
    )


def restore(value: object) -> object:
    """What `describe` was given, from its JSON; every list comes back as a tuple.

    A part of a class that was not kdlab's comes back as its text: see `absent`.
    Raises CheckpointError, naming it, for a part that this version of kdlab does not have.

    >>> restore(describe(student("tiny"))) == student("tiny")
    True
    """
    if isinstance(value, list):
        return tuple(map(restore, value))
    if not isinstance(value, dict):
        return value
    name = value.get("is")
    content = {field: restore(part) for field, part in value.items() if field != "is"}
    try:
        if code := content.pop("code", None):
            return absent(name, code, content)
        return _parts()[name](**content)
    except (KeyError, TypeError) as error:
        raise CheckpointError(
            f"A recipe holds {name!r} with {', '.join(content) or 'no fields'}, which this version "
            "of kdlab does not have; train again, or use the version that saved it."
        ) from error


def is_method(thing: object) -> bool:
    """Whether a recipe may carry one of this class as its loss."""
    if not isinstance(thing, type) or not is_dataclass(thing):
        return False
    return hasattr(thing, "prepare") or "__call__" in vars(thing)


def _parts() -> dict[str, type]:
    """Everything that a recipe may be made of, by name."""
    public = [
        getattr(module, n)
        for module in (losses, models, objectives, trainings)
        for n in module.__all__
    ]
    return {part.__name__: part for part in [Recipe, *public] if is_dataclass(part)}


def _sizes(preset: str) -> Sizes:
    if preset not in PRESETS:
        raise RecipeError(f"There is no preset {preset!r}; expected one of {', '.join(PRESETS)}.")
    return PRESETS[preset]
