"""Today's register of alternative provision: one page, provider by provider, saved in one go; and amending one mark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Response, request, url_for

from domain.errors import AlreadyRecorded, DomainError, Impossible, NotFound
from domain.events import attendance_id
from domain.rules.attendance_codes import CODES
from domain.vocabulary import Session
from projections import register, schools
from projections.marks import Mark, mark, marks
from projections.register import Expected, ProviderRegister
from web import words
from web.actions import REGISTER
from web.choices import Setting
from web.desk import Desk
from web.errors import Forbidden, Malformed, Problem, Unprocessable, problem
from web.forms import Making, controls, dated, summary
from web.naming import Names
from web.reading import Form, load, read_form, read_json
from web.rendering import Page
from web.schemas.pupil import AmendAttendance, TakeRegister
from web.session_times import ahead
from web.submitting import KEY_FIELD, Sent, answer, key, submit, version, version_of

_COLUMNS = (
    "provider", "pupil", "local_ref", "site", "day", "session", "code", "minutes_late", "nature", "note", "taken_by",
    "marked_code", "amended", "entry",
)  # fmt: skip
_SESSIONS = (Session.AM, Session.PM)
_REMEMBERED = timedelta(days=14)


def show(desk: Desk) -> Page:
    """The register of a day, marks made so far included."""
    return _page(desk, _school(desk), _day(desk), request.args)


def take(desk: Desk) -> Page | Response:
    """Record all marks sent at once: JSON of `take_register`, or the register's own form."""
    if request.is_json:
        values = load(TakeRegister(), read_json(request.get_data(cache=False)))
        return answer(desk, submit(desk, _sent(_school(desk), values)), as_json=True)
    school_id, day = _school(desk), _day(desk)
    typed, places = request.form, list[str]()
    try:
        stated, places = _marks(desk, school_id, day, typed)
        if not stated:
            raise Impossible("marks", "Choose a code for at least one pupil.")
        values = load(TakeRegister(), {"marks": stated})
        receipt = submit(desk, _sent(school_id, values))
    except (Impossible, AlreadyRecorded, Unprocessable) as error:
        return _page(desk, school_id, day, typed, refused=problem(error), places=places)
    return answer(desk, receipt, as_json=False)


def _sent(school_id: UUID, values: Mapping[str, Any]) -> Sent:
    return Sent("take_register", school_id, values, key(), None)


