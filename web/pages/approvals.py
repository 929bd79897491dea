"""Who approved what, in what role, on what authority; a missing approval is a row of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import request
from werkzeug.datastructures import MultiDict

from domain.vocabulary import Office, Role
from projections.approvals import Approval, Decision
from projections.bases import Basis, Reliance
from projections.matrix import Wanted, matrix, placements_in
from projections.requirements import Required
from web import words
from web.desk import Desk
from web.naming import Names
from web.reading import Form, typed_day
from web.rendering import Page, asked_part

COLUMNS = (
    "pupil", "required", "decision", "about", "given_by", "actor", "role", "authority", "relied_on", "decided_on",
    "reason", "set_aside", "flags", "received_on", "recorded_at", "entered_from", "entry", "placement_id",
)  # fmt: skip


_FINDINGS = {
    (Required.SAFEGUARDING_POLICY, Decision.GIVEN): "Found satisfactory",
    (Required.SAFEGUARDING_POLICY, Decision.REFUSED): "Found not satisfactory",
}


_A_PAGE = 6
"""Placements on a page: each has four lines or so, and they are not torn apart."""


def listing(desk: Desk) -> Page:
    """Every decision about every placement, and what each still lacks; narrowed to what the address asks for."""
    names, (wanted, unread) = Names(desk), asked_for()
    where = (desk.connection, desk.as_at, desk.known_at, wanted)
    if desk.wants != "html":
        rows = [approval_row(one, names) for one in matrix(*where)]
        return Page("approvals.html", "Who approved what", {}, [_public(row) for row in rows], rows, COLUMNS)
    part = asked_part(placements_in(*where), _A_PAGE)
    found = matrix(*where, slice(part.start, part.start + part.size))
    names.learn_pupils({one.pupil_id for one in found})
    shows = {
        "list": replace(part, items=tuple(approval_row(one, names) for one in found)),
        "names": names,
        "wanted": wanted,
        "unread": unread,
        "offices": words.choices(Office),
        "pupil": names.pupil(wanted.pupil_id) if wanted.pupil_id else None,
    }
    return Page("approvals.html", "Who approved what", shows)


def asked_for() -> tuple[Wanted, tuple[str, ...]]:
    """What the address narrows the matrix to, and the dates that are none, as typed, which narrow nothing."""
    asked: Form = MultiDict(request.args)
    typed = {end: typed_day(asked, end) for end in ("from", "until")}
    days = {end: _day(text) for end, text in typed.items()}
    wanted = Wanted(
        **{name: _id(asked.get(name)) for name in ("school_id", "provider_id", "pupil_id", "actor_id")},
        role=Role(asked["office"]) if asked.get("office") in {office.value for office in Office} else None,
        first=days["from"],
        last=days["until"],
        missing=asked.get("missing") == "yes",
    )
    return wanted, tuple(text for end, text in typed.items() if text is not None and days[end] is None)


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def approval_row(one: Approval, names: Names) -> dict[str, Any]:
    """One line of the matrix in words."""
    missing = one.decision is Decision.MISSING
    actor = None if missing else f"{one.actor_name or 'Name erased'}, {one.actor_title or 'title erased'}"
    given_by = ", ".join(part for part in (one.given_by, one.given_by_title) if part) or None
    return {
        "pupil": names.pupil(one.pupil_id),
        "pupil_id": one.pupil_id,
        "placement_id": one.placement_id,
        "required": words.say(one.required),
        "decision": _FINDINGS.get((one.required, one.decision), words.say(one.decision)),
        "about": one.authority or (_authority(one.authority_id, names, one.pupil_id) if one.authority_id else None),
        "given_by": given_by,
        "whose": "; the provider's lead is " if one.required is Required.SAFEGUARDING_POLICY else ", by ",
        "actor": actor,
        "role": None if one.actor_role is None else words.say(one.actor_role),
        "authority": None if one.basis is None else _authority_of(one.basis, one.decided_on),
        "relied_on": [_reliance(each) for each in one.relied_on],
        "decided_on": one.decided_on,
        "reason": one.reason,
        "set_aside": [f"Rule {each.rule} set aside: {each.reason}" for each in one.overridden],
        "flags": [flag.sentence for flag in one.flags],
        "received_on": one.received_on,
        "recorded_at": one.recorded_at,
        "entry": None if one.position is None else one.position - 1,
        "entered_from": one.entered_from,
        "missing": missing,
        "unmet": one.unmet,
    }


def _public(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}


def _authority(authority_id: UUID, names: Names, pupil_id: UUID) -> str | None:
    return names.authority(authority_id, pupil_id)


def _authority_of(basis: Basis, decided_on: date | None) -> str:
    """On what authority, with the dates that show whether it was in force."""
    if basis.delegation is not None:
        granted = basis.delegation
        delegator = granted.delegator.name if granted.delegator else None
        span = f"{words.day(granted.starts_on)} to {words.day(granted.ends_on)}"
        until = f", taken back on {words.day(granted.revoked_on)}" if granted.revoked_on else ""
        return f"Delegation from {delegator or 'name erased'}, {span}{until}"
    if basis.appointment is not None:
        until = f" to {words.day(basis.appointment.ends_on)}" if basis.appointment.ends_on else ""
        outside = "" if decided_on is None or basis.covers(decided_on) else ": not on the day of this decision"
        return f"Own office, held from {words.day(basis.appointment.starts_on)}{until}{outside}"
    return words.basis(basis.kind).capitalize()


def _reliance(one: Reliance) -> dict[str, Any]:
    return {"entry": None if one.position is None else one.position - 1, "what": words.title(one.topic or "")}
