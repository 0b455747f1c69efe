"""Hosts, disks and neighbours that do what they should not, against `fetch` and `fetch_iwslt15`."""

import gzip
import io
import tarfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import tiny
from test_iwslt import release

from kdlab.corpora import iwslt, limits
from kdlab.corpora.fetch import CHUNK, checked, fetch
from kdlab.corpora.iwslt import fetch_iwslt15, iwslt15
from kdlab.corpora.wit3 import read_segments
from kdlab.errors import CorpusError, StoreError
from kdlab.files import locked

MANUAL = "Use --from FILE."
A, B = (bytes([i]) * (4 * CHUNK) for i in b"AB")
PAGE = b"<!DOCTYPE html><html>Too many downloads</html>"


@dataclass
class Host:
    """What the next answers are: functions of the request's headers to status, headers, body."""

    url: str = ""
    answers: list[Callable[[dict], tuple[int, dict, bytes]]] = field(default_factory=list)
    asked: list[dict] = field(default_factory=list)


@pytest.fixture
def host() -> Iterator[Host]:
    """A host on this machine; it gives its last answer again and again."""
    plays = Host()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            plays.asked.append(dict(self.headers))
            answer = plays.answers.pop(0) if len(plays.answers) > 1 else plays.answers[0]
            status, headers, body = answer(self.headers)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        plays.url = f"http://127.0.0.1:{server.server_port}/file"
        yield plays
        server.shutdown()


