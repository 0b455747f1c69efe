"""Chapter 19's exercises: a round trip passes, and each way to spoil it has its name."""

import pytest

import kdlab as kd
from kdlab.checks import exercise


def kept(pairs, held):
    return [(s, t) for s, t in pairs if s and t and s not in held]


def trip(targets, back, forth, held):
    sources = back(targets)
    return [
        (s, t) for s, t in zip(sources, forth(sources), strict=True) if s and t and s not in held
    ]


def with_old_targets(targets, back, forth, held):
    return [
        (s, t) for s, t in zip(back(targets), targets, strict=True) if s and t and s not in held
    ]


def that_leaks(targets, back, forth, held):
    return trip(targets, back, forth, set())


def test_a_round_trip_passes():
    assert exercise("ch19-trip").judge(trip).ok


@pytest.mark.parametrize(
    ("wrong", "says"), [(with_old_targets, "back-translation"), (that_leaks, "dev or test")]
)
def test_a_spoiled_one_is_named(wrong, says: str):
    assert says in exercise("ch19-trip").judge(wrong).says


def test_the_key_of_what_is_lost():
    corpus = kd.load_corpus("minitalks", preset="tiny")
    r4 = corpus.grammar.running_example("R4").thai
    answers = corpus.grammar.translations(r4)
    begins = sum(t.probability for t in answers if t.text.startswith("At that time"))
    said = {"unchanged": answers[0].probability, "first part": begins}
    assert exercise("ch19-lost").judge(said).ok
