"""The daily digest: what needs doing, for one role at one school, as the text of an e-mail.

An e-mail can be forwarded and is sealed under nobody's key: a pupil is their school's own reference and initials, never
a name, and the subject line speaks of no pupil at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from projections.needs_doing import Item, Light
from web import words
from web.due import TIERS, Person
from web.recipients import Recipient

_WIDTH = 76
_MOST = 15
"""So many things of a tier are told of; the rest is a number and a link, so that the e-mail is read to its end."""


@dataclass(frozen=True)
class Digest:
    """One recipient's e-mail: its subject and text, and the things that it tells of one by one."""

    recipient: Recipient
    subject: str
    text: str
    items: tuple[Item, ...]


def compose(recipient: Recipient, items: Sequence[Item], on: date, address: str) -> Digest:
    """Write the digest of a day from everything that needs doing; `address` is where its links lead."""
    who = Person(recipient.role, recipient.school.school_id, frozenset())
    own = tuple(filter(who.owns, items))
    now = sum(item.due.light is Light.RED for item in own)
    things = "1 thing" if len(own) == 1 else f"{len(own)} things"
    subject = f"What needs doing on {words.day(on)}: {things}, {now} now ({recipient.school.name})"
    return Digest(recipient, subject, "\n".join(_lines(recipient, own, on, address, now)) + "\n", _told(own))


def _told(own: Sequence[Item]) -> tuple[Item, ...]:
    """The first few of each tier."""
    return tuple(item for tier in TIERS for item in [one for one in own if one.due.tier is tier][:_MOST])


def _lines(recipient: Recipient, own: Sequence[Item], on: date, address: str, now: int) -> Iterator[str]:
    yield f"{words.say(recipient.role)}, {recipient.school.name}"
    yield ""
    if not own:
        yield f"Nothing waits for you on {words.day(on)}."
    else:
        verb = "needs" if len(own) == 1 else "need"
        yield f"{len(own)} {'thing' if len(own) == 1 else 'things'} {verb} doing on {words.day(on)}; {now} now."
    for tier, heading in TIERS.items():
        those = [item for item in own if item.due.tier is tier]
        if those:
            yield from ("", f"{heading} ({len(those)})".upper(), "")
            for item in _told(those):
                yield from _item(item, on, address)
            if len(those) > _MOST:
                yield f"      and {len(those) - _MOST} more: {address}/needs-doing"
    yield ""
    yield f"All of it, up to date: {address}/needs-doing"
    yield "Pupils appear by their school's reference and initials. Names are on the pages."


def _item(item: Item, on: date, address: str) -> Iterator[str]:
    found = item.due
    mark = "NOW " if found.light is Light.RED else "Soon"
    said = f"{_pupil(item)}{found.sentence}"
    yield from wrap(said, _WIDTH, initial_indent=f"{mark}  ", subsequent_indent="      ")
    if found.due_on is None:
        when = f"Since {words.day(found.since)}."
    else:
        when = f"{'Was due' if found.due_on < on else 'Due'} {words.day(found.due_on)}."
    yield f"      {when} {address}{_path(item)}"


def _pupil(item: Item) -> str:
    if item.about.pupil_id is None:
        return f"{len(item.about.pupils)} pupils: " if len(item.about.pupils) > 1 else ""
    initials = "".join(f"{part[0]}." for part in (item.pupil or "").split())
    named = " ".join(part for part in (item.local_ref, f"({initials})" if initials else None) if part)
    return f"{named or 'A pupil'}: "


def _path(item: Item) -> str:
    """Where the thing is seen, on the page of what it is about."""
    about = item.about
    if about.placement_id is not None:
        return f"/placements/{about.placement_id}"
    if about.pupil_id is not None:
        return f"/pupils/{about.pupil_id}"
    if about.day is not None:
        return f"/register?day={about.day}&school_id={about.school_id}"
    return f"/providers/{about.provider_id}" if about.provider_id is not None else "/needs-doing"
