"""Tensors in one file: safetensors, with all else as JSON in its header. No pickle."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from kdlab.errors import CheckpointError
from kdlab.files import replacing


def save_tensors(path: Path, tensors: dict[str, Tensor], about: dict) -> None:
    """Write tensors and a JSON-able dict into one file, whole or not at all (StoreError)."""
    plain = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
    noted = json.dumps(about)
    with replacing(path) as temporary:
        try:
            metadata = {"about": noted, "sum": sum_of(plain, noted)}
            save_file(plain, temporary, metadata=metadata)
        except SafetensorError as error:  # its own class, even for a full disk
            raise OSError(str(error)) from error


def load_tensors(path: Path) -> tuple[dict[str, Tensor], dict]:
    """Read what `save_tensors` wrote.

    Raises CheckpointError if the file is missing, cut short, or not what was written; a file of
    safetensors without a sum, such as once was written, is taken as it is.
    """
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            noted = metadata.get("about", "{}")
            about = json.loads(noted)
            if not isinstance(about, dict):
                raise ValueError(f"what it notes is {noted[:40]}")
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        if metadata.get("sum") not in (None, sum_of(tensors, noted)):
            raise ValueError("its content is not what was written")
    except (OSError, SafetensorError, ValueError, RecursionError) as error:
        raise CheckpointError(
            f"{path} is not a whole checkpoint ({error}); delete it and train again."
        ) from error
    return tensors, about


def sum_of(tensors: Mapping[str, Tensor], noted: str = "") -> str:
    """16 hexadecimal digits of tensors' names, types, shapes and bytes, and of a text."""
    digest = hashlib.sha256(noted.encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"\n{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        plain = tensor.detach().cpu().contiguous().reshape(-1)
        digest.update(plain.view(torch.uint8).numpy())
    return digest.hexdigest()[:16]


def load_weights(model: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    """Put weights into a model. Raises CheckpointError as `check_weights` does."""
    check_weights(model, weights, path)
    model.load_state_dict(weights)


def check_weights(model: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    """Raise CheckpointError, naming a tensor and `path`, if the weights are another model's."""
    mine = model.state_dict()
    for name in sorted(mine.keys() | weights.keys()):
        here = list(mine[name].shape) if name in mine else "absent"
        there = list(weights[name].shape) if name in weights else "absent"
        if here != there:
            raise CheckpointError(
                f"{path} holds {name} {there}; this configuration expects {here}. It was saved "
                "under another recipe or vocabulary."
            )
