"""Chapter 22: families on the map, and twelve questions for a paper."""

from kdlab.checks.kinds import Choice, Keyed, Text, Wrong

PREDICT = Choice(
    "ch22-forget",
    right="b",
    replies={
        "a": "All weights serve all sentences, and nobody asks for have any more.",
        "b": "Catastrophic forgetting: as quick as learning was.",
        "c": "The second training punishes each have that is not asked for.",
    },
)

MAP = Keyed(
    "ch22-map",
    key={"1": "itself", "2": "many", "3": "one", "4": "many", "5": "itself"},
    hint="Two teach themselves, two have several teachers.",
    wrong=(
        Wrong("one-sentence-one-teacher", "in collective wisdom several teachers are weighed for "
              "the one sentence.",
              {"1": "itself", "2": "many", "3": "one", "4": "one", "5": "itself"}),
        Wrong("old-self-is-another", "in life-long learning the teacher is the model's old self.",
              {"1": "itself", "2": "many", "3": "one", "4": "many", "5": "one"}),
    ),
)  # fmt: skip

AUDIT = Keyed(
    "ch22-audit",
    key="1 2 3 6 11",
    hint="Five: pair and data, two models, a search, a speed.",
    wrong=(
        Wrong("rival-for-baseline", "Word-KD is a rival; a baseline of the same size on gold is "
              "not named.", "1 2 3 4 6 11"),
        Wrong("a-test-set", "'our test set' does not say which, or from which side it came.",
              "1 2 3 6 10 11"),
        Wrong("speed-forgotten", "'6 times faster' answers the question of cost in part.",
              "1 2 3 6"),
    ),
)  # fmt: skip

PAPER = Text(
    "ch22-paper",
    must=(
        ("what is not said", r"not said"),
        ("seeds", r"seed"),
        ("the search", r"greedy|beam|search"),
        ("a run to ask for", r"ask|control|would"),
    ),
    rubric="Full: twelve lines, 'not said' where so, and a control to ask for. Half: twelve lines. "
    "None: a summary.",
)

EXERCISES = (PREDICT, MAP, AUDIT, PAPER)
