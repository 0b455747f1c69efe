"""Chapters as notebooks: what MyST says, in Markdown that any notebook shows."""

import pytest
from lowering.labels import Book, Label, collect
from lowering.notebook import lower_chapter
from lowering.parse import LoweringError
from pybtex.database import Entry, Person

PAGE = "chapters/06-seq"


@pytest.fixture
def book() -> Book:
    kim = Entry("inproceedings", {"year": "2016", "url": "https://example.org/k"})
    kim.persons["author"] = [Person("Kim, Yoon"), Person("Rush, Alexander M.")]
    post = Entry("inproceedings", {"year": "2018", "url": "https://example.org/p"})
    post.persons["author"] = [Person("Post, Matt")]
    elsewhere = {"ch05-eq": Label("chapters/05-soft", "equation", "5.1")}
    papers = {"kim2016": kim, "post2018": post}
    return Book("https://site", "https://repo", papers, elsewhere, {"mode mass"})


def lowered(book: Book, body: str) -> str:
    """The Markdown and code that a page with this body becomes, setup cell left out."""
    collect(book, PAGE, body, chapter=6)
    notebook = lower_chapter(book, PAGE, body)
    return "\n---\n".join(cell.source for cell in notebook.cells[1:])


def test_the_first_cell_installs_kdlab_only_where_it_is_missing(book):
    setup = lower_chapter(book, PAGE, "Text.").cells[0].source
    assert 'find_spec("kdlab") is None:\n    %pip install -q kdlab' in setup


def test_a_box_becomes_a_quote_under_its_title(book):
    body = "```{admonition} Trap: mean\n:class: trap\nNot over padding.\n```"
    assert lowered(book, body) == "> **Trap: mean**\n>\n> Not over padding."


def test_a_folded_box_stays_folded(book):
    body = "```{admonition} If you are stuck\n:class: stuck dropdown\nLook.\n```"
    expected = "<details><summary>If you are stuck</summary>\n\nLook.\n\n</details>"
    assert lowered(book, body) == expected


def test_boxes_inside_colon_fences_are_lowered_too(book):
    body = "::::{note}\nOne.\n\n:::{admonition} Inner\nTwo {math}`x`.\n:::\n::::"
    assert lowered(book, body).split("\n")[-3:] == ["> > **Inner**", "> >", "> > Two $x$."]


def test_a_box_in_a_list_item_stays_in_the_item(book):
    body = "- one\n\n  ```{note}\n  Two.\n  ```\n- three"
    assert lowered(book, body) == "- one\n\n  > **Note**\n  >\n  > Two.\n- three"


def test_citations_are_linked_to_the_paper(book):
    body = "{cite:t}`kim2016` and {cite}`kim2016,post2018`."
    kim = "[Kim and Rush, 2016](https://example.org/k)"
    post = "[Post, 2018](https://example.org/p)"
    assert (
        lowered(book, body) == f"[Kim and Rush (2016)](https://example.org/k) and ({kim}; {post})."
    )


def test_equations_carry_the_number_of_the_page(book):
    body = (
        "$$\na = b\n$$ (ch06-eq-a)\n\n```{math}\n:label: ch06-eq-b\nc\n```\n\nBy {eq}`ch06-eq-b`."
    )
    made = lowered(book, body)
    assert "$$\na = b \\tag{6.1}\n$$\n\n$$\nc \\tag{6.2}\n$$" in made
    assert made.endswith("By [(6.2)](https://site/chapters/06-seq.html#equation-ch06-eq-b).")


def test_an_equation_of_another_chapter_is_linked_to_its_page(book):
    link = "[(5.1)](https://site/chapters/05-soft.html#equation-ch05-eq)"
    assert lowered(book, "See {eq}`ch05-eq`.") == f"See {link}."


def test_a_section_is_referred_to_by_its_title(book):
    body = "(ch06-run)=\n## The run\n\nIn {ref}`ch06-run`, or {ref}`here <ch06-run>`."
    address = "https://site/chapters/06-seq.html#ch06-run"
    assert lowered(book, body) == f"## The run\n\nIn [The run]({address}), or [here]({address})."


def test_terms_and_pages_are_linked(book):
    made = lowered(
        book, "{term}`Mode mass`, the {term}`mass <mode mass>` of {doc}`that page <../intro>`."
    )
    address = "(https://site/appendices/glossary.html#term-mode-mass)"
    terms = f"[Mode mass]{address}, the [mass]{address}"
    assert made == f"{terms} of [that page](https://site/intro.html)."


def test_links_to_files_lead_to_the_repository(book):
    made = lowered(book, "[card](../../data/README.md#b), [next](07-x.md#y), `[a](b)`")
    card = "[card](https://repo/blob/main/data/README.md#b)"
    assert made == f"{card}, [next](https://site/chapters/07-x.html#y), `[a](b)`"


