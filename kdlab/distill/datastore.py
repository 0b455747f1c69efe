"""A teacher's datastore of a training set, made once and kept on disk."""

from pathlib import Path

from kdlab.batching import Encoded
from kdlab.distill.kept import kept, made_of
from kdlab.models.evaluating import evaluating
from kdlab.objectives.datastore import Datastore
from kdlab.tensors import save_tensors
from kdlab.translator import Translator


def datastore(teacher: Translator, data: Encoded, *, path: Path | None = None) -> Datastore:
    """A context and what followed it, for every target position of `data`; see `Datastore`.

    path: a safetensors file to write, or to read if it is there (4 H + 8 bytes a position)
    Raises RecipeError if the teacher has no hidden states; CheckpointError if the file at `path`
    was made with another teacher or other data.
    """
    about = made_of(teacher, data)
    if stored := kept(path, about):
        with evaluating(teacher.model) as device:
            store = Datastore(stored["keys"], stored["values"], teacher.model.target_size)
            return store.to(device)  # as if it had been made now
    store = Datastore.of(teacher.model, data)
    if path:
        save_tensors(path, {"keys": store.keys, "values": store.values}, about)
    return store
