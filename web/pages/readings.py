"""Who looked: every answer in which somebody was shown records of pupils, for those who answer for them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import request

from domain.errors import Impossible
from domain.vocabulary import Role
from projections.readings import Reading, Wanted, count, readers, readings
from web import words
from web.actions import LEADERS
from web.desk import Desk
from web.naming import Names
from web.reading import Form, typed_day
from web.rendering import PAGE_SIZE, Page

MAY_SEE = LEADERS | {Role.DSL}
_COLUMNS = ("entry", "recorded_at", "name", "title", "role", "page", "form", "count", "pupils", "reader_id")
_FORMS = {"html": "on the page", "json": "as data (JSON)", "csv": "as data (CSV)", "file": "as a file"}


def listing(desk: Desk) -> Page:
    """Who looked, newest first; of one pupil's record, by one person, on one day."""
    names, wanted, before = Names(desk), _wanted(), _number("before")
    found = list(readings(desk.connection, desk.as_at, desk.known_at, wanted, before=before, limit=PAGE_SIZE + 1))
    typed = Form(request.args)
    shows = {
        "items": [_row(one, names) for one in found[:PAGE_SIZE]],
        "older": _link(before=found[PAGE_SIZE - 1].position) if len(found) > PAGE_SIZE else None,
        "newest": None if before is None else _link(),
        "total": count(desk.connection, desk.as_at, desk.known_at, wanted),
        "names": names,
        "wanted": wanted,
        "readers": readers(desk.connection, desk.as_at, desk.known_at),
        "typed": {part: typed.get(f"day-{part}", "") for part in ("day", "month", "year")},
    }
    everything = _everything(desk, wanted, names)
    return Page("readings.html", "Who looked", shows, everything, everything, _COLUMNS)


def _everything(desk: Desk, wanted: Wanted, names: Names) -> Iterator[dict[str, Any]]:
    """Every row for the twins, made while it is sent: there is no end to how many may have looked."""
    for one in readings(desk.connection, desk.as_at, desk.known_at, wanted):
        row = _row(one, names)
        yield {name: row[name] for name in _COLUMNS}


def _row(one: Reading, names: Names) -> dict[str, Any]:
    return {
        "entry": one.position - 1,
        "recorded_at": one.recorded_at,
        "name": one.actor_name or "Name erased",
        "title": one.actor_title or "title erased",
        "role": words.say(one.actor_role),
        "page": names.page(one.page),
        "form": _FORMS.get(one.form, one.form),
        "count": one.count,
        "pupils": one.pupils,
        "reader_id": one.actor_id,
    }


def _wanted() -> Wanted:
    """What the list is narrowed to; a reference that cannot be read narrows nothing.

    Raises:
        Impossible: where the day is no day.
    """
    asked: dict[str, Any] = {}
    for name in ("pupil_id", "actor_id"):
        try:
            asked[name] = UUID(request.args[name])
        except (KeyError, ValueError):
            continue
    typed = typed_day(Form(request.args), "day")
    if typed:
        try:
            asked["day"] = date.fromisoformat(typed)
        except ValueError:
            raise Impossible("day", "Give a real day, such as 14 9 2026.") from None
    return Wanted(**asked)


def _link(**changed: int) -> str:
    """The same list from another place on; not numbered pages, since each look puts another line on top."""
    kept = {name: value for name, value in request.args.items() if name != "before"}
    return "?" + urlencode(kept | changed)


def _number(name: str) -> int | None:
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 16 else None
