"""Unpack a downloaded archive without letting it write anywhere but where it was told to."""

import bz2
import gzip
import lzma
import os
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from kdlab.corpora import limits
from kdlab.errors import CorpusError, KdlabError
from kdlab.files import disk_errors, remove

BLOCK = 1 << 16  # bytes copied at a time
HEADER = 1 << 13  # bytes before a member's content: its name and dates

# How a packed file begins, and what opens it; how something begins that is often mistaken for one.
OPEN = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
OTHER = {b"PK": "a zip archive", b"<": "a web page", b"\xef\xbb\xbf<": "a web page"}
# What tarfile raises on bytes that are no tar, and what it and the unpackers raise on damage.
NO_TAR = (tarfile.TarError, EOFError)
DAMAGE = (zlib.error, lzma.LZMAError, ValueError, LookupError, ArithmeticError, RecursionError)


def extract(archive: Path, folder: Path, wanted: Callable[[str], bool] | None = None) -> Path:
    """Unpack a tar (plain, gz, bz2 or xz) into `folder`, whole or not at all; returns `folder`.

    wanted: told each file's name, whether to unpack it; every member is checked all the same.
    Files are written one by one, so owners, modes and dates in the archive have no effect. What
    was in `folder` before is replaced at the end, once all has gone well.
    Raises CorpusError, naming the member, for one that would land outside (`../`, an absolute
    path) or that is not a file or a folder (link, device, a file with holes); for more than
    `limits` allow; and for an archive that is damaged, cut short or of another kind. Raises
    StoreError if the disk refuses.
    """
    archive, folder = Path(archive), Path(folder)
    if not os.path.isfile(archive):
        raise CorpusError(f"{archive} is not a file; give the name of a downloaded archive.")
    with (
        disk_errors(f"{archive} could not be unpacked into {folder}"),
        _fresh_folder(folder) as fresh,
        _opened(archive) as content,
    ):
        tar = tarfile.open(fileobj=content, mode="r:")
        for number, member in enumerate(tar, 1):
            content.header = 0
            if number > limits.MEMBERS:
                raise _refusal(archive, f"it has more than {limits.MEMBERS:,} members")
            if problem := _problem(member):
                raise _refusal(archive, f"the member {member.name[:80]!r} {problem}")
            if member.isfile() and (wanted is None or wanted(member.name)):
                blocks = content.blocks(member.offset_data, member.size)
                _write(fresh, member.name, blocks)
        content.check_end(tar.offset)
    return folder


class _Unpacked:
    """An archive's bytes, unpacked as they are asked for, and no more of them than is allowed.

    tarfile reads what goes before a member (a long name, a table of holes) into memory, all of it,
    and skips what is not wanted; both are bounded here.
    """

    def __init__(self, archive: Path, stream: BinaryIO):
        self.archive, self.stream = archive, stream
        self.header = 0  # bytes that tarfile has read since the last member

    def read(self, size: int) -> bytes:
        """What goes before a member, for tarfile."""
        self.header += size
        if size < 0 or self.header > HEADER:
            raise _refusal(self.archive, f"a member's name takes more than {HEADER:,} bytes")
        return self._read(size)

    def seek(self, position: int) -> int:
        """Unpack up to `position` and go on from there."""
        self._allow(position)
        return self.stream.seek(position)

    def tell(self) -> int:
        """How many bytes were unpacked."""
        return self.stream.tell()

    def blocks(self, start: int, size: int) -> Iterator[bytes]:
        """The `size` bytes from `start`; EOFError if there are fewer."""
        self._allow(start + size)
        self.seek(start)
        while size > 0:
            block = self._read(min(size, BLOCK))
            if not block:
                raise EOFError("unexpected end of data")
            size -= len(block)
            yield block

    def check_end(self, offset: int) -> None:
        """A tar ends in zeros; without them tarfile would take a cut one for whole.

        The rest is read as well: only at the very end are an unpacker's checksums compared.
        """
        self.seek(offset)
        if self._read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError("no end mark")
        while self._read(BLOCK):
            pass

    def _read(self, size: int) -> bytes:
        block = self.stream.read(size)
        self._allow(self.tell())
        return block

    def _allow(self, position: int) -> None:
        if position > limits.UNPACKED:
            raise _refusal(self.archive, f"it unpacks to more than {limits.UNPACKED:,} bytes")


def _problem(member: tarfile.TarInfo) -> str | None:
    posix, windows = PurePosixPath(member.name), PureWindowsPath(member.name)
    if len(os.fsencode(member.name)) > limits.NAME:
        return f"has a name of more than {limits.NAME} bytes"
    if posix.is_absolute() or windows.drive or windows.root or ".." in windows.parts:
        return "would be written outside the folder it is unpacked into"
    if member.issparse():
        return "is a file with holes"
    if not (member.isfile() or member.isdir()):
        return "is a link or a device, not a file"
    if member.size < 0:
        return "has fewer than no bytes"
    return None


def _refusal(archive: Path, problem: str) -> CorpusError:
    return CorpusError(
        f"{archive}: {problem}; nothing was unpacked. Get the archive from its official source."
    )


def _write(folder: Path, name: str, blocks: Iterator[bytes]) -> None:
    place = folder / name
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        file = open(place, "wb")
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        raise tarfile.ReadError(f"{name!r} is both a file and a folder") from error
    with file:
        file.writelines(blocks)


@contextmanager
def _opened(archive: Path) -> Iterator[_Unpacked]:
    """The archive's content; what is wrong with it inside the block becomes a CorpusError."""
    try:
        with open(archive, "rb") as file:
            begin = file.read(8)
    except OSError as error:
        raise CorpusError(
            f"{archive} cannot be read ({error.strerror}); check its rights."
        ) from error
    opener = next((OPEN[mark] for mark in OPEN if begin.startswith(mark)), open)
    try:
        with opener(archive, "rb") as stream:
            yield _Unpacked(archive, stream)
    except KdlabError:  # has its sentence; a CorpusError is a ValueError too
        raise
    except (*NO_TAR, *DAMAGE, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk's; an unpacker's has no number
        kind = next((f"it is {OTHER[mark]}" for mark in OTHER if begin.startswith(mark)), error)
        what = "cut short or is not a tar archive" if isinstance(error, NO_TAR) else "damaged"
        raise CorpusError(f"{archive} is {what} ({kind}); download it again.") from error


@contextmanager
def _fresh_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` that takes its place when the block ends well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        yield fresh
        fresh.chmod(0o755)  # mkdtemp gives 0700, unreadable to the others who share a store
        remove(folder)
        fresh.replace(folder)
    finally:
        remove(fresh)
