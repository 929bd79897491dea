"""`print-sheet`: the register of a day as a file that can be printed, or kept, before nothing else works."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from datetime import date

from flask import Flask, render_template

from domain.rules.school_days import school_day_after
from projections import schools
from web import templating, words
from web.bootstrap import Services
from web.commands.opening import opened
from web.commands.operating import record_looking
from web.commands.speaking import Failed, say
from web.config import Config
from web.desk import Desk, open_desk
from web.finding import Finder
from web.pages import sheet
from web.register_day import RegisterDay


def print_sheet(options: Namespace) -> int:
    """Write every school's sheets of one day into a new file of HTML that needs nothing else."""
    with opened(options) as services:
        text, day, count = _made(services, options.day)
    try:
        with options.file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise Failed(f"There is already something at {options.file}; it is not written over.") from None
    except OSError as error:
        raise Failed(f"{options.file} cannot be written: {error.strerror}.") from None
    said = (
        f"Wrote the sheets of {words.day(day)} to {options.file}: {count} sessions expected. Pupils' names are in it:"
        " keep it where only those see it who take the register, and destroy it when the marks are entered."
    )
    say(said, {"file": options.file, "day": day, "sessions": count}, as_json=options.json)
    return 0


def _made(services: Services, asked: date | None) -> tuple[str, date, int]:
    """The file's text, its day, and how many sessions are expected; made as the page is, with nobody signed in."""
    app = Flask("web")
    app.extensions["placement-ledger"], app.extensions["placement-ledger-config"] = services, Config("")
    templating.use(app)
    with app.test_request_context():
        desk = open_desk(None, services.clock(), "html")
        day = asked or _next_school_day(desk)
        known = schools.schools(desk.connection, desk.known_at)
        sheets = [sheet.page_of(RegisterDay(desk, one.school_id, day)) for one in known]
        text = render_template(
            "register/sheet_file.html", sheets=[page.shows for page in sheets], day=day, made_note=sheet.made_note(desk)
        )
        finder = Finder()
        finder.learn(desk.connection)
        desk.close()
    record_looking(services, "register_sheet", finder.find(text.encode()))
    return text, day, sum(len(page.data) for page in sheets)


def _next_school_day(desk: Desk) -> date:
    """The next day on which any school of the group has sessions.

    Raises:
        Failed: where no published calendar reaches one.
    """
    days = sorted(_next_days(desk))
    if not days:
        raise Failed("No school's calendar reaches a next school day. Give the day with --day.")
    return days[0]


def _next_days(desk: Desk) -> Iterator[date]:
    for one in schools.schools(desk.connection, desk.known_at):
        years = schools.calendars(desk.connection, one.school_id, desk.known_at)
        following = school_day_after(years, desk.today, 1)
        if any(year.has_sessions(following) for year in years):
            yield following
