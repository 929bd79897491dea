"""The wall between schools, tried with every form and every machine's sending that can name a pupil or a placement."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from marshmallow import Schema, fields

from domain.values import Submission
from projections import pupils
from tests.domain.people import SET_UP, named
from tests.domain.wording import WORDING
from tests.web.browsing import Browser, as_json, recorded
from tests.web.test_walls import another_schools_pupil
from web.actions import ACTIONS
from web.bootstrap import Services
from web.schemas.attendance import RecordProviderReturn, TakeRegister

REFERENCES = ("pupil_id", "placement_id")
ADDRESSES = [
    *((action.command, action.schema, action.rule.replace("<uuid:record_id>", "{record}")) for action in ACTIONS),
    ("take_register", TakeRegister, "/register"),
    ("record_provider_return", RecordProviderReturn, "/register/returns"),
]


def parts(schema: Schema) -> dict[str, Schema]:
    """The schemas of what a schema nests, by field."""
    found = {}
    for name, answer in schema.fields.items():
        inner = answer.inner if isinstance(answer, fields.List) else answer
        if isinstance(inner, fields.Nested):
            found[name] = inner.schema
    return found


def names(schema: Schema, reference: str) -> bool:
    """Whether a schema, or a part of it, asks for such a reference."""
    return reference in schema.fields or any(names(part, reference) for part in parts(schema).values())


def pointed(schema: Schema, said: dict[str, Any], reference: str, at: UUID) -> dict[str, Any]:
    """The same sending, with every such reference in it at something else."""
    changed = said | ({reference: str(at)} if reference in schema.fields else {})
    for name, part in parts(schema).items():
        if names(part, reference):
            within = said.get(name)
            lines = (
                [pointed(part, line, reference, at) for line in within] if isinstance(within, list | tuple) else None
            )
            changed[name] = lines or pointed(part, within or {}, reference, at)
    return changed


def another_schools_placement(services: Services, pupil: UUID) -> UUID:
    """A placement that another school proposed."""
    position, made, said = services.catch_up(), uuid4(), WORDING["propose_placement"].fields
    with services.read.reading() as connection:
        (school,) = pupils.schools_of(connection, {pupil}, position)[pupil]
    about = said | {"pupil_id": pupil, "school_id": school}
    services.application.propose_placement(made, **about, submission=Submission(SET_UP, services.clock()))
    return made


NAMING = [
    pytest.param((command, schema, address, reference), id=f"{command}-{reference}")
    for command, schema, address in ADDRESSES
    for reference in REFERENCES
    if names(schema(), reference)
]


def test_what_names_a_pupil_is_found_in_all_its_depth() -> None:
    assert {param.id for param in NAMING} >= {
        "propose_placement-pupil_id", "add_existing_placement-pupil_id", "grant_delegation-pupil_id",
        "take_register-pupil_id", "take_register-placement_id", "record_provider_return-pupil_id",
        "record_provider_return-placement_id", "mark_attendance-placement_id",
    }  # fmt: skip


@pytest.mark.parametrize("naming", NAMING)
def test_nothing_is_recorded_about_what_is_another_schools(
    app: Flask, services: Services, naming: tuple[str, type[Schema], str, str]
) -> None:
    command, schema, address, reference = naming
    pupil = another_schools_pupil(services)
    at = pupil if reference == "pupil_id" else another_schools_placement(services, pupil)
    wording = WORDING[command]
    body = pointed(schema(), as_json(wording.fields), reference, at)
    before = recorded(services)
    answer = Browser(app, "head-teacher").post(address.format(record=named(wording.id)), body)
    assert (answer.status_code, recorded(services)) == (403, before), answer.text
    assert "another school's" in answer.text


@pytest.fixture(scope="module")
def wall(looked_at: Flask) -> tuple[Browser, Services, UUID]:
    """A Head Teacher, and a placement of another school that nothing is ever recorded on."""
    services = looked_at.extensions["placement-ledger"]
    made = another_schools_placement(services, another_schools_pupil(services))
    return Browser(looked_at, "head-teacher"), services, made


@pytest.mark.parametrize("verb", [one.verb for one in ACTIONS if one.noun == "placement" and not one.new])
def test_nothing_is_recorded_on_another_schools_placement(wall: tuple[Browser, Services, UUID], verb: str) -> None:
    browser, services, made = wall
    before = recorded(services)
    answer = browser.post(f"/placements/{made}/{verb}", {})
    assert (answer.status_code, recorded(services)) == (403, before), answer.text
    assert "another school's placement" in answer.text
