"""Word alignment: EM by hand and by a slow copy of it, and the grammar's own links."""

import itertools
import math
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdlab.corpora import Pairs
from kdlab.corpora.minitalks import load_grammar
from kdlab.errors import CorpusError, RecipeError, ShapeError
from kdlab.metrics import align, link_accuracy
from kdlab.metrics.ibm import Words
from kdlab.metrics.link_accuracy import word_spans
from kdlab.metrics.linked_words import exact_linked_words, linked_words
from kdlab.metrics.links import aligned_counts

SOURCE, TARGET = [["a", "b"], ["a"]], [["A", "B"], ["A"]]

corpora = st.lists(
    st.tuples(st.lists(st.sampled_from("abc"), max_size=4), st.lists(st.sampled_from("XYZ"))),
    min_size=1, max_size=6,
).filter(lambda pairs: any(y for _, y in pairs))  # fmt: skip


def slow_em(source: Words, target: Words, ibm1: int, ibm2: int) -> tuple[dict, float]:
    """t(y given x) and the last log-likelihood, by the textbook's loops."""
    pairs = [([*x, None], y) for x, y in zip(source, target, strict=True)]
    t = defaultdict(lambda: 1 / len({w for y in target for w in y}))
    q = defaultdict(lambda: None)
    for step in range(ibm1 + ibm2 + 1):
        counts, places, log_likelihood = defaultdict(float), defaultdict(float), 0.0
        for x, y in pairs:
            for j, word in enumerate(y):
                joint = [
                    (q[i, j, len(x), len(y)] if step > ibm1 else 1 / len(x)) * t[x[i], word]
                    for i in range(len(x))
                ]
                log_likelihood += math.log(sum(joint))
                for i, p in enumerate(joint):
                    counts[x[i], word] += p / sum(joint)
                    places[i, j, len(x), len(y)] += p / sum(joint)
        if step == ibm1 + ibm2:
            return t, log_likelihood
        t, q = _shares(counts, lambda k: k[0]), _shares(places, lambda k: k[1:])
    raise AssertionError


def _shares(counts: dict, of) -> dict:
    total = defaultdict(float)
    for key, count in counts.items():
        total[of(key)] += count
    return {key: count / total[of(key)] for key, count in counts.items()}


@pytest.mark.parametrize(("iterations", "t"), [(1, 5 / 7), (2, 235 / 307)])
def test_em_is_what_one_gets_by_hand(iterations: int, t: float) -> None:
    # First pass, "a b / A B" and "a / A": c(A given a) = 1/3 + 1/2, c(B given a) = 1/3.
    lexicon = align(SOURCE, TARGET, ibm1=iterations, ibm2=0).lexicon
    assert lexicon("A", "a") == pytest.approx(t)
    assert lexicon("B", "a") == pytest.approx(1 - t)
    assert lexicon("A", None) == pytest.approx(t)  # the null word stands wherever a does


def test_the_likelihood_is_what_one_gets_by_hand() -> None:
    # Even start: every word is 1/2 whatever it comes from; then A = 1/3 (5/7 + 1/2 + 5/7) …
    found = align(SOURCE, TARGET, ibm1=1, ibm2=0).log_likelihoods
    by_hand = math.log(27 / 42) + math.log(15 / 42) + math.log(5 / 7)
    assert found == pytest.approx((3 * math.log(1 / 2), by_hand))


@given(pairs=corpora, ibm1=st.integers(0, 3), ibm2=st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_em_is_that_of_the_textbooks_loops(pairs: list, ibm1: int, ibm2: int) -> None:
    source, target = zip(*pairs, strict=True)
    found, (t, log_likelihood) = (f(source, target, ibm1=ibm1, ibm2=ibm2) for f in (align, slow_em))
    assert found.log_likelihoods[-1] == pytest.approx(log_likelihood)
    for (x, y), p in t.items():
        assert found.lexicon(y, x) == pytest.approx(p, abs=1e-9)


@given(pairs=corpora)
@settings(max_examples=40, deadline=None)
def test_the_likelihood_never_falls(pairs: list) -> None:
    history = align(*zip(*pairs, strict=True), ibm1=4, ibm2=4).log_likelihoods
    assert len(history) == 9
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(history))


@given(pairs=corpora)
@settings(max_examples=40, deadline=None)
def test_a_target_word_has_one_link_at_most_and_inside_its_sentence(pairs: list) -> None:
    for (x, y), links in zip(pairs, align(*zip(*pairs, strict=True)).links, strict=True):
        assert len({j for j, _ in links}) == len(links)
        assert all(j < len(y) and i < len(x) for j, i in links)


def test_words_that_never_met_have_no_probability() -> None:
    lexicon = align(SOURCE, TARGET).lexicon
    assert (lexicon("C", "a"), lexicon("A", "c")) == (0.0, 0.0)
    assert align([["a"], ["b"]], [["A"], ["B"]]).lexicon("B", "a") == 0.0


def test_a_word_without_a_source_has_no_link() -> None:
    source = [["a"], ["b"], ["c"], ["d"], []]
    target = [["A", "is"], ["B", "is"], ["C", "is"], ["D", "is"], ["is"]]
    found = align(source, target, ibm1=10, ibm2=0).links
    assert found == (((0, 0),),) * 4 + ((),)


