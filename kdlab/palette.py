"""How a system looks in every figure of the book: one name, one colour, one shape."""

import hashlib
import re
from dataclasses import dataclass, replace
from itertools import chain, count


@dataclass(frozen=True)
class Look:
    """name: in text; colour: hex, at least 3:1 on white and on black; marker: matplotlib's code;
    shape: the same mark as a character, so that no reader needs the colour; dashed: its line, where
    it departs from its preset."""

    name: str
    colour: str
    marker: str
    shape: str
    dashed: bool = False


def _letter(name: str, colour: str, shape: str) -> Look:
    """A system whose mark is a character: there are more systems than plain marks."""
    return Look(name, colour, rf"$\mathbf{{{shape}}}$", shape)


# The palette of Okabe & Ito (2008), whose colours stay apart for colour-blind readers.
LOOKS = {
    "teacher": Look("teacher", "#767676", "s", "■"),
    "lstm": _letter("LSTM", "#0f7fc0", "l"),
    "baseline": Look("student on gold", "#d55e00", "o", "●"),
    "word_kd": Look("Word-KD student", "#c2669b", "D", "◆"),
    "seq_kd": Look("Seq-KD student", "#0f7fc0", "^", "▲"),
    "seq_inter": Look("Seq-Inter student", "#009e73", "v", "▼"),
    "seq_kd_word_kd": Look("Seq-KD + Word-KD student", "#8a7a00", "P", "✚"),
    "seq_kd_gnmt": Look("Seq-KD, length rule", "#0f7fc0", ">", "▶"),
    "seq_kd_cross_fitted": Look("Seq-KD, cross-fitted", "#0f7fc0", "X", "✖"),
    # Controls and relatives share the grey of the reference line, or their method's colour.
    "canonical": Look("true mode", "#767676", "*", "★"),
    "alphabet": _letter("first in the alphabet", "#767676", "α"),
    "fresh": Look("fresh references", "#767676", "p", "⬟"),
    "dropped": Look("noise dropped", "#767676", "<", "◀"),
    "repaired": Look("noise repaired", "#767676", "8", "⯃"),
    "base_and_kd": Look("base+kd", "#00809b", "d", "◊"),
    "base_and_base": Look("base+base", "#767676", "H", "⬣"),
    "base_and_reference": Look("base+reference", "#767676", "h", "⬢"),
    "base_and_best_2": _letter("base+best-2", "#00809b", "2"),
    "base_kd_and_bt": _letter("base+kd+bt", "#00809b", "t"),
    "without_correlation": _letter("top word only", "#8a7a00", "1"),
    "without_top1": _letter("top word moved to gold", "#009e73", "m"),
    "top_k": _letter("five best only", "#8a7a00", "5"),
    "permuted_tail": _letter("permuted tail", "#8a7a00", "x"),
    "matched_smoothing": Look("as unsure as the teacher", "#767676", ".", "◈"),
    "where_differs": _letter("top word only where ≠ y", "#c2669b", "≠"),
    "where_agrees": _letter("top word only where = y", "#c2669b", "Y"),
    # Methods of chapters 13 to 21: the colour says what each varies, the letter which it is.
    "label_smoothing": _letter("label smoothing", "#d55e00", "ε"),
    "selective_batch": _letter("Selective KD, batch", "#c2669b", "B"),
    "selective_global": _letter("Selective KD, queue", "#c2669b", "Q"),
    "knn_kd": _letter("kNN-KD student", "#c2669b", "K"),
    "annealing": _letter("Annealing KD student", "#c2669b", "A"),
    "ranking": _letter("Word-KD with ranking", "#c2669b", "R"),
    "tie_kd": _letter("TIE-KD student", "#c2669b", "T"),
    "layers": _letter("layers matched", "#8a7a00", "L"),
    "selective_all": _letter("Selective KD, all words", "#8a7a00", "a"),
    "selective_easy": _letter("Selective KD, easy words", "#767676", "e"),
    "knn_kd_others": _letter("kNN-KD, other places only", "#767676", "k"),
    "annealing_constant": _letter("Annealing KD, Φ = 1", "#767676", "c"),
    "annealing_one_stage": _letter("Annealing KD, stage I", "#767676", "i"),
    "layers_combined": _letter("all layers matched", "#8a7a00", "C"),
    "layers_decoder": _letter("decoder layers matched", "#8a7a00", "d"),
    "layers_wrong": _letter("wrong sentence matched", "#767676", "w"),
    "back_translated": _letter("back-translation", "#00809b", "b"),
    "hidden": _letter("top states matched", "#8a7a00", "U"),
    "hidden_then_gold": _letter("top states, then gold", "#8a7a00", "y"),
    "hybrid": _letter("Hybrid, learned gate", "#8a7a00", "H"),
    "random_gate": _letter("Hybrid, random gate", "#767676", "?"),
    "free_gate": _letter("Hybrid, gate not centred", "#767676", "u"),
    "fixed": _letter("Hybrid, fixed gate", "#767676", "g"),
    "token": _letter("words only", "#c2669b", "W"),
    "sentence": _letter("sentences only", "#0f7fc0", "S"),
    "reverse_kl": _letter("reverse KL", "#c2669b", "←"),
    "jensen_shannon": _letter("Jensen-Shannon", "#c2669b", "J"),
    "total_variation": _letter("total variation", "#c2669b", "V"),
    "on_policy": _letter("on-policy student", "#c2669b", "P"),
    "sampled_twice": _letter("student on two samples", "#0f7fc0", "Ḋ"),
    "sampled": _letter("student on samples", "#0f7fc0", "D"),
    "round_trip": _letter("round trip", "#00809b", "⇄"),
    "born_again": _letter("born again", "#0f7fc0", "N"),
    # Kim & Rush's tables 1 and 3: fine-tuned on the teacher's sentence nearest to gold, and pruned.
    "baseline_seq_inter": _letter("gold, then Seq-Inter", "#009e73", "F"),
    "word_kd_seq_inter": _letter("Word-KD, then Seq-Inter", "#009e73", "M"),
    "seq_kd_seq_inter": _letter("Seq-KD, then Seq-Inter", "#009e73", "Z"),
    "all_three": _letter("all three", "#009e73", "3"),
    "teacher_more": _letter("teacher, then gold", "#767676", "G"),
    "teacher_seq_inter": _letter("teacher, then Seq-Inter", "#767676", "E"),
    "baseline_more": _letter("gold, then gold", "#d55e00", "⊕"),
    "seq_kd_again": _letter("Seq-KD, trained again", "#0f7fc0", "⟳"),
    "seq_kd_more": _letter("Seq-KD, then Seq-KD", "#0f7fc0", "⊞"),
    "pruned": _letter("pruned", "#767676", "∅"),
    "retrained": _letter("pruned, trained again", "#009e73", "↻"),
}

