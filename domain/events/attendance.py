"""Every fact of one pupil's one session: the mark, then its amendments. Subject: the pupil.

The stream's id is the version-5 UUID of `f"{day}/{session}"` in the namespace of the pupil's random pseudonym, so that
a second mark for one session collides whoever enters it, and recording one mark loads no other stream of the pupil.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5

from domain.events.fact import ACTOR, Fact
from domain.values import Personal
from domain.vocabulary import AmendmentReason, Returned, Session


def attendance_id(pupil_id: UUID, day: date, session: Session) -> UUID:
    """Name the stream of one pupil's one session."""
    return uuid5(pupil_id, f"{day.isoformat()}/{session.value}")


def provider_return_id(pupil_id: UUID, day: date, session: Session) -> UUID:
    """Name the stream of what a provider says of one pupil's one session; the school's mark is another stream."""
    return uuid5(pupil_id, f"{day.isoformat()}/{session.value}/return")


class AttendanceMarked(Fact, frozen=True, kw_only=True):
    """A pupil's attendance at one session, as taken (SI 2024/208, regulation 10; policy S32)."""

    TOPIC = "attendance.marked"
    PERSONAL = {"mark": ("code", "minutes_late", "nature", "note"), "taker": ("taken_by", *ACTOR)}

    pupil_id: UUID
    school_id: UUID
    placement_id: UUID | None
    site_id: UUID | None
    day: date
    session: Session
    taken_at: datetime
    code: Personal[str]
    minutes_late: Personal[int | None]
    nature: Personal[str | None]
    note: Personal[str | None]
    taken_by: Personal[str]


class AttendanceAmended(Fact, frozen=True, kw_only=True):
    """A mark is amended: original, amended, reason, date, and (the actor) name and title of who amends.

    `corrects` is the version, in this same stream, of what stood until now: the mark, or the amendment before.
    """

    TOPIC = "attendance.amended"
    PERSONAL = {
        "mark": ("original_code", "amended_code", "reason_code", "reason", "minutes_late", "nature"),
        "taker": ACTOR,
    }

    pupil_id: UUID
    day: date
    session: Session
    corrects: int
    amended_on: date
    original_code: Personal[str]
    amended_code: Personal[str]
    reason_code: Personal[AmendmentReason]
    reason: Personal[str]
    minutes_late: Personal[int | None]
    nature: Personal[str | None]


class ProviderReturnReceived(Fact, frozen=True, kw_only=True):
    """A provider says whether a pupil was there; a later return puts an earlier one right, and neither is the mark.

    No file supports it: a provider's sheet names several pupils, and a file is sealed under one pupil's key.
    """

    TOPIC = "attendance.provider-return-received"
    PERSONAL = {"return": ("attendance", "arrived", "left", "note", "given_by"), "actor": ACTOR}

    pupil_id: UUID
    school_id: UUID
    placement_id: UUID
    day: date
    session: Session
    received_on: date
    attendance: Personal[Returned]
    arrived: Personal[str | None]
    left: Personal[str | None]
    note: Personal[str | None]
    given_by: Personal[str]
