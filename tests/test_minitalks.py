"""minitalks: the grammar's probabilities, checked from the grammar alone, and the corpus on top."""

import itertools
import math
import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

from kdlab.corpora.minitalks import Grammar, load_grammar, minitalks
from kdlab.corpora.minitalks.english import finish, noun_forms, verb_forms
from kdlab.corpora.minitalks.matching import derivations
from kdlab.corpora.minitalks.noise import misalign, replace_words
from kdlab.corpora.text import ParallelText
from kdlab.errors import CorpusError
from kdlab.files import shipped
from kdlab.thai import normalise

R1 = "เคยลองทำแล้วครับ"
LEXICON = """\
[who: noun]
แมว | maeo | cat | ตัว
หมา | ma | dog | ตัว
[words: word]
มา | ma | come
[classifiers: word]
ตัว | tua | CLF(body)
"""
PATTERNS = """\
[registers]
casual 1
formal 4
[subjects]
name  i   be   third
he    he  is   yes
they  they are no
[choices]
who = {.55 !casual =he he | .45 !formal =they they}
[patterns]
comes: <n:who> มา => the $n {.6 comes | .4 came} .
"""


@pytest.fixture(scope="module")
def grammar() -> Grammar:
    return load_grammar()


@pytest.fixture(scope="module")
def sources(grammar: Grammar) -> tuple[str, ...]:
    return grammar.sample_sources(400, np.random.default_rng(11))


@pytest.fixture(scope="module")
def tiny() -> ParallelText:
    return minitalks("tiny", seed=3)


def folder(path: Path, lexicon: str = LEXICON, patterns: str = PATTERNS) -> Path:
    """A grammar of one's own in `path`."""
    (path / "lexicon.txt").write_text(lexicon, encoding="utf-8")
    (path / "patterns.txt").write_text(patterns, encoding="utf-8")
    return path


# ------------------------------------------------------------------ the book's own sentences


@pytest.mark.parametrize(
    ("name", "translations", "mass", "entropy"),
    [
        ("R1", 10, 0.2520, 2.1072),
        ("R2", 8, 0.28875, 1.8613),
        ("R3", 24, 0.1377, 2.8174),
        ("R4", 12, 0.2200, 2.2182),
    ],
)
def test_the_running_examples_have_the_printed_figures(grammar, name, translations, mass, entropy):
    thai = grammar.running_example(name).thai
    assert len(grammar.translations(thai)) == translations
    assert grammar.mode_probability(thai) == pytest.approx(mass, abs=5e-5)
    assert grammar.entropy(thai) == pytest.approx(entropy, abs=5e-5)


def test_r1_is_the_printed_table(grammar):
    printed = {
        "We have tried it before .": 0.2520,
        "I 've tried it before .": 0.1584,
        "I have tried it before .": 0.1540,
        "He has tried it before .": 0.1000,
        "I tried it once .": 0.0792,
        "We tried it once .": 0.0700,
        "I have tried it already .": 0.0660,
        "I tried it before .": 0.0528,
        "I 've tried it already .": 0.0396,
        "We have tried it already .": 0.0280,
    }
    assert dict(grammar.translations(R1)) == pytest.approx(printed)


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("R1", "We have tried it before ."),
        ("R2", "Those two students are reading the new book ."),
        ("R3", "He brought a book to show me ."),
        ("R4", "At that time I still did not know what to do next ."),
    ],
)
def test_the_running_examples_have_the_printed_modes(grammar, name, mode):
    assert grammar.mode(grammar.running_example(name).thai) == mode


def test_r2_r3_and_r4_factorise(grammar):
    factors = {
        "R2": [(0.75, 0.25), (0.7, 0.3), (0.55, 0.45)],
        "R3": [(0.45, 0.35, 0.2), (0.85, 0.15), (0.6, 0.4), (0.6, 0.4)],
        "R4": [(0.5, 0.3, 0.2), (0.55, 0.45), (0.8, 0.2)],
    }
    for name, parts in factors.items():
        expected = sorted((math.prod(p) for p in itertools.product(*parts)), reverse=True)
        found = [p for _, p in grammar.translations(grammar.running_example(name).thai)]
        assert found == pytest.approx(expected), name


