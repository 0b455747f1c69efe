"""Options that several commands share, and the way from what was typed to corpora and runs."""

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Annotated

import torch
import typer

from kdlab.corpora.columns import Columns
from kdlab.experiments.corpus import VOCABULARY, Corpus, load_again
from kdlab.experiments.own_file import defined_at
from kdlab.experiments.runs import LAST_SEED, Run, RunStore
from kdlab.fields import typed
from kdlab.files import check_writable
from kdlab.tokenizer import TokenizerConfig

EXACT, OWN = "exact", ".py:"
WIDEST = 1000  # beam; a wider one only fills the memory
THREADS = 512  # more than any machine has cores, less than systems refuse to make
USUAL = {"name": "minitalks", "preset": "standard"}

RunName = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's key, its first characters, or its folder.")
]
TeacherName = Annotated[
    str,
    typer.Option(
        "--teacher", metavar="RUN",
        help=f"The teacher: a run's key; '{EXACT}', minitalks' own grammar; or FILE.py:NAME, a "
        "function of yours from a list of lines to as many, or a Translator.",
    ),
]  # fmt: skip
Beam = Annotated[
    int,
    typer.Option(
        min=1, max=WIDEST, metavar="N", help="Hypotheses kept at each step of search; 1 = greedy."
    ),
]
Seed = Annotated[
    int,
    typer.Option(
        min=0, max=LAST_SEED, metavar="N",
        help="Of the first weights, dropout and the order of batches.",
    ),
]  # fmt: skip
Threads = Annotated[
    int | None,
    typer.Option(
        min=1, max=THREADS, metavar="N", help="CPU threads; default: as many as torch takes."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of --out if it exists.")]
TestName = Annotated[
    str | None, typer.Option("--test", help="Name of a test set; default: the corpus's first.")
]

Column = Annotated[
    str | None, typer.Option(metavar="COLUMN", help="Of your file: a name, or a number from 1.")
]
SplitColumn = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN",
        help="The column that says train, dev, test…; or 'hash', to let each target's hash decide "
        "(90 : 5 : 5), as it does where there is no such column.",
    ),
]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header",
        help="Whether line 1 of your file names its columns; asked for where that is unclear.",
    ),
]


@dataclass(frozen=True)
class ColumnOptions:
    """The columns of one's own text, where they are not clear by themselves."""

    source: Column = None
    target: Column = None
    split: SplitColumn = None
    header: Header = None

    @property
    def columns(self) -> Columns:
        """As readers take them."""
        return Columns(_column(self.source), _column(self.target), _column(self.split), self.header)


@dataclass(frozen=True)
class CorpusOptions:
    """Which corpus, at which size, with how many pieces; of one's own text which columns."""

    corpus: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="minitalks, real, iwslt15; or a file of yours that ends in .tsv, .csv, .jsonl, "
            "or in one of these and .gz; or two plain files, SOURCE,TARGET; or a file a split, "
            "train=FILE,dev=FILE,test=FILE; default: the run's or the teacher's own, else "
            "minitalks.",
        ),
    ] = None
    preset: Annotated[
        str | None,
        typer.Option(
            help="Size of models, and of minitalks: tiny (minutes), standard, real-quick, "
            "real-small, colab, paper; default: the run's own, else standard."
        ),
    ] = None
    source: Column = None
    target: Column = None
    split: SplitColumn = None
    header: Header = None
    data: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of real's files; default: $KDLAB_DATA."),
    ] = None
    vocab: Annotated[
        int | None,
        typer.Option(
            min=5,
            max=10**6,
            metavar="N",
            help="Pieces a language; default: the corpus's own number.",
        ),
    ] = None

    def __str__(self) -> str:
        """The options as one types them."""
        return typed(self)

    def load(self, *runs: str | None) -> Corpus:
        """The corpus that was asked for; what was not said is as these runs learnt it."""
        return load_again(self.asked(*runs))

    def asked(self, *runs: str | None) -> dict[str, object]:
        """What `load_again` is to be given. runs: as they were typed

        Raises BadParameter if the runs learnt from different corpora and none was named.
        """
        store = RunStore.default()
        stored = [run for run in runs if run and run != EXACT and OWN not in run]
        known = [] if self.corpus else [store.corpus(run) for run in stored]
        found = [self._over(origin or USUAL) for origin in known] or [self._over(USUAL)]
        if other := [origin for origin in found if origin != found[0]]:
            raise typer.BadParameter(
                f"these runs learnt from different text ({_shown(found[0])}; {_shown(other[0])}); "
                "say on which to compare them: --corpus NAME."
            )
        return found[0]

    def _over(self, origin: Mapping[str, object]) -> dict[str, object]:
        """The origin with what was typed in its place."""
        given = {
            "name": self.corpus and _text(self.corpus), "preset": self.preset,
            "source": _column(self.source), "target": _column(self.target),
            "split": _column(self.split), "header": self.header,
            "folder": self.data and str(self.data),
        }  # fmt: skip
        asked = {**origin, **{what: value for what, value in given.items() if value is not None}}
        if self.vocab is not None:
            name = asked["name"]  # two files, or a file a split, have no name
            named = VOCABULARY.get(name) if isinstance(name, str) else None
            usual = asdict(named or TokenizerConfig())
            asked["tokenizer"] = usual | {"source_size": self.vocab, "target_size": self.vocab}
        return asked


