"""What providers say of a day, beside what the school marked: received in one sending, compared session by session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Response, redirect, request, url_for

from domain.errors import AlreadyRecorded, Impossible, NotFound
from domain.rules.returns import Comparison
from domain.vocabulary import Returned
from projections.comparisons import SessionCompared, comparisons
from projections.register import ProviderRegister
from web import words
from web.actions import REGISTER
from web.desk import Desk
from web.drafts import Draft
from web.errors import Problem, Unprocessable, problem
from web.forms import blank, dated
from web.naming import Names
from web.pages.recording import SAVE_FIELD
from web.reading import Form, load, read_form, read_json
from web.register_day import RegisterDay, asked
from web.register_marks import place
from web.rendering import Page
from web.schemas.attendance import RecordProviderReturn
from web.submitting import Sent, answer, key, submit

_COLUMNS = (
    "provider", "pupil", "local_ref", "day", "session", "code", "mark_entry", "returned", "arrived", "left", "note",
    "given_by", "received_on", "return_entry", "comparison",
)  # fmt: skip
_ASKED = ("attendance", "arrived", "left", "note")


def show(desk: Desk) -> Page:
    """A day's returns: of one provider with its form, or of all with how they compare."""
    of = asked(desk)
    provider = _provider(of)
    draft = None if provider is None else desk.drafts.find(_draft(of, provider))
    if draft is not None and request.args.get("draft") == "continue":
        return _page(of, provider, draft.typed)
    return _page(of, provider, blank(RecordProviderReturn(), desk.today, {}), draft=draft)


def receive(desk: Desk) -> Page | Response:
    """Record one provider's return: JSON of `record_provider_return`, or the page's own form."""
    of = asked(desk)
    if request.is_json:
        values = load(RecordProviderReturn(), read_json(request.get_data()))
        return answer(desk, submit(desk, _sent(of, values)), as_json=True)
    provider, typed, places = _provider(of), request.form.copy(), list[str]()
    if provider is None:
        raise NotFound("provider", "given")
    if typed.get(SAVE_FIELD):
        _keep(of, provider, typed)
        return redirect(url_for("drafts"), 303)
    try:
        values, places = _read(of, provider, typed)
        receipt = submit(desk, _sent(of, load(RecordProviderReturn(), values)))
    except (AlreadyRecorded, Impossible, Unprocessable) as error:
        _keep(of, provider, typed)
        return _page(of, provider, typed, problem(error), places)
    desk.drafts.forget(_draft(of, provider))
    return answer(desk, receipt, as_json=False)


def _sent(of: RegisterDay, values: Mapping[str, Any]) -> Sent:
    return Sent("record_provider_return", of.school_id, values, key(), None)


def _draft(of: RegisterDay, provider: ProviderRegister) -> str:
    """What drafts know one provider's return for one day by."""
    return f"returns/{of.school_id}/{provider.provider_id}/{of.day.isoformat()}"


def _keep(of: RegisterDay, provider: ProviderRegister, typed: Form) -> None:
    where = {"day": of.day.isoformat(), "school_id": of.school_id, "provider_id": provider.provider_id}
    about = f"{provider.provider or 'Provider'}, {words.day(of.day)}"
    address = url_for("returns", **where)
    of.desk.drafts.keep(_draft(of, provider), typed, title="Provider's return", about=about, address=address)


def _provider(of: RegisterDay) -> ProviderRegister | None:
    """The provider asked for.

    Raises:
        NotFound: where nobody of the school is expected there that day.
    """
    given = request.args.get("provider_id")
    if not given:
        return None
    found = next((one for one in of.providers if str(one.provider_id) == given), None)
    if found is None:
        raise NotFound("provider", "given")
    return found