def test_greedy_on_r1_is_the_printed_third_best(grammar):
    assert grammar.greedy(R1) == "I have tried it before ."


def test_a_running_example_carries_romanisation_gloss_and_meaning(grammar):
    example = grammar.running_example("R1")
    assert example.romanisation == "khoei long tham laeo khrap"
    assert example.gloss == ("EXP", "try", "do", "already", "POL.M")
    assert "".join(example.words) == example.thai == R1
    assert example.meaning.startswith("Somebody")


def test_the_romanisations_are_the_printed_ones(grammar):
    printed = {
        "R2": "nakrian song khon nan kamlang an nangsue lem mai",
        "R3": "khao ao nangsue ma hai du",
        "R4": "ton nan phom yang mai ru wa cha tham yangrai to pai",
        "M3": "khao an nangsue laeo",
        "M4": "khao khoei an nangsue lem ni",
    }
    assert {n: grammar.running_example(n).romanisation for n in printed} == printed


def test_an_unknown_running_example_is_refused_with_the_known_ones(grammar):
    with pytest.raises(CorpusError, match="'R9'; there are R1, R2"):
        grammar.running_example("R9")


# ------------------------------------------------------------------ a true distribution


def test_probabilities_sum_to_one_over_distinct_texts(grammar, sources):
    for source in sources:
        found = grammar.translations(source)
        assert math.fsum(p for _, p in found) == pytest.approx(1, abs=1e-9)
        assert len({text for text, _ in found}) == len(found)


def test_translations_and_nbest_are_sorted_best_first(grammar, sources):
    for source in sources[:100]:
        probabilities = [p for _, p in grammar.nbest(source, 7)]
        assert probabilities == sorted(probabilities, reverse=True)
        assert grammar.nbest(source, 1)[0].text == grammar.mode(source)


def test_log_prob_agrees_with_the_enumeration(grammar, sources):
    for source in sources[:50]:
        for text, probability in grammar.translations(source):
            assert grammar.log_prob(text, source) == pytest.approx(math.log(probability))


def test_what_is_no_translation_has_no_probability(grammar):
    assert grammar.log_prob("We have tried it .", R1) == -math.inf


def test_entropy_is_that_of_the_enumeration(grammar, sources):
    for source in sources[:100]:
        p = np.array([p for _, p in grammar.translations(source)])
        assert grammar.entropy(source) == pytest.approx(-(p * np.log(p)).sum())


def test_samples_come_as_often_as_their_probability_says(grammar):
    rng, n = np.random.default_rng(5), 5_000
    seen = Counter(grammar.sample(R1, rng) for _ in range(n))
    expected = {text: n * p for text, p in grammar.translations(R1)}
    chi_square = sum((seen[text] - e) ** 2 / e for text, e in expected.items())
    assert set(seen) <= set(expected)
    assert chi_square < 27.9  # 9 degrees of freedom: exceeded once in a thousand


def test_a_source_has_at_most_1500_translations(grammar, sources):
    assert max(len(grammar.translations(source)) for source in sources) <= 1_500


def test_an_ambiguous_source_mixes_its_derivations_by_prior(tmp_path):
    twice = PATTERNS + "also *3: แมว มา => here comes the cat .\n"
    grammar = load_grammar(folder=folder(tmp_path, patterns=twice))
    # priors: 1/4 of the drawings times 3/5 for the cat, the first by Zipf's law, against 3/4
    cat = 0.25 * 0.6 / (0.25 * 0.6 + 0.75)
    assert math.exp(grammar.log_prob("Here comes the cat .", "แมวมา")) == pytest.approx(1 - cat)
    assert math.exp(grammar.log_prob("The cat came .", "แมวมา")) == pytest.approx(0.4 * cat)


