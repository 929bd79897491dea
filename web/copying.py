"""What a form takes over from what was recorded before, to be changed where it has changed: never a judgement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, get_type_hints

import msgspec
from marshmallow import Schema, fields

from domain import events
from domain.events import Fact
from domain.rules.school_days import Year, half_terms, is_school_day
from projections.chronology import Entry, newest, newest_of_pupil
from projections.people import placing_authorities
from projections.placements import Placement
from projections.schools import calendars
from web import words
from web.choices import Setting
from web.forms import dated
from web.schemas import consent, placement
from web.schemas.answers import DayField, Rows

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Before:
    """Which earlier entry a form is begun from, and what of it is taken over; `others` that other placements count."""

    fact: type[Fact]
    takes: frozenset[str]
    others: bool = False


_BEFORE: Mapping[type[Schema], Before] = {
    placement.PreparePlan: Before(
        events.InterventionPlanPrepared,
        frozenset({"objectives", "next_step", "monitoring", "english", "maths", "links"}),
    ),
    placement.AssessNeeds: Before(
        events.NeedsAssessmentCompleted, frozenset({"personal", "social", "academic", "barriers"}), others=True
    ),
    placement.AssessRisk: Before(events.RiskAssessmentCompleted, frozenset({"hazards"}), others=True),
    placement.SignPlacementAgreement: Before(
        events.PlacementAgreementSigned,
        frozenset({"information_exchange", "progress_monitoring", "pastoral_support", "challenge_mechanism"}),
    ),
}
_JUDGED = frozenset({"likelihood", "severity", "rag", "outcome"})
"""What somebody must judge anew each time, however it was judged before."""


def copied(schema: Schema, setting: Setting) -> tuple[dict[str, str], str]:
    """What an earlier entry gives the form, as its flat names, and in a few words which entry that is."""
    before = _BEFORE.get(type(schema))
    found = None if before is None else _earlier(before, setting)
    if before is None or found is None:
        return {}, ""
    hints = get_type_hints(before.fact)
    said = {name: _read(found.facts.get(name), hints[name]) for name in before.takes}
    taken = dict(_flat(schema, {name: value for name, value in said.items() if value is not None}))
    title = words.title(found.topic)
    return taken, f"“{title}” of {words.day(found.happened_on)}" if taken else ""


def _earlier(before: Before, setting: Setting) -> Entry | None:
    """The newest such entry of this placement, else of another of the pupil's where that may serve."""
    desk, topic = setting.desk, before.fact.TOPIC
    if setting.record_id is None or setting.pupil_id is None:
        return None
    own = newest(desk.connection, setting.record_id, [topic], desk.today, setting.known_at).get(topic)
    if own is not None or not before.others:
        return own
    return newest_of_pupil(desk.connection, setting.pupil_id, topic, desk.today, setting.known_at)


def _read(value: Any, hint: Any) -> Any:
    """A field of an entry as the value it was; None where it is erased."""
    if value is None or (isinstance(value, dict) and value.get("erased") is True):
        return None
    return msgspec.convert(value, hint)


def _flat(schema: Schema, said: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        answer = schema.fields.get(name)
        if answer is not None and name not in _JUDGED and value is not None:
            yield from _answered(answer, value, prefix + name)


def _answered(answer: fields.Field[Any], value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(answer, fields.Nested):
        yield from _flat(answer.schema, _parts(value), f"{place}-")
    elif isinstance(answer, Rows):
        for number, one in enumerate(value):
            yield from _answered(answer.inner, one, f"{place}-{number}")
    elif isinstance(answer, DayField):
        yield from dated(place, value).items()
    else:
        yield place, str(getattr(value, "value", value))


def _parts(value: Any) -> Mapping[str, Any]:
    return msgspec.structs.asdict(value) if isinstance(value, msgspec.Struct) else value._asdict()


def planned_reviews(first: date, last: date, years: tuple[Year, ...]) -> Iterator[date]:
    """A day before the end of each half-term that a plan runs through, so that no gap is longer than one (S35)."""
    for half in half_terms(years):
        day = half.last - timedelta(days=7)
        while day > half.first and not is_school_day(years, day):
            day -= _ONE_DAY
        if first < day < last:
            yield day


def begun(schema: Schema, setting: Setting, taken: Mapping[str, str]) -> dict[str, str]:
    """What a form about a placement suggests where nothing was taken over: what the calendar, plan and record imply."""
    suggest = _SUGGESTED.get(type(schema))
    return {} if suggest is None or setting.placement is None else suggest(setting, setting.placement, taken)


def _for_plan(setting: Setting, found: Placement, taken: Mapping[str, str]) -> dict[str, str]:
    years = calendars(setting.desk.connection, found.school_id, setting.known_at)
    reviews = planned_reviews(found.proposed_start, found.proposed_end, years)
    days = (pair for number, day in enumerate(reviews) for pair in dated(f"review_dates-{number}", day).items())
    return dict(days) | ({} if taken else _one_of_each(found.proposed_end))


def _one_of_each(by: date) -> dict[str, str]:
    """A plan's first two objectives, one of each kind that it needs, named and dated."""
    kinds = enumerate(("improvement", "attainment"))
    return {
        name: text
        for number, kind in kinds
        for name, text in {
            f"objectives-{number}-id": f"O{number + 1}",
            f"objectives-{number}-kind": kind,
            **dated(f"objectives-{number}-target_date", by),
        }.items()
    }


def _for_consent(setting: Setting, found: Placement, _: Mapping[str, str]) -> dict[str, str]:
    """In what capacity the one authority placed the pupil, where there is one."""
    desk = setting.desk
    placed = placing_authorities(desk.connection, [found.pupil_id], desk.today, setting.known_at)
    known = {one.capacity.value for one in placed if one.capacity is not None}
    return {"capacity": known.pop()} if len(placed) == 1 and known else {}


def _for_review(setting: Setting, found: Placement, _: Mapping[str, str]) -> dict[str, str]:
    """The plan's objectives by name, and its next review after today."""
    desk, topic = setting.desk, events.InterventionPlanPrepared.TOPIC
    plan = newest(desk.connection, found.placement_id, [topic], desk.today, setting.known_at).get(topic)
    if plan is None:
        return {}
    hints = get_type_hints(events.InterventionPlanPrepared)
    objectives = _read(plan.facts["objectives"], hints["objectives"]) or ()
    known = {f"objectives-{number}-id": str(one.id) for number, one in enumerate(objectives)}
    following = [day for day in map(date.fromisoformat, plan.facts["review_dates"]) if day > desk.today]
    return known | (dated("next_review_on", min(following)) if following else {})


_SUGGESTED: Mapping[type[Schema], Callable[[Setting, Placement, Mapping[str, str]], dict[str, str]]] = {
    placement.PreparePlan: _for_plan,
    placement.HoldReview: _for_review,
    consent.RecordAuthorityConsent: _for_consent,
}
