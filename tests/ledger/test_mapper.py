"""Events become sealed entries of exactly the signed form, and come back as they were or not at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, ClassVar
from uuid import uuid4

import msgspec
import pytest
from eventsourcing.persistence import StoredEvent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import body, disclosure, enrolment
from ledger.mapper import EntryUnreadable, SealingMapper, SubjectMissing, TopicUnknown, frame_body
from ledger.subjects import SubjectErased, SubjectUnknown
from tests.ledger.ledgers import ORIGIN, START, Erased, Ledger, Marked, Opened, Ruled, TestEvent

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(what=TEXT, note=TEXT | st.none())
def test_whatever_an_event_says_its_entry_reads_strictly_and_opens(ledger: Ledger, what: str, note: str | None) -> None:
    """The mapper writes with one JSON library, whoever checks with another: they must agree on every character."""
    ruling = Ruled(originator_id=uuid4(), originator_version=1, recorded_at=START, what=what, relied_on={uuid4(): 3})
    pupil = uuid4()
    opened = Opened(originator_id=pupil, originator_version=1, recorded_at=START, subject=pupil, name="DEMO")
    ledger.mapper.to_stored_event(opened)
    mark = ledger.mark(pupil, code=what, note=note)

    assert body.decode(ledger.mapper.to_stored_event(ruling).state).facts == {"what": what}
    sealed = ledger.mapper.to_stored_event(mark)
    read = body.decode(sealed.state)
    associated = disclosure.associated_data(ORIGIN, mark.originator_id, 1, Marked.TOPIC)
    lines = disclosure.unseal(ledger.subjects.get(pupil), associated, sealed.payload or b"")
    assert {disclosure.check(line, read).group for line in lines} == {"mark", "taker"}
    assert ledger.mapper.to_domain_event(sealed) == mark


def test_personal_fields_are_nowhere_in_the_clear(ledger: Ledger) -> None:
    pupil = ledger.open_pupil()
    stored = ledger.mapper.to_stored_event(ledger.mark(pupil, "SECRET-CODE", note="SECRET-NOTE", taker="SECRET-NAME"))

    assert b"SECRET" not in stored.state
    assert b"SECRET" not in (stored.payload or b"")


def test_sealing_the_same_event_twice_gives_nothing_to_compare(ledger: Ledger) -> None:
    mark = ledger.mark(ledger.open_pupil())
    one, two = ledger.mapper.to_stored_event(mark), ledger.mapper.to_stored_event(mark)

    first, second = body.decode(one.state).sealed, body.decode(two.state).sealed
    assert first is not None
    assert second is not None
    assert not set(first.groups.values()) & set(second.groups.values())
    assert (one.payload or b"")[:12] != (two.payload or b"")[:12]
    assert len(one.payload or b"") % 64 == (12 + 16) % 64


def test_an_erased_pupils_fields_come_back_as_erased(ledger: Ledger) -> None:
    pupil = ledger.open_pupil()
    ledger.append(ledger.mark(pupil))
    ledger.subjects.destroy(pupil, START)

    (stored,) = ledger.recorder.select_notifications(3, 1)
    event = ledger.mapper.to_domain_event(stored)
    gone = Erased(erased=True)
    assert (event.code, event.note, event.taker, event.session) == (gone, gone, gone, "AM")
    ledger.sql("DELETE FROM payloads")
    (stored,) = ledger.recorder.select_notifications(3, 1)
    assert ledger.mapper.to_domain_event(stored) == event


def test_nothing_more_is_recorded_about_an_erased_pupil(ledger: Ledger) -> None:
    pupil = ledger.open_pupil()
    ledger.subjects.destroy(pupil, START)

    for event in (
        ledger.mark(pupil),
        Opened(originator_id=pupil, originator_version=2, recorded_at=START, subject=pupil, name="again"),
    ):
        with pytest.raises(SubjectErased):
            ledger.append(event)
    assert ledger.log.size() == 2


def test_only_the_opening_event_makes_a_subjects_key(ledger: Ledger) -> None:
    with pytest.raises(SubjectUnknown):
        ledger.append(ledger.mark(uuid4()))
    with pytest.raises(SubjectUnknown):
        ledger.append(
            Ruled(originator_id=uuid4(), originator_version=1, recorded_at=START, subject=uuid4(), what="of nobody")
        )
    with pytest.raises(SubjectMissing):
        ledger.append(Marked(originator_id=uuid4(), originator_version=1, recorded_at=START, code="/"))


def test_the_swapped_payloads_of_two_pupils_do_not_open(ledger: Ledger) -> None:
    ledger.append(*(ledger.mark(ledger.open_pupil()) for _ in range(2)))
    ledger.sql("UPDATE payloads SET rowid = -rowid WHERE rowid IN (4, 5)")
    ledger.sql("UPDATE payloads SET rowid = 9 + rowid WHERE rowid < 0")

    for stored in ledger.recorder.select_notifications(4, 2):
        with pytest.raises(EntryUnreadable, match="not this entry's"):
            ledger.mapper.to_domain_event(stored)


def test_a_payload_moved_to_another_entry_of_the_same_pupil_does_not_open(ledger: Ledger) -> None:
    pupil = ledger.open_pupil()
    ledger.append(ledger.mark(pupil), ledger.mark(pupil))
    ledger.sql("UPDATE payloads SET payload = (SELECT payload FROM payloads WHERE rowid = 3) WHERE rowid = 4")

    (stored,) = ledger.recorder.select_notifications(4, 1)
    with pytest.raises(EntryUnreadable, match="not this entry's"):
        ledger.mapper.to_domain_event(stored)


def test_a_missing_payload_names_the_entry(ledger: Ledger) -> None:
    mark = ledger.mark(ledger.open_pupil())
    ledger.append(mark)
    ledger.sql("DELETE FROM payloads WHERE rowid = 3")

    (stored,) = ledger.recorder.select_events(mark.originator_id)
    with pytest.raises(
        EntryUnreadable, match=f"test.marked {mark.originator_id} version 1: its sealed fields are missing"
    ):
        ledger.mapper.to_domain_event(stored)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE stored_events SET originator_version = 2 WHERE rowid = 3",
        "UPDATE stored_events SET topic = 'test.opened' WHERE rowid = 3",
        "UPDATE stored_events SET originator_id = zeroblob(16) WHERE rowid = 3",
    ],
)
def test_an_entry_whose_columns_say_otherwise_is_not_read(ledger: Ledger, attack: str) -> None:
    ledger.append(ledger.mark(ledger.open_pupil()))
    ledger.sql(attack)

    (stored,) = ledger.recorder.select_notifications(3, 1)
    with pytest.raises(EntryUnreadable, match="belongs elsewhere"):
        ledger.mapper.to_domain_event(stored)


def test_a_topic_outside_the_whitelist_is_never_resolved(ledger: Ledger) -> None:
    """The library would import whatever module a row names."""
    ledger.append(Ruled(originator_id=uuid4(), originator_version=1, recorded_at=START, what="demo"))
    ledger.sql("UPDATE stored_events SET topic = 'os:system' WHERE rowid = 2")

    (stored,) = ledger.recorder.select_notifications(2, 1)
    with pytest.raises(TopicUnknown, match="os:system"):
        ledger.mapper.to_domain_event(stored)


@pytest.mark.parametrize(
    ("facts", "sealed", "problem"),
    [
        ({"session": "AM", "code": "/", "note": None, "taker": "Ms DEMO"}, None, "clear facts"),
        ({"session": "AM"}, None, "sealed parts"),
        ({}, None, "clear facts"),
        ({"session": "AM", "originator_version": 7}, None, "clear facts"),
        ({"session": "AM", "class_version": 1}, None, "clear facts"),
        ({"session": "AM", "class_version": 2}, None, "class version"),
        ({"session": "AM", "class_version": "1"}, None, "class version"),
        ({"session": "AM"}, {"ciphertext": "", "groups": {"mark": ""}}, "sealed parts"),
        ({"session": "AM"}, {"ciphertext": "", "groups": {"mark": "", "taker": "", "more": ""}}, "sealed parts"),
    ],
)
def test_personal_fields_in_the_clear_or_parts_left_out_are_not_read(
    ledger: Ledger, facts: dict[str, Any], sealed: dict[str, Any] | None, problem: str
) -> None:
    """Who cannot seal for a pupil could else write their fields in the clear."""
    mark = ledger.mark(ledger.open_pupil())
    stored = StoredEvent(mark.originator_id, 1, mark.TOPIC, frame_body(ORIGIN, mark, facts, sealed))

    with pytest.raises(EntryUnreadable, match=problem):
        ledger.mapper.to_domain_event(stored)


def test_sealed_parts_of_a_kind_that_has_none_are_not_read(ledger: Ledger) -> None:
    ruling = Ruled(originator_id=uuid4(), originator_version=1, recorded_at=START, what="demo")
    body_bytes = frame_body(ORIGIN, ruling, {"what": "demo"}, {"ciphertext": "", "groups": {"name": ""}})

    with pytest.raises(EntryUnreadable, match="sealed parts"):
        ledger.mapper.to_domain_event(StoredEvent(ruling.originator_id, 1, ruling.TOPIC, body_bytes))


class Impostor(TestEvent, frozen=True, kw_only=True):
    """An event class that borrows a topic."""

    TOPIC: ClassVar[str] = "test.ruled"
    what: str


def test_an_event_class_outside_the_whitelist_is_refused(ledger: Ledger) -> None:
    with pytest.raises(TopicUnknown, match="Impostor"):
        ledger.append(Impostor(originator_id=uuid4(), originator_version=1, recorded_at=START, what="demo"))


class RuledV3(TestEvent, frozen=True, kw_only=True):
    """What `Ruled` became after two changes."""

    TOPIC: ClassVar[str] = "test.ruled"
    class_version: ClassVar[int] = 3
    decision: str
    reason: str | None

    @staticmethod
    def upcast_v1_v2(state: dict[str, Any]) -> None:
        """`what` became `decision`."""
        state["decision"] = state.pop("what")

    @staticmethod
    def upcast_v2_v3(state: dict[str, Any]) -> None:
        """Reasons were not asked for."""
        state["reason"] = None


def test_an_old_event_is_read_as_its_present_form_and_its_bytes_stay(ledger: Ledger) -> None:
    stream = uuid4()
    ledger.append(Ruled(originator_id=stream, originator_version=1, recorded_at=START, what="allowed"))
    before = ledger.log.entry(1)
    today = SealingMapper({RuledV3.TOPIC: RuledV3}, ORIGIN, ledger.subjects)
    new = RuledV3(originator_id=stream, originator_version=2, recorded_at=START, decision="refused", reason="demo")
    ledger.recorder.insert_events([today.to_stored_event(new)])

    old, present = map(today.to_domain_event, ledger.recorder.select_events(stream))
    assert (old.decision, old.reason) == ("allowed", None)
    assert present == new
    assert ledger.log.entry(1) == before


class Timed(TestEvent, frozen=True, kw_only=True):
    """An event with instants, one of them deep down."""

    TOPIC: ClassVar[str] = "test.timed"
    taken_at: datetime
    rung_at: tuple[dict[str, datetime | None], ...]


@pytest.mark.parametrize("offset", [0, 1, -5])
def test_an_instant_is_signed_in_one_form_whatever_offset_it_came_with(ledger: Ledger, offset: int) -> None:
    taken = datetime(2026, 9, 7, 8, 52, tzinfo=UTC).astimezone(timezone(timedelta(hours=offset)))
    event = Timed(
        originator_id=uuid4(),
        originator_version=1,
        recorded_at=START,
        taken_at=taken,
        rung_at=({"parent": taken, "office": None},),
    )
    mapper = SealingMapper({Timed.TOPIC: Timed}, ORIGIN, ledger.subjects)
    stored = mapper.to_stored_event(event)

    spelt = "2026-09-07T08:52:00.000000Z"
    assert body.decode(stored.state).facts == {"taken_at": spelt, "rung_at": [{"parent": spelt, "office": None}]}
    assert mapper.to_domain_event(stored) == event


class Weighed(TestEvent, frozen=True, kw_only=True):
    """An event with a fraction, deep down."""

    TOPIC: ClassVar[str] = "test.weighed"
    weights: tuple[dict[str, float | None], ...]


def test_a_class_with_fractions_is_refused_before_it_is_ever_signed(ledger: Ledger) -> None:
    """Fractions have no one spelling, so an entry with one would not verify."""
    with pytest.raises(TypeError, match="Weighed"):
        SealingMapper({Weighed.TOPIC: Weighed}, ORIGIN, ledger.subjects)


def test_the_ledgers_own_event_is_read_like_any_other(ledger: Ledger) -> None:
    (stored,) = ledger.recorder.select_notifications(1, 1)
    event = ledger.mapper.to_domain_event(stored)

    assert isinstance(event, enrolment.KeyEnrolled)
    assert event.key_id == ledger.keys.entry.key_id
    assert msgspec.to_builtins(event)["algorithm"] == "Ed25519"