# What a system's name ends in where it departs from the preset: the name's end, what a reader sees.
CONDITIONS = (
    (r"_longer", "longer"),
    (r"_last", "last weights"),
    (r"_beam5", "beam 5"),
    (r"_ivf", "inverted file"),
    (r"_early", "shorter"),
    (r"_scratch", "from scratch"),
    (r"(?<=seq_inter)_(\d+)", r"K = \1"),
    (r"_small", "small"),
    (r"_large", "teacher's size"),
    (r"_clear", "less ambiguity"),
    (r"_uncoupled", "no coupling"),
    (r"_plain", ""),
    (r"_of_teacher_w(\d+)", r"teacher of width \1"),
    (r"_w(\d+)", r"width \1"),
    (r"_noise(\d+)", r"noise .\1"),
    (r"_drop(\d+)", r"dropout .\1"),
    (r"(?:(?<=pruned)|(?<=retrained))_(\d+)", r"\1 %"),
    (r"(?:(?<=pruned)|(?<=retrained))_even_(\d+)", r"\1 % of each matrix"),
    (r"(?<=fixed)_0", "g = 0"),
    (r"(?<=fixed)_100", "g = 1"),
    (r"(?<=fixed)_(\d+)", r"g = .\1"),
)


COLOURS = ("#009e73", "#c2669b", "#8a7a00", "#00809b", "#d55e00", "#0f7fc0")  # all but the grey
_own: dict[str, Look] = {}  # of systems that are not the book's, so that no two share a mark


def look(system: str) -> Look:
    """How a system looks, by its name in a result file; a condition adds to its name, and dashes
    its line.

    A system that is not the book's goes by its own name, and its mark is two or three letters of
    that, which no other has: the book's have one.

    >>> look("seq_kd_large_drop20").name
    "Seq-KD student, teacher's size, dropout .20"
    """
    conditions: list[str] = []
    whole = system
    while system not in LOOKS:
        for end, text in CONDITIONS:
            if found := re.search(f"{end}$", system):
                conditions.insert(0, found.expand(text))
                system = system[: found.start()]
                break
        else:
            return _own.setdefault(whole, _look_of_ones_own(whole))
    base = LOOKS[system]
    said = [text for text in conditions if text]
    return replace(base, name=", ".join([base.name, *said]), dashed=bool(said))


def _look_of_ones_own(system: str) -> Look:
    """The letters its words begin with, "ek" for entropy_kd; other letters if these are taken."""
    digest = hashlib.sha256(system.encode()).hexdigest()
    words = re.findall(r"[0-9]+|[A-Za-z]+", system)
    first = "".join(word[:2] if len(words) == 1 else word[0] for word in words)[:3]
    taken = {one.shape for one in _own.values()}
    spare = (f"{(first or 'x')[:1]}{number:02x}" for number in count(int(digest[:2], 16)))
    mark = next(m for m in chain([first], spare) if len(m) > 1 and m not in taken)
    return _letter(system, COLOURS[int(digest, 16) % len(COLOURS)], mark)
