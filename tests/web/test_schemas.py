"""One schema a command: its fields are the command's, JSON and form say the same, and what does not fit is named."""

from __future__ import annotations

from enum import StrEnum
from inspect import signature
from typing import Any

import msgspec
import pytest
from marshmallow import fields
from werkzeug.datastructures import MultiDict

from domain.application import AlternativeProvision
from tests.domain.wording import WORDING
from tests.web.browsing import as_form, as_json
from web import words
from web.actions import ACTIONS
from web.errors import Malformed, Unprocessable
from web.reading import load, read_form, read_json
from web.schemas.answers import Answers, WordField
from web.schemas.attendance import AmendAttendance, RecordProviderReturn, TakeRegister

SCHEMAS: dict[str, type[Answers]] = {action.command: action.schema for action in ACTIONS} | {
    "amend_attendance": AmendAttendance,
    "take_register": TakeRegister,
    "record_provider_return": RecordProviderReturn,
}
SET_UP = {"record_school", "publish_school_calendar", "appoint_office_holder", "cease_office_holder"}
"""Entered by commands that found a ledger, not through pages."""
BY_ITSELF = {"record_reading", "record_export"}
"""Recorded by the service when it answers."""


def parameters(command: str) -> list[str]:
    return list(signature(getattr(AlternativeProvision, command)).parameters)


@pytest.mark.parametrize("command", SCHEMAS)
def test_a_schema_asks_exactly_what_its_command_takes(command: str) -> None:
    itself, own_id, *_ = parameters(command)
    assert set(SCHEMAS[command]().fields) == set(parameters(command)) - {itself, own_id, "submission"}


def test_every_command_has_a_page_but_those_that_set_a_school_up() -> None:
    commands = {name for name in vars_of(AlternativeProvision) if "submission" in parameters_or_none(name)}
    assert commands == set(SCHEMAS) | SET_UP | BY_ITSELF


def vars_of(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_") and callable(getattr(kind, name))}


def parameters_or_none(name: str) -> list[str]:
    try:
        found = parameters(name)
    except (TypeError, ValueError):
        return []
    return found if len(found) > 2 and getattr(AlternativeProvision, name).__module__.startswith("domain") and hasattr(
        getattr(AlternativeProvision, name), "__wrapped__"
    ) else []  # fmt: skip


@pytest.mark.parametrize("command", SCHEMAS)
def test_json_comes_out_as_the_domain_s_own_values(command: str) -> None:
    known = WORDING[command].fields
    loaded = load(SCHEMAS[command](), read_json(msgspec.json.encode(as_json(known))))
    assert {name: loaded[name] for name in known} == plain(known)


@pytest.mark.parametrize("command", sorted(set(SCHEMAS) - {"take_register"}))
def test_a_form_says_the_same_as_json(command: str) -> None:
    known = WORDING[command].fields
    form: MultiDict[str, str] = MultiDict()
    for name, value in as_form(known).items():
        form.setlist(name, value if isinstance(value, list) else [value])
    schema = SCHEMAS[command]()
    assert {name: value for name, value in load(schema, read_form(schema, form)).items() if name in known} == plain(
        known
    )


def plain(known: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}


@pytest.mark.parametrize("command", SCHEMAS)
def test_a_name_that_is_not_asked_for_is_refused(command: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        load(SCHEMAS[command](), as_json(WORDING[command].fields) | {"approved": True})
    assert refused.value.problems["approved"] == "There is no field of this name."


@pytest.mark.parametrize("command", SCHEMAS)
def test_nothing_at_all_names_every_answer_that_is_missing(command: str) -> None:
    schema = SCHEMAS[command]()
    with pytest.raises(Unprocessable) as refused:
        load(schema, {})
    assert set(refused.value.problems) == {name for name, field in schema.fields.items() if field.required}
    assert all("Answer “" in said for said in refused.value.problems.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("assessed_on", "2026-02-30"), ("assessed_on", "20260908"), ("assessed_on", 20260908), ("assessed_on", None),
        ("personal", 7), ("personal", "   "), ("personal", "a\x00b"), ("personal", "a\u202eb"),
        ("personal", "x" * 4001), ("personal", ["x"]),
        ("barriers", []), ("barriers", {}), ("barriers", [{}] * 41), ("barriers", [{"barrier": "Noise"}]),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_named(name: str, value: object) -> None:
    with pytest.raises(Unprocessable) as refused:
        load(SCHEMAS["assess_needs"](), as_json(WORDING["assess_needs"].fields) | {name: value})
    assert all(field.split("-")[0] == name for field in refused.value.problems)


@pytest.mark.parametrize("unseen", [*"\u200b\u200e\u200f\u2060\u00ad\ufeff\u061c\u180e\U000e0041"])
def test_what_nobody_sees_in_a_text_is_left_out(unseen: str) -> None:
    asked, said = SCHEMAS["assess_needs"](), as_json(WORDING["assess_needs"].fields)
    typed = f"{unseen} Ada{unseen} Salt{unseen}meadow {unseen}"
    assert load(asked, said | {"personal": typed})["personal"] == "Ada Saltmeadow"
    with pytest.raises(Unprocessable, match="changing"):
        load(asked, said | {"personal": unseen})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b"[" * 100_000,
    ],
    ids=str,
)
def test_what_is_no_strict_json_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_json(body)


def words_asked(schema: type[Answers]) -> list[type[StrEnum]]:
    return [field.kind for field in all_fields(schema()) if isinstance(field, WordField)]


def all_fields(schema: Answers) -> list[fields.Field[Any]]:
    found: list[fields.Field[Any]] = []
    for field in schema.fields.values():
        inner = getattr(field, "inner", field)
        found += [inner, *(all_fields(inner.schema) if isinstance(inner, fields.Nested) else [])]
    return found


def test_every_word_offered_is_plain() -> None:
    for schema in SCHEMAS.values():
        for kind in words_asked(schema):
            for _, said in words.choices(kind):
                assert "_" not in said
                assert said[0].isupper() or said[0].isdigit()


def test_every_kind_of_fact_has_a_title_in_plain_words() -> None:
    from domain.events import FACTS

    assert {fact.TOPIC for fact in FACTS} <= set(words.TITLES)
