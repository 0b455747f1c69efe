"""Chapter 22's exercises: the audit's five, and the mistake that adds one."""

from kdlab.checks import exercise


def test_the_five_that_are_answered():
    assert exercise("ch22-audit").judge("1 2 3 6 11").ok


def test_a_rival_is_no_baseline():
    assert "a rival" in exercise("ch22-audit").judge("1 2 3 4 6 11").says
