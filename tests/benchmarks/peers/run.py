"""kdlab against Joey NMT, Hugging Face's Marian and CTranslate2, side by side.

    make bench          or, with less of everything:        make bench BENCH=--quick

Every system runs in a process of its own and does the same work: the same padded batches of about
2,000 target tokens, Adam, dropout 0.1, fp32; the same batches of 64 sources, every output as long
as its batch's longest source, so that all do the same number of steps. Systems take turns within a
round, so that a disturbance hits all.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from table import markdown, report
from task import BOOK, QUICK, SMALL, Work, write_task

from kdlab.files import write_json, write_text

HERE = Path(__file__).parent
PEERS = ("joey.py", "marian.py", "ct2.py")


class Process:
    """One system at work; its first answer says who it is (see worker.py)."""

    def __init__(self, python: str, script: str, task: Path, threads: int) -> None:
        limits = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(limits, str(threads)), "HF_HUB_OFFLINE": "1"}
        self.said = tempfile.TemporaryFile("w+")  # its warnings, shown only if it fails
        self.process = subprocess.Popen(
            [python, str(HERE / script), str(task)], text=True, bufsize=1, env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.said,
        )  # fmt: skip

    def ask(self, what: str | int) -> dict:
        """One measurement: "train", or a beam."""
        self.process.stdin.write(json.dumps(what) + "\n")
        return self.answer()

    def answer(self) -> dict:
        """The next line; if there is none, the end of this program."""
        line = self.process.stdout.readline()
        if not line:
            self.said.seek(0)
            sys.exit(f"{' '.join(self.process.args)} ended early:\n{self.said.read()}")
        return json.loads(line)

    def close(self) -> None:
        """End it and wait."""
        self.process.stdin.close()
        self.process.wait()


def measure(task: Path, peers_python: str, threads: int, rounds: int) -> list[dict]:
    """Who each system is and its answers {"train" | "1" | "5": one a round}."""
    scripts = {"ours.py": sys.executable} | dict.fromkeys(PEERS, peers_python)
    systems = [Process(python, script, task, threads) for script, python in scripts.items()]
    known = [system.answer() | {"threads": threads, "answers": {}} for system in systems]
    for _ in range(rounds):
        for what in ("train", 1, 5):
            for system, who in zip(systems, known, strict=True):
                if what != "train" or who["trains"]:
                    who["answers"].setdefault(str(what), []).append(system.ask(what))
    for system in systems:
        system.close()
    return known


def main() -> None:
    """Measure, write peers.json and peers.md unless in haste, print the latter."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers-python", default=".bench-venv/bin/python")
    parser.add_argument("--out", type=Path, default=HERE.parent / "results")
    parser.add_argument("--quick", action="store_true", help="little of everything, printed only")
    parser.add_argument("--book", action="store_true", help="the sizes of the book's tiny teacher")
    parser.add_argument(
        "--clock", choices=("wall", "cpu"), default="wall", help="cpu: for a busy machine"
    )
    options = parser.parse_args()
    work, sizes = QUICK if options.quick else Work(), BOOK if options.book else SMALL
    with tempfile.TemporaryDirectory() as folder:
        task = write_task(Path(folder), sizes, work)
        runs = [
            run
            for threads in (1, 2)
            for run in measure(task, options.peers_python, threads, work.rounds)
        ]
    command = "make bench"
    if flags := [a for a in sys.argv[1:] if a in ("--quick", "--book", "cpu")]:
        command += f" BENCH='{' '.join(flags).replace('cpu', '--clock cpu')}'"
    found = report(runs, sizes, work, {"command": command, "clock": options.clock})
    if not options.quick:
        name = "peers-book" if options.book else "peers"
        write_json(options.out / f"{name}.json", found)
        write_text(options.out / f"{name}.md", markdown(found))
    print(markdown(found))


if __name__ == "__main__":
    main()
