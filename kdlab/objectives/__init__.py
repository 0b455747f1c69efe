"""What a method runs before its pure loss: which prefix, which teacher, which state."""

from kdlab.objectives.annealing import Annealing
from kdlab.objectives.datastore import Datastore
from kdlab.objectives.hybrid import Hybrid
from kdlab.objectives.iterative import IterativeKD
from kdlab.objectives.keep_zeros import KeepZeros
from kdlab.objectives.knn_kd import KnnKD
from kdlab.objectives.layers import Layers
from kdlab.objectives.lesson import Lesson, Method
from kdlab.objectives.neighbours import FaissIndex, nearest
from kdlab.objectives.on_policy import OnPolicy
from kdlab.objectives.plain import Plain, prepare
from kdlab.objectives.protocol import Objective, TeacherLogits
from kdlab.objectives.selective import SelectiveKD
from kdlab.objectives.teachers import CachedTeacher, online

__all__ = [
    "Annealing", "CachedTeacher", "Datastore", "FaissIndex", "Hybrid", "IterativeKD", "KeepZeros",
    "KnnKD", "Layers", "Lesson", "Method", "Objective", "OnPolicy", "Plain", "SelectiveKD",
    "TeacherLogits", "nearest", "online", "prepare",
]  # fmt: skip
