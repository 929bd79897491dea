"""Placements on paper from a file: upload, look at what it would do, then confirm; the file is kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request

from web.desk import Desk
from web.errors import Forbidden, Malformed
from web.import_placements import Outcome, enter, preview
from web.paper_columns import COLUMNS
from web.paper_file import LARGEST, Reading, decoded, read
from web.register_file import FileRefused
from web.rendering import Page, table

_TITLE = "Import placements from a file"


@dataclass(frozen=True)
class Sent:
    """The file as text, which goes back and forth with the page until it is confirmed; and what was ticked."""

    text: str
    windows: bool
    confirmed: bool
    day_first: bool


def import_placements(desk: Desk) -> Page | Response:
    """Ask for a file, show what it would do, or enter it."""
    if request.method == "GET":
        return _page("upload")
    if request.is_json:
        raise Malformed("Send the file with the form of this page.")
    officer, school_id = desk.officer, desk.school_id
    if school_id is None or officer.actor.id is None:
        raise Forbidden("You can record for your own school only.")
    try:
        sent = _sent()
        reading = read(sent.text)
    except FileRefused as refused:
        return _page("upload", problem=str(refused), status=422)
    missing = _missing(sent, reading)
    if sent.confirmed and not missing:
        return _page("done", outcome=enter(reading, desk.services, officer, school_id), reading=reading)
    outcome = preview(reading, desk.services, officer, school_id)
    problem = missing if sent.confirmed else ""
    return _page(
        "preview", outcome=outcome, reading=reading, sent=sent, problem=problem, status=422 if problem else 200
    )


def placements_template(_: Desk) -> Response:
    """The header of a file to fill in."""
    response = Response(table([column.name for column in COLUMNS], []), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="placements-template.csv"'
    return response


def _sent() -> Sent:
    ticked = {name: request.form.get(name) == "yes" for name in ("confirmed", "day_first")}
    if "text" in request.form:
        return Sent(request.form["text"], request.form.get("windows") == "yes", **ticked)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise FileRefused("Choose a file first.")
    with file.stream as stream:
        text, windows = decoded(stream.read(LARGEST + 1))
    return Sent(text, windows, **ticked)


def _missing(sent: Sent, reading: Reading) -> str:
    """What has to be ticked, or put right, before the file can be entered."""
    if reading.month_first:
        return "The dates of this file cannot be trusted. Put them right and choose the file again."
    if reading.unsure_of_days and not sent.day_first:
        return "Tick that the day stands first in the dates, or put them right and choose the file again."
    return ""


def _page(
    state: str,
    *,
    outcome: Outcome | None = None,
    reading: Reading | None = None,
    sent: Sent | None = None,
    problem: str = "",
    status: int = 200,
) -> Page:
    shows = {
        "state": state,
        "outcome": outcome,
        "reading": reading,
        "sent": sent,
        "problem": problem,
        "columns": COLUMNS,
    }
    return Page("placements/import.html", _TITLE, shows, {"title": _TITLE}, status=status)
