"""The codes a register offers, as a list and as the options of a menu, which many cells of one page share."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from markupsafe import Markup, escape

from domain.rules.attendance_codes import CODES
from domain.vocabulary import Session


@lru_cache(maxsize=64)
def codes(day: date, session: Session) -> list[tuple[str, str]]:
    """The codes that could be used on a day in one of its sessions, with what each means."""
    usable = (one for one in CODES.values() if one.valid_from <= day <= one.valid_to and one.only in {None, session})
    return [(one.code, f"{one.code} – {one.meaning}") for one in usable]


@lru_cache(maxsize=1024)
def options(day: date, session: Session, chosen: str, unchosen: str) -> Markup:
    """A menu's options, one chosen; made once, since a register of forty pupils has eighty of these menus."""
    made = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(code, Markup(" selected") if code == chosen else "", said)
        for code, said in codes(day, session)
    )
    return Markup('<option value="">{}</option>').format(escape(unchosen)) + made
