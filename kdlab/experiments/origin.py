"""What a corpus was asked for, in words that JSON holds, so that a run can ask for it again."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from kdlab.tokenizer import TokenizerConfig


def origin_of(asked: Mapping[str, object]) -> dict[str, object] | None:
    """A call's arguments, those that are None aside, with paths that do not depend on the folder.

    None if one of them is no plain value, such as text that was made in Python.

    >>> origin_of({"name": "minitalks", "noise": 0.2, "folder": None})
    {'name': 'minitalks', 'noise': 0.2}
    """
    found = {name: _plain(value) for name, value in asked.items() if value is not None}
    return None if None in found.values() else found


def _plain(value: object) -> object:
    """The value as JSON has it; None for what JSON cannot hold, or should not: whole texts."""
    if isinstance(value, Path) or (isinstance(value, str) and _is_path(value)):
        return str(Path(value).resolve())
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)) and all(isinstance(v, (str, Path)) for v in value):
        return [_plain(part) for part in value]
    return asdict(value) if isinstance(value, TokenizerConfig) else None


def _is_path(text: str) -> bool:
    """A corpus's own name is none, whatever lies in the working folder."""
    return (os.sep in text or "." in text) and os.path.exists(text)
