"""The front door: few names, and exactly those that are listed."""

import types

import kdlab


def test_the_front_door_lists_what_it_opens() -> None:
    public = {n for n in vars(kdlab) if not n.startswith("_")}
    parts = {n for n in public if isinstance(getattr(kdlab, n), types.ModuleType)}
    assert public - parts == set(kdlab.__all__) - parts
    assert kdlab.__all__ == sorted(kdlab.__all__, key=lambda n: (n.islower(), n))


def test_the_front_door_has_at_most_25_names() -> None:
    assert len(kdlab.__all__) <= 25
