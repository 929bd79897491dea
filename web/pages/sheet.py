"""The register on paper: per provider who is expected, with empty boxes, for a day on which nothing else works."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from domain.vocabulary import TaughtAt
from web import words
from web.desk import Desk
from web.naming import Names
from web.register_day import SESSIONS, RegisterDay, asked
from web.rendering import Page

_COLUMNS = ("provider", "telephone", "address", "pupil", "local_ref", "day", "session", "code_if_here", "marked")


def show(desk: Desk) -> Page:
    """The sheet of a day, which may lie ahead."""
    return page_of(asked(desk))


def page_of(of: RegisterDay) -> Page:
    """The sheets of one school for one day, a sheet a provider."""
    desk = of.desk
    names = Names(desk)
    shows = {
        "of": of,
        "names": names,
        "sessions": SESSIONS,
        "made_note": made_note(desk),
    }
    rows = list(_rows(of, names))
    return Page("register/sheet.html", f"Sheet for {words.day(of.day)}", shows, rows, rows, _COLUMNS)


def made_note(desk: Desk) -> str:
    """When a sheet was made and from how much of the record, so that nobody takes an old one for today's."""
    return f"Made on {words.moment(desk.now)} from the record up to entry {desk.known_at - 1}."


def _rows(of: RegisterDay, names: Names) -> Iterator[dict[str, Any]]:
    """Every session expected at a provider, as the sheet has it."""
    for provider in () if of.closed else of.providers:
        for pupil in provider.pupils:
            site = names.sites.get(pupil.site_id)
            for session in SESSIONS:
                if pupil.taught_at(session) is TaughtAt.PROVIDER:
                    mark = pupil.mark(session)
                    yield {
                        "provider": provider.provider, "telephone": site.telephone if site else None,
                        "address": site.address if site else None, "pupil": pupil.name,
                        "local_ref": pupil.local_ref, "day": of.day, "session": session.value,
                        "code_if_here": pupil.code(session), "marked": mark.code if mark else None,
                    }  # fmt: skip
