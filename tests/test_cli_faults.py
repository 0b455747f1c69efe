"""The command line at its edges: numbers, streams, Ctrl-C, and processes that outlive another."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kdlab.cli import app
from kdlab.cli.translate import CHUNK, _arriving
from kdlab.corpora import limits
from kdlab.errors import CorpusError

RUNS = sys.modules["kdlab.cli.runs"]  # kdlab.cli.runs is the function
PACKAGE = Path(__file__).parents[1] / "kdlab"


def kdlab(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize(
    "command",
    [
        "train --seed 9223372036854775808", "train --seed -1", "train --threads 100000",
        "train --threads 2147483648", "train --vocab 4", "train --vocab 1000000000000",
        "train --updates 1000000000000000000000", "translate x --beam 100000",
        "evaluate x --beam 100000", "distill --teacher x --out y.tsv --beam 100000",
        "reproduce core --jobs 100000",
    ],
)  # fmt: skip
def test_a_number_out_of_range_is_refused_by_its_option(command: str) -> None:
    refused = kdlab(*command.split())
    option = next(word for word in command.split()[::-1] if word.startswith("--"))
    assert refused.exit_code == 2
    assert f"Invalid value for '{option}'" in refused.stderr


def test_ctrl_c_at_a_question_is_a_stop_and_not_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> bool:
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt:
            raise click.Abort from None  # as click does

    monkeypatch.setattr(RUNS, "stored", list)
    monkeypatch.setattr(RUNS, "one_of", asked)
    stopped = kdlab("rm", "a")
    assert stopped.exit_code == 130
    assert stopped.stderr == "\nStopped; nothing was lost.\n"


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped; nothing was lost.\n"),
        (BrokenPipeError(32, "Broken pipe"), 141, ""),
        (PermissionError(13, "Permission denied", "/a/b"), 2, "the disk refuses /a/b (Permission"),
    ],
)
def test_what_ends_a_command_from_outside_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: int, said: str
) -> None:
    def stored() -> None:
        raise raised

    monkeypatch.setattr(RUNS, "stored", stored)
    monkeypatch.setattr(sys.modules["kdlab.cli"], "end_output", lambda: None)
    ended = kdlab("runs")
    assert ended.exit_code == code
    assert said in ended.stderr and "Traceback" not in ended.stderr


class Drops(io.RawIOBase):
    """A pipe whose writer wrote these pieces, one at a time."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = [piece for piece in pieces if piece]

    def read1(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""


@settings(max_examples=40, deadline=None)
@given(
    lines=st.lists(st.text(st.characters(exclude_characters="\n\r\ufeff", codec="utf-8"))),
    cuts=st.lists(st.integers(0, 200)),
    ended=st.booleans(),
)
def test_lines_are_the_same_however_they_arrive(
    lines: list[str], cuts: list[int], ended: bool
) -> None:
    raw = "\n".join(lines).encode() + b"\n" * ended
    places = sorted({0, len(raw), *(cut for cut in cuts if cut < len(raw))})
    pieces = [raw[a:b] for a, b in zip(places, places[1:], strict=False)]
    expected = raw.decode().removesuffix("\n").split("\n") if raw else []
    assert [line for chunk in _arriving(Drops(pieces)) for line in chunk] == expected


def test_a_line_is_answered_before_the_next_one_is_written() -> None:
    assert list(_arriving(Drops([b"a\n", b"b\nc", b"\nd"]))) == [["a"], ["b"], ["c"], ["d"]]


def test_no_more_lines_are_translated_together_than_fit() -> None:
    sizes = [len(chunk) for chunk in _arriving(Drops([b"x\n" * (CHUNK + 1)]))]
    assert sizes == [CHUNK, 1]


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LINE_BYTES", 10)
    with pytest.raises(CorpusError, match="standard input, line 2 is longer than 10 bytes"):
        list(_arriving(Drops([b"a\n" + b"b" * 8, b"b" * 8, b"never asked for\n"])))


def alone(module: str, code: str) -> list[str]:
    """A Python that runs one file of the package and then `code`; torch is not loaded for it."""
    return [sys.executable, "-c", f"exec(open({str(PACKAGE / module)!r}).read())\n{code}"]


@pytest.mark.skipif(os.name != "posix", reason="a shell")
@pytest.mark.parametrize(
    ("redirected", "code", "err"),
    [
        ("| head -n 1 >&2; exit ${PIPESTATUS[0]}", 141, "line\n"),
        (">&-", 0, "note\n"),
        ("2>&- >&- <&-", 0, ""),
        (">/dev/full", 2, "kdlab: the output could not be written (No space left on device).\n"),
        ("2>/dev/full", 0, ""),
    ],
)
def test_a_stream_that_takes_nothing_ends_quietly(redirected: str, code: int, err: str) -> None:
    if "full" in redirected and not Path("/dev/full").exists():
        pytest.skip("no /dev/full")
    work = (
        "with standard_streams():\n  print('note', file=sys.stderr)\n"
        "  for _ in range(20_000): print('line')\n  sys.stdin.read()"
    )
    (_, option, script) = alone("cli/streams.py", work)
    done = subprocess.run(
        ["bash", "-c", f'"$0" "$1" "$2" {redirected}', sys.executable, option, script],
        capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stderr.endswith(err) and "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="a process does not learn of its parent's end")
def test_a_worker_ends_soon_after_a_killed_asker() -> None:
    """Both write into one pipe, which is at its end once both are gone."""
    worker = alone("experiments/workers.py", "end_with(os.getppid()); print('up', flush=True)\n")
    worker[-1] += "time.sleep(60)"
    asker = f"import subprocess, time; subprocess.Popen({worker!r}); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", asker], stdout=subprocess.PIPE) as started:
        assert started.stdout.readline() == b"up\n"
        started.send_signal(signal.SIGKILL)
        assert started.stdout.read() == b""


def test_the_asker_itself_is_not_a_worker() -> None:
    # Whoever runs the tests in the background may have it ignored to begin with.
    code = "signal.signal(signal.SIGINT, signal.default_int_handler); end_with(os.getpid()); "
    code += "print(signal.getsignal(signal.SIGINT).__name__)"
    done = subprocess.run(alone("experiments/workers.py", code), capture_output=True, text=True)
    assert done.stdout == "default_int_handler\n"
