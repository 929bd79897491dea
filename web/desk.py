"""What one request works with: who asks, the clock, and one snapshot of the record at the moment asked about."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from flask import current_app, g, request
from sqlalchemy import Connection

from domain.errors import Impossible
from domain.rules.impossible import EARLIEST, LATEST
from domain.values import LONDON, Officer
from projections.catch_up import position
from web.bootstrap import Services
from web.config import Config
from web.drafts import OwnDrafts
from web.sessions import Session

_NOBODY = UUID(int=0)
_MOMENT = re.compile(r"(.*?)(?:(?:T|,? +)(\d{1,2}:\d{2}))?")


@dataclass
class Desk:
    """One request's services, person and snapshot; closed when the request is over."""

    services: Services
    config: Config
    session: Session | None
    now: datetime
    wants: str
    """In what form the answer is wanted: html, json or csv."""
    shown: set[UUID] = field(default_factory=set)
    """Pupils whose records the answer gives out although it may not name them; who is named is found in the answer."""
    _open: ExitStack = field(default_factory=ExitStack)

    @property
    def officer(self) -> Officer:
        """Who asks; pages open to the anonymous do not look."""
        if self.session is None:
            raise LookupError("nobody is signed in; the guard should have said so")
        return self.session.officer

    @property
    def today(self) -> date:
        """The day in England."""
        return self.now.astimezone(LONDON).date()

    @cached_property
    def connection(self) -> Connection:
        """One snapshot of the read models, brought up to the newest entry first."""
        self.services.catch_up()
        return self._open.enter_context(self.services.read.reading())

    @property
    def looked(self) -> bool:
        """Whether the read models were asked for anything."""
        return "connection" in self.__dict__

    @cached_property
    def as_at(self) -> date:
        """The day asked about: `?as-at=`, else today."""
        asked = request.args.get("as-at", "")
        day = day_asked(asked, "as-at") if asked else self.today
        if day > self.today:
            raise Impossible("as-at", "That day lies ahead; what will be is not on record. Give a day up to today.")
        return day

    @cached_property
    def known_at(self) -> int:
        """How much of the record counts: all of it, or what was entered by `?known-at=`."""
        newest, until = position(self.connection), self.known_until
        return newest if until is None else min(newest, self.services.application.recorder.position_at(until))

    @cached_property
    def known_until(self) -> datetime | None:
        """The moment asked about; a day alone means its end."""
        asked = request.args.get("known-at", "")
        if not asked:
            return None
        found = _MOMENT.fullmatch(asked)
        if found is None:
            raise Impossible(
                "known-at", "Give the moment as a date, such as 14/3/2026, or with a time, 14/3/2026 09:30."
            )
        day = day_asked(found[1], "known-at")
        if found[2] is None:
            return datetime.combine(day + timedelta(days=1), time(), LONDON) - timedelta(microseconds=1)
        try:
            return datetime.combine(day, time.fromisoformat(found[2].zfill(5)), LONDON)
        except ValueError:
            raise Impossible("known-at", "The time must be a real one, such as 09:30.") from None

    @cached_property
    def kept(self) -> dict[str, str]:
        """The day and moment asked about, as links go on asking about them."""
        asked = request.args
        return {name: asked[name] for name in ("as-at", "known-at") if asked.get(name)} if asked else {}

    @property
    def travelled(self) -> bool:
        """Whether the page shows another day or moment than now."""
        return bool(self.kept)

    @property
    def school_id(self) -> UUID | None:
        """The school the person acts for, if any."""
        return None if self.session is None else self.session.officer.actor.organisation

    @property
    def drafts(self) -> OwnDrafts:
        """What this person began and has not sent."""
        return OwnDrafts(self.services.drafts, self.services.staged, self.officer.actor.id or _NOBODY, self.now)

    def look_again(self) -> None:
        """Let what is asked from now on see what others recorded since this request began."""
        self.close()
        for kept in ("connection", "known_at"):
            self.__dict__.pop(kept, None)

    def close(self) -> None:
        """Give back the snapshot."""
        self._open.close()


def desk() -> Desk:
    """The desk of the request being answered."""
    found: Desk = g.desk
    return found


def open_desk(session: Session | None, now: datetime, wants: str) -> Desk:
    """Set up the desk of a request."""
    kept: dict[str, Any] = current_app.extensions
    g.desk = Desk(kept["placement-ledger"], kept["placement-ledger-config"], session, now, wants)
    return desk()


_FORMS = ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y", "%d %b %Y")
"""How a day may be written: as addresses have it, or as people do, day first."""


def day_asked(text: str, name: str) -> date:
    """The day that an address asks for by a name.

    Raises:
        Impossible: where it is none, or so far off that there is no day before or after it to count to.
    """
    for form in _FORMS:
        try:
            day = datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if EARLIEST <= day <= LATEST:
            return day
    raise Impossible(name, "Give a real date, day first: 14/3/2026, or 14 March 2026.")
