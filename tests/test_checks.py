"""Exercises: right answers pass, each known mistake gets its own name, nothing else does."""

import random

import pytest

from kdlab import checks
from kdlab.checks import EXERCISES, Choice, Function, Keyed, Text, Wrong, exercise
from kdlab.checks import chapter06 as six
from kdlab.errors import RecipeError

MISTAKES = [(e, w) for e in EXERCISES.values() for w in getattr(e, "wrong", ())]
FUNCTIONS = [e for e in EXERCISES.values() if isinstance(e, Function)]
NAMES = {"argvalues": MISTAKES, "ids": [f"{e.id}:{w.name}" for e, w in MISTAKES]}


@pytest.mark.parametrize(("asked", "mistake"), **NAMES)
def test_a_known_mistake_is_named(asked, mistake):
    verdict = asked.judge(mistake.value)
    assert (verdict.ok, verdict.name, verdict.says) == (False, mistake.name, mistake.says)


@pytest.mark.parametrize("asked", FUNCTIONS, ids=lambda e: e.id)
@pytest.mark.parametrize("seed", range(20))
def test_with_any_seed_the_reference_passes_and_every_mistake_is_named(asked, seed):
    assert asked.judge(asked.reference, seed).ok
    assert [asked.judge(w.value, seed).name for w in asked.wrong] == [w.name for w in asked.wrong]


@pytest.mark.parametrize("asked", [e for e in EXERCISES.values() if isinstance(e, Keyed)])
def test_the_key_is_right(asked):
    assert asked.judge(asked.key).ok


@pytest.mark.parametrize("asked", [e for e in EXERCISES.values() if not isinstance(e, Function)])
def test_the_dots_of_an_exercise_are_still_to_do(asked):
    assert "to do" in str(asked.judge(...))


@pytest.mark.parametrize("asked", [e for e in EXERCISES.values() if isinstance(e, Choice)])
def test_a_prediction_is_kept_without_a_word_on_right_or_wrong(asked):
    said = [str(asked.judge(letter)) for letter in asked.replies]
    assert all(line.startswith("… saved") for line in said) and asked.right in asked.replies


def test_a_letter_that_is_no_answer_is_refused():
    assert "'e' is no answer here" in exercise("ch01-who-wins").judge("e").says


def test_a_number_within_tolerance_is_right():
    assert exercise("ch01-baselines").judge({"greedy": 14.72, "beam 5": 17.6}).ok


def test_another_wrong_number_gets_the_place_and_the_hint():
    says = exercise("ch01-baselines").judge({"greedy": 14.7, "beam 5": 18.0}).says
    assert "beam 5: 18 is not it" in says and "same size" in says


def test_a_missing_part_is_named():
    assert "expected answers for greedy and beam 5" in exercise("ch01-baselines").judge(3).says


def test_a_text_hears_what_it_does_not_name():
    says = exercise("ch01-claim").judge("Greedy BLEU is between 3 and 5 points up.").says
    assert says == "your text does not name the seeds."


def test_a_whole_text_is_kept_for_a_reader():
    verdict = exercise("ch01-claim").judge("Over two seeds, greedy BLEU rose by 3 to 5 points.")
    assert verdict.ok is None and "11 words" in verdict.says


def test_a_stub_is_to_do_and_not_an_error():
    def distil(decode, sources, batch):
        raise NotImplementedError

    assert str(exercise("ch06-distil").judge(distil)).startswith("… to do")


def test_an_exception_is_shown_with_its_type():
    verdict = exercise("ch06-distil").judge(lambda decode, sources, batch: sources[99])
    assert "IndexError" in verdict.says


def test_an_unknown_mistake_shows_the_first_case_that_differs():
    verdict = exercise("ch06-distil").judge(lambda *_: [])
    assert "expected a list of" in verdict.says and "it gives  []" in verdict.case


def test_something_that_is_no_function_is_told_so():
    assert "got list" in exercise("ch06-distil").judge([]).says


def test_the_learner_cannot_change_the_cases():
    def distil(decode, sources, batch):
        pairs = six.distil(decode, sources, batch)
        sources.clear()
        return pairs

    assert exercise("ch06-distil").judge(distil).ok


def test_a_catalogue_with_a_mistake_that_never_shows_is_refused():
    same = Wrong("same", "says nothing", six.distil)
    asked = Function("x", six.distil, lambda rng: six._draw(random.Random(1)), (same,))
    with pytest.raises(AssertionError, match="same never differ"):
        asked.cases(0)


def test_an_unknown_name_suggests_the_nearest():
    with pytest.raises(RecipeError, match="'ch06-distill'; did you mean 'ch06-distil'"):
        exercise("ch06-distill")


def test_reveal_waits_for_an_answer(capsys):
    checks.reveal("ch06-gap")
    checks.answer("ch06-gap", "a")
    checks.reveal("ch06-gap")
    first, _, then = capsys.readouterr().out.splitlines()
    assert first.startswith("… first your own") and "The answer is b." in then


def test_check_prints_one_line(capsys):
    checks.check("ch06-distil", six.distil)
    assert capsys.readouterr().out == "✓ right: 6 random cases.\n"


def test_every_text_has_a_rubric_of_three_grades():
    for asked in EXERCISES.values():
        if isinstance(asked, Text):
            assert all(grade in asked.rubric for grade in ("Full:", "Half:", "None:"))
