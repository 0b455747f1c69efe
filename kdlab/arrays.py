"""Many small arrays in one file: an .npz that numpy opens, packed more tightly than its own."""

import lzma
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from kdlab.errors import ResultError
from kdlab.files import replacing

OF_1980 = (1980, 1, 1, 0, 0, 0)  # the same arrays are the same bytes, whenever they are written
DAMAGE = (OSError, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError)
DAMAGE += (zipfile.BadZipFile, lzma.LZMAError, zlib.error, MemoryError)


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays by name, whole or not at all (StoreError). No pickle."""
    with replacing(path) as temporary:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_LZMA) as packed:
            for name, array in arrays.items():
                member = zipfile.ZipInfo(f"{name}.npy", OF_1980)
                member.compress_type = zipfile.ZIP_LZMA
                with packed.open(member, "w") as file:
                    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """Read what `write_arrays` wrote. ResultError if the file is damaged."""
    try:
        with np.load(path, allow_pickle=False) as packed:
            return {name: packed[name] for name in packed.files}
    except DAMAGE as error:
        raise ResultError(
            f"{path} is damaged ({error or type(error).__name__}); restore it, or delete it and "
            "what can be had without it is made anew."
        ) from error
