"""What is wrong with a form: each fault with the place it links to, and the place of an answer that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from web.forms import Control


def place_of(values: Any, reference: object, prefix: str = "") -> str | None:
    """The flat name of the answer that is this reference, nested ones included."""
    for name, value in _parts(values):
        place = f"{prefix}{name}"
        if value == reference:
            return place
        if within := place_of(value, reference, f"{place}-"):
            return within
    return None


def _parts(values: Any) -> Iterable[tuple[object, Any]]:
    if isinstance(values, msgspec.Struct):
        return msgspec.structs.asdict(values).items()
    if isinstance(values, Mapping):
        return values.items()
    return enumerate(values) if isinstance(values, tuple) else ()


def summary(made: Sequence[Control], problems: Mapping[str, str]) -> list[tuple[str, str]]:
    """Every problem with the place it links to, in the order of the form; in a group it says which."""
    anchors = dict(_anchors(made))
    place = {name: number for number, name in enumerate(anchors)}
    ordered = sorted(problems.items(), key=lambda item: place.get(item[0], len(place)))
    return [_linked(anchors.get(name), sentence) for name, sentence in ordered]


def _linked(found: tuple[str, str] | None, sentence: str) -> tuple[str, str]:
    anchor, group = found or ("form", "")
    return f"#{anchor}", f"{group}: {sentence}" if group else sentence


def _anchors(made: Sequence[Control], group: str = "") -> Iterator[tuple[str, tuple[str, str]]]:
    for control in made:
        yield control.name, (control.anchor, group)
        within = control.label if control.show == "group" else group
        yield from _anchors(control.parts, within)