def test_footnotes_become_superscript_numbers(book):
    made = lowered(book, "One.[^a] Two.[^b]\n\n[^b]: Bee.\n\n[^a]: Ay.")
    notes = "<sup>[2]</sup> Bee.\n\n<sup>[1]</sup> Ay."
    assert made == f"One.<sup>[1]</sup> Two.<sup>[2]</sup>\n\n{notes}"


def test_a_figure_is_linked_on_the_site_with_alt_text_and_number(book):
    options = ":name: ch06-fig\n:alt: A tree.\n"
    body = f"```{{figure}} img/tree.png\n{options}The mode: {{cite:t}}`post2018`.\n```"
    picture = "![A tree.](https://site/_images/tree.png)"
    caption = "**Fig. 6.1.** *The mode: [Post (2018)](https://example.org/p).*"
    assert lowered(book, body) == f"{picture}\n\n{caption}"


def test_the_caption_of_a_drawn_figure_follows_its_cell(book):
    metadata = ":mystnb: {figure: {name: ch06-f, caption: It falls.}}"
    cell = f"```{{code-cell}} ipython3\n{metadata}\nplot()\n```"
    assert lowered(book, cell) == "plot()\n---\n**Fig. 6.1.** *It falls.*"


def test_a_list_table_becomes_a_table_whose_bars_do_not_end_cells(book):
    body = "```{list-table} T\n:header-rows: 1\n* - a\n  - $p(y|x)$\n* - `c`\n  - d|e\n```"
    table = "| a | $p(y\\vert x)$ |\n| --- | --- |\n| `c` | d\\|e |"
    assert lowered(book, body) == f"**T**\n\n{table}"


def test_an_empty_cell_of_a_table_stays_empty(book):
    body = "```{list-table} T\n* - a\n  -\n```"
    assert "| a |  |" in lowered(book, body)


def test_an_exercise_keeps_its_cells_and_a_solution_becomes_a_link(book):
    gate = "```{exercise-start} Mask\n:label: ch06-ex\n```\nDo.\n\n"
    gate += "```{code-cell} ipython3\nyours\n```\n"
    gate += "```{exercise-end}\n```\n````{solution-start} ch06-ex\n````\nSo.\n"
    gate += "```{code-cell} ipython3\nours\n```\n````{solution-end}\n````\nAfter."
    made = lowered(book, gate)
    assert made.startswith("### Exercise 6.1 · Mask\nDo.\n---\nyours\n---\n*A solution is [on")
    assert made.endswith("After.") and "ours\n" not in made.replace("yours\n", "")


def test_a_prediction_is_a_quote_with_folded_replies(book):
    body = "```{predict} ch06-p\nWhich?\n\n- I.\n\n  Tempting.\n\n- We.\n\n  Right.\n```"
    made = lowered(book, body)
    assert "> Which?\n>\n> **a.** I.\n>\n> **b.** We." in made
    assert "<summary>If you chose b</summary>\n\nRight.\n" in made


def test_myst_shown_as_code_is_left_alone(book):
    body = "````\n```{note}\nx\n```\n````\n\n`` {cite}`k` `` stays."
    assert lowered(book, body) == body


def test_hidden_code_is_folded_in_colab(book):
    body = "```{code-cell} ipython3\n:tags: [hide-input]\nx = 1\n```"
    metadata = lower_chapter(book, PAGE, body).cells[1].metadata
    assert metadata["cellView"] == "form" and metadata["jupyter"] == {"source_hidden": True}


def test_comments_labels_and_raw_html_vanish(book):
    assert lowered(book, "% a note\n\n```{raw} html\n<div></div>\n```\n\nText.") == "Text."


def test_the_same_text_gives_the_same_notebook(book):
    assert lower_chapter(book, PAGE, "# A\n\nB.") == lower_chapter(book, PAGE, "# A\n\nB.")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("```{mermaid}\nx\n```", "mermaid"),
        ("{kbd}`Ctrl`", "kbd"),
        ("{cite}`nobody1999`", "nobody1999"),
        ("{eq}`ch99-eq`", "ch99-eq"),
        ("{term}`nonsense`", "nonsense"),
        ("[x](#ch99-place)", "ch99-place"),
        ("```{list-table} Uneven\n* - a\n  - b\n* - c\n```", "Uneven"),
    ],
)
def test_what_no_notebook_can_show_is_refused_by_name_and_page(book, body, shown):
    with pytest.raises(LoweringError, match=f"(?s)06-seq.md.*{shown}"):
        lowered(book, body)
