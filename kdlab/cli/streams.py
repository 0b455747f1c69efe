"""Standard input, output and error as one finds them: closed, full, or a pipe that has ended."""

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

ENDED = 128 + 13  # as a shell reports a program that SIGPIPE stopped
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


@contextmanager
def standard_streams() -> Iterator[None]:
    """Inside, a closed stream is an empty one, and what cannot be said on stderr is not said.

    When stdout cannot be written: exit code 2 and a sentence.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed: without this, the next file would take its number
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
    # A pipe on Windows would refuse Thai; and a file's name need not be UTF-8.
    sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape")
    sys.stderr = io.TextIOWrapper(
        _Heedless(sys.stderr.fileno(), "w", closefd=False), encoding="utf-8",
        errors="backslashreplace", line_buffering=True, write_through=True,
    )  # fmt: skip
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        end_output()
        raise SystemExit(ENDED) from None
    except OSError as error:
        if error.filename or error.errno not in FULL:
            raise
        end_output()
        print(f"kdlab: the output could not be written ({error.strerror}).", file=sys.stderr)
        raise SystemExit(2) from None


def end_output() -> None:
    """Let go of an output that takes no more, or Python would complain of it when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Heedless(io.FileIO):
    """A file that drops what it cannot write: a note that nobody reads is no reason to stop."""

    def write(self, content: bytes) -> int:
        try:
            return super().write(content)
        except OSError:
            return len(content)
