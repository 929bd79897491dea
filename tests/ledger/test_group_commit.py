"""Concurrent writers share transactions; each gets the answer it would have got alone, whatever its neighbours did."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from threading import Event
from uuid import UUID, uuid4

import pytest
from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError, Tracking
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import enrolment
from ledger.append import Batch, KeysChanged
from ledger.attachments import AttachedFile
from ledger.commands import Command, CommandRepeated, Receipt
from ledger.group_commit import GroupCommit
from ledger.keys import Keys
from ledger.reliance import ReliedOnChanged
from tests import postgres
from tests.ledger.ledgers import START, Ledger, Named, Received, Ruled, check_log

on_both = pytest.mark.databases("sqlite", "postgres")
A, B, C = (UUID(int=number) for number in (1, 2, 3))

Sending = Callable[[], Sequence[int]]


def ruling(stream: UUID, version: int = 1, **fields: dict[UUID, int]) -> Ruled:
    return Ruled(originator_id=stream, originator_version=version, recorded_at=START, what="demo", **fields)


@dataclass
class Held:
    """Records groups for a ledger, but keeps the first waiting until it is told to go on."""

    append: Callable[[Sequence[object]], Sequence[Sequence[int]]]
    groups: list[int] = field(default_factory=list)
    began: Event = field(default_factory=Event)
    go_on: Event = field(default_factory=Event)

    def record(self, batches: Sequence[object]) -> Sequence[Sequence[int]]:
        """Record a group."""
        self.groups.append(len(batches))
        if len(self.groups) == 1:
            self.began.set()
            assert self.go_on.wait(60)
        return self.append(batches)


def in_one_group(
    group: GroupCommit[object], held: Held, first: Sending, *sendings: Sending
) -> list[Future[Sequence[int]]]:
    """Send the first, and while it is being committed the others in this order; return all answers."""
    with ThreadPoolExecutor(len(sendings) + 1) as threads:
        answers = [threads.submit(first)]
        assert held.began.wait(60)
        for waiting, sending in enumerate(sendings):
            answers.append(threads.submit(sending))
            while len(group._queue) == waiting:
                assert not answers[-1].done()
        held.go_on.set()
    return answers


def together(ledger: Ledger, *sendings: Sending) -> tuple[list[Future[Sequence[int]]], list[int]]:
    """Send to a ledger; return the answers of all but the first, and the sizes of the groups that were tried."""
    held = Held(lambda batches: ledger.recorder._append(batches).positions)  # type: ignore[arg-type]
    ledger.recorder._group = group = GroupCommit(held.record)
    first, *answers = in_one_group(group, held, lambda: ledger.append(ruling(uuid4())), *sendings)
    assert first.result()
    return answers, held.groups


def outcome(answer: Future[Sequence[int]]) -> object:
    return list(answer.result()) if answer.exception() is None else type(answer.exception())


@on_both
def test_those_who_come_while_one_commits_share_the_next_transaction(ledger: Ledger) -> None:
    answers, groups = together(ledger, *[lambda: ledger.append(ruling(uuid4()), ruling(uuid4()))] * 5)

    assert groups == [1, 5]
    assert list(map(outcome, answers)) == [[3, 4], [5, 6], [7, 8], [9, 10], [11, 12]]
    check_log(ledger)


@on_both
def test_each_of_a_group_keeps_its_own_refusal_and_receipt(ledger: Ledger) -> None:
    command, other = Command("key", A, b"digest"), Command("other", A, b"digest")
    pupil, file = ledger.open_pupil(), Named.of(b"%PDF %%EOF")
    received = Received(originator_id=uuid4(), originator_version=1, recorded_at=START, subject=pupil, evidence=(file,))
    answers, _ = together(
        ledger,
        lambda: ledger.append(ruling(A), command=command),
        lambda: ledger.append(ruling(A)),  # whose version the first took
        lambda: ledger.append(ruling(B), command=command),  # whose key the first took
        lambda: ledger.append(ruling(C, relied_on={A: 2})),
        lambda: ledger.append(ruling(C, relied_on={A: 1}), command=other),
        lambda: ledger.append(ruling(uuid4()), tracking=Tracking("upstream", 7)),
        lambda: ledger.append(ruling(uuid4()), tracking=Tracking("upstream", 7)),
        lambda: ledger.append(received, files=[AttachedFile(file.file_id, b"%PDF %%EOF")]),
    )

    assert list(map(outcome, answers)) == [
        *([4], IntegrityError, CommandRepeated, ReliedOnChanged),
        *([5], [6], IntegrityError, [7]),
    ]
    repeated = answers[2].exception()
    assert isinstance(repeated, CommandRepeated)
    assert repeated.receipt == Receipt(3, 1, (ledger.log.leaf(3).leaf_hash,))
    assert ledger.recorder.recall(other.key, other.actor, other.digest) == ledger.recorder.receipt([5])
    assert ledger.recorder.max_tracking_id("upstream") == 7
    assert ledger.recorder._files
    assert ledger.recorder._files.read(7, pupil, file) == b"%PDF %%EOF"
    check_log(ledger)


@on_both
def test_a_refusal_never_rests_on_what_was_rolled_back(ledger: Ledger) -> None:
    """The second collides with the first, which is refused itself: so the second must be recorded."""
    answers, _ = together(
        ledger,
        lambda: ledger.append(ruling(A), ruling(B, relied_on={C: 9})),
        lambda: ledger.append(ruling(A)),
    )
    assert list(map(outcome, answers)) == [ReliedOnChanged, [3]]
    check_log(ledger)


@on_both
def test_what_was_signed_before_the_keys_changed_is_not_recorded_behind_the_change(ledger: Ledger) -> None:
    """The change and the entry come in one group, in which the log's stream still stands where the entry needs it."""
    ledger.append(ruling(uuid4()))
    own, version = ledger.log.own_stream, ledger.recorder.believe(ledger.log).version

    def batch(stream: UUID, at: int, keys: tuple[UUID, int] | None) -> Batch:
        events = [ledger.mapper.to_stored_event(ruling(stream, at))]
        return Batch(events, ledger.recorder.signing.sign(events), keys=keys)

    changed, late = batch(own, version + 1, None), batch(uuid4(), 1, (own, version))
    with pytest.raises(KeysChanged):
        ledger.recorder._append([changed, late])
    assert ledger.recorder._append([late, changed]).positions == [[3], [4]]


