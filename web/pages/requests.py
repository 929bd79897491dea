"""Requests for a placing authority's consent: the text to send, and the way in for an answer that came by e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Response, redirect, request

from domain.errors import NotFound
from domain.parts import EvidenceFile
from projections import pupils
from projections.placements import Placement, placement
from projections.requests import Request, requests
from web import words
from web.answering import CONSENTS, REFUSES, Answering, begin, key, named, open_requests
from web.desk import Desk
from web.errors import Problem, Unprocessable, problem
from web.file_types import NotTaken
from web.letters import Letter, NoLetter, read_letter
from web.naming import Names
from web.rendering import Page
from web.staging import NotStaged
from web.telling import flat
from web.uploads import read_upload

_COLUMNS = ("reference", "status", "requested_on", "sent_to", "scope_from", "scope_to", "answered_on")


def show(desk: Desk, record_id: UUID, number: int) -> Page:
    """One request as it stands, and the text of the e-mail that asks."""
    found = placement(desk.connection, record_id, desk.as_at, desk.known_at)
    asked = requests(desk.connection, desk.as_at, desk.known_at, placement_ids=[record_id])
    one = next((each for each in asked if each.number == number), None)
    if found is None or one is None:
        raise NotFound("request", f"{record_id}, number {number}")
    names = Names(desk)
    shows = {"placement": found, "one": one, "names": names, "text": _text(desk, found, one, names)}
    rows = [{**flat(one), "reference": one.reference}]
    return Page("placements/request.html", "Request for consent", shows, rows[0], rows, _COLUMNS)


def _text(desk: Desk, found: Placement, one: Request, names: Names) -> str:
    """What to send: enough for the officer to know which pupil and what for, and no name that an e-mail could leak."""
    pupil = pupils.pupil(desk.connection, found.pupil_id, desk.as_at, desk.known_at)
    initials = "".join(part[0] for part in ((pupil.name if pupil else None) or "").split())
    ours = (pupil.local_ref if pupil else None) or "not given"
    ends = words.day(one.scope_to) if one.scope_to else "the end of the placement"
    where = (names.site(one.site_id) if one.site_id else None) or "at any of its addresses"
    return "\n".join(
        (
            f"Title: Consent asked for: {one.reference}",
            "",
            f"We ask for your authority's consent to alternative provision for {initials}, our reference {ours}.",
            "",
            f"Provider: {names.providers.get(one.provider_id, '')}, {where}",
            f"From {words.day(one.scope_from)} to {ends}",
            f"Capacity: {words.say(one.capacity)}",
            *(("", one.message) if one.message else ()),
            "",
            f"If you agree to all of it, answering “Agreed” is enough. Please leave {one.reference} in the title.",
            "",
            f"{desk.officer.name}, {desk.officer.title}",
        )
    )


def file_answer(desk: Desk) -> Page | Response:
    """Take in an authority's answer, find the request it names, and open the form it belongs in, filled in as read."""
    if request.method == "GET":
        return _page(desk, Answering())
    answering, not_taken = _taken(desk)
    found = named(open_requests(desk), answering)
    problems = {**not_taken, **_left_open(answering, found)}
    if problems:
        return _page(desk, answering, problem(Unprocessable(problems)))
    return redirect(begin(desk, answering, found[0]), 303)


def _taken(desk: Desk) -> tuple[Answering, dict[str, str]]:
    """The answer as uploaded now, or as the page carries it from before; and why it is not taken, if so."""
    said = {"says": request.form.get("says", ""), "chosen": request.form.get("request", "")}
    upload = next((one for one in request.files.getlist("answer") if one.filename), None)
    try:
        if upload is None:
            return Answering(*_carried(desk), **said), {}
        content = read_upload(upload)
        file = desk.services.staged.stage(desk.drafts.person, upload.filename or "", content, desk.now)
        return Answering(file, _letter(content), **said), {}
    except NotStaged:
        return Answering(**said), {"answer": "Choose the answer: the e-mail, saved as a file."}
    except NotTaken as no:
        return Answering(**said), {"answer": f"The file {no}"}


def _carried(desk: Desk) -> tuple[EvidenceFile, Letter | None]:
    """The file that the page carries.

    Raises:
        NotStaged: where it carries none, or another person's.
    """
    try:
        file_id = UUID(request.form.get("file_id", ""))
    except ValueError:
        raise NotStaged from None
    [file] = desk.services.staged.find(desk.drafts.person, [file_id])
    return file, _letter(desk.services.staged.content(desk.drafts.person, file_id))


def _letter(content: bytes) -> Letter | None:
    try:
        return read_letter(content)
    except NoLetter:
        return None


def _left_open(answering: Answering, found: Sequence[Request]) -> dict[str, str]:
    """What only a person can say: what the answer comes to, and which request it is to where it names none."""
    left = {}
    if answering.says not in {CONSENTS, REFUSES}:
        left["says"] = "Read the answer, then say whether the authority consents."
    if len(found) != 1:
        left["request"] = "The answer does not name one open request. Choose the one it answers."
    return left


def _page(desk: Desk, answering: Answering, refused: Problem | None = None) -> Page:
    names = Names(desk)
    breaches = refused.breaches if refused else ()
    shows = {
        "answering": answering,
        "refused": refused,
        "problems": {breach.field: breach.sentence for breach in breaches},
        "summary": [(f"#{breach.field}", breach.sentence) for breach in breaches],
        "requests": [(key(one), _called(desk, one, names)) for one in open_requests(desk)],
        "answers": [(CONSENTS, "It consents to all that was asked"), (REFUSES, "It refuses")],
    }
    return Page("answers/file.html", "File an authority's answer", shows, status=refused.status if refused else 200)


def _called(desk: Desk, one: Request, names: Names) -> str:
    found = placement(desk.connection, one.placement_id, desk.today, desk.known_at)
    pupil = names.pupil(found.pupil_id) if found else "a pupil"
    provider = names.providers.get(one.provider_id, "a provider")
    return f"{one.reference}: {pupil} at {provider}, asked {words.day(one.requested_on)}"
