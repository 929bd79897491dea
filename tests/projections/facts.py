"""Facts built directly, with everything a test does not speak of filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any, get_type_hints

import msgspec

from domain import events
from domain.events import Fact, attendance_id, provider_return_id
from domain.values import Erased
from tests.projections.ids import AUTHORITY, DEMO, OWN_OFFICE, PARENT, PLACEMENT, PROVIDER, PUPIL, SCHOOL, SITE
from tests.projections.wording import WORDS

_IDS = {
    "school_id": SCHOOL,
    "pupil_id": PUPIL,
    "placement_id": PLACEMENT,
    "provider_id": PROVIDER,
    "site_id": SITE,
    "authority_id": AUTHORITY,
    "holder_id": PARENT,
    "actor_name": "Ada Quill",
    "actor_title": "Head Teacher",
}
_STREAMS = {"school": SCHOOL, "pupil": PUPIL, "provider": PROVIDER, "placement": PLACEMENT}


def fact(kind: type[Fact], /, **fields: Any) -> Fact:
    """A fact of a kind, with the fields given and sensible others; version and time are set when it is logged."""
    given = _IDS | WORDS[kind] | fields
    if kind in {events.AttendanceMarked, events.AttendanceAmended}:
        given.setdefault("originator_id", attendance_id(given["pupil_id"], given["day"], given["session"]))
    if kind is events.ProviderReturnReceived:
        given.setdefault("originator_id", provider_return_id(given["pupil_id"], given["day"], given["session"]))
    stream = given.setdefault("originator_id", _STREAMS.get(kind.TOPIC.partition(".")[0], DEMO))
    pupils = kind.TOPIC.partition(".")[0] in {"pupil", "placement", "attendance"}
    given.setdefault("subject", given["pupil_id"] if pupils else stream)
    common = {"originator_version": 0, "recorded_at": datetime(2026, 1, 1, tzinfo=UTC), "actor": OWN_OFFICE}
    asked = {field.name for field in msgspec.structs.fields(kind) if field.required}
    text = {name: f"{name} (demo)" for group in kind.PERSONAL.values() for name in asked & {*group} - given.keys()}
    known = {name: value for name, value in (common | text | given).items() if name in kind.__struct_fields__}
    if "provider_id" not in fields and kind is events.ProviderSiteRecorded:
        known["originator_id"] = fields.get("originator_id", PROVIDER)
    for name in ("note", "nature", "source", "identifier", "how_known"):
        if name in kind.__struct_fields__:
            known.setdefault(name, f"{name} (demo)")
    types = _types(kind)
    return kind(
        **{name: value if isinstance(value, Erased) else _typed(value, types[name]) for name, value in known.items()}
    )


@cache
def _types(kind: type[Fact]) -> dict[str, Any]:
    return get_type_hints(kind)


def _typed(value: object, wanted: Any) -> object:
    """Words of a vocabulary may be given as text."""
    return msgspec.convert(value, wanted) if isinstance(value, str | tuple) else value


def erased(said: Fact) -> Fact:
    """The same fact once its subject's key is destroyed."""
    gone = {name: Erased() for group in said.PERSONAL.values() for name in group}
    return msgspec.structs.replace(said, **gone)
