"""A training stopped between two updates, in one file, so that it can go on bit for bit."""

from pathlib import Path

import torch
from torch import Tensor

from kdlab.errors import CheckpointError
from kdlab.tensors import load_tensors, load_weights, save_tensors
from kdlab.training.loop import Session


def save_session(path: Path, session: Session, best: dict[str, Tensor], about: dict) -> None:
    """Save a training between two updates: model, best weights, optimiser, objective, generator."""
    model = session.accelerator.unwrap_model(session.model)
    parts = {
        "model": model.state_dict(),
        "best": best,
        "objective": dict(session.objective.state_dict()),
        "optimiser": _moments(session.optimiser),
        "generator": _generators(),
    }
    tensors = {f"{part}/{name}": t for part, all_ in parts.items() for name, t in all_.items()}
    state = {
        "update": session.update,
        "position": list(session.position),
        **about,
    }
    save_tensors(path, tensors, state)


def load_session(path: Path, session: Session, key: str) -> tuple[dict[str, Tensor], dict]:
    """Put a saved training back, bit for bit; returns the best weights and what was noted.

    Raises CheckpointError if it was saved under another key, or is no saved training.
    """
    tensors, about = load_tensors(path)
    if about.get("key") != key:
        raise CheckpointError(
            f"{path} belongs to run {about.get('key')!r}, not {key!r}; delete it or choose another "
            "folder."
        )
    parts: dict[str, dict[str, Tensor]] = {"best": {}, "objective": {}, "optimiser": {}}
    for key, tensor in tensors.items():
        part, name = key.split("/", 1)
        parts.setdefault(part, {})[name] = tensor
    load_weights(session.accelerator.unwrap_model(session.model), parts["model"], path)
    session.objective.load_state_dict(parts["objective"])
    _load_moments(session.optimiser, parts["optimiser"])
    torch.set_rng_state(parts["generator"]["torch"])
    if "cuda" in parts["generator"] and torch.cuda.is_available():
        torch.cuda.set_rng_state(parts["generator"]["cuda"])
    session.update, session.position = about["update"], tuple(about["position"])
    return parts["best"], about


def _generators() -> dict[str, Tensor]:
    """Where dropout's draws stand."""
    cuda = {"cuda": torch.cuda.get_rng_state()} if torch.cuda.is_initialized() else {}
    return {"torch": torch.get_rng_state(), **cuda}


def _moments(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Adam's and SGD's per-parameter state, flattened: {"3.exp_avg": …}."""
    state = optimiser.state_dict()["state"]
    return {f"{i}.{name}": torch.as_tensor(v) for i, s in state.items() for name, v in s.items()}


def _load_moments(optimiser: torch.optim.Optimizer, moments: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in moments.items():
        index, name = key.split(".", 1)
        state.setdefault(int(index), {})[name] = tensor
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state, "param_groups": groups})