def test_a_source_outside_the_grammar_is_refused_and_shown(grammar):
    with pytest.raises(CorpusError, match="เคยลองทำมาก่อนใช่ไหม"):
        grammar.translations("เคยลองทำมาก่อนใช่ไหม")


def test_a_pickled_grammar_is_the_same_grammar(grammar):
    assert pickle.loads(pickle.dumps(grammar)).translations(R1) == grammar.translations(R1)


# ------------------------------------------------------------------ the register coupling


def test_the_formal_register_sharpens_what_follows_it(tmp_path):
    patterns = PATTERNS.replace("the $n {.6 comes | .4 came}", "@who {.6 a $n | .4 the $n}")
    grammar = load_grammar(folder=folder(tmp_path, patterns=patterns))
    found = dict(grammar.translations("แมวมา"))
    sharp = 0.6**4 / (0.6**4 + 0.4**4)
    assert found["He a cat ."] == pytest.approx(0.55 * 0.6)
    assert found["They a cat ."] == pytest.approx(0.45 * sharp)


def test_entropy_and_mode_mass_are_in_the_calibrated_range(grammar, sources):
    assert 2.2 <= np.mean([grammar.entropy(s) for s in sources]) <= 2.8
    assert 0.25 <= np.mean([grammar.mode_probability(s) for s in sources]) <= 0.35


def test_greedy_misses_the_mode_on_most_sources(grammar, sources):
    misses = np.mean([grammar.greedy(s) != grammar.mode(s) for s in sources])
    found = np.mean([math.exp(grammar.log_prob(grammar.greedy(s), s)) for s in sources])
    assert misses >= 0.5
    assert found <= 2 / 3 * np.mean([grammar.mode_probability(s) for s in sources])


def test_the_mode_scores_higher_than_exact_greedy(grammar, sources):
    rng = np.random.default_rng(7)

    def bleu(hypotheses: list[str]) -> float:
        draws = np.random.default_rng(7).spawn(4)
        references = [[grammar.sample(s, draw) for s in sources] for draw in draws]
        scorer = sacrebleu.BLEU(tokenize="13a", force=True)
        return np.mean([scorer.corpus_score(hypotheses, [r]).score for r in references])

    mode, greedy = bleu([grammar.mode(s) for s in sources]), bleu([*map(grammar.greedy, sources)])
    assert mode - greedy >= 1.4
    assert mode - bleu([grammar.sample(s, rng) for s in sources]) >= 4


# ------------------------------------------------------------------ the ambiguity dial


def test_ambiguity_zero_leaves_the_mode_alone(grammar, sources):
    certain = load_grammar(ambiguity=0)
    assert all(certain.translations(s) == ((grammar.mode(s), 1.0),) for s in sources[:50])


def test_the_ambiguity_dial_tempers_the_whole_sentence(grammar):
    raised = np.array([p for _, p in grammar.translations(R1)]) ** (1 / 3)
    flat = load_grammar(ambiguity=3)
    assert [p for _, p in flat.translations(R1)] == pytest.approx(list(raised / raised.sum()))
    assert [t for t, _ in flat.translations(R1)] == [t for t, _ in grammar.translations(R1)]


def test_a_negative_ambiguity_is_refused():
    with pytest.raises(CorpusError, match="ambiguity -1"):
        load_grammar(ambiguity=-1)


# ------------------------------------------------------------------ the coupling dial


@pytest.mark.parametrize(
    ("coupling", "casual", "formal"),
    [(1, (0.7, 1), (0.5, 4)), (0.5, (0.65, 2**0.5), (0.55, 8**0.5)), (0, (0.6, 2), (0.6, 2))],
)
def test_coupling_draws_weights_and_powers_to_their_means(tmp_path, coupling, casual, formal):
    patterns = PATTERNS.replace("{.6 comes | .4 came}", "").replace(
        "the $n", "@who {.7/.5 a $n | .3/.5 the $n}"
    )
    grammar = load_grammar(folder=folder(tmp_path, patterns=patterns), coupling=coupling)
    found = dict(grammar.translations("แมวมา"))
    for who, share, (weight, power) in (("He", 0.55, casual), ("They", 0.45, formal)):
        sharp = weight**power / (weight**power + (1 - weight) ** power)
        assert found[f"{who} a cat ."] == pytest.approx(share * sharp)


