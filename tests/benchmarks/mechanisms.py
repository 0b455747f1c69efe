"""What happens inside four methods, where a score of outputs cannot say it.

    python tests/benchmarks/mechanisms.py [--seeds N] [--updates N] [--out FOLDER]

Writes book/results/minitalks-mechanisms.json, which `kd.results` reads. The teacher is that of
`kdlab reproduce core`, trained now if it is not in the run store. Ten minutes on an idle core.
"""

import argparse
import os
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from distilling.figures import row, summarised
from distilling.inside import logit_distance
from distilling.result_file import result_file, said
from distilling.trained import PRESETS, Trained, trained
from torch import Tensor

import kdlab as kd
from kdlab.batching import Encoded
from kdlab.compress import int8
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.results import made
from kdlab.files import shipped, write_json
from kdlab.losses import knn_target
from kdlab.models import KnnMT, build
from kdlab.objectives import Annealing, Datastore, Lesson, SelectiveKD, online, prepare
from kdlab.training import Session
from kdlab.translator import Translator

CORPUS, TEST = "minitalks", "train"
K, EVERY = 16, 8  # neighbours; one position in so many asks for them
QUESTION = "What happens inside selective KD, kNN-KD and annealing?"
NOTE = (
    "selective_*: over the second half of a training, theta_sd is the standard deviation of the "
    "threshold from one update to the next and theta its mean, in nats; differs_* is the share of "
    "positions where the teacher's top-1 is not the gold piece, among those selected and the "
    "others. knn_*: of every eighth position of the training set, a fifth of them a row; "
    "gold_first is the share of positions where the likeliest piece is the gold one, entropy that "
    "of p_kNN in nats. speed_*: CPU seconds of translating fifty sentences greedily, ratio to the "
    "student's in the same round. logits_*: stage I of annealing alone, for all updates, with phi "
    "rising or held at 1; logit_mse is the mean squared distance of centred logits from the "
    "teacher's on dev text."
)


@dataclass(frozen=True)
class Room:
    """The models, the student's recipe, and the training set in pieces."""

    models: Trained
    recipe: Recipe
    data: Encoded

    def student(self, seed: int, width: int | None = None) -> torch.nn.Module:
        """An untrained student."""
        torch.manual_seed(seed)
        sizes = replace(self.recipe.model, width=width or self.recipe.model.width)
        return build(sizes, *self.models.sizes)

    def session(self, method: object, seed: int, width: int | None = None) -> Session:
        """A training by this method."""
        student, teacher = self.student(seed, width), self.models.teacher.model
        lesson = Lesson(
            student, self.data, self.recipe.training.updates, seed, teacher, online(teacher),
            lambda: self.data,
        )  # fmt: skip
        return Session(student, prepare(method, lesson), self.data, self.recipe.training, seed)


