"""Evidence files: what one is asked for, the entry that says so, and writing it once that entry is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from domain.errors import NotFound
from domain.events import ExistingPlacementAdded, PlacementProposed, PupilEnrolled
from domain.parts import EvidenceScope
from domain.values import LONDON, Officer, Submission
from domain.vocabulary import Exported
from ledger.evidence import write_evidence
from ledger.exporting import Selection, select
from ledger.scope import EntryScope, PeriodScope, PlacementScope, PupilScope, Stated, WholeScope
from ledger.stored_leaf import StoredLeaf
from ledger.stored_zip import Writable
from web.bootstrap import Services

_OF_PUPILS = ("pupil.", "placement.", "attendance.")
_OPENS_PLACEMENT = {PlacementProposed.TOPIC, ExistingPlacementAdded.TOPIC}


@dataclass(frozen=True)
class Asked:
    """Who takes an evidence file, for whom and why; both may be left blank."""

    officer: Officer
    made_for: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class Chosen:
    """What a file is to hold, and whose records that gives out; `pupil` is whom it is about, where it is about one."""

    scope: Stated
    selection: Selection
    pupils: frozenset[UUID]
    pupil: UUID | None


def period(first: date, last: date, school: UUID | None = None) -> PeriodScope:
    """What was entered from the start of one day to the end of another, by the clock in England."""
    starts_at, ends_at = (
        datetime.combine(day, time(), LONDON).astimezone(UTC) for day in (first, last + timedelta(days=1))
    )
    return PeriodScope(starts_at, ends_at, school)


def require(services: Services, scope: Stated) -> UUID | None:
    """Look whether there is what is asked for, and return the pupil it is about, where it is about one.

    Raises:
        NotFound: where there is no such placement or pupil.
    """
    match scope:
        case PlacementScope(about):
            kind, opens = "placement", _OPENS_PLACEMENT
        case PupilScope(about):
            kind, opens = "pupil", {PupilEnrolled.TOPIC}
        case PeriodScope() | WholeScope():
            return None
    first = next(services.log.entries_of([about]), None)
    if first is None or first.topic not in opens:
        raise NotFound(kind, about)
    return first.subject


def choose(services: Services, scope: Stated) -> Chosen:
    """Choose a file's entries from the record as it is now.

    Raises:
        NotFound: where there is no such placement or pupil.
        NothingToExport: where nothing was entered in the period.
    """
    pupil = require(services, scope)
    selection = select(services.log, scope)
    leaves = services.log.leaves_at(selection.indices)
    pupils = frozenset(leaf.subject for leaf in leaves if leaf.subject and _of_a_pupil(leaf))
    return Chosen(scope, selection, pupils, pupil)


def write(
    services: Services, chosen: Chosen, asked: Asked, out: Writable, progress: Callable[[], object] = lambda: None
) -> None:
    """Record that the file is taken, then write it with that entry in it; where the entry fails there is no file."""
    stated = chosen.selection.statement
    [recording] = services.application.record_export(
        uuid4(),
        scope=_scope(chosen.scope),
        size=stated.size,
        count=stated.count,
        digest=stated.digest.hex(),
        first=stated.first,
        last=stated.last,
        held=stated.held,
        contents=stated.contents.hex(),
        made_for=asked.made_for,
        purpose=asked.purpose,
        submission=Submission(asked.officer, services.clock()),
    )
    note = services.sign()  # after: what is written from here on lies in the tree that was signed
    write_evidence(
        out,
        services.log,
        services.subjects,
        note=note,
        scope=chosen.scope,
        indices=[*chosen.selection.indices, recording.notification.id - 1],
        disclose=lambda leaf, _group: _may_show(chosen, leaf),
        progress=progress,
    )


def write_entry(services: Services, index: int, out: Writable) -> None:
    """Write one entry's evidence file."""
    write_evidence(
        out,
        services.log,
        services.subjects,
        note=services.sign(),
        scope=EntryScope(index),
        indices=[index],
        disclose=lambda _leaf, _group: True,
    )


def _may_show(chosen: Chosen, leaf: StoredLeaf) -> bool:
    """Whether an entry's personal parts go into the file: of pupils, those it is about and nobody else's."""
    return chosen.pupil in (None, leaf.subject) or not _of_a_pupil(leaf)


def _of_a_pupil(leaf: StoredLeaf) -> bool:
    return leaf.topic.startswith(_OF_PUPILS)


def _scope(scope: Stated) -> EvidenceScope:
    match scope:
        case PlacementScope(about):
            return EvidenceScope(Exported.PLACEMENT, about, None, None)
        case PupilScope(about):
            return EvidenceScope(Exported.PUPIL, about, None, None)
        case PeriodScope(starts_at, ends_at, school):
            return EvidenceScope(Exported.PERIOD, school, starts_at, ends_at)
        case WholeScope():
            return EvidenceScope(Exported.WHOLE, None, None, None)