def test_without_coupling_the_likeliest_words_make_the_likeliest_sentence(sources):
    def apart(grammar: Grammar) -> float:
        return np.mean([grammar.greedy(s) != grammar.mode(s) for s in sources])

    assert apart(load_grammar()) > 0.5
    assert apart(load_grammar(coupling=0)) < 0.1


def test_coupling_changes_how_likely_translations_are_not_which_there_are(grammar, sources):
    free = load_grammar(coupling=0)
    for source in sources[:20]:
        found = dict(free.translations(source))
        assert sum(found.values()) == pytest.approx(1)
        assert found.keys() == dict(grammar.translations(source)).keys()


@pytest.mark.parametrize("coupling", [-0.1, 1.1, float("nan")])
def test_a_coupling_beyond_its_range_is_refused(coupling):
    with pytest.raises(CorpusError, match="coupling .* should be from 0"):
        load_grammar(coupling=coupling)


# ------------------------------------------------------------------ Thai and English text


def test_sources_are_normalised_thai_without_spaces(sources):
    assert all(normalise(source) == source and " " not in source for source in sources)


def test_the_words_of_a_source_make_it_up(grammar, sources):
    assert all("".join(grammar.words(source)) == source for source in sources)
    assert 5 <= np.mean([len(grammar.words(source)) for source in sources]) <= 8


def test_the_gloss_names_every_word(grammar):
    source = "เขาเอาหนังสือมาให้ดู"
    assert [gloss.gloss for gloss in grammar.gloss(source)][:3] == ["3rd.person", "take", "book"]


def test_translations_are_tokenised_capitalised_and_closed(grammar, sources):
    for text, _ in itertools.chain.from_iterable(map(grammar.translations, sources[:200])):
        assert text == " ".join(text.split()) and not text[0].islower()
        assert text.endswith((" .", " ?")) and not set(text) & set("$@~{}|=<>!")


def test_a_and_an_agree_with_the_next_word(grammar, sources):
    for text, _ in itertools.chain.from_iterable(map(grammar.translations, sources)):
        for article, word in itertools.pairwise(text.lower().split()):
            wrong = {"a": word[0] in "aeiou", "an": word[0] not in "aeiouh"}
            assert not wrong.get(article), text


def test_subjects_agree_with_their_verbs(grammar, sources):
    wrong = {"i": {"is", "are", "has"}, "we": {"is", "am", "was", "has"}, "he": {"are", "have"}}
    wrong |= {"she": wrong["he"] | {"am", "were"}, "they": wrong["we"]}
    for text, _ in itertools.chain.from_iterable(map(grammar.translations, sources)):
        for subject, verb in itertools.pairwise(text.lower().split()):
            assert verb not in wrong.get(subject, ()), text


def test_the_lexicon_and_the_patterns_are_large_enough(grammar):
    assert len({entry.thai for entry in grammar.lexicon.entries}) >= 400
    assert len(grammar.rules.patterns) >= 60


@pytest.mark.parametrize(
    ("written", "form", "expected"),
    [
        ("go/went/gone to bed", "ing", "going to bed"),
        ("run/ran/run/running", "ing", "running"),
        ("study", "s", "studies"),
        ("have/had/had dinner", "s", "has dinner"),
        ("do/did/done the laundry", "s", "does the laundry"),
        ("bake the cake", "past", "baked the cake"),
    ],
)
def test_verbs_are_inflected_by_rule_or_as_written(written, form, expected):
    assert verb_forms(written)[form] == expected


def test_nouns_inflect_their_last_word():
    assert noun_forms("bus stop")["pl"] == "bus stops"
    assert noun_forms("cup/cups of tea")["pl"] == "cups of tea"
    assert noun_forms("child/children")["pl"] == "children"


