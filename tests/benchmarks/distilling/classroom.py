"""Trainings of every kind that are timed side by side, and what is paid for once before them."""

import copy
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from distilling.methods import Search, Step, Written
from distilling.trained import Trained, brief
from kdlab.batching import Encoded
from kdlab.distill import decoded_training_set
from kdlab.experiments.corpus import Corpus
from kdlab.experiments.recipes import Recipe
from kdlab.experiments.runs import Run
from kdlab.experiments.suites.targets import reverse_of
from kdlab.files import home
from kdlab.losses import NLL
from kdlab.models import build
from kdlab.objectives import Datastore, Lesson, Plain, online, prepare
from kdlab.training import Session
from kdlab.translator import best_text

BEAM = 5


@dataclass(frozen=True)
class Classroom:
    """part: gold pairs that are timed     runs: those that teach, by the arm that they are
    teacher, student: recipes at full length     said: the part with the teacher's sentences"""

    models: Trained
    part: Corpus
    runs: Mapping[str, Run]
    teacher: Recipe
    student: Recipe
    said: Encoded

    @classmethod
    def of(cls, models: Trained, recipes: tuple[Recipe, Recipe], pairs: int) -> "Classroom":
        """A classroom for so many pairs. recipes: the teacher's and the student's."""
        part = models.corpus.with_train(models.corpus.train.spread(pairs), "gold")
        # A model of the other direction is trained by its teacher's recipe, and here briefly.
        teacher = replace(models.teacher, recipe=brief(recipes[0]))
        reverse_of(part, teacher)  # from now on it is found in the store
        runs = {"teacher": teacher, "baseline": models.student}
        return cls(models, part, runs, *recipes, _own_words(teacher, part))

    def session(self, step: Step) -> Session:
        """A training of a student, from the weights of one that is trained already."""
        pairs = step.read.targets(self.part, self.runs[step.read.by], BEAM).train
        teacher, training = self.models.teacher, self.student.training
        data = teacher.encode(pairs.source, pairs.target)
        student = copy.deepcopy(self.models.student.model)
        lesson = Lesson(
            student, data, training.updates, 1, teacher.model, online(teacher.model),
            lambda: self.said,
        )  # fmt: skip
        return Session(student, prepare(step.loss, lesson), data, training, seed=1)

    def teacher_session(self, *, reverse: bool) -> Session:
        """A training of a model of the teacher's sizes, or of one in the other direction."""
        train, sizes = self.part.train, self.models.sizes
        data = self.models.teacher.encode(train.source, train.target)
        if reverse:
            data, sizes = Encoded(data.target, data.source), sizes[::-1]
        model = build(self.teacher.model, *sizes)
        return Session(model, Plain(NLL()), data, self.teacher.training, seed=1)

    def decoding_seconds(self, written: Written) -> float:
        """CPU seconds until the part's targets are written, no list being there.

        Lists of $KDLAB_HOME are deleted first: give it a folder of its own.
        """
        shutil.rmtree(home() / "decoded", ignore_errors=True)
        began = time.process_time()
        written.targets(self.part, self.runs[written.by], BEAM)
        return time.process_time() - began

    def neighbour_seconds(self, search: Search, every: int) -> float:
        """CPU seconds to remember the whole training set, and to look each position up in it.

        every: one position in so many is looked up, and the search is scaled up
        """
        began = time.process_time()
        store = Datastore.of(self.models.teacher.model, self._all())
        stored, queries = time.process_time(), store.keys[::every]
        store.search(queries, search.k)
        return stored - began + (time.process_time() - stored) * store.size / len(queries)

    def table_mib(self, search: Search) -> float:
        """What is kept of all neighbours: of each a distance and a piece, four bytes both."""
        return 8 * search.k * sum(map(len, self._all().target)) / 2**20

    def _all(self) -> Encoded:
        pairs = self.models.corpus.train
        return self.models.teacher.encode(pairs.source, pairs.target)


def _own_words(teacher: Run, part: Corpus) -> Encoded:
    """`Lesson.said`: the teacher's sentence for every pair, y where it says nothing."""
    own = map(best_text, decoded_training_set(teacher, part.train.source, BEAM))
    target = [y_hat or y for y_hat, y in zip(own, part.train.target, strict=True)]
    return teacher.encode(part.train.source, target)
