"""Entries: one row each, with whom it concerns and what it says.

Attendance and who looked keep rows of their own (see `marks` and `readings`).
"""

from __future__ import annotations

from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text, Uuid

from domain import events
from domain.events import Fact
from domain.vocabulary import BasisKind, Role, Source
from projections.answers import Moment, word
from projections.axes import Row
from projections.database import POSITION, PREFIX, metadata
from projections.families import (
    ATTENDANCE,
    CONSENT,
    DECISION,
    OFFICE,
    PREPARATION,
    PROVIDER,
    PUPIL,
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.read_model import Batch, ReadModel, erased, plain

MODEL = ReadModel("entries", ignores=(*ATTENDANCE, events.RecordRead))

LONDON = ZoneInfo("Europe/London")
"""Where a day begins and ends for a fact that carries no day of its own."""

ENTRIES = Table(
    f"{PREFIX}entries",
    metadata,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("stream", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("topic", String(64), nullable=False),
    Column("placement_id", Uuid),
    Column("pupil_id", Uuid),
    Column("provider_id", Uuid),
    Column("happened_on", Date, nullable=False),
    Column("received_on", Date),
    Column("recorded_at", Moment, nullable=False),
    Column("actor_id", Uuid),
    Column("actor_role", word(Role), nullable=False),
    Column("actor_organisation", Uuid),
    Column("basis_kind", word(BasisKind), nullable=False),
    Column("basis_ref", Uuid),
    Column("actor_name", Text),
    Column("actor_title", Text),
    Column("entered_from", word(Source), nullable=False),
    Column("facts", Text, nullable=False),
    Column("relied_on", Text, nullable=False),
    Column("erased", Boolean, nullable=False),
    Index("entries_stream", "stream", "version"),
    Index("entries_placement", "placement_id", "position"),
    Index("entries_pupil", "pupil_id", "position"),
    Index("entries_provider", "provider_id", "position"),
)

_HAPPENED: dict[type[Fact], str] = {
    events.OfficeHolderAppointed: "starts_on",
    events.OfficeHolderCeased: "last_day",
    events.PupilEnrolled: "starts_on",
    events.PupilRemovedFromRoll: "removed_on",
    events.PupilResidenceChanged: "effective_on",
    events.EhcpRecorded: "effective_on",
    events.EhcpCeased: "effective_on",
    events.PlacingAuthorityRecorded: "effective_on",
    events.NoPlacingAuthorityRecorded: "effective_on",
    events.ParentalResponsibilityRecorded: "effective_on",
    events.ProviderRegistrationVerified: "checked_on",
    events.ProviderRegistrationLapsed: "effective_on",
    events.ProviderSafeguardingPolicyVerified: "verified_on",
    events.SettingRiskAssessed: "assessed_on",
    events.ExistingPlacementAdded: "started_on",
    events.AccreditationStated: "stated_on",
    events.NeedsAssessmentCompleted: "assessed_on",
    events.RiskAssessmentCompleted: "assessed_on",
    events.BaselineRecorded: "measured_on",
    events.InterventionPlanPrepared: "prepared_on",
    events.PlacementAgreementSigned: "signed_on",
    events.WeeklyTimetableSet: "valid_from",
    events.PlacementApproved: "approved_on",
    events.PlacementRefused: "refused_on",
    events.UrgentStartDecided: "decided_on",
    events.PlacementStarted: "started_on",
    events.PlacementSuspended: "suspended_on",
    events.PlacementResumed: "resumed_on",
    events.ReviewHeld: "held_on",
    events.PlacementEnded: "ended_on",
    events.PlacingAuthorityConsentRequested: "requested_on",
    events.PlacingAuthorityConsentGiven: "given_on",
    events.PlacingAuthorityConsentRefused: "refused_on",
    events.PlacingAuthorityConsentWithdrawn: "effective_on",
    events.ParentalAgreementGiven: "given_on",
    events.ParentalAgreementDeclined: "declined_on",
    events.ParentalAgreementDecided: "decided_on",
    events.ParentalAgreementWithdrawn: "effective_on",
    events.ParentUnreachableRecorded: "concluded_on",
    events.ParentalAgreementNotRelevantRecorded: "decided_on",
    events.ProviderReturnReceived: "day",
}
"""Which field says when a thing happened or takes effect; the other facts happen by being recorded."""

_OF_PLACEMENT = frozenset({*PREPARATION, *DECISION, *CONSENT, *RETURN})
_OF_PUPIL = frozenset({*PUPIL, *RESPONSIBILITY})
_OF_PROVIDER = frozenset(PROVIDER)


def entry_row(position: int, fact: Fact) -> Row:
    """What a fact comes to as a line of the chronology."""
    kind, actor = type(fact), fact.actor
    return {
        "position": position,
        "stream": fact.originator_id,
        "version": fact.originator_version,
        "topic": fact.TOPIC,
        **_whom(fact),
        "happened_on": _happened(fact),
        "received_on": getattr(fact, "received_on", None),
        "recorded_at": fact.recorded_at,
        "actor_id": actor.id,
        "actor_role": actor.role,
        "actor_organisation": actor.organisation,
        "basis_kind": actor.basis.kind,
        "basis_ref": actor.basis.ref,
        "actor_name": plain(fact.actor_name),
        "actor_title": plain(fact.actor_title),
        "entered_from": fact.entered_from,
        "facts": msgspec.json.encode({name: getattr(fact, name) for name in own_fields(kind)}).decode(),
        "relied_on": msgspec.json.encode(fact.relied_on).decode(),
        "erased": erased(*(getattr(fact, name) for group in kind.PERSONAL.values() for name in group)),
    }


def _whom(fact: Fact) -> Row:
    kind = type(fact)
    placed, pupil = kind in _OF_PLACEMENT, kind in _OF_PUPIL
    provider = fact.originator_id if kind in _OF_PROVIDER else getattr(fact, "provider_id", None)
    return {
        "placement_id": getattr(fact, "placement_id", fact.originator_id) if placed else None,
        "pupil_id": fact.originator_id if pupil else fact.subject if placed else None,
        "provider_id": provider,
    }


def _happened(fact: Fact) -> date:
    field = _HAPPENED.get(type(fact))
    if field is None:
        return fact.recorded_at.astimezone(LONDON).date()
    day: date = getattr(fact, field)
    return day


@cache
def own_fields(kind: type[Fact]) -> tuple[str, ...]:
    """The fields that a kind of fact adds to what every fact carries."""
    common = {field.name for field in msgspec.structs.fields(Fact)}
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.name not in common)


def _line(batch: Batch, position: int, fact: Fact) -> None:
    batch.add(ENTRIES, entry_row(position, fact))


for _kind in (
    *SCHOOL,
    *OFFICE,
    *PUPIL,
    *RESPONSIBILITY,
    *PROVIDER,
    *PREPARATION,
    *DECISION,
    *CONSENT,
    *RETURN,
):
    MODEL.applies(_kind)(_line)
MODEL.applies(events.EvidenceExported)(_line)
