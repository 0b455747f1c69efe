"""A teacher's n-best lists for a training set, written as they come, so a kill loses little."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from types import FunctionType

from accelerate import PartialState
from accelerate.utils import gather_object

from kdlab.code_sum import code_sum
from kdlab.distill.outside import Outside, translating
from kdlab.errors import RecipeError
from kdlab.files import disk_errors, home, locked, replacing
from kdlab.progress import note, progress
from kdlab.search import LengthRule, raw_sum
from kdlab.translator import Translator

DECODE_VERSION = 1  # raise by hand when search would give other lists
CHUNK = 512  # sentences decoded between two writes

NBest = list[tuple[str, float]]


def decoded_training_set(
    teacher: Translator, source: Sequence[str], beam: int, rule: LengthRule = raw_sum,
    *, keep: int = 1, folder: Path | None = None,
) -> list[NBest]:  # fmt: skip
    """The teacher's `keep` best (text, log-probability) for each source line, in corpus order.

    folder: where lists are stored and found again, default the run store's `decoded`. A second
    call reads them, and may do so where it may not write; after a kill, or where a line is
    damaged, it goes on at the last whole line, and says so; two processes take turns.
    Processes of one Accelerate launch share the work; all of them must call.
    Raises RecipeError for a lambda as `rule`, or if the teacher is a function of lines and more
    than its one translation is asked for; StoreError if the folder cannot be written.
    """
    teacher = translating(teacher)
    if keep > 1 and isinstance(teacher, Outside):
        raise RecipeError(
            f"{teacher.name} gives one translation a line, and this method chooses among "
            f"{keep}; it needs a model: kd.Translator(model, tokenizer, name)."
        )
    folder = Path(folder or home() / "decoded")
    key = _key(teacher, source, beam, rule, keep)
    done, part = folder / f"{key}.jsonl", folder / f"{key}.part"
    here, size = PartialState(), len(source)
    makes = here.is_main_process and not _whole(done, size)  # to read, no lock is needed
    with locked(folder / f"{key}.lock") if makes else nullcontext():
        here.wait_for_everyone()
        if not _whole(done, size):
            if makes and done.exists():
                note(f"{done} is damaged; its {size} lines are decoded again.")
            lists = _begun(part, size)
            here.wait_for_everyone()  # all have read what is there before one writes
            _decode_rest(teacher, source, lists, (beam, rule, keep), part)
            if here.is_main_process:
                with replacing(done) as temporary:
                    temporary.write_text("".join(map(_line, lists)), encoding="utf-8")
                part.unlink(missing_ok=True)
        here.wait_for_everyone()
    return _whole(done, size)


def _decode_rest(
    teacher: Translator, source: Sequence[str], lists: list[NBest],
    how: tuple[int, LengthRule, int], part: Path,
) -> None:  # fmt: skip
    """Extend `lists` to all of `source`, chunk by chunk, each chunk appended to `part`."""
    (beam, rule, keep), here = how, PartialState()
    if here.is_main_process:
        with replacing(part) as temporary:  # a torn last line, if any, is cut off
            temporary.write_text(_numbered(lists), encoding="utf-8")
    with progress(len(source), "decoding", "line", len(lists)) as bar:
        chunk = getattr(teacher, "at_once", CHUNK)
        for start in range(len(lists), len(source), chunk):
            with here.split_between_processes(list(source[start : start + chunk])) as own:
                new = [best[:keep] for best in teacher.nbest(own, beam, rule)] if own else []
            new = gather_object(new)  # in the order of the processes, which is the corpus's
            lists += new
            if here.is_main_process:
                with disk_errors(f"{part} could not be written"):
                    with open(part, "a", encoding="utf-8") as file:
                        file.write(_numbered(new, start))
            bar.update(len(new))


def _line(best: NBest) -> str:
    return json.dumps(best, ensure_ascii=False) + "\n"


def _numbered(lists: Sequence[NBest], before: int = 0) -> str:
    """Lines of what is under way, each with its number, so that a lost one is missed."""
    return "".join(f"{number} {_line(best)}" for number, best in enumerate(lists, before + 1))


def _whole(path: Path, size: int) -> list[NBest]:
    """The lists of a decoding that was finished; none if there is none, or it is damaged."""
    try:
        lists = [_best(line) for line in _lines(path)]
    except ValueError:
        return []
    return lists if len(lists) == size else []


def _begun(path: Path, size: int) -> list[NBest]:
    """The lists that are whole, from the first to the one before any that is torn or not there."""
    lists: list[NBest] = []
    for line in _lines(path)[:size]:
        number, _, best = line.partition(" ")
        try:
            if number != str(len(lists) + 1):
                raise ValueError(f"it is numbered {number[:20]!r}")
            lists.append(_best(best))
        except ValueError as error:
            note(f"{path}, line {len(lists) + 1}: {error}; decoding goes on from there.")
            break
    return lists


def _lines(path: Path) -> list[str]:
    """Whole lines only: a kill may have torn the last one. None where there is no file."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="ignore")
    return text.split("\n")[:-1]  # not splitlines: a text may hold U+2028


def _best(line: str) -> NBest:
    """One line's list. Raises ValueError if it is none."""
    try:
        best = [(text, log_prob) for text, log_prob in json.loads(line)]
    except (TypeError, RecursionError) as error:
        raise ValueError(f"{line[:20]!r} is no list of texts and numbers") from error
    if not all(isinstance(text, str) and isinstance(p, (int, float)) for text, p in best):
        raise ValueError(f"{line[:20]!r} is no list of texts and numbers")
    return best


def _named(rule: LengthRule) -> str:
    """The rule's name, with what functools.partial filled in; of a rule not ours its code, too."""
    if isinstance(rule, partial):
        return f"{_named(rule.func)} {rule.args} {sorted(rule.keywords.items())}"
    if not isinstance(rule, FunctionType) or rule.__name__ == "<lambda>":
        raise RecipeError(
            f"rule is {rule!r}, which has no name to store its lists under; use a function, or "
            "partial(gnmt, alpha=…)."
        )
    return f"{rule.__name__} {code_sum(rule)}".rstrip()


def _key(teacher: Translator, source: Sequence[str], beam: int, rule: LengthRule, keep: int) -> str:
    what = f"{DECODE_VERSION} {teacher.key} {beam} {_named(rule)} {keep}\n"
    return hashlib.sha256((what + "\n".join(source)).encode()).hexdigest()[:16]
