"""Facts of consents and of the parents' position, in the stream of their placement. Subject: the pupil."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from domain.events.fact import ACTOR, EVIDENCE, Evidenced, Fact
from domain.parts import Attempt, ConsentScope
from domain.values import Personal
from domain.vocabulary import Capacity, Medium, NotRelevantReason


class PlacingAuthorityConsentRequested(Fact, frozen=True, kw_only=True):
    """The school asks a placing authority for its consent, under a number that the answer can name (S42)."""

    TOPIC = "placement.authority-consent-requested"
    PERSONAL = {"request": ("capacity", "sent_to", "message"), "actor": ACTOR}

    number: int
    authority_id: UUID
    scope: ConsentScope
    requested_on: date
    capacity: Personal[Capacity]
    sent_to: Personal[str]
    message: Personal[str | None]


class PlacingAuthorityConsentGiven(Evidenced, frozen=True, kw_only=True):
    """A placing authority consents to outside delivery within a scope (S42); given by its officer, recorded by ours.

    One that answers a numbered request has the scope of that request.
    """

    TOPIC = "placement.authority-consent-given"
    PERSONAL = {
        "consent": ("capacity", "officer_name", "officer_title", "medium", "conditions"),
        "evidence": EVIDENCE,
        "actor": ACTOR,
    }

    consent_id: UUID
    authority_id: UUID
    scope: ConsentScope
    given_on: date
    received_on: date
    answers_request: int | None = None
    capacity: Personal[Capacity]
    officer_name: Personal[str]
    officer_title: Personal[str]
    medium: Personal[Medium]
    conditions: Personal[str | None]


class PlacingAuthorityConsentRefused(Evidenced, frozen=True, kw_only=True):
    """A placing authority refuses its consent in one capacity or both; what it gave in another stands."""

    TOPIC = "placement.authority-consent-refused"
    PERSONAL = {
        "consent": ("capacity", "officer_name", "officer_title", "reason"),
        "evidence": EVIDENCE,
        "actor": ACTOR,
    }

    authority_id: UUID
    refused_on: date
    received_on: date
    answers_request: int | None = None
    capacity: Personal[Capacity]
    officer_name: Personal[str]
    officer_title: Personal[str]
    reason: Personal[str]


class PlacingAuthorityConsentWithdrawn(Evidenced, frozen=True, kw_only=True):
    """A placing authority withdraws a consent from a day on."""

    TOPIC = "placement.authority-consent-withdrawn"
    PERSONAL = {"consent": ("notified_by", "reason"), "evidence": EVIDENCE, "actor": ACTOR}

    consent_id: UUID
    effective_on: date
    received_on: date
    notified_by: Personal[str]
    reason: Personal[str]


class ParentalAgreementGiven(Evidenced, frozen=True, kw_only=True):
    """A person with parental responsibility agrees to the placement (S43); one holder suffices."""

    TOPIC = "placement.parental-agreement-given"
    PERSONAL = {"parent": ("holder_name", "medium"), "evidence": EVIDENCE, "actor": ACTOR}

    holder_id: UUID
    given_on: date
    received_on: date
    holder_name: Personal[str]
    medium: Personal[Medium]


class ParentalAgreementDeclined(Evidenced, frozen=True, kw_only=True):
    """A person with parental responsibility declines; the Head Teacher's reasoned decision follows."""

    TOPIC = "placement.parental-agreement-declined"
    PERSONAL = {"parent": ("holder_name", "reason"), "evidence": EVIDENCE, "actor": ACTOR}

    holder_id: UUID
    declined_on: date
    received_on: date
    holder_name: Personal[str]
    reason: Personal[str]


class ParentalAgreementDecided(Fact, frozen=True, kw_only=True):
    """The Head Teacher decides to go on although a parent declined, and why."""

    TOPIC = "placement.parental-agreement-decided"
    PERSONAL = {"parent": ("reason",), "actor": ACTOR}

    decided_on: date
    reason: Personal[str]


class ParentalAgreementWithdrawn(Evidenced, frozen=True, kw_only=True):
    """A person with parental responsibility withdraws the agreement given before."""

    TOPIC = "placement.parental-agreement-withdrawn"
    PERSONAL = {"parent": ("holder_name", "reason"), "evidence": EVIDENCE, "actor": ACTOR}

    holder_id: UUID
    effective_on: date
    received_on: date
    holder_name: Personal[str]
    reason: Personal[str]


class ParentUnreachableRecorded(Evidenced, frozen=True, kw_only=True):
    """Nobody with parental responsibility could be reached, after dated attempts; looked at again on a date."""

    TOPIC = "placement.parent-unreachable-recorded"
    PERSONAL = {"parent": ("attempts",), "evidence": EVIDENCE, "actor": ACTOR}

    concluded_on: date
    review_on: date
    attempts: Personal[tuple[Attempt, ...]]


class ParentalAgreementNotRelevantRecorded(Evidenced, frozen=True, kw_only=True):
    """The Head Teacher records that parents' agreement is not relevant, and why (S43: silence is not allowed)."""

    TOPIC = "placement.parental-agreement-not-relevant"
    PERSONAL = {"parent": ("reason", "explanation"), "evidence": EVIDENCE, "actor": ACTOR}

    decided_on: date
    reason: Personal[NotRelevantReason]
    explanation: Personal[str]
