"""The composite values that facts carry: calendars, plans, hazards, scopes. Frozen, and encoded field by field."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from domain.vocabulary import Deferrable, Exported, Measured, Rag, Returned, Session, TaughtAt


class Term(msgspec.Struct, frozen=True):
    """A school term with its half-term holiday; all days inclusive."""

    name: str
    start: date
    end: date
    half_term_from: date
    half_term_to: date


class SessionTimes(msgspec.Struct, frozen=True):
    """When the two sessions of a school day run, as local wall-clock times HH:MM in Europe/London."""

    am_start: str
    am_end: str
    pm_start: str
    pm_end: str


class Barrier(msgspec.Struct, frozen=True):
    """Something that keeps the pupil from learning with peers, and the provision that answers it (S10)."""

    barrier: str
    provision: str


class Measure(msgspec.Struct, frozen=True):
    """One reading of where the pupil stands (S24)."""

    area: Measured
    tool: str
    value: str
    unit: str
    measured_on: date


class Objective(msgspec.Struct, frozen=True):
    """What the placement is to achieve and by when; `kind` is improvement or attainment (S21, S22)."""

    id: str
    kind: str
    text: str
    target: str
    target_date: date


class ObjectiveRating(msgspec.Struct, frozen=True):
    """How one objective stood at a review."""

    id: str
    rag: Rag


class Monitoring(msgspec.Struct, frozen=True):
    """Who watches what, how and how often (S23)."""

    what: str
    who: str
    frequency: str


class Pathway(NamedTuple):
    """Weekly minutes taught against the minutes of the pupil's pathway in school (S54); encoded in this order."""

    minutes_a_week: int
    pathway_minutes_a_week: int
    level: str


class Hazard(msgspec.Struct, frozen=True):
    """One hazard of a risk assessment; likelihood and severity from 1 (low) to 5 (high)."""

    hazard: str
    likelihood: int
    severity: int
    control: str
    owner: str


class ConsentScope(msgspec.Struct, frozen=True):
    """What a consent covers: a provider, optionally one site, and a span of days; no end means the placement's end."""

    provider_id: UUID
    site_id: UUID | None
    starts_on: date
    ends_on: date | None


class Attempt(msgspec.Struct, frozen=True):
    """One dated attempt to reach a person with parental responsibility."""

    attempted_on: date
    how: str


class DelegationLimits(msgspec.Struct, frozen=True):
    """How far a delegation goes; None means no limit of that kind."""

    provider_id: UUID | None = None
    pupil_id: UUID | None = None
    max_weeks: int | None = None


class EvidenceFile(msgspec.Struct, frozen=True):
    """A file that supports a fact: its place in the store, and what of it is signed.

    `sha256` is of the file's bytes, in lower-case hexadecimal. It is sealed with the fact: nobody can try files on it.
    """

    file_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str


class EvidenceScope(msgspec.Struct, frozen=True):
    """What an evidence file is about: a placement or pupil, or what was entered in a period, by one school or anybody.

    `about` is the placement, the pupil or the school; a period runs from one instant up to before the other.
    """

    kind: Exported
    about: UUID | None
    starts_at: datetime | None
    ends_at: datetime | None


class Override(msgspec.Struct, frozen=True):
    """A rule the policy puts as should, typically or ideally, which the Head Teacher set aside, and why."""

    rule: str
    clause: str | None
    reason: str


class Deferral(msgspec.Struct, frozen=True):
    """What an urgent start puts off, and the day by which it is made good."""

    what: Deferrable
    due_on: date


class TimetabledSession(msgspec.Struct, frozen=True):
    """One session of the week, 1 for Monday to 5 for Friday: where it is taught, and what."""

    weekday: int
    session: Session
    at: TaughtAt
    subject: str | None


class ReturnedSession(msgspec.Struct, frozen=True):
    """One line of a provider's return; times are local wall-clock times HH:MM in Europe/London."""

    pupil_id: UUID
    placement_id: UUID
    session: Session
    attendance: Returned
    arrived: str | None
    left: str | None
    note: str | None


class Mark(msgspec.Struct, frozen=True):
    """One line of a register as it is taken: what `mark_attendance` takes for one pupil."""

    pupil_id: UUID
    placement_id: UUID | None
    site_id: UUID | None
    day: date
    session: Session
    taken_at: datetime
    code: str
    minutes_late: int | None
    nature: str | None
    note: str | None
    taken_by: str
