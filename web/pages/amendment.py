"""Amending one mark, with its five elements: original, amended, reason, date, and name and title of who amends."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from flask import Response, request, url_for

from domain.errors import DomainError, NotFound
from domain.rules.attendance_clocks import n_days_left
from domain.rules.due.school_time import school_time
from domain.vocabulary import AmendmentReason, Session
from projections.marks import Mark, mark
from projections.schools import calendars
from web.choices import Setting
from web.desk import Desk
from web.errors import Forbidden, Malformed, Problem, Unprocessable, problem
from web.faults import summary
from web.forms import Making, controls, dated
from web.naming import Names
from web.reading import Form, load, read_form, read_json
from web.register_codes import codes
from web.rendering import Page
from web.schemas.attendance import AmendAttendance
from web.submitting import KEY_FIELD, Sent, answer, key, submit, version

_SHOWN_APART = {"day", "session", "original_code", "amended_code"}
_NOT_ESTABLISHED = "The reason was not established within five school days."


def amend(desk: Desk, record_id: UUID, day: str, session: str) -> Page | Response:
    """Amend the mark of one session, and say why."""
    found = _mark(desk, record_id, day, session)
    if request.method == "GET":
        return _page(desk, found, Form(_known(desk, found)))
    if found.school_id != desk.school_id:
        raise Forbidden("This mark is another school's. You can record for your own school only.")
    if request.is_json:
        values = load(AmendAttendance(), read_json(request.get_data()))
        if (values["day"], values["session"]) != (found.day, found.session):
            raise Malformed("The day and session in what you sent are not those in the address.")
        return answer(desk, submit(desk, _sent(found, values)), as_json=True)
    typed = request.form.copy()
    typed.update({"session": found.session.value, **dated("day", found.day)})
    typed.setdefault("original_code", found.code or "")
    try:
        values = load(AmendAttendance(), read_form(AmendAttendance(), typed))
        receipt = submit(desk, _sent(found, values))
    except (DomainError, Unprocessable) as error:
        refused = problem(error)
        if refused is None or refused.status in {404, 410}:
            raise
        return _page(desk, found, typed, refused)
    return answer(desk, receipt, as_json=False)


def _known(desk: Desk, found: Mark) -> dict[str, str]:
    """What the form starts from; an N whose five school days are over is offered as O, for a person to decide."""
    known = {"amended_code": "", "minutes_late": "", "nature": found.nature or ""}
    if found.code != "N" or found.school_id is None:
        return known
    years = calendars(desk.connection, found.school_id, desk.known_at)
    if n_days_left(school_time(years, desk.today).gone(found.day)) >= 0:
        return known
    why = {"reason_code": AmendmentReason.REASON_NOT_ESTABLISHED.value, "reason": _NOT_ESTABLISHED}
    return known | why | {"amended_code": "O"}


def _sent(found: Mark, values: Mapping[str, Any]) -> Sent:
    return Sent("amend_attendance", found.pupil_id, values, key(), version())


def _mark(desk: Desk, record_id: UUID, day: str, session: str) -> Mark:
    try:
        when, half = date.fromisoformat(day), Session(session.upper())
    except ValueError:
        raise NotFound("session", f"{day} {session}") from None
    found = mark(desk.connection, record_id, when, half, desk.known_at)
    if found is None:
        raise NotFound("mark", f"{day} {session}")
    return found


def _page(desk: Desk, found: Mark, typed: Form, refused: Problem | None = None) -> Page:
    problems = {breach.field: breach.sentence for breach in refused.breaches if breach.field} if refused else {}
    made = controls(AmendAttendance(), Making(Setting(desk, found.pupil_id, None), typed, problems))
    shows = {
        "mark": found,
        "names": Names(desk),
        "controls": [control for control in made if control.name not in _SHOWN_APART],
        "codes": codes(found.day, found.session),
        "typed": typed,
        "problems": problems,
        "summary": summary(made, problems),
        "refused": refused,
        "key": (typed.get(KEY_FIELD) if refused is None else "") or str(uuid4()),
        "version": found.version,
        "today": desk.today,
        "back": url_for("register", day=found.day.isoformat(), school_id=found.school_id),
    }
    data = {"mark": found}
    return Page("attendance/amend.html", "Amend a mark", shows, data, status=refused.status if refused else 200)
