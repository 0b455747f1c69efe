"""Lines of a text file, plain or gzipped, with errors that say where the file is wrong."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from kdlab.corpora import limits
from kdlab.errors import CorpusError
from kdlab.files import open_text


def read_lines(path: Path) -> list[str]:
    """All of `each_line(path)`."""
    return list(each_line(path))


def each_line(path: Path) -> Iterator[str]:
    """The lines of a UTF-8 file without their endings, one at a time; a BOM and CRLF are accepted.

    Only LF and CRLF end a line: other separators (U+2028, form feed) occur inside sentences.
    Raises CorpusError if the file is missing, is a damaged `.gz`, is not UTF-8 (with the line and
    the byte), or has more than `limits.LINE_BYTES` in a line or `limits.ALL_BYTES` in all.
    """
    path, before = Path(path), 0
    for number, raw in enumerate(_raw_lines(path), 1):
        if len(raw) > limits.LINE_BYTES:
            raise CorpusError(
                f"{path}, line {number} is longer than {limits.LINE_BYTES:,} bytes; is it text, "
                "with one sentence a line?"
            )
        line = _decoded(f"{path}, line {number}", raw, before).removesuffix("\n").removesuffix("\r")
        before += len(raw)
        if before > limits.ALL_BYTES:
            raise CorpusError(
                f"{path} holds more than {limits.ALL_BYTES:,} bytes of text; train on a part of "
                "it, or raise kdlab.corpora.limits.ALL_BYTES."
            )
        yield line.removeprefix("\ufeff") if number == 1 else line


def _raw_lines(path: Path) -> Iterator[bytes]:
    """Lines with their ends; of one that is too long its beginning."""
    try:
        with open_text(path) as file:
            while raw := file.readline(limits.LINE_BYTES + 1):
                yield raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CorpusError(
            f"{path} is cut short or is not gzip ({error}); copy or download it again."
        ) from error
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be read ({error.strerror or error}); check the name."
        ) from error


def _decoded(where: str, raw: bytes, before: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            cause = "it looks like UTF-16"
        elif raw[:2] == b"\x1f\x8b":
            cause = "it looks like gzip, and is read as such if its name ends in .gz"
        else:
            cause = "Thai files that are not are mostly TIS-620 (Windows-874)"
        raise CorpusError(
            f"{where}: byte {raw[error.start]:#04x} at offset {before + error.start} is not UTF-8; "
            f"{cause}. Save the file as UTF-8."
        ) from error
