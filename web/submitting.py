"""Sending: what was asked is recorded once however often it is sent, with the files it names, and has its receipt."""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec
from eventsourcing.persistence import IntegrityError
from flask import Response, redirect, request, url_for

from domain.errors import DomainError
from domain.parts import EvidenceFile
from domain.values import Submission
from domain.vocabulary import Source
from ledger.attachments import AttachedFile
from ledger.commands import Command, CommandRepeated, Receipt
from web import existing, identity
from web.desk import Desk
from web.errors import Forbidden, Malformed, Unprocessable
from web.own_school import refuse_others
from web.rendering import json_response
from web.staging import NotStaged

KEY_FIELD, VERSION_FIELD = "idempotency_key", "version"
_LONGEST_KEY = 200
_NAMELESS = UUID(int=0)
_ABOUT_A_SCHOOL = frozenset({"take_register", "record_provider_return"})
"""Commands whose record is the school itself."""


@dataclass(frozen=True)
class Sent:
    """One sending: what it asks to record, and what makes a second sending of it harmless."""

    command: str
    record_id: UUID
    values: Mapping[str, Any]
    key: str
    version: int | None
    new: bool = False

    @property
    def school_id(self) -> UUID | None:
        """The school it is recorded for, where it says one."""
        return self.record_id if self.command in _ABOUT_A_SCHOOL else self.values.get("school_id")


def submit(desk: Desk, sent: Sent) -> Receipt:
    """Record it, or give the receipt it had the first time.

    Raises:
        Forbidden: where it is about another school, or a pupil or placement of one.
        DecisionRefused, Impossible, AlreadyRecorded, Stale, NotFound, SubjectErased: nothing was recorded.
        Unprocessable: where a file named is not one the person has waiting.
        CommandKeyReused: where the same key came with something else.
    """
    officer, application = desk.officer, desk.services.application
    if officer.actor.id is None:
        raise Forbidden("Only a named person can record anything.")
    if sent.school_id not in {None, desk.school_id}:
        raise Forbidden("You can record for your own school only.")
    refuse_others(desk, sent.record_id, sent.values)
    person, named = officer.actor.id, _file_ids(sent)
    sent = replace(sent, values={**sent.values, **({"evidence": _files(desk, person, named)} if named else {})})
    command = Command(sent.key, person, _digest(desk, sent))
    receipt = application.recorder.recall(command.key, command.actor, command.digest) or _record(desk, sent, command)
    desk.services.staged.recorded(person, named, desk.now)
    return receipt


def _record(desk: Desk, sent: Sent, command: Command) -> Receipt:
    application, recorder = desk.services.application, desk.services.application.recorder
    files = tuple(_content(desk, command.actor, file) for file in sent.values.get("evidence", ()))
    source = Source.API if request.is_json else Source.UI
    submission = Submission(desk.officer, desk.now, command, sent.version, source, files)
    try:
        if sent.command == existing.COMMAND:
            existing.refuse_known(desk.connection, sent.values, desk.today, desk.known_at)
        identity.refuse_mistaken(desk, sent.command, sent.record_id, sent.values)
        recordings = getattr(application, sent.command)(sent.record_id, **sent.values, submission=submission)
    except CommandRepeated as repeated:
        return repeated.receipt
    except (DomainError, IntegrityError):
        # The first sending may have been recorded while this one was decided, which then finds it done already.
        earlier: Receipt | None = recorder.recall(command.key, command.actor, command.digest)
        if earlier is None:
            raise
        return earlier
    receipt: Receipt = recorder.receipt([recording.notification.id for recording in recordings])
    return receipt


def _file_ids(sent: Sent) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(sent.values.get("evidence", ())))


def _files(desk: Desk, person: UUID, file_ids: Collection[UUID]) -> tuple[EvidenceFile, ...]:
    try:
        return desk.services.staged.find(person, file_ids)
    except NotStaged:
        raise Unprocessable({"evidence": "One of the files is no longer here. Choose it again."}) from None


def _content(desk: Desk, person: UUID, file: EvidenceFile) -> AttachedFile:
    try:
        return AttachedFile(file.file_id, desk.services.staged.content(person, file.file_id))
    except NotStaged:
        raise Unprocessable(
            {"evidence": f"“{file.name}” was recorded with another entry already. Choose it again."}
        ) from None


def _digest(desk: Desk, sent: Sent) -> bytes:
    """What was asked, keyed, so that nobody can try out what a stored digest stands for; a new id is no part of it.

    Nor is a file's reference, which a second upload of the same form has anew; its name, size and digest are.
    """
    about, values = None if sent.new else sent.record_id, dict(sent.values)
    if "evidence" in values:
        values["evidence"] = [msgspec.structs.replace(file, file_id=_NAMELESS) for file in values["evidence"]]
    said = msgspec.json.encode([sent.command, about, values, desk.officer.actor.basis], order="sorted")
    purpose = hmac.digest(desk.services.keys.master, b"placement-ledger command digest", "sha256")
    return hmac.digest(purpose, said, "sha256")


def answer(desk: Desk, receipt: Receipt, *, as_json: bool) -> Response:
    """Tell what was recorded: a receipt for machines, or the page that shows it."""
    location = url_for("receipt", index=receipt.first, count=receipt.count)
    if not as_json:
        return redirect(location, 303)
    leaf = desk.services.log.leaf(receipt.first)
    body = {
        "entry": receipt.first,
        "entries": receipt.count,
        "fingerprints": [fingerprint.hex() for fingerprint in receipt.leaf_hashes],
        "record": str(leaf.stream),
        "version": leaf.version,
        "location": location,
    }
    response = json_response(body, 201)
    response.headers["Location"] = location
    response.headers["ETag"] = f'"{leaf.version}"'
    return response


def key() -> str:
    """The sender's own key for this sending.

    Raises:
        Malformed: where a machine sent none, or one too long.
    """
    given = request.headers.get("Idempotency-Key") or request.form.get(KEY_FIELD, "")
    if not given or len(given) > _LONGEST_KEY or not given.isascii() or not given.isprintable():
        raise Malformed(
            "Send an Idempotency-Key: up to 200 printable characters of your own, new for each thing recorded."
        )
    return given


def version() -> int | None:
    """The version of the record that the sender had in front of them, if they say.

    Raises:
        Malformed: where it is no version.
    """
    given = request.headers.get("If-Match") or request.form.get(VERSION_FIELD) or ""
    text = given.removeprefix('"').removesuffix('"')
    if not text or given == "*":
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Malformed("If-Match must be the version that the record's ETag gave, in quotes.")
    return int(text)


def version_of(desk: Desk, stream: UUID) -> int:
    """How many entries a record has."""
    found = desk.services.application.recorder.select_events(stream, desc=True, limit=1)
    return int(found[0].originator_version) if found else 0