def test_what_ails_the_database_is_told_to_all_and_refuses_nobody() -> None:
    def fail(batches: Sequence[object]) -> Sequence[Sequence[int]]:
        raise OperationalError("disk full")

    held = Held(fail)
    group = GroupCommit(held.record)
    answers = in_one_group(group, held, *[lambda: group.commit("a batch")] * 4)
    failures = [answer.exception() for answer in answers]
    assert held.groups == [1, 3]
    assert [str(each) for each in failures] == ["disk full"] * 4
    assert len({id(each) for each in failures}) == 4  # each thread raises its own


def test_a_leader_that_is_interrupted_leaves_nobody_waiting() -> None:
    def interrupt(batches: Sequence[object]) -> Sequence[Sequence[int]]:
        if len(held.groups) == 2:
            raise KeyboardInterrupt
        return [[1] for _ in batches]

    held = Held(interrupt)
    group = GroupCommit(held.record)
    first, second, third = in_one_group(group, held, *[lambda: group.commit("a batch")] * 3)
    assert first.result() == [1]
    assert isinstance(second.exception(), KeyboardInterrupt)
    with pytest.raises(OperationalError, match="interrupted"):
        third.result()
    assert group.commit("another") == [1]


def test_closing_waits_for_who_came_and_lets_nobody_in_afterwards() -> None:
    held = Held(lambda batches: [[1] for _ in batches])
    group = GroupCommit(held.record)
    with ThreadPoolExecutor(3) as threads:
        first = threads.submit(group.commit, "first")
        assert held.began.wait(60)
        second = threads.submit(group.commit, "second")
        while not group._queue:
            assert not second.done()
        closing = threads.submit(group.close)
        while not group._closed:
            assert not closing.done()
        held.go_on.set()
        closing.result()
    assert (first.result(), second.result()) == ([1], [1])
    with pytest.raises(InterfaceError, match="closed"):
        group.commit("third")


Sent = tuple[int, int, dict[int, int], int | None]
"""A stream, a version, what it relies on, and a command's key."""


class Serial:
    """What a log that takes one batch after another says to each."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.events: set[tuple[int, int]] = set()
        self.keys: set[int | None] = {None}

    def send(self, sent: Sent) -> object:
        """Return the position, or why not."""
        stream, version, relied_on, key = sent
        if key is not None and key in self.keys:
            return CommandRepeated
        if any(self.version(each) != relied for each, relied in relied_on.items()):
            return ReliedOnChanged
        if (stream, version) in self.events:
            return IntegrityError
        self.events.add((stream, version))
        self.keys.add(key)
        self.size += 1
        return [self.size]

    def version(self, stream: int) -> int:
        """Return where a stream stands."""
        return max((version for each, version in self.events if each == stream), default=0)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, ledger_keys: Keys
) -> Iterator[Ledger]:
    """A ledger that many examples write to, each in streams of its own."""
    with ExitStack() as closing:
        address = closing.enter_context(postgres.fresh_database()) if request.param == "postgres" else None
        opened = Ledger.open(tmp_path_factory.mktemp("shared"), ledger_keys, address)
        closing.callback(opened.close)
        enrolment.enrol(opened.recorder, ledger_keys, START)
        yield opened


small = st.integers(1, 3)
sent = st.tuples(small, small, st.dictionaries(small, st.integers(0, 2), max_size=1), st.none() | small)


@settings(max_examples=40)
@given(group=st.lists(sent, min_size=1, max_size=8))
def test_a_group_is_answered_as_if_each_had_come_alone(shared: Ledger, group: list[Sent]) -> None:
    """Whatever is halved and tried again, the answers are in order those of a log without groups."""
    streams, salt = {number: uuid4() for number in (1, 2, 3)}, uuid4()

    def sending(stream: int, version: int, relied_on: dict[int, int], key: int | None) -> Sending:
        command = None if key is None else Command(f"{salt} {key}", A, b"digest")
        event = ruling(streams[stream], version, relied_on={streams[each]: at for each, at in relied_on.items()})
        return lambda: shared.append(event, command=command)

    answers, _ = together(shared, *(sending(*each) for each in group))
    serial = Serial(shared.log.size() - sum(answer.exception() is None for answer in answers))
    assert list(map(outcome, answers)) == [serial.send(each) for each in group]
    assert shared.log.size() == serial.size