def test_places_decide_where_words_cannot() -> None:
    # a and b always stand together, X and Y too: only IBM-2 can prefer one order to the other.
    source, target = [["a", "b"]] * 9 + [["a", "c"]], [["X", "Y"]] * 9 + [["X", "Z"]]
    assert align(source, target, ibm1=3, ibm2=0).links[0] == ((0, 0), (1, 1))
    crossed = [y[::-1] for y in target]
    assert align(source, crossed, ibm1=3, ibm2=10).links[-1] == ((0, 1), (1, 0))


def test_unequal_sides_are_refused_with_both_counts() -> None:
    with pytest.raises(ShapeError, match="2 sources but 1 targets"):
        align(SOURCE, TARGET[:1])


def test_nothing_to_align_is_refused() -> None:
    with pytest.raises(CorpusError, match="no word in 2 targets"):
        align(SOURCE, [[], []])


def test_a_negative_number_of_iterations_is_refused() -> None:
    with pytest.raises(RecipeError, match="ibm2 is -1; expected 0 or more"):
        align(SOURCE, TARGET, ibm2=-1)


# ------------------------------------------------------------------ beside the grammar's own


@pytest.fixture(scope="module")
def train() -> Pairs:
    grammar, draw = load_grammar(), np.random.default_rng(2)
    sources = grammar.sample_sources(1_000, draw)
    targets = tuple(grammar.sample(x, draw) for x in sources)
    return Pairs("train", sources, targets, grammar=grammar)


def test_most_links_are_the_grammars(train: Pairs) -> None:
    source = [train.grammar.words(x) for x in train.source]
    found = align(source, [y.split() for y in train.target])
    assert link_accuracy(found.links, source, train) > 0.8


def test_a_higher_likelihood_is_hardly_another_alignment(train: Pairs) -> None:
    source, target = (
        [train.grammar.words(x) for x in train.source],
        [y.split() for y in train.target],
    )
    one, two = (align(source, target, ibm1=10, ibm2=n) for n in (0, 10))
    right = [link_accuracy(found.links, source, train) for found in (one, two)]
    assert two.log_likelihoods[-1] > one.log_likelihoods[-1]
    assert right[1] == pytest.approx(right[0], abs=0.02)


def test_the_diagonal_is_not_enough(train: Pairs) -> None:
    source = [train.grammar.words(x) for x in train.source]
    diagonal = [
        tuple((j, j * len(x) // len(y.split())) for j in range(len(y.split())))
        for x, y in zip(source, train.target, strict=True)
    ]
    assert link_accuracy(diagonal, source, train) < 0.6


def test_the_grammars_own_links_are_all_right() -> None:
    grammar = load_grammar()
    x = grammar.running_example("R2").thai
    pairs = Pairs("R2", (x,), (grammar.mode(x),), grammar=grammar)
    spans = word_spans(grammar.words(x))
    links = tuple(
        (j, next(i for i, s in enumerate(spans) if s[0] < b and a < s[1]))
        for j, (a, b) in grammar.alignment(x, grammar.mode(x))
    )
    assert link_accuracy([links], [grammar.words(x)], pairs) == 1.0
    assert link_accuracy([links[1:]], [grammar.words(x)], pairs) == pytest.approx(5 / 6)


def test_pieces_are_judged_by_the_characters_they_cover() -> None:
    assert word_spans(["▁ก", "ขค"]) == word_spans(["ก", "ขค"]) == [(0, 1), (1, 3)]
    assert word_spans([]) == []


def test_a_target_that_is_no_translation_is_not_asked_about() -> None:
    grammar = load_grammar()
    pairs = Pairs("one", (grammar.running_example("R1").thai,), ("no .",), grammar=grammar)
    assert math.isnan(link_accuracy([()], [["x"]], pairs))


def test_links_of_other_pairs_are_refused(train: Pairs) -> None:
    with pytest.raises(ShapeError, match="links of 1 sentences and words of 0, but 2 pairs"):
        link_accuracy([()], [], train.head(2))


def test_accuracy_needs_a_grammar() -> None:
    with pytest.raises(RecipeError, match="mine has no grammar"):
        link_accuracy([()], [["x"]], Pairs("mine", ("x",), ("y",)))


def test_linked_words_are_the_words_of_the_links() -> None:
    pairs = Pairs("three", ("aX", "bX", "aY"), ("A one", "B one", "A two"))
    found = linked_words(pairs, list)
    assert found[0] == [("a", "A"), ("X", "one")]
    assert aligned_counts(found)["a"] == {"A": 2}


def test_exact_linked_words_are_the_grammars() -> None:
    grammar = load_grammar()
    x = grammar.running_example("R2").thai
    pairs = Pairs("R2", (x, x), (grammar.mode(x), "no ."), grammar=grammar)
    found = exact_linked_words(pairs)
    assert ("นักเรียน", "students") in found[0]
    assert found[1] == []


def test_counts_add_up_to_the_links() -> None:
    draw = np.random.default_rng(0)
    linked = [[tuple(draw.choice(list("ab"), 2)) for _ in range(3)] for _ in range(5)]
    assert sum(sum(said.values()) for said in aligned_counts(linked).values()) == 15
