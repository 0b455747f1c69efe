"""What a method runs before its pure loss: which prefix, which teacher, which state."""

from kdlab.objectives.keep_zeros import KeepZeros
from kdlab.objectives.lesson import Lesson, Method, prepare
from kdlab.objectives.plain import Plain
from kdlab.objectives.protocol import Objective
from kdlab.objectives.teachers import CachedTeacher, TeacherLogits, online

__all__ = [
    "CachedTeacher", "KeepZeros", "Lesson", "Method", "Objective", "Plain", "TeacherLogits",
    "online", "prepare",
]  # fmt: skip