def test_an_follows_sound_not_spelling():
    assert finish("a old man has a useful umbrella") == "An old man has a useful umbrella"
    assert finish("he waited a hour") == "He waited an hour"


# ------------------------------------------------------------------ alignment


def test_alignment_points_at_the_thai_words(grammar):
    source = "นักเรียนสองคนนั้นกำลังอ่านหนังสือเล่มใหม่"
    target = "Those two students are reading the new book ."
    words = target.split()
    found = {words[i]: source[a:b] for i, (a, b) in grammar.alignment(source, target)}
    assert found == {
        "Those": "นั้น",
        "two": "สอง",
        "students": "นักเรียน",
        "reading": "อ่าน",
        "new": "ใหม่",
        "book": "หนังสือ",
    }


def test_most_sources_have_an_alignment_inside_the_text(grammar, sources):
    aligned = [(s, grammar.alignment(s, grammar.mode(s))) for s in sources[:100]]
    assert np.mean([bool(pairs) for _, pairs in aligned]) > 0.95
    assert all(0 <= a < b <= len(s) for s, pairs in aligned for _, (a, b) in pairs)


def test_what_is_no_translation_has_no_alignment(grammar):
    assert grammar.alignment(R1, "We have tried it .") == ()


# ------------------------------------------------------------------ the corpus


def test_the_tiny_preset_has_its_sizes(tiny):
    assert (len(tiny.train), len(tiny.dev), len(tiny.tests["test"])) == (6_000, 400, 1_000)


def test_no_source_stands_twice_in_any_split(tiny):
    every = tiny.train.source + tiny.dev.source + tiny.tests["test"].source
    assert len(set(every)) == len(every)


def test_no_running_example_is_in_a_split(tiny):
    examples = {tiny.grammar.running_example(n).thai for n in tiny.grammar.running_examples}
    every = tiny.train.source + tiny.dev.source + tiny.tests["test"].source
    assert not examples & set(every)


@pytest.mark.parametrize(
    ("words", "english"),
    [
        ("ลองทำ", "tried it before"),  # R1
        ("กำลังอ่านหนังสือเล่ม", "reading the new book"),  # R2
        ("มาให้ดู", "to show me"),  # R3
        ("ทำอย่างไรต่อไป", "what to do next"),  # R4
    ],
)
def test_the_running_examples_have_their_verbs_and_frames_in_train(words, english):
    train = minitalks("standard").train
    family = [target for source, target in train if words in source]
    assert len(family) >= 5
    assert any(english in target for target in family)


def test_no_source_has_two_modes(tiny):
    for pairs in (tiny.train, tiny.dev, tiny.tests["test"]):
        for source in pairs.source:
            best, *others = tiny.grammar.nbest(source, 2)
            assert all(other.probability < best.probability - 1e-9 for other in others), source


def test_every_target_and_reference_is_a_translation(tiny):
    test = tiny.tests["test"]
    assert len(test.references) == 4 and test.target == test.references[0]
    for lines in (*test.references, *tiny.dev.references):
        split = test.source if lines in test.references else tiny.dev.source
        pairs = zip(split, lines, strict=True)
        assert all(tiny.grammar.log_prob(y, x) > -math.inf for x, y in pairs)


def test_train_targets_are_samples_of_the_grammar(tiny):
    surprise = -np.mean([tiny.grammar.log_prob(y, x) for x, y in tiny.train.head(1_000)])
    entropy = np.mean([tiny.grammar.entropy(x) for x in tiny.train.head(1_000).source])
    assert surprise == pytest.approx(entropy, abs=0.12)


def test_the_same_seed_gives_the_same_corpus(tiny):
    again, other = minitalks("tiny", seed=3), minitalks("tiny", seed=4)
    assert again.train.fingerprint == tiny.train.fingerprint
    assert again.dev.fingerprint == tiny.dev.fingerprint != other.dev.fingerprint


def test_english_has_at_most_a_thousand_word_forms(tiny):
    assert len({word for target in tiny.train.target for word in target.split()}) <= 1_000


