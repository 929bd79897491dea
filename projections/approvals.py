"""Who approved what, in what role and on what authority; and what was required and nobody has approved (S26).

No table of its own: decisions are entries, and whose authority they rest on is read from the offices as then known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Connection, and_, or_

from domain import events
from domain.parts import Override
from domain.rules.flags import Flag
from domain.vocabulary import Delivery, Medium, Role, Source
from projections.bases import Basis, Reliance, bases_of, rested_on
from projections.chronology import Entry, entries_where, read_entries
from projections.entries import ENTRIES
from projections.people import placing_authorities
from projections.placements import Narrowed, Placement, bare_list, bare_placement
from projections.questions import Statement, question
from projections.requirements import Required, Unmet, unmet
from projections.urgent import UrgentStart, urgent_starts


class Decision(StrEnum):
    """What a line of the matrix decided.

    `missing` stands where the requirement is not in force on the day asked; `on_paper` for an approval that a paper
    file tells of, and `urgent` for a start that the Head Teacher decided before one: neither is an approval given here.
    `unconfirmed` was said by telephone only and meets nothing.
    """

    GIVEN = "given"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    DECIDED = "decided"
    ON_PAPER = "on_paper"
    URGENT = "urgent"
    UNREACHABLE = "unreachable"
    NOT_RELEVANT = "not_relevant"
    MISSING = "missing"


@dataclass(frozen=True)
class Approval:
    """One decision about a placement, or a requirement that nobody has met (`missing`, with neither actor nor entry).

    Name, title and role are those the actor had then. `given_by` is the outsider whose word was recorded: the
    authority's officer, or the holder of parental responsibility. `reason` is the decision's own, where it gives one;
    `overridden` are the rules that the policy puts as should and that were set aside, each with why; `flags` what about
    an urgent start needs a second look, also once it is over. `unmet` says that the requirement is not in force on the
    day asked, and this is its line: missing, or said by telephone only.
    """

    placement_id: UUID
    pupil_id: UUID
    required: Required
    decision: Decision
    authority_id: UUID | None
    authority: str | None
    given_by: str | None
    given_by_title: str | None
    actor_id: UUID | None
    actor_name: str | None
    actor_title: str | None
    actor_role: Role | None
    actor_organisation: UUID | None
    basis: Basis | None
    relied_on: tuple[Reliance, ...]
    decided_on: date | None
    received_on: date | None
    recorded_at: datetime | None
    reason: str | None
    overridden: tuple[Override, ...]
    position: int | None
    entered_from: Source | None
    erased: bool
    flags: tuple[Flag, ...] = ()
    unmet: bool = False


DECISIONS: dict[str, tuple[Required, Decision]] = {
    events.ExistingPlacementAdded.TOPIC: (Required.PLACEMENT_APPROVAL, Decision.ON_PAPER),
    events.UrgentStartDecided.TOPIC: (Required.PLACEMENT_APPROVAL, Decision.URGENT),
    events.PlacementApproved.TOPIC: (Required.PLACEMENT_APPROVAL, Decision.GIVEN),
    events.PlacementRefused.TOPIC: (Required.PLACEMENT_APPROVAL, Decision.REFUSED),
    events.PlacingAuthorityConsentGiven.TOPIC: (Required.AUTHORITY_CONSENT, Decision.GIVEN),
    events.PlacingAuthorityConsentRefused.TOPIC: (Required.AUTHORITY_CONSENT, Decision.REFUSED),
    events.PlacingAuthorityConsentWithdrawn.TOPIC: (Required.AUTHORITY_CONSENT, Decision.WITHDRAWN),
    events.ParentalAgreementGiven.TOPIC: (Required.PARENTAL_POSITION, Decision.GIVEN),
    events.ParentalAgreementDeclined.TOPIC: (Required.PARENTAL_POSITION, Decision.DECLINED),
    events.ParentalAgreementDecided.TOPIC: (Required.PARENTAL_POSITION, Decision.DECIDED),
    events.ParentalAgreementWithdrawn.TOPIC: (Required.PARENTAL_POSITION, Decision.WITHDRAWN),
    events.ParentUnreachableRecorded.TOPIC: (Required.PARENTAL_POSITION, Decision.UNREACHABLE),
    events.ParentalAgreementNotRelevantRecorded.TOPIC: (Required.PARENTAL_POSITION, Decision.NOT_RELEVANT),
    events.ProviderSafeguardingPolicyVerified.TOPIC: (Required.SAFEGUARDING_POLICY, Decision.GIVEN),
}
"""Which entries decide which requirement, and how."""


def who_approved(
    connection: Connection,
    as_at: date,
    known_at: int,
    *,
    placement_id: UUID | None = None,
    school_id: UUID | None = None,
) -> tuple[Approval, ...]:
    """Every decision about one placement, one school's placements or all, then what each lacks on that day.

    In the order of the placements (newest first), of the requirements (S26, S42, S43, S30) and of the decisions.
    """
    if placement_id is None:
        return approvals_of(connection, bare_list(connection, as_at, known_at, Narrowed(school_id)), as_at, known_at)
    one = bare_placement(connection, placement_id, as_at, known_at)
    return () if one is None else approvals_of(connection, (one,), as_at, known_at)


def approvals_of(
    connection: Connection, placements: Sequence[Placement], as_at: date, known_at: int
) -> tuple[Approval, ...]:
    """The same for these placements, in their order."""
    decided = _decided(connection, placements, as_at, known_at)
    pupils = {one.placement_id: one.pupil_id for one in placements}
    last = {(one.placement_id, one.required, one.authority_id): one for one in decided}
    lacking: list[Approval] = []
    for lack in unmet(connection, placements, as_at, known_at):
        said = last.get((lack.placement_id, lack.required, lack.authority_id))
        if said is not None and said.decision is Decision.UNCONFIRMED:
            decided[decided.index(said)] = replace(said, unmet=True)
        else:
            lacking.append(_missing(lack, pupils))
    order = {one.placement_id: index for index, one in enumerate(placements)}
    steps = list(Required)
    return tuple(
        sorted(
            (*decided, *lacking),
            key=lambda row: (
                order[row.placement_id],
                steps.index(row.required),
                row.position is None,
                row.decided_on or as_at,
                row.position or 0,
            ),
        )
    )


def _decided(connection: Connection, placements: Sequence[Placement], as_at: date, known_at: int) -> list[Approval]:
    found = _decisions(connection, placements, as_at, known_at)
    bases = bases_of(connection, found, known_at)
    rested = rested_on(connection, found)
    authorities = _authorities(connection, placements, found, as_at, known_at)
    flags = {one.position: one.flags for one in _urgent(connection, found, as_at, known_at)}
    own = {one.placement_id: one for one in placements}
    outside = [one for one in placements if one.delivery is Delivery.OUTSIDE]
    return [
        _approval(one, entry, bases[entry.position], rested, authorities, flags=flags.get(entry.position, ()))
        for entry in found
        for one in (
            [own[entry.placement_id]]
            if entry.placement_id in own
            else [each for each in outside if entry.provider_id == each.provider_id]
        )
        if _decides(entry, one)
    ]


def _urgent(connection: Connection, found: Sequence[Entry], as_at: date, known_at: int) -> tuple[UrgentStart, ...]:
    """The urgent starts among these decisions, as they have gone; asked only where there are any."""
    ids = {one.placement_id for one in found if one.topic == events.UrgentStartDecided.TOPIC and one.placement_id}
    return urgent_starts(connection, as_at, known_at, placement_ids=ids) if ids else ()


def _decides(entry: Entry, one: Placement) -> bool:
    """Whether the entry decided anything: a paper file may say nothing of an approval."""
    return entry.topic != events.ExistingPlacementAdded.TOPIC or one.approved_on_paper


def _decisions(
    connection: Connection, placements: Sequence[Placement], as_at: date, known_at: int
) -> tuple[Entry, ...]:
    own, whose = {one.placement_id for one in placements}, {one.provider_id for one in placements}
    return read_entries(_decided_of(connection, own, whose, as_at, known_at))


@question
def _decided_of(
    placement_ids: Collection[UUID], provider_ids: Collection[UUID], as_at: date, known_at: int
) -> Statement:
    policy = events.ProviderSafeguardingPolicyVerified.TOPIC
    of_providers = and_(ENTRIES.c.provider_id.in_(provider_ids), ENTRIES.c.topic == policy)
    return entries_where(
        or_(ENTRIES.c.placement_id.in_(placement_ids), of_providers),
        ENTRIES.c.topic.in_(DECISIONS),
        ENTRIES.c.happened_on <= as_at,
        ENTRIES.c.position <= known_at,
    )


def _authorities(
    connection: Connection, placements: Sequence[Placement], found: Sequence[Entry], as_at: date, known_at: int
) -> dict[UUID, tuple[UUID, str | None]]:
    """Authorities by their own id and by the ids of their consents: a withdrawal names only the consent."""
    known = placing_authorities(connection, [one.pupil_id for one in placements], as_at, known_at)
    names = {authority.authority_id: authority.name for authority in known}
    by_id: dict[UUID, tuple[UUID, str | None]] = {}
    for entry in found:
        if "authority_id" in entry.facts:
            authority_id = UUID(entry.facts["authority_id"])
            by_id[authority_id] = authority_id, names.get(authority_id)
            if "consent_id" in entry.facts:
                by_id[UUID(entry.facts["consent_id"])] = by_id[authority_id]
    return by_id


def _approval(
    one: Placement,
    entry: Entry,
    basis: Basis,
    rested: dict[tuple[UUID, int], Reliance],
    authorities: dict[UUID, tuple[UUID, str | None]],
    *,
    flags: tuple[Flag, ...],
) -> Approval:
    required, decision = DECISIONS[entry.topic]
    if entry.facts.get("satisfactory") is False:
        decision = Decision.REFUSED
    if entry.facts.get("medium") == Medium.TELEPHONE and decision is Decision.GIVEN:
        decision = Decision.UNCONFIRMED
    consent = entry.facts.get("authority_id") or entry.facts.get("consent_id")
    authority_id, authority = (None, None) if consent is None else authorities.get(UUID(consent), (None, None))
    return Approval(
        placement_id=one.placement_id,
        pupil_id=one.pupil_id,
        required=required,
        decision=decision,
        authority_id=authority_id,
        authority=authority,
        given_by=_said(entry, "approved_by", "officer_name", "notified_by", "holder_name", "provider_lead"),
        given_by_title=_said(entry, "approver_title", "officer_title"),
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        actor_title=entry.actor_title,
        actor_role=entry.actor_role,
        actor_organisation=entry.actor_organisation,
        basis=None if decision is Decision.ON_PAPER else basis,
        relied_on=tuple(
            rested.get((stream, version), Reliance(stream, version, None, None))
            for stream, version in entry.relied_on.items()
        ),
        decided_on=_decided_on(entry),
        received_on=entry.received_on,
        recorded_at=entry.recorded_at,
        reason=_said(entry, "decision_reason", "reason", "explanation"),
        overridden=_overridden(entry),
        position=entry.position,
        entered_from=entry.entered_from,
        erased=entry.erased,
        flags=flags,
    )


def _decided_on(entry: Entry) -> date | None:
    """The day it was decided; of an approval on paper, the day that the paper gives, if any."""
    if entry.topic != events.ExistingPlacementAdded.TOPIC:
        return entry.happened_on
    said = _said(entry, "approved_on")
    return None if said is None else date.fromisoformat(said)


def _overridden(entry: Entry) -> tuple[Override, ...]:
    said = entry.facts.get("overridden", ())
    return msgspec.convert(said, tuple[Override, ...]) if isinstance(said, list) else ()


def _said(entry: Entry, *names: str) -> str | None:
    """The first of these personal fields that the entry has; None where it is erased."""
    said = next((entry.facts[name] for name in names if name in entry.facts), None)
    return said if isinstance(said, str) else None


def _missing(lack: Unmet, pupils: Mapping[UUID, UUID]) -> Approval:
    pupil_id = pupils[lack.placement_id]
    nobody: dict[str, Any] = {field.name: None for field in fields(Approval)}
    nobody |= {"placement_id": lack.placement_id, "pupil_id": pupil_id, "required": lack.required}
    nobody |= {"authority_id": lack.authority_id, "authority": lack.authority}
    return Approval(
        **nobody
        | {"decision": Decision.MISSING, "relied_on": (), "overridden": (), "erased": False, "flags": (), "unmet": True}
    )
