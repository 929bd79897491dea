"""What a row of the extract says of a registration: its status and type, told by their names.

The public extract and the service behind it number both differently: 10 is an independent special school in the one and
any independent school in the other, 3 is "open, but proposed to close" in the one and "closed" in the other. So names
decide; the codes are kept beside them as they were found, and tell which of the two a file came from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from domain.vocabulary import Regime, RegisterStatus, SiteKind
from web import words
from web.gias_file import Establishment, day

_SCHOOL, _INDEPENDENT = Regime.GIAS_SCHOOL_URN, Regime.REGISTERED_INDEPENDENT_URN

_KINDS: dict[str, tuple[Regime, str, str | None]] = {
    "Community school": (_SCHOOL, "1", None),
    "Voluntary aided school": (_SCHOOL, "2", None),
    "Voluntary controlled school": (_SCHOOL, "3", None),
    "Foundation school": (_SCHOOL, "5", None),
    "City technology college": (_SCHOOL, "6", None),
    "Community special school": (_SCHOOL, "7", None),
    "Non-maintained special school": (_SCHOOL, "8", None),
    "Other independent special school": (_INDEPENDENT, "10", "9"),
    "Other independent school": (_INDEPENDENT, "11", "10"),
    "Foundation special school": (_SCHOOL, "12", None),
    "Pupil referral unit": (_SCHOOL, "14", "12"),
    "Local authority nursery school": (_SCHOOL, "15", None),
    "Further education": (Regime.FE_UKPRN, "18", None),
    "Academy sponsor led": (_SCHOOL, "28", None),
    "Sixth form centres": (Regime.FE_UKPRN, "31", None),
    "Academy special sponsor led": (_SCHOOL, "33", None),
    "Academy converter": (_SCHOOL, "34", None),
    "Free schools": (_SCHOOL, "35", None),
    "Free schools special": (_SCHOOL, "36", None),
    "Free schools alternative provision": (_SCHOOL, "38", "32"),
    "Free schools 16 to 19": (_SCHOOL, "39", None),
    "University technical college": (_SCHOOL, "40", None),
    "Studio schools": (_SCHOOL, "41", None),
    "Academy alternative provision converter": (_SCHOOL, "42", "36"),
    "Academy alternative provision sponsor led": (_SCHOOL, "43", "37"),
    "Academy special converter": (_SCHOOL, "44", None),
    "Academy 16-19 converter": (_SCHOOL, "45", None),
    "Academy 16 to 19 sponsor led": (_SCHOOL, "46", None),
    "Online provider": (Regime.ONLINE_PROVIDER_ACCREDITED, "49", "45"),
    "Academy secure 16 to 19": (_SCHOOL, "57", None),
}
"""Name, under which rules such an establishment is registered, its public code, and the other system's where known.

