"""Chapter 2's checks agree with the library: its spelling, and the grammar's entropy."""

import random
import unicodedata

import pytest

import kdlab as kd
from kdlab import thai
from kdlab.checks import chapter02 as two


def drawn(seed: int) -> str:
    return two._draw(random.Random(seed))[0]


@pytest.mark.parametrize("seed", range(50))
def test_the_solution_spells_as_the_library_does(seed):
    assert two.normalise_th(drawn(seed)) == thai.normalise(drawn(seed))


@pytest.mark.parametrize("seed", range(50))
def test_the_solution_changes_nothing_the_second_time(seed):
    once = two.normalise_th(drawn(seed))
    assert two.normalise_th(once) == once


def test_nfkc_breaks_sara_am_and_nfc_does_not_join_it():
    assert unicodedata.normalize("NFKC", "\u0e33") == "\u0e4d\u0e32"
    assert unicodedata.normalize("NFC", "\u0e4d\u0e32") == "\u0e4d\u0e32"


def test_the_key_of_r3_is_the_grammars():
    grammar = kd.load_corpus("minitalks", preset="tiny").grammar
    r3 = grammar.running_example("R3").thai
    key = {"entropy": grammar.entropy(r3), "mass of the mode": grammar.mode_probability(r3)}
    assert two.R3.judge(key).ok
    assert len(grammar.translations(r3)) == 24
