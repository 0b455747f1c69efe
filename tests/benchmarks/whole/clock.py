"""Seconds and peak memory of what goes on inside one process, stage by stage, kept on the disk."""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path

from distilling.memory import RESET, status


@dataclass
class Clock:
    """Stages by name, in the order in which they first ended. One in another is named OUTER/INNER.

    path: a line a stage is added to it as it begins and as it ends, so that a benchmark that was
    killed, and is begun again, still knows the stages that it need not repeat
    """

    path: Path
    within: list[str] = field(default_factory=list)
    peaks: list[float] = field(default_factory=list)  # MiB, of each stage we are in

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the block, which may hold other stages; of one name only the first that ends."""
        self._look()
        self.within.append(name)
        self.peaks.append(0.0)
        whole = "/".join(self.within)
        self._note({"began": whole})
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            self._look()
            peak = self.peaks[-1]
            ended = {"ended": whole, "seconds": wall, "cpu_seconds": cpu}
            self._note(ended | ({} if math.isnan(peak) else {"peak_mib": peak}))
        finally:
            self.within.pop()
            self.peaks.pop()

    def wrapped(self, function: Callable, name: Callable[..., str] | str) -> Callable:
        """The function, each call a stage. name: of it, or what makes it of the arguments."""

        @wraps(function)
        def timed(*arguments: object, **options: object) -> object:
            called = name if isinstance(name, str) else name(*arguments, **options)
            with self.stage(called):
                return function(*arguments, **options)

        return timed

    def stages(self) -> dict[str, dict]:
        """{name: {seconds, cpu_seconds, peak_mib, begun}}; begun: 2 or more if it was interrupted.

        Its seconds are then those of the last part.
        """
        found: dict[str, dict] = {}
        begun: dict[str, int] = {}
        if not self.path.exists():
            return found
        for line in self.path.read_text(encoding="utf-8").splitlines():
            with suppress(ValueError):  # a kill tore it
                note = json.loads(line)
                if (name := note.pop("ended", None)) is None:
                    begun[note["began"]] = begun.get(note["began"], 0) + 1
                elif name not in found:
                    found[name] = note | {"begun": begun[name]}
        return found

    def _look(self) -> None:
        """Every stage we are in has had the peak so far; the kernel forgets it."""
        if RESET.exists():
            peak = status("VmHWM")
            self.peaks[:] = [max(p, peak) for p in self.peaks]
            RESET.write_text("5")  # see proc(5)
        else:
            self.peaks[:] = [math.nan] * len(self.peaks)

    def _note(self, note: dict) -> None:
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(note) + "\n")
