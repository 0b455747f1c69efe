"""From answers to rates, ratios and one Markdown table."""

import datetime
import os
import platform
import statistics
from dataclasses import asdict
from pathlib import Path

MEASURES = {"train": "training, tokens/s", "1": "greedy, sentences/s", "5": "beam 5, sentences/s"}
UNITS = {"train": "tokens", "1": "sentences", "5": "sentences"}
OURS, FAST = "kdlab", "CTranslate2"
# The least that kdlab wants to reach, as a ratio of medians.
GOALS = {("train", "best PyTorch peer"): 1.5, ("5", "best PyTorch peer"): 2.0, ("5", FAST): 0.9}


def report(runs: list[dict], sizes: object, work: object, made: dict) -> dict:
    """What peers.json holds: how it was measured, every rate, every ratio.

    runs: see `run.measure`     made: {"command": …, "clock": "wall" or "cpu"}
    Raises ValueError if two systems did not do the same work.
    """
    same_work(runs)
    rates = [_rates(run, made["clock"]) for run in runs]
    today = datetime.date.today().isoformat()
    return {
        "made": {**made, "date": today, "hardware": _processor(),
                 "python": platform.python_version()},
        "sizes": asdict(sizes), "work": asdict(work),
        "systems": {r["system"]: {k: r[k] for k in ("version", "parameters")} for r in runs},
        "agreement": agreement(runs),
        "rates": rates,
        "ratios": [ratio for threads in _threads(runs) for ratio in ratios(rates, threads)],
        "losses": {r["system"]: r["answers"]["train"][-1]["loss"] for r in runs if r["trains"]},
    }  # fmt: skip


def same_work(runs: list[dict]) -> None:
    """Raise ValueError unless every system read and wrote as much as kdlab, in every round.

    With kdlab's weights it must also write, greedily, what kdlab does.
    """
    for what in MEASURES:
        for key in {"train": ["tokens"]}.get(what, ["sentences", "pieces"]):
            done = {
                run["system"]: [answer[key] for answer in run["answers"][what]]
                for run in runs
                if what in run["answers"]
            }
            if any(counts != done[OURS] for counts in done.values()):
                raise ValueError(f"{MEASURES[what]}: the systems differ in {key}: {done}.")
    for system, share in agreement(runs).items():
        if share["1"] < 0.9:
            raise ValueError(f"Only {share['1']:.0%} of {system}'s pieces are kdlab's (greedy).")


def agreement(runs: list[dict]) -> dict:
    """Share of pieces that are also kdlab's, by beam, for peers that have kdlab's weights.

    The last piece aside: kdlab must end there, the others need not; a beam may rank by that.
    """
    ours = next(run for run in runs if run["system"] == OURS)["wrote"]
    return {
        run["system"]: {beam: _share(ours[beam], run["wrote"][beam]) for beam in ours}
        for run in runs
        if run["ours"] and run["system"] != OURS
    }


def _share(ours: list[list[int]], other: list[list[int]]) -> float:
    pairs = [p for a, b in zip(ours, other, strict=True) for p in zip(a[:-1], b[:-1], strict=True)]
    return sum(a == b for a, b in pairs) / len(pairs)


def _rates(run: dict, clock: str) -> dict:
    """A rate per measure and round."""
    rate = {
        what: [answer[UNITS[what]] / answer[clock] for answer in answers]
        for what, answers in run["answers"].items()
    }
    return {"system": run["system"], "threads": run["threads"], "rate": rate}


def ratios(rates: list[dict], threads: int) -> list[dict]:
    """kdlab's rate over each peer's, round by round, and over the best PyTorch peer's."""
    of = {r["system"]: r["rate"] for r in rates if r["threads"] == threads}
    found = []
    for what in MEASURES:
        peers = {name: rate[what] for name, rate in of.items() if name != OURS and what in rate}
        torch_peers = [rate for name, rate in peers.items() if name != FAST]
        if torch_peers:
            peers["best PyTorch peer"] = max(torch_peers, key=statistics.median)
        for peer, rate in peers.items():
            each = [a / b for a, b in zip(of[OURS][what], rate, strict=True)]
            goal = GOALS.get((what, peer))
            found.append({"peer": peer, "threads": threads, "measure": what, "ratio": each,
                          "goal": goal})  # fmt: skip
    return found


def markdown(found: dict) -> str:
    """The report as a page of two tables: rates, and ratios with their goals."""
    made, sizes, threads = found["made"], found["sizes"], _threads(found["rates"])
    columns = [(what, n) for what in MEASURES for n in threads]
    head = [f"{MEASURES[what]}, {n} thread{'s' * (n > 1)}" for what, n in columns]
    lines = [
        f"Median over {found['work']['rounds']} rounds (lowest to highest). {made['hardware']}; "
        f"{made['date']}; {made['clock']} clock; `{made['command']}`.",
        f"Transformer of {sizes['layers']} + {sizes['layers']} layers, width {sizes['width']}, "
        f"{sizes['vocabulary']} pieces; updates of {found['work']['batch_tokens']} target tokens; "
        f"{found['work']['batch_sentences']} sentences a batch.", "",
        *_table(["system", *head], _by_row(found["rates"], columns, "system", "{:.0f}")), "",
        "kdlab's rate divided by the peer's:", "",
        *_table(["against", *head], _by_row(found["ratios"], columns, "peer", "{:.2f}")), "",
        "Pieces equal to kdlab's, greedy and beam 5: "
        + "; ".join(f"{n} {a['1']:.0%} and {a['5']:.0%}" for n, a in found["agreement"].items())
        + ". Parameters: "
        + "; ".join(f"{n} {s['version']} {s['parameters']:,}" for n, s in found["systems"].items())
        + ".",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _by_row(cells: list[dict], columns: list, key: str, form: str) -> list[list[str]]:
    """A row a system; a cell is empty where it was not measured."""
    text: dict[str, dict] = {}
    for cell in cells:
        values = cell.get("rate") or {cell["measure"]: cell["ratio"]}
        for what, each in values.items():
            middle, *ends = (form.format(f(each)) for f in (statistics.median, min, max))
            shown = f"{middle} ({' to '.join(ends)})"
            goal = f"; goal {cell['goal']}" if cell.get("goal") else ""
            text.setdefault(cell[key], {})[what, cell["threads"]] = shown + goal
    return [[name, *(row.get(column, "") for column in columns)] for name, row in text.items()]


def _table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]


def _threads(runs: list[dict]) -> list[int]:
    return sorted({run["threads"] for run in runs})


def _processor() -> str:
    """The processor's own name where Linux tells it, and how many cores there are."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores"
