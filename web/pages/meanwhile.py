"""Two officers, one register: what the other marked meanwhile, what agrees, what differs, and the rest to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import uuid4

from domain.vocabulary import AmendmentReason
from ledger.commands import Receipt
from projections.marks import Mark
from web import words
from web.naming import Names
from web.reading import Form
from web.register_day import RegisterDay
from web.register_marks import Stated, stated
from web.rendering import Page
from web.security import TOKEN_FIELD
from web.submitting import KEY_FIELD

ONLY = "only"
"""The form field that names the marks to send, where others of the same sending were made meanwhile."""


@dataclass(frozen=True)
class Made:
    """A mark somebody made meanwhile, beside the one that was sent for the same session."""

    mine: Stated
    stands: Mark

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.mine.code == self.stands.code

    @property
    def by(self) -> str:
        """Who made it, or amended it last."""
        last = self.stands.amendments[-1] if self.stands.amendments else self.stands
        return f"{last.actor_name or 'Name erased'}, {last.actor_title or words.say(last.actor_role)}"


def wanted(sent: Sequence[Stated], typed: Form) -> list[Stated]:
    """The marks to record: all that were stated, or those the second sending names."""
    named = set(typed.getlist(ONLY))
    return [one for one in sent if not named or one.place in named]


def page(of: RegisterDay, typed: Form, receipt: Receipt | None = None) -> Page:
    """What to settle: nothing of a sending was recorded without a receipt, all that it named with one."""
    sent = stated(of, typed)
    made = [Made(one, mark) for one in sent if (mark := one.pupil.mark(one.session)) is not None]
    if receipt is not None:
        sent_now = set(typed.getlist(ONLY))
        made = [one for one in made if one.mine.place not in sent_now]
    left = [one for one in sent if one.pupil.mark(one.session) is None]
    shows = {
        "of": of,
        "names": Names(of.desk),
        "receipt": receipt,
        "agreeing": [one for one in made if one.agrees],
        "differing": [one for one in made if not one.agrees],
        "left": left,
        "kept": _kept(typed),
        "reasons": words.choices(AmendmentReason),
        "today": of.desk.today,
        "key": lambda: str(uuid4()),
    }
    data = {"differing": [_told(one) for one in made if not one.agrees], "left": len(left)}
    title = "Somebody else marked this register too"
    return Page("register/meanwhile.html", title, shows, data, status=200 if receipt else 409)


def _kept(typed: Form) -> list[tuple[str, str]]:
    """What was typed, to be sent again with what is left."""
    own = {TOKEN_FIELD, KEY_FIELD, ONLY}
    return [(name, value) for name, value in typed.items(multi=True) if name not in own]


def _told(one: Made) -> Mapping[str, object]:
    return {"session": one.mine.session, "stands": one.stands.code, "sent": one.mine.code, "by": one.by}