def says(status: int, body: bytes = b"", **headers: str) -> Callable[[dict], tuple]:
    """An answer that is always the same; a header's name has _ for -."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda asked: (status, named, body)


def serves(body: bytes, version: str = "", *, cut: int | None = None, heeds: bool = True):
    """A host that resumes; cut: bytes after which it breaks off; heeds: looks at If-Range."""

    def answer(asked: dict) -> tuple[int, dict, bytes]:
        named = {"ETag": version} if version else {}
        same = not heeds or asked.get("If-Range", version) == version
        begin = int(asked["Range"][6:-1]) if "Range" in asked and same else 0
        if begin >= len(body):
            return 416, {"Content-Range": f"bytes */{len(body)}"}, b""
        span = {"Content-Range": f"bytes {begin}-{len(body) - 1}/{len(body)}"} if begin else {}
        length = {"Content-Length": str(len(body) - begin)}
        return (206 if begin else 200), named | span | length, body[begin:cut]

    return answer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "a.tgz"


def begun(host: Host, path: Path, version: str) -> None:
    """Let the first part of A arrive."""
    host.answers = [serves(A, version, cut=2 * CHUNK + 9)]
    with pytest.raises(CorpusError, match="go on from"):
        fetch(host.url, path, MANUAL)


def test_the_rest_is_asked_for_only_of_the_version_that_was_begun(host: Host, path: Path) -> None:
    begun(host, path, '"one"')
    host.answers = [serves(A, '"one"')]
    assert fetch(host.url, path, MANUAL).read_bytes() == A
    assert (host.asked[1]["If-Range"], host.asked[1]["Range"]) == ('"one"', f"bytes={2 * CHUNK}-")
    assert sorted(p.name for p in path.parent.iterdir()) == ["a.tgz", "a.tgz.sha256"]


def test_a_file_that_changed_meanwhile_is_sent_whole(host: Host, path: Path) -> None:
    begun(host, path, '"one"')
    host.answers = [serves(B, '"two"')]
    assert fetch(host.url, path, MANUAL).read_bytes() == B


def test_a_date_names_the_version_where_the_tag_is_weak(host: Host, path: Path) -> None:
    host.answers = [says(200, b"ab", Content_Length="9", ETag='W/"1"', Last_Modified="yesterday")]
    with pytest.raises(CorpusError, match="broke off"):
        fetch(host.url, path, MANUAL)
    with pytest.raises(CorpusError, match="broke off"):
        fetch(host.url, path, MANUAL)
    assert path.with_name("a.tgz.part.version").read_text() == "yesterday"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (serves(B, '"two"', heeds=False), 'has another version now ("two")'),
        (says(206, B[:9], Content_Range=f"bytes 5-13/{len(B)}"), "sent a part from byte 5"),
        (says(206, B[:9]), "sent a part without saying from where"),
        (says(206, B[:9], Content_Range="bytes */9"), "sent a part without saying from where"),
        (says(206, b"ab", Content_Range=f"bytes {2 * CHUNK}-9/{2 * CHUNK + 1}"), "sent 131,074"),
        (says(416, Content_Range="bytes */7"), "has no byte 131,072"),
        (says(200, b"", Content_Length="0"), "sent 0 bytes"),
        (says(200, B, Content_Length="9" * 18), "wants to send 999,999,999,999,999,999 bytes"),
    ],
    ids=range(8),
)
def test_what_does_not_fit_deletes_the_part_and_the_next_call_begins_anew(
    host: Host, path: Path, answer: Callable, said: str
) -> None:
    begun(host, path, '"one"')
    host.answers = [answer]
    with pytest.raises(CorpusError) as error:
        fetch(host.url, path, MANUAL)
    assert said in str(error.value) and "run the same command again, or: Use" in str(error.value)
    assert list(path.parent.iterdir()) == []
    host.answers = [serves(B, '"two"')]
    assert fetch(host.url, path, MANUAL).read_bytes() == B


@pytest.mark.parametrize("status", [201, 202, 203, 204, 205, 207, 304, 404, 500, 503])
def test_any_status_but_200_and_206_is_a_refusal(host: Host, path: Path, status: int) -> None:
    host.answers = [says(status, b"" if status in (204, 304) else b"junk")]
    with pytest.raises(CorpusError, match=f"answered {status} .*Use --from FILE"):
        fetch(host.url, path, MANUAL)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("length", ["9" * 5000, "²", "-1", "many"])
def test_an_absurd_length_is_no_length(host: Host, path: Path, length: str) -> None:
    host.answers = [says(200, A, Content_Length=length)]
    assert fetch(host.url, path, MANUAL).read_bytes() == A


def test_a_host_that_sends_without_end_is_stopped(
    host: Host, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "DOWNLOAD", CHUNK)
    host.answers = [says(200, A)]
    with pytest.raises(CorpusError, match="sent 131,072 bytes"):
        fetch(host.url, path, MANUAL)
    assert list(path.parent.iterdir()) == []


def test_a_full_disk_keeps_what_has_arrived(host: Host, path: Path) -> None:
    host.answers = [serves(A, '"one"')]
    with pytest.raises(StoreError, match="a.tgz.part could not be written.*Free some space"):
        with tiny.full_disk(CHUNK + 9):
            fetch(host.url, path, MANUAL)
    assert fetch(host.url, path, MANUAL).read_bytes() == A
    assert "Range" in host.asked[1]


def test_a_redirect_to_no_address_is_told(host: Host, path: Path) -> None:
    host.answers = [lambda asked: (302, {"Location": "http://[\xff/"}, b"")]
    with pytest.raises(CorpusError, match="could not be reached or broke off"):
        fetch(host.url, path, MANUAL)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"no sum", b"ab12  a.tgz"])
def test_a_record_without_a_checksum_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tgz").write_bytes(b"one")
    (tmp_path / "a.tgz.sha256").write_bytes(content)
    with pytest.raises(CorpusError, match="a.tgz.sha256 holds no SHA-256; delete it"):
        checked(tmp_path / "a.tgz")


@pytest.mark.parametrize("folder", ["a.tgz", "a.tgz.sha256"])
def test_a_folder_where_a_file_should_be_is_told(tmp_path: Path, folder: str) -> None:
    (tmp_path / "a.tgz").write_bytes(b"one")
    (tmp_path / folder).unlink(missing_ok=True)
    (tmp_path / folder).mkdir()
    with pytest.raises(StoreError, match="could not be compared .Is a directory"):
        checked(tmp_path / "a.tgz")


# The corpus.


def packed(files: dict[str, str]) -> bytes:
    """A th-en.tgz of these files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(f"th-en/{name}")
            info.size = len(content.encode())
            tar.addfile(info, io.BytesIO(content.encode()))
    return buffer.getvalue()


