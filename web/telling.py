"""Entries in words: what each says, field by field, and in one line for a chronology."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec

from domain.events import FACTS
from domain.rules.attendance_codes import CODES
from domain.rules.flags import Flag
from domain.values import Erased
from domain.vocabulary import Source
from projections.chronology import AttendanceDay, Entry
from projections.flagged import flagged
from projections.marks import Mark
from web import words
from web.desk import Desk
from web.naming import Names
from web.rendering import Paged, paged

_KINDS = {fact.TOPIC: fact for fact in FACTS}
_UNTOLD = frozenset(
    {"consent_id", "holder_id", "placement_id", "consent_ids", "delegator_appointment_id", "plan_version_hash"}
)
_CODES = frozenset({"code", "original_code", "amended_code"})


@dataclass(frozen=True)
class Told:
    """One field of an entry in words; `parts` where it has several answers of its own."""

    label: str
    text: str
    parts: tuple[tuple[Told, ...], ...] = ()
    erased: bool = False


def told(entry: Entry, names: Names) -> tuple[Told, ...]:
    """Everything an entry says, in the order it was asked."""
    kind = _KINDS.get(entry.topic)
    hints: Mapping[str, Any] = {} if kind is None else _hints(kind)
    return tuple(_told(entry.facts, hints, names, entry.pupil_id))


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


@dataclass(frozen=True)
class Line:
    """One line of a chronology, ready for the page."""

    index: int
    happened_on: date
    recorded_at: datetime | None
    received_on: date | None
    title: str
    said: str
    by: str
    topic: str
    corrects: int | None = None
    corrected_by: int | None = None
    marks: tuple[Mark, ...] = ()
    count: int = 1
    flags: tuple[str, ...] = ()
    entered_from: Source | None = None


_SAID = (
    "decision_reason", "reason", "outcome", "rationale", "status", "reported_to", "holder_name", "authority_name",
    "officer_name", "how_known", "source", "name", "address", "delegatee_name",
)  # fmt: skip


def told_in_pages(desk: Desk, items: Sequence[Entry | AttendanceDay], names: Names) -> tuple[Paged, list[Line]]:
    """A chronology's page, and all of its lines for the twins; a page tells only what it shows."""
    if desk.wants != "html":
        everything = lines(desk, items, names)
        return paged(everything), everything
    shown = paged(items)
    some = lines(desk, shown.items, names)
    return replace(shown, items=tuple(some)), some


def lines(desk: Desk, items: Sequence[Entry | AttendanceDay], names: Names) -> list[Line]:
    """A chronology ready for the page, with what needs a second look."""
    marks = [mark for item in items if isinstance(item, AttendanceDay) for mark in item.marks]
    found = flagged(desk.connection, marks, desk.known_at)
    return [line(item, names, found) for item in items]


def line(item: Entry | AttendanceDay, names: Names, found: Mapping[int, Sequence[Flag]]) -> Line:
    """An entry, or a day's attendance, in one line."""
    if isinstance(item, AttendanceDay):
        said = "; ".join(_session(mark) for mark in item.marks)
        title = "Attendance"
        by = item.marks[0].taken_by or "name erased"
        return Line(
            item.positions[0] - 1, item.happened_on, item.marks[0].recorded_at, None, title, said, f"Taken by {by}",
            "attendance.marked", marks=item.marks, count=item.count,
            flags=tuple(dict.fromkeys(flag.sentence for mark in item.marks for flag in found.get(mark.position, ()))),
        )  # fmt: skip
    by_field = {each.label: each for each in told(item, names)}
    labels = [words.label(name) for name in _SAID if name in item.facts]
    first = next((by_field[label] for label in labels if label in by_field), None)
    return Line(
        item.position - 1, item.happened_on, item.recorded_at, item.received_on, words.title(item.topic),
        first.text if first else "", by_line(item), item.topic, _index(item.corrects), _index(item.corrected_by),
        entered_from=item.entered_from,
    )  # fmt: skip


def by_line(entry: Entry) -> str:
    """Who recorded it, in what capacity."""
    name = entry.actor_name or "Name erased"
    return f"{name}, {entry.actor_title or words.say(entry.actor_role)}, {words.basis(entry.basis_kind)}"


def _session(mark: Mark) -> str:
    half = words.say(mark.session).lower()
    if mark.amendments and mark.marked_code != mark.code:
        return f"{half} {code(mark.code)}, amended from {mark.marked_code or 'erased'}"
    return f"{half} {code(mark.code)}"


def _index(position: int | None) -> int | None:
    return None if position is None else position - 1


def flat(answer: Any) -> dict[str, Any]:
    """The fields of a dataclass, for a row of a table."""
    return {field.name: getattr(answer, field.name) for field in fields(answer)}
