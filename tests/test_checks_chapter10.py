"""Chapter 10's exercises: the key is the table's, and a mixture is judged by what it has."""

import pytest

from kdlab.checks import chapter10 as ten

# Gordon & Duh (2019), table 3: base, kd, base+kd, base+kd+bt.
PUBLISHED = {"no dropout": (25.37, 26.45, 27.84, 28.38), "dropout": (26.79, 27.70, 27.74, 27.87)}


@pytest.mark.parametrize("column", PUBLISHED)
def test_the_gains_are_those_of_the_published_table(column):
    base, *others = PUBLISHED[column]
    gains = [round(other - base, 2) for other in others]
    assert gains == list(ten.GAINS.key[column].values())


def test_the_interaction_is_the_difference_of_two_gains():
    gains = [ten.GAINS.key[column]["base+kd"] for column in PUBLISHED]
    assert ten.GAINS.key["interaction"] == pytest.approx(gains[0] - gains[1])


def test_another_order_of_shuffling_is_as_right():
    def mix(base, other, batch, updates, rng):
        stream = []
        while len(stream) < batch * updates:
            epoch = other + base
            rng.shuffle(epoch)
            stream += epoch
        return [tuple(stream[i * batch : (i + 1) * batch]) for i in range(updates)]

    assert ten.MIX.judge(mix).ok


def test_a_learner_may_change_the_lists_in_place():
    def mix(base, other, batch, updates, rng):
        base.extend(other)
        batches = []
        while len(batches) < updates:
            rng.shuffle(base)
            batches += [base[i : i + batch] for i in range(0, len(base), batch)]
        return batches[:updates]

    assert ten.MIX.judge(mix).ok


def test_pairs_that_nobody_gave_are_not_right():
    def mix(base, other, batch, updates, rng):
        return [[("s", "y")] * batch for _ in range(updates)]

    verdict = ten.MIX.judge(mix)
    assert not verdict.ok and "pairs equally often: False" in verdict.case


def test_a_stub_is_still_to_do():
    def mix(base, other, batch, updates, rng):
        raise NotImplementedError("yours")

    assert ten.MIX.judge(mix).ok is None


def test_something_that_is_no_function_is_refused():
    assert "got list" in ten.MIX.judge([]).says


def test_batches_that_are_no_lists_are_an_error_with_its_type():
    assert "TypeError" in ten.MIX.judge(lambda *case: [1, 2]).says


@pytest.mark.parametrize("asked", [ten.GAINS, ten.DATA_SETS], ids=lambda asked: asked.id)
def test_each_key_is_right_and_each_known_mistake_has_its_name(asked):
    assert asked.judge(asked.key).ok
    assert [asked.judge(w.value).name for w in asked.wrong] == [w.name for w in asked.wrong]


def test_the_five_sets_have_eleven_letters_as_the_hint_says():
    assert len("".join(ten.DATA_SETS.key.values())) == 11


def test_four_scores_without_their_difference_are_no_answer():
    says = ten.TWO_BY_TWO.judge("Three seeds, equal updates: 50, 55, 51 and 54 [53, 55].").says
    assert says == "your text does not name the interaction."
