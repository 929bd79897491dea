"""Who approved what, in what role, on what authority; a missing approval is a row of its own."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from projections.approvals import Approval, Basis, Decision, Reliance, who_approved
from projections.requirements import Required
from web import words
from web.desk import Desk
from web.naming import Names
from web.rendering import Page, paged

COLUMNS = (
    "pupil", "required", "decision", "about", "given_by", "actor", "role", "authority", "relied_on", "decided_on",
    "received_on", "recorded_at", "entered_from", "entry", "placement_id",
)  # fmt: skip


_FINDINGS = {
    (Required.SAFEGUARDING_POLICY, Decision.GIVEN): "Found satisfactory",
    (Required.SAFEGUARDING_POLICY, Decision.REFUSED): "Found not satisfactory",
}


def listing(desk: Desk) -> Page:
    """Every decision about every placement, and what each still lacks."""
    names = Names(desk)
    rows = [approval_row(one, names) for one in who_approved(desk.connection, desk.as_at, desk.known_at)]
    shows = {"list": paged(rows), "names": names, "missing": sum(row["missing"] for row in rows)}
    return Page("approvals.html", "Who approved what", shows, [_public(row) for row in rows], rows, COLUMNS)


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
        "authority": None if one.basis is None else _authority_of(one.basis),
        "relied_on": [_reliance(each) for each in one.relied_on],
        "decided_on": one.decided_on,
        "received_on": one.received_on,
        "recorded_at": one.recorded_at,
        "entry": None if one.position is None else one.position - 1,
        "entered_from": one.entered_from,
        "missing": missing,
    }


def _public(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}


def _authority(authority_id: UUID, names: Names, pupil_id: UUID) -> str | None:
    return names.authority(authority_id, pupil_id)


def _authority_of(basis: Basis) -> str:
    """On what authority, with the dates that show whether it was in force."""
    if basis.delegation is not None:
        granted = basis.delegation
        delegator = granted.delegator.name if granted.delegator else None
        span = f"{words.day(granted.starts_on)} to {words.day(granted.ends_on)}"
        until = f", taken back on {words.day(granted.revoked_on)}" if granted.revoked_on else ""
        return f"Delegation from {delegator or 'name erased'}, {span}{until}"
    if basis.appointment is not None:
        until = f" to {words.day(basis.appointment.ends_on)}" if basis.appointment.ends_on else ""
        return f"Own office, held from {words.day(basis.appointment.starts_on)}{until}"
    return words.basis(basis.kind).capitalize()


def _reliance(one: Reliance) -> dict[str, Any]:
    return {"entry": None if one.position is None else one.position - 1, "what": words.title(one.topic or "")}
