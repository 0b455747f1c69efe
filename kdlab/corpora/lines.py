"""Lines of a text file, plain or gzipped, with errors that say where the file is wrong."""

import gzip
import zlib
from pathlib import Path

from kdlab.errors import CorpusError
from kdlab.files import open_text


def read_lines(path: Path) -> list[str]:
    """The lines of a UTF-8 file without their endings; a BOM and CRLF are accepted.

    Only LF and CRLF end a line: other separators (U+2028, form feed) occur inside sentences.
    Raises CorpusError if the file is missing, is a damaged `.gz`, or is not UTF-8 (with the line
    and the byte).
    """
    path = Path(path)
    text = _decoded(path, _content(path)).removeprefix("\ufeff")
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _content(path: Path) -> bytes:
    try:
        with open_text(path) as file:
            return file.read()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CorpusError(
            f"{path} is cut short or is not gzip ({error}); copy or download it again."
        ) from error
    except OSError as error:
        raise CorpusError(
            f"{path} cannot be read ({error.strerror or error}); check the name."
        ) from error


def _decoded(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            cause = "it looks like UTF-16"
        else:
            cause = "Thai files that are not are mostly TIS-620 (Windows-874)"
        raise CorpusError(
            f"{path}, line {line}: byte {content[error.start]:#04x} at offset {error.start} is not "
            f"UTF-8; {cause}. Save the file as UTF-8."
        ) from error
