"""Facts of a pupil. Subject: the pupil; the stream's id is the random pseudonym."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.events.fact import ACTOR, EVIDENCE, Evidenced, Fact
from domain.values import Personal
from domain.vocabulary import Capacity, ResidenceStatus, RollKind


class PupilEnrolled(Fact, frozen=True, kw_only=True):
    """A pupil is on a school's roll from a day on."""

    TOPIC = "pupil.enrolled"
    PERSONAL = {"pupil": ("name", "born_on", "upn", "local_ref"), "actor": ACTOR}
    OPENS_SUBJECT = True

    school_id: UUID
    starts_on: date
    roll_kind: RollKind
    name: Personal[str]
    born_on: Personal[date]
    upn: Personal[str | None]
    local_ref: Personal[str]


class PupilRemovedFromRoll(Evidenced, frozen=True, kw_only=True):
    """A pupil's name is deleted from a school's admission register, on a ground of regulation 9."""

    TOPIC = "pupil.removed-from-roll"
    PERSONAL = {"roll": ("ground",), "evidence": EVIDENCE, "actor": ACTOR}

    school_id: UUID
    removed_on: date
    received_on: date | None = None
    ground: Personal[str]


class PupilResidenceChanged(Evidenced, frozen=True, kw_only=True):
    """Where the pupil lives, from a day on; `home_site_id` names the children's home where there is one (S61)."""

    TOPIC = "pupil.residence-changed"
    PERSONAL = {"residence": ("status", "home_site_id"), "evidence": EVIDENCE, "actor": ACTOR}

    effective_on: date
    received_on: date | None = None
    status: Personal[ResidenceStatus]
    home_site_id: Personal[UUID | None]


class EhcpRecorded(Evidenced, frozen=True, kw_only=True):
    """The pupil has an education, health and care plan, maintained by a named authority."""

    TOPIC = "pupil.ehcp-recorded"
    PERSONAL = {
        "ehcp": ("reference", "maintaining_authority", "annual_review_due"),
        "evidence": EVIDENCE,
        "actor": ACTOR,
    }

    effective_on: date
    received_on: date | None = None
    reference: Personal[str]
    maintaining_authority: Personal[str]
    annual_review_due: Personal[date | None]


class EhcpCeased(Fact, frozen=True, kw_only=True):
    """The pupil's education, health and care plan ceased to be maintained."""

    TOPIC = "pupil.ehcp-ceased"

    effective_on: date
    received_on: date | None = None


class PlacingAuthorityRecorded(Evidenced, frozen=True, kw_only=True):
    """An authority placed the pupil; its consent is needed for delivery by anyone outside the school (S42).

    Its code is None only where a paper file, transcribed, does not name it.
    """

    TOPIC = "pupil.placing-authority-recorded"
    PERSONAL = {"authority": ("authority_code", "authority_name", "capacity"), "evidence": EVIDENCE, "actor": ACTOR}

    authority_id: UUID
    effective_on: date
    received_on: date | None = None
    authority_code: Personal[str | None]
    authority_name: Personal[str]
    capacity: Personal[Capacity]


class NoPlacingAuthorityRecorded(Fact, frozen=True, kw_only=True):
    """No authority placed this pupil, and why; said outright, because silence would leave the question open."""

    TOPIC = "pupil.no-placing-authority-recorded"
    PERSONAL = {"authority": ("reason",), "actor": ACTOR}

    effective_on: date
    received_on: date | None = None
    reason: Personal[str]


class ParentalResponsibilityRecorded(Evidenced, frozen=True, kw_only=True):
    """A person holds parental responsibility, on what ground, with what restrictions, and what evidence was seen."""

    TOPIC = "pupil.parental-responsibility-recorded"
    PERSONAL = {"parent": ("name", "ground", "restrictions", "evidence_seen"), "evidence": EVIDENCE, "actor": ACTOR}

    holder_id: UUID
    effective_on: date
    received_on: date | None = None
    name: Personal[str]
    ground: Personal[str]
    restrictions: Personal[str | None]
    evidence_seen: Personal[str]
