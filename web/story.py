"""What happened, ready for a page: a line for each act and each gap, narrowed as asked, and only what is shown told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from flask import request

from projections.acts import Act, Asked, Scope, acts, entries_of, marks_of
from projections.flagged import flagged
from projections.gaps import Gap, gaps
from web.actions import STAFF
from web.desk import Desk
from web.kinds import GAP, KINDS, kind_of
from web.lines import Line, lacking, of_amendment, of_attendance, of_entries, of_gap
from web.naming import ERASED, Names
from web.narrowing import ALL, Narrowing, Ways, asked_for, ways
from web.rendering import PAGE_SIZE, Paged, asked_part


@dataclass(frozen=True)
class Story:
    """A page of what happened, and what there is to narrow it by: kinds with their counts, people."""

    list: Paged
    narrowing: Narrowing
    kinds: Counter[str]
    people: Mapping[str, str]
    ways: Ways

    @property
    def offered(self) -> list[tuple[str, str, int]]:
        """The kinds of thing there are, and those asked for, with their names and counts."""
        return [
            (kind, text, self.kinds[kind])
            for kind, (text, _) in KINDS.items()
            if self.kinds[kind] or kind in self.narrowing.kinds
        ]


@dataclass(frozen=True)
class _Gap:
    """A gap, and of which placement."""

    gap: Gap
    placement_id: UUID


_Item = Act | _Gap


def story(desk: Desk, scope: Scope, placements: Collection[UUID], names: Names, *, most: int | None = None) -> Story:
    """What happened, newest first unless asked otherwise; `most` keeps it to the newest few, whatever is asked.

    `placements` are those whose gaps belong to it.
    """
    narrowing = Narrowing() if most else asked_for()
    asked = Asked(desk.as_at, desk.known_at, narrowing.said, narrowing.meant)
    done = acts(desk.connection, scope, asked)
    missing = [
        _Gap(gap, placement_id)
        for placement_id in placements
        for gap in gaps(desk.connection, placement_id, desk.as_at, desk.known_at)
        if narrowing.said.lower() in lacking(gap).lower()
    ]
    items = sorted((*done, *missing), key=_order, reverse=not narrowing.oldest)
    besides = [item for item in items if narrowing.lets_besides(_by(item), *_days(item))]
    wanted = [item for item in besides if narrowing.lets_kind(_topics(item))]
    part = _part(desk, len(wanted), most)
    shown = wanted[part.start : part.start + (most or (PAGE_SIZE if part.pages > 1 else len(wanted)))]
    kinds = Counter(kind for item in besides for kind in {kind_of(topic) for topic in _topics(item)})
    people = {act.by: act.name or ERASED for act in done if act.by}
    told = replace(part, items=tuple(_told(desk, scope, shown, names)))
    return Story(told, narrowing, kinds, people, ways(narrowing, people))


def _part(desk: Desk, total: int, most: int | None) -> Paged:
    """A page of 25, or all of it: for the twins, to print, and for the few newest."""
    if most or desk.wants != "html" or request.args.get("page") == ALL:
        return Paged((), 1, 1, total)
    return asked_part(total)


def _order(item: _Item) -> tuple[date, int]:
    return (item.gap.first, 0) if isinstance(item, _Gap) else (item.day, item.positions[0])


def _topics(item: _Item) -> tuple[str, ...]:
    return (GAP,) if isinstance(item, _Gap) else item.topics


def _by(item: _Item) -> str:
    return "" if isinstance(item, _Gap) else item.by


def _days(item: _Item) -> tuple[date, date]:
    return (item.gap.first, item.gap.last) if isinstance(item, _Gap) else (item.day, item.until)


def _told(desk: Desk, scope: Scope, shown: Sequence[_Item], names: Names) -> Iterator[Line]:
    done = [item for item in shown if isinstance(item, Act)]
    may_record = not desk.travelled and desk.officer.actor.role in STAFF
    entries = entries_of(desk.connection, done)
    marks = marks_of(desk.connection, scope, done, desk.known_at)
    made = {at: mark for at, mark in marks.items() if at == mark.position}
    raised = flagged(desk.connection, list(made.values()), desk.known_at) if made else {}
    for item in shown:
        if isinstance(item, _Gap):
            line = of_gap(item.gap, item.placement_id)
            yield line if may_record else replace(line, form=None)
        elif not item.days:
            yield of_entries((entries[at] for at in item.positions), names)
        elif item.positions[0] in made:
            yield of_attendance(item, made, raised)
        else:
            yield of_amendment(item, marks[item.positions[0]])
