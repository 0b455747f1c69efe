"""Tensors in one file: safetensors, with all else as JSON in its header. No pickle."""

import json
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from kdlab.errors import CheckpointError
from kdlab.files import replacing


def save_tensors(path: Path, tensors: dict[str, Tensor], about: dict) -> None:
    """Write tensors and a JSON-able dict into one file, whole or not at all (StoreError)."""
    plain = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
    with replacing(path) as temporary:
        try:
            save_file(plain, temporary, metadata={"about": json.dumps(about)})
        except SafetensorError as error:  # its own class, even for a full disk
            raise OSError(str(error)) from error


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict]:
    """Read what `save_tensors` wrote. CheckpointError if the file is missing or cut short."""
    try:
        with safe_open(path, framework="pt") as file:
            about = json.loads((file.metadata() or {}).get("about", "{}"))
            return {name: file.get_tensor(name) for name in file.keys()}, about
    except (OSError, SafetensorError, ValueError) as error:
        raise CheckpointError(
            f"{path} is not a whole checkpoint ({error}); delete it and train again."
        ) from error


def load_weights(model: nn.Module, weights: dict[str, Tensor], path: Path) -> None:
    """Put weights into a model. Raises CheckpointError, naming a tensor, if they are of another."""
    mine = model.state_dict()
    for name in sorted(mine.keys() | weights.keys()):
        here = list(mine[name].shape) if name in mine else "absent"
        there = list(weights[name].shape) if name in weights else "absent"
        if here != there:
            raise CheckpointError(
                f"{path} holds {name} {there}; this configuration expects {here}. It was saved "
                "under another recipe or vocabulary."
            )
    model.load_state_dict(weights)
