"""The urgent start's form: three things may wait, each to the last day it may where it is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from domain.placement import Placement
from domain.rules.case import Case
from domain.rules.plan import planned
from domain.rules.preparedness import agreed, baseline
from domain.rules.urgent import last_urgent_day
from domain.values import Submission
from domain.vocabulary import Deferrable
from web import words
from web.choices import Setting
from web.forms import dated
from web.overriding import SAYS
from web.reading import Form, numbers

FIELD = "deferred"
_MISSING = {Deferrable.PLAN: planned, Deferrable.BASELINE: baseline, Deferrable.PROVIDER_AGREEMENT: agreed}


def known_deferrals(setting: Setting) -> dict[str, str]:
    """A line for each of the three; what is missing waits to the last of the ten school days."""
    if setting.record_id is None:
        return {}
    desk = setting.desk
    record = desk.services.application.look_up(Placement, setting.record_id)
    known = desk.services.application.about(record, Submission(desk.officer, desk.now))
    case = record.case(known, desk.today, desk.today)
    last = min(last_urgent_day(known.calendars, desk.today), case.ends_on)
    found = dated("starts_on", desk.today)
    for number, what in enumerate(_of(case)):
        due_on = last if any(_MISSING[what](replace(case, interim=True))) else None
        found |= _line(number, what, due_on)
    return found


def with_every_line(setting: Setting, typed: Form) -> Form:
    """What was typed, with the lines that were left empty back in their place."""
    asked = {typed.get(f"{FIELD}-{number}-what") for number in numbers(typed, FIELD)}
    outside = setting.placement is None or setting.placement.delivery == "outside"
    missing = [what for what in Deferrable if what not in asked and (outside or what != Deferrable.PROVIDER_AGREEMENT)]
    found = typed.copy()
    for number, what in enumerate(missing, len(asked)):
        found.update(_line(number, what, None))
    return found


def _of(case: Case) -> Iterator[Deferrable]:
    """In its own school no provider signs."""
    return (what for what in Deferrable if case.outside or what != Deferrable.PROVIDER_AGREEMENT)


def _line(number: int, what: Deferrable, due_on: date | None) -> dict[str, str]:
    place = f"{FIELD}-{number}"
    line = {f"{place}-what": what.value, f"{place}-{SAYS}": words.say(what)}
    return line | (dated(f"{place}-due_on", due_on) if due_on else {})
