"""What a method runs before its pure loss: which prefix, which teacher, which state."""

from kdlab.objectives.plain import Plain
from kdlab.objectives.protocol import Objective
from kdlab.objectives.teachers import CachedTeacher, TeacherLogits, online

__all__ = ["CachedTeacher", "Objective", "Plain", "TeacherLogits", "online"]
