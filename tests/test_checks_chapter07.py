"""Chapter 7's exercises: the measure is the library's own, and its mistakes are told apart."""

import pytest

import kdlab as kd
from kdlab.checks import chapter07 as seven
from kdlab.checks import exercise
from kdlab.metrics.bleu import sentence_bleu

Y = "I have tried it already ."


@pytest.mark.parametrize(
    "text",
    ["We have tried it before .", "I tried it once .", "it it it it it", "no word", "I have"],
)
def test_the_exercises_bleu_is_the_librarys(text):
    assert seven._bleu(text, Y) == pytest.approx(sentence_bleu(text, Y), abs=1e-6)


@pytest.mark.parametrize(
    ("text", "score"),
    [("the cat sat on mat", 57.8930), ("a cat is on the mat", 32.4668), ("the mat", 13.5335)],
)
def test_the_exercises_hint_has_the_right_figures(text, score):
    assert seven._bleu(text, "the cat sat on the mat") == pytest.approx(score, abs=1e-4)


def test_the_key_of_another_person_is_what_the_grammar_and_the_rule_say():
    grammar = kd.load_corpus("minitalks", preset="tiny").grammar
    listed = [t.text for t in grammar.translations(grammar.running_example("R1").thai)[:6]]
    near = [sentence_bleu(text, "We have tried it once .") for text in listed]
    best = near.index(max(near[:5]))
    said = {"ŷ": near[0], "ỹ": near[best], "place": best + 1}
    assert exercise("ch07-another-person").judge(said).ok
    sixth = exercise("ch07-another-person").judge({"ŷ": near[0], "ỹ": near[5], "place": 6})
    assert sixth.name == "longer-list"  # a sixth sentence is nearer still


def test_the_weight_at_which_r4_changes_is_the_key():
    grammar = kd.load_corpus("minitalks", preset="tiny").grammar
    y = "Back then I really did not know what to do next ."
    r4 = grammar.translations(grammar.running_example("R4").thai)
    each = [(t.probability, sentence_bleu(t.text, y) / 100) for t in r4]

    def choice(weight):
        return max(range(len(each)), key=lambda i: weight * each[i][1] + (1 - weight) * each[i][0])

    first = next(w / 1000 for w in range(1001) if choice(w / 1000) != choice(0))
    assert choice(first) == choice(1)
    assert exercise("ch07-lambda").judge({"λ": first}).ok


def test_an_unsmoothed_bleu_is_named():
    says = exercise("ch07-bleu").judge(lambda h, r: seven._bleu(h, r, smooth="none")).says
    assert "no smoothing" in says


def test_a_right_bleu_is_right():
    assert exercise("ch07-bleu").judge(sentence_bleu).ok