def thresholds(room: Room, seed: int) -> Iterator[tuple[str, dict[str, float]]]:
    """How still the threshold stands, and what lies above it (E4.2, E4.3)."""
    for level in ("batch", "global"):
        logs = [r.log for r in room.session(SelectiveKD(level=level), seed).records()]
        late = logs[len(logs) // 2 :]
        theta = [log["theta"] for log in late]
        found = {"theta": statistics.fmean(theta), "theta_sd": statistics.stdev(theta)}
        for name in ("differs_selected", "differs_others"):
            found[name] = statistics.fmean(log[name] for log in late if name in log)
        yield f"selective_{level}", found


def memories(room: Room, store: Datastore) -> Iterator[tuple[str, int, dict[str, float]]]:
    """Whether the neighbours name the gold piece, with and without the place itself (E5.1)."""
    with torch.no_grad():
        teachers = room.models.teacher.model.generator(store.keys).argmax(-1)  # [P]
    place = torch.arange(0, store.size, EVERY)  # [Q]
    found = {
        name: store.neighbours(K, leave_one_out=alone, place=place)  # [Q, K] both
        for name, alone in (("self", False), ("others", True))
    }
    tau = float(found["self"][0].median())
    for name, (distances, pieces) in found.items():
        for number, part in enumerate(torch.arange(len(place)).chunk(5), 1):
            p = knn_target(pieces[part], distances[part], store.target_size, tau)  # [n, V]
            gold = store.values[place[part]]
            yield f"knn_{name}", number, {
                "gold_first": _share(p.argmax(-1) == gold),
                "teacher_gold_first": _share(teachers[place[part]] == gold),
                "entropy": float(torch.special.entr(p).sum(-1).mean()), "temperature": tau,
            }  # fmt: skip


def speeds(room: Room, store: Datastore) -> dict[str, float]:
    """CPU seconds of one pass over the test, by who translates (E5.2)."""
    models, teacher, found = room.models, room.models.teacher, {}
    memory = KnnMT(teacher.model, store)
    voices = {
        "speed_student": models.student, "speed_int8": int8(models.student),
        "speed_teacher": teacher,
        "speed_knn_mt": Translator(memory, teacher.tokenizer, "kNN-MT"),
    }  # fmt: skip
    sources = models.corpus.test.source[:50]
    for system, voice in voices.items():
        began = time.process_time()
        voice.translate(sources, beam=1)
        found[system] = time.process_time() - began
    return found


def logits(room: Room, seed: int) -> Iterator[tuple[str, dict[str, float]]]:
    """How near stage I comes to the teacher's logits, with phi rising or held at 1 (E6.1)."""
    dev = room.models.corpus.dev
    dev = room.models.teacher.encode(dev.source, dev.target)
    for width in (16, room.recipe.model.width):
        for name, tau_max in (("rising", 10), ("constant", 1)):
            session = room.session(Annealing(tau_max=tau_max, share=1.0), seed, width)
            list(session.records())
            far = logit_distance(session.model, room.models.teacher.model, dev)
            yield f"logits_{name}_w{width}", {"logit_mse": far}


def _share(where: Tensor) -> float:
    return float(where.float().mean())


def measure(room: Room, seeds: int) -> Iterator[dict]:
    """All rows; progress on the terminal."""
    params = room.models.student.params
    store = Datastore.of(room.models.teacher.model, room.data)
    for system, part, found in memories(room, store):
        yield row(system, part, params, TEST, found)
    said("memories")
    for number in range(1, 6):
        seconds = speeds(room, store)
        for system, each in seconds.items():
            ratio = {"seconds_ratio": each / seconds["speed_student"]}
            yield row(system, number, params, TEST, ratio)
    said("speeds")
    for seed in range(1, seeds + 1):
        for system, found in (*thresholds(room, seed), *logits(room, seed)):
            yield row(system, seed, params, TEST, found)
        said(f"seed {seed}")


def main() -> None:
    """Measure everything and write the result file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3, help="trainings of each kind; 3")
    parser.add_argument("--updates", type=int, help="of each training; the preset's by default")
    parser.add_argument("--out", type=Path, default=shipped("book/results"), help="folder")
    options = parser.parse_args()
    os.environ["TQDM_DISABLE"] = "1"
    torch.set_num_threads(1)
    began, models = time.perf_counter(), trained(CORPUS)
    recipe, pairs = kd.recipes.student(PRESETS[CORPUS]), models.corpus.train
    updates = options.updates or recipe.training.updates
    recipe = replace(recipe, training=replace(recipe.training, updates=updates))
    room = Room(models, recipe, models.teacher.encode(pairs.source, pairs.target))
    rows = list(measure(room, options.seeds))
    command = f"python tests/benchmarks/mechanisms.py --seeds {options.seeds}"
    command += f" --updates {options.updates}" if options.updates else ""
    about = {"suite": "mechanisms", "question": QUESTION, "note": NOTE}
    found, how = (
        {"runs": rows, "summary": summarised(rows)}, made(command, time.perf_counter() - began),
    )  # fmt: skip
    write_json(options.out / f"{CORPUS}-mechanisms.json", result_file(about, models, found, how))
    for figure in found["summary"]:
        if figure["metric"] != "params":
            interval = f"{figure['mean']:.4g} [{figure['low']:.4g}, {figure['high']:.4g}]"
            print(f"{figure['system']:22} {figure['metric']:20} {interval}")


if __name__ == "__main__":
    main()