GOOD = packed(release())


def release_of(sentence: str) -> bytes:
    """A th-en.tgz, packed small, with so long a sentence."""
    return packed(release() | {"README": sentence})


@pytest.fixture
def home(tmp_path: Path, host: Host, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KDLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(iwslt, "URL", host.url)
    return tmp_path / "home" / "corpora"


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A good one, on disk."""
    (tmp_path / "good.tgz").write_bytes(GOOD)
    return tmp_path / "good.tgz"


JUNK = [
    says(204),
    says(200, b""),
    says(200, PAGE),  # without its type
    says(200, GOOD[:-50]),  # cut without a length
    says(206, GOOD[:50], Content_Range="bytes 0-49/50"),
    says(200, packed({"train.tags.th-en.th": "one\n"})),
    says(200, gzip.compress(b"text")),
]


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_no_junk_becomes_the_archive_or_leaves_its_checksum(
    host: Host, home: Path, junk: Callable
) -> None:
    host.answers = [junk, serves(GOOD)]
    with pytest.raises(CorpusError, match="2015-01.tgz"):
        fetch_iwslt15()
    assert list(home.iterdir()) == []
    fetch_iwslt15()
    assert len(iwslt15().train) == 3
    assert sorted(path.name for path in home.iterdir()) == [
        "2015-01.tgz", "2015-01.tgz.sha256", "iwslt15",
    ]  # fmt: skip


def test_a_page_is_told_as_one(host: Host, home: Path) -> None:
    host.answers = [says(200, PAGE)]
    with pytest.raises(CorpusError, match="it is a web page.*It was deleted; run the same command"):
        fetch_iwslt15()


def test_a_download_is_kept_where_the_disk_is_too_full_to_unpack(host: Host, home: Path) -> None:
    host.answers = [serves(release_of("x" * 3 * CHUNK))]
    with pytest.raises(StoreError, match="could not be unpacked"), tiny.full_disk(CHUNK):
        fetch_iwslt15()
    fetch_iwslt15()
    assert host.asked[1]["Range"].startswith("bytes=")


def test_parts_of_two_files_that_no_version_tells_apart_are_told(host: Host, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "2015-01.tgz.part").write_bytes(GOOD[:400] + b"?")
    host.answers = [serves(GOOD)]
    with pytest.raises(CorpusError, match="2015-01.tgz.part is .*It was deleted"):
        fetch_iwslt15()
    assert fetch_iwslt15().is_dir()


def test_junk_of_an_earlier_kdlab_is_told_with_what_to_delete(host: Host, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "2015-01.tgz").write_bytes(PAGE)
    checked(home / "2015-01.tgz")
    with pytest.raises(CorpusError, match="Delete .*2015-01.tgz and .*2015-01.tgz.sha256, and run"):
        fetch_iwslt15()


WITHOUT = {name: text for name, text in release().items() if "tst2013" not in name}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            packed({"train.tags.th-en.th": "one\n"}),
            "bad.tgz: text/th-en has no train.tags.th-en.en",
        ),
        (packed(WITHOUT), "has no IWSLT15.TED.tst2013.th-en.th.xml; 2 of 10 files"),
        (packed(release() | {"train.tags.th-en.en": "one\n"}), "bad.tgz: text/th-en/train.tags"),
        (packed(release() | {"train.tags.th-en.en": "\x00" * 9}), "bad.tgz: text/th-en/train.tags"),
        (GOOD[:-20], "bad.tgz is cut short"),
        (PAGE, "it is a web page"),
        (b"", "empty file"),
    ],
    ids=range(7),
)
def test_a_bad_archive_leaves_the_good_corpus(
    home: Path, archive: Path, content: bytes, said: str
) -> None:
    fetch_iwslt15(archive)
    before = sorted(path for path in home.rglob("*"))
    archive.with_name("bad.tgz").write_bytes(content)
    with pytest.raises(CorpusError, match="bad.tgz") as error:
        fetch_iwslt15(archive.with_name("bad.tgz"))
    assert said in str(error.value) and ".iwslt15" not in str(error.value)
    assert sorted(path for path in home.rglob("*")) == before
    assert len(iwslt15().train) == 3


def test_a_linked_folder_is_filled_and_stays_a_link(
    home: Path, archive: Path, tmp_path: Path
) -> None:
    (tmp_path / "big disk").mkdir()
    home.mkdir(parents=True)
    (home / "iwslt15").symlink_to(tmp_path / "big disk")
    fetch_iwslt15(archive)
    assert (home / "iwslt15").is_symlink()
    assert (tmp_path / "big disk" / "train.tags.th-en.th").is_file()


@pytest.mark.parametrize("file", ["home", "home/corpora", "home/corpora/iwslt15"])
def test_a_file_where_a_folder_should_be_is_told(tmp_path: Path, home: Path, file: str) -> None:
    (tmp_path / "good.tgz").write_bytes(GOOD)
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("mine")
    with pytest.raises(StoreError, match="A file stands where a folder should be"):
        fetch_iwslt15(tmp_path / "good.tgz")
    assert (tmp_path / file).read_text() == "mine"


def test_a_store_that_cannot_be_written_is_told(
    home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    fetch_iwslt15(archive)
    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(StoreError, match="Read-only file system.*or choose another folder"):
        fetch_iwslt15(archive)
    monkeypatch.undo()


def test_a_process_killed_between_two_renames_loses_nothing(
    home: Path, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch_iwslt15(archive)
    (home / ".iwslt15.new").mkdir()
    (home / "iwslt15").rename(home / ".iwslt15.new" / "before")
    with pytest.raises(CorpusError, match="no.tgz is not a file"):
        fetch_iwslt15(archive.with_name("no.tgz"))
    assert len(iwslt15().train) == 3


@pytest.mark.parametrize("from_file", [False, True], ids=["download", "file"])
def test_three_at_once_end_with_one_whole_corpus(
    host: Host, home: Path, archive: Path, from_file: bool
) -> None:
    def slowly(asked: dict) -> tuple[int, dict, bytes]:
        time.sleep(0.2)
        return serves(GOOD)(asked)

    host.answers = [slowly]
    with ThreadPoolExecutor(3) as three:
        places = set(three.map(fetch_iwslt15, [archive if from_file else None] * 3))
    assert places == {home / "iwslt15"}
    assert len(host.asked) == (0 if from_file else 1)
    assert len(iwslt15().train) == 3


def test_who_waits_for_a_lock_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said, waits = [], threading.Event()
    monkeypatch.setattr("kdlab.files.PATIENCE", 0.01)
    monkeypatch.setattr("kdlab.files.say", lambda line: (said.append(line), waits.set()))

    def second() -> None:
        with locked(tmp_path / "lock"):
            pass

    with ThreadPoolExecutor(1) as other:
        with locked(tmp_path / "lock"):
            other.submit(second)
            assert waits.wait(20)
    assert said == [f"Waiting for another kdlab at the same work, which holds {tmp_path / 'lock'}"]


# Its text.


@pytest.mark.parametrize("mark", ["<doc ", "<seg id='", "<doc docid='", "<seg id='1'><", "&"])
def test_ten_times_the_marks_take_about_ten_times_as_long(tmp_path: Path, mark: str) -> None:
    def seconds(number: int) -> float:
        path = tmp_path / "x.xml"
        path.write_text(f"<seg id='0'>{mark * number}")
        taken = []
        for _ in range(3):
            began = time.process_time()
            with pytest.raises(CorpusError, match="is not closed"):
                read_segments(path)
            taken.append(time.process_time() - began)
        return min(taken)

    seconds(100)
    assert seconds(40_000) < 30 * seconds(4_000)


def test_a_character_number_of_thousands_of_digits_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "x.xml").write_text(f"<seg id='1'>&#{'9' * 5000};</seg>")
    assert read_segments(tmp_path / "x.xml") == {("", "1"): f"&#{'9' * 5000};"}
