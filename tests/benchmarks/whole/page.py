"""The report as a page to read."""

from collections.abc import Mapping, Sequence

TITLE = "# IWSLT whole, at its real size\n"


def page(found: Mapping) -> str:
    """Markdown of everything in the file `iwslt_whole.json`."""
    return "\n".join([TITLE, *_made(found), *_stages(found), *_arms(found), *_plan(found)])


def _made(found: Mapping) -> list[str]:
    made, text = found["made"], found["text"]
    return [
        f"`{made['command']}`, {made['date']}, {made['hardware']}, torch {made['torch']}.\n",
        found["note"] + "\n",
        f"{text['pairs']:,} pairs of {text['characters_a_source']:.1f} characters and "
        f"{text['words_a_target']:.1f} words; {text['source_vocabulary']:,} and "
        f"{text['target_vocabulary']:,} pieces, {text['source_pieces_a_sentence']:.1f} and "
        f"{text['target_pieces_a_sentence']:.1f} a sentence; {text['updates_an_epoch']:,} updates "
        f"an epoch. A batch has at most {text['padded_target_most']:,} padded target pieces and "
        f"{text['padded_source_most']:,} of the source.\n",
    ]


def _stages(found: Mapping) -> list[str]:
    named = {
        "fetch": "unpack and read the archive", "loaded/read": "read, normalise",
        "loaded/tokenizer": "learn the pieces, once", "loaded again": "load again",
        "baseline/training/encode": "into pieces, once a training",
        "largest batch": "find the largest batch, one update of the teacher on it",
    }  # fmt: skip
    rows = [
        [what, f"{found['stages'][name]['seconds']:.0f}",
         f"{found['stages'][name]['cpu_seconds']:.0f}", _mib(found["stages"][name].get("peak_mib"))]
        for name, what in named.items()
    ]  # fmt: skip
    return _table(["stage", "seconds", "CPU seconds", "peak, MiB"], rows)


def _arms(found: Mapping) -> list[str]:
    rows = [
        [row["system"], f"{row['updates']:,}", f"{row['seconds_an_update']:.2f}",
         f"{row['cpu_seconds_an_update']:.2f}", _mib(row["training_peak_mib"]),
         f"{row['scoring_seconds']:.0f}", _mib(row["scoring_peak_mib"])]
        for row in found["arms"]
    ]  # fmt: skip
    head = ["arm", "updates", "seconds an update", "CPU seconds an update", "peak, MiB",
            "scoring, seconds", "peak, MiB"]  # fmt: skip
    told = found["estimate"]
    return _table(head, rows) + [
        f"The command said: {told['said']} These updates then took {told['took']:.0f} seconds "
        f"where the estimate has {told['seconds']:.0f}: {told['took_ratio']:.2f} times as long, "
        f"and {told['plain_took_ratio']:.2f} times without the arms that run a teacher.\n",
    ]


def _plan(found: Mapping) -> list[str]:
    speeds = found["sentences_a_cpu_second"]
    rows = [[size, name, f"{x:.1f}"] for size, of in speeds.items() for name, x in of.items()]
    hours = found["whole_plan_hours"]
    parts = ", ".join(f"{part} {h:.1f}" for part, h in hours.items() if part != "all")
    return _table(["model", "search", "sentences a CPU second"], rows) + [
        f"At this speed the teacher decodes all {found['text']['pairs']:,} sources in "
        f"{found['decoding']['cpu_hours_for_all']:.1f} hours. **The whole plan on this CPU, by "
        f"extrapolation: {hours['all']:.0f} hours of one thread** ({parts}). What the command "
        f"would say of it: {found['whole_plan_estimate']}",
        "",
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    right = ["---", *["---:"] * (len(head) - 1)]
    return [*(f"| {' | '.join(cells)} |" for cells in (head, right, *rows)), ""]


def _mib(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