def _read(of: RegisterDay, provider: ProviderRegister, typed: Form) -> tuple[dict[str, Any], list[str]]:
    """What the form says, as JSON would, and the place of each line."""
    filled = typed.copy()
    filled.update({"provider_id": str(provider.provider_id), **dated("day", of.day)})
    rows, places = [], []
    for pupil in provider.pupils:
        for session in of.begun:
            at = place(pupil.placement_id, session)
            first = f"attendance-{at}" in typed  # else the provider has spoken, and may say otherwise now
            said = {name: typed.get(f"{name}-{at}", "").strip() or None for name in _ASKED}
            if first and f"all-{session.value}" in typed and pupil.expects(session):
                said["attendance"] = said["attendance"] or Returned.ATTENDED.value
            said["attendance"] = said["attendance"] or typed.get(f"otherwise-{at}") or None
            if any(said.values()):
                of_pupil = {"pupil_id": str(pupil.pupil_id), "placement_id": str(pupil.placement_id)}
                rows.append({**of_pupil, "session": session.value, **said})
                places.append(at)
    if not rows:
        raise Impossible(
            "rows", "The return says nothing yet. Fill in at least one session, or tick that all were there."
        )
    return {**read_form(RecordProviderReturn(), filled), "rows": rows}, places


def _page(
    of: RegisterDay,
    provider: ProviderRegister | None,
    typed: Form,
    refused: Problem | None = None,
    places: Sequence[str] = (),
    *,
    draft: Draft | None = None,
) -> Page:
    desk = of.desk
    found = comparisons(
        desk.connection, of.school_id, of.day, desk.known_at, provider_id=provider.provider_id if provider else None
    )
    found = tuple(one for one in found if one.session in of.begun)
    own = desk.officer.actor.role in REGISTER and desk.school_id == of.school_id and not desk.travelled
    problems = dict(_placed(refused, places))
    shows = {
        "of": of,
        "provider": provider,
        "names": Names(desk),
        "found": found,
        "counts": _counts(found),
        "place": place,
        "typed": typed,
        "draft": draft,
        "returned": words.choices(Returned),
        "problems": problems,
        "refused": refused,
        "summary": [(f"#{anchor or 'form'}", sentence) for anchor, sentence in problems.items()],
        "waiting": [one for one in of.begun if any(each.session is one and not each.returned for each in found)],
        "may_record": own and provider is not None and bool(of.begun),
        "may_amend": own,
        "key": str(uuid4()),
        "back": url_for("register", day=of.day.isoformat(), school_id=of.school_id),
    }
    rows = list(_rows(of, found))
    title = f"Providers' returns for {words.day(of.day)}"
    return Page("register/returns.html", title, shows, rows, rows, _COLUMNS, status=refused.status if refused else 200)


def _counts(found: Sequence[SessionCompared]) -> dict[UUID, Counter[Comparison]]:
    """How many sessions of each provider compare how."""
    counts: dict[UUID, Counter[Comparison]] = {}
    for one in found:
        counts.setdefault(one.provider_id, Counter())[one.compared.comparison] += 1
    return counts


def _placed(refused: Problem | None, places: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Which control each problem is about."""
    for breach in refused.breaches if refused else ():
        first, *rest = (breach.field or "").replace(".", "-").split("-")
        if first == "rows" and len(rest) > 1 and rest[0].isdigit() and int(rest[0]) < len(places):
            asked_of = rest[1] if rest[1] in _ASKED else "attendance"
            yield f"{asked_of}-{places[int(rest[0])]}", breach.sentence
        else:
            yield {"received_on": "received_on-day", "given_by": "given_by"}.get(first, ""), breach.sentence


def _rows(of: RegisterDay, found: Sequence[SessionCompared]) -> Iterator[dict[str, Any]]:
    for one in found:
        mark, returned = one.mark, one.returned
        yield {
            "provider": one.provider, "pupil": one.pupil.name, "local_ref": one.pupil.local_ref, "day": of.day,
            "session": one.session.value, "code": mark.code if mark else None,
            "mark_entry": mark.position - 1 if mark else None,
            "returned": returned.attendance if returned else None, "arrived": returned.arrived if returned else None,
            "left": returned.left if returned else None, "note": returned.note if returned else None,
            "given_by": returned.given_by if returned else None,
            "received_on": returned.received_on if returned else None,
            "return_entry": returned.position - 1 if returned else None, "comparison": one.compared.comparison,
        }  # fmt: skip
