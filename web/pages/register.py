"""The register of a day: provider by provider, begun from what is expected, saved in one sending, half or whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Response, redirect, request, url_for

from domain.errors import AlreadyRecorded, Impossible
from domain.vocabulary import Session, TaughtAt
from projections import register, schools
from projections.marks import Mark
from projections.natures import natures
from projections.register import Expected
from web import words
from web.actions import REGISTER
from web.desk import Desk
from web.drafts import Draft
from web.errors import Problem, Unprocessable, problem
from web.naming import Names
from web.pages import meanwhile
from web.pages.recording import SAVE_FIELD
from web.reading import Form, load, read_json
from web.register_codes import options
from web.register_day import SESSIONS, RegisterDay, asked
from web.register_marks import Stated, place, refuse_twice, stated
from web.rendering import Page
from web.schemas.attendance import TakeRegister
from web.submitting import Sent, answer, key, submit

_COLUMNS = (
    "provider", "pupil", "local_ref", "site", "day", "session", "expected", "code", "minutes_late", "nature", "note",
    "taken_by", "marked_code", "amended", "entry",
)  # fmt: skip
_REMEMBERED = timedelta(days=14)


def show(desk: Desk) -> Page:
    """The register of a day, marks made so far included, or what was typed into it and kept."""
    of = asked(desk)
    draft = desk.drafts.find(_draft(of))
    if draft is not None and request.args.get("draft") == "continue":
        return _page(of, draft.typed)
    return _page(of, request.args, draft=draft)


def take(desk: Desk) -> Page | Response:
    """Record all marks sent at once: JSON of `take_register`, or the register's own form."""
    of = asked(desk)
    if request.is_json:
        values = load(TakeRegister(), read_json(request.get_data()))
        return answer(desk, submit(desk, _sent(of.school_id, values)), as_json=True)
    typed, sent = request.form, list[Stated]()
    if typed.get(SAVE_FIELD):
        _keep(of, typed)
        return redirect(url_for("drafts"), 303)
    try:
        sent = meanwhile.wanted(stated(of, typed), typed)
        if not sent:
            raise Impossible("marks", "Choose a code for at least one pupil, or tick that all are here.")
        refuse_twice(sent)
        values = load(TakeRegister(), {"marks": [one.values for one in sent]})
        receipt = submit(desk, _sent(of.school_id, values))
    except AlreadyRecorded:
        _keep(of, typed)
        desk.look_again()
        return meanwhile.page(asked(desk), typed)
    except (Impossible, Unprocessable) as error:
        _keep(of, typed)
        return _page(of, typed, problem(error), sent)
    desk.drafts.forget(_draft(of))
    if meanwhile.ONLY in typed:
        desk.look_again()
        return meanwhile.page(asked(desk), typed, receipt)
    return answer(desk, receipt, as_json=False)


def _sent(school_id: UUID, values: Mapping[str, Any]) -> Sent:
    return Sent("take_register", school_id, values, key(), None)


def _draft(of: RegisterDay) -> str:
    """What drafts know the register of one day by."""
    return f"register/{of.school_id}/{of.day.isoformat()}"


def _keep(of: RegisterDay, typed: Form) -> None:
    address = url_for("register", day=of.day.isoformat(), school_id=of.school_id)
    of.desk.drafts.keep(_draft(of), typed, title="Register", about=words.day(of.day), address=address)


def _page(
    of: RegisterDay,
    typed: Mapping[str, str],
    refused: Problem | None = None,
    sent: Sequence[Stated] = (),
    *,
    draft: Draft | None = None,
) -> Page:
    desk, made = of.desk, _made(of.pupils)
    problems = dict(_placed(refused, sent))
    own = desk.officer.actor.role in REGISTER and desk.school_id == of.school_id and not desk.travelled
    open_now = any(pupil.mark(one) is None for pupil in of.pupils for one in of.begun)
    shows = {
        "of": of,
        "names": Names(desk),
        "sessions": SESSIONS,
        "place": place,
        "options": options,
        "typed": dict(typed.items()),  # what is missing in a form costs werkzeug an error
        "draft": draft,
        "natures": _natures(of) if own and open_now else {},
        "flags": register.flagged(desk.connection, made, desk.known_at) if made else {},
        "problems": problems,
        "refused": refused,
        "summary": [(f"#{anchor or 'form'}", sentence) for anchor, sentence in problems.items()],
        "may_amend": own,
        "may_take": own and open_now and not of.closed,
        "past": of.day < desk.today,
        "before": of.day - timedelta(days=1),
        "after": of.day + timedelta(days=1),
        "key": str(uuid4()),
        "schools": schools.schools(desk.connection, desk.known_at),
    }
    rows = [] if desk.wants == "html" else list(_rows(of))
    title = f"Register for {words.day(of.day)}"
    return Page("register/show.html", title, shows, rows, rows, _COLUMNS, status=refused.status if refused else 200)


def _placed(refused: Problem | None, sent: Sequence[Stated]) -> Iterator[tuple[str, str]]:
    """Which control each problem is about."""
    for breach in refused.breaches if refused else ():
        parts = (breach.field or "").replace(".", "-").split("-")
        known = len(parts) > 1 and parts[0] == "marks" and parts[1].isdigit() and int(parts[1]) < len(sent)
        of_all = parts[-1] if parts[-1] in {"taken_at", "taken_time", "taken_by"} else ""
        anchor = {"taken_at": "taken_time"}.get(of_all, of_all)
        yield anchor or (f"code-{sent[int(parts[1])].place}" if known else ""), breach.sentence


def _made(pupils: Sequence[Expected]) -> list[Mark]:
    return [made for pupil in pupils for made in (pupil.am, pupil.pm) if made is not None]


def _natures(of: RegisterDay) -> dict[UUID, str]:
    """What each pupil does there, as last said in the past weeks; else where they learn."""
    found = {
        pupil.pupil_id: f"Education at {provider.provider or 'the provider'}"
        for provider in of.providers
        for pupil in provider.pupils
    }
    desk = of.desk
    return found | dict(natures(desk.connection, found, desk.known_at, first=of.day - _REMEMBERED, last=of.day))


def _rows(of: RegisterDay) -> Iterator[dict[str, Any]]:
    for provider in of.providers:
        for pupil in provider.pupils:
            for session in SESSIONS:
                yield {
                    "provider": provider.provider, "pupil": pupil.name, "local_ref": pupil.local_ref,
                    "site": pupil.site, "day": of.day, "session": session.value,
                    "expected": _expected(of, pupil, session), **_marked(pupil.mark(session)),
                }  # fmt: skip


def _expected(of: RegisterDay, pupil: Expected, session: Session) -> TaughtAt | None:
    return None if of.closed else pupil.taught_at(session)


def _marked(found: Mark | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "code": found.code, "minutes_late": found.minutes_late, "nature": found.nature, "note": found.note,
        "taken_by": found.taken_by, "marked_code": found.marked_code, "amended": bool(found.amendments),
        "entry": found.position - 1,
    }  # fmt: skip