def _marks(desk: Desk, school_id: UUID, day: date, typed: Mapping[str, str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The marks that a filled-in register states, and the name of each one's first control."""
    found, places = [], []
    rest = {session: typed.get(f"rest-{session.value}", "") for session in _begun(desk, school_id, day)}
    for pupil, session, marked in _unmarked(desk, school_id, day):
        place = f"{pupil.pupil_id}-{session.value}"
        code = typed.get(f"code-{place}", "").strip() or (not marked and rest.get(session, "")) or ""
        if not code:
            continue
        late = typed.get(f"late-{place}", "").strip()
        found.append(
            {
                "pupil_id": str(pupil.pupil_id),
                "placement_id": str(pupil.placement_id),
                "site_id": str(pupil.site_id),
                "day": day.isoformat(),
                "session": session.value,
                "taken_at": typed.get("taken_at") or desk.now.isoformat(),
                "code": code,
                "minutes_late": int(late) if late.isascii() and late.isdigit() and len(late) < 6 else late or None,
                "nature": typed.get(f"nature-{pupil.pupil_id}") if code in CODES and CODES[code].needs_nature else None,
                "note": typed.get(f"note-{place}") or None,
                "taken_by": desk.officer.name,
            }
        )
        places.append(place)
    return found, places


def _begun(desk: Desk, school_id: UUID, day: date) -> list[Session]:
    later = ahead(desk, school_id, day)
    return [session for session in _SESSIONS if session not in later]


def _unmarked(desk: Desk, school_id: UUID, day: date) -> Iterator[tuple[Expected, Session, bool]]:
    """Every session still to be marked; one marked meanwhile is tried too, and then refused by name."""
    sent = set(request.form)
    for provider in register.expected(desk.connection, school_id, day, desk.known_at):
        for pupil in provider.pupils:
            for session in _SESSIONS:
                marked = (pupil.am if session is Session.AM else pupil.pm) is not None
                if not marked or f"code-{pupil.pupil_id}-{session.value}" in sent:
                    yield pupil, session, marked


def _page(
    desk: Desk,
    school_id: UUID,
    day: date,
    typed: Mapping[str, str],
    *,
    refused: Problem | None = None,
    places: Sequence[str] = (),
) -> Page:
    groups = register.expected(desk.connection, school_id, day, desk.known_at)
    names = Names(desk)
    problems = dict(_placed(refused, places))
    later = ahead(desk, school_id, day)
    shows = {
        "school_id": school_id,
        "names": names,
        "groups": groups,
        "day": day,
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1) if day < desk.today else None,
        "sessions": schools.has_sessions(desk.connection, school_id, day, desk.known_at),
        "ahead": later,
        "codes": {session.value: codes(day, session) for session in _SESSIONS},
        "typed": typed,
        "natures": _natures(desk, groups, school_id, day),
        "flags": register.flagged(desk.connection, _made(groups), desk.known_at),
        "problems": problems,
        "refused": refused,
        "summary": [(f"#code-{place}" if place else "#form", sentence) for place, sentence in problems.items()],
        "may_take": desk.officer.actor.role in REGISTER and desk.school_id == school_id and not desk.travelled,
        "open": any(
            (pupil.am is None and "AM" not in later) or (pupil.pm is None and "PM" not in later)
            for group in groups
            for pupil in group.pupils
        ),
        "key": str(uuid4()),
        "taken_at": desk.now.isoformat(),
        "schools": schools.schools(desk.connection, desk.known_at),
    }
    rows = list(_rows(groups, day))
    title = f"Register for {words.day(day)}"
    return Page("register.html", title, shows, rows, rows, _COLUMNS, status=refused.status if refused else 200)


def _placed(refused: Problem | None, places: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Which pupil's session each problem is about."""
    for breach in refused.breaches if refused else ():
        parts = (breach.field or "").replace(".", "-").split("-")
        known = len(parts) > 1 and parts[0] == "marks" and parts[1].isdigit() and int(parts[1]) < len(places)
        yield (places[int(parts[1])] if known else ""), breach.sentence


def _made(groups: Sequence[ProviderRegister]) -> list[Mark]:
    return [made for group in groups for pupil in group.pupils for made in (pupil.am, pupil.pm) if made is not None]


def _natures(desk: Desk, groups: Sequence[ProviderRegister], school_id: UUID, day: date) -> dict[UUID, str]:
    """What each pupil does there, as last said in the past weeks; else where they learn."""
    found = {
        pupil.pupil_id: f"Education at {group.provider or 'the provider'}" for group in groups for pupil in group.pupils
    }
    if all(pupil.am and pupil.pm for group in groups for pupil in group.pupils):
        return found  # nothing is left to ask
    said = marks(desk.connection, desk.known_at, first=day - _REMEMBERED, last=day, school_id=school_id)
    found.update({one.pupil_id: one.nature for one in said if one.nature and one.pupil_id in found})
    return found


def _rows(groups: Sequence[ProviderRegister], day: date) -> Iterator[dict[str, Any]]:
    for group in groups:
        for pupil in group.pupils:
            for session, marked in zip(_SESSIONS, (pupil.am, pupil.pm), strict=True):
                yield {
                    "provider": group.provider, "pupil": pupil.name, "local_ref": pupil.local_ref, "site": pupil.site,
                    "day": day, "session": session.value, **_marked(marked),
                }  # fmt: skip


def _marked(found: Mark | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {
        "code": found.code, "minutes_late": found.minutes_late, "nature": found.nature, "note": found.note,
        "taken_by": found.taken_by, "marked_code": found.marked_code, "amended": bool(found.amendments),
        "entry": found.position - 1,
    }  # fmt: skip


def codes(day: date, session: Session) -> list[tuple[str, str]]:
    """The codes that could be used on a day in one of its sessions, with what each means."""
    usable = (one for one in CODES.values() if one.valid_from <= day <= one.valid_to and one.only in {None, session})
    return [(one.code, f"{one.code} – {one.meaning}") for one in usable]


def _day(desk: Desk) -> date:
    asked = request.args.get("day", "")
    if not asked:
        return desk.today
    try:
        return date.fromisoformat(asked) if len(asked) == 10 else _no_day()
    except ValueError:
        return _no_day()


def _no_day() -> date:
    raise Impossible("day", "Give the day in the form 2026-03-14.")


def _school(desk: Desk) -> UUID:
    """The school whose register it is: the one asked for, else the person's own, else the first."""
    known = [one.school_id for one in schools.schools(desk.connection, desk.known_at)]
    asked = request.args.get("school_id")
    if asked:
        found = next((one for one in known if str(one) == asked), None)
        if found is None:
            raise NotFound("school", "given")
        return found
    if desk.school_id is not None:
        return desk.school_id
    if not known:
        raise NotFound("school", "given")
    return known[0]


def amend(desk: Desk, record_id: UUID, day: str, session: str) -> Page | Response:
    """Amend the mark of one session, and say why."""
    found = _mark(desk, record_id, day, session)
    if request.method == "GET":
        typed = Form({"amended_code": "", "minutes_late": "", "nature": found.nature or ""})
        return _amending(desk, found, typed)
    if found.school_id != desk.school_id:
        raise Forbidden("This mark is another school's. You can record for your own school only.")
    if request.is_json:
        values = load(AmendAttendance(), read_json(request.get_data(cache=False)))
        if (values["day"], values["session"]) != (found.day, found.session):
            raise Malformed("The day and session in what you sent are not those in the address.")
        return answer(desk, submit(desk, _amendment(found, values)), as_json=True)
    typed = request.form.copy()
    typed.update({"session": found.session.value, **dated("day", found.day)})
    typed.setdefault("original_code", found.code or "")
    try:
        values = load(AmendAttendance(), read_form(AmendAttendance(), typed))
        receipt = submit(desk, _amendment(found, values))
    except (DomainError, Unprocessable) as error:
        refused = problem(error)
        if refused is None or refused.status in {404, 410}:
            raise
        return _amending(desk, found, typed, refused)
    return answer(desk, receipt, as_json=False)


def _amendment(found: Mark, values: Mapping[str, Any]) -> Sent:
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


def _amending(desk: Desk, found: Mark, typed: Form, refused: Problem | None = None) -> Page:
    problems = {breach.field: breach.sentence for breach in refused.breaches if breach.field} if refused else {}
    made = controls(AmendAttendance(), Making(Setting(desk, found.pupil_id, None), typed, problems))
    shows = {
        "mark": found,
        "names": Names(desk),
        "controls": [
            control for control in made if control.name not in {"day", "session", "original_code", "amended_code"}
        ],
        "codes": codes(found.day, found.session),
        "typed": typed,
        "problems": problems,
        "summary": summary(made, problems),
        "refused": refused,
        "key": typed.get(KEY_FIELD) if not refused else str(uuid4()),
        "version": version_of(desk, attendance_id(found.pupil_id, found.day, found.session)),
        "back": url_for("register", day=found.day.isoformat()),
    }
    shows["key"] = shows["key"] or str(uuid4())
    data = {"mark": found}
    return Page("attendance/amend.html", "Amend a mark", shows, data, status=refused.status if refused else 200)
