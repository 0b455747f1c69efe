"""A teacher's datastore of a training set, made once and kept on disk."""

import hashlib
from pathlib import Path

from kdlab.batching import Encoded
from kdlab.errors import CheckpointError
from kdlab.objectives.datastore import Datastore
from kdlab.tensors import load_tensors, save_tensors
from kdlab.translator import Translator


def datastore(teacher: Translator, data: Encoded, *, path: Path | None = None) -> Datastore:
    """A context and what followed it, for every target position of `data`; see `Datastore`.

    path: a safetensors file to write, or to read if it is there (4 H + 8 bytes a position)
    Raises RecipeError if the teacher has no hidden states; CheckpointError if the file at `path`
    was made with another teacher or other data.
    """
    ids = hashlib.sha256(repr((data.source, data.target)).encode()).hexdigest()[:16]
    about = {"teacher": teacher.key, "data": ids}
    if path and Path(path).exists():
        stored, found = load_tensors(path)
        if found != about:
            raise CheckpointError(
                f"{path} holds a datastore of {found}; expected {about}. Delete it, or give "
                "another path."
            )
        return Datastore(stored["keys"], stored["values"], teacher.model.target_size)
    store = Datastore.of(teacher.model, data)
    if path:
        save_tensors(path, {"keys": store.keys, "values": store.values}, about)
    return store
