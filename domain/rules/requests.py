"""Requests for a placing authority's consent: the reference an answer names them by, and what an answer takes over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.errors import Impossible
from domain.events import Fact, PlacingAuthorityConsentRequested
from domain.parts import ConsentScope
from domain.rules.breach import plain
from domain.rules.case import every
from domain.vocabulary import Capacity

_REFERENCE = re.compile(r"(?<![A-Z0-9])AP-([0-9A-F]{8})-([1-9][0-9]{0,3})(?![0-9])", re.IGNORECASE)


def reference(placement_id: UUID, number: int) -> str:
    """The reference of a request, short enough for the subject of an e-mail: `AP-3F2A91C0-2`."""
    return f"AP-{placement_id.hex[:8].upper()}-{number}"


def references_in(text: str) -> tuple[str, ...]:
    """Every reference that a text holds, as we write them, each once."""
    return tuple(dict.fromkeys(f"AP-{found[1].upper()}-{found[2]}" for found in _REFERENCE.finditer(text)))


def requested(placement: Sequence[Fact], number: int) -> PlacingAuthorityConsentRequested:
    """The request of a placement that has this number.

    Raises:
        Impossible: where none has.
    """
    for request in every(PlacingAuthorityConsentRequested, placement):
        if request.number == number:
            return request
    raise Impossible(
        "answers_request", f"There is no request number {number} for this placement. Choose one that was sent, or none."
    )


def answered(
    placement: Sequence[Fact],
    number: int | None,
    *,
    authority_id: UUID | None,
    scope: ConsentScope | None,
    capacity: Capacity | None,
) -> tuple[UUID, ConsentScope, Capacity]:
    """Whose consent it is, for what, in what capacity: as the request it answers says, or as was entered without one.

    Raises:
        Impossible: where the request is unknown, what was entered differs from it, or neither says.
    """
    entered = {"authority_id": authority_id, "scope": scope, "capacity": capacity}
    if number is None:
        return _whole(authority_id, scope, capacity)
    request = requested(placement, number)
    asked = (request.authority_id, request.scope, Capacity(str(request.capacity)))
    for (field, value), wanted in zip(entered.items(), asked, strict=True):
        if value is not None and value != wanted:
            differs = f"Request {number} asked for something else{_span(request.scope) if field == 'scope' else ''}."
            raise Impossible(
                field,
                f"{differs} If the authority agreed to what was asked, leave this as the request has it. If it agreed"
                " to something else, choose no request and enter what it said.",
            )
    return asked


def _whole(
    authority_id: UUID | None, scope: ConsentScope | None, capacity: Capacity | None
) -> tuple[UUID, ConsentScope, Capacity]:
    if authority_id is None:
        raise Impossible("authority_id", "Say which authority consents, or which request this answers.")
    if scope is None:
        raise Impossible("scope", "Say what the consent covers, or which request this answers.")
    if capacity is None:
        raise Impossible(
            "capacity", "Say in what capacity the authority placed the pupil, or which request this answers."
        )
    return authority_id, scope, capacity


def _span(scope: ConsentScope) -> str:
    ends = "the placement's end" if scope.ends_on is None else plain(scope.ends_on)
    return f": {plain(scope.starts_on)} to {ends}"


def next_number(placement: Iterable[Fact]) -> int:
    """The number of a placement's next request, from 1."""
    return sum(isinstance(fact, PlacingAuthorityConsentRequested) for fact in placement) + 1