def _shown(origin: Mapping[str, object]) -> str:
    return ", ".join(f"{what} {value}" for what, value in origin.items())


def _text(typed: str) -> str | tuple[str, ...] | dict[str, str]:
    """A name or a path; "a,b" is two paths, "train=a,dev=b,test=c" a file a split."""
    parts = typed.split(",")
    if len(parts) == 1 or Path(typed).exists():
        return typed
    named = dict(part.split("=", 1) for part in parts if "=" in part)
    if len(named) == len(parts):
        return named
    if named or len(parts) != 2:
        raise typer.BadParameter(
            f"--corpus is {typed}; expected one file, two (SOURCE,TARGET), or "
            "train=FILE,dev=FILE,test=FILE."
        )
    return tuple(parts)


def _column(typed: str | None) -> int | str | None:
    return int(typed) if typed and typed.isdecimal() else typed


def open_run(name: str, corpus: Corpus | None = None) -> Run:
    """The run of this name; a note on stderr if it was made from another text than `corpus`."""
    run = RunStore.default().open(name)
    if corpus and run.tokenizer.fingerprint != corpus.tokenizer.fingerprint:
        typer.echo(
            f"note: run {run.key} learnt its pieces from other text than {corpus.name} "
            f"{corpus.text.preset}. If that is not on purpose, check --corpus, --preset and "
            "--vocab: it may have been trained on sentences of this test.",
            err=True,
        )
    return run


def open_teacher(name: str, corpus: Corpus) -> object:
    """The run of this name; the corpus's grammar for "exact"; what FILE.py:NAME defines."""
    if OWN in name:
        return defined_at(name)
    return corpus.exact_teacher() if name == EXACT else RunStore.default().open(name)


def check_out(out: Path, force: bool) -> None:
    """Refuse, before any work, to write over a file unasked or where nothing can be written.

    Devices and pipes are written to, as a shell would.
    """
    if os.path.isfile(out) and not force:
        raise typer.BadParameter(f"{out} exists; give --force to replace it, or another name.")
    check_writable(out)


def use_threads(number: int | None) -> None:
    """Let torch use this many CPU threads; None leaves it as it is."""
    if number is not None:
        torch.set_num_threads(number)


def command(function: Callable[..., None]) -> Callable[..., None]:
    """A function that typer can read: a parameter that is a dataclass becomes its fields.

    typer makes one option of one parameter; a dataclass keeps options that belong together in one
    place, so that five commands share them.
    """
    parameters = inspect.signature(function).parameters
    groups = {name: p.annotation for name, p in parameters.items() if is_dataclass(p.annotation)}

    @wraps(function)
    def called(**values: object) -> None:
        for name, group in groups.items():
            values[name] = group(**{field.name: values.pop(field.name) for field in fields(group)})
        function(**values)

    flat = []
    for name, parameter in parameters.items():
        inner = inspect.signature(groups[name]).parameters.values() if name in groups else ()
        flat += inner or [parameter]
    flat = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in flat]
    called.__signature__ = inspect.Signature(flat)
    called.__annotations__ = {p.name: p.annotation for p in flat}
    return called
