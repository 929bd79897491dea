"""What no fact may say: a day ahead or centuries off, an end before its start, a reason or a name left blank (H-20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

import msgspec

from domain.errors import Impossible
from domain.rules.breach import plain

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
"""No fact and no question here is of an earlier or a later day; a year such as 26 is a year typed short."""

OBSERVED = frozenset(
    """approved_on assessed_on attempted_on born_on checked_on concluded_on decided_on declined_on ended_on given_on
    held_on measured_on policy_dated prepared_on received_on refused_on removed_on requested_on resumed_on said_on
    signed_on started_on stated_on suspended_on verified_on""".split()
)
"""Days on which somebody saw or did something. Days a thing is to take effect on may lie ahead; these may not."""

IN_ORDER = (
    ("born_on", "starts_on"),
    ("born_on", "started_on"),
    ("starts_on", "ends_on"),
    ("started_on", "ended_on"),
    ("started_on", "proposed_end"),
    ("proposed_start", "proposed_end"),
    ("approved_on", "start_from"),
    ("start_from", "start_by"),
    ("assessed_on", "valid_to"),
    ("given_on", "received_on"),
    ("said_on", "received_on"),
    ("said_on", "review_on"),
    ("declined_on", "received_on"),
    ("refused_on", "received_on"),
    ("signed_on", "received_on"),
    ("assessed_on", "received_on"),
    ("stated_on", "received_on"),
    ("policy_dated", "received_on"),
    ("received_on", "verified_on"),
    ("policy_dated", "verified_on"),
    ("decided_on", "starts_on"),
    ("concluded_on", "review_on"),
    ("held_on", "next_review_on"),
)
"""Pairs of days of one fact of which the second is not before the first."""

NEVER_BLANK = frozenset(
    """authority_name chair decision_reason delegatee_name delegatee_title explanation given_by holder_name
    how interim_education local_ref name officer_name officer_title provided_instead rationale reason reported_to
    taken_by title transcribed_from""".split()
)
"""Texts that say who or why; a fact without them tells nothing."""

_CLOCKS_DIFFER = timedelta(minutes=5)  # model §3.1


def refuse_impossible(facts: Mapping[str, object], today: date) -> None:
    """Refuse what cannot be, in these facts or in the composite values they carry, naming the first that says it.

    Raises:
        Impossible: where a day or text of these facts cannot be.
    """
    _refuse(facts, today, "")
    for field, value in facts.items():
        for place, part in _parts(field, value):
            _refuse(msgspec.structs.asdict(part), today, f"{place}.")


def _parts(field: str, value: object) -> Iterator[tuple[str, msgspec.Struct]]:
    """The composite values in a field, each with its place: `scope`, or `attempts.1` for the second of several."""
    if isinstance(value, msgspec.Struct):
        yield field, value
    for number, part in enumerate(value if isinstance(value, tuple) else ()):
        yield from _parts(f"{field}.{number}", part)


def _refuse(facts: Mapping[str, object], today: date, within: str) -> None:
    for field, value in facts.items():
        for day in _days(value):
            _refuse_out_of_range(within + field, day)
        if field in OBSERVED and isinstance(value, date) and value > today:
            raise Impossible(
                within + field, f"{plain(value)} lies ahead. Give a day up to {plain(today)}.", rule="H-20"
            )
        if field in NEVER_BLANK and isinstance(value, str) and not value.strip():
            raise Impossible(within + field, f"The {field.replace('_', ' ')} is blank. Say it in words.", rule="H-20")
    for earlier, later in IN_ORDER:
        first, second = facts.get(earlier), facts.get(later)
        if isinstance(first, date) and isinstance(second, date) and second < first:
            raise Impossible(
                within + later,
                f"{plain(second)} is before {plain(first)}, where it cannot be. Give that day or a later one.",
            )


def _days(value: object) -> Iterator[date]:
    for one in value if isinstance(value, tuple) else (value,):
        if isinstance(one, date):
            yield one.date() if isinstance(one, datetime) else one


def _refuse_out_of_range(field: str, day: date) -> None:
    if not EARLIEST <= day <= LATEST:
        raise Impossible(
            field,
            f"The year {day.year} cannot be meant. Give a year from {EARLIEST.year} to {LATEST.year}, in four figures.",
            rule="H-20",
        )


def refuse_ahead(field: str, instant: datetime, now: datetime) -> None:
    """Refuse an instant that has not come, clocks differing by a few minutes.

    Raises:
        Impossible: where it lies ahead or says no time zone.
    """
    if instant.tzinfo is None:
        raise Impossible(field, "Give the time with its time zone, such as 2026-09-01T08:55:00+01:00.")
    if instant > now + _CLOCKS_DIFFER:
        raise Impossible(field, "That time lies ahead. Enter what happened after it has happened.", rule="H-20")
