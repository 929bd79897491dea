"""Bring the read models up to the newest entry, once each, from any number of workers; rebuild them from nothing.

Rows and position move in one transaction whose first statement compares and swaps the position: a worker that read its
facts before another moved on changes nothing and looks again. The first statement also takes the right to write, so
that two workers never fold into one set of tables at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from domain.events import Fact
from projections import (
    consents,
    entries,
    lifecycle,
    marks,
    offices,
    overrides,
    parents,
    people,
    preparations,
    providers,
    pupils,
    readings,
    requests,
    returns,
    schools,
    timetables,
    urgent,
)
from projections.database import STATE, ReadDatabase, Slot, fingerprint, tables
from projections.questions import Statement, question
from projections.read_model import Batch, Fold, ReadModel

MODELS: tuple[ReadModel, ...] = (
    schools.MODEL,
    offices.MODEL,
    pupils.MODEL,
    people.MODEL,
    providers.MODEL,
    lifecycle.MODEL,
    preparations.MODEL,
    consents.MODEL,
    requests.MODEL,
    parents.MODEL,
    entries.MODEL,
    marks.MODEL,
    returns.MODEL,
    timetables.MODEL,
    overrides.MODEL,
    urgent.MODEL,
    readings.MODEL,
)
"""Every read model; they share one position, so that no page mixes two states of the log."""

FOLDS = 5
"""Raise it when a fold changes what rows it makes: every read database is then rebuilt."""

VERSION = fingerprint(FOLDS)
"""The shape that this code fills and reads."""

Source = Callable[[int, int], Sequence[tuple[int, object]]]
"""`source(after, limit)`: the facts after a position in order, each with its own, at most `limit`; none at the end.

