"""An authority's answer on its way in: which request it names, and the form that records it, filled in as read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from flask import url_for
from werkzeug.datastructures import MultiDict

from domain.parts import EvidenceFile
from domain.rules.requests import references_in
from domain.values import LONDON
from domain.vocabulary import Medium, PlacementStatus
from projections.placements import placement_list
from projections.requests import Request, RequestStatus, requests
from web.actions import BY_NAME
from web.desk import Desk
from web.forms import dated
from web.letters import Letter
from web.reading import Form, numbers

CONSENTS, REFUSES = "consents", "refuses"
_FORMS = {CONSENTS: "placement.record-authority-consent", REFUSES: "placement.record-authority-refusal"}
_OVER = frozenset({PlacementStatus.ENDED, PlacementStatus.REFUSED})


@dataclass(frozen=True)
class Answering:
    """An answer as far as it is known: the file that holds it, what it says of itself, and what a person said of it."""

    file: EvidenceFile | None = None
    letter: Letter | None = None
    says: str = ""
    chosen: str = ""


def open_requests(desk: Desk) -> tuple[Request, ...]:
    """The requests of the person's own school that wait for an answer, of placements that are not over."""
    found = placement_list(desk.connection, desk.today, desk.known_at, school_id=desk.school_id)
    ids = [one.placement_id for one in found if one.status not in _OVER]
    asked = requests(desk.connection, desk.today, desk.known_at, placement_ids=ids)
    return tuple(one for one in asked if one.status is RequestStatus.OPEN)


def named(waiting: Sequence[Request], answering: Answering) -> Sequence[Request]:
    """Which of the requests that wait the answer is to: the one chosen, else those its own words name."""
    if answering.chosen:
        return [one for one in waiting if key(one) == answering.chosen]
    references = () if answering.letter is None else references_in(answering.letter.words)
    return [one for one in waiting if one.reference in references]


def key(request: Request) -> str:
    """What a form knows a request by."""
    return f"{request.placement_id}/{request.number}"


def begin(desk: Desk, answering: Answering, request: Request) -> str:
    """Fill in the form that records the answer, as a draft to check and confirm, and say where it is opened.

    What was typed into that form before stays, and the file is added to it; but a draft that carries another answer's
    file is thrown away, as one answer's officer and days are not the next one's, and the form says so.
    """
    action = BY_NAME[_FORMS[answering.says]]
    form, address = f"{action.name}/{request.placement_id}", url_for(action.name, record_id=request.placement_id)
    begun, anew = desk.drafts.find(form), ""
    if begun is not None and _of_another(begun.typed, answering):
        desk.drafts.discard(begun)
        begun, anew = None, "&anew=yes"
    typed: Form = MultiDict(begun.typed) if begun else MultiDict()
    for name, value in _read(answering, request).items():
        if not typed.get(name):
            typed[name] = value
    if answering.file is not None and str(answering.file.file_id) not in typed.values():
        typed[f"evidence-{len(numbers(typed, 'evidence'))}-file_id"] = str(answering.file.file_id)
    desk.drafts.keep(form, typed, title=action.title, about=request.reference, address=address)
    return f"{address}?draft=continue{anew}"


def _of_another(typed: Form, answering: Answering) -> bool:
    """Whether a draft carries files, and this answer's is none of them."""
    carried = {value for name, value in typed.items() if name.startswith("evidence-") and name.endswith("-file_id")}
    return answering.file is not None and bool(carried) and str(answering.file.file_id) not in carried


def _read(answering: Answering, request: Request) -> dict[str, str]:
    """What the answer and the request say of the form's questions."""
    letter, refuses = answering.letter, answering.says == REFUSES
    known = {"answers_request": str(request.number)}
    if refuses:
        known |= {"authority_id": str(request.authority_id), "capacity": request.capacity or ""}
    else:
        known |= {"consent_id": str(uuid4()), "medium": Medium.EMAIL if letter else ""}
    if letter is not None:
        sent = letter.sent_at.astimezone(LONDON).date()
        known |= {"officer_name": letter.sender or letter.address}
        known |= dated("refused_on" if refuses else "given_on", sent) | dated("received_on", _arrived(letter, sent))
    return known


def _arrived(letter: Letter, sent: date) -> date:
    """The day the last mail server took it in, where it says so; else the day it was sent."""
    return sent if letter.arrived_at is None else max(sent, letter.arrived_at.astimezone(LONDON).date())
