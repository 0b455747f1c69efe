"""Unpack a downloaded archive without letting it write anywhere but where it was told to."""

import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from kdlab.errors import CorpusError, StoreError
from kdlab.files import remove


def extract(archive: Path, folder: Path, wanted: Callable[[str], bool] | None = None) -> Path:
    """Unpack a tar (plain, gz, bz2 or xz) into `folder`, whole or not at all; returns `folder`.

    wanted: told each file's name, whether to unpack it; every member is checked all the same.
    Files are written one by one, so owners, modes and dates in the archive have no effect. What
    was in `folder` before is replaced at the end, once all has gone well.
    Raises CorpusError, naming the member, for one that would land outside (`../`, an absolute
    path) or that is not a file or a folder (link, device); and for an archive cut short or of
    another kind. Raises StoreError if the disk refuses.
    """
    archive, folder = Path(archive), Path(folder)
    if not archive.is_file():
        raise CorpusError(f"{archive} is not a file; give the name of a downloaded archive.")
    with _fresh_folder(folder) as fresh, _opened(archive) as tar:
        for member in tar:
            _check(archive, member)
            if member.isfile() and (wanted is None or wanted(member.name)):
                place = fresh / member.name
                place.parent.mkdir(parents=True, exist_ok=True)
                with tar.extractfile(member) as packed, open(place, "wb") as file:
                    shutil.copyfileobj(packed, file)
        _check_end(tar)
    return folder


def _check(archive: Path, member: tarfile.TarInfo) -> None:
    posix, windows = PurePosixPath(member.name), PureWindowsPath(member.name)
    if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts:
        problem = "would be written outside the folder it is unpacked into"
    elif not (member.isfile() or member.isdir()):
        problem = "is a link or a device, not a file"
    else:
        return
    raise CorpusError(
        f"{archive}: the member {member.name!r} {problem}; nothing was unpacked. "
        "Get the archive from its official source."
    )


def _check_end(tar: tarfile.TarFile) -> None:
    """A tar ends in blocks of zeros; without them tarfile would take a cut one for whole."""
    tar.fileobj.seek(tar.offset)
    if tar.fileobj.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
        raise tarfile.ReadError("no end mark")


@contextmanager
def _opened(archive: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(archive, "r:*") as tar:
            yield tar
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise CorpusError(
            f"{archive} is cut short or is not a tar archive ({error}); download it again."
        ) from error


@contextmanager
def _fresh_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that takes its place when the block ends well."""
    fresh = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        yield fresh
        fresh.chmod(0o755)  # mkdtemp gives 0700, unreadable to the others who share a store
        remove(folder)
        fresh.replace(folder)
    except OSError as error:
        if isinstance(error, StoreError):
            raise
        what = error.filename or folder
        raise StoreError(
            f"{what} cannot be used ({error.strerror or error}); nothing was unpacked. "
            "Check the name, free some space, or choose another folder with KDLAB_HOME."
        ) from error
    finally:
        if fresh is not None:
            remove(fresh)
