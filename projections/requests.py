"""Requests for a placing authority's consent: what was asked of whom, and whether an answer has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, Connection, Date, Integer, Text, Uuid, select

from domain.events import (
    PlacingAuthorityConsentGiven,
    PlacingAuthorityConsentRefused,
    PlacingAuthorityConsentRequested,
    PlacingAuthorityConsentWithdrawn,
)
from domain.rules.requests import reference
from domain.vocabulary import Capacity, Medium
from projections.answers import columns, every, word
from projections.axes import Timeline
from projections.consents import singles
from projections.families import (
    ATTENDANCE,
    DECISION,
    OFFICE,
    PARENTS,
    PREPARATION,
    PROVIDER,
    PUPIL,
    READING,
    RESPONSIBILITY,
    RETURN,
    SCHOOL,
)
from projections.questions import Statement, question
from projections.read_model import Batch, ReadModel, plain

MODEL = ReadModel(
    "requests",
    ignores=(
        *SCHOOL,
        *OFFICE,
        *PUPIL,
        *RESPONSIBILITY,
        *PROVIDER,
        *PREPARATION,
        *DECISION,
        *PARENTS,
        *ATTENDANCE,
        *RETURN,
        *READING,
        PlacingAuthorityConsentWithdrawn,
    ),
)

REQUESTS = Timeline(
    "consent_requests",
    [Column("placement_id", Uuid), Column("number", Integer)],
    [
        Column("authority_id", Uuid, nullable=False),
        Column("provider_id", Uuid, nullable=False),
        Column("site_id", Uuid),
        Column("scope_from", Date, nullable=False),
        Column("scope_to", Date),
        Column("capacity", word(Capacity)),
        Column("sent_to", Text),
        Column("message", Text),
    ],
)

ANSWERS = Timeline(
    "consent_answers",
    [Column("placement_id", Uuid), Column("authority_id", Uuid), Column("entry", BigInteger)],
    [
        Column("answers_request", Integer),
        Column("capacity", word(Capacity)),
        Column("refused", Boolean, nullable=False),
    ],
)
"""Each consent and refusal for itself. A telephone call is none: it is unconfirmed and answers nothing."""


class RequestStatus(StrEnum):
    """Whether a request has its answer."""

    OPEN = "open"
    CONSENTED = "consented"
    REFUSED = "refused"


@dataclass(frozen=True)
class Request:
    """One request as it stands on a day; `answered_on` and `answered_at` (a position) are of its first answer."""

    placement_id: UUID
    number: int
    authority_id: UUID
    requested_on: date
    provider_id: UUID
    site_id: UUID | None
    scope_from: date
    scope_to: date | None
    capacity: Capacity | None
    sent_to: str | None
    message: str | None
    position: int
    status: RequestStatus = RequestStatus.OPEN
    answered_on: date | None = None
    answered_at: int | None = None

    @property
    def reference(self) -> str:
        """What the authority is asked to name in its answer."""
        return reference(self.placement_id, self.number)


@dataclass(frozen=True)
class _Answer:
    placement_id: UUID
    authority_id: UUID
    answers_request: int | None
    capacity: Capacity | None
    refused: bool
    answered_on: date
    position: int


@MODEL.applies(PlacingAuthorityConsentRequested)
def _requested(batch: Batch, position: int, fact: PlacingAuthorityConsentRequested) -> None:
    values = {
        "authority_id": fact.authority_id,
        "provider_id": fact.scope.provider_id,
        "site_id": fact.scope.site_id,
        "scope_from": fact.scope.starts_on,
        "scope_to": fact.scope.ends_on,
        **{name: plain(getattr(fact, name)) for name in ("capacity", "sent_to", "message")},
    }
    batch.timeline(REQUESTS).state(position, (fact.originator_id, fact.number), fact.requested_on, values)


@MODEL.applies(PlacingAuthorityConsentGiven)
def _given(batch: Batch, position: int, fact: PlacingAuthorityConsentGiven) -> None:
    if fact.medium != Medium.TELEPHONE:
        _answered(batch, position, fact, refused=False)


@MODEL.applies(PlacingAuthorityConsentRefused)
def _refused(batch: Batch, position: int, fact: PlacingAuthorityConsentRefused) -> None:
    _answered(batch, position, fact, refused=True)


def _answered(
    batch: Batch, position: int, fact: PlacingAuthorityConsentGiven | PlacingAuthorityConsentRefused, *, refused: bool
) -> None:
    values = {"answers_request": fact.answers_request, "capacity": plain(fact.capacity), "refused": refused}
    key = (fact.originator_id, fact.authority_id, position)
    batch.timeline(ANSWERS).state(position, key, fact.received_on, values)


def requests(
    connection: Connection, as_at: date, known_at: int, *, placement_ids: Collection[UUID] | None = None
) -> tuple[Request, ...]:
    """Every request sent by a day, oldest first, as it stands then; of some placements, or of all.

    An answer that names a number answers that request. One that names none answers whatever its authority was asked
    before in the same capacity. The first answer counts.
    """
    answers: dict[UUID, list[_Answer]] = {}
    for answer in every(_Answer, _came(connection, as_at, known_at, placement_ids)):
        answers.setdefault(answer.placement_id, []).append(answer)
    found = every(Request, _sent(connection, as_at, known_at, placement_ids))
    return tuple(_as_it_stands(request, answers.get(request.placement_id, ())) for request in found)


@question
def _sent(as_at: date, known_at: int, placement_ids: Collection[UUID] | None) -> Statement:
    table = REQUESTS.table
    later = ("status", "answered_on", "answered_at")
    query = select(*columns(Request, table, without=later, requested_on="effective_from"))
    query = query.where(REQUESTS.at(as_at, known_at)).order_by(table.c.effective_from, table.c.position)
    return query if placement_ids is None else query.where(table.c.placement_id.in_(placement_ids))


@question
def _came(as_at: date, known_at: int, placement_ids: Collection[UUID] | None) -> Statement:
    table = ANSWERS.table
    query = select(*columns(_Answer, table, answered_on="effective_from"))
    query = query.where(ANSWERS.at(as_at, known_at)).order_by(table.c.position)
    return query if placement_ids is None else query.where(table.c.placement_id.in_(placement_ids))


def _as_it_stands(request: Request, answers: Iterable[_Answer]) -> Request:
    answer = next((answer for answer in answers if _answers(answer, request)), None)
    if answer is None:
        return request
    status = RequestStatus.REFUSED if answer.refused else RequestStatus.CONSENTED
    return replace(request, status=status, answered_on=answer.answered_on, answered_at=answer.position)


def _answers(answer: _Answer, request: Request) -> bool:
    if answer.authority_id != request.authority_id or answer.position < request.position:
        return False
    if answer.answers_request is not None:
        return answer.answers_request == request.number
    return bool(singles(answer.capacity) & singles(request.capacity))
