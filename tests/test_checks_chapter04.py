"""Chapter 4's exercises: keys agree with the grammar, and near answers hear what is wrong."""

import math

import pytest

import kdlab as kd
from kdlab.checks import chapter04 as four
from kdlab.checks import exercise


@pytest.mark.parametrize("beam", [1, 2])
def test_the_key_of_r1_is_what_the_search_says(beam):
    corpus = kd.load_corpus("minitalks", preset="tiny")
    r1 = corpus.grammar.running_example("R1").thai
    ((text, log_p),) = corpus.exact_teacher().nbest([r1], beam)[0][:1]
    said, p = four.R1_BY_HAND.key[f"K={beam}"]
    assert said == text and math.exp(log_p) == pytest.approx(p, abs=1e-4)


def test_mode_mass_agrees_with_the_library():
    log_p = [[math.log(0.5), math.log(0.5), math.log(0.9)], [math.log(0.2), math.log(0.5), 0.0]]
    library = kd.metrics.mode_mass([math.log(0.25), math.log(0.1)])
    assert four.mode_mass(log_p, [2, 2]) == pytest.approx(library)


@pytest.mark.parametrize(
    "says", ["mean of piece probabilities", "exp of the mean log-prob", "EOS left out"]
)
def test_each_wrong_formula_of_the_chapter_is_named(says):
    named = [exercise("ch04-mode-mass").judge(w.value).says for w in four.MODE_MASS.wrong]
    assert any(says in line for line in named)


def test_each_name_is_used_twice_in_the_sorting():
    names = list(four.SORT_OUTPUTS.key.values())
    assert {name: names.count(name) for name in names} == dict.fromkeys(names, 2)


def test_an_account_of_misses_without_an_example_is_incomplete():
    says = exercise("ch04-beam-misses").judge("2% of modes were cut early.").says
    assert says == "your text does not name one example."
