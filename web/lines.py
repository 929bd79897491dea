"""One line of a chronology: an act with its entries, or a gap, in words; and the same as rows for the data twins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import url_for

from domain.rules.flags import Flag
from domain.vocabulary import Returned, Source
from projections.acts import Act
from projections.chronology import Entry
from projections.gaps import Gap, Lacking
from projections.marks import Amendment, Mark
from web import words
from web.naming import ERASED, Names
from web.telling import Document, by_line, code, documents, gist, title

COLUMNS = (
    "entry", "act", "happened_on", "until", "received_on", "recorded_at", "title", "said", "by", "entered_from",
    "flags", "corrects", "corrected_by",
)  # fmt: skip


_WORST = (Returned.ATTENDED, Returned.LEFT_EARLY, Returned.ABSENT)
"""What a provider may say of a session, the gravest last."""


@dataclass(frozen=True)
class Line:
    """One line: an act, `index` the entry in sight and `with_it` the others, or a gap, which says what is `lacking`."""

    happened_on: date
    until: date
    title: str
    said: str = ""
    by: str = ""
    index: int | None = None
    received_on: date | None = None
    recorded_at: datetime | None = None
    entered_from: Source | None = None
    corrects: int | None = None
    corrected_by: int | None = None
    marks: tuple[Mark, ...] = ()
    flags: tuple[str, ...] = ()
    with_it: tuple[Line, ...] = ()
    lacking: Lacking | None = None
    form: tuple[str, str] | None = None
    documents: tuple[Document, ...] = ()


def of_gap(gap: Gap, placement_id: UUID) -> Line:
    """What is not recorded of a placement."""
    form: tuple[str, str] | None = None
    if gap.lacking is Lacking.REVIEW:
        form = url_for("placement.hold-review", record_id=placement_id), "Record a review held then"
    elif gap.lacking is not Lacking.ON_PAPER:
        form = url_for("register", day=gap.first), f"Open the register of {words.day(gap.first)}"
    return Line(gap.first, gap.last, lacking(gap), lacking=gap.lacking, form=form)


def lacking(gap: Gap) -> str:
    """What is not recorded, and when."""
    days = words.span(gap.first, gap.last)
    if gap.lacking is Lacking.REVIEW:
        return f"No review in the half-term {days}"
    if gap.lacking is Lacking.ON_PAPER:
        return f"The register before {words.day(gap.last + timedelta(days=1))} is on paper"
    which = "" if gap.lacking is Lacking.ATTENDANCE else f"{gap.lacking.value} "
    return f"No {which}attendance recorded {days}"


def of_entries(entries: Iterable[Entry], names: Names) -> Line:
    """The entries of one act, one of them in sight: an absence that a provider tells of, else the first."""
    made = tuple(entries)
    head = max(made, key=_weight)
    others = tuple(_entry(one, names) for one in made if one is not head)
    return replace(_entry(head, names), with_it=others)


def _weight(entry: Entry) -> int:
    said = entry.facts.get("attendance")
    return _WORST.index(said) if said in _WORST else 0


def _entry(entry: Entry, names: Names) -> Line:
    return Line(
        entry.happened_on,
        entry.happened_on,
        title(entry),
        gist(entry, names),
        by_line(entry),
        entry.position - 1,
        entry.received_on,
        entry.recorded_at,
        entry.entered_from,
        documents=documents(entry),
    )


def of_attendance(act: Act, marks: Mapping[int, Mark], raised: Mapping[int, Sequence[Flag]]) -> Line:
    """The marks that one act made, each as it stands after its amendments, with what needs a second look."""
    made = tuple(marks[at] for at in act.positions)
    flags = dict.fromkeys(flag.sentence for mark in made for flag in raised.get(mark.position, ()))
    taken_by = dict.fromkeys(mark.taken_by or ERASED for mark in made)
    return Line(
        act.day,
        act.until,
        "Attendance",
        "; ".join(map(session, made)),
        f"Taken by {', '.join(taken_by)}; entered by {act.name or ERASED}",
        act.positions[0] - 1,
        recorded_at=made[0].recorded_at,
        marks=made,
        flags=tuple(flags),
    )


def of_amendment(act: Act, mark: Mark) -> Line:
    """An amendment of one session's mark."""
    made = next(each for each in mark.amendments if each.position == act.positions[0])
    half = words.say(mark.session).lower()
    said = f"The {half} of {words.day(mark.day)}: {code(made.amended_code)} in place of {code(made.original_code)}."
    return Line(
        act.day,
        act.until,
        "Attendance amended",
        f"{said} {made.reason or 'Reason erased.'}",
        f"{made.actor_name or ERASED}, {made.actor_title or words.say(made.actor_role)}",
        made.position - 1,
        recorded_at=made.recorded_at,
        corrects=None if made.amends is None else made.amends - 1,
        corrected_by=_next(mark, made),
    )


def _next(mark: Mark, made: Amendment) -> int | None:
    """The amendment that amends this one, if any."""
    return next((each.position - 1 for each in mark.amendments if each.amends == made.position), None)


def session(mark: Mark) -> str:
    """One session's mark in words, as it stands."""
    half = words.say(mark.session).lower()
    if mark.amendments and mark.marked_code != mark.code:
        return f"{half} {code(mark.code)}, amended from {mark.marked_code or 'erased'}"
    return f"{half} {code(mark.code)}"


def rows(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """Every entry as a row of its own, with the first entry of the act it belongs to; a gap is a row without entry."""
    return [row for line in lines for row in _rows(line)]


def _rows(line: Line) -> Iterator[dict[str, Any]]:
    if line.marks:
        for mark in line.marks:
            amended = mark.amendments[0].position - 1 if mark.amendments else None
            said = {"said": session(mark), "corrected_by": amended, "until": mark.day}
            own = {"entry": mark.position - 1, "happened_on": mark.day, "recorded_at": mark.recorded_at}
            yield _row(line, line.index) | own | said
        return
    entries = sorted((line, *line.with_it), key=lambda one: one.index or 0)
    for one in entries:
        yield _row(one, entries[0].index)


def _row(line: Line, act: int | None) -> dict[str, Any]:
    return {
        "entry": line.index,
        "act": act,
        "happened_on": line.happened_on,
        "until": line.until,
        "received_on": line.received_on,
        "recorded_at": line.recorded_at,
        "title": line.title,
        "said": line.said,
        "by": line.by,
        "entered_from": line.entered_from,
        "flags": line.flags,
        "corrects": line.corrects,
        "corrected_by": line.corrected_by,
    }
