"""Download one large file: with progress, resumed where it stopped, and checked ever after."""

import re
from collections.abc import Callable
from pathlib import Path

import requests

from kdlab.corpora import limits
from kdlab.errors import CorpusError, KdlabError
from kdlab.files import disk_errors, sha256, write_text
from kdlab.progress import progress

CHUNK = 1 << 16  # bytes
TIMEOUT = (20, 60)  # seconds: to connect, and between two chunks

# Not int() alone: it takes digits of all scripts, and raises for thousands of them.
_RANGE = re.compile(r"bytes (?:([0-9]{1,18})-[0-9]{1,18}|\*)/([0-9]{1,18}|\*)")
_LENGTH = re.compile(r"[0-9]{1,18}")
_SHA256 = re.compile(rb"[0-9a-f]{64}\b")


def fetch(
    url: str, path: Path, manual: str, accept: Callable[[Path], object] = lambda file: None
) -> Path:
    """The file at `path`, downloaded from `url` if it is not there yet; returns `path`.

    What has arrived is kept in `path` + ".part", and the next call asks only for the rest, if the
    host still has the version that was begun. The file is compared with its checksum of first
    sight (`checked`).
    manual: one sentence that says how to get the file by hand, for when the host refuses.
    accept: raises CorpusError for a file that is of no use; such a download is deleted.
    Raises CorpusError if the host refuses, stops early, or sends a web page, another part than was
    asked for or more than `limits.DOWNLOAD`; StoreError if the disk refuses.
    """
    path = Path(path)
    if path.exists():
        first = f"Delete {path} and {_record(path)}, and run"
        _accepted(path, accept, f"{first} the same command again, or: {manual}")
        return checked(path)
    part = _Part(path, url, manual)
    with disk_errors(f"{part.path} could not be written"):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.download()
        try:
            _accepted(part.path, accept, f"It was deleted; {part.again}")
        except CorpusError:
            part.delete()
            raise
        part.path.replace(path)
        part.delete()
    return checked(path)


def checked(path: Path, record: Path | None = None) -> Path:
    """`path`, if its SHA-256 is the one recorded when it was first seen; returns `path`.

    The record is `path` + ".sha256" in the form `sha256sum --check` reads; without one, it is
    written now: there is no official checksum to compare with.
    Raises CorpusError if the file has changed since, or if the record holds no checksum;
    StoreError if either cannot be read or written.
    """
    record = record or _record(path)
    with disk_errors(f"{path} and {record} could not be compared"):
        now = sha256(path)
        if not record.exists():
            write_text(record, f"{now}  {path.name}\n")
            return path
        before = _SHA256.match(record.read_bytes())
    if before is None:
        raise CorpusError(f"{record} holds no SHA-256; delete it, and {path}'s is recorded anew.")
    if now != (before := before[0].decode()):
        raise CorpusError(
            f"{path} has SHA-256 {now}, but {before} was recorded when it was first seen. "
            f"Remove it and get it again; or, if it is the right one, delete {record}."
        )
    return path


