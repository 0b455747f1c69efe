"""A small recipe gives the committed figure, to what another kind of processor may change."""

import one_recipe
import pytest

from kdlab.experiments.runs import RUN_VERSION
from kdlab.files import read_json

# A twentieth of it is what older instructions, forced on torch's libraries, changed on one machine.
MARGIN = 0.01


def test_a_small_recipe_gives_the_committed_figure() -> None:
    kept = read_json(one_recipe.KEPT)
    assert kept["training"] == RUN_VERSION, "python tests/one_recipe.py keeps it anew"
    assert one_recipe.found(kept["updates"])["ppl"] == pytest.approx(kept["ppl"], rel=MARGIN)
