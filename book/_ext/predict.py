"""A box in which the reader commits to an answer before reading on.

    ```{predict} ch06-one-target
    What will the student do with ...?

    - Say what greedy search says.

      Tempting, because ...

    - Say the mode.

      Right: ...
    ```

The text before the list is the question. Each item is an answer: its first paragraph is what can be
chosen, the rest is shown to those who chose it. Radio buttons and folded replies, no script: the
choice stays on the page.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator


class predict(nodes.General, nodes.Element):
    """The whole box; `name` groups its radio buttons."""


class predict_label(nodes.General, nodes.TextElement):
    """One answer's radio button and label; `input` is the button's id."""


class predict_reply(nodes.General, nodes.Element):
    """What is said to the reader who chose one answer; `letter` names it."""


class PredictDirective(SphinxDirective):
    """`{predict} ID`: a question and a list of answers, each with its reply."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """One box. An error, with file and line, if the list or a reply is missing."""
        name = self.arguments[0]
        holder = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, holder)
        answers = next(iter(holder.findall(nodes.bullet_list)), None)
        if answers is None or any(len(item) < 2 for item in answers):
            raise self.error(
                f"predict {name}: needs a list of answers, each with a paragraph of reply."
            )
        box = predict("", name=name, ids=[nodes.make_id(name)])
        box += [child for child in holder.children if child is not answers]
        for letter, item in zip("abcdefgh", list(answers.children), strict=False):
            first, *reply = item.children
            shown = [nodes.strong("", f"{letter}."), nodes.Text(" "), *first.children]
            label = predict_label("", "", *shown, input=f"{name}-{letter}", name=name)
            box += [label, predict_reply("", *reply, letter=letter)]
        return [box]


def visit_predict(self: HTML5Translator, node: predict) -> None:
    """Open a group that a screen reader announces by its legend."""
    self.body.append(f'<fieldset class="predict" id="{node["ids"][0]}">\n')
    self.body.append("<legend>Predict first</legend>\n")


def depart_predict(self: HTML5Translator, node: predict) -> None:
    """Close the group."""
    self.body.append("</fieldset>\n")


def visit_label(self: HTML5Translator, node: predict_label) -> None:
    """A radio button before its label."""
    self.body.append(f'<p class="predict-answer"><input type="radio" id="{node["input"]}" ')
    self.body.append(f'name="{node["name"]}"> <label for="{node["input"]}">')


def depart_label(self: HTML5Translator, node: predict_label) -> None:
    """Close the label."""
    self.body.append("</label></p>\n")


def visit_reply(self: HTML5Translator, node: predict_reply) -> None:
    """A folded reply; the style sheet hides it until its box has a chosen answer."""
    letter = node["letter"]
    self.body.append(f'<details class="predict-reply"><summary>If you chose {letter}</summary>\n')


def depart_reply(self: HTML5Translator, node: predict_reply) -> None:
    """Close the reply."""
    self.body.append("</details>\n")


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive and its HTML."""
    app.add_node(predict, html=(visit_predict, depart_predict))
    app.add_node(predict_label, html=(visit_label, depart_label))
    app.add_node(predict_reply, html=(visit_reply, depart_reply))
    app.add_directive("predict", PredictDirective)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
