"""Tables made once of a training set by a teacher: found again only if they are of these two."""

import hashlib
from pathlib import Path

from torch import Tensor

from kdlab.batching import Encoded
from kdlab.errors import CheckpointError
from kdlab.tensors import load_tensors
from kdlab.translator import Translator


def made_of(teacher: Translator, data: Encoded) -> dict[str, str]:
    """What a table is made of, as its file notes it."""
    ids = hashlib.sha256(repr((data.source, data.target)).encode()).hexdigest()[:16]
    return {"teacher": teacher.key, "data": ids}


def kept(path: Path | None, about: dict[str, object]) -> dict[str, Tensor] | None:
    """The tensors at `path`; None if there is no path or nothing there yet.

    Raises CheckpointError, showing both, if it was made of something else than `about`.
    """
    if path is None or not Path(path).exists():
        return None
    tensors, found = load_tensors(path)
    if found != about:
        raise CheckpointError(
            f"{path} was made of {found}; expected {about}. Delete it, or give another path."
        )
    return tensors
