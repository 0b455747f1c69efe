"""Files that are either whole or not there, and where the package's own data lies."""

import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock

from kdlab.errors import StoreError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, moved over it when the block ends well, deleted if not.

    A reader, or a run after `kill -9`, therefore never sees half a file.
    Raises StoreError if the disk refuses (full, read-only); `path` is then as it was.
    """
    path = Path(path)
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        os.close(handle)
        temporary = Path(name)
        yield temporary
        temporary.chmod(0o644)  # mkstemp gives 0600, unreadable to the others who share a store
        temporary.replace(path)
    except OSError as error:
        raise StoreError(
            f"{path} could not be written ({error.strerror or error}); nothing was changed. "
            "Free some space or choose another folder with KDLAB_HOME."
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def writable(path: Path) -> None:
    """Raises StoreError if no file can be written here: before hours of work, not after them."""
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(prefix=f".{path.name}.", dir=path.parent):
            pass
        if path.is_dir():
            raise IsADirectoryError(None, "a folder of that name is there")
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written ({error.strerror or error}); choose another folder."
        ) from error


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Held by one process at a time; another waits. The lock of a killed process is free.

    path: of the lock file     Raises StoreError if it, or its folder, cannot be made.
    """
    lock = FileLock(path)
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise StoreError(
            f"{path} cannot be made ({error.strerror or error}); choose another folder with "
            "KDLAB_HOME."
        ) from error
    try:
        yield
    finally:
        lock.release()


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: Path, value: object, *, finite: bool = True) -> None:
    """Write JSON (sorted as given, Thai readable) whole or not at all.

    finite: refuse nan and inf, which other programs cannot read; `read_json` can
    """
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1, allow_nan=not finite) + "\n")


def read_json(path: Path) -> dict:
    """Read one JSON file."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def open_text(path: Path) -> gzip.GzipFile | object:
    """Open a file for reading bytes, unpacking `.gz`."""
    return gzip.open(path, "rb") if str(path).endswith(".gz") else open(path, "rb")


def sha256(path: Path) -> str:
    """The hexadecimal SHA-256 of a file."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def remove(path: Path) -> None:
    """Delete a file or a folder if it is there."""
    if Path(path).is_dir():
        shutil.rmtree(path)
    else:
        Path(path).unlink(missing_ok=True)


def home() -> Path:
    """Where runs, tokenizers and downloads are kept: $KDLAB_HOME, else the user's cache folder."""
    if os.environ.get("KDLAB_HOME"):
        return Path(os.environ["KDLAB_HOME"]).expanduser()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "kdlab"


def shipped(name: str) -> Path:
    """A file or folder that comes with kdlab, in a checkout or in an installed wheel.

    name: "data/minitalks" or "book/results", as in the repository.
    """
    package = Path(__file__).resolve().parent
    for root in (package / "_shipped", package.parent):
        if (root / name).exists():
            return root / name
    raise StoreError(f"{name} did not come with this kdlab; reinstall it, or use a checkout.")
