"""Drafts: what a person typed into a form and has not sent, or was refused; theirs alone, one for each form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from werkzeug.datastructures import MultiDict

from web.drawer import Drawer, DrawerDamaged, stamp
from web.staging import StagedFiles

Form = MultiDict[str, str]
_FILE = "-file_id"


@dataclass(frozen=True)
class Draft:
    """One draft: the form it belongs to, what that is called and is about, where it is opened, and what was typed.

    `form` names the form and what it is about, as in `placement.approve/<uuid>` or `register/2026-09-10`; it is kept in
    the clear, so it holds references and days, never a name.
    """

    draft_id: UUID
    form: str
    title: str
    about: str
    address: str
    typed: Form
    began_at: datetime
    kept_at: datetime

    @property
    def continued(self) -> str:
        """Where the form opens with what was typed."""
        return f"{self.address}{'&' if '?' in self.address else '?'}draft=continue"


class Drafts:
    """The drafts in the drawer."""

    def __init__(self, drawer: Drawer) -> None:
        self._drawer = drawer

    def keep(self, person: UUID, form: str, typed: Form, *, title: str, about: str, address: str, at: datetime) -> None:
        """Keep what was typed into a form in place of what was kept for it before."""
        held = {"title": title, "about": about, "address": address, "typed": list(typed.items(multi=True))}
        sealed = self._drawer.seal(msgspec.json.encode(held), _place(person, form))
        row = (uuid4().bytes, person.bytes, form, stamp(at), stamp(at), sealed)
        with self._drawer.writing(at) as db:
            db.execute(
                "INSERT INTO drafts VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (person, form)"
                " DO UPDATE SET kept_at = excluded.kept_at, sealed = excluded.sealed",
                row,
            )

    def find(self, person: UUID, form: str) -> Draft | None:
        """The draft of a form, if the person has one."""
        return self._one("person = ? AND form = ?", (person.bytes, form))

    def get(self, person: UUID, draft_id: UUID) -> Draft | None:
        """A draft by its reference, if it is the person's."""
        return self._one("person = ? AND draft_id = ?", (person.bytes, draft_id.bytes))

    def of(self, person: UUID) -> tuple[Draft, ...]:
        """Every draft of a person, the newest first."""
        with self._drawer.reading() as db:
            rows = db.execute(f"{_SELECT} person = ? ORDER BY kept_at DESC, form", (person.bytes,)).fetchall()
        return tuple(draft for draft in map(self._draft, rows) if draft is not None)

    def forget(self, person: UUID, form: str, at: datetime) -> None:
        """Throw the draft of a form away: it was recorded, or is not wanted."""
        with self._drawer.writing(at) as db:
            db.execute("DELETE FROM drafts WHERE person = ? AND form = ?", (person.bytes, form))

    def _one(self, which: str, values: tuple[Any, ...]) -> Draft | None:
        with self._drawer.reading() as db:
            row = db.execute(f"{_SELECT} {which}", values).fetchone()
        return None if row is None else self._draft(row)

    def _draft(self, row: tuple[Any, ...]) -> Draft | None:
        """Open a draft; one that was moved, damaged or sealed under another key is as good as none."""
        draft_id, person, form, began_at, kept_at, sealed = row
        try:
            held = msgspec.json.decode(self._drawer.unseal(sealed, _place(UUID(bytes=person), form)))
        except DrawerDamaged:
            return None
        typed: Form = MultiDict(map(tuple, held.pop("typed")))
        moments = {"began_at": datetime.fromisoformat(began_at), "kept_at": datetime.fromisoformat(kept_at)}
        return Draft(UUID(bytes=draft_id), form, typed=typed, **held, **moments)


_SELECT = "SELECT draft_id, person, form, began_at, kept_at, sealed FROM drafts WHERE"


@dataclass(frozen=True)
class OwnDrafts:
    """The drafts of the person at a desk, with the staged files they carry; what every form works with."""

    drafts: Drafts
    staged: StagedFiles
    person: UUID
    at: datetime

    def keep(self, form: str, typed: Form, *, title: str, about: str, address: str) -> None:
        """Keep what was typed into a form; `address` is where the form opens."""
        left = MultiDict((key, value) for key, value in typed.items(multi=True) if key not in _NOT_TYPED)
        self.drafts.keep(self.person, form, left, title=title, about=about, address=address, at=self.at)
        self.staged.touch(self.person, list(_carried(left)), self.at)

    def find(self, form: str) -> Draft | None:
        """The draft of a form, if there is one."""
        return self.drafts.find(self.person, form)

    def forget(self, form: str) -> None:
        """Throw the draft of a form away, because it was recorded."""
        self.drafts.forget(self.person, form, self.at)

    def discard(self, draft: Draft) -> None:
        """Throw a draft away with the files it carries."""
        self.staged.remove(self.person, _carried(draft.typed), self.at)
        self.drafts.forget(self.person, draft.form, self.at)

    def get(self, draft_id: UUID) -> Draft | None:
        """A draft by its reference; another person's is not there."""
        return self.drafts.get(self.person, draft_id)

    def all(self) -> tuple[Draft, ...]:
        """Every draft, the newest first."""
        return self.drafts.of(self.person)


_NOT_TYPED = frozenset({"csrf_token", "idempotency_key", "version", "more", "save"})
"""What a form carries that nobody typed; it is made anew when the form is opened again."""


def _carried(typed: Form) -> Iterator[UUID]:
    """The staged files that some typing carries."""
    for key, value in typed.items():
        if key.endswith(_FILE):
            try:
                yield UUID(value)
            except ValueError:
                continue


def _place(person: UUID, form: str) -> bytes:
    return b"draft" + person.bytes + form.encode()
