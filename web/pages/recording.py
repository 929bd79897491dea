"""Recording: a form opened, read, checked, submitted once however often it is sent, and answered with its receipt."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import msgspec
from eventsourcing.persistence import IntegrityError
from flask import Response, redirect, request, url_for
from marshmallow import Schema

from domain.errors import AlreadyRecorded, DecisionRefused, DomainError, Impossible, NotFound, Stale
from domain.values import Submission
from ledger.commands import Command, CommandRepeated, Receipt
from projections import placements, providers, pupils
from projections.offices import delegations_by_id
from web import existing, words
from web.actions import Action
from web.choices import Setting
from web.desk import Desk
from web.errors import Forbidden, Malformed, Problem, Unprocessable, problem
from web.forms import Making, blank, controls, fill, given, place_of, renumbered, summary
from web.obstacles import Way, ways_out
from web.prefilling import known_of, plan_missing
from web.reading import Form, load, read_form, read_json
from web.rendering import Page, json_response
from web.schemas.answers import Rows
from web.timetable_form import known_week

KEY_FIELD, VERSION_FIELD, MORE_FIELD = "idempotency_key", "version", "more"
_LONGEST_KEY = 200


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
        return self.record_id if self.command == "take_register" else self.values.get("school_id")


def act(desk: Desk, action: Action, record_id: UUID | None = None) -> Page | Response:
    """Show the form of an action, or record what was sent."""
    setting = _setting(desk, action, record_id)
    if request.method == "POST":
        _refuse_other_school(desk, action, setting)
    if request.method == "GET":
        known = {
            **known_of(setting),
            **(known_week(setting) if action.verb == "set-weekly-timetable" else {}),
            **given(action.schema(), request.args),
        }
        return _form(desk, action, setting, blank(action.schema(), desk.today, known))
    if request.is_json:
        values = load(action.schema(), read_json(request.get_data(cache=False)))
        return answer(desk, submit(desk, _sent(action, record_id, values)), as_json=True)
    return _from_form(desk, action, setting)


def _from_form(desk: Desk, action: Action, setting: Setting) -> Page | Response:
    schema = action.schema()
    typed: Form = renumbered(schema, fill(schema, request.form, setting))
    if request.form.get(MORE_FIELD):
        return _form(desk, action, setting, typed, more=request.form[MORE_FIELD])
    try:
        values = load(schema, read_form(schema, typed))
        receipt = _submit_chosen(desk, _sent(action, setting.record_id, values))
    except (Unprocessable, DecisionRefused, Impossible, AlreadyRecorded, Stale) as error:
        return _form(desk, action, setting, typed, refused=problem(error))
    return answer(desk, receipt, as_json=False)


def _submit_chosen(desk: Desk, sent: Sent) -> Receipt:
    """Submit; a reference chosen in the form that leads nowhere is a mistake in that field, not a missing page."""
    try:
        return submit(desk, sent)
    except NotFound as missing:
        field = place_of(sent.values, missing.reference)
        if field is None:
            raise
        raise Unprocessable({field: f"There is no such {missing.kind}. Choose another."}) from missing


def _sent(action: Action, record_id: UUID | None, values: Mapping[str, Any]) -> Sent:
    new = existing.reference(values) if action.command == existing.COMMAND else uuid4()
    return Sent(action.command, record_id or new, values, key(), version(), action.new)


def submit(desk: Desk, sent: Sent) -> Receipt:
    """Record it, or give the receipt it had the first time.

    Raises:
        DecisionRefused, Impossible, AlreadyRecorded, Stale, NotFound, SubjectErased: nothing was recorded.
        CommandKeyReused: where the same key came with something else.
    """
    officer, application = desk.officer, desk.services.application
    if officer.actor.id is None:
        raise Forbidden("Only a named person can record anything.")
    if sent.school_id not in {None, desk.school_id}:
        raise Forbidden("You can record for your own school only.")
    recorder = application.recorder
    command = Command(sent.key, officer.actor.id, _digest(desk, sent))
    earlier: Receipt | None = recorder.recall(command.key, command.actor, command.digest)
    if earlier is not None:
        return earlier
    if sent.command == existing.COMMAND:
        existing.refuse_known(desk.connection, sent.values, desk.today, desk.known_at)
    submission = Submission(officer, desk.now, command, sent.version)
    try:
        recordings = getattr(application, sent.command)(sent.record_id, **sent.values, submission=submission)
    except CommandRepeated as repeated:
        return repeated.receipt
    except (DomainError, IntegrityError):
        # The first sending may have been recorded while this one was decided, which then finds it done already.
        earlier = recorder.recall(command.key, command.actor, command.digest)
        if earlier is None:
            raise
        return earlier
    receipt: Receipt = recorder.receipt([recording.notification.id for recording in recordings])
    return receipt


def _digest(desk: Desk, sent: Sent) -> bytes:
    """What was asked, keyed, so that nobody can try out what a stored digest stands for; a new id is no part of it."""
    about = None if sent.new else sent.record_id
    basis = desk.officer.actor.basis
    said = msgspec.json.encode([sent.command, about, dict(sent.values), basis], order="sorted")
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


def _form(
    desk: Desk, action: Action, setting: Setting, typed: Form, *, refused: Problem | None = None, more: str = ""
) -> Page:
    breaches = refused.breaches if refused else ()
    problems = {breach.field.replace(".", "-"): breach.sentence for breach in breaches if breach.field}
    schema: Schema = action.schema()
    made = controls(schema, Making(setting, typed, problems, more))
    at = version_of(desk, setting.record_id) if setting.record_id else None
    stale = refused is not None and refused.status == 409
    shows = {
        "action": action,
        "plan_missing": plan_missing(schema, setting),
        "record_id": setting.record_id,
        "controls": made,
        "about": _about(setting, action),
        "intro": "placements/on_paper.html" if action.command == existing.COMMAND else None,
        "back": _back(setting, action),
        "refused": refused,
        "ways": _ways(setting, action, refused),
        "summary": summary(made, problems) if problems else [],
        "rows": [name for name, one in schema.fields.items() if isinstance(one, Rows)],
        "key": typed.get(KEY_FIELD) if refused is None and not more else str(uuid4()),
        "version": at if stale or VERSION_FIELD not in typed else typed[VERSION_FIELD],
    }
    shows["key"] = shows["key"] or str(uuid4())
    data = {"title": action.title, "version": at, "choices": {}}
    return Page("form.html", action.title, shows, data, version=at, status=refused.status if refused else 200)


def _ways(setting: Setting, action: Action, refused: Problem | None) -> tuple[Way, ...]:
    """The other forms that may clear what was refused."""
    if setting.placement is None or refused is None:
        return ()
    broken = [(breach.rule, breach.clause) for breach in refused.breaches]
    return tuple(way for way in ways_out(setting.desk, setting.placement, broken) if way.endpoint != action.name)


def _setting(desk: Desk, action: Action, record_id: UUID | None) -> Setting:
    """What the form is about.

    Raises:
        NotFound: where no such thing is recorded.
    """
    if record_id is None:
        return Setting(desk, None, None)
    found: Any = None
    if action.noun == "placement":
        found = placements.placement(desk.connection, record_id, desk.today, desk.known_at)
    elif action.noun == "pupil":
        found = pupils.pupil(desk.connection, record_id, desk.today, desk.known_at)
    elif action.noun == "provider":
        found = providers.provider(desk.connection, record_id, desk.known_at)
    else:
        found = delegations_by_id(desk.connection, [record_id], desk.today, desk.known_at).get(record_id)
    if found is None:
        raise NotFound(action.noun, record_id)
    return Setting(desk, record_id, found if action.noun == "placement" else None)


def _refuse_other_school(desk: Desk, action: Action, setting: Setting) -> None:
    """Staff record for pupils of their own school; rules of the domain say who of them decides.

    Raises:
        Forbidden: where the pupil is on another school's roll, or the placement is another school's.
    """
    if setting.placement is not None:
        schools = {setting.placement.school_id}
    elif action.noun == "pupil" and setting.record_id is not None:
        schools = {one.school_id for one in pupils.enrolments(desk.connection, setting.record_id, desk.known_at)}
    else:
        return
    if desk.school_id not in schools:
        raise Forbidden("This is another school's pupil. You can record for your own school only.")


def _about(setting: Setting, action: Action) -> str:
    desk = setting.desk
    if action.noun == "delegation" or setting.record_id is None:
        return ""
    if action.noun == "provider":
        provider = providers.provider(desk.connection, setting.record_id, desk.known_at)
        return provider.name if provider else ""
    pupil_id = setting.pupil_id
    pupil = pupils.pupil(desk.connection, pupil_id, desk.today, desk.known_at) if pupil_id else None
    name = (pupil.name if pupil else None) or "Name erased"
    if setting.placement is None:
        return name
    provider = providers.provider(desk.connection, setting.placement.provider_id, desk.known_at)
    return f"{name} at {provider.name if provider else 'a provider'}, {words.say(setting.placement.status).lower()}"


def _back(setting: Setting, action: Action) -> str:
    if action.noun == "delegation":
        return url_for("delegations")
    if setting.record_id is None:
        return url_for(
            "placements" if action.noun == "placement" else "providers" if action.noun == "provider" else "home"
        )
    return url_for(action.noun, record_id=setting.record_id)
