"""Taking evidence out of the record: of what, for whom and why is asked first, and entered before the file leaves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import IO, Any
from uuid import UUID

from flask import Response, request

from ledger.scope import PlacementScope, PupilScope, Stated, WholeScope
from web import evidence
from web.characters import NotKept, kept
from web.desk import Desk
from web.errors import Unprocessable
from web.evidence import Asked
from web.naming import Names
from web.reading import Form, typed_day
from web.rendering import Kept, Page

_LONGEST = 500
_TITLES = {"placement": "Evidence of a placement", "pupil": "Evidence of a pupil's record", "record": "Evidence"}


def placement(desk: Desk, record_id: UUID) -> Page | Response:
    """Ask whom a placement's evidence file is for, or give it."""
    return _about(desk, "placement", PlacementScope(record_id), f"placement-{record_id}.zip")


def pupil(desk: Desk, record_id: UUID) -> Page | Response:
    """Ask whom a pupil's evidence file is for, or give it."""
    return _about(desk, "pupil", PupilScope(record_id), f"pupil-{record_id}.zip")


def record(desk: Desk) -> Page | Response:
    """Ask which period an evidence file is to be of, or give it."""
    if request.method == "GET":
        return _form(desk, "record")
    form = Form(request.form)
    try:
        (scope, name), asked = _wanted(form), _asked(desk, form)
    except Unprocessable as refused:
        return _form(desk, "record", refused.problems)
    return _file(desk, scope, name, asked)


def placement_file(desk: Desk, record_id: UUID) -> Response:
    """A placement's evidence file, for whoever asks."""
    return _file(desk, PlacementScope(record_id), f"placement-{record_id}.zip", Asked(desk.officer))


def pupil_file(desk: Desk, record_id: UUID) -> Response:
    """A pupil's evidence file, for whoever asks."""
    return _file(desk, PupilScope(record_id), f"pupil-{record_id}.zip", Asked(desk.officer))


def download(name: str, write: Callable[[IO[bytes]], None]) -> Response:
    """An evidence file as an answer."""
    response = Response(Kept(write), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _about(desk: Desk, what: str, scope: Stated, name: str) -> Page | Response:
    evidence.require(desk.services, scope)
    if request.method == "GET":
        return _form(desk, what)
    try:
        asked = _asked(desk, Form(request.form))
    except Unprocessable as refused:
        return _form(desk, what, refused.problems)
    return _file(desk, scope, name, asked)


def _file(desk: Desk, scope: Stated, name: str, asked: Asked) -> Response:
    chosen = evidence.choose(desk.services, scope)
    desk.shown |= chosen.pupils
    return download(name, lambda out: evidence.write(desk.services, chosen, asked, out))


def _asked(desk: Desk, form: Form) -> Asked:
    """Whom the file is for and why, kept as every other text is.

    Raises:
        Unprocessable: where one holds what is not kept, or is too long to be entered whole.
    """
    said, problems = dict[str, str](), dict[str, str]()
    for name in ("made_for", "purpose"):
        try:
            said[name] = kept(form.get(name, ""))
        except NotKept as error:
            problems[name] = str(error)
        if len(said.get(name, "")) > _LONGEST:
            problems[name] = f"Use {_LONGEST} characters or fewer."
    if problems:
        raise Unprocessable(problems)
    return Asked(desk.officer, **said)


def _wanted(form: Form) -> tuple[Stated, str]:
    """What a file of no one pupil is to be of.

    Raises:
        Unprocessable: where the days are none, or the wrong way round.
    """
    if form.get("what") == "whole":
        return WholeScope(), "whole-record.zip"
    problems: dict[str, str] = {}
    days = {name: _day(form, name, problems) for name in ("from", "to")}
    first, last = days["from"], days["to"]
    if first is not None and last is not None and last < first:
        problems["to"] = "The last day is before the first. Give a day on or after it."
    school = form.get("school", "")
    if problems or first is None or last is None:
        raise Unprocessable(problems)
    return evidence.period(first, last, _school(school)), f"entered-{first}-to-{last}.zip"


def _day(form: Form, name: str, problems: dict[str, str]) -> date | None:
    try:
        return date.fromisoformat(typed_day(form, name) or "")
    except ValueError:
        problems[name] = "Give a real day, such as 14 9 2026."
        return None


def _school(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Unprocessable({"school": "Choose a school from the list."}) from None


def _form(desk: Desk, what: str, problems: dict[str, str] | None = None) -> Page:
    form = request.form
    days = {name: [form.get(f"{name}-{part}", "") for part in ("day", "month", "year")] for name in ("from", "to")}
    shows: dict[str, Any] = {
        "what": what,
        "record_id": (request.view_args or {}).get("record_id"),
        "schools": Names(desk).schools if what == "record" else {},
        "problems": problems or {},
        "typed": form,
        "days": days,
    }
    return Page("evidence.html", _TITLES[what], shows, {"title": _TITLES[what]}, status=422 if problems else 200)
