"""No number of a chapter is typed in: it is cited, computed, known by the grammar, or listed."""

import math
import re
from itertools import accumulate
from pathlib import Path

import pytest
import torch

import kdlab as kd

ROOT = Path(__file__).resolve().parents[1]
CHAPTERS = sorted((ROOT / "book" / "chapters").glob("[0-9]*.md"))
NUMBER = re.compile(r"(?<![\w.,])[−+-]?\d*\.\d+(?!\w|\.\d)")

# What no cell computes, and why it may stand.
LISTED = {
    "01": {"1051.3": "table 2 of the paper, as the list's name says", "101.9": "the same"},
    "02": {
        "1.5": "a length ratio, as an example of a dial", ".7": "a share, as an example",
        ".5623": "the entropy of R2's first choice, worked out beside it", ".6109": "its second's",
        ".6881": "its third's", ".2888": "R2's mode, .28875",
    },
    "03": {".42": "an invented student's probability", ".67": "the same, in words"},
    "04": {
        ".61": "1 less a sum that the paragraph writes out", "3.97": "1 over it",
        ".07": "R1's eighth sentence, rounded", ".22": "R4's mode, rounded",
    },
    "05": {"2.107": "R1's entropy"},
    "07": {
        ".669": "λ's ends, worked out above", ".819": "the same", "53.7": "worked out beside it",
        "32.5": "the same",
    },
    "09": {".9": "a threshold of the drawing", ".25": "an even share of four"},
    "10": {
        ".05": "the level of a test", ".5": "a half", ".275": "R1's target, worked out beside it",
        ".675": "the same", ".693": "log 2",
        **dict.fromkeys(
            ("25.37", "26.45", "25.9", "26.5", "27.5", "31.75", "2.17", "4.86"),
            "a prediction about the table that is cited below it",
        ),
    },
    "11": {".775": "worked out beside it"},
    "12": {".9": "a belief", ".6": "the invented share"},
    "13": {".05": "an invented loss", ".73": "the vector's loss, rounded from the cell above"},
    "18": {".93": "the entropy of R1's first word"},
    "20": {".4": "a colleague's invented gain"},
    "21": {".41": "a peak's place in the drawing"},
}  # fmt: skip


def value(text: str) -> str:
    """A number without sign and outer zeros, as one writes it in the book: ".55"."""
    return text.lstrip("+−-").lstrip("0").rstrip("0")


def blocks(markdown: str) -> list[str]:
    """Directives whole, with what is in them, and paragraphs between them."""
    found, lines, i = [], markdown.split("\n"), 0
    paragraph: list[str] = []
    while i < len(lines):
        if fence := re.match(r"^(`{3,})\{", lines[i]):
            end = next(j for j in range(i + 1, len(lines)) if lines[j].strip() == fence[1])
            found += ["\n".join(paragraph), "\n".join(lines[i : end + 1])]
            paragraph, i = [], end + 1
            continue
        if lines[i].strip():
            paragraph.append(lines[i])
        else:
            found.append("\n".join(paragraph))
            paragraph = []
        i += 1
    return [block for block in [*found, "\n".join(paragraph)] if block]


def known() -> set[str]:
    """What follows from R1 to R4 and from the test vector: probabilities, shares, entropies."""
    numbers = []
    grammar = kd.load_corpus("minitalks", preset="tiny").grammar
    for name in ("R1", "R2", "R3", "R4"):
        p = {
            t.text: t.probability for t in grammar.translations(grammar.running_example(name).thai)
        }
        numbers += [*p.values(), -sum(q * math.log(q) for q in p.values())]
        begins: dict[tuple[str, ...], float] = {}
        for text, q in p.items():
            for prefix in accumulate(([word] for word in text.split()), lambda a, b: a + b):
                begins[tuple(prefix)] = begins.get(tuple(prefix), 0) + q
        numbers += [q / begins.get(prefix[:-1], 1) for prefix, q in begins.items()]
        for word in {word for text in p for word in text.split()}:
            numbers.append(sum(q for text, q in p.items() if word in text.split()))
    teacher = torch.tensor([2.0, 1.0, 0.5, 0.0, -1.0, -2.0]).softmax(-1)
    student = torch.tensor([0.5, 1.5, 0.0, 0.2, -0.5, -1.0]).softmax(-1)
    numbers += [*teacher.tolist(), *student.tolist()]
    numbers.append((teacher * (teacher / student).log()).sum().item())
    return {value(f"{x:.{digits}f}") for x in numbers for digits in (2, 3, 4, 6)}


def typed_in(markdown: str, number: str, held: set[str]) -> list[str]:
    """The numbers of a chapter's text that nothing holds. held: see `known`"""
    found = blocks(re.sub(r"^---\n.*?\n---\n", "", markdown, flags=re.DOTALL))
    code = "\n".join(block for block in found if block.startswith("```{code-cell}"))
    checks = ROOT / "kdlab" / "checks" / f"chapter{number}.py"
    code += checks.read_text("utf-8") if checks.exists() else ""
    held = held | {value(x) for x in re.findall(r"\d*\.\d+", code)}
    held |= {value(x) for x in LISTED.get(number, {})}
    bad, inside = [], False
    for block in found:
        if re.match(r"`{3,}\{(exercise|solution)-(start|end)", block):
            inside = "-start" in block.split("\n")[0]
        exercise = inside or re.match(r"`{3,}\{(exercise|solution|code-cell)\b", block)
        if exercise or "{cite" in block or "ublished" in block:
            continue
        bad += [x for x in NUMBER.findall(block) if value(x) not in held]
    return bad


@pytest.fixture(scope="module")
def held() -> set[str]:
    return known()


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_numbers_are_computed_cited_known_or_listed(chapter: Path, held: set[str]) -> None:
    assert typed_in(chapter.read_text("utf-8"), chapter.stem[:2], held) == []


def test_a_planted_number_is_found(held: set[str]) -> None:
    chapter = CHAPTERS[5].read_text("utf-8")
    planted = chapter.replace("## The long run", "The student has 25.3 BLEU.\n\n## The long run")
    assert typed_in(planted, CHAPTERS[5].stem[:2], held) == ["25.3"]


def test_a_cited_one_may_stand(held: set[str]) -> None:
    assert typed_in("It has 25.3 {cite}`kim2016`.", "99", held) == []
