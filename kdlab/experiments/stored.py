"""What is in the run store, and how a run leaves it."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kdlab.errors import StoreError
from kdlab.experiments.runs import RunStore
from kdlab.files import read_json, remove
from kdlab.tables import Table
from kdlab.training.stopping import worth

UNITS = ("B", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Stored:
    """A run as its folder tells it, without its weights.

    corpus, seed, updates, dev: "" or None where the folder does not say     dev: BLEU
    teacher: its key, "" if it had none     size: bytes, of what scoring kept too
    changed: when it was last written, seconds since 1970
    """

    key: str
    name: str
    targets: str = ""
    corpus: str = ""
    seed: int | None = None
    updates: int | None = None
    dev: float | None = None
    teacher: str = ""
    size: int = 0
    changed: float = 0.0


def stored(store: RunStore | None = None) -> list[Stored]:
    """Every run of the store, the newest last; one under way, or damaged, is named so."""
    folder = (store or RunStore.default()).folder
    whole = [_run(path.parent) for path in folder.glob("[!.]*/run.json")]
    known = {run.key for run in whole}
    begun = [path for path in folder.glob("*.ckpt") if path.stem not in known]
    under_way = [
        Stored(path.stem, "(under way)", size=path.stat().st_size, changed=path.stat().st_mtime)
        for path in begun
    ]
    return sorted([*whole, *under_way], key=lambda run: run.changed)


def runs_table(runs: Sequence[Stored], now: float | None = None) -> Table:
    """A row a run, as one reads it. now: seconds since 1970, by default this moment."""
    now = time.time() if now is None else now
    rows = {
        run.key: {
            "name": run.name, "corpus": run.corpus, "targets": run.targets,
            "seed": _known(run.seed), "updates": _known(run.updates, ","),
            "dev BLEU": _known(run.dev, ".1f"), "size": size_said(run.size),
            "age": _age(now - run.changed),
        }
        for run in runs
    }  # fmt: skip
    return Table.from_dict(rows, orient="index")


def leave(runs: Sequence[Stored], store: RunStore | None = None) -> None:
    """Delete these runs, with what scoring kept of them and with a training that was under way.

    A folder first takes a hidden name, so that a stop never leaves half a run to be found.
    Raises StoreError if the disk refuses.
    """
    store = store or RunStore.default()
    for run in runs:
        gone = store.folder / f".{run.key}.gone"
        try:
            with store.lock(run.key):
                if (store.folder / run.key).exists():
                    os.replace(store.folder / run.key, gone)
                    remove(gone)
                remove(store.checkpoint(run.key))
        except OSError as error:
            raise StoreError(
                f"run {run.key} could not be deleted ({error.strerror or error}); what is left of "
                f"it is in {store.folder}."
            ) from error


def standing_on(keys: Sequence[str], runs: Sequence[Stored]) -> list[Stored]:
    """The runs, none of them among `keys`, that have one of these as their teacher."""
    return [run for run in runs if run.teacher in keys and run.key not in keys]


def one_of(runs: Sequence[Stored], prefix: str, store: RunStore | None = None) -> Stored:
    """The run whose key begins so. Raises StoreError, as `RunStore.find` does, for none or more."""
    found = [run for run in runs if run.key.startswith(prefix)]
    if not prefix:
        raise StoreError("A run's name is empty; give its key or its first characters.")
    if len(found) == 1:
        return found[0]
    key = (store or RunStore.default()).find(prefix)
    return next(run for run in runs if run.key == key)


def size_said(size: float) -> str:
    """Bytes as one says them.

    >>> size_said(0), size_said(361_000), size_said(12_345_678_900)
    ('0 B', '361 kB', '12.3 GB')
    """
    unit = 0
    while size >= 999.5 and unit < len(UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.3g} {UNITS[unit]}"


def _run(folder: Path) -> Stored:
    files = [path.stat() for path in folder.iterdir()]
    about = {"size": sum(f.st_size for f in files), "changed": max(f.st_mtime for f in files)}
    try:
        return Stored(folder.name, **_read(read_json(folder / "run.json")), **about)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Stored(folder.name, "(not readable)", **about)


def _read(noted: Mapping[str, object]) -> dict[str, object]:
    """The fields of Stored that a run.json tells. Raises KeyError and its like if it is damaged."""
    corpus, history = noted.get("corpus") or {}, noted["history"]
    best = max((record["scores"] for record in history), key=worth, default={})
    return {
        "name": noted["name"], "targets": noted["targets"], "seed": noted["seed"],
        "corpus": " ".join(str(corpus[part]) for part in ("name", "preset") if part in corpus),
        "updates": history[-1]["update"] if history else 0, "dev": best.get("bleu"),
        "teacher": noted["teacher"] or "",
    }  # fmt: skip


def _known(value: float | None, form: str = "") -> str:
    return "" if value is None else format(value, form)


def _age(seconds: float) -> str:
    """The largest unit alone: 3 d, 5 h, 12 min."""
    for unit, each in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= each:
            return f"{seconds // each:.0f} {unit}"
    return f"{max(0, seconds):.0f} s"
