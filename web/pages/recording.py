"""Recording: a form opened, filled in, put by or sent, and answered with the receipt for what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from flask import Response, redirect, request, url_for
from marshmallow import Schema

from domain.errors import AlreadyRecorded, DecisionRefused, Impossible, NotFound, Stale
from ledger.commands import Receipt
from projections import placements, providers, pupils
from projections.offices import appointments, delegations_by_id
from web import existing, overriding, words
from web.actions import Action
from web.choices import Setting, offered
from web.copying import begun, copied
from web.deciding import to_go_by
from web.deferring import known_deferrals, with_every_line
from web.desk import Desk
from web.drafts import Draft
from web.errors import Problem, Unprocessable, problem
from web.faults import place_of, summary
from web.forms import Making, blank, controls, fill, given, left_to_follow, renumbered
from web.naming import Names
from web.obstacles import Way, ways_out
from web.own_school import refuse_others
from web.prefilling import known_of, plan_missing
from web.reading import Form, load, read_form, read_json
from web.rendering import Page
from web.schemas.answers import Rows
from web.submitting import KEY_FIELD, VERSION_FIELD, Sent, answer, key, submit, version, version_of
from web.timetable_form import known_week
from web.uploads import file_answers, take_in

MORE_FIELD, SAVE_FIELD = "more", "save"


def act(desk: Desk, action: Action, record_id: UUID | None = None) -> Page | Response:
    """Show the form of an action, or record what was sent."""
    setting = _setting(desk, action, record_id)
    if request.method == "GET":
        return _opened(desk, action, setting)
    refuse_others(desk, record_id)
    if request.is_json:
        values = load(action.schema(), read_json(request.get_data()))
        return answer(desk, submit(desk, _sent(action, record_id, values)), as_json=True)
    return _from_form(desk, action, setting)


def _opened(desk: Desk, action: Action, setting: Setting) -> Page:
    """The form as it is opened: with what is known, or with what was typed into it before where that is asked for."""
    schema, draft = action.schema(), desk.drafts.find(_form_name(action, setting))
    taken, source = copied(schema, setting)
    known = {
        **known_of(setting),
        **begun(schema, setting, taken),
        **taken,
        **(known_week(setting) if action.verb == "set-weekly-timetable" else {}),
        **(known_deferrals(setting) if action.command == "start_urgently" else {}),
        **given(schema, request.args),
    }
    known = {name: value for name, value in known.items() if not left_to_follow(schema, request.args, name)}
    if draft is not None and request.args.get("draft") == "continue":
        return _form(desk, action, setting, draft.typed)
    return _form(desk, action, setting, blank(schema, desk.today, known), draft=draft, source=source)


def _from_form(desk: Desk, action: Action, setting: Setting) -> Page | Response:
    schema, name = action.schema(), _form_name(action, setting)
    filled, not_taken = take_in(desk, schema, fill(schema, request.form, setting))
    typed: Form = renumbered(schema, filled)
    if request.form.get(MORE_FIELD):
        return _form(desk, action, setting, typed, more=request.form[MORE_FIELD])
    about = _about(setting, action)
    if request.form.get(SAVE_FIELD) and not not_taken:
        desk.drafts.keep(name, typed, title=action.title, about=about, address=request.path)
        return redirect(url_for("drafts"), 303)
    try:
        values = _read(schema, typed, not_taken)
        receipt = _submit_chosen(desk, _sent(action, setting.record_id, values))
    except (Unprocessable, DecisionRefused, Impossible, AlreadyRecorded, Stale) as error:
        desk.drafts.keep(name, typed, title=action.title, about=about, address=request.path)
        return _form(desk, action, setting, typed, refused=problem(error))
    desk.drafts.forget(name)
    return answer(desk, receipt, as_json=False)


def _form_name(action: Action, setting: Setting) -> str:
    """What drafts know the form by."""
    return f"{action.name}/{setting.record_id or 'new'}"


def _read(schema: Schema, typed: Form, not_taken: Mapping[str, str]) -> dict[str, Any]:
    """Read the answers; files that were not taken are a fault like any other."""
    try:
        values = load(schema, read_form(schema, typed))
    except Unprocessable as error:
        asked = {name: said for name, said in error.problems.items() if not _follows_a_fault(schema, name, error)}
        raise Unprocessable({**asked, **not_taken}) from None
    if not_taken:
        raise Unprocessable(not_taken)
    return values


def _follows_a_fault(schema: Schema, name: str, error: Unprocessable) -> bool:
    """Whether an answer that no form asks is missing only because the choice it follows from is."""
    answer = schema.fields.get(name)
    return answer is not None and bool(answer.metadata.get("unasked")) and answer.metadata["fill"] in error.problems


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


def _form(
    desk: Desk,
    action: Action,
    setting: Setting,
    typed: Form,
    *,
    refused: Problem | None = None,
    more: str = "",
    draft: Draft | None = None,
    source: str = "",
) -> Page:
    breaches = refused.breaches if refused else ()
    problems = {breach.field.replace(".", "-"): breach.sentence for breach in breaches if breach.field}
    schema: Schema = action.schema()
    if "overrides" in schema.fields:
        typed = overriding.offered(desk, typed, refused)
    if action.command == "start_urgently":
        typed = with_every_line(setting, typed)
    made = controls(schema, Making(setting, typed, problems, more))
    at = version_of(desk, setting.record_id) if setting.record_id else None
    stale = refused is not None and refused.status == 409
    shows = {
        "action": action,
        "plan_missing": plan_missing(schema, setting),
        "record_id": setting.record_id,
        "controls": made,
        "about": _about(setting, action),
        **_intro(setting, action),
        "back": _back(setting, action),
        "refused": refused,
        "draft": draft,
        "answers": _answers(setting, schema, typed),
        "source": source,
        "anew": request.method == "GET" and request.args.get("anew") == "yes",
        "uploads": bool(file_answers(schema)),
        "ways": _ways(setting, action, refused),
        "summary": summary(made, problems) if problems else [],
        "rows": [name for name, one in schema.fields.items() if isinstance(one, Rows)],
        "key": typed.get(KEY_FIELD) if refused is None and not more else str(uuid4()),
        "version": at if stale or VERSION_FIELD not in typed else typed[VERSION_FIELD],
    }
    shows["key"] = shows["key"] or str(uuid4())
    data = {"title": action.title, "version": at, "choices": {}}
    return Page("form.html", action.title, shows, data, version=at, status=refused.status if refused else 200)


def _intro(setting: Setting, action: Action) -> dict[str, Any]:
    """What stands above a form: how to copy from paper, or what there is to decide an approval on."""
    if action.command == existing.COMMAND:
        return {"intro": "placements/on_paper.html"}
    if action.command != "approve_placement" or setting.placement is None:
        return {"intro": None}
    placement, names = setting.placement, Names(setting.desk)
    decided_on = to_go_by(setting.desk, placement.placement_id)
    return {"intro": "placements/deciding.html", "placement": placement, "names": names, **decided_on}


def _answers(setting: Setting, schema: Schema, typed: Form) -> tuple[str, str] | None:
    """The number of the request that the form answers, and what that is called; None where it answers none."""
    number = typed.get("answers_request", "")
    waiting = offered("requests", setting) if number and "answers_request" in schema.fields else ()
    return next(((choice.value, choice.text) for choice in waiting if choice.value == number), None)


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
    elif action.noun == "office":
        found = appointments(desk.connection, [record_id], desk.known_at).get(record_id)
    else:
        found = delegations_by_id(desk.connection, [record_id], desk.today, desk.known_at).get(record_id)
    if found is None:
        raise NotFound(action.noun, record_id)
    return Setting(desk, record_id, found if action.noun == "placement" else None)


def _about(setting: Setting, action: Action) -> str:
    desk = setting.desk
    if action.noun == "delegation" or setting.record_id is None:
        return ""
    if action.noun == "office":
        held = appointments(desk.connection, [setting.record_id], desk.known_at)[setting.record_id]
        return f"{held.name or 'Name erased'}, {words.say(held.office)}"
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


_LISTS = {"delegation": "delegations", "office": "offices"}
"""Where what has no page of its own is listed."""


def _back(setting: Setting, action: Action) -> str:
    if action.noun in _LISTS:
        return url_for(_LISTS[action.noun])
    if setting.record_id is None:
        return url_for(
            "placements" if action.noun == "placement" else "providers" if action.noun == "provider" else "home"
        )
    return url_for(action.noun, record_id=setting.record_id)
