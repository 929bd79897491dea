"""Parents' agreement of one placement: where everybody stands, and which of the few things there are to record next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from flask import Response, redirect, request, url_for

from domain.errors import NotFound
from domain.rules.dispute import in_dispute
from projections.parents import ParentalPosition, parental_positions
from projections.placements import Placement, placement
from projections.standing import ParentalStatus
from web import words
from web.actions import BY_NAME
from web.desk import Desk
from web.naming import Names
from web.rendering import Page

_COLUMNS = ("who", "status", "since", "received_on", "reason", "review_on", "entry")
_NO = {ParentalStatus.DECLINED, ParentalStatus.WITHDRAWN}


@dataclass(frozen=True)
class Form:
    """One of the things that may be said, and the form that records it."""

    which: str
    says: str
    hint: str
    endpoint: str


_AGREES = Form("agrees", "A parent agrees", "In writing; one parent’s word is enough", "record-parental-agreement")
_DECLINES = Form("declines", "A parent declines", "The Head Teacher then decides", "record-parental-refusal")
_UNREACHABLE = Form(
    "unreachable",
    "Nobody can be reached",
    "Each attempt with its day, and when to try next",
    "record-parent-unreachable",
)
_NOT_RELEVANT = Form(
    "not-relevant", "Agreement is not relevant", "The Head Teacher’s own decision, with the reason",
    "record-parental-agreement-not-relevant",
)  # fmt: skip
_WITHDRAWS = Form(
    "withdraws", "A parent takes their agreement back", "From which day, and why", "withdraw-parental-agreement"
)
_GO_ON = Form(
    "go-on", "The placement goes on although a parent said no", "The Head Teacher’s own decision, with the reason",
    "decide-without-parental-agreement",
)  # fmt: skip


def choose(desk: Desk, record_id: UUID) -> Page | Response:
    """Where the parents stand; with an answer, on to the short form that records it."""
    found = placement(desk.connection, record_id, desk.as_at, desk.known_at)
    if found is None:
        raise NotFound("placement", record_id)
    said = parental_positions(desk.connection, [record_id], desk.as_at, desk.known_at)
    forms = () if desk.travelled else tuple(_forms(desk, found, said))
    asked = next((one for one in forms if one.which == request.args.get("which")), None)
    if asked is not None and desk.wants == "html":
        return redirect(url_for(f"placement.{asked.endpoint}", record_id=record_id), 303)
    names, rows = Names(desk), [_row(one) for one in said]
    disputed = in_dispute((one.holder_id, one.status) for one in said)
    shows = {
        "placement": found,
        "pupil": names.pupil(found.pupil_id),
        "provider": names.providers.get(found.provider_id, "a provider"),
        "rows": rows,
        "disputed": disputed,
        "forms": forms,
        "unanswered": "go" in request.args,
    }
    data = {"disputed": disputed, "positions": rows}
    return Page("placements/parents.html", "Parents’ agreement", shows, data, rows, _COLUMNS)


def _forms(desk: Desk, found: Placement, said: tuple[ParentalPosition, ...]) -> Iterator[Form]:
    """The four there always are, and the two that only follow on something said before."""
    given = any(one.status is ParentalStatus.GIVEN for one in said)
    declined = any(one.status in _NO for one in said)
    after = ((_WITHDRAWS, given), (_GO_ON, declined))
    for form in (_AGREES, _DECLINES, _UNREACHABLE, _NOT_RELEVANT, *(form for form, fits in after if fits)):
        action = BY_NAME[f"placement.{form.endpoint}"]
        if desk.officer.actor.role in action.roles and action.fits(found.status):
            yield form


def _row(one: ParentalPosition) -> dict[str, object]:
    return {
        "who": one.holder_name or ("Name erased" if one.holder_id else "The school"),
        "status": words.say(one.status),
        "since": one.since,
        "received_on": one.received_on,
        "reason": one.reason,
        "review_on": one.review_on,
        "entry": one.position - 1,
    }
