"""The errors a user can cause, each ending in one sentence that says what to do."""


class KdlabError(Exception):
    """Any error whose message is meant for the person at the keyboard."""


class ShapeError(KdlabError, ValueError):
    """Two tensors that must agree in shape do not."""


class CorpusError(KdlabError, ValueError):
    """Text that cannot be read; the message names the file and, where there is one, the line."""


class RecipeError(KdlabError, ValueError):
    """A setting out of its range, or settings that contradict each other."""


class CheckpointError(KdlabError, ValueError):
    """A saved model that is incomplete or was saved under another configuration."""


class StoreError(KdlabError, OSError):
    """The run store cannot be read or written."""


class ResultError(KdlabError, ValueError):
    """A result file, or the statistics beside it, that is damaged or contradicts itself."""
