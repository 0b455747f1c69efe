"""run.json: what is noted of a run beside its weights, and whether it still says what it said."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from types import NoneType

from kdlab.errors import CheckpointError
from kdlab.files import read_json, write_json
from kdlab.training.stopping import worth

KINDS = {
    "key": str, "name": str, "seed": int, "targets": str, "teacher": (str, NoneType),
    "recipe": dict, "history": list,
}  # fmt: skip
# What runs of earlier versions have not noted.
LATER = {"corpus": (dict, NoneType), "weights": str, "pieces": str}


def write_noted(folder: Path, about: Mapping[str, object]) -> None:
    """Write a run's run.json, with a sum of all that it says."""
    # clip=inf, or a nan in a log
    write_json(folder / "run.json", {**about, "sum": _sum(about)}, finite=False)


def read_noted(folder: Path, version: int) -> dict:
    """What is noted of a run that this version of training made.

    A run without a sum, such as once was written, is taken as it is.
    Raises CheckpointError if it is damaged, was changed, or is another version's.
    """
    path = folder / "run.json"
    try:
        about = read_json(path)
        missing = KINDS.keys() - about.keys()
    except (OSError, ValueError, AttributeError, RecursionError) as error:
        raise CheckpointError(f"{folder} is not a whole run ({error}); delete it.") from error
    if missing:
        raise CheckpointError(f"{path} has no {min(missing)}; delete the folder and train again.")
    made = about.get("version", 1)
    if made != version:
        raise CheckpointError(
            f"{folder} was trained by version {made} of kdlab's training, and this is "
            f"version {version}, which would give other weights; delete it and train again."
        )
    if about.get("sum") not in (None, _sum(about)):
        raise CheckpointError(
            f"{path} was changed since the run was saved; restore it, or delete the folder and "
            "train again."
        )
    _check(about, path)
    return about


def _check(about: Mapping[str, object], path: Path) -> None:
    """Raise CheckpointError, naming it, for a part that is of no use."""
    for name, kind in (KINDS | LATER).items():
        if name in about and not isinstance(about[name], kind):
            raise CheckpointError(
                f"{path} has {str(about[name])[:40]} as its {name}; delete the folder and train "
                "again."
            )
    for number, record in enumerate(about["history"], 1):
        try:
            float(record["seconds"]), int(record["update"]), float(worth(record["scores"]))
        except (LookupError, TypeError, ValueError) as error:
            raise CheckpointError(
                f"{path}: entry {number} of its history is none ({type(error).__name__}: {error}); "
                "delete the folder and train again."
            ) from error


def _sum(about: Mapping[str, object]) -> str:
    """16 hexadecimal digits of all but the sum itself, as it reads once it was JSON."""
    said = json.loads(json.dumps({k: v for k, v in about.items() if k != "sum"}))
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
