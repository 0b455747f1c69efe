"""The statistics beside a result file, sentence by sentence: all that it takes to judge it anew.

`sentences/NAME.npz` lies beside NAME.json; numpy opens it. `about` says whose each array is:
`tests/FINGERPRINT/…` what all runs on a text share, `runs/SYSTEM/SEED/TEST/…` what one adds.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kdlab.arrays import read_arrays, write_arrays
from kdlab.errors import ResultError
from kdlab.metrics.samples import Sample, samples_of
from kdlab.metrics.tallies import Arrays

FORMAT = 1


@dataclass(frozen=True)
class OfRun:
    """One run's. run: its key; beam; tests: {test: fingerprint}; arrays: {test: its tallies}"""

    run: str
    beam: int
    tests: Mapping[str, str]
    arrays: Mapping[str, Arrays]


@dataclass
class Sentences:
    """tests: by fingerprint, what runs on it share     runs: by system and seed"""

    tests: dict[str, Arrays] = field(default_factory=dict)
    runs: dict[tuple[str, int], OfRun] = field(default_factory=dict)

    def samples(self, system: str, seed: int) -> dict[tuple[str, str], dict[str, Sample]]:
        """{(test, its fingerprint): {metric: sample}} of one run."""
        of = self.runs[system, seed]
        return {
            (test, text): samples_of(of.arrays[test], self.tests[text], of.beam)
            for test, text in of.tests.items()
        }


def sentences_file(result: Path) -> Path:
    """Where a result file's statistics lie."""
    return result.parent / "sentences" / f"{result.stem}.npz"


def read_sentences(result: Path, rows: Mapping[tuple[str, int], Mapping]) -> Sentences:
    """The statistics of a result file's rows; of rows that have none, none.

    Raises ResultError if the file is damaged, or holds those of another run.
    """
    path = sentences_file(result)
    if not path.exists():
        return Sentences()
    arrays = read_arrays(path)
    try:
        found = _unfolded(arrays)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ResultError(
            f"{path} is not what kdlab writes beside a result file ({error}); restore it or move "
            "it away."
        ) from error
    for key in list(found.runs):
        if key not in rows:
            del found.runs[key]
        elif rows[key].get("run") != found.runs[key].run:
            raise ResultError(
                f"{path} holds the sentences of run {found.runs[key].run} as those of {key[0]}, "
                f"seed {key[1]}, which in {result} is run {rows[key].get('run')}; restore the two "
                "files that belong together, or move the statistics away."
            )
    return found


def write_sentences(result: Path, sentences: Sentences) -> None:
    """Write them beside the result file, whole or not at all (StoreError)."""
    runs = {
        f"{system}/{seed}": {"run": of.run, "beam": of.beam, "tests": dict(of.tests)}
        for (system, seed), of in sentences.runs.items()
    }
    used = {text for of in sentences.runs.values() for text in of.tests.values()}
    folded = {"about": np.array(json.dumps({"format": FORMAT, "runs": runs}))}
    for text in sorted(used):
        folded |= {f"tests/{text}/{k}": array for k, array in sentences.tests[text].items()}
    for (system, seed), of in sentences.runs.items():
        for test, each in of.arrays.items():
            folded |= {f"runs/{system}/{seed}/{test}/{k}": array for k, array in each.items()}
    write_arrays(sentences_file(result), folded)


def _unfolded(arrays: Arrays) -> Sentences:
    about = json.loads(str(arrays["about"]))
    if about["format"] != FORMAT:
        raise ValueError(f"format {about['format']}, and this kdlab reads {FORMAT}")
    folded: dict[str, dict[str, np.ndarray]] = {}
    for name, array in arrays.items():
        where, _, what = name.rpartition("/")
        folded.setdefault(where, {})[what] = array
    found = Sentences({k[len("tests/") :]: v for k, v in folded.items() if k[:6] == "tests/"})
    for name, of in about["runs"].items():
        system, _, seed = name.rpartition("/")
        each = {test: folded[f"runs/{name}/{test}"] for test in of["tests"]}
        if missing := set(of["tests"].values()) - found.tests.keys():
            raise ValueError(f"no test {min(missing)}")
        found.runs[system, int(seed)] = OfRun(of["run"], of["beam"], of["tests"], each)
    return found
