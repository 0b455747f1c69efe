"""Figures to touch: they work without a kernel, on ipywidgets 7 and 8, and say all in text."""

import re
from types import SimpleNamespace

import ipywidgets
import pytest

from kdlab import widgets
from kdlab.errors import ShapeError
from kdlab.palette import look

FRAMES = {"0": "<p>none</p>", "50": "<p>some</p>", "100": "<p>all</p>"}


def value(mean: float) -> object:
    class Value(float):
        low, high, seeds = mean - 1, mean + 1, 3

    return Value(mean)


def results() -> dict[str, object]:
    make = SimpleNamespace
    return {
        "baseline": make(bleu_greedy=value(45.0), ppl=value(2.2)),
        "seq_kd": make(bleu_greedy=value(57.0), ppl=value(30.0)),
    }


def names(html: str) -> list[str]:
    return re.findall(r'scope="row".*?</span> (.*?)</th>', html)


def test_a_slider_has_one_place_for_each_frame():
    control, holder = widgets.slider("updates", FRAMES).children
    assert [name for name, _ in control.options] == ["0", "50", "100"]
    assert [page.value for page in holder.children] == list(FRAMES.values())


def test_moving_the_control_shows_another_frame():
    control, holder = widgets.slider("updates", FRAMES).children
    control.index = 2
    assert holder.selected_index == 2


def test_the_link_is_in_the_page_too():
    every = ipywidgets.widgets.widget._instances
    before = set(every)
    control, holder = widgets.slider("updates", FRAMES).children
    links = [w for key, w in every.items() if key not in before and "Link" in type(w).__name__]
    assert [(w.source, w.target) for w in links] == [
        ((control, "index"), (holder, "selected_index"))
    ]


def test_two_sliders_pick_a_row_and_a_place_in_it():
    grid = {"0": FRAMES, "1": {name: html.upper() for name, html in FRAMES.items()}}
    first, second, rows = widgets.two_sliders("α", "τ", grid).children
    first.index, second.index = 1, 2
    row = rows.children[rows.selected_index]
    assert row.children[row.selected_index].value == "<P>ALL</P>"


def test_two_sliders_need_a_full_grid():
    with pytest.raises(ShapeError, match="'τ' has other values from row to row"):
        widgets.two_sliders("α", "τ", {"0": FRAMES, "1": {"0": ""}})


def test_without_stack_frames_go_into_named_tabs(monkeypatch):
    monkeypatch.delattr(ipywidgets, "Stack")
    _, holder = widgets.chooser("order by", FRAMES).children
    assert isinstance(holder, ipywidgets.Tab)
    assert holder.get_title(1) == "50"


def test_a_figure_without_frames_is_refused():
    with pytest.raises(ShapeError, match="frames is {}"):
        widgets.slider("updates", {})


def test_a_bar_table_has_its_numbers_in_cells_and_hides_its_bars():
    bar = widgets.Bar("0.25", 0.25, "#0f7fc0")
    html = widgets.bar_table("R1", ("translation", "p*"), [widgets.Row("We tried .", (bar,))])
    assert '<th scope="row"' in html and ">0.25<div aria-hidden" in html
    assert "width:25.0%" in html


def test_a_bar_is_never_longer_than_its_track():
    html = widgets.bar_table("", ("a", "b"), [widgets.Row("x", (widgets.Bar("7", 7, "#000000"),))])
    assert "width:100.0%" in html


def test_numbers_and_captions_are_escaped():
    row = widgets.Row("x", (widgets.Bar("<1", 0.1, "#000000"),))
    html = widgets.bar_table("a < b", ("a", "b"), [row])
    assert "a &lt; b" in html and "&lt;1" in html


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ShapeError, match="row 'x' has 2 cells; the table has 1"):
        widgets.bar_table("", ("a", "b"), [widgets.Row("x", ("1", "2"))])


def test_a_score_card_orders_systems_best_first():
    card = widgets.score_card(results(), ["baseline", "seq_kd"], ["bleu_greedy", "ppl"])
    bleu, ppl = (page.value for page in card.children[1].children)
    assert names(bleu) == ["Seq-KD student", "student on gold"]
    assert names(ppl) == ["student on gold", "Seq-KD student"]


def test_a_score_card_shows_intervals():
    card = widgets.score_card(results(), ["seq_kd"], ["bleu_greedy"])
    assert "57.0 [56.0, 58.0]" in card.children[1].children[0].value


def test_a_gloss_marks_thai_as_thai():
    html = widgets.gloss([("ทำ", "tham", "do")], "to do").data
    assert '<span lang="th"' in html and "<i>tham</i>" in html and "‘to do’" in html


def test_a_system_is_named_by_shape_and_word():
    assert widgets.system_name(look("seq_kd")).endswith("▲</span> Seq-KD student")


def test_source_is_the_code_that_runs_without_its_docstring():
    shown = widgets.source(widgets.system_name).data
    assert shown.startswith("```python\ndef system_name(shown: Look) -> str:\n    return f")
    assert '"""' not in shown


def test_no_widget_text_holds_latex():
    card = widgets.score_card(results(), ["seq_kd"], ["bleu_greedy"])
    assert "$" not in card.children[1].children[0].value


def test_a_reference_has_each_public_name_with_its_call_and_what_it_says():
    import kdlab as kd

    shown = widgets.reference(kd.compress).data
    assert [name in shown for name in ("kd.compress.int8", "kd.compress.pruned")] == [True, True]
    assert "pruned(" in shown and "Source: " in shown
    for home in (kd.losses, kd.objectives, kd.training, kd.corpora, kd.plots):
        assert max(map(len, widgets.reference(home).data.splitlines())) <= 100
