"""The four piece ids that mean something to every model here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SpecialIds:
    """Ids of padding, beginning and end of sentence, and the unknown piece."""

    pad: int = 0
    bos: int = 1
    eos: int = 2
    unk: int = 3


IDS = SpecialIds()
