"""Answers of every type: the right ones pass, and nothing that comes back can stop the judge."""

import time
import unicodedata
from decimal import Decimal
from fractions import Fraction
from threading import Thread

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from kdlab import checks
from kdlab.checks import Function, Keyed, calls, exercise
from kdlab.checks import chapter02 as two
from kdlab.checks import chapter05 as five
from kdlab.checks import chapter09 as nine
from kdlab.checks.plain import Array, Odd, plain, shown
from kdlab.checks.sameness import folded, number, same

ONE = Keyed("one", key=14.7, hint="Subtract.")
WORD = Keyed("word", key="We have tried it .", hint="Read.")
MEAN = Function("mean", lambda x: sum(x) / len(x), lambda rng: ([rng.random(), 2.0],), ())
NUMBERS = [
    14.7, np.float32(14.7), np.float64(14.7), np.array(14.7), torch.tensor(14.7),
    torch.tensor(14.7, requires_grad=True), Fraction(147, 10), Decimal("14.7"), "14.7", " 14.70 ",
    "14,7", "1.47e1", np.str_("14.7"), np.longdouble("14.7"), torch.tensor(14.7, dtype=torch.half),
]  # fmt: skip
NO_NUMBERS = [True, None, "many", "14.7 BLEU", float("nan"), 10**5000, 14.7 + 0j, [14.7], {}, set()]


class Hostile:
    """Nothing can be asked of it without an error."""

    __hash__ = None

    def _raise(self, *_):
        raise RuntimeError("hostile")

    __eq__ = __repr__ = __str__ = __len__ = __iter__ = __bool__ = __float__ = _raise


class Liar(float):
    """Equal to everything, at no distance from it."""

    __eq__ = lambda self, other: True  # noqa: E731
    __hash__ = None
    __sub__ = __rsub__ = lambda self, other: 0.0


class Mute(Exception):
    def __str__(self):
        raise ValueError("no text")


def itself():
    inside = []
    inside.append(inside)
    return inside


def deep():
    value = 0.5
    for _ in range(100_000):
        value = [value]
    return value


def raising(error):
    def function(*_):
        raise error

    return function


RESULTS = {
    "a tensor for a scalar": lambda: torch.ones(2, 3), "an array": lambda: np.ones(3),
    "a sparse tensor": lambda: torch.ones(2, 3).to_sparse(),
    "no values": lambda: torch.ones(2, device="meta"),
    "complex": lambda: torch.ones(2, dtype=torch.complex64), "hostile": Hostile,
    "hostile inside": lambda: [Hostile(), {"x": Hostile()}], "equal to all": lambda: Liar(3.0),
    "itself": itself, "deep": deep, "none": lambda: None, "long": lambda: 10**5000,
    "a generator": lambda: (x for x in [1.0]), "a class": lambda: Hostile,
    "objects": lambda: np.array([Hostile(), None]), "half a letter": lambda: "\ud800",
}  # fmt: skip
ERRORS = [Mute(), Hostile, SystemExit(), RecursionError(), ValueError("\ud800"), GeneratorExit()]


@pytest.mark.parametrize("value", NUMBERS, ids=repr)
def test_a_number_is_a_number_whatever_its_type(value):
    assert ONE.judge(value).ok


@pytest.mark.parametrize("value", NO_NUMBERS, ids=lambda value: type(value).__name__)
def test_what_is_no_number_is_not_right(value):
    assert ONE.judge(value).ok is False


def test_a_comma_that_may_stand_for_thousands_is_not_guessed_at():
    assert (number("1,400"), number("0,400"), number("1,40")) == (None, 0.4, 1.4)


def test_a_text_where_a_number_is_asked_is_said_to_be_none():
    assert ONE.judge("many").says.startswith("'many' is no number")


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_a_hat_may_be_composed_or_not(form):
    key = exercise("ch01-name-the-data").key
    assert (
        exercise("ch01-name-the-data")
        .judge({n: unicodedata.normalize(form, letter) for n, letter in key.items()})
        .ok
    )


@pytest.mark.parametrize(
    "said", ["we have tried it.", " We\u00a0have  tried it .\u200b", "WE HAVE TRIED IT ."]
)
def test_spaces_and_case_do_not_matter_in_words(said):
    assert WORD.judge(said).ok


def test_names_of_parts_are_read_as_words_too():
    assert exercise("ch01-baselines").judge({"Greedy ": 14.7, "beam  5": "17.6"}).ok


def test_a_capital_letter_is_a_choice():
    assert "saved: b." in exercise("ch06-gap").judge(" B) ").says


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(
    st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([np.float64, Decimal, str])
)
def test_another_type_is_the_same_number(value, kind):
    read = plain(kind(value))
    assert (number(read) if kind is str else read.values if kind is np.float64 else read) == value


def test_an_unrounded_result_is_right():
    def unrounded(counts):
        found = []
        for said in counts.values():
            p = torch.tensor(list(said.values()), dtype=torch.float64)
            found.append((-(p / p.sum() * (p / p.sum()).log()).sum(), p.sum()))
        entropies, sizes = (torch.stack(part) for part in zip(*found, strict=True))
        return entropies.mean(), (entropies * sizes).sum() / sizes.sum()

    assert nine.COMPLEXITY.judge(unrounded).ok


def test_a_loss_in_float32_is_right_where_ours_is_in_float64():
    def single(zs, zt, *rest):
        return five._reference(zs.float(), zt.float(), *rest)

    assert five.WORD_KD.judge(single).ok