An entry of the log's own (a key's enrolment) keeps its position and folds into nothing; its topic begins `ledger.`.
"""

_OF_THE_LOG = "ledger."
_MOVE = (
    update(STATE)
    .where(*(STATE.c[name] == bindparam(f"its_{name}") for name in ("slot", "generation", "position")))
    .values(position=bindparam("reached"))
)

_REBUILD_BATCH = 10000


class ProjectionStoppedError(Exception):
    """The read models cannot go on without being wrong; they stay at the entry before, and say why."""


@dataclass(frozen=True)
class _State:
    """How far one set of tables is."""

    slot: Slot
    version: str
    generation: int
    position: int


def catch_up(read: ReadDatabase, source: Source, *, batch: int = 500) -> int:
    """Apply what is new and return the position reached; build the read models first where they are missing or old.

    Raises:
        ProjectionStoppedError: on a fact that some read model neither applies nor ignores by name.
    """
    state = _state(read, Slot.LIVE)
    while True:
        if state is None or state.version != VERSION:
            _build(read, source, None)
            state = _state(read, Slot.LIVE)
            continue
        facts = source(state.position, batch)
        if not facts:
            return state.position
        if apply(read, state.slot, state.generation, state.position, facts):
            state = replace(state, position=facts[-1][0])
        else:
            state = _state(read, Slot.LIVE)


def rebuild(read: ReadDatabase, source: Source, progress: Callable[[int], object] | None = None) -> int:
    """Make every row again beside the live ones, then swap; pages are served from the old rows meanwhile.

    `progress` is called after each batch with the number of facts applied in it. Returns the position reached.
    """
    with read.writing() as connection:
        connection.execute(delete(STATE).where(STATE.c.slot == Slot.BESIDE))
    return _build(read, source, progress)


def position(connection: Connection) -> int:
    """Up to which entry the rows of this snapshot reach: the `known_at` of a page that shows the present."""
    found = _reached(connection).scalar()
    return 0 if found is None else int(found)


@question
def _reached() -> Statement:
    return select(STATE.c.position).where(STATE.c.slot == Slot.LIVE)


def apply(read: ReadDatabase, slot: Slot, generation: int, after: int, facts: Sequence[tuple[int, object]]) -> bool:
    """Apply facts that follow position `after`; False, and nothing done, where the tables are no longer there.

    A longer batch read by a slower worker starts at a position that has passed: it is refused whole.
    """
    with read.writing() as connection:
        of_this = {"its_slot": slot, "its_generation": generation, "its_position": after}
        swapped = connection.execute(_MOVE, of_this | {"reached": facts[-1][0]})
        if swapped.rowcount != 1:
            return False
        folded(after, facts).flush(connection, tables(slot, generation))
    return True


def folded(after: int, facts: Sequence[tuple[int, object]]) -> Batch:
    """Fold facts in memory, refusing a gap: an entry left out would be missing from every page for ever."""
    batch = Batch()
    for expected, (at, fact) in enumerate(facts, start=after + 1):
        if at != expected:
            raise ProjectionStoppedError(f"Entry {expected} is missing: entry {at} came in its place.")
        for fold in _folds(at, fact):
            fold(batch, at, fact)
    return batch


_FOLDS: dict[type[object], tuple[Fold, ...]] = {}


def _folds(at: int, fact: object) -> tuple[Fold, ...]:
    kind = type(fact)
    found = _FOLDS.get(kind)
    if found is None:
        topic = str(getattr(kind, "TOPIC", kind.__name__))
        own = topic.startswith(_OF_THE_LOG) and not isinstance(fact, Fact)
        for model in () if own else MODELS:
            if kind not in model.folds and kind not in model.ignored:
                raise ProjectionStoppedError(
                    f"Entry {at} is a “{topic}”, which the read model “{model.name}” neither applies nor ignores."
                )
        found = _FOLDS[kind] = tuple(
            fold for model in MODELS for applied, fold in model.folds.items() if applied is kind
        )
    return found


def _state(read: ReadDatabase, slot: Slot) -> _State | None:
    with read.reading() as connection:
        return _state_in(connection, slot)


def _state_in(connection: Connection, slot: Slot) -> _State | None:
    found = _of_slot(connection, slot.value).one_or_none()
    return None if found is None else _State(slot, found.version, found.generation, found.position)


@question
def _of_slot(slot: str) -> Statement:
    return select(STATE).where(STATE.c.slot == slot)


def _build(read: ReadDatabase, source: Source, progress: Callable[[int], object] | None) -> int:
    """Fill a set of tables beside the live one and swap; workers that build at once share the work."""
    while True:
        state = _beside(read)
        facts = source(state.position, _REBUILD_BATCH)
        if facts:
            if apply(read, state.slot, state.generation, state.position, facts) and progress is not None:
                progress(len(facts))
        elif _swap(read, state):
            return state.position


def _beside(read: ReadDatabase) -> _State:
    """The set under construction, made anew unless it is of this version."""
    with read.writing() as connection:
        state = _state_in(connection, Slot.BESIDE)
        if state is not None and state.version == VERSION:
            return state
        live = _state_in(connection, Slot.LIVE)
        generation = 1 + max(0 if known is None else known.generation for known in (state, live))
        connection.execute(delete(STATE).where(STATE.c.slot == Slot.BESIDE))
        connection.execute(insert(STATE).values(slot=Slot.BESIDE, version=VERSION, generation=generation, position=0))
        tables(Slot.BESIDE, generation).create(connection)
        return _State(Slot.BESIDE, VERSION, generation, 0)


def _swap(read: ReadDatabase, built: _State) -> bool:
    """Make the set built the live one, unless the live one has gone on and readers would fall back.

    True also where another worker has swapped this very set meanwhile.
    """
    with read.swapping() as connection:
        live, beside = _state_in(connection, Slot.LIVE), _state_in(connection, Slot.BESIDE)
        if live is not None and live.generation >= built.generation:
            return True
        if beside != built:
            return False
        if live is not None and live.version == VERSION and live.position > built.position:
            return False
        connection.execute(delete(STATE).where(STATE.c.slot == Slot.LIVE))
        connection.execute(update(STATE).where(STATE.c.slot == Slot.BESIDE).values(slot=Slot.LIVE))
        tables(Slot.BESIDE, built.generation).take_over(connection)
    return True
