"""Download one large file: with progress, resumed where it stopped, and checked ever after."""

from pathlib import Path

import requests

from kdlab.errors import CorpusError, StoreError
from kdlab.files import sha256, write_text
from kdlab.progress import progress

CHUNK = 1 << 16  # bytes
TIMEOUT = (20, 60)  # seconds: to connect, and between two chunks


def fetch(url: str, path: Path, manual: str) -> Path:
    """The file at `path`, downloaded from `url` if it is not there yet; returns `path`.

    What has arrived is kept in `path` + ".part", and the next call asks only for the rest.
    A file that is already there is compared with its checksum of first sight (`checked`).
    manual: one sentence that says how to get the file by hand, for when the host refuses.
    Raises CorpusError if the host refuses, sends a web page, or stops early; StoreError if the
    disk is full.
    """
    path = Path(path)
    if not path.exists():
        part = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _download(url, part, manual)
            part.replace(path)
        except requests.RequestException as error:
            raise CorpusError(
                f"{url} could not be reached or broke off ({type(error).__name__}). "
                f"Run the same command again to go on from {_size(part):,} bytes, or: {manual}"
            ) from error
        except OSError as error:
            raise StoreError(
                f"{part} could not be written ({error.strerror or error}). "
                "Free some space or choose another folder with KDLAB_HOME."
            ) from error
    return checked(path)


def checked(path: Path, record: Path | None = None) -> Path:
    """`path`, if its SHA-256 is the one recorded when it was first seen; returns `path`.

    The record is `path` + ".sha256" in the form `sha256sum --check` reads; without one, it is
    written now: there is no official checksum to compare with.
    Raises CorpusError if the file has changed since.
    """
    record = record or path.with_name(path.name + ".sha256")
    now = sha256(path)
    if not record.exists():
        write_text(record, f"{now}  {path.name}\n")
        return path
    before = record.read_text(encoding="utf-8").split()[0]
    if now != before:
        raise CorpusError(
            f"{path} has SHA-256 {now}, but {before} was recorded when it was first seen. "
            f"Get it again; if this file is the right one, delete {record}."
        )
    return path


def _download(url: str, part: Path, manual: str) -> None:
    have = _size(part)
    # identity: a compressed transfer could be neither measured nor resumed.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with requests.get(url, headers=headers, stream=True, timeout=TIMEOUT) as answer:
        if answer.status_code == 416:  # nothing after what we have: whole, or not the same file
            if _stated_total(answer) != have:
                part.unlink()
                raise CorpusError(
                    f"{url} has no byte {have:,}: its file is not the one begun here. The part "
                    f"was deleted; run the same command again, or: {manual}"
                )
            return
        _refuse_unless_a_file(url, answer, manual)
        if answer.status_code != 206:
            have = 0  # the host cannot resume and sends it all
        total = _stated_total(answer)
        with (
            open(part, "ab" if have else "wb") as file,
            progress(total, part.stem, "B", have) as bar,
        ):
            for chunk in answer.iter_content(CHUNK):
                bar.update(file.write(chunk))
    if total is not None and _size(part) != total:
        raise CorpusError(
            f"{url} sent {_size(part):,} of {total:,} bytes. Run the same command again to go on "
            f"from there, or: {manual}"
        )


def _refuse_unless_a_file(url: str, answer: requests.Response, manual: str) -> None:
    if not answer.ok:
        raise CorpusError(f"{url} answered {answer.status_code} {answer.reason}. {manual}")
    if "html" in answer.headers.get("Content-Type", ""):
        raise CorpusError(
            f"{url} sent a web page ({answer.headers['Content-Type']}) instead of the file; the "
            f"host wants a click or has blocked it for a while. {manual}"
        )


def _stated_total(answer: requests.Response) -> int | None:
    """The size of the whole file as the host states it: `Content-Range: bytes 5-9/10` is 10."""
    if "Content-Range" in answer.headers:
        total = answer.headers["Content-Range"].rpartition("/")[2]
    else:
        total = answer.headers.get("Content-Length", "")
    return int(total) if total.isdigit() else None


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