class _Part:
    """What has arrived of a file, and beside it which version of the host's file that is of."""

    def __init__(self, path: Path, url: str, manual: str):
        self.path = path.with_name(path.name + ".part")
        self.version = path.with_name(path.name + ".part.version")
        self.url, self.manual = url, manual
        self.again = f"run the same command again, or: {manual}"

    def __len__(self) -> int:
        return self.path.stat().st_size if self.path.exists() else 0

    def delete(self) -> None:
        """Forget what has arrived."""
        self.path.unlink(missing_ok=True)
        self.version.unlink(missing_ok=True)

    def download(self) -> None:
        """Ask the host for what is missing, until nothing is."""
        try:
            with requests.get(
                self.url, headers=self._headers(), stream=True, timeout=TIMEOUT
            ) as answer:
                if len(self) and answer.status_code == 416:  # nothing after what we have
                    if _stated_total(answer) != len(self):
                        raise self._misfit(f"has no byte {len(self):,}")
                else:
                    self._refuse_unless_a_file(answer)
                    self._receive(answer, self._start(answer))
        except KdlabError:  # has its sentence; a CorpusError is a ValueError too
            raise
        except (requests.RequestException, ValueError) as error:  # such as a redirect to no address
            raise CorpusError(
                f"{self.url} could not be reached or broke off ({type(error).__name__}). Run the "
                f"same command again to go on from {len(self):,} bytes, or: {self.manual}"
            ) from error

    def _headers(self) -> dict[str, str]:
        # identity: a compressed transfer could be neither measured nor resumed.
        headers = {"Accept-Encoding": "identity"}
        if len(self):
            headers["Range"] = f"bytes={len(self)}-"
            if version := self._begun():
                headers["If-Range"] = version  # of another version the host sends it all
        return headers

    def _begun(self) -> str:
        """The version that was begun, "" if the host did not name it."""
        if not self.version.exists():
            return ""
        return self.version.read_text("ascii", errors="ignore").partition("\n")[0].strip()

    def _refuse_unless_a_file(self, answer: requests.Response) -> None:
        if answer.status_code not in (200, 206):
            raise CorpusError(
                f"{self.url} answered {answer.status_code} {answer.reason}. {self.manual}"
            )
        if "html" in (kind := answer.headers.get("Content-Type", "")):
            raise CorpusError(
                f"{self.url} sent a web page ({kind}) instead of the file; the host wants a click "
                f"or has blocked it for a while. {self.manual}"
            )

    def _start(self, answer: requests.Response) -> int:
        """The byte that the answer begins with: the first, or the next one here."""
        if answer.status_code == 200:
            return 0
        stated = _RANGE.match(answer.headers.get("Content-Range", ""))
        start = int(stated[1]) if stated and stated[1] else None
        if start != len(self):
            sent = "without saying from where" if start is None else f"from byte {start:,}"
            raise self._misfit(f"sent a part {sent}")
        if (now := _version(answer)) and start and self._begun() not in (now, ""):
            raise self._misfit(f"has another version now ({now})")
        return start

    def _receive(self, answer: requests.Response, start: int) -> None:
        total = _stated_total(answer)
        if (total or 0) > limits.DOWNLOAD:
            raise self._misfit(f"wants to send {total:,} bytes, more than {limits.DOWNLOAD:,}")
        if start == 0:
            self.delete()
            write_text(self.version, _version(answer))
        with (
            open(self.path, "ab") as file,
            progress(total, self.path.stem, "B", start) as bar,
        ):
            for chunk in answer.iter_content(CHUNK):
                bar.update(file.write(chunk))
                if file.tell() > limits.DOWNLOAD:
                    break
        if not 0 < len(self) <= (limits.DOWNLOAD if total is None else total):
            raise self._misfit(f"sent {len(self):,} bytes")
        if total is not None and len(self) < total:
            raise CorpusError(
                f"{self.url} sent {len(self):,} of {total:,} bytes. Run the same command again to "
                f"go on from there, or: {self.manual}"
            )

    def _misfit(self, problem: str) -> CorpusError:
        """An answer after which what has arrived is no use; the next call begins anew."""
        self.delete()
        return CorpusError(
            f"{self.url} {problem}: that is not the file, or not the one begun here. What had "
            f"arrived was deleted; {self.again}"
        )


def _accepted(path: Path, accept: Callable[[Path], object], otherwise: str) -> None:
    try:
        accept(path)
    except CorpusError as error:
        raise CorpusError(f"{error} {otherwise}") from error


def _record(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _stated_total(answer: requests.Response) -> int | None:
    """The size of the whole file as the host states it: `Content-Range: bytes 5-9/10` is 10."""
    if stated := _RANGE.match(answer.headers.get("Content-Range", "")):
        total = stated[2]
    elif "Content-Encoding" in answer.headers:  # packed for the way, against what was asked
        return None
    else:
        total = answer.headers.get("Content-Length", "")
    return int(total) if _LENGTH.fullmatch(total) else None


def _version(answer: requests.Response) -> str:
    """What names the version of the host's file in If-Range (RFC 9110, 13.1.5), "" if nothing."""
    tag = answer.headers.get("ETag", "W/")
    return answer.headers.get("Last-Modified", "") if tag.startswith("W/") else tag
