"""`digest`: what needs doing, role by role, printed or sent by e-mail."""

from __future__ import annotations

import fcntl
import json
import os
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from domain.values import LONDON
from domain.vocabulary import Role
from projections.needs_doing import needs_doing
from projections.schools import School, schools
from web import config, recipients
from web.actions import STAFF
from web.bootstrap import Services
from web.commands.opening import opened
from web.commands.operating import record_looking
from web.commands.speaking import Failed, say
from web.digest import Digest, compose
from web.mailing import Letter, send
from web.recipients import Recipient

SENT = "digest-sent.json"


def digest(options: Namespace) -> int:
    """Print the digests asked for, or send them; 1 where somebody who should have got one did not."""
    settings = config.mail(os.environ) if options.send else None
    address = settings.address if settings else os.environ.get(config.ADDRESS, "http://localhost:8000").rstrip("/")
    with opened(options) as services:
        now = services.clock().astimezone(LONDON)
        composed = _compose(services, options, now, address)
        told = {pupil for one in composed for item in one.items for pupil in (item.about.pupil_id, *item.about.pupils)}
        record_looking(services, "digest", {pupil for pupil in told if pupil is not None})
    if settings is None:
        _print(composed, address, as_json=options.json)
        return 0
    with _noted(options.data / SENT, now) as sent:
        return _send(settings, composed, sent, now, options)


def _compose(services: Services, options: Namespace, now: datetime, address: str) -> list[Digest]:
    known_at = services.catch_up()
    with services.read.reading() as connection:
        everyone = _recipients(schools(connection, known_at), options)
        items = needs_doing(connection, now.date(), known_at)
    return [compose(one, items, now.date(), address) for one in everyone]


def _recipients(known: Sequence[School], options: Namespace) -> list[Recipient]:
    """Those in the file of recipients; where there is none and nothing is sent, every role of every school."""
    path, wanted = os.environ.get(config.RECIPIENTS), options.to
    if path:
        everyone = list(recipients.read(Path(path), {one.urn: one for one in known}, STAFF))
    else:
        everyone = [Recipient(school, role, None) for school in known for role in Role if role in STAFF]
    found = [one for one in everyone if wanted in {None, one.role.value, one.address}]
    if not found:
        roles = ", ".join(sorted(STAFF))
        raise Failed(
            f"Nobody gets a digest for {wanted!r}: give an address in the file of recipients, or one of the roles"
            f" {roles}."
        )
    return found


def _print(composed: Sequence[Digest], address: str, *, as_json: bool) -> None:
    """All digests that say something, one after the other, and whence the address of their links comes."""
    told = [one for one in composed if one.items] or composed[:1]
    text = f"\n{'-' * 76}\n\n".join(f"Subject: {one.subject}\n\n{one.text}" for one in told)
    result = [
        {"role": one.recipient.role, "school": one.recipient.school.name, "subject": one.subject, "text": one.text}
        for one in told
    ]
    whence = f"Links lead to {address}: the setting {config.ADDRESS} says where the service is reached."
    say(f"{text}\n{whence}", {"digests": result, "address": address}, as_json=as_json)


def _send(settings: config.Mail, composed: Sequence[Digest], sent: _Sent, now: datetime, options: Namespace) -> int:
    """Send to everyone who has not had today's, and say of each address what became of it."""
    had = [one for one in composed if one.recipient in sent and not options.again]
    due = {Letter(one.recipient.address or "", one.subject, one.text): one for one in composed if one not in had}
    done = list[Recipient]()
    problems = [(one.recipient, "has had today's digest already; --again sends it once more") for one in had]
    for outcome in send(settings, list(due), now):
        recipient = due[outcome.letter].recipient
        if outcome.problem is None:
            sent.note(recipient)
            done.append(recipient)
        else:
            problems.append((recipient, outcome.problem))
    lines = [f"Sent to {one.address}." for one in done]
    lines += [f"Not sent to {one.address}: {why}." for one, why in problems]
    result = {"sent": [_told(one) for one in done], "not_sent": [_told(one) | {"why": why} for one, why in problems]}
    say("\n".join(lines), result, as_json=options.json)
    return 1 if problems else 0


def _told(one: Recipient) -> dict[str, str | None]:
    return {"address": one.address, "role": one.role.value, "school": one.school.name}


class _Sent:
    """Who has had the digest of today; no address can be read from it, and yesterday's are forgotten."""

    def __init__(self, path: Path, now: datetime) -> None:
        self._path, self._day = path, now.date().isoformat()
        try:
            kept = json.loads(path.read_text(encoding="ascii"))
            self._sent = set(kept["sent"]) if kept["day"] == self._day else set[str]()
        except FileNotFoundError:
            self._sent = set()
        except (ValueError, KeyError, TypeError):
            raise Failed(f"{path} is damaged. Remove it; digests of today are then sent once more.") from None

    def __contains__(self, recipient: Recipient) -> bool:
        return self._mark(recipient) in self._sent

    def note(self, recipient: Recipient) -> None:
        """Keep at once that it went out: whoever is interrupted sends nothing twice."""
        self._sent.add(self._mark(recipient))
        unfinished = self._path.with_suffix(".new")
        unfinished.write_text(json.dumps({"day": self._day, "sent": sorted(self._sent)}), encoding="ascii")
        unfinished.replace(self._path)

    def _mark(self, one: Recipient) -> str:
        return sha256(f"{self._day} {one.school.urn} {one.role} {one.address}".encode()).hexdigest()


@contextmanager
def _noted(path: Path, now: datetime) -> Iterator[_Sent]:
    """What went out today, for one sender at a time."""
    with path.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield _Sent(path, now)
