"""Entries in words: what each says, field by field, and in the one that says most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache, lru_cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from domain.events import FACTS, ParentalAgreementGiven, PlacingAuthorityConsentGiven
from domain.rules.attendance_codes import CODES
from domain.values import Erased
from domain.vocabulary import Medium, Session
from projections.chronology import Entry
from web import words
from web.naming import Names

_KINDS = {fact.TOPIC: fact for fact in FACTS}
_UNTOLD = frozenset(
    {"consent_id", "holder_id", "placement_id", "consent_ids", "delegator_appointment_id", "plan_version_hash"}
)
_CONSENTS = frozenset({PlacingAuthorityConsentGiven.TOPIC, ParentalAgreementGiven.TOPIC})
_CODES = frozenset({"code", "original_code", "amended_code"})


@dataclass(frozen=True)
class Document:
    """A document attached to an entry, and what kind and size it is."""

    file_id: UUID
    name: str
    kind: str


@dataclass(frozen=True)
class Told:
    """One field of an entry in words; `parts` where it has several answers of its own."""

    label: str
    text: str
    parts: tuple[tuple[Told, ...], ...] = ()
    erased: bool = False
    documents: tuple[Document, ...] = ()


def told(entry: Entry, names: Names) -> tuple[Told, ...]:
    """Everything an entry says, in the order it was asked."""
    kind = _KINDS.get(entry.topic)
    hints: Mapping[str, Any] = {} if kind is None else _hints(kind)
    attached = documents(entry)
    said = {name: value for name, value in entry.facts.items() if name != "evidence" or not attached}
    in_words = ", ".join(f"{one.name} ({one.kind})" for one in attached)
    listed = (Told(words.label("evidence"), in_words, documents=attached),) if attached else ()
    return (*_told(said, hints, names, entry.pupil_id), *listed)


def documents(entry: Entry) -> tuple[Document, ...]:
    """The documents attached to an entry; none where they were erased with it."""
    files = entry.facts.get("evidence")
    return tuple(
        Document(UUID(file["file_id"]), file["name"], words.document(file["media_type"], file["size"]))
        for file in (files if isinstance(files, list) else ())
    )


def _told(facts: Mapping[str, Any], hints: Mapping[str, Any], names: Names, pupil_id: UUID | None) -> Iterator[Told]:
    for name, value in facts.items():
        if name in _UNTOLD or (not value and not isinstance(value, int)):
            continue
        label = words.label(name)
        if isinstance(value, dict) and value.get("erased") is True:
            yield Told(label, "Erased at the end of its retention", erased=True)
        elif isinstance(value, dict):
            yield Told(label, "", (tuple(_told(value, _hints_within(hints.get(name)), names, pupil_id)),))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            inner = _hints_within(hints.get(name))
            yield Told(label, "", tuple(tuple(_told(each, inner, names, pupil_id)) for each in value))
        elif isinstance(value, list) and (inner := _hints_within(hints.get(name))):
            parts = dict(zip(inner, value, strict=True))  # a value kept as a row, in the order of its fields
            yield Told(label, "", (tuple(_told(parts, inner, names, pupil_id)),))
        elif isinstance(value, list):
            yield Told(label, ", ".join(_plain(name, each, hints.get(name), names, pupil_id) for each in value))
        else:
            yield Told(label, _plain(name, value, hints.get(name), names, pupil_id))


def _plain(name: str, value: Any, hint: Any, names: Names, pupil_id: UUID | None) -> str:
    if name in _CODES:
        return code(str(value))
    if name == "page":
        return names.page(value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    kinds = _kinds(hint)
    if UUID in kinds:
        return names.of(name, UUID(value), pupil_id) or "another record"
    for kind, say in ((datetime, words.moment), (date, words.day)):
        if kind in kinds:
            return say(value)
    word = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, StrEnum)), None)
    return str(value) if word is None else words.say(word(value))


@lru_cache(maxsize=256)
def code(letter: str | None) -> str:
    """An attendance code with what it means."""
    if letter is None:
        return "erased"
    known = CODES.get(letter)
    return f"{letter} ({known.meaning})" if known else letter


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _hints_within(hint: Any) -> Mapping[str, Any]:
    kind = next((kind for kind in _kinds(hint) if isinstance(kind, type) and _has_parts(kind)), None)
    return {} if kind is None else _hints(kind)


def _has_parts(kind: type) -> bool:
    return issubclass(kind, msgspec.Struct) or hasattr(kind, "_fields")


@cache
def _kinds(hint: Any) -> tuple[Any, ...]:
    """The kinds a field may have, looking through optional, personal and repeated ones."""
    if get_origin(hint) in {Union, UnionType, tuple}:
        return tuple(kind for inner in get_args(hint) for kind in _kinds(inner))
    return () if hint in {None, Erased, type(None), ...} else (hint,)


_SAID = (
    "attendance", "decision_reason", "reason", "outcome", "rationale", "status", "reported_to", "holder_name",
    "authority_name", "officer_name", "how_known", "source", "name", "address", "delegatee_name",
)  # fmt: skip


def gist(entry: Entry, names: Names) -> str:
    """The one field of an entry that says most, in words."""
    name = next((name for name in _SAID if entry.facts.get(name)), None)
    if name is None:
        return ""
    kind = _KINDS.get(entry.topic)
    hints: Mapping[str, Any] = {} if kind is None else _hints(kind)
    said = next((one.text for one in _told({name: entry.facts[name]}, hints, names, entry.pupil_id)), "")
    session = entry.facts.get("session") if name == "attendance" else None
    return f"{words.say(Session(session))}: {said}" if session else said


def title(entry: Entry) -> str:
    """What the entry says has happened; a consent by telephone is never told of as one."""
    told = words.title(entry.topic)
    called = entry.facts.get("medium") == Medium.TELEPHONE and entry.topic in _CONSENTS
    return f"{told} by telephone, not confirmed: does not count" if called else told


def by_line(entry: Entry) -> str:
    """Who recorded it, in what capacity."""
    name = entry.actor_name or "Name erased"
    return f"{name}, {entry.actor_title or words.say(entry.actor_role)}, {words.basis(entry.basis_kind)}"


def flat(answer: Any) -> dict[str, Any]:
    """The fields of a dataclass, for a row of a table."""
    return {name: getattr(answer, name) for name in _names(type(answer))}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
