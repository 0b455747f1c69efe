"""Files that are either whole or not there, and where the package's own data lies."""

import errno
import glob
import gzip
import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from kdlab.errors import KdlabError, StoreError
from kdlab.progress import say

PATIENCE = 2  # seconds that a lock is waited for in silence

# What to do when the system refuses, by its reason; for all others OTHERWISE.
ELSEWHERE = "choose another folder; KDLAB_HOME names the one where kdlab keeps things."
OTHERWISE = f"Free some space, or {ELSEWHERE}"
NO_RIGHT = f"Get the right to write there, or {ELSEWHERE}"
IN_THE_WAY = f"A file stands where a folder should be: move it away, or {ELSEWHERE}"
ADVICE = {
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), NO_RIGHT),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST), IN_THE_WAY),
    **dict.fromkeys(
        (errno.ENOENT, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG), "Check the name."
    ),
}


@contextmanager
def disk_errors(problem: str) -> Iterator[None]:
    """What the disk refuses inside becomes one StoreError: `problem`, the reason, what to do."""
    try:
        yield
    except KdlabError:  # has its sentence; a StoreError is an OSError too
        raise
    except OSError as error:
        raise StoreError(
            f"{problem} ({error.strerror or error}); nothing was lost. "
            f"{ADVICE.get(error.errno, OTHERWISE)}"
        ) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`, moved over it when the block ends well, deleted if not.

    A reader, or a run after `kill -9`, therefore never sees half a file. A link is followed, and a
    file that was there keeps its mode. A device or a pipe is never replaced: the block is given
    `path` itself and writes into it.
    Raises StoreError if the disk refuses (full, read-only); `path` is then as it was.
    """
    path = Path(path)
    with disk_errors(f"{path} could not be written"):
        before = _status(path)
        if before and not stat.S_ISREG(before.st_mode):
            yield path
            return
        path = Path(os.path.realpath(path))
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name[:50]}.{secrets.token_hex(4)}")
        temporary.touch(stat.S_IMODE(before.st_mode) if before else 0o666, exist_ok=False)
        mode = stat.S_IMODE((before or temporary.stat()).st_mode)  # if new, as the umask has it
        try:
            yield temporary
            temporary.chmod(mode)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)


def check_writable(path: Path) -> None:
    """Raise now the StoreError with which `replacing(path)` would end long work."""
    with disk_errors(f"{path} could not be written"):
        before = _status(Path(path))
        if before is None or stat.S_ISREG(before.st_mode):
            folder = Path(os.path.realpath(path)).parent
            folder.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=folder).close()


def _status(path: Path) -> os.stat_result | None:
    """What is known of a file, links followed; None if there is none, an OSError for a folder."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    return status


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Held by one process at a time; another waits, and says so. That of a killed process is free.

    path: of the lock file, NAME.lock; what such a process left beside it, .NAME.*, is deleted
    Raises StoreError if it, or its folder, cannot be made.
    """
    path, lock = Path(path), FileLock(path)
    with disk_errors(f"{path} cannot be made"):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=PATIENCE)
        except Timeout:
            say(f"Waiting for another kdlab at the same work, which holds {path}")
            lock.acquire()
    try:
        for left in path.parent.glob(f".{glob.escape(path.stem)}.*"):
            with suppress(OSError):
                remove(left)
        yield
    finally:
        lock.release()


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text whole or not at all; a file's name that is no UTF-8 keeps its bytes."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="surrogateescape")


def write_json(path: Path, value: object, *, finite: bool = True) -> None:
    """Write JSON (sorted as given, Thai readable) whole or not at all.

    finite: refuse nan and inf, which other programs cannot read; `read_json` can
    """
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=not finite)
    # A name that is no UTF-8 has surrogates in it; backslashed they are JSON and come back.
    write_text(path, text.encode("utf-8", "backslashreplace").decode() + "\n")


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
    """Delete a file, a link or a folder if it is there; never what a link leads to."""
    if Path(path).is_dir() and not Path(path).is_symlink():
        shutil.rmtree(path)
    else:
        Path(path).unlink(missing_ok=True)


def home() -> Path:
    """Where runs, tokenizers and downloads are kept: $KDLAB_HOME, else the user's cache folder.

    Raises StoreError if there is no such user, or for a name that is no UTF-8.
    """
    try:
        if os.environ.get("KDLAB_HOME"):
            return utf8(Path(os.environ["KDLAB_HOME"]).expanduser())
        return utf8(Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kdlab")
    except RuntimeError as error:
        name = os.environ.get("KDLAB_HOME", "the cache folder")
        raise StoreError(f"{name!r} cannot be kdlab's folder ({error}); set KDLAB_HOME.") from error


def utf8(folder: Path) -> Path:
    """The folder itself, if tensors can be kept there.

    Raises StoreError for a name that is no UTF-8: safetensors could write there and not read again.
    """
    try:
        os.fspath(folder).encode()
    except UnicodeEncodeError as error:
        raise StoreError(
            f"{str(folder)!r} cannot be kdlab's folder ({error}); set KDLAB_HOME."
        ) from error
    return folder


def shipped(name: str) -> Path:
    """A file or folder that comes with kdlab, in a checkout or in an installed wheel.

    name: "data/minitalks" or "book/results", as in the repository.
    """
    package = Path(__file__).resolve().parent
    for root in (package / "_shipped", package.parent):
        if (root / name).exists():
            return root / name
    raise StoreError(f"{name} did not come with this kdlab; reinstall it, or use a checkout.")