What is not here (children's centres, universities, establishments in Wales or overseas) is neither a school in England
nor a further education provider; that it is listed is no registration.
"""

_STATUSES: dict[str, tuple[RegisterStatus | None, str, str]] = {
    "Open": (RegisterStatus.OPEN, "1", "1"),
    "Closed": (RegisterStatus.CLOSED, "2", "3"),
    "Open, but proposed to close": (RegisterStatus.OPEN_PROPOSED_TO_CLOSE, "3", "4"),
    "Proposed to open": (None, "4", "5"),
}
_PLACES = {
    "Pupil referral unit": SiteKind.PRU_AP_ACADEMY,
    "Free schools alternative provision": SiteKind.PRU_AP_ACADEMY,
    "Academy alternative provision converter": SiteKind.PRU_AP_ACADEMY,
    "Academy alternative provision sponsor led": SiteKind.PRU_AP_ACADEMY,
    "Further education": SiteKind.FE_COLLEGE,
    "Sixth form centres": SiteKind.FE_COLLEGE,
    "Online provider": SiteKind.ONLINE,
}


class Codes(StrEnum):
    """Whose numbers the codes of a row are; `NEITHER` where they fit no system that we know."""

    PUBLIC = "public"
    INTERNAL = "internal"
    EITHER = "either"
    NEITHER = "neither"


class NotKnown(Exception):
    """What the row says is nothing that could be recorded as a registration; the message goes on from “there”."""


@dataclass(frozen=True)
class Finding:
    """What the extract says of a provider on its day; `ended_on` where it is registered no more, `closes_on` ahead."""

    regime: Regime
    status: RegisterStatus
    ended_on: date | None
    closes_on: date | None
    said: str


def finding(row: Establishment, on: date) -> Finding:
    """What a row of the extract of that day comes to.

    Raises:
        NotKnown: where it is no registration, or says what only a person can settle.
    """
    status, closes = _status(row), _close_date(row)
    until = day(row.accredited_until)
    if until is not None and until < on:
        raise NotKnown(f"its accreditation ran out on {words.day(until)} although it is “{row.status}”")
    over = status is RegisterStatus.CLOSED or (closes is not None and closes <= on)
    said = f"{row.kind} (code {row.kind_code or 'none'}), {row.status} (code {row.status_code or 'none'})"
    if closes is not None:
        said += f", closing date {words.day(closes)}"
    return Finding(
        regime=_regime(row),
        status=RegisterStatus.CLOSED if over else status,
        ended_on=None if not over else on if closes is None or closes > on else closes,
        closes_on=closes if closes is not None and closes > on and not over else None,
        said=said,
    )


def _status(row: Establishment) -> RegisterStatus:
    found = _BY_STATUS.get(_letters(row.status))
    if found is None:
        raise NotKnown(f"its status is “{row.status}”, which is none of {_listed(_STATUSES)}")
    known = _STATUSES[found][0]
    if known is None:
        raise NotKnown("it is only proposed to open, so it is not registered yet")
    return known


def _close_date(row: Establishment) -> date | None:
    closes = day(row.close_date)
    if row.close_date and closes is None:
        raise NotKnown(f"its closing date “{row.close_date}” is no day written as 31-08-2026")
    return closes


def _regime(row: Establishment) -> Regime:
    found = _BY_KIND.get(_letters(row.kind))
    if found is None:
        raise NotKnown(f"its type is “{row.kind}”, which is no school in England and no further education provider")
    return _KINDS[found][0]


def goes_on(row: Establishment) -> bool:
    """Whether the register says anything but closed."""
    return _BY_STATUS.get(_letters(row.status)) != "Closed"


def place(row: Establishment) -> SiteKind:
    """What sort of place its address is."""
    return _PLACES.get(_BY_KIND.get(_letters(row.kind), ""), SiteKind.OTHER_SCHOOL)


def codes(row: Establishment) -> Codes:
    """Which system numbered this row."""
    pairs: list[tuple[str, str, str | None]] = []
    if status_name := _BY_STATUS.get(_letters(row.status)):
        pairs.append((row.status_code, *_STATUSES[status_name][1:]))
    if kind_name := _BY_KIND.get(_letters(row.kind)):
        pairs.append((row.kind_code, *_KINDS[kind_name][1:]))
    public = all(code == ours for code, ours, _ in pairs)
    internal = all(theirs is None or code == theirs for code, _, theirs in pairs)
    if public and internal:
        return Codes.EITHER
    return Codes.PUBLIC if public else Codes.INTERNAL if internal else Codes.NEITHER


def resembles(ours: str, theirs: str) -> bool:
    """Whether two names may be of one provider: of the shorter, at least half the words that tell schools apart."""
    mine, other = sorted((_telling(ours), _telling(theirs)), key=len)
    same = sum(any(_alike(word, another) for another in other) for word in mine)
    return bool(mine) and 2 * same >= len(mine)


def _telling(name: str) -> list[str]:
    words = re.findall(r"\w+", name.casefold().replace("’", "").replace("'", ""))
    return [word for word in words if word not in _COMMON] or words


def _alike(word: str, another: str) -> bool:
    """The same word, or a long one with a slip in it."""
    return word == another or (
        min(len(word), len(another)) >= 7 and SequenceMatcher(None, word, another).ratio() >= 0.85
    )


def _letters(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]+", text.casefold()))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


_BY_STATUS = {_letters(name): name for name in _STATUSES}
_BY_KIND = {_letters(name): name for name in _KINDS}
_COMMON = frozenset(
    """a academy alternative and ap centre cic college education for further independent limited ltd of own primary
    provision pru pupil referral saint school secondary special st the trust unit""".split()
)