def test_turning_a_dial_leaves_the_sources_alone(tiny):
    turned = minitalks("tiny", seed=3, noise=0.2, ambiguity=3, word_noise=0.1, coupling=0)
    assert turned.train.source == tiny.train.source
    assert turned.tests["test"].source == tiny.tests["test"].source


def test_noise_gives_a_known_share_another_pairs_target(tiny):
    noisy = minitalks("tiny", seed=3, noise=0.2)
    changed = set(noisy.train.noisy)
    assert len(changed) == 1_200
    assert sorted(noisy.train.target) == sorted(tiny.train.target)
    clean = [i for i in range(6_000) if i not in changed]
    assert all(noisy.train.target[i] == tiny.train.target[i] for i in clean)
    assert noisy.dev == tiny.dev


def test_misalignment_is_a_derangement():
    targets = tuple(f"target {i}" for i in range(50))
    shuffled, rows = misalign(targets, 1.0, np.random.default_rng(0))
    assert rows == tuple(range(50))
    assert all(a != b for a, b in zip(targets, shuffled, strict=True))


def test_word_noise_changes_words_at_its_rate_and_says_where():
    targets = ("one two three four .",) * 2_000
    damaged, rows = replace_words(targets, 0.1, np.random.default_rng(0))
    assert rows == tuple(i for i, (a, b) in enumerate(zip(targets, damaged, strict=True)) if a != b)
    lost = sum(len(a.split()) - len(b.split()) for a, b in zip(targets, damaged, strict=True))
    assert lost / 8_000 == pytest.approx(0.05, abs=0.01)
    assert all(line.endswith(".") for line in damaged)


def test_the_files_are_described_by_their_checksums(tiny):
    assert [row["file"] for row in tiny.files] == [
        "data/minitalks/lexicon.txt",
        "data/minitalks/patterns.txt",
    ]
    assert all(len(row["sha256"]) == 64 and row["sentences"] > 100 for row in tiny.files)


def test_an_unknown_preset_is_refused():
    with pytest.raises(CorpusError, match="'huge'; there are tiny, standard"):
        minitalks("huge")


def test_a_share_of_noise_above_one_is_refused():
    with pytest.raises(CorpusError, match=r"noise 1\.5"):
        minitalks("tiny", noise=1.5)


def test_asking_for_more_sources_than_there_are_is_refused(tmp_path):
    grammar = load_grammar(folder=folder(tmp_path))
    with pytest.raises(CorpusError, match="only 2 of 3"):
        grammar.sample_sources(3, np.random.default_rng(0))


