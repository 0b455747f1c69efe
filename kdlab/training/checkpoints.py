"""A training stopped between two updates, in one file, so that it can go on bit for bit."""

from pathlib import Path

import torch
from torch import Tensor

from kdlab.errors import CheckpointError
from kdlab.tensors import check_weights, load_tensors, load_weights, save_tensors
from kdlab.training.loop import Record, Session
from kdlab.training.stopping import worth


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

    Raises CheckpointError if it was saved under another key, or is no whole saved training.
    """
    tensors, about = load_tensors(path)
    if about.get("key") != key:
        raise CheckpointError(
            f"{path} belongs to run {about.get('key')!r}, not {key!r}; delete it or choose another "
            "folder."
        )
    parts: dict[str, dict[str, Tensor]] = {"best": {}, "objective": {}, "optimiser": {}}
    for name, tensor in tensors.items():
        part, _, inner = name.partition("/")
        parts.setdefault(part, {})[inner] = tensor
    model = session.accelerator.unwrap_model(session.model)
    check_weights(model, parts["best"], path)
    load_weights(model, parts.get("model", {}), path)
    try:
        _check_noted(about, session)
        session.objective.load_state_dict(parts["objective"])
        _load_moments(session.optimiser, parts["optimiser"])
        torch.set_rng_state(parts["generator"]["torch"])
        if "cuda" in parts["generator"] and torch.cuda.is_available():
            torch.cuda.set_rng_state(parts["generator"]["cuda"])
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise CheckpointError(
            f"{path} is not a whole training ({type(error).__name__}: {error}); delete it, and the "
            "same command trains from the start."
        ) from error
    session.update, session.position = about["update"], tuple(about["position"])
    return parts["best"], about


def _check_noted(about: dict, session: Session) -> None:
    """Raise ValueError or TypeError unless this is what `fit` notes, and KeyError if it lacks."""
    update, position, scores = about["update"], about["position"], about["bleu"]
    records = [Record(**noted) for noted in about["records"]]
    whole = [update, *position, *(record.update for record in records)]
    if not all(type(n) is int and n >= 0 for n in whole) or len(position) != 2:
        raise ValueError(f"update is {update!r}, position {position!r}")
    if not records or records[-1].update != update or len(scores) != len(records):
        raise ValueError(
            f"{len(records)} evaluations up to update {update!r}, {len(scores)} scores"
        )
    if update > session.settings.updates:
        raise ValueError(f"update is {update} of {session.settings.updates}")
    for number in [about["seconds"], *scores, *(worth(record.scores) for record in records)]:
        float(number)


def _generators() -> dict[str, Tensor]:
    """Where dropout's draws stand."""
    cuda = {"cuda": torch.cuda.get_rng_state()} if torch.cuda.is_initialized() else {}
    return {"torch": torch.get_rng_state(), **cuda}


def _moments(optimiser: torch.optim.Optimizer) -> dict[str, Tensor]:
    """Adam's and SGD's per-parameter state, flattened: {"3.exp_avg": …}."""
    state = optimiser.state_dict()["state"]
    return {f"{i}.{name}": torch.as_tensor(v) for i, s in state.items() for name, v in s.items()}


def _load_moments(optimiser: torch.optim.Optimizer, moments: dict[str, Tensor]) -> None:
    """Put moments back. Raises ValueError where there are none, or of other parameters."""
    groups = optimiser.state_dict()["param_groups"]
    parameters = [p for group in optimiser.param_groups for p in group["params"]]
    if "betas" in groups[0] and not moments:
        raise ValueError("it has nothing of the optimiser")
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in moments.items():
        index, name = key.split(".", 1)
        if name != "step" and tensor.shape != parameters[int(index)].shape:
            raise ValueError(f"{key} of the optimiser is of another parameter")
        state.setdefault(int(index), {})[name] = tensor
    if len({frozenset(each) for each in state.values()}) > 1:
        raise ValueError("some of the optimiser is missing")
    optimiser.load_state_dict({"state": state, "param_groups": groups})
