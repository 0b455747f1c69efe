"""Which teacher layers each student layer learns from: the published ways, for any two depths.

Layers are numbered from 1, lowest first. For 6 teacher and 2 student layers each function gives the
table of Wu et al. (2020) as their code has it; how it goes on to other depths is ours.
"""

from kdlab.errors import RecipeError
from kdlab.ranges import one_to, whole

LayerMap = tuple[tuple[int, ...], ...]


def skip(teacher_layers: int, student_layers: int) -> LayerMap:
    """The top layer of each equal share of the teacher, alone. Source: Sun et al. (2019), PKD.

    >>> skip(6, 2)
    ((3,), (6,))
    """
    return tuple(block[-1:] for block in regular(teacher_layers, student_layers))


def regular(teacher_layers: int, student_layers: int) -> LayerMap:
    """The teacher cut into equal shares, lowest first (a rest goes to the upper ones).

    Raises RecipeError unless 1 <= student_layers <= teacher_layers, as do all functions here.

    >>> regular(6, 2)
    ((1, 2, 3), (4, 5, 6))
    """
    n, k = teacher_layers, student_layers
    whole("teacher_layers", n, 1)
    one_to(
        "student_layers", k, n, "as many as the teacher has: one teacher layer at least for each"
    )
    return tuple(tuple(range(i * n // k + 1, (i + 1) * n // k + 1)) for i in range(k))


def overlap(teacher_layers: int, student_layers: int) -> LayerMap:
    """Equal shares, each with one layer more on every side where another share begins.

    Raises RecipeError for one student layer, which has no neighbour.

    >>> overlap(6, 2)
    ((1, 2, 3, 4), (3, 4, 5, 6))
    """
    return _stretched("overlap", regular(teacher_layers, student_layers), 1)


def skip_middle(teacher_layers: int, student_layers: int) -> LayerMap:
    """Equal shares without the layers at which they meet.

    Raises RecipeError for one student layer, or where nothing of a share would be left.

    >>> skip_middle(6, 2)
    ((1, 2), (5, 6))
    """
    return _stretched("skip_middle", regular(teacher_layers, student_layers), -1)


def cross(teacher_layers: int, student_layers: int) -> LayerMap:
    """The two ends of each equal share. Raises RecipeError where a share has fewer than 3 layers.

    >>> cross(6, 2)
    ((1, 3), (4, 6))
    """
    shares = regular(teacher_layers, student_layers)
    if min(map(len, shares)) < 3:
        raise RecipeError(_no_such("cross", shares))
    return tuple((share[0], share[-1]) for share in shares)


def skip_comb(teacher_layers: int, student_layers: int) -> LayerMap:
    """Interleaved: student layer i learns from i, i + n, i + 2n …, n the number of student layers.

    >>> skip_comb(6, 2)
    ((1, 3, 5), (2, 4, 6))
    """
    shares = regular(teacher_layers, student_layers)
    return tuple(tuple(range(i + 1, teacher_layers + 1, len(shares))) for i in range(len(shares)))


def _stretched(name: str, shares: LayerMap, by: int) -> LayerMap:
    """Each share from `by` layers below its first to `by` above its last, except at the ends."""
    last = len(shares) - 1
    found = tuple(
        tuple(range(share[0] - by * (i > 0), share[-1] + by * (i < last) + 1))
        for i, share in enumerate(shares)
    )
    if last == 0 or not all(found):
        raise RecipeError(_no_such(name, shares))
    return found


def _no_such(name: str, shares: LayerMap) -> str:
    return (
        f"{name} cannot be made from the shares {shares}: too few student layers, or too few "
        "teacher layers to each; use regular or skip."
    )