@pytest.mark.parametrize(("dtype", "off", "ok"), [
    (torch.float64, 5e-5, True), (torch.float64, 2e-4, False), (torch.float32, 5e-5, True),
    (torch.float16, 2e-3, True), (torch.float16, 1e-2, False), (torch.bfloat16, 1e-2, True),
])  # fmt: skip
def test_the_tolerance_is_that_of_the_type(dtype, off, ok):
    assert same(plain(torch.tensor(3.0 * (1 + off), dtype=dtype)), 3.0) is ok


@pytest.mark.parametrize(
    ("found", "ok"), [(46_575_000.0, True), (46_575_001, False), (True, False)]
)
def test_whole_numbers_are_compared_exactly(found, ok):
    assert same(plain(found), 46_575_000) is ok


def test_the_spelling_of_a_functions_text_is_exact():
    assert (
        two.SPELLING.judge(
            lambda text: unicodedata.normalize("NFD", two.normalise_th(text) + "é")
        ).ok
        is False
    )


def test_a_list_a_tuple_a_tensor_and_an_array_are_alike():
    wanted = plain((0.25, 0.75))
    values = [[0.25, 0.75], torch.tensor([0.25, 0.75]), np.array([0.25, 0.75])]
    assert all(same(plain(value), wanted) for value in values)


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
values = st.recursive(leaves, lambda part: st.lists(part) | st.dictionaries(leaves, part))


@pytest.mark.parametrize("name", ["ch06-gap", "ch06-pronouns", "ch01-claim"])
@given(value=values)
def test_no_value_is_refused_without_a_sentence(name, value):
    assert len(str(exercise(name).judge(value))) > 20


@given(values)
def test_a_plain_value_is_the_same_as_itself_and_short_to_show(value):
    read = calls.read(value)
    held = any(kind in repr(read) for kind in ("Odd(", "Ellipsis"))  # Odd equals nothing
    assert (held or same(read, read)) and len(shown(read)) <= 160


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
def test_whatever_a_function_returns_is_judged(make):
    assert MEAN.judge(lambda x: make()).ok is False


@pytest.mark.parametrize("make", RESULTS.values(), ids=RESULTS)
@pytest.mark.parametrize("name", ["ch06-gap", "ch01-baselines", "ch01-claim"])
def test_whatever_is_answered_is_judged(name, make, capsys):
    checks.answer(name, make())
    assert capsys.readouterr().out.startswith("✗ not yet: ")


@pytest.mark.parametrize("error", ERRORS, ids=repr)
def test_whatever_a_function_raises_is_told(error, capsys):
    verdict = MEAN.judge(raising(error))
    name = getattr(error, "__name__", type(error).__name__)
    assert verdict.ok is False and (name in verdict.says or "TypeError" in verdict.says)


def test_ctrl_c_is_not_judged():
    with pytest.raises(KeyboardInterrupt):
        MEAN.judge(raising(KeyboardInterrupt()))


def test_a_shape_is_said_before_values():
    says = MEAN.judge(lambda x: torch.ones(2, 3)).says
    assert says == "expected one number, got an array of shape [2, 3]."


def test_a_failed_check_shows_what_went_in_beside_what_came_out():
    asked = Function("double", lambda x, n: x * n, lambda rng: (0.5, 2), ())
    assert str(asked.judge(lambda x, n: x + n)) == (
        "✗ not yet: 6 of 6 random cases differ.\n"
        "  for       x = 0.5, n = 2\n"
        "  it gives  2.5\n"
        "  expected  1"
    )


def test_an_error_shows_what_went_in():
    asked = Function("double", lambda x: 2 * x, lambda rng: (0.5,), ())
    verdict = asked.judge(lambda x: x[0])
    assert "TypeError: 'float' object" in verdict.says and verdict.case == "  for       x = 0.5"


def test_a_large_tensor_is_shown_by_its_shape():
    assert shown(plain(torch.zeros(7, 9))) == "float32 [7, 9]: 0, 0, 0, 0, …"


def test_what_was_read_is_made_of_pythons_own_types():
    read = plain({"a": (Liar(2.0), np.str_("x"), np.bool_(True)), 1: itself(), "h": Hostile()})
    assert type(read["a"][0]) is float and type(read["a"][1]) is str
    assert read["a"][2] == Array(True, (), "bool") and read["1"] == [Odd("itself once more")]
    assert read["h"] == Odd("a Hostile")


def endless(*_):
    while True:
        try:
            pass
        except Exception:
            pass


@pytest.mark.parametrize("function", [endless, lambda x: time.sleep(60)])
def test_what_does_not_end_is_stopped_with_a_sentence(function):
    (back,) = calls.came_back(function, [(1,)], seconds=0.2)
    assert back.says.startswith("it had not ended after 0.2 seconds")


def test_a_comparison_or_a_text_that_does_not_end_is_stopped_too():
    class Slow(Exception):
        __str__ = endless

    (back,) = calls.came_back(raising(Slow()), [(1,)], seconds=0.2)
    assert "had not ended" in back.says


def test_no_clock_ticks_on_after_a_check():
    calls.came_back(lambda: 1, [()], seconds=0.1)
    time.sleep(0.2)  # an alarm that is left would end the process


def test_an_alarm_of_ones_own_is_set_again():
    import signal

    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        calls.came_back(lambda: 1, [()])
        time.sleep(0.3)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert rang == [1]


def test_where_no_clock_can_stop_a_function_a_line_says_so(capsys):
    checks.notebook._no_clock.cache_clear()
    thread = Thread(target=checks.check, args=("ch06-distil", lambda *_: []))
    thread.start()
    thread.join()
    assert capsys.readouterr().out.startswith("… no clock here: ")


def test_a_text_of_many_digits_is_read_at_once():
    text = "[" + "1,1," * 5000
    began = time.perf_counter()
    exercise("ch12-verdict").judge(text)
    assert time.perf_counter() - began < 5
