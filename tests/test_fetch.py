"""A download against a host that resumes, refuses, cuts short or sends a web page."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from kdlab.corpora.fetch import CHUNK, checked, fetch
from kdlab.errors import CorpusError, StoreError

BODY = bytes(range(256)) * 1024
KEPT = 3 * CHUNK  # what has arrived, in whole chunks, when the host stops in the fourth
MANUAL = "Use --from FILE."


class Host(BaseHTTPRequestHandler):
    """Plays one kind of host, named by the path; keeps the Range headers it was sent."""

    ranges: list[str | None] = []

    def do_GET(self) -> None:
        asked = self.headers["Range"]
        self.ranges.append(asked)
        start = int(asked[6:-1]) if asked and self.path != "/norange" else 0
        if self.path == "/403":
            self.answer(403, b"no")
        elif self.path == "/html":
            self.answer(200, b"<html>Virus scan warning</html>", kind="text/html; charset=utf-8")
        elif start >= len(BODY):
            self.answer(416, b"", span=f"bytes */{len(BODY)}")
        elif start:
            span = f"bytes {start}-{len(BODY) - 1}/{len(BODY)}"
            self.answer(206, BODY[start:], span=span)
        else:
            cut = KEPT + 999 if self.path == "/cut" else len(BODY)
            self.answer(200, BODY[:cut], length=len(BODY))

    def answer(
        self, status: int, body: bytes, *, kind: str = "application/x-gzip", span: str = "",
        length: int | None = None,
    ) -> None:  # fmt: skip
        """Send it, stating `length` bytes whatever the body has."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        if span:
            self.send_header("Content-Range", span)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@pytest.fixture
def host() -> Iterator[str]:
    """The address of a host on this machine."""
    Host.ranges = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "a.tgz"


def part_of(path: Path, content: bytes) -> Path:
    """What an earlier, broken download left."""
    part = path.with_name(path.name + ".part")
    part.parent.mkdir(parents=True)
    part.write_bytes(content)
    return part


def test_a_file_arrives_whole_and_its_checksum_is_recorded(host: str, path: Path) -> None:
    assert fetch(f"{host}/good", path, MANUAL).read_bytes() == BODY
    record = path.with_name("a.tgz.sha256").read_text()
    assert record == f"{hashlib.sha256(BODY).hexdigest()}  a.tgz\n"
    assert not path.with_name("a.tgz.part").exists()


def test_a_file_that_is_there_is_not_downloaded_again(host: str, path: Path) -> None:
    fetch(f"{host}/good", path, MANUAL)
    fetch(f"{host}/good", path, MANUAL)
    assert len(Host.ranges) == 1


def test_progress_is_shown(
    host: str, path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TQDM_DISABLE")
    fetch(f"{host}/good", path, MANUAL)
    shown = capsys.readouterr().err
    assert "a.tgz" in shown and "100%" in shown


def test_a_refusal_is_told_with_the_manual_route(host: str, path: Path) -> None:
    with pytest.raises(CorpusError, match="/403 answered 403 Forbidden. Use --from FILE"):
        fetch(f"{host}/403", path, MANUAL)
    assert list(path.parent.iterdir()) == []


def test_a_web_page_instead_of_the_file_is_told_with_the_manual_route(
    host: str, path: Path
) -> None:
    with pytest.raises(CorpusError, match="web page .text/html; charset=utf-8.*Use --from FILE"):
        fetch(f"{host}/html", path, MANUAL)
    assert list(path.parent.iterdir()) == []


def test_a_download_cut_short_says_how_far_it_got(host: str, path: Path) -> None:
    with pytest.raises(CorpusError, match=f"go on from {KEPT:,} bytes, or: Use --from FILE"):
        fetch(f"{host}/cut", path, MANUAL)
    assert not path.exists()


def test_the_next_call_asks_only_for_the_rest(host: str, path: Path) -> None:
    with pytest.raises(CorpusError, match=f"{KEPT:,}"):
        fetch(f"{host}/cut", path, MANUAL)
    assert fetch(f"{host}/cut", path, MANUAL).read_bytes() == BODY
    assert Host.ranges == [None, f"bytes={KEPT}-"]


def test_a_host_that_cannot_resume_sends_it_all(host: str, path: Path) -> None:
    part_of(path, b"something else")
    assert fetch(f"{host}/norange", path, MANUAL).read_bytes() == BODY


def test_a_part_that_was_already_whole_is_taken(host: str, path: Path) -> None:
    part_of(path, BODY)
    assert fetch(f"{host}/good", path, MANUAL).read_bytes() == BODY


def test_a_part_longer_than_the_file_is_deleted_and_told(host: str, path: Path) -> None:
    part = part_of(path, BODY + b"more")
    with pytest.raises(CorpusError, match=f"no byte {len(BODY) + 4:,}"):
        fetch(f"{host}/good", path, MANUAL)
    assert not part.exists()


def test_a_host_that_is_not_there_is_told_with_the_manual_route(path: Path) -> None:
    with pytest.raises(CorpusError, match="127.0.0.1:9/x could not be reached.*Use --from FILE"):
        fetch("http://127.0.0.1:9/x", path, MANUAL)


def test_a_body_shorter_than_its_header_is_told_even_if_requests_is_content(
    host: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requests.Response, "iter_content", lambda self, size: [b"12345"])
    with pytest.raises(CorpusError, match=f"sent 5 of {len(BODY):,} bytes"):
        fetch(f"{host}/good", path, MANUAL)


def test_a_folder_that_cannot_be_written_is_told(host: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="a.tgz.part could not be written"):
        fetch(f"{host}/good", tmp_path / "file" / "a.tgz", MANUAL)


def test_a_file_that_changed_since_first_sight_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.tgz").write_bytes(b"one")
    checked(tmp_path / "a.tgz")
    (tmp_path / "a.tgz").write_bytes(b"two")
    with pytest.raises(CorpusError, match=hashlib.sha256(b"two").hexdigest()):
        checked(tmp_path / "a.tgz")
