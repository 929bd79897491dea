"""Topics and fields are signed for ever: a change shows here, deliberately, and in the catalogue for readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.events import FACTS, Fact

HERE = Path(__file__).parent
CATALOGUE = HERE.parent.parent / "docs" / "events.md"


def topics() -> dict[str, Any]:
    """Every topic with its clear fields, its sealed groups, and whether it may open a subject."""
    return {fact.TOPIC: described(fact) for fact in FACTS}


def described(fact: type[Fact]) -> dict[str, Any]:
    sealed = {name for names in fact.PERSONAL.values() for name in names}
    clear = [name for name in fact.__struct_fields__ if name not in sealed | set(Fact.__struct_fields__)]
    return {
        "clear": clear,
        "sealed": {group: list(names) for group, names in fact.PERSONAL.items()},
        "opens_subject": fact.OPENS_SUBJECT,
    }


def test_topics_and_fields_are_those_of_the_golden_file() -> None:
    assert topics() == json.loads((HERE / "topics.json").read_text())


def test_no_two_facts_share_a_topic() -> None:
    assert len({fact.TOPIC for fact in FACTS}) == len(FACTS)


@pytest.mark.parametrize("fact", FACTS)
def test_a_sealed_field_exists_and_can_be_read_back_erased(fact: type[Fact]) -> None:
    hints = {field.name: field.type for field in msgspec.inspect.type_info(fact).fields}  # type: ignore[attr-defined]
    for names in fact.PERSONAL.values():
        for name in names:
            assert "Erased" in str(hints[name]), f"{fact.TOPIC}: {name}"


@pytest.mark.parametrize("fact", FACTS)
def test_the_catalogue_says_of_each_fact_what_stays_clear_and_what_is_sealed(fact: type[Fact]) -> None:
    lines = CATALOGUE.read_text().splitlines()
    line = next((line for line in lines if line.startswith(f"| `{fact.TOPIC}` |")), None)
    assert line, f"{fact.TOPIC} is not in docs/events.md"
    about = described(fact)
    sealed = " · ".join(f"**{group}** {', '.join(names)}" for group, names in about["sealed"].items())
    _, _, recorded, clear, groups, _ = (cell.strip() for cell in line.split("|"))
    assert recorded
    assert clear == (", ".join(about["clear"]) or "–")
    assert groups == (sealed or "–")


def test_the_catalogue_knows_no_fact_that_does_not_exist() -> None:
    told = {line.split("`")[1] for line in CATALOGUE.read_text().splitlines() if line.startswith("| `")}
    assert told == {fact.TOPIC for fact in FACTS}
