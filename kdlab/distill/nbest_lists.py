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
from kdlab.errors import RecipeError, StoreError
from kdlab.files import home, locked, replacing
from kdlab.progress import progress
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
    call reads them; after a kill it goes on at the last whole line; two processes take turns.
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
    here = PartialState()
    with locked(folder / f"{key}.lock") if here.is_main_process else nullcontext():
        here.wait_for_everyone()
        if not done.exists():
            lists = _read(part) if part.exists() else []
            here.wait_for_everyone()  # all have read what is there before one writes
            _decode_rest(teacher, source, lists, (beam, rule, keep), part)
            if here.is_main_process:
                with replacing(done) as temporary:
                    temporary.write_text(_lines(lists), encoding="utf-8")
                part.unlink(missing_ok=True)
        here.wait_for_everyone()
    return _read(done)


def _decode_rest(
    teacher: Translator, source: Sequence[str], lists: list[NBest],
    how: tuple[int, LengthRule, int], part: Path,
) -> None:  # fmt: skip
    """Extend `lists` to all of `source`, chunk by chunk, each chunk appended to `part`."""
    (beam, rule, keep), here = how, PartialState()
    if here.is_main_process:
        with replacing(part) as temporary:  # a torn last line, if any, is cut off
            temporary.write_text(_lines(lists), encoding="utf-8")
    with progress(len(source), "decoding", "line", len(lists)) as bar:
        chunk = getattr(teacher, "at_once", CHUNK)
        for start in range(len(lists), len(source), chunk):
            with here.split_between_processes(list(source[start : start + chunk])) as own:
                new = [best[:keep] for best in teacher.nbest(own, beam, rule)] if own else []
            new = gather_object(new)  # in the order of the processes, which is the corpus's
            lists += new
            if here.is_main_process:
                _append(part, _lines(new))
            bar.update(len(new))


def _append(path: Path, text: str) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise StoreError(
            f"{path} could not be written ({error.strerror}); free some space and decode again: it "
            "goes on where it stopped."
        ) from error


def _lines(lists: Sequence[NBest]) -> str:
    return "".join(json.dumps(best, ensure_ascii=False) + "\n" for best in lists)


def _read(path: Path) -> list[NBest]:
    """Whole lines only: a kill may have torn the last one."""
    text = path.read_text(encoding="utf-8", errors="ignore")
    whole = text.split("\n")[:-1]  # not splitlines: a text may hold U+2028
    return [[(t, p) for t, p in json.loads(line)] for line in whole]


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