# ------------------------------------------------------------------ a file with a mistake in it


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{.6 comes | .4 came}", "{.6 comes | .5 came}", r"patterns.txt:11: .*0\.6 \+ 0\.5.*1\.1"),
        ("{.6 comes | .4 came}", "{comes | .4 came}", "patterns.txt:11: .*weight .* 'comes'"),
        ("{.6 comes | .4 came}", "{.6 comes | .4 came", "never closed"),
        ("{.6 comes | .4 came}", ".6 comes | .4 came}", "never opened"),
        ("{.6 comes | .4 came}", "{.6/.5/.5 a | .4/.5/.5 b}", r"2 \(one for each register\)"),
        ("the $n", "the $m", r"slot \$m is not on the Thai side \(n\)"),
        ("the $n", "the $n.past", "a form 'past'"),
        ("the $n", "@whom", "shared choice @whom is not defined"),
        ("the $n", "@who(n)", r"@who takes 0 slots, not \['n'\]"),
        ("the $n", "!polite", "register 'polite' is none of casual, formal"),
        ("the $n", "=you", "subject 'you' is none of he, they"),
        ("the $n", "=he ~my", "agreeing word 'my' is none of name, i, be, third"),
        ("<n:who>", "<n:whom>", "class <whom> is not in the lexicon"),
        ("มา =>", "ไป =>", "the Thai word 'ไป' is not in the lexicon"),
        ("มา =>", "<m.clf> มา =>", "<m.clf> counts slot 'm', which is not there"),
        ("comes: <n:who>", "<n:who>", "should read name: thai => english"),
        ("they are no", "they are", "3 cells where the heading has 4"),
        ("formal 4", "formal four", "register 'formal' needs a power, not 'four'"),
        ("formal 4", "formal 0", "register 'formal' needs a power above 0, not '0'"),
        ("[choices]", "[choice]", r"section \[choice\] is none of"),
        ("who = {", "who: {", "should read name = … or name"),
        ("{.6 comes | .4 came}", "{.5 a | .5 b} " * 11, "could have 2048 translations"),
    ],
)
def test_a_mistake_in_the_patterns_is_named_with_its_line(tmp_path, old, new, message):
    assert old in PATTERNS
    place = folder(tmp_path, patterns=PATTERNS.replace(old, new))
    with pytest.raises(CorpusError, match=message):
        load_grammar(folder=place)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("| cat |", "| cat .7; kitten .2 |", r"lexicon.txt:2: .*add up to 0\.9"),
        ("| cat | ตัว", "| cat", "lexicon.txt:2: noun 'แมว' has no classifier"),
        ("แมว | maeo | cat | ตัว", "แมว maeo cat", "has 1 columns"),
        ("[who: noun]", "[who: thing]", "lexicon.txt:1: kind 'thing' is none of noun, verb, word"),
        ("[who: noun]", "[who = them]", "class 'them' is not defined above"),
        ("[who: noun]", "[who]", r"\[who\] is no class"),
        ("แมว", "น\u0e4d\u0e32", r"lexicon.txt:2: .*U\+0E33"),
    ],
)
def test_a_mistake_in_the_lexicon_is_named_with_its_line(tmp_path, old, new, message):
    assert old in LEXICON
    place = folder(tmp_path, lexicon=LEXICON.replace(old, new))
    with pytest.raises(CorpusError, match=message):
        load_grammar(folder=place)


def test_two_patterns_of_one_name_are_refused(tmp_path):
    place = folder(tmp_path, patterns=PATTERNS + "comes: มา => come .\n")
    with pytest.raises(CorpusError, match="the name 'comes' is taken"):
        load_grammar(folder=place)


def test_an_example_with_a_slot_is_refused(tmp_path):
    place = folder(tmp_path, patterns=PATTERNS + "[examples]\nX: <n:who> มา => it .\n")
    with pytest.raises(CorpusError, match="example 'X' has a slot"):
        load_grammar(folder=place)


def test_an_agreeing_word_that_a_subject_lacks_is_refused(tmp_path):
    lacking = PATTERNS.replace("they  they", "they  -").replace("the $n", "@who ~i")
    with pytest.raises(CorpusError, match="has no form"):
        load_grammar(folder=folder(tmp_path, patterns=lacking))


def test_a_folder_without_the_files_is_refused(tmp_path):
    with pytest.raises(CorpusError, match="lexicon.txt could not be read"):
        load_grammar(folder=tmp_path)


def test_an_indented_line_continues_the_pattern_above(tmp_path):
    broken = PATTERNS.replace("=> the", "=>  # the English side\n    the")
    assert len(load_grammar(folder=folder(tmp_path, patterns=broken)).translations("แมวมา")) == 2


def test_an_example_has_its_sentence_to_itself(tmp_path):
    place = folder(tmp_path, patterns=PATTERNS + "[examples]\nX: แมว มา => it . // A cat.\n")
    grammar = load_grammar(folder=place)
    assert grammar.translations("แมวมา") == (("It .", 1.0),)
    assert len(derivations(grammar.rules, "แมวมา")) == 1


def test_the_data_card_says_what_the_text_is():
    card = (shipped("data/minitalks") / "README.md").read_text(encoding="utf-8")
    assert all(word in card for word in ("synthetic", "by construction", "judged only by"))


def test_the_running_examples_verbs_agree_with_their_subjects(grammar) -> None:
    said = [t.text for t in grammar.translations(grammar.running_example("R3").thai)]
    assert "They bring a book to show us ." in said
    assert not any(text.startswith("They brings") for text in said)
