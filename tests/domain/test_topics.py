"""Topics, fields, types and words are signed for ever: a change shows here, and in the catalogue for readers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.events import FACTS, Fact

HERE = Path(__file__).parent
CATALOGUE = HERE.parent.parent / "docs" / "events.md"


def golden() -> dict[str, Any]:
    """Every topic with its fields and whether it may open a subject, and every type they are made of, to its words."""
    types = msgspec.json.schema_components((Fact, *FACTS), ref_template="{name}")[1]
    own = {fact.__name__ for fact in FACTS}
    return {
        "topics": {fact.TOPIC: described(fact) for fact in FACTS},
        "types": {name: signed(types[name], set(Fact.__struct_fields__) if name in own else set()) for name in types},
    }


def signed(schema: dict[str, Any], common: set[str]) -> dict[str, Any]:
    """What a type allows in an entry, without its prose and without what `Fact` says for all facts."""
    kept = {key: value for key, value in schema.items() if key not in {"title", "description", "required"}}
    if "properties" in kept:
        kept["properties"] = {name: kind for name, kind in kept["properties"].items() if name not in common}
    return kept


def described(fact: type[Fact]) -> dict[str, Any]:
    sealed = {name for names in fact.PERSONAL.values() for name in names}
    clear = [name for name in fact.__struct_fields__ if name not in sealed | set(Fact.__struct_fields__)]
    return {
        "type": fact.__name__,
        "clear": clear,
        "sealed": {group: list(names) for group, names in fact.PERSONAL.items()},
        "opens_subject": fact.OPENS_SUBJECT,
    }


def test_topics_fields_types_and_words_are_those_of_the_golden_file() -> None:
    """Compared as text, because the order of fields is signed too."""
    kept, now = json.loads((HERE / "topics.json").read_text()), golden()
    for part in ("topics", "types"):
        for name in sorted(now[part].keys() | kept[part].keys()):
            assert json.dumps(now[part].get(name)) == json.dumps(kept[part].get(name)), name


@pytest.mark.parametrize(
    ("name", "field"), [("Actor", "basis"), ("Hazard", "severity"), ("Pathway", None), ("ReviewOutcome", None)]
)
def test_the_golden_file_reaches_what_the_facts_are_made_of(name: str, field: str | None) -> None:
    kept = json.loads((HERE / "topics.json").read_text())["types"][name]
    assert (field in kept["properties"]) if field else ("enum" in kept or "prefixItems" in kept)


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
